"""What a language model was asked about a comment, beside it: asking, waiting, and what came back. It is shown as what
it is, and changes nothing."""

from html import escape

import streamlit as st

from model.assessment import SIGNALS
from model.language import Labels, _, later, number
from model.person import Person
from response import opinions
from response.opinion_rules import Kind
from response.opinions import About
from store.comments import Comment
from store.db import store
from store.opinions import DONE, FAILED, UNDER_WAY, Opinion
from web import frame
from web.ui import reading, telling, words
from web.ui.acting import attempt
from web.ui.softening import holds, veiled

_EVERY_S = 1.0
_TITLE = Labels({Kind.OPINION: later("Second opinion"), Kind.DRAFT: later("Draft of a model")})
_ASK = Labels({Kind.OPINION: later("Ask a model"), Kind.DRAFT: later("Ask for a draft")})
_AGAIN = Labels({Kind.OPINION: later("Ask the model again"), Kind.DRAFT: later("Ask for another draft")})
_LEAST = 0.2
"""From which probability on a signal is told."""


def beside(me: Person, comment: Comment, soften: int, case_id: int | None = None) -> None:
    """The part beside a comment, and in a case the way from a draft to the reply; nothing where no model can be asked
    and none was. Words are hidden from the severity `soften` on."""
    with store().read() as tx:
        there = opinions.about(tx, comment)
    if not (there.may_ask or there.asked):
        return
    with st.container(key=f"opinion-{comment.id}", gap="xsmall"):
        for kind in Kind:
            if kind in there.may_ask or kind in there.asked:
                _of(me, comment, there, kind, soften, case_id)


def _of(me: Person, comment: Comment, there: About, kind: Kind, soften: int, case_id: int | None) -> None:
    last = there.asked.get(kind)
    st.html(f"<div class='lh-side'><h2>{escape(_TITLE[kind])}</h2></div>")
    if last and last.state in UNDER_WAY:
        _waiting(last.id)
        return
    if last:
        st.html(f"<div class='lh-side' role='status'>{said(last, comment, there.names, soften)}</div>")
    with st.container(horizontal=True, gap="xsmall"):
        this = f"{kind}-{comment.id}-{comment.revision}"
        if last and case_id and _is_usable(last, comment):
            _use(me, case_id, last.id)
        if kind in there.may_ask and st.button(_AGAIN[kind] if last else _ASK[kind], key=f"ask-{this}"):
            attempt(lambda: opinions.ask(store(), me, comment.id, kind, comment.revision))
            st.rerun()


def _is_usable(one: Opinion, comment: Comment) -> bool:
    return one.kind == Kind.DRAFT and one.state == DONE and one.revision == comment.revision


def _use(me: Person, case_id: int, opinion_id: int) -> None:
    if st.button(_("Begin the reply with it"), key=f"use-{opinion_id}"):
        if attempt(lambda: opinions.use_draft(store(), me, case_id, opinion_id)):
            st.switch_page("pages/reply.py", query_params={"case": str(case_id)})
        st.rerun()


@st.fragment(run_every=_EVERY_S)
def _waiting(opinion_id: int) -> None:
    with store().read() as tx:
        state = opinions.state(tx, opinion_id)
    if state not in UNDER_WAY:
        st.rerun(scope="app")
    said = escape(_("The model was asked. Its answer appears here; go on meanwhile."))
    st.html(f"<p class='lh-quiet' role='status'>{said}</p>")


def said(one: Opinion, comment: Comment, names: dict[int, str], soften: int) -> str:
    """What came of asking, as HTML: never more than what was taken of the answer, and whose word it is."""
    about = _("asked by {name}, {when}", name=names.get(one.by, _("somebody")), when="{when}")
    when = words.timed(one.at)
    if one.state == FAILED or not one.said:
        problem = escape(one.problem or _("There is no answer."))
        return f"<p>{problem}</p>{frame.quiet_line(about, when=when)}"
    older = f"<p><b>{escape(_('About an earlier wording of the comment.'))}</b></p>"
    told = _draft(one) if one.kind == Kind.DRAFT else _opinion(one, comment, soften)
    limits = _(
        "Written by the language model {model}, {about}. It may be wrong, and changes nothing here.",
        model=one.model,
        about=about,
    )
    return f"{older if one.revision != comment.revision else ''}{told}{frame.quiet_line(limits, when=when)}"


def _opinion(one: Opinion, comment: Comment, soften: int) -> str:
    found = one.said or {}
    chance = number(found["needs_person"] * 100)
    must = escape(_("Somebody in charge must see it: {percent} % likely, it says.", percent=chance))
    rows = [
        escape(_("{signal}: {percent} %", signal=telling.named(name), percent=number(value * 100)))
        for name in SIGNALS
        if (value := found["signals"].get(name, 0.0)) >= _LEAST
    ]
    reason = f"<p dir='auto'>“<bdi>{escape(found['reason'])}</bdi>”</p>"
    listed = f"<p class='lh-quiet'>{' · '.join(rows)}</p>" if rows else ""
    return f"<p>{must}</p>{veiled(reason, holds(comment.flagged_severity, soften))}{listed}"


def _draft(one: Opinion) -> str:
    return f"<div class='lh-text'>{reading.paragraphs((one.said or {})['draft'])}</div>"
