"""Changes that loosen: what is changed in words, and the card where a second person confirms or refuses it."""

from collections.abc import Collection
from html import escape

import streamlit as st

from access import loosening
from access.loosening import Kind
from access.permissions import ROLE, Permission, may
from analysis import own
from model.language import Labels, _, later
from model.person import Person
from model.words import Role, Severity
from response import confirming, policies
from response.matters import OwnMatter
from response.policy_changes import loosened
from response.policy_text import PolicyError
from store import deciders, loosenings
from store import policies as versions
from store.db import store
from store.loosenings import Loosening
from web import frame
from web.ui import one_time, policy_words, telling, words
from web.ui.acting import attempt, dialog, finish, went_well

_STATE = Labels(
    {
        loosenings.WAITING: later("waits for a second person"),
        loosenings.IN_FORCE: later("in force"),
        loosenings.REFUSED: later("refused"),
        loosenings.TAKEN_BACK: later("taken back"),
        loosenings.OVER: later("over: nobody confirmed it in time"),
    }
)
ABOUT_PEOPLE = tuple(kind for kind in Kind if kind not in (Kind.POLICY, Kind.MATTER, Kind.SIGNAL, Kind.OPINION))


def roles(names: Collection[str], levels: Collection[int]) -> str:
    """'approver, expert; decides at level 1, 2', from roles and levels as they are stored."""
    said = ", ".join(ROLE[role] for role in Role if role.value in names) or _("no role")
    if not levels:
        return said
    at = _("decides at level {levels}", levels=", ".join(str(one) for one in sorted(levels)))
    return f"{said}; {at}"


def title(one: Loosening, names: dict[int, str]) -> str:
    """What is changed, in one sentence."""
    who = names.get(one.person_id or 0, _("somebody"))
    had = one.what.get("had", {"roles": [], "levels": []})
    if one.kind == Kind.ROLES:
        return _(
            "{name} is to be: {roles}. So far: {before}.",
            name=who,
            roles=roles(one.what["roles"], one.what["levels"]),
            before=roles(had["roles"], had["levels"]),
        )
    says = {
        Kind.ACCESS: later("{name} is to be let in again: {roles}."),
        Kind.LINK: later("A one-time link with which {name} sets a new password. {name} is: {roles}."),
        Kind.SECOND_FACTOR: later("{name}'s second factor is to be reset. {name} is: {roles}."),
    }
    if one.kind in says:
        return _(says[Kind(one.kind)], name=who, roles=roles(had["roles"], had["levels"]))
    if one.kind == Kind.DEPUTY:
        return _deputy(one, who, names.get(one.what["for"], _("somebody")))
    if one.kind in (Kind.REQUIRED, Kind.ALONE):
        return _of_all(one, names)
    if one.kind in (Kind.MATTER, Kind.SIGNAL, Kind.OPINION):
        return _of_opinion(one) if one.kind == Kind.OPINION else _of_assessment(one)
    return _("Another policy, which asks for less of some responses.")


def _of_all(one: Loosening, names: dict[int, str]) -> str:
    """What is about nobody alone."""
    if one.kind == Kind.REQUIRED:
        fewer = ", ".join(ROLE[role] for role in Role if role.value in one.what["fewer"])
        return _("A second factor is required no more of: {roles}.", roles=fewer)
    by = names.get(one.by or 0, _("somebody"))
    return _("Nobody is left who could be the second person for {name}: what loosens takes effect at once.", name=by)


def _deputy(one: Loosening, deputy: str, person: str) -> str:
    """Who is to decide in whose place, and where they could not."""
    levels = ", ".join(str(level) for level in sorted(one.levels) if level)
    if not levels:
        return _("{deputy} is to stand in for {name}, an expert.", deputy=deputy, name=person)
    return _(
        "{deputy} is to stand in for {name}, and so to decide at level {levels}.",
        deputy=deputy,
        name=person,
        levels=levels,
    )


def _of_opinion(one: Loosening) -> str:
    """Where comments are to go, and what of them."""
    to = {"model": one.what["model"], "host": one.what["host"]}
    said = (
        _("Comments that somebody asks about are to be sent to {model} at {host}, with the comments before them.", **to)
        if one.what["turns"]
        else _("Comments that somebody asks about are to be sent to {model} at {host}, each by itself.", **to)
    )
    return f"{said} {_('It may also write drafts.')}" if one.what["drafts"] else said


def _of_assessment(one: Loosening) -> str:
    """What of the assessment is to raise less."""
    if one.kind == Kind.SIGNAL:
        name = telling.named(one.what["signal"])
        return _("The signal '{name}' is to be switched off: it would raise nothing any more.", name=name)
    matter = OwnMatter.model_validate(one.what["matter"])
    return _("Comments about “{matter}” are to be less grave, or fewer.", matter=_matter_name(matter))


def _matter_name(matter: OwnMatter) -> str:
    ships = own.shipped(matter.key)
    return _(ships.name) if ships else matter.name


def _matter(one: Loosening) -> str:
    """The matter as it is to be, as HTML: severity, whether anybody looks for it, its words and excuses."""
    matter = OwnMatter.model_validate(one.what["matter"])
    ships = own.shipped(matter.key)
    severity = matter.severity if matter.severity is not None else ships.severity if ships else Severity.LOW
    said = [_("Nobody looks for it any more.")] if matter.off else []
    said.append(_("Severity: {severity}", severity=words.SEVERITY[severity]))
    if matter.phrases:
        said.append(_("Its words of yours: {words}", words=", ".join(matter.phrases)))
    if matter.unless:
        said.append(_("It does not count in: {words}", words=", ".join(matter.unless)))
    return "".join(f"<p>{escape(line)}</p>" for line in said)


def _policy(one: Loosening) -> str:
    """What another policy changes against the one that it was compared with, as HTML."""
    with store().read() as tx:
        before = next((row for row in versions.newest_ones(tx, 100) if row.number == one.what["seen"]), None)
    try:
        old, new = policies.read(before.source) if before else None, policies.read(one.what["source"])
    except PolicyError as error:
        return f"<p>{escape(str(error))}</p>"
    return policy_words.changes(policy_words.differences(old, new), loosened(old, new)) if old else ""


def _said(one: Loosening, names: dict[int, str]) -> str:
    """Who asked for it, when and why, and what became of it, as HTML."""
    nobody = _("somebody")
    lines = [f"<p><strong>{escape(title(one, names))}</strong></p>"]
    lines += [_policy(one)] if one.kind == Kind.POLICY else []
    lines += [_matter(one)] if one.kind == Kind.MATTER else []
    by = names.get(one.by, nobody) if one.by is not None else _("whoever has the machine, at its terminal")
    if one.what.get("from") == "groups":
        by = _("a group of theirs at the provider")
    asked = _("Asked for by {name}, {when}.", name=by, when=words.exact(one.asked_at))
    if one.kind == Kind.ALONE:
        asked = _("Since {when}.", when=words.exact(one.asked_at))
    lines.append(f"<p class='lh-quiet'>{escape(asked)}</p>")
    if one.reason:
        lines.append(f"<p>“{escape(one.reason)}”</p>")
    if one.state == loosenings.WAITING:
        until = _(
            "Without a second word it is over on {when}; until then it does not count.", when=words.exact(one.until)
        )
        return "".join([*lines, f"<p class='lh-quiet'>{escape(until)}</p>"])
    state = _STATE.get(one.state, one.state)
    if one.settled_by is not None:
        end = _(
            "{state}, {name}, {when}",
            state=state,
            name=names.get(one.settled_by, nobody),
            when=words.exact(one.settled_at),
        )
    elif one.state == loosenings.IN_FORCE:
        end = _("{state} at once, as nobody second was there", state=state)
    else:
        end = _("{state}, {when}", state=state, when=words.exact(one.settled_at))
    lines.append(f"<p class='lh-quiet'>{escape(end)}</p>")
    if one.answer:
        lines.append(f"<p>“{escape(one.answer)}”</p>")
    return "".join(lines)


def card(me: Person, one: Loosening, names: dict[int, str]) -> None:
    """One change, with what this person can do about it."""
    with st.container(border=True, key=f"loosening-{one.id}"):
        st.html(f"<div class='lh-side'>{_said(one, names)}</div>")
        if not one.waits(words.now()):
            return
        if one.by == me.id:
            if st.button(_("Take it back"), key=f"take-back-{one.id}"):
                went_well(lambda: confirming.take_back(store(), me, one.id), _("Taken back. Nothing was changed."))
                st.rerun()
        elif not may(me, Permission.CONFIRM) or not confirming.may_confirm(me, one):
            frame.quiet(
                _("Somebody else confirms or refuses it: another administrator, or somebody of the leadership.")
            )
        else:
            with st.container(horizontal=True):
                if st.button(_("Confirm"), type="primary", key=f"confirm-{one.id}"):
                    _confirm(me, one, names)
                if st.button(_("Refuse"), key=f"refuse-{one.id}"):
                    refuse(me, one)


def _confirm(me: Person, one: Loosening, names: dict[int, str]) -> None:
    token = attempt(lambda: (confirming.confirm(store(), me, one.id),), _("Confirmed. It counts from now on."))
    if token and token[0] and one.person_id is not None:
        name = names.get(one.person_id, "")
        done = _("{name} can set a new password.", name=name)
        one_time.hand(me, token[0], done, _("{name} can set a new password:", name=name))
    st.rerun()


@dialog(later("Refuse this change"))
def refuse(me: Person, one: Loosening) -> None:
    """Asks why it is refused; whoever asked for it reads it."""
    with st.form("refuse", border=False):
        reason = st.text_area(_("Why not?"), max_chars=5000, key=f"reason-refuse-{one.id}")
        if st.form_submit_button(_("Refuse it"), type="primary", shortcut="Ctrl+Enter"):
            finish(lambda: confirming.refuse(store(), me, one.id, reason), _("Refused. Nothing was changed."))


def waiting(me: Person, kinds: Collection[str] = ()) -> None:
    """The changes of some kinds that wait for a second person, for those who may see them; nothing where none does."""
    if not may(me, Permission.LOOSENED):
        return
    with store().read() as tx:
        found = loosenings.waiting(tx, words.now(), kinds)
        names = deciders.names(tx) if found else {}
    if not found:
        return
    st.subheader(_("Waits for a second person"), anchor=False)
    for one in found:
        card(me, one, names)


def why_field(me: Person, about: int | None, key: str) -> str:
    """Where somebody second is there, the field in which one says why: they read it."""
    with store().read() as tx:
        second = loosening.seconds(tx, me.id, about)
    if not second:
        return ""
    return st.text_input(
        _("Why"),
        max_chars=500,
        key=f"reason-{key}",
        help=_(
            "More power for somebody, and a new log-in for somebody who has power, wait for a second person ({names}),"
            " who reads this.",
            names=", ".join(one.name for one in second[:3]),
        ),
    )
