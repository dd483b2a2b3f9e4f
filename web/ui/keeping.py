"""What is kept how long, and what an erasure would take, as blocks of HTML. Pure; shown with st.html."""

from collections.abc import Mapping
from html import escape

from model.language import _, many, number
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
        rule = many("{n} day after {since}", "{n} days after {since}", days, since=_(kind.since)) if days else _("kept")
        there = [_("{n} there", n=number(amounts[kind.name]))] if kind.name in amounts else []
        goes = [_("{n} go today", n=number(over[kind.name]))] if over.get(kind.name) else []
        what = _(kind.what)
        rows.append(
            f"<li><strong>{escape(what[:1].upper() + what[1:])}</strong> {escape(rule)}"
            f"<small>{escape(' · '.join(there + goes))}</small><small>{escape(_(kind.why))}</small></li>"
        )
    return f"<ul class='lh-rows'>{''.join(rows)}</ul>"


def found(what: Found) -> str:
    """How many comments an erasure would take, and the newest of them."""
    unread = many(
        "{n} item that could not be read names them as well.",
        "{n} items that could not be read name them as well.",
        what.raw,
    )
    kept = f"<p>{escape(unread)}</p>" if what.raw else ""
    if not what.count:
        return f"<p class='lh-quiet'>{escape(_('No comment stands under that name or id.'))}</p>{kept}"
    rows = "".join(
        f"<li><time>{escape(words.exact(one.at))}</time><strong>{escape(one.author or _('No name'))}</strong>"
        f"<small>{escape(one.source)}</small>{escape(' '.join(one.text.split())[:_SHOWN])}</li>"
        for one in what.few
    )
    found = many(
        "{n} comment, left between {first} and {last}. The newest:",
        "{n} comments, left between {first} and {last}. The newest:",
        what.count,
        first=words.exact(what.oldest),
        last=words.exact(what.newest),
    )
    return f"<p>{escape(found)}</p><ul class='lh-rows'>{rows}</ul>{kept}"
