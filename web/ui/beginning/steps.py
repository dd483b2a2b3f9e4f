"""The steps of first set-up, one by one: each shows what it is for, does it, or passes it over."""

from datetime import UTC, datetime
from functools import partial
from html import escape

import streamlit as st

from access import people, set_up
from access.set_up import Passed, Progress, State, Step
from channels.mail import MailError
from model import clock
from model.language import NAMES, Labels, _, later, many
from model.person import Person
from model.settings import settings
from model.words import Role
from response import approvals, notices_send, policies
from store import queue, sources
from store.db import store
from web import frame
from web.navigation import allowed
from web.ui import adding, loosening, one_time, words
from web.ui.acting import attempt, went_well
from web.ui.beginning import standing
from web.ui.lists import plain

_ADDED = "begin_people_added"
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_FOR = Labels(
    {
        Step.ORGANISATION: later("How pages and notices call you, and the clock they go by."),
        Step.SOURCE: later(
            "Paste the address of your blog, of one post, or of any feed with comments. You see what would be read"
            " before anything is saved."
        ),
        Step.PEOPLE: later("Who works on comments, and who approves. More people can be added at any time, on People."),
        Step.POLICY: later("Who has to approve what. You can change it at any time, on Policy."),
        Step.MAIL: later("With mail, people are told what waits for them. Without it, they look in My approvals."),
    }
)
_ROLES = Labels(
    {
        Role.MANAGER: later("Works on comments: reads, writes, answers"),
        Role.EXPERT: later("Is asked what they know: one question, one answer"),
        Role.LEADERSHIP: later("Leads: reads the overview"),
        Role.ADMIN: later("Administers: sources, people, policy"),
    }
)


def show(me: Person, progress: Progress, step: Step) -> None:
    """One step: its title, what it is for, its own part, and the way past it."""
    st.subheader(standing.TITLE[step], anchor=False)
    frame.quiet(_FOR[step])
    {
        Step.ORGANISATION: _organisation,
        Step.SOURCE: _source,
        Step.PEOPLE: _people,
        Step.POLICY: _policy,
        Step.MAIL: _mail,
    }[step](me)
    with st.container(horizontal=True):
        if progress.passed.get(step) is Passed.DONE:
            if st.button(_("Go on"), type="primary"):
                go(progress.after(step))
        elif st.button(_("Skip this step")) and pass_by(me, step, Passed.SKIPPED):
            go(progress.after(step))


def go(step: Step | None) -> None:
    """Shows a step next; None: whatever is next."""
    st.query_params.clear()
    if step:
        st.query_params["step"] = step
    st.rerun()


def pass_by(me: Person, step: Step, how: Passed, done: str = "") -> bool:
    return went_well(lambda: set_up.go_past(store(), me, step, how), done)


def _organisation(me: Person) -> None:
    with store().read() as tx:
        now = set_up.organisation(tx)
    zones = clock.time_zones()
    with st.form("organisation", border=False):
        name = st.text_input(_("Organisation"), now.name, max_chars=120)
        zone = st.selectbox(_("Time zone"), zones, index=zones.index(now.time_zone) if now.time_zone in zones else 0)
        language = st.selectbox(
            _("Language of what is written down for everybody"),
            list(NAMES),
            index=list(NAMES).index(now.language) if now.language in NAMES else 0,
            format_func=lambda one: NAMES[one],
        )
        if st.form_submit_button(_("Save")):
            change = partial(people.name_organisation, store(), me, name, zone or "", language)
            attempt(lambda: (change(),), _("Saved."))
            st.rerun()


def _source(me: Person) -> None:
    with store().read() as tx:
        there = sources.every(tx)
    if there:
        named = words.listed([one.name for one in there], last="and")
        frame.quiet(_("Read already: {names}. You can add another one.", names=named))
    adding.source(me)


def _does() -> dict[str, tuple[str, Role, int]]:
    """What somebody can be asked to do: in words, and the role and the level (0: none) that go with it."""
    with store().read() as tx:
        levels = policies.in_force(tx).policy.levels
    approves = {
        f"level-{level}": (_("Approves at level {n}: {name}", n=level, name=terms.name), Role.APPROVER, level)
        for level, terms in sorted(levels.items())
    }
    others = {role.value: (_ROLES[role], role, 0) for role in _ROLES}
    manager = Role.MANAGER.value
    return {manager: others.pop(manager), **approves, **others}


def _people(me: Person) -> None:
    one_time.show()
    does = _does()
    # Empty again for the next person; what was typed stays when it cannot be used.
    this = f"somebody-{st.session_state.setdefault(_ADDED, 0)}"
    with st.form(this, border=False, enter_to_submit=False):
        name = st.text_input(_("Name"), max_chars=120, key=f"{this}-name")
        email = st.text_input(_("E-mail"), max_chars=254, key=f"{this}-email")
        what = st.selectbox(
            _("What this person does"), list(does), format_func=lambda one: does[one][0], key=f"{this}-does"
        )
        why = loosening.why_field(me, None, this)
        if st.form_submit_button(_("Add person"), type="primary"):
            _said, role, level = does[what]
            levels = frozenset({level} if level else ())
            token = attempt(lambda: people.add(store(), me, name, email, frozenset({role}), levels, why))
            if token:
                st.session_state[_ADDED] += 1
                approvals.ask_again(store())
                who = " ".join(name.split())
                added, pass_on = _("{name} was added.", name=who), _("{name} was added. Send this link:", name=who)
                one_time.hand(me, token, added, pass_on)
            go(Step.PEOPLE)


def _policy(me: Person) -> None:
    with store().read() as tx:
        now = policies.in_force(tx)
    ready = policies.variants()
    asks = {
        name: " ".join(f"{_(rule.says)}." for rule in policies.read(source).rules) for name, source in ready.items()
    }
    names = list(ready)
    with st.form("policy", border=False):
        chosen = st.radio(
            _("Policy"),
            names,
            index=names.index(now.policy.name) if now.policy.name in names else None,
            format_func=_,
            captions=[plain(asks[name]) for name in names],
            label_visibility="collapsed",
        )
        if st.form_submit_button(_("Use this policy"), type="primary") and chosen:
            use = partial(policies.save, store(), me, ready[chosen], now.number)
            done = _("The policy is “{name}”.", name=_(chosen))
            if (ready[chosen] == now.source or went_well(use)) and pass_by(me, Step.POLICY, Passed.DONE, done):
                go(None)
            st.rerun()


def _mail(me: Person) -> None:
    config = settings()
    if not config.smtp_host:
        frame.quiet(
            _(
                "No mail server is set. Set {host} and {sender} where Levelhead is started, then start it again; the"
                " manual has the others. Until then, skip this step.",
                host="LEVELHEAD_SMTP_HOST",  # as it is
                sender="LEVELHEAD_MAIL_FROM",  # as it is
            )
        )
        return
    frame.quiet(_("Mail goes through {host}, from {sender}.", host=config.smtp_host, sender=config.mail_from))
    if st.button(_("Send me a test mail"), type="primary"):
        if attempt(partial(_try_mail, me)):
            pass_by(me, Step.MAIL, Passed.DONE, _("Sent to {address}. Look into your mail.", address=me.email))
            go(None)
        st.rerun()


def _try_mail(me: Person) -> str:
    """Sends it; what a server said when it refused is in the error's words."""
    try:
        return notices_send.try_mail(store(), me) or "sent"  # as it is
    except MailError as error:
        raise MailError(f"{error} {_('It said: {said}', said=error.said)}" if error.said else str(error)) from None


def the_end(me: Person, progress: Progress) -> None:
    """All steps are behind: what was read so far, and where this person works, the queue above all."""
    st.subheader(_("Everything is set up") if not progress.skipped else _("Set up for now"), anchor=False)
    if progress.skipped:
        named = words.listed([standing.TITLE[step] for step in progress.skipped], len(Step), "and")
        frame.quiet(_("Skipped: {steps}. You find that again above, and on Health.", steps=named))
    _read_so_far()
    if st.button(_("Go to the queue"), type="primary"):
        went_well(lambda: set_up.put(store(), me, State.FINISHED))
        st.switch_page(allowed(me)[0].script)


@st.fragment(run_every=2)
def _read_so_far() -> None:
    """How many comments there are by now; asked again until the person goes on."""
    with store().read() as tx:
        read, flagged = queue.read_since(tx, _EVER)
    if not read:
        frame.quiet(_("No comment was read yet."))
        return
    comments = many("{n} comment was read so far", "{n} comments were read so far", read)
    needs = (
        many("{n} of them needs a person.", "{n} of them need a person.", flagged) if flagged else _("All are calm.")
    )
    st.html(f"<p role='status'>{escape(comments)}. {escape(needs)}</p>")
