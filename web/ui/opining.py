"""How a language model is asked for a second opinion: entered, switched on and off, what is sent and what it cost."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st
from pydantic import ValidationError

from channels.models import Kind as Way
from model.language import Labels, _, later, number
from model.person import Person
from response import opinion_settings, opinions
from response.opinion_rules import BILLION, Kind
from response.opinion_settings import LONGEST_KEY, MOST_MONEY, Chosen, InForce
from response.opinions import Spent
from store.db import store
from store.opinions import ASKING, DONE, FAILED, WAITING, Opinion
from web import frame
from web.ui import loosening, words
from web.ui.acting import attempt, went_well

SHOWN = 20
_WAYS = Labels({Way.OPENAI: later("As OpenAI, which most others speak too"), Way.ANTHROPIC: later("As Anthropic")})
_STATES = Labels(
    {
        WAITING: later("waits"),
        ASKING: later("is being asked"),
        DONE: later("answered"),
        FAILED: later("no answer"),
    }
)
_KINDS = Labels({Kind.OPINION: later("opinion"), Kind.DRAFT: later("draft")})
_AUTHOR = "Jane Doe"  # as it is
_COMMENT = later(
    "Jane Doe here. Your trainer shouted at my son until he cried. Sam saw it. Write to jane.doe@example.org or ring"
    " 0171 555 1234."
)
_BEFORE = ("Sam Brown", later("What a lovely morning at the pool!"))  # as it is


def form(me: Person, now: InForce) -> Chosen:
    """The fields; what is in force where nothing else was saved. Returns what is chosen on the screen, as far as it
    can be shown what would be sent."""
    old, here = now.chosen, f"opinion-{now.version}"
    ways = list(Way)
    way = st.selectbox(
        _("How it is asked"), ways, index=ways.index(old.way), format_func=_WAYS.__getitem__, key=f"{here}-way"
    )
    address = st.text_input(
        _("Address"),
        old.address,
        max_chars=300,
        placeholder="https://api.example.org/v1",  # as it is
        help=_("As its provider gives it, without what comes behind: no “/chat/completions”, no “/v1/messages”."),
        key=f"{here}-address",
    )
    private = st.checkbox(_("This address is on our own network"), old.private, key=f"{here}-private")
    model = st.text_input(_("Model"), old.model, max_chars=100, key=f"{here}-model")
    key = st.text_input(
        _("Key"),
        type="password",
        max_chars=LONGEST_KEY,
        autocomplete="off",
        placeholder=_("There is one. Leave this empty to keep it.") if now.has_key else "",
        help=_("It is kept encrypted, and nobody sees it again."),
        key=f"{here}-key",
    )
    st.subheader(_("What it gets to read"), anchor=False)
    turns = st.checkbox(_("Up to five comments before, too"), old.turns, key=f"{here}-turns")
    drafts = st.checkbox(_("It may be asked for drafts of replies"), old.drafts, key=f"{here}-drafts")
    st.subheader(_("What it may cost"), anchor=False)
    first, second, third = st.columns(3)
    per = _("What its provider asks for a million tokens. A token is about three quarters of a word.")
    most = MOST_MONEY / 1000
    price_in = first.number_input(
        _("A million tokens read"), 0.0, most, old.price_in / 1000, 0.1, "%.3f", help=per, key=f"{here}-in"
    )
    price_out = second.number_input(
        _("A million tokens written"), 0.0, most, old.price_out / 1000, 0.1, "%.3f", help=per, key=f"{here}-out"
    )
    currency = third.text_input(_("Currency"), old.currency, max_chars=3, key=f"{here}-currency")
    budget = first.number_input(
        _("At most in a month"), 0.0, most, old.budget / 1000, 1.0, "%.2f", key=f"{here}-budget"
    )
    seconds = second.number_input(
        _("Seconds for an answer"),
        5,
        120,
        old.seconds,
        5,
        key=f"{here}-seconds",
        help=_("Later ones are not waited for."),
    )
    if st.button(_("Save"), type="secondary" if now.version and not now.active else "primary", key=f"{here}-save"):
        _save(
            me,
            now,
            key,
            {
                "way": way,
                "address": address,
                "private": private,
                "model": model,
                "turns": turns,
                "drafts": drafts,
                "price_in": round(price_in * 1000),
                "price_out": round(price_out * 1000),
                "currency": currency.strip().upper(),
                "budget": round(budget * 1000),
                "seconds": int(seconds),
            },
        )
    return old.model_copy(update={"turns": turns, "drafts": drafts})


def _save(me: Person, now: InForce, key: str, given: Mapping[str, object]) -> None:
    try:
        wanted = Chosen.model_validate(given)
    except ValidationError:
        frame.problem(_("A currency is three letters, like EUR or USD."))
        return
    attempt(lambda: opinion_settings.save(store(), me, wanted, key, now.version), _said)
    st.rerun()


def _said(saved: InForce) -> str:
    return _("Saved.") if saved.active else _("Saved. Nothing is sent before it is switched on.")


def switch(me: Person, now: InForce) -> None:
    """Whether it is on, and the one step to the other; more that leaves the house waits for a second person."""
    st.subheader(_("Switched on") if now.active else _("Switched off"), anchor=False)
    if not now.version:
        frame.quiet(_("Enter on the left where a model is, and save. Then it can be switched on here."))
        return
    to = {"model": now.chosen.model, "host": now.chosen.host}
    if now.active:
        frame.quiet(_("Comments that somebody asks about go to {model} at {host}.", **to))
        if st.button(_("Switch off"), key=f"opinion-off-{now.version}"):
            went_well(
                lambda: opinion_settings.switch_off(store(), me, now.version),
                _("Switched off. What waited is not sent any more."),
            )
            st.rerun()
        return
    frame.quiet(_("Comments that somebody asks about would go to {model} at {host}.", **to))
    why = loosening.why_field(me, None, "opinion")
    if st.button(_("Switch on"), type="primary", key=f"opinion-on-{now.version}"):
        made = attempt(lambda: (opinion_settings.switch_on(store(), me, now.version, why),), _asked_for)
        if made is None or made:
            st.rerun()


def _asked_for(made: tuple[bool]) -> str:
    return _("Switched on.") if made[0] else _("It waits for a second person, who was told.")


def money(now: InForce, spent: Spent) -> None:
    """What this month has cost."""
    if not now.version:
        return
    used = _(
        "This month (UTC): {spent} of {budget} {currency}. What is under way counts with the most that it can come to.",
        spent=number(spent.spent, 2),
        budget=number(spent.budget, 2),
        currency=spent.currency,
    )
    frame.quiet(used)


def sent(chosen: Chosen) -> None:
    """What a model gets to read, shown on a made-up comment."""
    who, said = _BEFORE
    with st.expander(_("What is sent, on a made-up comment")):
        kind = Kind.OPINION
        if chosen.drafts:
            shown = st.radio(_("Shown for"), list(Kind), format_func=_KINDS.__getitem__, horizontal=True)
            kind = shown or kind
        with store().read() as tx:
            asked = opinions.example(tx, chosen, kind, _AUTHOR, _(_COMMENT), [(who, _(said))])
        frame.quiet(_("The comment: {text}", text=_(_COMMENT)))
        st.code(f"{asked.system}\n\n{asked.user}", language=None, wrap_lines=True)


def last(found: Sequence[Opinion], names: Mapping[int, str], currency: str) -> None:
    """What was asked last, newest first."""
    if not found:
        return
    st.subheader(_("Asked last"), anchor=False)
    st.html(f"<div class='lh-side'>{''.join(_line(one, names, currency) for one in found)}</div>")


def _line(one: Opinion, names: Mapping[int, str], currency: str) -> str:
    parts = [_KINDS[Kind(one.kind)], _STATES[one.state], f"{number(one.cost / BILLION, 4)} {currency}"]
    parts.append(names.get(one.by, _("somebody")))
    when = f"<time class='when' title='{escape(words.exact(one.at))}'>{escape(words.age(one.at))}</time>"
    about = escape(_("comment {id}", id=one.comment_id)) if one.comment_id else escape(_("a comment that is gone"))
    problem = f"<br><small>{escape(one.problem)}</small>" if one.problem else ""
    return f"<p>{when}{about} · {escape(' · '.join(parts))}{problem}</p>"
