"""The list of decisions, as one radio group: arrow keys and names come with it."""

import re
from collections.abc import Sequence

import streamlit as st

from model.language import _

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


def choose(name: str, ids: Sequence[int], lines: Sequence[tuple[str, str]], wanted: int | None) -> int:
    """One of the ids, kept in the page's address under `name`; the first when nothing is `wanted`.

    What is wanted and not in the list (any more) stays chosen, and nothing in the list is marked.
    """
    chosen = ids[0] if wanted is None else wanted
    shown = dict(zip(ids, lines, strict=True))
    picked = st.radio(
        _("Choose one"),
        ids,
        index=list(ids).index(chosen) if chosen in shown else None,
        format_func=lambda number: shown[number][0],
        captions=[caption for _line, caption in lines],
        label_visibility="collapsed",
        key=f"choose-{name}-{chosen}-{len(ids)}",
    )
    if picked is not None and picked != chosen:
        st.query_params[name] = str(picked)
        st.rerun()
    return chosen


def told_apart(people: dict[int, str]) -> dict[int, str]:
    """Names of people for a list to choose from: two of one name get their numbers."""
    names = list(people.values())
    return {one: f"{name} ({one})" if names.count(name) > 1 else name for one, name in people.items()}
