"""Which of a blog's comments belong to a feed: all of them, or those of one post."""

import pytest

from channels.feed.posts import covered
from model.comment import Entry

HOME = "https://blog.example"


def entry(thread: str) -> Entry:
    return Entry(f"{thread}#comment-1", "wp:1", thread_url=thread)


PRETTY, OTHER, PLAIN = entry(f"{HOME}/2026/03/camp/"), entry(f"{HOME}/2026/03/fees/"), entry(f"{HOME}/?p=7")


@pytest.mark.parametrize("feed", [f"{HOME}/comments/feed/", f"{HOME}/comments/feed", f"{HOME}/?feed=comments-rss2"])
def test_the_feed_of_all_comments_covers_them_all(feed: str) -> None:
    assert covered(feed, [PRETTY, OTHER, PLAIN]) == (PRETTY, OTHER, PLAIN)


@pytest.mark.parametrize(
    ("feed", "one"),
    [
        (f"{HOME}/2026/03/camp/feed/", PRETTY),
        (f"{HOME}/2026/03/camp/feed", PRETTY),
        (f"{HOME}/?p=7&feed=rss2", PLAIN),
    ],
)
def test_the_feed_of_one_post_covers_no_other(feed: str, one: Entry) -> None:
    assert covered(feed, [PRETTY, OTHER, PLAIN]) == (one,)
