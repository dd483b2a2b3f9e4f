"""Feeds and interface pages recorded from a real WordPress, and the thread that the product comes from."""

from pathlib import Path

import pytest

from channels.feed.parse import parse
from channels.wordpress.parse import parse as parse_interface
from model.comment import Entry

pytestmark = pytest.mark.shared


def by_identity(entries: tuple[Entry, ...]) -> dict[str, Entry]:
    found = {entry.identity: entry for entry in entries}
    assert len(found) == len(entries)
    return found


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "feeds" / "wordpress"


@pytest.fixture(scope="module")
def rss(folder: Path) -> dict[str, Entry]:
    reading = parse((folder / "comments-rss2.xml").read_bytes())
    assert not reading.problems
    assert not reading.unreadable
    return by_identity(reading.entries)


def test_two_hundred_comments_each_linked_to_its_post_and_parent(rss: dict[str, Entry]) -> None:
    assert len(rss) == 200
    assert all(one.text and one.published_at and one.thread_url and one.thread_title for one in rss.values())
    assert not any(one.problems for one in rss.values())
    answers = [one for one in rss.values() if one.parent_identity]
    assert len(answers) == 51
    assert not any(one.text.startswith("In reply to") for one in rss.values())
    assert all(one.in_reply_to.endswith("#comment-" + one.parent_identity[3:]) for one in answers)


def test_atom_and_interface_give_the_same(folder: Path, rss: dict[str, Entry]) -> None:
    atom = by_identity(parse((folder / "comments-atom.xml").read_bytes()).entries)
    pages = [parse_interface((folder / f"rest-comments-{n}.json").read_bytes()) for n in (1, 2, 3)]
    assert not any(page.problems or page.unreadable for page in pages)
    interface = by_identity(tuple(entry for page in pages for entry in page.entries))
    assert set(rss) == set(atom) == set(rss) & set(interface)
    for identity, one in rss.items():
        for other in (atom[identity], interface[identity]):
            for name in ("text", "html", "author", "parent_identity", "in_reply_to", "thread_url", "published_at"):
                assert getattr(other, name) == getattr(one, name), (identity, name)
        assert atom[identity].thread_title == one.thread_title


def test_posts_name_the_feeds_of_their_comments(folder: Path) -> None:
    reading = parse((folder / "posts-rss2.xml").read_bytes())
    assert len(reading.entries) == len(reading.comment_feeds) == 81
    assert "?feed=rss2&p=1" in reading.comment_feeds[0]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_recorded_feed_that_was_cut_loses_nothing_before_the_cut(
    folder: Path, rss: dict[str, Entry], share: float
) -> None:
    body = (folder / "comments-rss2.xml").read_bytes()
    cut = body[: int(len(body) * share)]
    reading = parse(cut)
    assert len(reading.entries) == cut.count(b"</item>")
    assert all(one.text == rss[one.identity].text for one in reading.entries)
    assert reading.problems


def test_the_thread_on_trust(shared: Path) -> None:
    reading = parse((shared / "feeds" / "approval_thread.xml").read_bytes())
    assert len(reading.entries) == 5
    assert {one.thread_title for one in reading.entries} == {"With Social Media, trust must come from the top down"}
    assert {one.thread_url for one in reading.entries} == {reading.site_url}
    assert all(one.thread_text.startswith("Approval Tweet") and one.text for one in reading.entries)
