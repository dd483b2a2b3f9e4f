"""Where somebody may be in danger: what stands on the case in the place of a template, and who is told, on the page of
matters. Always as possible."""

from collections.abc import Collection, Sequence
from html import escape

import streamlit as st

from access.permissions import Permission, may
from model.language import Labels, _, later, many
from model.person import Person
from response import helplines, safety
from response.helplines import Country
from response.safety import InForce
from store import people
from store.db import store
from web import frame
from web.ui import lists, reading, words
from web.ui.acting import attempt

COUNTRIES = Labels(
    {
        "DE": later("Germany"),
        "AT": later("Austria"),
        "CH": later("Switzerland"),
        "GB": later("United Kingdom"),
        "IE": later("Ireland"),
        "US": later("United States"),
        "CA": later("Canada"),
        "FR": later("France"),
        "NL": later("Netherlands"),
        "BE": later("Belgium"),
        "ES": later("Spain"),
        "AU": later("Australia"),
        "NZ": later("New Zealand"),
        "EU": later("European Union"),
    }
)
_POSSIBLE = Labels(
    {
        "self_harm": later("Possibly somebody in despair"),
        "threat": later("Possible threat"),
    }
)
_WHAT_TO_DO = Labels(
    {
        "self_harm": later(
            "Read it now. If it is so, answer as a person, not with a text made beforehand: that you have read it, and"
            " where help is at this hour. Where a life is in danger now, call the emergency number of the country."
        ),
        "threat": later(
            "Read it now. If it is so, keep it as it is, tell whoever is meant, and call the police where it is"
            " serious. Do not answer in the heat of it."
        ),
    }
)


def on_case(matters: Collection[str]) -> str:
    """As HTML: what to do, the organisation's own words, and helplines, where a case of these matters may be about
    danger; else nothing."""
    found = safety.possible(matters)
    if not found:
        return ""
    with store().read() as tx:
        now = safety.in_force(tx)
        names = {one.id: one.name for one in people.everybody(tx)}
        to = [names[one] for one in safety.told(tx) if one in names]
    return panel(found, now, to)


def panel(found: Sequence[str], now: InForce, to: Sequence[str]) -> str:
    """The same as HTML. `to` are the names of those who are told."""
    said = "".join(f"<p><b>{escape(_POSSIBLE[one])}.</b> {escape(_WHAT_TO_DO[one])}</p>" for one in found)
    ours = f"<div class='lh-text'>{reading.paragraphs(now.text)}</div>" if now.text else ""
    who = escape(_("Told at once: {names}.", names=words.joined(to) if to else _("nobody, as nobody can be")))
    limits = escape(_("It may be wrong: read it yourself. Templates cannot be used here."))
    lines = ""
    if "self_harm" in found:
        first, others = helplines.first_those(now.countries)
        rest = f"<summary>{escape(_('Helplines of other countries') if first else _('Helplines by country'))}</summary>"
        check = f"<p class='lh-quiet'>{escape(_to_check((*first, *others)))}</p>"
        lines = f"{_lines(first)}<details>{rest}{_lines(others)}</details>{check}"
    return (
        f"<section class='lh-danger' aria-label='{escape(_('Somebody may be in danger'))}'>{said}{ours}{lines}"
        f"<p class='lh-quiet'>{who} {limits}</p></section>"
    )


def _lines(countries: Sequence[Country]) -> str:
    rows = []
    for one in countries:
        emergency = _("emergency {numbers}", numbers=", ".join(one.emergency))
        called = "".join(
            f"<br>{escape(line.name)}: <b>{escape(', '.join(line.numbers))}</b>"
            f" <small>{escape(_('by {source}, as of {month}', source=_host(line.source), month=line.as_of))}</small>"
            for line in one.lines
        )
        rows.append(f"<li>{escape(COUNTRIES[one.code])}: {escape(emergency)}{called}</li>")
    return f"<ul>{''.join(rows)}</ul>" if rows else ""


def _to_check(countries: Sequence[Country]) -> str:
    """That an administrator has to check the numbers, and how old they are."""
    return _(
        "These numbers ship with Levelhead, as of {month}. An administrator has to check them at the page named beside"
        " each.",
        month=helplines.as_of(countries),
    )


def _host(source: str) -> str:
    return source.removeprefix("https://")


# --- who is told -----------------------------------------------------------------------------------------------------


def setting(me: Person, everybody: Sequence[Person]) -> None:
    """Who is told at once, with which text, and whose helplines stand first."""
    with store().read() as tx:
        now = safety.in_force(tx)
        to = safety.told(tx)
    called = lists.told_apart({one.id: one.name for one in everybody if one.active and may(one, Permission.COMMENTS)})
    here = f"safety-{now.number}"
    with st.expander(_("When somebody may be in danger")):
        frame.quiet(
            _(
                "A comment that may come from somebody in despair, or may be a threat, is told at once, also in quiet"
                " hours and to whoever takes digests. It is only ever possible: most who use other words than those"
                " looked for are missed."
            )
        )
        frame.quiet(many("Now {n} person is told.", "Now {n} people are told.", len(to)))
        chosen = st.multiselect(
            _("Who is told"),
            list(called),
            [one for one in now.told if one in called],
            format_func=called.__getitem__,
            placeholder=_("Every expert and administrator"),
            key=f"{here}-told",
        )
        text = st.text_area(
            _("Your own words of safety, shown on such a case"),
            now.text,
            max_chars=safety.LONGEST,
            key=f"{here}-text",
        )
        known = [one.code for one in helplines.load()]
        countries = st.multiselect(
            _("Whose helplines are shown first"),
            known,
            [one for one in now.countries if one in known],
            format_func=COUNTRIES.__getitem__,
            placeholder=_("None before the others"),
            key=f"{here}-countries",
        )
        summary = f"<summary>{escape(_('Helplines by country'))}</summary>"
        st.html(f"<details>{summary}{_lines(helplines.load())}</details>")
        frame.quiet(_to_check(helplines.load()))
        if st.button(_("Save who is told"), key=f"{here}-save"):
            attempt(
                lambda: safety.save(store(), me, chosen, text, countries, now.number),
                _("Saved. It counts for what is read from now on."),
            )
            st.rerun()
