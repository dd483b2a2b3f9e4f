"""The sample association is whole: its threads, its people, and who answers whom."""

import re
from typing import Any

import yaml

from model.settings import ROOT
from model.words import Channel, Role

SAMPLE = ROOT / "data" / "sample"
THREADS = [yaml.safe_load(path.read_text()) for path in sorted((SAMPLE / "threads").glob("*.yaml"))]
ASSOCIATION: dict[str, Any] = yaml.safe_load((SAMPLE / "association.yaml").read_text())


def minutes(moment: str) -> int:
    """'2d 09:41' in minutes since the first midnight."""
    found = re.fullmatch(r"(\d+)d (\d\d):(\d\d)", moment)
    assert found, moment
    return (int(found[1]) * 24 + int(found[2])) * 60 + int(found[3])


def test_six_threads_of_two_channels_hold_two_hundred_comments() -> None:
    assert len(THREADS) == 6
    assert sum(len(thread["comments"]) for thread in THREADS) == 200
    assert {ASSOCIATION["sources"][thread["source"]]["channel"] for thread in THREADS} == {
        Channel.BLOG,
        Channel.FACEBOOK,
    }


def test_comments_come_in_order_and_answer_what_stands_before_them() -> None:
    for thread in THREADS:
        times = [minutes(thread["posted"]), *(minutes(one["at"]) for one in thread["comments"])]
        assert times == sorted(times), thread["slug"]
        for number, one in enumerate(thread["comments"], start=1):
            assert 1 <= one.get("re", 1) < max(number, 2), (thread["slug"], number)
            assert one["text"].strip()
            assert one["who"].strip()


def test_six_people_have_roles_that_exist() -> None:
    assert len(ASSOCIATION["people"]) == 6
    assert {role for one in ASSOCIATION["people"] for role in one["roles"]} == {role.value for role in Role}
