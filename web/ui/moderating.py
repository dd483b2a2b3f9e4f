"""What is done to a comment on its blog: asked for, decided, undone; and what was done there by others."""

from collections.abc import Sequence
from html import escape
from math import ceil

import streamlit as st

from model.language import _, later, many, sense
from model.person import Person
from model.words import HIDES, Action, ModerationState, ResponseState
from response import drafts, moderation
from response.views import CaseView, Moderated
from response.wellness import softens_from
from store import moderations
from store.comments import Comment
from store.db import store
from store.our_people import Answer
from store.responses import LIVE
from web import frame
from web.ui import reading, undoing, waits, words
from web.ui.acting import attempt, dialog, finish
from web.ui.keys import keys
from web.ui.softening import first_words

_MOST = 5000
_LISTED = 5
_IN_FLIGHT = (ResponseState.WAITING, ResponseState.CHANGES_REQUESTED, ResponseState.DRAFT)


def answered(answers: Sequence[Answer]) -> None:
    """Who of us has answered on the blog itself. A person closes the case."""
    for one in answers:
        link = ""
        if one.url.startswith(("https://", "http://")):
            see = escape(_("See it there"))
            link = f" <a href='{escape(one.url)}' target='_blank' rel='noreferrer'>{see}</a>"
        said = escape(_("Answered on the blog by {name}, {when}.", name=one.name, when=words.exact(one.at)))
        still = escape(_("The case stays open until somebody closes it."))
        st.html(f"<div class='lh-note'>{said}{link}<small>{still}</small></div>")


# --- asking for it ---------------------------------------------------------------------------------------------------


def button(me: Person, view: CaseView, this: str, *, disabled: bool) -> None:
    """The way to everything that can be done to the comments of the thread."""
    if st.button(_("Moderate"), type="tertiary", disabled=disabled, key=f"moderate-{this}"):
        ask_for(me, view)


@dialog(later("Moderate a comment"))
def ask_for(me: Person, view: CaseView, about: int | None = None, first: Action | None = None) -> None:
    """Which comment, what is done to it, who has to approve that, and why. `about` and `first` are chosen already."""
    # Those of the case come first; the one that matters is chosen.
    talk = sorted(view.comments, key=lambda one: (one.id != view.lead.id, one.id not in view.joined))
    by_id = {one.id: one for one in talk}
    ids = list(by_id)
    chosen = ids.index(about) if about in by_id else 0
    with store().read() as tx:
        soften = softens_from(tx, me.id)
    comment = by_id[st.selectbox(_("Comment"), ids, chosen, format_func=lambda number: _named(by_id[number], soften))]
    offer = moderation.offered(view.source, comment)
    if not offer.actions:
        frame.quiet(offer.why)
        return
    stands = words.stands(comment.status, comment.deleted_at) or _("shown to everybody")
    action = st.radio(
        _("Now it is {stands}. What should be done?", stands=stands),
        offer.actions,
        offer.actions.index(first) if first in offer.actions and comment.id == about else 0,
        format_func=words.ACTION.__getitem__,
        key=f"does-{comment.id}",
    )
    with store().read() as tx:
        outlook = moderation.outlook(tx, me, comment, action, view.case.id)
        why = moderation.needs_reason(tx, comment, action)
    steps = outlook.route.steps
    if steps:
        asked = [[view.names[one] for one in sorted(ids)] for ids in outlook.asked]
        needed = many("This needs {n} approval", "This needs {n} approvals", len(steps))
        st.html(f"<p><strong>{escape(needed)}</strong></p>")
        st.html(reading.route(steps, asked, first=_("You ask"), last=words.ACTION[action]))
        for reason in outlook.route.because:
            frame.quiet(_("{why}. Rule “{rule}”.", why=_(reason.says), rule=reason.rule))
    else:
        frame.quiet(_("It is within your own authority. It is done when the seconds to undo are over."))
    if outlook.empty_level is not None:
        frame.problem(waits.beforehand(outlook.empty_level))
    with st.form(f"moderate-{comment.id}", border=False):
        label = _("Why? Those who decide read this.") if why else _("Why? (You may leave this empty.)")
        text = st.text_area(label, max_chars=_MOST, key=f"reason-moderate-{comment.id}")
        if st.form_submit_button(_("Ask for approval") if steps else words.ACTION[action], type="primary"):
            st.query_params["case"] = str(view.case.id)
            finish(
                lambda: moderation.ask(store(), me, comment.id, action, text, comment.revision, view.case.id),
                _("Asked for. You see below who has it now.") if steps else _("It is done in a moment."),
            )


def _named(one: Comment, soften: int) -> str:
    return f"{one.author or _('No name')}: {first_words(one, 40, soften)} ({one.id})"


# --- how far it is ---------------------------------------------------------------------------------------------------


def to_be_done(action: Action, comment: Comment | None, soften: int) -> str:
    """What is asked for, as HTML: the action and the comment, and that the reason follows."""
    about = first_words(comment, 200, soften) if comment else ""
    by = escape(comment.author or _("No name")) if comment else ""
    what = _("{what}: the comment by {name}", what=f"<strong>{escape(words.ACTION[action])}</strong>", name=by)
    given = frame.quiet_line(_("The reason given:"))
    return f"<div class='lh-note'>{what}<br><span dir='auto'>“{escape(about)}”</span></div>{given}"


def shown(me: Person, view: CaseView, soften: int) -> None:
    """The things that are to be done to comments of the case and its thread, and the newest of those that ended, with
    what a person can do about each."""
    ended = [one for one in view.moderations if one.response.state not in LIVE][-_LISTED:]
    for one in view.moderations:
        if one in ended or one.response.state in LIVE:
            _one(me, view, one, soften)


def _one(me: Person, view: CaseView, one: Moderated, soften: int) -> None:
    response, row = one.response, one.row
    about = first_words(one.comment, 90, soften) if one.comment else ""
    problem = f"<br>{escape(row.problem)}" if row and row.problem and row.state is not ModerationState.UNDONE else ""
    why = f"<br>“{escape(response.draft)}”" if response.draft else ""
    by = _("{name} asked for it", name=view.names.get(response.author_id) or _("somebody"))
    st.html(
        f"<div class='lh-note'><strong>{escape(words.ACTION[response.action])}</strong> “{escape(about)}”: "
        f"{escape(_state(one))}.{problem}{why}<small>{escape(by)}</small></div>"
    )
    this = f"{response.id}-{response.version}"
    if row and row.state is ModerationState.SCHEDULED and row.pause_id:
        if row.by == me.id and st.button(_("Take it back"), key=f"undo-moderation-{row.id}"):
            attempt(lambda: moderation.undo(store(), me, row.id), _("Undone. Nothing has changed on the blog."))
            st.rerun()
    elif row and row.state is ModerationState.SCHEDULED and row.by == me.id and row.not_before > words.now():
        _undo(me, row.id, None if undoing.has_key() else keys(me)["undo"])
    elif row and row.state in moderation.FOR_A_PERSON:
        with st.container(horizontal=True):
            if st.button(_("Try again"), key=f"again-{this}-{row.state}"):
                attempt(lambda: moderation.again(store(), me, row.id), _("It is tried once more."))
                st.rerun()
            if st.button(_("Give it up"), key=f"drop-{this}-{row.state}"):
                attempt(
                    lambda: moderation.drop(store(), me, row.id), _("Given up. Nothing more is done to the comment.")
                )
                st.rerun()
    elif row is None and response.state in _IN_FLIGHT:
        _under_way(me, one, this)
    elif response.state is ResponseState.REJECTED:
        _sent_back(one, later("{name} rejected it"))
    elif row and row.state is ModerationState.DONE:
        _put_back(me, view, one, this)


def _state(one: Moderated) -> str:
    """How far it is, in words."""
    row = one.row
    if row is None:
        return words.ASKED[one.response.state]
    if row.state is ModerationState.UNDONE and row.written_at:
        return _("Given up, and a request for it may have reached the blog")
    if row.state is ModerationState.SCHEDULED and row.pause_id:
        return _("Waits until the pause is over: {when}", when=words.exact(row.not_before))
    return words.MODERATION[row.state] + (f", {words.exact(row.done_at)}" if row.done_at else "")


def _sent_back(one: Moderated, who_did: str) -> None:
    """Why somebody said no, where they did; `who_did` is what is said of them."""
    if back := one.reason_back:
        said = _(who_did, name=back.name)
        st.html(f"<div class='lh-note'>“{escape(back.reason)}”<small>{escape(said)}</small></div>")


# --- putting back ----------------------------------------------------------------------------------------------------


def _put_back(me: Person, view: CaseView, one: Moderated, this: str) -> None:
    """The way back to how the comment stood before; where the policy wants approval of that, it is asked for."""
    comment, action = one.comment, back_to(view, one)
    if comment is None or action is None:
        return
    with store().read() as tx:
        steps = moderation.outlook(tx, me, comment, action, view.case.id).route.steps
        reason = moderation.needs_reason(tx, comment, action)
    label = (words.ASK_BACK if steps else words.PUT_BACK)[action]
    if not st.button(label, key=f"back-{this}"):
        return
    if reason:
        ask_for(me, view, comment.id, action)
        return
    attempt(
        lambda: moderation.ask(store(), me, comment.id, action, "", comment.revision, view.case.id),
        _("Asked for. You see below who has it now.") if steps else words.STANDS_AGAIN[action],
    )
    st.rerun()


def back_to(view: CaseView, one: Moderated) -> Action | None:
    """What would make a hidden comment stand as it did before; None where that cannot be, or something came later."""
    done, comment, row = one.response.action, one.comment, one.row
    if comment is None or row is None or done not in HIDES or comment.status != moderation.BECOMES[done]:
        return None
    others = [other for other in view.moderations if other.comment and other.comment.id == comment.id]
    newer = any(other.response.id > one.response.id and other.row and other.row.done_at for other in others)
    if newer or any(other.response.state in LIVE for other in others):
        return None
    action = moderation.way_back(row.status_before)
    return action if action in moderation.offered(view.source, comment).actions else None


# --- what waits ------------------------------------------------------------------------------------------------------


def _under_way(me: Person, one: Moderated, this: str) -> None:
    """Who has it now, and the ways back: give it up, or send it again with another reason."""
    response = one.response
    if one.submission and response.state is ResponseState.WAITING:
        steps = one.submission.steps
        first, last = sense("what was asked for", "Asked"), words.ACTION[response.action]
        st.html(reading.route(steps, one.asked, first=first, last=last, done=one.done_steps))
    elif response.state is ResponseState.CHANGES_REQUESTED:
        _sent_back(one, later("{name} sent it back"))
    else:
        frame.quiet(_("It was stopped before it was done. Ask again, or give it up."))
    if response.state is not ResponseState.WAITING:
        with st.form(f"again-{this}", border=False):
            text = st.text_area(_("Why?"), value=response.draft, max_chars=_MOST, key=f"reason-again-{this}")
            if st.form_submit_button(_("Ask again")):
                attempt(lambda: _send_again(me, one, text), _("Asked for again."))
                st.rerun()
    if st.button(_("Give it up"), type="tertiary", key=f"give-up-{this}"):
        attempt(lambda: drafts.withdraw(store(), me, response.id), _("Given up. The comment stays as it is."))
        st.rerun()


def _send_again(me: Person, one: Moderated, text: str) -> None:
    version = drafts.save(store(), me, one.response.id, text, one.response.version)
    drafts.submit(store(), me, one.response.id, version)


@st.fragment(run_every=1.0)
def _undo(me: Person, moderation_id: int, key: str | None) -> None:
    """The seconds in which it can be taken back, by the button or its key."""
    with store().read() as tx:
        row = moderations.get(tx, moderation_id)
    left = (row.not_before - words.now()).total_seconds() if row and row.state is ModerationState.SCHEDULED else 0
    if left <= 0:
        st.rerun(scope="app")
    with st.container(horizontal=True, vertical_alignment="center"):
        left_s = many("It is done in {n} second.", "It is done in {n} seconds.", ceil(left))
        st.html(f"<p role='timer'>{escape(left_s)}</p>")
        if st.button(_("Undo"), shortcut=key, key=f"undo-moderation-{moderation_id}"):
            attempt(lambda: moderation.undo(store(), me, moderation_id), _("Undone. Nothing has changed on the blog."))
            st.rerun(scope="app")
