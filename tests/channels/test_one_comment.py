"""On WordPress a comment has one identity, one text and one parent, by whatever route it is read."""

import html
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.feed.parse import parse
from channels.wordpress.parse import parse as parse_interface
from model.comment import Entry, Reading
from tests.channels import blogs
from tests.channels.blogs import Said

THREE = (
    Said(1, "<p>First &#8220;question&#8221; &#8230;</p>\n"),
    Said(2, "<p>An answer</p>\n<blockquote><p>First</p></blockquote>\n", author="Ben O'Neil & Söhne", parent=1),
    Said(3, "<p>Deeper<br />\nstill :)</p>\n", author="Ĉiu", parent=2, page=2),
)
ROUTES: Mapping[str, Callable[[tuple[Said, ...]], Reading]] = {
    "rss": lambda said: parse(blogs.rss(said)),
    "rss without its generator": lambda said: parse(blogs.rss(said, generator=False)),
    "rss of one post": lambda said: parse(blogs.rss(said, post=7)),
    "rss in German": lambda said: parse(blogs.rss(said, sentence="Als Antwort auf {link}.")),
    "rss in Japanese": lambda said: parse(blogs.rss(said, sentence="{link} への返信。")),
    "atom": lambda said: parse(blogs.atom(said)),
    "interface": lambda said: parse_interface(blogs.interface(said)),
}


def core(reading: Reading) -> list[tuple[object, ...]]:
    """What has to be the same by every route."""
    assert not reading.problems
    assert not reading.unreadable
    return [_core(entry) for entry in reading.entries]


def _core(entry: Entry) -> tuple[object, ...]:
    assert not [problem for problem in entry.problems if "no text" not in problem]
    same = (entry.identity, entry.text, entry.html, entry.parent_identity, entry.thread_url, entry.author)
    return (*same, entry.published_at)


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_gives_the_same(route: str) -> None:
    assert core(ROUTES[route](THREE)) == core(ROUTES["interface"](THREE))


def test_identity_text_and_parent_are_right() -> None:
    first, second, third = parse(blogs.rss(THREE)).entries
    assert (first.identity, first.external_id, first.text) == ("wp:1", THREE[0].guid, "First “question” …")
    assert (second.parent_identity, second.in_reply_to, second.text) == ("wp:1", THREE[0].guid, "An answer\n\n> First")
    assert (third.parent_identity, third.text) == ("wp:2", "Deeper\nstill :)")
    assert {one.thread_url for one in (first, second, third)} == {f"{blogs.HOME}/2026/03/post-7/"}
    assert {one.thread_title for one in (first, second, third)} == {blogs.title(7)}


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40)
SHOWN = st.lists(
    st.tuples(
        st.sampled_from(["p", "blockquote", "pre", "li", "em", "code", "div"]), WORDS, st.sampled_from(["", "<br />\n"])
    ),
    min_size=1,
    max_size=4,
).map(lambda parts: "".join(f"<{tag}>{html.escape(words)}{end}</{tag}>\n" for tag, words, end in parts))


@given(
    shown=st.lists(SHOWN, min_size=1, max_size=4),
    author=st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=10),
    parents=st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_in_many_scripts_and_shapes(shown: list[str], author: str, parents: list[bool]) -> None:
    said = tuple(
        Said(number, one, author=author, parent=number - 1 if number > 1 and parents[number - 1] else 0)
        for number, one in enumerate(shown, start=1)
    )
    for route in ("rss", "atom", "rss of one post"):
        assert core(ROUTES[route](said)) == core(ROUTES["interface"](said))


def test_an_edit_changes_the_text_and_nothing_else_by_every_route() -> None:
    edited = (*THREE[:2], Said(3, "<p>Deeper, and edited</p>\n", author="Ĉiu", parent=2, page=2))
    for read in ROUTES.values():
        before, after = read(THREE).entries, read(edited).entries
        assert [one.identity for one in before] == [one.identity for one in after]
        assert [one.text == two.text for one, two in zip(before, after, strict=True)] == [True, True, False]


@pytest.mark.parametrize("name", ["O'Neil -- & Söhne", "www.site.example", "Wordpress fan", ":)", "<i>x</i>"])
def test_names_that_the_blog_changes_on_its_pages_still_name_the_parent(name: str) -> None:
    shown = {"www.site.example": "http://www.site.example", "O'Neil -- & Söhne": "O&#8217;Neil &#8212; &#038; Söhne"}
    link = f'<a href="{THREE[0].link}">{shown.get(name, name)}</a>'
    answer = Said(2, f"<p>In reply to {link}.</p>\n<p>Yes</p>")
    first, second = parse(blogs.rss((Said(1, "<p>Hi</p>", author=name), answer))).entries
    assert (second.parent_identity, second.text) == (first.identity, "Yes")


@pytest.mark.parametrize(
    "shown",
    [
        '<p>In reply to <a href="{first}" rel="nofollow ugc">Ada</a>.</p>\n<p>As I said.</p>',
        '<p>In reply to <a href="{first}">Someone else</a>.</p>\n<p>As I said.</p>',
        '<p>In reply to <a href="https://blog.example/other/#comment-1">Ada</a>.</p>\n<p>As I said.</p>',
        '<p>In reply to <a href="{own}">Ada</a>.</p>\n<p>As I said.</p>',
        '<p>See <a href="{first}">Ada</a> for what she said.</p>',
    ],
)
def test_who_writes_such_a_sentence_keeps_it(shown: str) -> None:
    own = shown.format(first=THREE[0].link, own=THREE[0].link.replace("-1", "-9"))
    said = (*THREE, Said(9, own))
    for route in ("atom", "interface", *(["rss"] if "for what" not in shown else [])):
        entry = ROUTES[route](said).entries[-1]
        assert entry.text.startswith("In reply to" if "for what" not in shown else "See Ada"), route
        assert entry.parent_identity == ""


def test_an_answer_that_begins_with_such_a_sentence_loses_only_the_blogs() -> None:
    own = f'<p>In reply to <a href="{THREE[0].link}">Ada</a>.</p>\n<p>As I said.</p>'
    said = (*THREE, Said(9, own, parent=2))
    for route in ("rss", "atom", "interface"):
        entry = ROUTES[route](said).entries[-1]
        assert (entry.parent_identity, entry.text) == ("wp:2", "In reply to Ada.\n\nAs I said.")


def test_a_parent_that_the_feed_does_not_hold_is_given_by_its_address() -> None:
    said = (Said(30, "<p>Late</p>", parent=4),)
    for route in ROUTES:
        entry = ROUTES[route](said).entries[0]
        assert (entry.parent_identity, entry.text) == ("wp:4", "Late")
        assert entry.in_reply_to == f"{blogs.HOME}/2026/03/post-7/#comment-4"


def test_damaged_utf8_is_mended_alike() -> None:
    said = (Said(1, "<p>CafÃ© au lait</p>"), Said(2, "<p>dÃ©jÃ\xa0 vu</p>", author="Жанна", parent=1))
    expected = [("wp:1", "Café au lait"), ("wp:2", "déjà vu")]
    for read in ROUTES.values():
        assert [(one.identity, one.text) for one in read(said).entries] == expected
    assert core(ROUTES["rss"](said)) == core(ROUTES["atom"](said)) == core(ROUTES["interface"](said))


def test_a_post_with_a_password_gives_no_false_text() -> None:
    form = (
        '<form action="https://blog.example/wp-login.php" class="post-password-form" method="post"><p>Locked</p></form>'
    )
    reading = parse(blogs.rss((THREE[0], Said(5, form))))
    assert [one.identity for one in reading.entries] == ["wp:1"]
    assert "password" in reading.unreadable[0].problem


@pytest.mark.parametrize(
    "named",
    [
        "Comment on {title} by {author}",
        "Kommentar zu {title} von {author}",
        "Комментарий к записи {title} ({author})",
        "{author} の {title} へ",
    ],
)
def test_titles_of_posts_come_out_of_any_language(named: str) -> None:
    said = tuple(Said(n, "<p>x</p>", post=n, author=f"Reader {n % 2}") for n in range(1, 6))
    found = [one.thread_title for one in parse(blogs.rss(said, named=named)).entries]
    assert found == [blogs.title(n) for n in range(1, 6)]


def test_a_title_that_cannot_be_told_is_left_empty() -> None:
    said = (Said(1, "<p>x</p>"), Said(2, "<p>y</p>"))
    assert {one.thread_title for one in parse(blogs.rss(said, named="Kommentar zu {title} von {author}")).entries} == {
        ""
    }
