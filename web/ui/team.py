"""The page People: who is here, the form for somebody new, and what can be changed about somebody who is here."""

from datetime import datetime
from html import escape

import streamlit as st

from access import people, second
from access.permissions import Permission, may
from model.errors import LevelheadError
from model.language import _, later
from model.person import Person
from model.words import Role
from response import approvals
from store import deputies, loosenings
from store import people as rows
from store.db import store
from web.frame import problem
from web.ui import absence, leaving, loosening, one_time, words
from web.ui import second as second_ui

_FORM = "people-form"
WAITS = later("It waits for a second person, who was told.")


def row(person: Person, seen_at: datetime | None) -> str:
    """One person as a row of the list, with when they were here last."""
    may = ", ".join(words.ROLE[role] for role in Role if role in person.roles)
    levels = ", ".join(str(level) for level in sorted(person.levels))
    decides = escape(_("decides at level {levels}", levels=levels)) if levels else ""
    seen = words.with_times(_("seen {age}", age="{age}"), age=words.timed(seen_at, words.age(seen_at)))
    state = (seen if seen_at else escape(_("not here yet"))) if person.active else escape(_("may not log in"))
    return (
        f"<li class='{'' if person.active else 'off'}'><span><b>{escape(person.name)}</b>"
        f"<small>{escape(person.email)}</small></span>"
        f"<span>{escape(may)}<small>{decides}</small></span>"
        f"<small>{state}</small></li>"
    )


def choices(key: str, person: Person | None = None) -> tuple[frozenset[Role], frozenset[int]]:
    """The two fields for what somebody may do."""
    roles = st.multiselect(
        _("Roles"),
        list(Role),
        default=[role for role in Role if person and role in person.roles],
        format_func=lambda role: words.ROLE[role],
        key=f"roles-{key}",
        placeholder=_("Choose…"),
    )
    levels = st.multiselect(
        _("Levels"),
        range(1, 6),
        default=sorted(person.levels) if person else [],
        placeholder=_("For approvers only"),
        help=_("The levels at which an approver decides. Level 1 is asked first, level 5 last."),
        key=f"levels-{key}",
    )
    return frozenset(roles), frozenset(levels)


def tell(news: str) -> None:
    """Asks whoever may decide now, draws the page anew, and says there what was done."""
    approvals.ask_again(store())
    one_time.keep(news)
    st.rerun()


def add_form(here: Person) -> None:
    """The form for a new person; what was typed stays when it cannot be used."""
    number = st.session_state.setdefault(_FORM, 0)
    with st.form(f"add-{number}", enter_to_submit=False):
        name = st.text_input(_("Name"), max_chars=120, key=f"name-{number}")
        email = st.text_input(_("E-mail"), max_chars=254, key=f"email-{number}")
        roles, levels = choices(f"add-{number}")
        why = loosening.why_field(here, None, f"add-{number}")
        sent = st.form_submit_button(_("Add person"), type="primary")
    if sent:
        try:
            token = people.add(store(), here, name, email, roles, levels, why)
        except LevelheadError as error:
            problem(error)
            return
        st.session_state[_FORM] = number + 1
        who = " ".join(name.split())
        done, pass_on = _("{name} was added.", name=who), _("{name} was added. Send this link:", name=who)
        if _waits(email):
            done = _("{name} was added. Roles that give power wait for a second person, who was told.", name=who)
            pass_on = f"{done} {_('Send this link:')}"
        one_time.hand(here, token, done, pass_on)
        approvals.ask_again(store())
        st.rerun()


def _waits(email: str) -> bool:
    """Whether something about the person with this address waits for a second person."""
    with store().read() as tx:
        person = rows.by_email(tx, email)
        return person is not None and bool(loosenings.waiting(tx, words.now(), person_id=person.id))


def change_form(here: Person, team: list[Person]) -> None:
    """What can be changed about somebody who is here."""
    person = st.selectbox(
        _("Person"),
        team,
        index=None,
        format_func=lambda one: f"{one.name} ({one.email})",
        placeholder=_("Choose somebody"),
    )
    if person is None:
        return
    why = loosening.why_field(here, person.id, f"change-{person.id}")
    try:
        with st.form(f"change-{person.id}"):
            roles, levels = choices(str(person.id), person)
            if st.form_submit_button(_("Save"), type="primary"):
                made = people.set_roles(store(), here, person.id, roles, levels, why)
                tell(_("{name}'s roles and levels were saved.", name=person.name) if made else _(WAITS))
        deputy_of(here, person, team, why)
        absence.both(here, person)
        with st.container(horizontal=True):
            acts(here, person, team, why)
    except LevelheadError as error:
        problem(error)


def acts(here: Person, person: Person, team: list[Person], why: str) -> None:
    """What is done about somebody with one button."""
    name = person.name
    if person.active and st.button(_("New link")):
        token = people.new_link(store(), here, person.id, why)
        if not token:
            tell(_(WAITS))
        done = _("{name} can set a new password.", name=name)
        one_time.hand(here, token, done, _("{name} can set a new password:", name=name))
        st.rerun()
    if person.id != here.id and second_ui.has_one(person) and st.button(_("Reset second factor")):
        made = second.reset(store(), here, person.id, why)
        done = _("{name}'s second factor was reset. Tell {name}: the password is enough now.", name=name)
        tell(done if made else _(WAITS))
    leaving.button(here, person, team)
    if not person.active and st.button(_("Let in again")):
        made = people.set_active(store(), here, person.id, True, why)
        tell(_("{name} may log in again.", name=name) if made else _(WAITS))


def deputy_of(here: Person, person: Person, team: list[Person], why: str) -> None:
    """Who is asked in the place of somebody who decides and has not answered in time."""
    able = {one.id: one.name for one in team if one.id != person.id and may(one, Permission.DECIDE)}
    if not able or not person.roles & {Role.APPROVER, Role.EXPERT}:
        return
    with store().read() as tx:
        now = deputies.every(tx).get(person.id)
    with st.form(f"deputy-{person.id}"):
        chosen = st.selectbox(
            _("Deputy"),
            list(able),
            index=list(able).index(now) if now in able else None,
            format_func=lambda one: able[one],
            placeholder=_("Nobody"),
            help=_("Asked as well when this person has not answered in time, before the next level up."),
        )
        if st.form_submit_button(_("Save deputy")):
            made = people.set_deputy(store(), here, person.id, chosen, why)
            who = (
                _("{deputy} stands in for {name}.", deputy=able[chosen], name=person.name)
                if chosen
                else _("Nobody stands in for {name}.", name=person.name)
            )
            tell(who if made else _(WAITS))
