"""How long a first answer takes, and what approval costs and catches, in sentences, tables and files. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from urllib.parse import urlencode

from analysis import approval
from analysis.approval import ALL, Cost, First
from analysis.changes import Change
from analysis.waiting import MANY, Waited, percent
from model.cost import OWN_AUTHORITY, SEVERAL, Cold
from model.language import Labels, _, later, many, number
from model.route import EXPERT
from model.words import HIDES, Action, Channel, Severity
from store.export import table
from web.ui import words

KINDS = {"replies": frozenset({Action.REPLY.value})} | {
    "acts": frozenset(one.value for one in (Action.APPROVE, *HIDES)),
    "templates": frozenset({Action.TEMPLATE.value}),
}
"""What approval is of: what we say, what is done to a comment, and templates. The words stand in an address."""
KIND = Labels(
    {"replies": later("Replies and posts"), "acts": later("Acts on comments"), "templates": later("Templates")}
)
CHANGED = Labels(
    {
        Change.TYPO: later("typo"),
        Change.WORDING: later("wording"),
        Change.FACT: later("fact"),
        Change.POSITION: later("position"),
    }
)
WENT_COLD = Labels(
    {
        Cold.DELETED: later("the comment was deleted"),
        Cold.EDITED: later("the comment was edited"),
        Cold.ANSWERED: later("it was answered elsewhere"),
        Cold.EXPIRED: later("its time to be approved was over"),
        Cold.WITHDRAWN: later("it was given up"),
    }
)

BEHIND = 400
"""A worker follows the record within seconds; so many lines behind, it has a past to work out, or does not run."""


def level_named(level: int) -> str:
    """A level at the beginning of a line."""
    if level == OWN_AUTHORITY:
        return _("Own authority")
    return _("The expert") if level == EXPERT else _("Level {level}", level=level)


def channel_named(channel: str) -> str:
    return _("Several channels") if channel == SEVERAL else words.CHANNEL[Channel(channel)]


def median(waited: Waited) -> str:
    """After how long half were over, or that it is more than the longest so far; nothing of few."""
    return "–" if waited.n < MANY else _after(waited.median, waited)


def ninth(waited: Waited) -> str:
    """The same of nine in ten; of few, how long the longest of them lasted."""
    if not waited.n:
        return "–"
    if waited.n < MANY and waited.over == waited.n:
        return _("all up to {time}", time=words.span(waited.longest))
    return _after(waited.p90 if waited.n >= MANY else None, waited)


def _after(seconds: float | None, waited: Waited) -> str:
    return words.span(seconds) if seconds is not None else _("over {time}", time=words.span(waited.longest))


def share(part: int, n: int) -> str:
    """'3 of 14', with percent from twenty on."""
    of = percent(part, n)
    said = _("{part} of {n}", part=number(part), n=number(n))
    return said if of is None else _("{said} ({percent}%)", said=said, percent=number(of))


# --- the findings, pure ----------------------------------------------------------------------------------------------


def finding(found: Sequence[Cost]) -> str:
    """What approval costs, in one sentence about the level that costs most."""
    one = approval.dearest(found)
    if one is None:
        return _("Nothing needed approval in this time")
    level, changed, waited = named(one), number(one.changed_in_all), one.waited
    if waited.n < MANY:
        return many(
            "{level} changed {changed} of {n} response, which waited {time}",
            "{level} changed {changed} of {n} responses; the longest waited {time}",
            one.n,
            level=level,
            changed=changed,
            time=words.span(waited.longest),
        )
    return _(
        "{level} changed {changed} of {n} responses; half of them waited up to {time}",
        level=level,
        changed=changed,
        n=number(one.n),
        time=_after(waited.median, waited),
    )


def first_finding(every: First | None) -> str:
    """How long a first answer takes, in one sentence."""
    if every is None or not every.waits.n:
        return _("No case waited for an answer in this time")
    waited = every.waited
    if waited.n < MANY:
        part = number(every.answered)
        return many(
            "{part} of {n} case has an answer of ours",
            "{part} of {n} cases have an answer of ours",
            waited.n,
            part=part,
        )
    if waited.median is None:
        return _("Half of the cases have no answer of ours after {time}", time=words.span(waited.longest))
    return _("Half of the cases have an answer of ours within {time}", time=words.span(waited.median))


def changed_finding(found: Sequence[Cost]) -> str:
    """Which level changed most."""
    top = max(found, key=lambda one: (one.changed_in_all, -one.n), default=None)
    if top is None or not top.changed_in_all:
        return _("Nothing was changed by approval in this time")
    return _("Most was changed by {level}: {share}", level=named(top), share=share(top.changed_in_all, top.n))


def minutes_finding(found: Sequence[Cost]) -> str:
    """Where most of people's time went."""
    top = max(found, key=lambda one: one.looked_s, default=None)
    if top is None or not top.looks:
        return _("How long people looked is not on record in this time")
    return _("Most of people's time: {level}, {n} min", level=named(top), n=number(top.looked_s / 60))


def minutes(one: Cost) -> str:
    """'84 min, 3.1 a decision'; of few decisions their number in place of the mean."""
    if not one.looks:
        return _("not known")
    if one.looks < MANY:
        return many("{time} min, {n} decision", "{time} min, {n} decisions", one.looks, time=number(one.looked_s / 60))
    return _("{time} min, {n} a decision", time=number(one.looked_s / 60), n=number(one.minutes or 0, 1))


def lost_finding(found: Sequence[Cost]) -> str:
    """How much did not get through."""
    refused, cold = (sum(some) for some in ([one.refused for one in found], [one.cold_in_all for one in found]))
    if not refused and not cold:
        return _("Nothing was rejected and nothing went cold in this time")
    return _("Said no {refused} times; {cold} went cold while they waited", refused=number(refused), cold=number(cold))


def lost(one: Cost) -> str:
    """'1 no, 2 cold, of 14'; from twenty on in percent."""
    return _(
        "no {refused}, cold {cold}, of {n}",
        refused=_part(one.refused, one.n),
        cold=_part(one.cold_in_all, one.n),
        n=number(one.n),
    )


def _part(part: int, n: int) -> str:
    of = percent(part, n)
    return number(part) if of is None or not part else _("{n} ({percent}%)", n=number(part), percent=number(of))


def named(one: Cost) -> str:
    """A level, with its channel where it is of one."""
    level = level_named(one.part)
    return _("{level}, {channel}", level=level, channel=channel_named(one.channel)) if one.channel else level


# --- tables, pure ----------------------------------------------------------------------------------------------------


def laid_out(heads: Sequence[str], rows: Iterable[Sequence[str]], name: str) -> str:
    """A small table as HTML whose rows fold into blocks on a telephone. Cells are HTML already, heads are text."""
    top = "".join(f"<th scope='col'>{escape(head)}</th>" for head in heads)
    body = "".join(
        "<tr>"
        + f"<th scope='row'>{cells[0]}</th>"
        + "".join(
            f"<td data-head='{escape(head)}'>{cell}</td>" for head, cell in zip(heads[1:], cells[1:], strict=True)
        )
        + "</tr>"
        for cells in rows
    )
    head = f"<thead><tr>{top}</tr></thead>"
    return f"<table class='lh-costs' aria-label='{escape(name)}'>{head}<tbody>{body}</tbody></table>"


def cost_rows(found: Sequence[Cost], asked: Mapping[str, str]) -> list[list[str]]:
    """A line of the table for each level; figures lead to the responses behind them, by what the page of these is
    asked for beside the level."""
    return [_cost_row(one, asked) for one in found]


def cost_cells(one: Cost) -> list[str]:
    """The same as plain text: level, median, ninth tenth, minutes, changed, said no, went cold, n."""
    name, n = level_named(one.part), number(one.n)
    if one.part == OWN_AUTHORITY:
        return [name, *["–"] * 6, n]
    waited = one.waited
    return [
        name,
        median(waited),
        ninth(waited),
        _("{n} min", n=number(one.minutes, 1)) if one.minutes is not None else _("not known"),
        share(one.changed_in_all, one.n),
        share(one.refused, one.n),
        share(one.cold_in_all, one.n),
        n,
    ]


def kinds(one: Cost) -> str:
    """What was changed, by kind: 'typo 2, fact 1'."""
    return ", ".join(f"{CHANGED[change]} {number(count)}" for change, count in one.changed.items())


def _cost_row(one: Cost, asked: Mapping[str, str]) -> list[str]:
    def way(text: str, outcome: str, there: bool) -> str:
        address = escape(f"/costs?{urlencode({'level': one.part, **asked, 'outcome': outcome})}")
        return f"<a href='{address}' target='_self'>{escape(text)}</a>" if there else escape(text)

    name, half, nine, minutes, changed, refused, cold, n = cost_cells(one)
    by_kind = kinds(one)
    own = one.part == OWN_AUTHORITY
    return [
        way(name, "", one.n > 0),
        escape(half),
        escape(nine),
        escape(minutes),
        way(changed, "changed", bool(one.back) and not own) + (f"<small>{escape(by_kind)}</small>" if by_kind else ""),
        way(refused, "refused", bool(one.refused) and not own),
        way(cold, "cold", bool(one.cold) and not own),
        n,
    ]


def cost_heads() -> list[str]:
    return [
        _("Level"),
        _("Half waited up to"),
        _("9 of 10 waited up to"),
        _("Minutes a decision"),
        _("Changed"),
        _("Said no"),
        _("Went cold"),
        _("n"),
    ]


def first_named(one: First) -> str:
    if one.severity == ALL and not one.channel:
        return _("All")
    if one.channel:
        return channel_named(one.channel)
    return _("Severity: {severity}", severity=words.SEVERITY[Severity(one.severity)])


def first_table(found: Sequence[First]) -> tuple[list[str], list[list[object]]]:
    """The numbers of first answers: all cases, each channel and each severity; hours are numbers."""
    heads = [_("cases"), _("n"), _("answered"), _("still waiting"), _("closed without an answer"), *_of_waits()]
    rows: list[list[object]] = [
        [first_named(one), one.waits.n, one.answered, one.open, one.closed, *_waited(one.waited)] for one in found
    ]
    return heads, rows


def wait_table(found: Sequence[Cost]) -> tuple[list[str], list[list[object]]]:
    """How long each level and channel was waited for."""
    rows: list[list[object]] = [[*_who(one), one.waited.over, *_waited(one.waited)] for one in found]
    return [*_of_whom(), _("over"), *_of_waits()], rows


def minutes_table(found: Sequence[Cost]) -> tuple[list[str], list[list[object]]]:
    """The minutes that people looked at what they decided on."""
    rows: list[list[object]] = [[*_who(one), one.looks, round(one.looked_s / 60, 1)] for one in found]
    return [*_of_whom(), _("decisions with minutes"), _("minutes")], rows


def changed_table(found: Sequence[Cost]) -> tuple[list[str], list[list[object]]]:
    """How often a level had something changed, by kind."""
    heads = [*_of_whom(), _("changes asked for"), *(_("changed: {kind}", kind=CHANGED[kind]) for kind in Change)]
    return heads, [[*_who(one), one.back, *(one.changed.get(kind, 0) for kind in Change)] for one in found]


def lost_table(found: Sequence[Cost]) -> tuple[list[str], list[list[object]]]:
    """How often a level said no, and what went cold there, by why."""
    heads = [*_of_whom(), _("said no"), *(_("went cold: {why}", why=WENT_COLD[why]) for why in Cold)]
    return heads, [[*_who(one), one.refused, *(one.cold.get(why, 0) for why in Cold)] for one in found]


def cost_file(found: Sequence[Cost]) -> str:
    """All numbers by level and channel, as CSV; hours and minutes are numbers."""
    parts = [made(found) for made in (wait_table, minutes_table, changed_table, lost_table)]
    heads = _of_whom() + [head for some, _rows in parts for head in some[3:]]
    return table(
        heads, [_who(one) + [cell for _heads, rows in parts for cell in rows[at][3:]] for at, one in enumerate(found)]
    )


def _of_whom() -> list[str]:
    return [_("level"), _("channel"), _("n")]


def _who(one: Cost) -> list[object]:
    return [level_named(one.part), channel_named(one.channel) if one.channel else _("all"), one.n]


def _of_waits() -> list[str]:
    return [_("median, hours"), _("9 of 10, hours"), _("longest, hours")]


def _waited(one: Waited) -> list[object]:
    """Of few only the longest is said."""
    few = one.n < MANY
    return [None if few else _hours(one.median), None if few else _hours(one.p90), _hours(one.longest)]


def _hours(seconds: float | None) -> float | None:
    """None where it is not known yet."""
    return None if seconds is None else round(seconds / 3600, 2)
