"""The policy that an administrator is writing: one text, which the form and the typing both change."""

from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from model.errors import LevelheadError
from response.policies import InForce
from response.policy import Policy
from response.policy_print import rewritten
from response.policy_text import PolicyError, formed

TEXT = "policy-text"
"""The key of the text where it is typed."""
_DRAFT = "policy-draft"
_REFUSED = "policy-refused"
_MOST_BEFORE = 50


@dataclass(slots=True)
class Draft:
    """The text as it is now, the version it was begun from, and how it was before each change. `readable` is the last
    one of these texts that could be read, which the form shows."""

    text: str
    number: int
    begun: str
    readable: str
    before: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return self.text != self.begun


def current(now: InForce) -> Draft:
    """The draft of this visit. One that nobody wrote in follows the version in force."""
    draft: Draft | None = st.session_state.get(_DRAFT)
    if draft is None or (draft.number != now.number and (not draft.changed or draft.text == now.source)):
        draft = begin(now, now.source)
    return draft


def begin(now: InForce, text: str) -> Draft:
    """A new draft against the version in force."""
    draft = Draft(text, now.number, now.source, now.source)
    st.session_state[_DRAFT] = draft
    return draft


def follow(now: InForce) -> None:
    """Goes on with what was written, against the version that is in force now."""
    draft: Draft = st.session_state[_DRAFT]
    draft.number, draft.begun = now.number, now.source


def forget() -> None:
    """Ends a draft: the next one begins with the version in force."""
    st.session_state.pop(_DRAFT, None)


def policy(draft: Draft) -> tuple[Policy, PolicyError | None]:
    """What the form shows; and what is wrong with the present text where it shows an older one."""
    try:
        read = formed(draft.text)
    except PolicyError as error:
        return formed(draft.readable), error
    draft.readable = draft.text
    return read, None


def change(how: Callable[[Policy], Policy]) -> None:
    """As `changed`, for a choice that does not ask whether it was possible."""
    changed(how)


def changed(how: Callable[[Policy], Policy]) -> bool:
    """Puts a change of the form into the text; whether that was possible. What was not, `refused` says."""
    draft: Draft = st.session_state[_DRAFT]
    try:
        text = rewritten(draft.text, how(formed(draft.text)))
    except LevelheadError as error:
        st.session_state[_REFUSED] = str(error)
        return False
    _become(draft, text)
    return True


def typed() -> None:
    """Takes over what was typed into the text."""
    _become(st.session_state[_DRAFT], st.session_state[TEXT])


def take_back() -> None:
    """The text before the last change, whichever side that came from."""
    draft: Draft = st.session_state[_DRAFT]
    if draft.before:
        draft.text = draft.before.pop()


def refused() -> str:
    """Why the last change of the form was not made; said once."""
    return str(st.session_state.pop(_REFUSED, ""))


def _become(draft: Draft, text: str) -> None:
    if text != draft.text:
        draft.before = [*draft.before, draft.text][-_MOST_BEFORE:]
        draft.text = text
