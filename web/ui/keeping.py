"""What is kept how long, and what an erasure would take, as blocks of HTML. Pure; shown with st.html."""

from collections.abc import Mapping, Sequence
from html import escape

from model.language import _, many, number
from store.erasure import LOOKED_THROUGH, Found, Some
from store.purge import Going
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
        rule = many("{n} day from {since}", "{n} days from {since}", days, since=_(kind.since)) if days else _("kept")
        there = [_("{n} there", n=number(amounts[kind.name]))] if kind.name in amounts else []
        goes = [_("{n} go today", n=number(over[kind.name]))] if over.get(kind.name) else []
        what = _(kind.what)
        rows.append(
            f"<li><strong>{escape(what[:1].upper() + what[1:])}</strong> {escape(rule)}"
            f"<small>{escape(' · '.join(there + goes))}</small><small>{escape(_(kind.why))}</small></li>"
        )
    return f"<ul class='lh-rows'>{''.join(rows)}</ul>"


def going(days: int | None, what: Going) -> str:
    """What the next purge would take of a kind that is kept for so many days, with the oldest of it."""
    if not days:
        return f"<p class='lh-quiet'>{escape(_('Kept: nothing of it would go.'))}</p>"
    said = many(
        "Kept for {days} days, {n} of it would go with the next purge.",
        "Kept for {days} days, {n} of them would go with the next purge.",
        what.count,
        days=number(days),
    )
    return f"<p>{escape(said)}</p>{_rows(what.few, _('The oldest:'))}"


def _rows(few: Sequence[Some], title: str) -> str:
    rows = "".join(
        f"<li><time>{escape(words.exact(one.at))}</time><strong>{escape(one.author or '')}</strong>"
        f"<small>{escape(one.source)}</small>{escape(' '.join(one.text.split())[:_SHOWN])}</li>"
        for one in few
    )
    return f"<p class='lh-quiet'>{escape(title)}</p><ul class='lh-rows'>{rows}</ul>" if few else ""


def found(what: Found) -> str:
    """How many comments an erasure would take, and the newest of them."""
    unread = many(
        "{n} item that could not be read names them as well.",
        "{n} items that could not be read name them as well.",
        what.raw,
    )
    kept = f"<p>{escape(unread)}</p>" if what.raw else ""
    quoting = many(
        "{n} note, reason or field of a template names or quotes them and goes as well.",
        "{n} notes, reasons and fields of templates name or quote them and go as well.",
        what.words,
    )
    if what.words:
        kept += f"<p>{escape(quoting)}</p>"
    if what.count > LOOKED_THROUGH:
        looked = _("The notes on the newest {n} comments were looked through so far.", n=number(LOOKED_THROUGH))
        kept += f"<p class='lh-quiet'>{escape(looked)}</p>"
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
