"""For whom a response waits, in sentences: who has not answered, who is asked in their place, and what helps."""

from collections.abc import Sequence
from datetime import datetime

from model.language import _, later, many
from model.route import EXPERT
from model.words import Action
from store.responses import Decision, Submission
from store.steps import OpenStep
from web.ui import words

_ANEW = later("Give it up, and ask for it anew if it is still needed.")


def _level(number: int) -> str:
    return _("The expert") if number == EXPERT else _("Level {n}", n=number)


def _late(one: OpenStep) -> str:
    return _("{level} has not answered since {when}.", level=_level(one.level), when=words.exact(one.began_at))


def _why(one: OpenStep) -> str:
    """Why others are asked: those of the level have not answered, or there are none."""
    return _late(one) if one.own else _("Nobody can decide for {level}.", level=words.level(one.level))


def beforehand(empty: int) -> str:
    """What an author should know, before a word is written, of a level that has nobody."""
    return _(
        "Nobody can decide for {level} yet. The next level above that has somebody is asked in its place; where there"
        " is none, it waits. An administrator can add people.",
        level=words.level(empty),
    )


def for_author(one: OpenStep | None, submission: Submission, now: datetime, does: Action = Action.REPLY) -> str:
    """What whoever wrote it, or asked for it, should know of the wait; nothing where it only waits its time."""
    answers = does is Action.REPLY
    if one is None or one.submission_id != submission.id:
        return ""
    if now > submission.approval_until:
        long = _(
            "This has waited since {when}, longer than an approval may take, so nobody can approve it any more.",
            when=words.exact(submission.at),
        )
        return f"{long} {_('Take it back, read it again, and send it anew.') if answers else _(_ANEW)}"
    if one.due_at is None and not one.own + one.others:
        return _(
            "Nobody can decide for {level}, nor anybody above it, so it waits. An administrator can give somebody that"
            " level; the administrators see this too.",
            level=words.level(one.level),
        )
    if one.raised_to is not None and one.others:
        since = words.exact(one.raised_at)
        return (
            f"{_why(one)} {_('{level} is asked in its place since {when}.', level=_level(one.raised_to), when=since)}"
        )
    if one.due_at is not None:
        return _asked_as_well(one)
    on = (
        _("Nobody above it can stand in, so it goes on waiting. Remind them, or take it back.")
        if answers
        else _("Nobody above it can stand in, so it goes on waiting. Remind them, or give it up.")
    )
    return f"{_late(one)} {on}"


def _asked_as_well(one: OpenStep) -> str:
    """That deputies are asked, or that a reminder went; nothing where neither is so."""
    if one.deputies_at is not None and one.others:
        return f"{_why(one)} {_('Deputies are asked in its place since {when}.', when=words.exact(one.deputies_at))}"
    if not one.reminded_at:
        return ""
    return f"{_late(one)} {_('A reminder went on {when}.', when=words.exact(one.reminded_at))}"


def for_stand_in(one: OpenStep | None) -> str:
    """What somebody should know who is asked in the place of others."""
    if one is None:
        return ""
    asked = (
        _(
            "You are asked in its place; its people may still decide, and you count once, so not again at your own"
            " level."
        )
        if one.own
        else _("You are asked in its place; you count once, so not again at your own level.")
    )
    return f"{_why(one)} {asked}"


def for_administrators(stuck: Sequence[OpenStep]) -> str:
    """Which levels have nobody who can decide on what waits; nothing where all have."""
    empty = sorted({one.level for one in stuck if not one.own + one.others})
    waiting = sum(not one.own + one.others for one in stuck)
    if not empty:
        return ""
    return many(
        "{n} response waits for {levels}, where nobody is who can decide on it and has not written it or decided"
        " already, nor is anybody above. Give somebody that level.",
        "{n} responses wait for {levels}, where nobody is who can decide on it and has not written it or decided"
        " already, nor is anybody above. Give somebody that level.",
        waiting,
        levels=words.joined([words.level(number) for number in empty]),
    )


def stood_in(one: Decision, submission: Submission) -> str:
    """' for level 1' after a decision that was made in the place of others."""
    if one.stood_in is None:
        return ""
    return f" {_('for {level}', level=words.level(submission.steps[one.step].level))}"
