"""The feed of a page whose comments come from an Isso server, from what the page says."""

import pytest

from channels.feed import page

URL = "https://blog.example.org/camp/?utm=1"


@pytest.mark.parametrize(
    ("body", "feed"),
    [
        ('<script data-isso="//c.example.org/" src="x.js"></script>', "https://c.example.org/feed?uri=/camp/"),
        ('<script async\n src="x.js" data-isso="/isso"></script>', "https://blog.example.org/isso/feed?uri=/camp/"),
        (
            '<section id="isso-thread" data-isso-id="/2026/a &amp; b"></section>'
            "<script data-isso='https://c.example.org' src='x.js'></script>",
            "https://c.example.org/feed?uri=/2026/a%20%26%20b",
        ),
    ],
)
def test_the_server_and_the_thread_are_named_by_the_page(body: str, feed: str) -> None:
    found = page.links(body.encode(), URL)
    assert page.candidates(found) == [feed]


@pytest.mark.parametrize(
    "body",
    [
        "<p>data-isso='https://c.example.org'</p>",
        '<script data-isso="javascript:alert(1)"></script>',
        '<script data-isso=""></script>',
        "<script " * 50_000,
        '<script data-isso="' + "x" * 100_000,
    ],
)
def test_a_page_without_a_usable_server_names_none(body: str) -> None:
    assert page.links(body.encode(), URL).feeds == ()
