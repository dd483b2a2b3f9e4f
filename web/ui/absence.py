"""Out of office and expertise: a person's own, on My settings, and another's, for an administrator on People."""

from datetime import date, datetime, time, timedelta
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from access import preferences
from access.permissions import Permission, may
from model.language import _
from model.person import Person
from response import absences, approvals
from response import expertise as knowing
from response.notices import CHOICES
from response.notices_when import zone_of
from store import absences as rows
from store import deciders, expertise, people
from store.absences import Absence
from store.db import store
from web.ui import words
from web.ui.acting import attempt, went_well


def mine(me: Person) -> None:
    """Whom one stands in for, and one's own absences."""
    st.subheader(_("Out of office"), anchor=False)
    with store().read() as tx:
        others = rows.for_whom(tx, words.now(), me.id)
        names = deciders.names(tx) if others else {}
    for one in others:
        said = _(
            "You stand in for {name}, {span}: {reason}", name=names[one.person_id], span=span(one), reason=one.reason
        )
        st.html(f"<p>{escape(said)}</p>")
    of(me, me)


def of(me: Person, person: Person) -> None:
    """The absences of somebody, on or to come, each with its end; and the form for one more."""
    now = words.now()
    with store().read() as tx:
        coming = rows.coming(tx, now, person.id)
        able = absences.could_stand_in(tx, person)
        chosen = preferences.get(tx, person.id, CHOICES)
        zone = zone_of(chosen, str(people.fact(tx, "time zone") or "UTC"))
        names = deciders.names(tx) if coming else {}
    for one in coming:
        _row(me, one, names)
    today = now.astimezone(zone).date()
    with st.form(f"away-{person.id}", border=False):
        with st.container(horizontal=True):
            first = st.date_input(_("First day"), value=today, min_value=today, format="YYYY-MM-DD")
            last = st.date_input(_("Last day"), value=today, min_value=today, format="YYYY-MM-DD")
        deputy = st.selectbox(
            _("Asked in this time"),
            sorted(able, key=lambda one: able[one]),
            index=None,
            format_func=lambda one: able[one],
            placeholder=_("Choose somebody") if may(person, Permission.DECIDE) else _("Nobody"),
            help=_(
                "Asked from the beginning for what waits for this person. Who wrote a part of it never decides on it."
            ),
        )
        reason = st.text_input(_("Reason"), max_chars=500, key=f"reason-away-{person.id}")
        if st.form_submit_button(_("Save absence")):
            begins, ends = span_of(first, last, zone, now)
            attempt(
                lambda: absences.leave_office(store(), me, person.id, begins, ends, deputy, reason),
                _("Saved. Notices wait until then; whoever stands in is told."),
            )
            approvals.ask_again(store())
            st.rerun()


def span_of(first: date, last: date, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """From the first moment of a day, or now, to the last one of another, as the wall clock of a zone has it."""
    begins = datetime.combine(first, time(), zone)
    return max(begins, now), datetime.combine(last + timedelta(days=1), time(), zone)


def span(one: Absence) -> str:
    """'from Mon 2 Mar 2026, 00:00 to ...'."""
    return _("from {begin} to {end}", begin=words.exact(one.begins_at), end=words.exact(one.ends_at))


def _row(me: Person, one: Absence, names: dict[int, str]) -> None:
    who = names.get(one.deputy_id, "") if one.deputy_id is not None else ""
    said = _("{name} is asked in this time", name=who) if who else _("nobody is asked in this time")
    with st.container(horizontal=True, vertical_alignment="center", key=f"absence-{one.id}"):
        st.html(f"<p>{escape(span(one))}<br><small>{escape(said)} · “{escape(one.reason)}”</small></p>")
        label = _("Back again") if one.lasts(words.now()) else _("Take it back")
        if st.button(label, key=f"back-{one.id}"):
            went_well(lambda: absences.back(store(), me, one.id), _("It is over. What waited is told again."))
            approvals.ask_again(store())
            st.rerun()


def note(one: Absence | None, names: dict[int, str]) -> str:
    """'out of office until …; Carla is asked', for lists of people; nothing for who is here."""
    if one is None:
        return ""
    until = words.exact(one.ends_at)
    if one.deputy_id is not None and one.deputy_id in names:
        return _("out of office until {when}; {name} stands in", when=until, name=names[one.deputy_id])
    return _("out of office until {when}", when=until)


def expertise_form(me: Person, person: Person) -> None:
    """What somebody can be asked about."""
    with store().read() as tx:
        known = expertise.every(tx).get(person.id, ())
    with st.form(f"expertise-{person.id}", border=False):
        typed = st.text_input(
            _("Can be asked about"),
            value=", ".join(known),
            max_chars=800,
            placeholder=_("gardens, data protection"),
            help=_("Separated by commas. Whoever escalates a case sees it, and those first whom it fits."),
        )
        if st.form_submit_button(_("Save expertise")):
            went_well(lambda: knowing.choose(store(), me, person.id, typed), _("Saved."))
            st.rerun()


def both(me: Person, person: Person) -> None:
    """Expertise and absences of another person, folded away; each person has them on My settings too."""
    with st.expander(_("Expertise and absences")):
        expertise_form(me, person)
        of(me, person)
