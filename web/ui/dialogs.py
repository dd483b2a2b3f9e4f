"""The dialogs that ask for words: a reason to dismiss, a question to escalate, a reason for a decision."""

from functools import partial
from html import escape

import streamlit as st

from access.permissions import Permission, may
from model.language import _, later
from model.person import Person
from response import cases, matters
from response.expertise import nearest
from store import absences, expertise, people
from store.cases import Case
from store.db import store
from web import frame
from web.ui import absence, words
from web.ui.acting import dialog, finish
from web.ui.keys import Keys
from web.ui.queue import listing

_MOST = 5000
REASONS = (
    later("Nothing is asked of us."),
    later("It was answered already."),
    later("It is not about us."),
    later("An answer would only feed the quarrel."),
    later("It should not have been raised."),
)
"""Why most cases need no answer; each is one key. What is chosen is kept as whoever chose it read it."""
NOT_RAISED = len(REASONS)
"""The number of the one reason that says of the assessment that it was wrong: from no other dismissal anything is
learnt."""


@dialog(later("Dismiss this case"))
def dismiss(me: Person, case: Case, keys: Keys) -> None:
    """Asks why nothing has to be done: by one key, or in words of one's own. Then the next case is opened."""
    st.query_params["case"] = str(case.id)
    st.html(f"<p>{escape(_('Why does it need no answer?'))}</p>")
    picked = [
        (reason, number == NOT_RAISED)
        for number, reason in enumerate(map(_, REASONS), start=1)
        if st.button(reason, shortcut=keys.digit(number), width="stretch", key=f"dismiss-as-{case.id}-{number}")
    ]
    with st.form("dismiss", border=False):
        typed = st.text_area(_("Or in your own words"), max_chars=_MOST, key=f"dismiss-{case.id}")
        if st.form_submit_button(_("Dismiss case"), type="primary", shortcut="Ctrl+Enter"):
            picked.append((typed, False))
    for reason, wrongly in picked:
        act = partial(cases.dismiss, store(), me, case.id, case.version, reason, wrongly_raised=wrongly)
        finish(act, lambda _done: _next(case))


def _next(case: Case, said: str = "") -> str:
    """Opens the case that comes next; returns what is said there."""
    listing.go_on("case", case.id)
    return said


@dialog(later("Escalate this case"))
def escalate(me: Person, case: Case) -> None:
    """Asks a person a question, or adds a level to the route of every response of the case."""
    with store().read() as tx:
        usual = matters.asked_about(tx, case.matters)
        others = [person for person in people.everybody(tx) if may(person, Permission.DECIDE) and person.id != me.id]
        known, away = expertise.every(tx), {one.person_id: one for one in absences.lasting(tx, words.now())}
    about = [words.matters().get(matter, matter) for matter in case.matters] + [case.headline]
    called = {person.id: person.name for person in others}
    names = {
        f"person-{person.id}": " · ".join(
            part
            for part in (
                f"{person.name} ({person.email})",
                ", ".join(known.get(person.id, ())),
                absence.note(away.get(person.id), called),
            )
            if part
        )
        for person in nearest(others, known, about)
    }
    names |= {f"level-{number}": _("Level {n}: add it to every response", n=number) for number in range(1, 6)}
    with st.form("escalate", border=False):
        text = st.text_area(_("Your question or reason"), max_chars=_MOST, key=f"escalate-{case.id}")
        first = list(names).index(usual) if usual in names else 0
        to = st.selectbox(_("To whom?"), list(names), index=first, format_func=lambda key: names[key])
        if usual in names:
            frame.quiet(_("The organisation named {who} for what this case is about.", who=names[usual]))
        if st.form_submit_button(_("Escalate case"), type="primary", shortcut="Ctrl+Enter"):
            kind, number = str(to).split("-")
            target = {"to_person": int(number)} if kind == "person" else {"to_level": int(number)}
            finish(
                lambda: cases.escalate(store(), me, case.id, text, **target),
                words.escalated(case.id),
                also=lambda passed_over: _next(case, words.without_level(passed_over)),
            )
