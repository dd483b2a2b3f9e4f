"""The lists of cases and of decisions, as one radio group: arrow keys and names come with it."""

import re
from collections.abc import Sequence

import streamlit as st

from model.words import Channel, Severity
from store.cases import QueueRow
from store.responses import Waiting
from web.ui import words

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&@/])")
# What Markdown makes links of by itself, whatever is escaped: it is parted by a sign without width.
_BY_ITSELF = re.compile(r"(?<=:)(?=//)|(?<=[wW]{3})(?=\.)|(?=@)")
_DIGITS = 9
_JOINER = "\u2060"


def plain(text: str) -> str:
    """Text that Markdown shows as it stands, on one line: comments must not draw links, images or colours."""
    return _MARKDOWN.sub(r"\\\1", _BY_ITSELF.sub(_JOINER, " ".join(text.split())))


def number(text: str | None) -> int | None:
    """A number out of an address, None for anything else that somebody may write there."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def sentence(row: QueueRow, most: int = 150) -> str:
    """The sentence that matters."""
    return shortened(row.text[row.focus_start : row.focus_end] or row.text, most)


def case_line(row: QueueRow) -> tuple[str, str]:
    """A case as a label and a caption: the reason with its severity; the sentence, who, where, since when, who has it.

    Streamlit tells options apart by their labels, so each has its number, and nothing in it changes by itself.
    """
    label = f"**{plain(row.headline)}** · {words.SEVERITY[Severity(row.severity)]} · case {row.id}"
    thread, channel = shortened(row.thread_title, 40), words.CHANNEL[Channel(row.channel)]
    where = f"{words.age(row.at)} · {row.author or 'No name'} · {channel} · {thread}"
    where += f" · {words.count(row.joined, 'comment')}" if row.joined > 1 else ""
    where += f" · {row.claimed_name} is on it" if row.claimed_name else ""
    return label, f"{plain(sentence(row))}  \n{plain(where)}"


def waiting_line(one: Waiting) -> tuple[str, str]:
    """A decision that waits, as a label (with its number, as in `case_line`) and a caption."""
    label = f"**{plain(shortened(one.text, 60))}** · reply {one.response_id}"
    return label, plain(f"{words.age(one.since)} · {one.author} · version {one.version_number}")


def choose(name: str, ids: Sequence[int], lines: Sequence[tuple[str, str]], wanted: int | None) -> int:
    """One of the ids, kept in the page's address under `name`; the first when nothing is `wanted`.

    What is wanted and not in the list (any more) stays chosen, and nothing in the list is marked.
    """
    chosen = ids[0] if wanted is None else wanted
    shown = dict(zip(ids, lines, strict=True))
    picked = st.radio(
        "Choose one",
        ids,
        index=list(ids).index(chosen) if chosen in shown else None,
        format_func=lambda number: shown[number][0],
        captions=[caption for _, caption in lines],
        label_visibility="collapsed",
        key=f"choose-{name}-{chosen}-{len(ids)}",
    )
    if picked is not None and picked != chosen:
        st.query_params[name] = str(picked)
        st.rerun()
    return chosen
