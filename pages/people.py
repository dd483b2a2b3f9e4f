"""People: who is here, what each may do, and the links with which they set their passwords."""

from html import escape

import streamlit as st

from access import people
from access.permissions import Permission, may
from model.errors import LevelheadError
from model.person import Person
from model.settings import settings
from model.words import Role
from response import approvals
from store import deputies, steps
from store.db import store
from store.people import everybody, last_seen
from web.addresses import public
from web.frame import done, heading, problem
from web.guard import guard
from web.routes import join_link
from web.ui import mine, waits, words
from web.ui.together import wellness

ADD, CHANGE = "Add a person", "Change a person"
NEWS, LINK, FORM = "people-news", "people-link", "people-form"


def row(person: Person, seen: str) -> str:
    """One person as a row of the list."""
    may = ", ".join(role.value for role in Role if role in person.roles)
    levels = ", ".join(str(level) for level in sorted(person.levels))
    state = seen if person.active else "may not log in"
    return (
        f"<li class='{'' if person.active else 'off'}'><span><b>{escape(person.name)}</b>"
        f"<small>{escape(person.email)}</small></span>"
        f"<span>{escape(may)}<small>{f'decides at level {levels}' if levels else ''}</small></span>"
        f"<small>{state}</small></li>"
    )


def choices(key: str, person: Person | None = None) -> tuple[frozenset[Role], frozenset[int]]:
    """The two fields for what somebody may do."""
    roles = st.multiselect(
        "Roles",
        list(Role),
        default=[role for role in Role if person and role in person.roles],
        format_func=lambda role: role.value,
        key=f"roles-{key}",
    )
    levels = st.multiselect(
        "Levels",
        range(1, 6),
        default=sorted(person.levels) if person else [],
        placeholder="For approvers only",
        help="The levels at which an approver decides. Level 1 is asked first, level 5 last.",
        key=f"levels-{key}",
    )
    return frozenset(roles), frozenset(levels)


def tell(news: str, token: str = "") -> None:
    """Asks whoever may decide now, draws the page anew, and says there what was done and, once, the one-time link."""
    approvals.ask_again(store())
    st.session_state[NEWS] = news
    st.session_state[LINK] = token
    st.rerun()


def show_news() -> None:
    """What was done in the run before."""
    if news := st.session_state.pop(NEWS, ""):
        done(news)
    if token := st.session_state.pop(LINK, ""):
        st.code(
            join_link(public(settings(), st.context.headers.get("Host", "")), token), language=None, wrap_lines=True
        )
        until = words.exact(words.now() + people.LINK_LASTS)
        st.html(f"<p class='lh-quiet'>Copy it now: it is shown once. It works once, and until {until}.</p>")


def add_form(here: Person) -> None:
    """The form for a new person; what was typed stays when it cannot be used."""
    number = st.session_state.setdefault(FORM, 0)
    with st.form(f"add-{number}", enter_to_submit=False):
        name = st.text_input("Name", max_chars=120, key=f"name-{number}")
        email = st.text_input("E-mail", max_chars=254, key=f"email-{number}")
        roles, levels = choices(f"add-{number}")
        sent = st.form_submit_button("Add person", type="primary")
    if sent:
        try:
            token = people.add(store(), here, name, email, roles, levels)
        except LevelheadError as error:
            problem(error)
            return
        st.session_state[FORM] = number + 1
        tell(f"{' '.join(name.split())} was added. Send this link:", token)


def change_form(here: Person, team: list[Person]) -> None:
    """What can be changed about somebody who is here."""
    person = st.selectbox(
        "Person", team, index=None, format_func=lambda one: f"{one.name} ({one.email})", placeholder="Choose somebody"
    )
    if person is None:
        return
    try:
        with st.form(f"change-{person.id}"):
            roles, levels = choices(str(person.id), person)
            if st.form_submit_button("Save", type="primary"):
                people.set_roles(store(), here, person.id, roles, levels)
                tell(f"{person.name}'s roles and levels were saved.")
        deputy_of(here, person, team)
        with st.container(horizontal=True):
            if person.active and st.button("New link"):
                tell(f"{person.name} can set a new password:", people.new_link(store(), here, person.id))
            if st.button("Take access away" if person.active else "Let in again"):
                people.set_active(store(), here, person.id, not person.active)
                tell(f"{person.name} {'was logged out and may not log in' if person.active else 'may log in again'}.")
    except LevelheadError as error:
        problem(error)


def deputy_of(here: Person, person: Person, team: list[Person]) -> None:
    """Who is asked in the place of somebody who decides and has not answered in time."""
    able = {one.id: one.name for one in team if one.id != person.id and may(one, Permission.DECIDE)}
    if not able or not person.roles & {Role.APPROVER, Role.EXPERT}:
        return
    with store().read() as tx:
        now = deputies.every(tx).get(person.id)
    with st.form(f"deputy-{person.id}"):
        chosen = st.selectbox(
            "Deputy",
            list(able),
            index=list(able).index(now) if now in able else None,
            format_func=lambda one: able[one],
            placeholder="Nobody",
            help="Asked as well when this person has not answered in time, before the next level up.",
        )
        if st.form_submit_button("Save deputy"):
            people.set_deputy(store(), here, person.id, chosen)
            who = f"{able[chosen]} stands in for {person.name}." if chosen else f"Nobody stands in for {person.name}."
            tell(who)


here = guard(Permission.PEOPLE)
with store().read() as tx:
    team, seen = everybody(tx), last_seen(tx)
    stuck = steps.without_way(tx, words.now())

active = sum(person.active for person in team)
heading("People", f"{active} may log in" + (f" · {len(team) - active} may not" if active < len(team) else ""))
listing, forms = st.columns([60, 40], gap="large")
with forms:
    show_news()
    if (
        st.segmented_control("What to do", [ADD, CHANGE], default=ADD, required=True, label_visibility="collapsed")
        == ADD
    ):
        add_form(here)
    else:
        change_form(here, team)
with listing:
    if told := waits.for_administrators(stuck):
        problem(told)
    rows = [row(each, f"seen {words.age(seen[each.id])}" if each.id in seen else "not here yet") for each in team]
    st.html(f"<ul class='lh-people'>{''.join(rows)}</ul>")
    mine.mail_for_administrators(here, team)
    wellness.team_form(here)
