"""Policy: who has to approve what, as sentences and as the text behind them."""

from html import escape

import streamlit as st

from access.permissions import Permission
from model.words import Severity
from response import policies
from response.policies import InForce
from response.policy import Policy, unsaid
from store import deciding
from store.db import store
from web import frame
from web.guard import guard
from web.ui import words
from web.ui.acting import attempt, say

me = guard(Permission.POLICY)


def sentences(policy: Policy) -> None:
    """Each rule in words, then the levels and their times."""
    parts = ["<div class='lh-side'><h2>Rules</h2>"]
    for rule in policy.rules:
        levels = ", ".join(words.level(number) for number in sorted(rule.asks)) or "nobody"
        parts.append(f"<p>{escape(rule.says)} <span class='lh-quiet'>({escape(rule.id)}: {escape(levels)})</span></p>")
    parts.append("<h2>Levels</h2>")
    for number, terms in sorted(policy.levels.items()):
        within = words.span(terms.answers_within)
        parts.append(f"<p>{number} {escape(terms.name)}: {terms.quorum} must approve, usually within {within}</p>")
    parts.append("<h2>Due</h2>")
    due = [f"{words.SEVERITY[Severity(s)]} {words.span(seconds)}" for s, seconds in sorted(policy.due.items())]
    st.html("".join(parts) + f"<p>{', '.join(due)}</p></div>")
    if unsaid(policy):
        st.html(
            "<div class='lh-note'>A rule here names hold, spam or trash and does not say which comments it is about. "
            "It counts for those that raise a concern, as it always did. Before this policy is saved again, add "
            "<code>concern: true</code> to it to keep that, or <code>concern: any</code> for all comments.</div>"
        )


def notes() -> None:
    """What approvers said they need not have seen, and of which rules how often."""
    with store().read() as tx:
        found, times = deciding.notes(tx), deciding.notes_by_rule(tx)
    if not found:
        return
    counted = "".join(f"<p>{escape(rule)}: {words.count(many, 'time')}</p>" for rule, many in times.items())
    said = "".join(
        f"<div class='lh-note'>“{escape(one.text)}”<small>{escape(one.name)}, {escape(words.exact(one.at))}: "
        f"{escape(', '.join(one.rules))}</small></div>"
        for one in found
    )
    st.html(f"<div class='lh-side'><h2>Approvers say they need not see</h2>{counted}{said}</div>")


def save(source: str, now: InForce) -> None:
    attempt(
        lambda: policies.save(store(), me, source, now.number),
        "In force for everything sent from now on. What is in flight keeps its levels.",
    )
    st.rerun()


with store().read() as tx:
    now = policies.in_force(tx)
frame.heading("Policy", f"version {now.number} · {now.policy.name}")
say()
left, right = st.columns([45, 55], gap="large")
with left:
    sentences(now.policy)
    notes()
with right:
    variants = policies.variants()
    with st.form("variant", border=False):
        st.subheader("Choose a ready-made policy", anchor=False)
        name = st.selectbox("Policy", list(variants))
        if st.form_submit_button("Use this policy", type="primary"):
            save(variants[name], now)
    with st.form("text", border=False):
        st.subheader("Or write your own", anchor=False)
        source = st.text_area("Policy as text (YAML)", value=now.source, height=460, key=f"source-{now.number}")
        if st.form_submit_button("Check and save"):
            save(source, now)
