"""Whole threads: the comment that tells of a crisis is found, generic praise is spam, the others are left in peace."""

import html
import json
import os
import re
from pathlib import Path

import feedparser
import pytest

from analysis import assess
from model.assessment import Assessment, Subject

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("LEVELHEAD_SHARED", HERE.parent.parent.parent / "shared"))
SIBLING = HERE / "data" / "sibling_thread.xml"
SEED = SHARED / "feeds" / "approval_thread.xml"

needs_seed = pytest.mark.skipif(not SEED.exists(), reason=f"{SEED} is not there")


def assessed(feed: Path, known_thread: bool, tier: int = 0) -> dict[str, tuple[str, Assessment]]:
    """Author -> (text, assessment) of a feed's comments, with or without what they stand under."""
    parsed = feedparser.parse(feed.read_bytes())
    title = parsed.feed.title.removeprefix("Comments on: ") if known_thread else ""
    about = parsed.feed.description if known_thread else ""
    found = {}
    for entry in parsed.entries:
        body = entry.content[0].value if "content" in entry else entry.summary
        text = html.unescape(re.sub(r"<[^>]+>", " ", body)).strip()
        found[entry.author] = (text, assess(Subject(text, thread_title=title, thread_text=about), tier=tier))
    return found


def concerns(assessment: Assessment) -> str:
    return " ".join(reason.text for reason in assessment.reasons if not reason.rule.startswith("spam:"))


@pytest.mark.parametrize("known_thread", [True, False])
def test_a_sibling_thread(known_thread: bool) -> None:
    thread = assessed(SIBLING, known_thread)
    flagged = {author for author, (_, found) in thread.items() if found.flagged}
    spam = {author for author, (_, found) in thread.items() if found.suspected_spam}
    assert flagged == {"Marit"}
    assert spam == {"alexb", "Deirdre", "Growth Partners"}
    text, found = thread["Marit"]
    assert "reputation" in found.matters
    assert "hundreds of angry parents" in concerns(found)
    assert "asked all of us not to answer" in concerns(found)
    assert "angry parents" in text[slice(*found.focus)]


@needs_seed
@pytest.mark.shared
@pytest.mark.parametrize("known_thread", [True, False])
def test_the_thread_on_approval(known_thread: bool) -> None:
    thread = assessed(SEED, known_thread)
    flagged = {author for author, (_, found) in thread.items() if found.flagged}
    spam = {author for author, (_, found) in thread.items() if found.suspected_spam}
    assert flagged == {"commenter 3"}
    assert spam == {"commenter 4", "commenter 5"}
    _, found = thread["commenter 3"]
    for words in ("crisis communications situation", "derailing the conversation", "not authorized to respond"):
        assert words in concerns(found)


@needs_seed
@pytest.mark.shared
def test_the_second_look_neither_loses_what_matters_there_nor_takes_it_for_spam() -> None:
    thread = assessed(SEED, known_thread=True, tier=1)
    assert thread["commenter 3"][1].flagged
    assert {author for author, (_, found) in thread.items() if found.suspected_spam} == {"commenter 4", "commenter 5"}


def test_many_voices() -> None:
    """Comments in many voices. The phrases were made with these at hand: this guards what was won, and says nothing of
    how new comments fare."""
    rows = [json.loads(line) for line in (HERE / "data" / "voices.jsonl").read_text("utf-8").splitlines()]
    right: dict[str, list[bool]] = {}
    for row in rows:
        found = assess(Subject(row["text"], thread_title="About our spring programme"))
        verdict = "look" if found.flagged else "spam" if found.suspected_spam else "peace"
        right.setdefault(row["expect"], []).append(verdict == row["expect"])
    share = {expected: sum(ok) / len(ok) for expected, ok in right.items()}
    assert share["look"] >= 0.9
    assert share["peace"] >= 0.9
    assert share["spam"] >= 0.9
