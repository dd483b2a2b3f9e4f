"""The sample association is whole: its threads, its people, and who answers whom."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from ingest.sample import feeds
from ingest.sample.association import EARLIER as BEFORE
from ingest.sample.association import LOADER, TWO_WEEKS, load
from model.errors import BadInput
from model.settings import ROOT
from model.words import Channel, Role, SourceKind

SAMPLE = ROOT / "data" / "sample"
LATELY, EARLIER = (
    [yaml.load(path.read_text(), Loader=LOADER) for path in sorted((folder / "threads").glob("*.yaml"))]
    for folder in (SAMPLE, SAMPLE / "earlier")
)
START = datetime(2026, 1, 1, tzinfo=UTC)
ASSOCIATION: dict[str, Any] = yaml.safe_load((SAMPLE / "association.yaml").read_text())


def minutes(moment: str) -> int:
    """'2d 09:41' in minutes since the first midnight."""
    found = re.fullmatch(r"(\d+)d (\d\d):(\d\d)", moment)
    assert found, moment
    return (int(found[1]) * 24 + int(found[2])) * 60 + int(found[3])


def test_six_threads_of_two_channels_hold_the_two_hundred_comments_of_the_last_two_weeks() -> None:
    assert len(LATELY) == 6
    assert sum(len(thread["comments"]) for thread in LATELY) == 200
    assert {ASSOCIATION["sources"][thread["source"]]["channel"] for thread in LATELY} == {
        Channel.BLOG,
        Channel.FACEBOOK,
    }


def test_twelve_threads_of_four_channels_hold_about_two_thousand_comments_of_sixty_days() -> None:
    whole = load()
    assert len(whole.talks) == 12
    assert {talk.place.channel for talk in whole.talks.values()} == set(list(Channel)[:4])
    assert 1_850 <= len(whole.said) <= 2_150
    assert 58 <= (whole.said[-1].at - whole.said[0].at).days <= 60
    said = Counter(one.text for one in whole.said if len(one.text) > 60 and "http" not in one.text)
    assert sum(times - 1 for times in said.values()) <= 10, "written by hand, but for spam"


def test_the_last_two_weeks_are_the_same_alone_and_after_all_the_others() -> None:
    alone, whole = load(TWO_WEEKS), load()
    said = {one.entry(START) for one in whole.said}
    assert {one.entry(START + BEFORE) for one in alone.said} <= said
    assert [one.key for one in alone.people] == [one.key for one in whole.people][: len(alone.people)]


def test_comments_come_in_order_and_answer_what_stands_before_them() -> None:
    for thread in LATELY + EARLIER:
        times = [minutes(thread["posted"]), *(minutes(one["at"]) for one in thread["comments"])]
        assert times == sorted(times), thread["slug"]
        assert len(thread["comments"]) < 900, "from there on answers of ours are counted"
        for number, one in enumerate(thread["comments"], start=1):
            assert 1 <= one.get("re", 1) < max(number, 2), (thread["slug"], number)
            assert one["text"].strip()
            assert one["who"].strip()


def test_what_a_feed_shows_is_the_same_after_it_went_through_bytes_and_the_parser() -> None:
    for talk in load().talks.values():
        if talk.place.kind is SourceKind.FEED:
            shown = [one.entry(START) for one in talk.said]
            found = feeds.read(talk.place, shown)
            assert [replace(entry, html="") for entry in found.entries] == shown
            assert not found.problems
            assert not found.unreadable


def test_six_people_have_roles_that_exist() -> None:
    assert len(ASSOCIATION["people"]) == 6
    assert {role for one in ASSOCIATION["people"] for role in one["roles"]} == {role.value for role in Role}


def test_a_number_of_days_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadInput, match="14 or 60"):
        load(30)
