"""What is like an open case by what it means: other cases and how they ended, and the campaign it belongs to."""

from html import escape

import streamlit as st

from access.permissions import Permission, may
from model.language import _, many, number
from model.person import Person
from model.words import CaseState
from response import alike, campaigns
from response.alike import Beside, Like
from response.states import STATE
from response.views import CaseView
from store.db import store
from web.ui import lists, words
from web.ui.softening import holds, veiled

_EXCERPT = 140


def beside(view: CaseView) -> Beside:
    with store().read() as tx:
        return alike.beside(tx, view.lead.id, view.case.id)


def campaign(me: Person, view: CaseView, found: Beside) -> None:
    """One sentence where the comment that matters belongs to a campaign, with the way to all of it."""
    if not found.campaign:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"campaign-{view.case.id}"):
        st.html(f"<p>{escape(told(found))}</p>")
        if may(me, Permission.COMMENTS):
            st.page_link(page="pages/comments.py", label=_("Show them"), query_params={"alike": str(view.lead.id)})


def told(found: Beside) -> str:
    """'5 comments said nearly the same within an hour (4 authors, 2 threads). It may be a campaign.'"""
    authors, threads = campaigns.authors(found.campaign), campaigns.threads(found.campaign)
    parts = [many("{n} author", "{n} authors", authors)] if authors else []
    parts.append(many("{n} thread", "{n} threads", threads))
    return _(
        "{n} comments said nearly the same within an hour ({who}). It may be a campaign.",
        n=number(len(found.campaign)),
        who=", ".join(parts),
    )


def cases(view: CaseView, found: Beside, soften: int) -> None:
    """Other cases about something like it, with how they ended; words from the severity `soften` on are hidden."""
    if not found.cases:
        return
    with st.container(key=f"likeness-{view.case.id}", gap="xsmall"):
        st.html(f"<div class='lh-side'><h2>{escape(_('Cases like this one'))}</h2></div>")
        for one in found.cases:
            name = _("Case {id}", id=one.case.id)
            st.page_link(page="pages/queue.py", label=name, query_params={"case": str(one.case.id)})
            st.html(f"<div class='lh-side'>{_said(one, view.names, soften)}</div>")


def _said(one: Like, names: dict[int, str], soften: int) -> str:
    words_of_it = escape(lists.shortened(" ".join(one.comment.text.split()), _EXCERPT))
    quoted = veiled(f"<span dir='auto'>“{words_of_it}”</span>", holds(one.comment.flagged_severity, soften))
    return f"<p>{quoted}</p><p class='lh-quiet'>{escape(ended(one, names))}</p>"


def ended(one: Like, names: dict[int, str]) -> str:
    """How a case ended, or that it has not."""
    if one.case.state == CaseState.OPEN:
        return _("open since {when}", when=words.exact(one.case.opened_at))
    by = names.get(one.case.closed_by or 0, "Levelhead")
    how = STATE.get(str(one.case.outcome), str(one.case.outcome))
    return _("closed as {how} by {name}, {when}", how=how, name=by, when=words.exact(one.case.closed_at))
