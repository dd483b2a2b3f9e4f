"""The keys of the pages, and whether single letters are among them: a person can switch those off (WCAG 2.1.4)."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from access import preferences
from model.person import Person
from store.db import store

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
    ("J, K", "next and previous row; J also once a reply is sent"),
    ("Arrows, Home, End", "in the list"),
    ("E", "reply; of a comment without a case: make a case of it"),
    ("A", "claim, release, or ask to take over"),
    ("D", "dismiss; of a question: it needs no answer"),
    ("1 to 4", "after D: the reason"),
    ("S, N", "spam; in Suspected spam: no spam"),
    ("X", "escalate; under My approvals: reject"),
    ("Q", "request changes, under My approvals"),
    ("U", "reopen, undo"),
    ("L", "show what is like the open one"),
    ("M", "choose the row in hand, for one thing done to several; in the list also Space"),
    ("Shift+J, Shift+K", "choose on the way; in the list also with arrows"),
    ("Shift+M", "choose all that are shown; in the list also Ctrl+A"),
    ("D, S, A", "while rows are chosen: to all of them"),
    ("Esc", "choose none"),
    ("T", "template, beside a reply"),
    ("Ctrl+Enter", "send what is written"),
    ("Alt+Enter", "insert the template"),
    ("H, F1", "this help"),
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


@st.dialog("Keys")
def help_on_keys(mine: Keys) -> None:
    """What each key does."""
    rows = "".join(f"<tr><th scope='row'><kbd>{key}</kbd></th><td>{does}</td></tr>" for key, does in HELP)
    st.html(f"<table class='lh-keys'>{rows}</table>")
    if not mine.letters:
        st.html("<p class='lh-quiet'>Single letters are switched off in your own settings.</p>")
