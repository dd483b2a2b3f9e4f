"""The dialogs that ask for words: a reason to dismiss, a question to escalate, a reason for a decision."""

import streamlit as st

from access.permissions import Permission, may
from model.person import Person
from response import cases
from store import people
from store.cases import Case
from store.db import store
from web.ui import words
from web.ui.acting import finish

_MOST = 5000


@st.dialog("Dismiss this case")
def dismiss(me: Person, case: Case) -> None:
    """Asks why nothing has to be done."""
    with st.form("dismiss", border=False):
        reason = st.text_area("Why does it need no answer?", max_chars=_MOST, key=f"dismiss-{case.id}")
        if st.form_submit_button("Dismiss case", type="primary", shortcut="Ctrl+Enter"):
            st.query_params["case"] = str(case.id)
            finish(lambda: cases.dismiss(store(), me, case.id, case.version, reason), "Dismissed. You can reopen it.")


@st.dialog("Escalate this case")
def escalate(me: Person, case: Case) -> None:
    """Asks a person a question, or adds a level to the route of every response of the case."""
    with store().read() as tx:
        others = [person for person in people.everybody(tx) if may(person, Permission.DECIDE) and person.id != me.id]
    names = {f"person-{person.id}": f"{person.name} ({person.email})" for person in others}
    names |= {f"level-{number}": f"Level {number}: add it to every response" for number in range(1, 6)}
    with st.form("escalate", border=False):
        to = st.selectbox("To whom?", list(names), format_func=lambda key: names[key])
        text = st.text_area("Your question or reason", max_chars=_MOST, key=f"escalate-{case.id}")
        if st.form_submit_button("Escalate case", type="primary", shortcut="Ctrl+Enter"):
            kind, number = str(to).split("-")
            target = {"to_person": int(number)} if kind == "person" else {"to_level": int(number)}
            finish(lambda: cases.escalate(store(), me, case.id, text, **target), words.escalated)
