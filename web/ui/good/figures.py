"""The figures on the page: how often it was right to raise, and what was missed, as tables with their intervals."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from analysis.figures import FEW
from analysis.judged import Line, Missed, Precision
from model.language import Labels, _, later, many, number
from model.words import Channel, Language
from store.export import table
from web.ui import telling, words
from web.ui.overview.cost import laid_out

Row = Sequence[str]
_OF = Labels(
    {
        "signals": later("signal"),
        "matters": later("matter"),
        "channels": later("channel"),
        "languages": later("language"),
    }
)
KINDS = Labels(
    {
        "signals": later("By signal"),
        "matters": later("By matter"),
        "channels": later("By channel"),
        "languages": later("By language"),
    }
)


def percent(share: float) -> str:
    return _("{n} %", n=number(100 * share))


def between(interval: tuple[float, float]) -> str:
    low, high = interval
    return _("{low} to {high} %", low=number(100 * low), high=number(100 * high))


def finding(line: Line) -> str:
    """How often it was right to raise, in one sentence."""
    if line.share is None:
        return many(
            "{n} raised comment was judged so far: too few to tell how often that was right.",
            "{n} raised comments were judged so far: too few to tell how often that was right.",
            line.n,
        )
    return _(
        "Of {n} raised comments that were judged, {right} had to be seen: {share} (95 % interval: {interval}).",
        n=number(line.n),
        right=number(line.right),
        share=percent(line.share),
        interval=between(line.interval),
    )


def _named(kind: str, key: str, matters: Mapping[str, str]) -> str:
    if kind == "signals":
        return telling.named(key)
    if kind == "matters":
        return matters.get(key, key)
    return words.CHANNEL[Channel(key)] if kind == "channels" else words.LANGUAGE.get(Language(key), key)


def heads(kind: str) -> list[str]:
    return [_OF[kind], _("judged"), _("had to be seen"), _("right"), _("95 % interval")]


def drawn(title: str, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table with its title; cells are HTML already."""
    st.html(f"<div class='lh-good'><h3>{escape(title)}</h3>{laid_out(names, rows, title)}</div>")


def within(share: float | None, interval: tuple[float, float]) -> str:
    """The interval drawn from 0 to 100 %, with a mark where the share is; nothing where none is said. The cell says the
    same in figures."""
    if share is None:
        return ""
    low, high = (round(100 * one, 1) for one in interval)
    bar = f"<i style='inset-inline-start:{low}%;width:{round(high - low, 1)}%'></i>"
    mark = f"<b style='inset-inline-start:{round(100 * share, 1)}%'></b>"
    return f"<span class='lh-within' aria-hidden='true'>{bar}{mark}</span>"


def _as_html(row: Row, share: float | None, interval: tuple[float, float]) -> list[str]:
    *first, last = map(escape, row)
    return [*first, f"<span>{last}{within(share, interval)}</span>" if last else ""]


def cells(line: Line, name: str) -> Row:
    """A line as text: the name, how many were judged, how many were right, the share, its interval."""
    told = (percent(line.share), between(line.interval)) if line.share is not None else (_("too few to tell"), "")
    return name, number(line.n), number(line.right), *told


def precision(found: Precision, matters: Mapping[str, str]) -> list[Row]:
    """The tables of each kind with judgements, drawn; returns all their lines with the kind before them."""
    every: list[Row] = []
    for kind in KINDS:
        lines: tuple[Line, ...] = getattr(found, kind)
        rows = [cells(line, _named(kind, line.key, matters)) for line in lines]
        every += [(KINDS[kind], *row) for row in rows]
        if rows:
            shown = [_as_html(row, line.share, line.interval) for row, line in zip(rows, lines, strict=True)]
            drawn(KINDS[kind], heads(kind), shown)
    return every


def missed_finding(found: Missed, *, weeks: int) -> str:
    """What was missed by estimate, in plain words, with how few were looked at."""
    if found.share is None or found.about is None:
        return _(
            "{answered} of {all} comments that nothing raised were looked at: with fewer than {few} it is too few to"
            " tell what is missed.",
            answered=number(found.answered),
            all=number(found.population),
            few=FEW,
        )
    about, least, most = found.about
    return " ".join(
        (
            many(
                "In {n} week {answered} of {all} comments that nothing raised were looked at; {yes} had to be seen.",
                "In {n} weeks {answered} of {all} comments that nothing raised were looked at; {yes} had to be seen.",
                weeks,
                answered=number(found.answered),
                all=number(found.population),
                yes=number(found.yes),
            ),
            _(
                "That is {share} (95 % interval: {interval}), or about {about} comments: {least} to {most}.",
                share=percent(found.share),
                interval=between(found.interval),
                about=number(about),
                least=number(least),
                most=number(most),
            ),
        )
    )


def missed(kind: str, found: Sequence[Missed]) -> list[Row]:
    """A table of what was missed by channel or language, drawn; returns its lines with the kind before them."""
    rows = [_missed_cells(one, _named(kind, one.key, {})) for one in found]
    names = [_OF[kind], _("looked at"), _("had to be seen"), _("missed"), _("95 % interval")]
    if rows:
        shown = [_as_html(row, one.share, one.interval) for row, one in zip(rows, found, strict=True)]
        drawn(KINDS[kind], names, shown)
    return [(f"{_('What was missed')}, {KINDS[kind]}", *row) for row in rows]


def _missed_cells(one: Missed, name: str) -> Row:
    told = (percent(one.share), between(one.interval)) if one.share is not None else (_("too few to tell"), "")
    looked = _("{n} of {all}", n=number(one.answered), all=number(one.population))
    return name, looked, number(one.yes), *told


def download(rows: Sequence[Row]) -> None:
    """All figures of the page as one file."""
    if rows:
        names = (_("figure"), _("of"), _("judged"), _("had to be seen"), _("share"), _("95 % interval"))
        file = table(names, rows).encode()
        st.download_button(_("As CSV"), file, "how-good.csv", "text/csv", key="csv-good", on_click="ignore")
