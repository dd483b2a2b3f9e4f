"""Policy: who has to approve what, as sentences and as the text behind them."""

from html import escape

import streamlit as st

from access.permissions import Permission
from model.language import _, many
from model.words import Quorum, Severity
from response import policies
from response.policies import InForce
from response.policy import LevelTerms, Policy, unsaid
from store import deciding
from store.db import store
from web import frame
from web.guard import guard
from web.ui import words
from web.ui.acting import attempt, say

me = guard(Permission.POLICY)


def sentences(policy: Policy) -> None:
    """Each rule in words, then the levels and their times."""
    parts = [f"<div class='lh-side'><h2>{escape(_('Rules'))}</h2>"]
    for rule in policy.rules:
        levels = ", ".join(words.level(number) for number in sorted(rule.asks)) or _("nobody")
        parts.append(f"<p>{escape(rule.says)} <span class='lh-quiet'>({escape(rule.id)}: {escape(levels)})</span></p>")
    parts.append(f"<h2>{escape(_('Levels'))}</h2>")
    for number, terms in sorted(policy.levels.items()):
        parts.append(f"<p>{number} {escape(terms.name)}: {escape(must(terms))}</p>")
    parts.append(f"<h2>{escape(_('Due'))}</h2>")
    due = [f"{words.SEVERITY[Severity(s)]} {words.span(seconds)}" for s, seconds in sorted(policy.due.items())]
    st.html("".join(parts) + f"<p>{escape(', '.join(due))}</p></div>")
    if unsaid(policy):
        said = _(
            "A rule here names hold, spam or trash and does not say which comments it is about. It counts for those"
            " that raise a concern, as it always did. Before this policy is saved again, add {true} to it to keep that,"
            " or {any} for all comments.",
            true="<code>concern: true</code>",  # as it is
            any="<code>concern: any</code>",  # as it is
        )
        st.html(f"<div class='lh-note'>{said}</div>")


def must(terms: LevelTerms) -> str:
    """Who has to approve at a level, and within what time."""
    within = words.span(terms.answers_within)
    if isinstance(terms.quorum, Quorum):
        said = {
            Quorum.ANY: _("any must approve, usually within {time}", time=within),
            Quorum.ALL: _("all must approve, usually within {time}", time=within),
        }
        return said[terms.quorum]
    return many(
        "{n} must approve, usually within {time}", "{n} must approve, usually within {time}", terms.quorum, time=within
    )


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


def save(source: str, now: InForce) -> None:
    attempt(
        lambda: policies.save(store(), me, source, now.number),
        _("In force for everything sent from now on. What is in flight keeps its levels."),
    )
    st.rerun()


with store().read() as tx:
    now = policies.in_force(tx)
frame.heading(_("Policy"), _("version {n} · {name}", n=now.number, name=now.policy.name))
say()
left, right = st.columns([45, 55], gap="large")
with left:
    sentences(now.policy)
    notes()
with right:
    variants = policies.variants()
    with st.form("variant", border=False):
        st.subheader(_("Choose a ready-made policy"), anchor=False)
        name = st.selectbox(_("Policy"), list(variants))
        if st.form_submit_button(_("Use this policy"), type="primary"):
            save(variants[name], now)
    with st.form("text", border=False):
        st.subheader(_("Or write your own"), anchor=False)
        source = st.text_area(_("Policy as text (YAML)"), value=now.source, height=460, key=f"source-{now.number}")
        if st.form_submit_button(_("Check and save")):
            save(source, now)
