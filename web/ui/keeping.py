"""What is kept how long, and what an erasure would take, as blocks of HTML. Pure; shown with st.html."""

from collections.abc import Mapping
from html import escape

from store.erasure import Found
from store.retention import KINDS, Kind, Retention
from web.ui import words

_SHOWN = 160


def kind_named(name: str) -> Kind:
    return next(kind for kind in KINDS if kind.name == name)


def rules(kept: Retention, amounts: Mapping[str, int], over: Mapping[str, int]) -> str:
    """Each kind: how long it is kept and why, how much there is, and how much goes with the next purge."""
    rows = []
    for kind in KINDS:
        days = getattr(kept, kind.name)
        rule = f"{words.count(days, 'day')} after {kind.since}" if days else "kept"
        there = f"{amounts[kind.name]:,} there" if kind.name in amounts else ""
        goes = f" · {over[kind.name]:,} go today" if over.get(kind.name) else ""
        rows.append(
            f"<li><strong>{escape(kind.what.capitalize())}</strong> {escape(rule)}"
            f"<small>{escape(there + goes)}</small><small>{escape(kind.why)}</small></li>"
        )
    return f"<ul class='lh-rows'>{''.join(rows)}</ul>"


def found(what: Found) -> str:
    """How many comments an erasure would take, and the newest of them."""
    kept = f"{words.count(what.raw, 'item')} that could not be read name{'s' if what.raw == 1 else ''} them as well."
    kept = f"<p>{kept}</p>" if what.raw else ""
    if not what.count:
        return f"<p class='lh-quiet'>No comment stands under that name or id.</p>{kept}"
    between = f", left between {words.exact(what.oldest)} and {words.exact(what.newest)}"
    rows = "".join(
        f"<li><time>{escape(words.exact(one.at))}</time><strong>{escape(one.author or 'No name')}</strong>"
        f"<small>{escape(one.source)}</small>{escape(' '.join(one.text.split())[:_SHOWN])}</li>"
        for one in what.few
    )
    found = f"{words.count(what.count, 'comment')}{escape(between)}. The newest:"
    return f"<p>{found}</p><ul class='lh-rows'>{rows}</ul>{kept}"
