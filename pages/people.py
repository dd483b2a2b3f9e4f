"""People: who is here, what each may do, and the links with which they set their passwords."""

from datetime import datetime
from html import escape

import streamlit as st

from access import people, second
from access.permissions import Permission, may
from model.errors import LevelheadError
from model.language import _, later, number
from model.person import Person
from model.settings import settings
from model.words import Role
from response import approvals
from store import deputies, steps
from store.db import store
from store.people import everybody, last_seen
from web.addresses import public
from web.frame import done, heading, problem, quiet
from web.guard import guard
from web.routes import join_link
from web.ui import mine, waits, words
from web.ui import second as second_ui
from web.ui.together import wellness

NEWS, LINK, FORM = "people-news", "people-link", "people-form"


def row(person: Person, seen: str) -> str:
    """One person as a row of the list."""
    may = ", ".join(words.ROLE[role] for role in Role if role in person.roles)
    levels = ", ".join(str(level) for level in sorted(person.levels))
    decides = escape(_("decides at level {levels}", levels=levels)) if levels else ""
    state = seen if person.active else _("may not log in")
    return (
        f"<li class='{'' if person.active else 'off'}'><span><b>{escape(person.name)}</b>"
        f"<small>{escape(person.email)}</small></span>"
        f"<span>{escape(may)}<small>{decides}</small></span>"
        f"<small>{escape(state)}</small></li>"
    )


def here_last(at: datetime | None) -> str:
    """When somebody was here last."""
    return _("seen {age}", age=words.age(at)) if at else _("not here yet")


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
        quiet(_("Copy it now: it is shown once. It works once, and until {when}.", when=until))


def add_form(here: Person) -> None:
    """The form for a new person; what was typed stays when it cannot be used."""
    number = st.session_state.setdefault(FORM, 0)
    with st.form(f"add-{number}", enter_to_submit=False):
        name = st.text_input(_("Name"), max_chars=120, key=f"name-{number}")
        email = st.text_input(_("E-mail"), max_chars=254, key=f"email-{number}")
        roles, levels = choices(f"add-{number}")
        sent = st.form_submit_button(_("Add person"), type="primary")
    if sent:
        try:
            token = people.add(store(), here, name, email, roles, levels)
        except LevelheadError as error:
            problem(error)
            return
        st.session_state[FORM] = number + 1
        tell(_("{name} was added. Send this link:", name=" ".join(name.split())), token)


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
    try:
        with st.form(f"change-{person.id}"):
            roles, levels = choices(str(person.id), person)
            if st.form_submit_button(_("Save"), type="primary"):
                people.set_roles(store(), here, person.id, roles, levels)
                tell(_("{name}'s roles and levels were saved.", name=person.name))
        deputy_of(here, person, team)
        with st.container(horizontal=True):
            if person.active and st.button(_("New link")):
                tell(_("{name} can set a new password:", name=person.name), people.new_link(store(), here, person.id))
            if person.id != here.id and second_ui.has_one(person) and st.button(_("Reset second factor")):
                second.reset(store(), here, person.id)
                tell(_("{name}'s second factor was reset. Tell {name}: the password is enough now.", name=person.name))
            if st.button(_("Take access away") if person.active else _("Let in again")):
                people.set_active(store(), here, person.id, not person.active)
                out, back = later("{name} was logged out and may not log in."), later("{name} may log in again.")
                tell(_(out if person.active else back, name=person.name))
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
            _("Deputy"),
            list(able),
            index=list(able).index(now) if now in able else None,
            format_func=lambda one: able[one],
            placeholder=_("Nobody"),
            help=_("Asked as well when this person has not answered in time, before the next level up."),
        )
        if st.form_submit_button(_("Save deputy")):
            people.set_deputy(store(), here, person.id, chosen)
            who = (
                _("{deputy} stands in for {name}.", deputy=able[chosen], name=person.name)
                if chosen
                else _("Nobody stands in for {name}.", name=person.name)
            )
            tell(who)


here = guard(Permission.PEOPLE)
with store().read() as tx:
    team, seen = everybody(tx), last_seen(tx)
    stuck = steps.without_way(tx, words.now())

active = sum(person.active for person in team)
out = len(team) - active
line = [_("{n} may log in", n=number(active)), *([_("{n} may not", n=number(out))] if out else [])]
heading(_("People"), " · ".join(line))
listing, forms = st.columns([60, 40], gap="large")
with forms:
    show_news()
    tasks = {"add": _("Add a person"), "change": _("Change a person")}
    do = st.segmented_control(
        _("What to do"), list(tasks), default="add", format_func=tasks.get, required=True, label_visibility="collapsed"
    )
    if do == "add":
        add_form(here)
    else:
        change_form(here, team)
with listing:
    if told := waits.for_administrators(stuck):
        problem(told)
    rows = [row(each, here_last(seen.get(each.id))) for each in team]
    st.html(f"<ul class='lh-people'>{''.join(rows)}</ul>")
    mine.mail_for_administrators(here, team)
    wellness.team_form(here)
