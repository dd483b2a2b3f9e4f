"""For whom a response waits, in sentences: who has not answered, who is asked in their place, and what helps."""

from collections.abc import Sequence
from datetime import datetime

from model.route import EXPERT
from model.words import Action
from store.responses import Decision, Submission
from store.steps import OpenStep
from web.ui import words

_ANEW = "Give it up, and ask for it anew if it is still needed."


def _level(number: int) -> str:
    return "The expert" if number == EXPERT else f"Level {number}"


def _late(one: OpenStep) -> str:
    return f"{_level(one.level)} has not answered since {words.exact(one.began_at)}."


def beforehand(empty: int) -> str:
    """What an author should know, before a word is written, of a level that has nobody."""
    return (
        f"Nobody can decide for {words.level(empty)} yet. The next level above that has somebody is asked in its "
        "place; where there is none, it waits. An administrator can add people."
    )


def for_author(one: OpenStep | None, submission: Submission, now: datetime, does: Action = Action.REPLY) -> str:
    """What whoever wrote it, or asked for it, should know of the wait; nothing where it only waits its time."""
    answers = does is Action.REPLY
    if one is None or one.submission_id != submission.id:
        return ""
    if now > submission.approval_until:
        return (
            f"This has waited since {words.exact(submission.at)}, longer than an approval may take, so nobody can "
            f"approve it any more. {'Take it back, read it again, and send it anew.' if answers else _ANEW}"
        )
    if one.due_at is None and not one.own + one.others:
        return (
            f"Nobody can decide for {words.level(one.level)}, nor anybody above it, so it waits. "
            "An administrator can give somebody that level; the administrators see this too."
        )
    if one.raised_to is not None and one.others:
        since = words.exact(one.raised_at)
        first = _late(one) if one.own else f"Nobody can decide for {words.level(one.level)}."
        return f"{first} {_level(one.raised_to)} is asked in its place since {since}."
    if one.due_at is not None:
        return _asked_as_well(one)
    back = "take it back" if answers else "give it up"
    return f"{_late(one)} Nobody above it can stand in, so it goes on waiting. Remind them, or {back}."


def _asked_as_well(one: OpenStep) -> str:
    """That deputies are asked, or that a reminder went; nothing where neither is so."""
    if one.deputies_at is not None and one.others:
        first = _late(one) if one.own else f"Nobody can decide for {words.level(one.level)}."
        return f"{first} Deputies are asked in its place since {words.exact(one.deputies_at)}."
    return f"{_late(one)} A reminder went on {words.exact(one.reminded_at)}." if one.reminded_at else ""


def for_stand_in(one: OpenStep | None) -> str:
    """What somebody should know who is asked in the place of others."""
    if one is None:
        return ""
    why = _late(one) if one.own else f"Nobody can decide for {words.level(one.level)}."
    return (
        f"{why} You are asked in its place; "
        f"{'its people may still decide, and ' if one.own else ''}you count once, so not again at your own level."
    )


def for_administrators(stuck: Sequence[OpenStep]) -> str:
    """Which levels have nobody who can decide on what waits; nothing where all have."""
    empty = sorted({one.level for one in stuck if not one.own + one.others})
    waiting = sum(not one.own + one.others for one in stuck)
    if not empty:
        return ""
    where = " and ".join(words.level(number) for number in empty)
    wait = "waits" if waiting == 1 else "wait"
    return (
        f"{words.count(waiting, 'response')} {wait} for {where}, where nobody is who can decide on it and has not "
        "written it or decided already, nor is anybody above. Give somebody that level."
    )


def stood_in(one: Decision, submission: Submission) -> str:
    """' for level 1' after a decision that was made in the place of others."""
    return f" for {words.level(submission.steps[one.step].level)}" if one.stood_in is not None else ""
