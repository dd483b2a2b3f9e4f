"""Policy: who has to approve what, in sentences and as text; what a change would come to; the versions so far."""

from html import escape

import streamlit as st

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
from web.ui import policy_words, words
from web.ui.acting import attempt, dialog, finish, say

me = guard(Permission.POLICY)
_LOOKED_AT = "policy-looked-at"
_SHOWN = 20


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


def look(source: str) -> None:
    """Checks a text; where it can be used, the next run shows what it would change. Nothing is saved."""
    leave()
    with store().read() as tx:
        usable = attempt(lambda: policies.usable(tx, source))
    if usable:
        st.session_state[_LOOKED_AT] = source
    st.rerun()


def leave() -> None:
    st.session_state.pop(_LOOKED_AT, None)


@dialog(later("What this policy changes"), on_dismiss=leave)
def looked_at(source: str, now: InForce) -> None:
    """What the text would change against the policy in force, what the last 90 days would have needed, and saving."""
    try:
        with st.spinner(_("Looking at the responses of late …")):
            other, tried = policies.proposed(source), policy_trial.of_late(store(), me, source)
    except LevelheadError as error:
        frame.problem(error)
        return
    changed = policy_words.changes(policy_words.differences(now.policy, other), loosened(now.policy, other))
    st.html(f"<div class='lh-side'>{changed}{policy_words.trial(tried)}</div>")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(_("Leave it")):
            leave()
            st.rerun()
        if st.button(_("Put it in force"), type="primary"):
            done = _("In force for everything sent from now on. What is in flight keeps its levels.")
            finish(lambda: (policies.save(store(), me, source, now.number), leave()), done)


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
                look(one.source)


with store().read() as tx:
    now = policies.in_force(tx)
frame.heading(_("Policy"), _("version {n} · {name}", n=now.number, name=now.policy.name))
say()
left, right = st.columns([45, 55], gap="large")
with left:
    policy_words.sentences(now.policy)
    notes()
    former(now)
with right:
    variants = policies.variants()
    with st.form("variant", border=False):
        st.subheader(_("Choose a ready-made policy"), anchor=False)
        name = st.selectbox(_("Policy"), list(variants))
        if st.form_submit_button(_("See what it changes")):
            look(variants[name])
    with st.form("text", border=False):
        st.subheader(_("Or write your own"), anchor=False)
        text = st.text_area(_("Policy as text (YAML)"), value=now.source, height=460, key=f"source-{now.number}")
        if st.form_submit_button(_("Check and see what it changes")):
            look(text)
source = st.session_state.get(_LOOKED_AT)
if source is not None:
    looked_at(source, now)
