"""How the installation runs, as blocks of HTML. Pure; shown with st.html."""

from collections.abc import Sequence
from html import escape

from model.language import _, many
from response.health import NAME, STATE, Finding, State, gravest
from web.ui import words

_MARK = {State.ORDER: "✓", State.LOOK: "!", State.ACT: "✕"}
"""A shape for each state: colour is never the only sign."""
_CLASS = {State.ORDER: "order", State.LOOK: "look", State.ACT: "act"}


def summary(found: Sequence[Finding]) -> str:
    """All of it in one line beside the page's name."""
    worst = gravest(found)
    if worst is State.ORDER:
        return _("everything is in order")
    act, look = (sum(one.state is state for one in found) for state in (State.ACT, State.LOOK))
    parts = [many("{n} thing to act on now", "{n} things to act on now", act)] if act else []
    parts += [many("{n} thing to look at", "{n} things to look at", look)] if look else []
    return " · ".join(parts)


def findings(found: Sequence[Finding]) -> str:
    """A row for each thing: how it stands, in words and by a shape, and what to do next; the gravest first."""
    gravity = list(_MARK)
    rows = sorted(found, key=lambda one: -gravity.index(one.state))
    return f"<ul class='lh-health'>{''.join(_row(one) for one in rows)}</ul>"


def _row(one: Finding) -> str:
    state = (
        f"<b class='{_CLASS[one.state]}'><i aria-hidden='true'>{_MARK[one.state]}</i> {escape(STATE[one.state])}</b>"
    )
    said = words.in_zone(one.says).replace("\n", " ")
    todo = f"<small>{escape(one.next)}</small>" if one.next else ""
    return f"<li>{state}<span><strong>{escape(NAME[one.name])}</strong> {escape(said)}{todo}</span></li>"
