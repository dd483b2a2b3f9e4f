"""The part of the overview about trust: how long a first answer takes, and what approval costs and catches."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any

import streamlit as st

from access.permissions import Permission, may
from analysis import approval
from analysis.approval import ALL, Cost, First
from analysis.changes import Change
from analysis.waiting import MANY
from model.cost import OWN_AUTHORITY
from model.language import _, later, many, number
from model.person import Person
from store import cost
from store.db import store
from web import frame
from web.ui.overview import cost as said
from web.ui.overview import cost_charts as charts
from web.ui.overview import kept
from web.ui.overview.cards import Behind, Numbers, Way, card
from web.ui.overview.cost_charts import Bars

_COSTS, _SEARCH = "pages/costs.py", "pages/search.py"
BY = {"level": later("By level"), "channel": later("Level and channel")}
"""What a line of the charts is; the words stand in an address."""


@dataclass(frozen=True, slots=True)
class _Approval:
    """What the cards show: the lines chosen, all that their tables have, and what stands in the addresses."""

    shown: Sequence[Cost]
    every: Sequence[Cost]
    kind: str
    days: int

    @property
    def waited_for(self) -> list[Cost]:
        """Without own authority: nothing waits there."""
        return [one for one in self.shown if one.part != OWN_AUTHORITY]


def draw(me: Person, now: datetime, days: int) -> None:
    """The section: first answers and approval of the days up to now. It looks up what it shows."""
    since = now - timedelta(days=days)
    first_day = since.date().isoformat()
    with store().read() as tx:
        answers = kept.counted_first(tx, first_day)
        open_ones = cost.waiting_cases(tx, since)
        lines = kept.counted(tx, first_day)
        still = cost.waits_now(tx, first_day)
        to_go = cost.to_go(tx)
    if to_go > said.BEHIND:
        frame.quiet(
            many(
                "What follows is still being worked out: {n} event of the audit log to go.",
                "What follows is still being worked out: {n} events of the audit log to go.",
                to_go,
            )
        )
    waits = [(one.severity, one.channel, (now - one.opened_at).total_seconds()) for one in open_ones]
    first(me, approval.first(answers, waits), first_day)
    kind, by = _asked("cost", said.KINDS), _asked("by", BY)
    found = approval.costs(lines, still, now, said.KINDS[kind])
    apart = approval.costs(lines, still, now, said.KINDS[kind], by_channel=True)
    every = sorted([*found, *apart], key=lambda one: (one.part, one.channel))
    _choose(kind, by, sum(one.n for one in found))
    of = _Approval(apart if by == "channel" else found, every, kind, days)
    for parts in ((_waits, _changed), (_minutes, _lost)):
        for column, part in zip(st.columns(2), parts, strict=True):
            with column:
                part(of)
    _table(found, of)


def _asked(name: str, among: Mapping[str, object]) -> str:
    asked = st.query_params.get(name, "")
    return asked if asked in among else next(iter(among))


def _choose(kind: str, by: str, n: int) -> None:
    """The heading of what approval costs, and what the cards below it are of."""
    with st.container(horizontal=True, vertical_alignment="center", key="costs-of"):
        line = _("What was sent for approval in this time, n = {n}; under {few} no percentage", n=number(n), few=MANY)
        title = f"<h2>{escape(_('What approval costs'))}</h2><p class='lh-quiet'>{escape(line)}</p>"
        st.html(f"<div class='lh-side'>{title}</div>", width="stretch")
        for name, now, label, options in (
            ("cost", kind, _("What was approved"), {one: said.KIND[one] for one in said.KINDS}),
            ("by", by, _("A line for each"), {one: _(BY[one]) for one in BY}),
        ):
            picked = st.segmented_control(
                label,
                list(options),
                default=now,
                format_func=options.__getitem__,
                required=True,
                label_visibility="collapsed",
                key=f"costs-{name}",
            )
            if picked != now:
                st.query_params[name] = str(picked)
                st.rerun()


# --- first answers ---------------------------------------------------------------------------------------------------


def first(me: Person, found: Sequence[First], since: str) -> None:
    """How long cases waited for a first answer: all, by channel, and by severity."""
    every = found[0] if found else None
    line = _(
        "From when a case is opened to words of ours on its channel, n = {n}. ● half have an answer by then, ◆ nine in"
        " ten; ▷ still waiting or closed without one, counted by survival. Under {few} each case is a dot.",
        n=number(every.waits.n if every else 0),
        few=MANY,
    )
    made = charts.waits(tuple(charts.of(said.first_named(one), one.waits) for one in found))
    behind = None
    if may(me, Permission.TRIAGE) and found:

        def of(one: First) -> Way:
            narrowed = {"channel": one.channel} if one.channel else {}
            if one.severity != ALL:
                narrowed["severity"] = str(one.severity)
            return _SEARCH, {"kind": "cases", "since": since, **narrowed}

        behind = Behind(of(found[0]), _("See these cases"), _picked([of(one) for one in found]))
    card("first", said.first_finding(every), line, made, Numbers(*said.first_table(found)), behind)


# --- what approval costs ---------------------------------------------------------------------------------------------


def _waits(of: _Approval) -> None:
    found = of.waited_for
    line = _(
        "How long a response waited, nights too. ● half of them up to this, ◆ nine in ten; ▷ not over yet or broken"
        " off, counted by survival. Under {few} each wait is a dot.",
        few=MANY,
    )
    made = charts.waits(tuple(charts.of(said.named(one), one.waits) for one in found))
    numbers = _numbers(of, said.wait_table)
    card("costs", said.finding(found), line, made, numbers, _behind(of, [(one, "") for one in found]))


def _changed(of: _Approval) -> None:
    found = of.waited_for
    line = _(
        "Responses that read otherwise after a level asked for changes, by the weightiest kind, of all that came there"
    )
    rows = [
        Bars(said.named(one), tuple(one.changed.get(kind, 0) for kind in Change), said.share(one.changed_in_all, one.n))
        for one in found
    ]
    made = charts.bars(tuple(rows), tuple(said.CHANGED[kind] for kind in Change))
    numbers = _numbers(of, said.changed_table)
    way = _behind(of, [(one, "changed") for one in found])
    card("changed", said.changed_finding(found), line, made, numbers, way)


def _minutes(of: _Approval) -> None:
    found = of.waited_for
    line = _("Minutes from first sight to the decision, at most 15 each; pale: of under {few} decisions", few=MANY)
    rows = [Bars(said.named(one), (round(one.looked_s / 60, 1),), said.minutes(one), one.looks < MANY) for one in found]
    made = charts.bars(tuple(rows), (_("minutes"),))
    known = any(one.looks for one in found)
    numbers = _numbers(of, said.minutes_table) if known else Numbers((), ())
    card("minutes", said.minutes_finding(found), line, made, numbers, _behind(of, [(one, "") for one in found]))


def _lost(of: _Approval) -> None:
    found = of.waited_for
    line = _("Responses that a level rejected, and those that had nothing left to answer while they waited there")
    rows = [Bars(said.named(one), (one.refused, one.cold_in_all), said.lost(one)) for one in found]
    made = charts.bars(tuple(rows), (_("said no"), _("went cold")))
    numbers = _numbers(of, said.lost_table)
    outcomes = [[(one, outcome) for one in found] for outcome in ("refused", "cold")]
    card("lost", said.lost_finding(found), line, made, numbers, _behind(of, *outcomes))


def _numbers(of: _Approval, table: Callable[[Sequence[Cost]], tuple[list[str], list[list[object]]]]) -> Numbers:
    return Numbers(*table([one for one in of.every if one.part != OWN_AUTHORITY]))


def _behind(of: _Approval, *outcomes: Sequence[tuple[Cost, str]]) -> Behind | None:
    """To the responses of a line, by the part of its bar that was clicked: what is shown of each is for the page to
    say, by who looks."""
    ways = [[_way(of, one, outcome) for one, outcome in part] for part in outcomes]
    return Behind(ways[0][0], _("See the responses of the first one"), _picked(*ways)) if ways[0] else None


def _way(of: _Approval, one: Cost, outcome: str) -> Way:
    asked = {"level": str(one.part), "kind": of.kind, "days": str(of.days), "outcome": outcome, "channel": one.channel}
    return _COSTS, {name: value for name, value in asked.items() if value}


def _picked(*ways: Sequence[Way]) -> Callable[[Mapping[str, Any]], Way | None]:
    """The way of a point: of its line, and of its part where the parts lead to different places."""

    def of(point: Mapping[str, Any]) -> Way | None:
        part, line = ways[min(int(point["curve_number"]), len(ways) - 1)], round(float(point["y"]))
        return part[line] if 0 <= line < len(part) else None

    return of


def _table(found: Sequence[Cost], of: _Approval) -> None:
    """All of it in one table, whose figures lead to the responses behind them; for those who do not click in charts."""
    if not found:
        return
    with st.expander(_("All figures, with ways to the responses")):
        rows = said.cost_rows(found, {"kind": of.kind, "days": str(of.days)})
        st.html(said.laid_out(said.cost_heads(), rows, _("What approval costs")))
        file = said.cost_file(of.every).encode()
        st.download_button(
            _("As CSV"), file, "costs.csv", "text/csv", key="csv-all-costs", on_click="ignore", type="tertiary"
        )
