"""The gate: each single thing that is not as it must be stops a publication, in its own words."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from response.gate import Picture, stops

pytestmark = pytest.mark.values

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SOUND = Picture(
    now=NOW,
    approved=True,
    approved_hash="a" * 64,
    present_hash="a" * 64,
    answered_revision=2,
    present_revision=2,
    comment_deleted=False,
    answered_elsewhere="",
    send_from=NOW,
    send_until=NOW,
    paused="",
    source_ready=True,
)
EDITED = "The comment it answers was edited after this answer was written."
OTHER_TEXT = "The text or its targets are no longer those that were approved."
LATE = "The permission to send it has expired."

# Every field of the picture, with what it is when it is wrong. A new field without a line here fails a test.
BROKEN: dict[str, tuple[Any, str]] = {
    "now": (NOW + SECOND, LATE),
    "approved": (False, "It is not approved at every level it needs."),
    "approved_hash": ("b" * 64, OTHER_TEXT),
    "present_hash": ("", OTHER_TEXT),
    "answered_revision": (1, EDITED),
    "present_revision": (3, EDITED),
    "comment_deleted": (True, "The comment it answers was deleted."),
    "answered_elsewhere": (
        "our account, yesterday.",
        "The comment has been answered in the meantime: our account, yesterday.",
    ),
    "send_from": (NOW + SECOND, "Its time to be sent has not come yet."),
    "send_until": (NOW - SECOND, LATE),
    "paused": ("a storm", "Publishing is paused: a storm"),
    "source_ready": (False, "The source is switched off or has no account that may reply."),
    "sample": (True, "This is the sample: nothing of it leaves the house."),
}


def test_nothing_wrong_passes() -> None:
    assert stops(SOUND) == ()
    a_post_of_our_own = replace(SOUND, answered_revision=None, present_revision=None, send_from=None)
    assert stops(a_post_of_our_own) == ()


@pytest.mark.parametrize("field", [field.name for field in fields(Picture)])
def test_each_single_thing_that_is_wrong_stops_it_and_says_so(field: str) -> None:
    value, sentence = BROKEN[field]
    assert stops(replace(SOUND, **{field: value})) == (sentence,)


def test_what_hides_or_shows_a_comment_says_so_in_its_own_words() -> None:
    assert stops(replace(SOUND, answered_revision=1), moderates=True) == (
        "The comment was edited after this was asked for.",
    )
    wrong = replace(SOUND, comment_deleted=True, source_ready=False)
    assert stops(wrong, moderates=True) == (
        "The comment was deleted.",
        "The source is switched off or has no account that may moderate.",
    )


@given(st.sets(st.sampled_from(sorted(BROKEN))))
def test_what_is_wrong_together_is_said_together(wrong: set[str]) -> None:
    found = stops(replace(SOUND, **{field: BROKEN[field][0] for field in wrong}))
    # Two fields of one pair (hashes, revisions) break the same thing; what was deleted was not edited as well.
    expected = {BROKEN[field][1] for field in wrong}
    if "comment_deleted" in wrong:
        expected.discard(EDITED)
    if "now" in wrong:
        expected.discard(BROKEN["send_from"][1])  # one second later that time has come
    assert set(found) == expected
    assert len(found) == len(set(found))
