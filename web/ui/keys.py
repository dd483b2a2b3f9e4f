"""The keys of the pages, and whether single letters are among them: a person can switch those off (WCAG 2.1.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import streamlit as st

from access import preferences
from model.language import _, later
from model.person import Person
from store.db import store
from web.ui.acting import dialog

LETTERS: Mapping[str, str] = {
    "next": "J",
    "previous": "K",
    "reply": "E",
    "claim": "A",
    "dismiss": "D",
    "spam": "S",
    "not spam": "N",
    "escalate": "X",
    "reject": "X",
    "changes": "Q",
    "undo": "U",
    "template": "T",
    "like": "L",
    "help": "H",
}
HELP = (
    ("J, K", later("next and previous row; J also once a reply is sent")),  # as it is
    (later("Arrows, Home, End"), later("in the list")),
    ("E", later("reply; of a comment without a case: make a case of it")),
    ("A", later("claim, release, or ask to take over")),
    ("D", later("dismiss; of a question: it needs no answer")),
    (later("1 to 5"), later("after D: the reason")),
    ("S, N", later("spam; in Suspected spam: no spam")),  # as it is
    ("X", later("escalate; under My approvals: reject")),
    ("Q", later("request changes, under My approvals")),
    ("U", later("reopen, undo")),
    ("L", later("show what is like the open one")),
    ("M", later("choose the row in hand, for one thing done to several; in the list also Space")),
    (later("Shift+J, Shift+K"), later("choose on the way; in the list also with arrows")),
    (later("Shift+M"), later("choose all that you have seen; in the list also Ctrl+A")),
    ("D, S, A", later("while rows are chosen: to all of them")),  # as it is
    ("Esc", later("choose none")),
    ("T", later("template, beside a reply")),
    (later("Ctrl+Enter"), later("send what is written")),
    (later("Alt+Enter"), later("insert the template")),
    ("@", later("in a note: names of colleagues; arrows and Enter choose")),
    ("H, F1", later("this help")),  # as it is
)
"""What the help says; what is no single letter works always."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one person. A button takes `keys["dismiss"]` as its shortcut: None where letters are switched off."""

    letters: bool = True

    def __getitem__(self, name: str) -> str | None:
        """The letter for what is done. Raises KeyError for what has none."""
        letter = LETTERS[name]
        return letter if self.letters else None

    def digit(self, number: int) -> str | None:
        """The key of a choice by its number, 1 to 9, as single signs go with the letters."""
        return str(number) if self.letters else None


def keys(me: Person) -> Keys:
    """The keys of a person, as they chose."""
    with store().read() as tx:
        return Keys(preferences.get(tx, me.id, preferences.LETTERS))


@dialog(later("Keys"))
def help_on_keys(mine: Keys) -> None:
    """What each key does."""
    rows = "".join(
        f"<tr><th scope='row'><kbd>{escape(_(key))}</kbd></th><td>{escape(_(does))}</td></tr>" for key, does in HELP
    )
    st.html(f"<table class='lh-keys'>{rows}</table>")
    if not mine.letters:
        off = escape(_("Single letters are switched off in your own settings."))
        st.html(f"<p class='lh-quiet'>{off}</p>")
