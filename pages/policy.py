"""Policy: who has to approve what, as a form and as text; what a change would come to; the versions so far."""

from dataclasses import dataclass, replace
from html import escape

import streamlit as st

from access.loosening import Kind
from access.permissions import Permission
from model.errors import LevelheadError
from model.language import _, later, many
from response import policies, policy_trial
from response.policies import InForce
from response.policy_changes import loosened
from store import deciding, people
from store import policies as versions
from store.db import store
from web import frame
from web.guard import guard
from web.ui import loosening, policy_draft, policy_form, policy_words, team, words
from web.ui.acting import attempt, dialog, finish, say

me = guard(Permission.POLICY)
_LOOKED_AT = "policy-looked-at"
_SHOWN = 20
_DONE = later("In force for everything sent from now on. What is in flight keeps its levels.")


def notes() -> None:
    """What approvers said they need not have seen, and of which rules how often."""
    with store().read() as tx:
        found, times = deciding.notes(tx), deciding.notes_by_rule(tx)
    if not found:
        return
    counted = "".join(f"<p>{escape(rule)}: {escape(many('{n} time', '{n} times', n))}</p>" for rule, n in times.items())
    said = "".join(
        f"<div class='lh-note'>“{escape(one.text)}”<small>{escape(one.name)}, {escape(words.exact(one.at))}: "
        f"{escape(', '.join(one.rules))}</small></div>"
        for one in found
    )
    title = escape(_("Approvers say they need not see"))
    st.html(f"<div class='lh-side'><h2>{title}</h2>{counted}{said}</div>")


@dataclass(frozen=True, slots=True)
class Looked:
    """A text that can be used, what it would change (HTML), the version that this was looked at against, and whether it
    asks for less of any response."""

    source: str
    number: int
    changes: str
    looser: bool = False


def look(source: str, number: int) -> None:
    """Checks a text; where it can be used, the next run shows what it would change. Nothing is saved."""
    leave()
    with store().read() as tx:
        usable = attempt(lambda: policies.usable(tx, source))
    if usable:
        st.session_state[_LOOKED_AT] = Looked(source, number, "")
    st.rerun()


def leave() -> None:
    st.session_state.pop(_LOOKED_AT, None)


@dialog(later("What this policy changes"), on_dismiss=leave)
def looked_at(seen: Looked, now: InForce) -> None:
    """What the text would change against the policy in force, what the last 90 days would have needed, and saving."""
    if not seen.changes:
        try:
            with st.spinner(_("Looking at the responses of late …")):
                seen = changes(seen, now)
        except LevelheadError as error:
            frame.problem(error)
            return
        st.session_state[_LOOKED_AT] = seen  # a button that is pressed runs the dialog once more
    st.html(f"<div class='lh-side'>{seen.changes}</div>")
    why = loosening.why_field(me, None, "policy") if seen.looser else ""
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(_("Leave it")):
            leave()
            st.rerun()
        if st.button(_("Put it in force"), type="primary"):
            finish(lambda: put_in_force(seen, why), lambda number: _(_DONE if number else team.WAITS))


def put_in_force(seen: Looked, why: str) -> int:
    number = policies.save(store(), me, seen.source, seen.number, why)
    leave()
    return number


def changes(seen: Looked, now: InForce) -> Looked:
    other, tried = policies.proposed(seen.source), policy_trial.of_late(store(), me, seen.source)
    less = loosened(now.policy, other)
    said = policy_words.changes(policy_words.differences(now.policy, other), less)
    return replace(seen, changes=f"{said}{policy_words.trial(tried)}", looser=less is not None)


@st.fragment
def write(now: InForce) -> None:
    """The policy that is being written: as a form, and as the text that says the same."""
    draft = policy_draft.current(now)
    shown, wrong = policy_draft.policy(draft)
    left, right = st.columns([56, 44], gap="large")
    with left:
        policy_form.show(shown, disabled=wrong is not None)
    with right, st.container(key="policy-source"):
        policy_form.text(draft)
        with st.container(horizontal=True):
            if st.button(_("Check and see what it changes"), type="primary"):
                look(draft.text, draft.number)
            st.button(_("Take back the last change"), on_click=policy_draft.take_back, disabled=not draft.before)
        policy_form.standing(draft, now, wrong)


def former(now: InForce) -> None:
    """The versions before, each with what it changed, and the way back to it."""
    with store().read() as tx:
        found = versions.newest_ones(tx, _SHOWN + 1)
        names = {one.id: one.name for one in people.everybody(tx)}
    if len(found) < 2:
        return
    st.subheader(_("Versions"), anchor=False)
    for one, before in zip(found[:_SHOWN], [*found[1:], None], strict=False):
        who = names.get(one.by, "") if one.by is not None else _("as shipped")
        with st.expander(_("Version {n}, {when}, {who}", n=one.number, when=words.exact(one.at), who=who)):
            if before is not None:
                said = policy_words.differences(policies.read(before.source), policies.read(one.source))
                st.html("<ul>" + "".join(f"<li>{escape(line)}</li>" for line in said) + "</ul>")
            if one.number != now.number and st.button(_("Look at going back to it"), key=f"back-{one.number}"):
                look(one.source, now.number)


with store().read() as tx:
    now = policies.in_force(tx)
frame.heading(_("Policy"), _("version {n} · {name}", n=now.number, name=now.policy.name))
say()
with st.form("variant", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
    variants = policies.variants()
    name = st.selectbox(_("Choose a ready-made policy"), list(variants), width=360)
    if st.form_submit_button(_("See what it changes")):
        look(variants[name], now.number)
loosening.waiting(me, (Kind.POLICY,))
write(now)
left, right = st.columns(2, gap="large")
with left:
    former(now)
with right:
    notes()
seen = st.session_state.get(_LOOKED_AT)
if seen is not None:
    looked_at(seen, now)
