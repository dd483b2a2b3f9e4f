"""Our own people at a source, as an administrator chooses them among the authors whom the source has authenticated."""

from html import escape

import streamlit as st

from ingest import listed, moderated
from ingest import our_people as service
from model.language import _, many
from model.person import Person
from response import blogs
from store import our_people, people
from store.db import store
from store.our_people import Author
from store.sources import Source
from web import frame
from web.ui.acting import attempt

_NOBODY, _NAMED = "nobody", "named"


def lists(source: Source) -> str:
    """Whether comments on hold and spam are read too, as HTML; what went wrong there in words."""
    if source.api_url and not blogs.moderates(source):
        return frame.quiet_line(_("Comments on hold and spam are not read: that needs an account that may moderate."))
    problem, unread = moderated.problem(source), listed.unread(source)
    said = _("The feed was read, but not all of what is on hold, in spam or in the bin.")
    told = f"<p class='lh-problem'>{escape(said)} {escape(problem)}</p>" if problem else ""
    return told + (f"<p class='lh-problem'>{escape(unread)}</p>" if unread else "")


def choose(me: Person, source: Source) -> None:
    """Each authenticated author with the number of comments, and who of us that is."""
    with store().read() as tx:
        found, team = our_people.authors(tx, source.id), people.everybody(tx)
    frame.quiet(
        _(
            "Authors who were logged in on the blog when they wrote. What one of us writes opens no case, and an"
            " answer on the blog is shown on its case. A name alone proves nothing, so it counts for nothing."
        )
    )
    others = [one for one in found if one.author_id != source.account_id]
    if not others:
        frame.quiet(_("No such author was seen there yet."))
    for one in others:
        _author(me, source, one, {person.id: f"{person.name} ({person.email})" for person in team if person.active})


def _author(me: Person, source: Source, one: Author, team: dict[int, str]) -> None:
    labels: dict[int | str, str] = {_NOBODY: _("None of us"), _NAMED: _("One of us, by name")}
    labels |= dict(team.items())
    with st.form(f"ours-{source.id}-{one.author_id}", border=False):
        now = _("one of us: {name}", name=one.ours) if one.ours else _("none of us")
        wrote = many("{n} comment", "{n} comments", one.comments)
        about = " · ".join((_("author {id}", id=one.author_id), wrote, now))
        st.html(
            f"<p><strong>{escape(one.author or _('No name'))}</strong>"
            f" <span class='lh-quiet'>{escape(about)}</span></p>"
        )
        who = st.selectbox(
            _("Who is that?"), list(labels), index=None, format_func=lambda key: labels[key], placeholder=_("Choose…")
        )
        name = st.text_input(_("Name, where it is nobody with a log-in here"), max_chars=200)
        if st.form_submit_button(_("Save")) and who is not None:
            if who == _NOBODY:
                attempt(lambda: service.set_stranger(store(), me, source.id, one.author_id), _("Saved."))
            else:
                attempt(
                    lambda: service.set_ours(
                        store(),
                        me,
                        source.id,
                        one.author_id,
                        name=name,
                        person_id=who if isinstance(who, int) else None,
                    ),
                    _("Saved. What was read before is marked in a moment."),
                )
            st.rerun()
