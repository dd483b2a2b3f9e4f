"""The part of the overview about trust: how long a first answer takes, and what approval costs and catches."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from html import escape

import streamlit as st

from analysis import approval
from analysis.approval import ALL, Cost, First
from analysis.changes import Change
from analysis.waiting import MANY, Waited, percent
from model.cost import OWN_AUTHORITY, SEVERAL, Cold
from model.language import Labels, _, later, many, number
from model.route import EXPERT
from model.words import HIDES, Action, Channel, Severity
from store import cost
from store.db import store
from store.export import table
from web import frame
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


def level_named(level: int) -> str:
    """A level at the beginning of a line."""
    if level == OWN_AUTHORITY:
        return _("Own authority")
    return _("The expert") if level == EXPERT else _("Level {level}", level=level)


def channel_named(channel: str) -> str:
    return _("Several channels") if channel == SEVERAL else words.CHANNEL[Channel(channel)]


def time(after: float | None, waited: Waited) -> str:
    """A length, or that it is more than the longest so far."""
    if not waited.n:
        return "–"
    return words.span(after) if after is not None else _("over {time}", time=words.span(waited.longest))


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
    level, changed, waited = level_named(one.part), number(one.changed_in_all), one.waited
    return many(
        "{level} changed {changed} of {n} response and cost {time}",
        "{level} changed {changed} of {n} responses and cost {time} each",
        one.n,
        level=level,
        changed=changed,
        time=time(waited.median, waited),
    )


def first_finding(every: First | None) -> str:
    """How long a first answer takes, in one sentence."""
    if every is None or not every.waits.n:
        return _("No case waited for an answer in this time")
    waited = every.waited
    if waited.median is None:
        return _("Half of the cases have no answer of ours after {time}", time=words.span(waited.longest))
    return _("Half of the cases have an answer of ours within {time}", time=words.span(waited.median))


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


def cost_rows(found: Sequence[Cost], kind: str, days: int) -> list[list[str]]:
    """A line of the table for each level; figures lead to the responses behind them."""
    return [_cost_row(one, kind, days) for one in found]


def cost_cells(one: Cost) -> list[str]:
    """The same as plain text: level, median, ninth tenth, minutes, changed, said no, went cold, n."""
    name, n = level_named(one.part), number(one.n)
    if one.part == OWN_AUTHORITY:
        return [name, *["–"] * 6, n]
    waited = one.waited
    return [
        name,
        time(waited.median, waited),
        time(waited.p90, waited),
        _("{n} min", n=number(one.minutes, 1)) if one.minutes is not None else _("not known"),
        share(one.changed_in_all, one.n),
        share(one.refused, one.n),
        share(one.cold_in_all, one.n),
        n,
    ]


def kinds(one: Cost) -> str:
    """What was changed, by kind: 'typo 2, fact 1'."""
    return ", ".join(f"{CHANGED[change]} {number(count)}" for change, count in one.changed.items())


def _cost_row(one: Cost, kind: str, days: int) -> list[str]:
    def way(text: str, outcome: str, there: bool) -> str:
        address = f"/costs?level={one.part}&amp;kind={kind}&amp;days={days}&amp;outcome={outcome}"
        return f"<a href='{address}' target='_self'>{escape(text)}</a>" if there else escape(text)

    name, median, p90, minutes, changed, refused, cold, n = cost_cells(one)
    by_kind = kinds(one)
    own = one.part == OWN_AUTHORITY
    return [
        way(name, "", one.n > 0),
        escape(median),
        escape(p90),
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


def first_rows(found: Sequence[First]) -> list[list[str]]:
    """A line of the table for all cases, each channel and each severity."""
    return [
        [
            escape(_first_named(one)),
            escape(time(one.waited.median, one.waited)),
            escape(time(one.waited.p90, one.waited)),
            escape(share(one.answered, one.waits.n)),
            escape(number(one.open)),
            escape(number(one.closed)),
            escape(number(one.waits.n)),
        ]
        for one in found
    ]


def first_heads() -> list[str]:
    return [
        _("Cases"),
        _("Half answered within"),
        _("9 of 10 answered within"),
        _("Answered"),
        _("Still waiting"),
        _("Closed without one"),
        _("n"),
    ]


def _first_named(one: First) -> str:
    if one.severity == ALL and not one.channel:
        return _("All")
    if one.channel:
        return channel_named(one.channel)
    return _("Severity: {severity}", severity=words.SEVERITY[Severity(one.severity)])


def cost_file(found: Sequence[Cost]) -> str:
    """All numbers by level and channel, as CSV; hours and minutes are numbers."""
    heads = [_("level"), _("channel"), _("n"), _("over"), _("median, hours"), _("9 of 10, hours"), _("longest, hours")]
    heads += [_("decisions with minutes"), _("minutes"), _("changes asked for")]
    heads += [_("changed: {kind}", kind=CHANGED[kind]) for kind in Change] + [_("said no")]
    heads += [_("went cold: {why}", why=WENT_COLD[why]) for why in Cold]
    rows = [
        [
            level_named(one.part),
            channel_named(one.channel),
            one.n,
            one.waited.over,
            _hours(one.waited.median),
            _hours(one.waited.p90),
            _hours(one.waited.longest),
            one.looks,
            round(one.looked_s / 60, 1),
            one.back,
            *(one.changed.get(kind, 0) for kind in Change),
            one.refused,
            *(one.cold.get(why, 0) for why in Cold),
        ]
        for one in found
    ]
    return table(heads, rows)


def first_file(found: Sequence[First]) -> str:
    heads = [_("cases"), _("n"), _("answered"), _("still waiting"), _("closed without an answer")]
    heads += [_("median, hours"), _("9 of 10, hours"), _("longest, hours")]
    rows = [
        [
            _first_named(one),
            one.waits.n,
            one.answered,
            one.open,
            one.closed,
            _hours(one.waited.median),
            _hours(one.waited.p90),
            _hours(one.waited.longest),
        ]
        for one in found
    ]
    return table(heads, rows)


def _hours(seconds: float | None) -> float | str:
    """Empty where it is not known yet."""
    return "" if seconds is None else round(seconds / 3600, 2)


BEHIND = 400
"""A worker follows within seconds; so many lines behind, it has a past to work out, or does not run."""

# --- the section -----------------------------------------------------------------------------------------------------


def draw(now: datetime, days: int) -> None:
    """The section: first answers and approval of the days up to now. It looks up what it shows."""
    since = now - timedelta(days=days)
    first_day = since.date().isoformat()
    with store().read() as tx:
        answers = cost.counted_first(tx, first_day)
        open_ones = cost.waiting_cases(tx, since)
        lines = cost.counted(tx, first_day)
        still = cost.waits_now(tx, first_day)
        to_go = cost.to_go(tx)
    if to_go > BEHIND:
        frame.quiet(
            many(
                "What follows is still being worked out: {n} event of the audit log to go.",
                "What follows is still being worked out: {n} events of the audit log to go.",
                to_go,
            )
        )
    waits = [(one.severity, one.channel, (now - one.opened_at).total_seconds()) for one in open_ones]
    _first(approval.first(answers, waits))
    kind = st.query_params.get("cost", "replies")
    kind = kind if kind in KINDS else "replies"
    found = approval.costs(lines, still, now, KINDS[kind])
    apart = approval.costs(lines, still, now, KINDS[kind], by_channel=True)
    _approval(found, apart, kind, days)


@contextmanager
def _card(title: str, line: str, key: str, file: Callable[[], str] | None) -> Iterator[None]:
    """A card with its finding, its units and n, and its numbers as a file."""
    with st.container(border=True, key=f"card-{key}"):
        with st.container(horizontal=True, vertical_alignment="top", wrap=False):
            said = f"<h2>{escape(title)}</h2><p class='lh-quiet'>{escape(line)}</p>"
            st.html(f"<div class='lh-side'>{said}</div>", width="stretch")
            if file:
                st.download_button(
                    _("As CSV"),
                    file().encode(),
                    f"{key}.csv",
                    "text/csv",
                    key=f"csv-{key}",
                    on_click="ignore",
                    type="tertiary",
                )
        yield


def _first(found: Sequence[First]) -> None:
    every = found[0] if found else None
    with _card(
        first_finding(every),
        _(
            "From when a case is opened to words of ours on its channel, n = {n}; those still waiting are counted by"
            " survival, those closed without an answer up to their closing",
            n=number(every.waits.n if every else 0),
        ),
        "first",
        (lambda: first_file(found)) if found else None,
    ):
        if found:
            st.html(laid_out(first_heads(), first_rows(found), first_finding(every)))
        else:
            frame.quiet(_("Cases and their first answers are counted here as they come."))


def _approval(found: Sequence[Cost], apart: Sequence[Cost], kind: str, days: int) -> None:
    n = sum(one.n for one in found)
    line = _("Hours by the clock, nights too; those still waiting are counted by survival, n = {n}", n=number(n))
    few = found and max(one.n for one in found) < MANY
    if few:
        line = _("{line}. Under 20 no percentage is said.", line=line)
    with _card(finding(found), line, "costs", (lambda: cost_file(apart)) if found else None):
        picked = st.segmented_control(
            _("What was approved"),
            list(KINDS),
            default=kind,
            format_func=lambda one: KIND[one],
            required=True,
            label_visibility="collapsed",
            key="cost-kind",
        )
        if picked != kind:
            st.query_params["cost"] = str(picked)
            st.rerun()
        if found:
            st.html(laid_out(cost_heads(), cost_rows(found, kind, days), _("What approval costs")))
        else:
            frame.quiet(
                _(
                    "What is sent for approval is counted here: how long it waits at each level, what the level"
                    " changes, how often it says no, and what goes cold meanwhile."
                )
            )
