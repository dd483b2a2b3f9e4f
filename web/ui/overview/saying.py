"""The overview in sentences: the verdict, early signs, and what each chart has found."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from analysis import figures
from analysis.figures import Calm, Sign, Usual, What
from model import moments
from model.language import Labels, _, later, many, number, sense
from model.tally import Day, Tally
from web.ui import words
from web.ui.overview.gather import Compared, Seen, Words

CALM = Labels(
    {
        Calm.NO_PAST: later("In the last seven days: {counts}"),
        Calm.CALMER: later("Calmer than usual: {counts}"),
        Calm.USUAL: later("As usual: {counts}"),
        Calm.BUSIER: later("Busier than usual: {counts}"),
        Calm.NOT_CALM: later("Not calm: {counts}"),
    }
)
RULE = later(
    "The last seven days are held against the same weekdays of the eight weeks before. Not calm: an unusual rise came"
    " up today or yesterday. Busier than usual: more comments, or more that needed a person, than in three quarters of"
    " those weeks. Calmer than usual: neither is above the middle of those weeks, and one is lower than in three"
    " quarters of them. Else it is as usual. Fewer than four weeks are too little to say."
)


def verdict(seen: Seen) -> str:
    """'Calmer than usual: 14 comments, 2 needed a person, nobody waited longer than 3 h'."""
    longest = seen.waited[0]
    if not seen.now.comments and seen.calm is Calm.NO_PAST:
        return _("No comment in the last seven days")
    return _(
        CALM.english[seen.calm],
        counts=_(
            "{comments}, {flagged}, {waited}",
            comments=many("{n} comment", "{n} comments", seen.now.comments),
            flagged=many("{n} needed a person", "{n} needed a person", seen.now.flagged),
            waited=_("nobody had to wait")
            if longest is None
            else _("nobody waited longer than {time}", time=words.span(longest)),
        ),
    )


def sign(one: Sign, today: date, post: str, matters: Mapping[str, str]) -> str:
    """An early sign in one sentence, with what it is unusual against."""
    values = {
        "n": number(one.count),
        "expected": number(one.expected, 1 if one.expected < 10 else 0),
        "weekday": moments.weekdays()[one.day.weekday()],
        "day": _day(one.day, today),
        "weeks": one.weeks,
    }
    if one.what is What.MATTER:
        return _(_SIGNS.english[one.what], **values, matter=matters.get(one.subject, one.subject))
    return _(_SIGNS.english[one.what], **values, post=post)


def _day(day: date, today: date) -> str:
    if day < today - timedelta(days=1):
        return _("on {day}", day=moments.day(day))
    return sense("a day", "today") if day >= today else sense("a day", "yesterday")


_SIGNS = Labels(
    {
        What.COMMENTS: later(
            "Many comments: {n} {day}; on the same weekday ({weekday}) of the {weeks} weeks before, {expected} on"
            " average."
        ),
        What.NEGATIVE: later(
            "Many negative comments: {n} {day}; by their share on the same weekday ({weekday}) of the {weeks} weeks"
            " before, {expected} would be usual."
        ),
        What.MATTER: later(
            "{matter}: {n} comments {day}; on the same weekday ({weekday}) of the {weeks} weeks before, {expected} on"
            " average."
        ),
        What.THREAD: later(
            "One post draws many comments, “{post}”: {n} {day}; the busiest post of the same weekday ({weekday}) of the"
            " {weeks} weeks before had {expected} on average."
        ),
        What.NEW_AUTHORS: later(
            "Many people who never commented here before: {n} {day}; on the same weekday ({weekday}) of the {weeks}"
            " weeks before, {expected} on average."
        ),
    }
)


# --- figures ---------------------------------------------------------------------------------------------------------


def usually(was: Usual | None, say: "Say") -> str:
    """'usual 9 to 21', or that there is too little past."""
    if was is None:
        return _("too little past to compare")
    low, high = say(was.low), say(was.high)
    return _("usual {low}", low=low) if low == high else _("usual {low} to {high}", low=low, high=high)


def compared(now: float | None, compared: float | None, was: Usual | None, say: "Say") -> str:
    """The same; where what is compared is not all that there is now, with its own value before it."""
    said = usually(was, say)
    if was is None or compared is None or now == compared:
        return said
    return _("compared: {value}, {usual}", value=say(compared), usual=said)


def sources(names: Sequence[str]) -> str:
    """The first three by name, and how many more."""
    said, more = ", ".join(names[:3]), len(names) - 3
    return _("{names} and {n} more", names=said, n=number(more)) if more > 0 else said


def between(was: Usual, say: "Say") -> str:
    """'9 to 21'."""
    low, high = say(was.low), say(was.high)
    return low if low == high else _("{low} to {high}", low=low, high=high)


class Say:
    """How a kind of value is written."""

    def __call__(self, value: float) -> str:
        return number(value)


class Signed(Say):
    """A mean with its sign: '+0.12', '-0.30'."""

    def __call__(self, value: float) -> str:
        return f"{value:+.2f}"[0] + number(abs(round(value, 2)), 2)


class Percent(Say):
    def __call__(self, value: float) -> str:
        return _("{n}%", n=number(value))


class Time(Say):
    def __call__(self, value: float) -> str:
        return words.span(value)


def flagged_share(now: Tally, weeks: Sequence[Tally]) -> tuple[str, str]:
    """The share of comments that needed a person, and what is usual of it; as a count where a share says nothing.
    `weeks` are what is compared of now and of the weeks before."""
    part, past = weeks[0], weeks[1:]
    share = figures.percent(now.flagged, now.comments)
    if share is None:
        value = _("{part} of {whole}", part=number(now.flagged), whole=number(now.comments))
        counts = compared(now.flagged, part.flagged, figures.usual([one.flagged for one in past]), Say())
        return value, _("{usual}; under {few} comments, so no percentage", usual=counts, few=figures.FEW)
    shares = [figures.percent(one.flagged, one.comments) for one in past]
    was = figures.usual([one for one in shares if one is not None])
    return Percent()(share), compared(share, figures.percent(part.flagged, part.comments), was, Percent())


# --- what the charts have found --------------------------------------------------------------------------------------


def over_time(days: Sequence[Day], weekly: bool) -> str:
    top = max(days, key=lambda one: one.tally.comments, default=None)
    total = sum(one.tally.comments for one in days)
    if top is None or not total:
        return _("No comment was left in this time")
    if weekly:
        return _(
            "{total}, the most in the week from {day}: {n}",
            total=many("{n} comment", "{n} comments", total),
            day=moments.day(top.day),
            n=number(top.tally.comments),
        )
    return _(
        "{total}, the most on {day}: {n}",
        total=many("{n} comment", "{n} comments", total),
        day=moments.day(top.day),
        n=number(top.tally.comments),
    )


def share(days: Sequence[Day]) -> str:
    whole = sum((one.tally for one in days), Tally())
    percent = figures.percent(whole.flagged, whole.comments)
    if percent is None:
        return _("{part} of {whole} needed a person", part=number(whole.flagged), whole=number(whole.comments))
    return _("{share} of the comments needed a person", share=Percent()(percent))


def matters(rows: Sequence[Compared], called: Mapping[str, str]) -> str:
    if not rows:
        return _("No comment spoke of a matter")
    first = rows[0]
    name = called.get(first.name, first.name)
    if first.usual is None:
        return _("Most about: {matter}", matter=name)
    n, usual = number(first.now), number(first.usual.middle)
    if first.compared == first.now:
        return _("{matter}: {n}, usually {usual}", matter=name, n=n, usual=usual)
    part = number(first.compared)
    return _("{matter}: {n}; compared: {part}, usually {usual}", matter=name, n=n, part=part, usual=usual)


def matter_table(
    rows: Sequence[Compared], called: Mapping[str, str], comments: str, usual: str
) -> tuple[list[str], list[tuple[object, ...]]]:
    """The table of matters; what is compared has a column where it is less than all."""
    apart = any(one.usual and one.compared != one.now for one in rows)
    heads = [_("matter"), comments, *([_("of these compared")] if apart else []), usual]
    lines: list[tuple[object, ...]] = [
        (
            called.get(one.name, one.name),
            one.now,
            *([one.compared if one.usual else None] if apart else []),
            one.usual.middle if one.usual else None,
        )
        for one in rows
    ]
    return heads, lines


def rising(found: Words) -> str:
    if not found.before:
        return _("Too little past to say which words rise")
    if not found.rising:
        return _("No word is said more than before")
    first = found.rising[0]
    return (
        _("“{word}” is new", word=first.word) if first.new else _("“{word}” is said more than before", word=first.word)
    )


def where(rows: Sequence[tuple[str, int]]) -> str:
    total = sum(count for _name, count in rows)
    if not total:
        return _("Nothing was left anywhere")
    return _("Most on {name}: {n} of {total}", name=rows[0][0], n=number(rows[0][1]), total=number(total))


def posts(rows: Sequence[tuple[str, int]], total: int) -> str:
    if not rows:
        return _("Nothing was left under any post")
    return _("Most under “{name}”: {n} of {total}", name=rows[0][0], n=number(rows[0][1]), total=number(total))


def ages(oldest: float | None) -> str:
    return _("No case is open") if oldest is None else _("The oldest open case is {age} old", age=words.span(oldest))
