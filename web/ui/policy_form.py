"""The policy as a form: each rule a sentence with choices in it; then the levels, and the times."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape
from string import Formatter
from typing import Any

import streamlit as st

from model.language import Labels, _, later, many, number
from model.route import EXPERT
from model.words import HIDES, Action, Channel, Quorum, Severity
from response import policies
from response import policy_form as form
from response.policies import InForce
from response.policy import Between, Policy, Rule
from response.policy_changes import between, when_in_words
from response.policy_form import Path
from response.policy_print import kept, time
from response.policy_text import PolicyError
from web import frame
from web.ui import lists, policy_draft, words
from web.ui.policy_draft import Draft
from web.ui.policy_words import SAY

_OPEN, _LIST = "policy-open", "policy-list"
_LIST_HIGH = 300
_PROBLEMS = 3
_MINUTES, _HOURS, _DAYS = (15, 30, 45, 90), (1, 2, 3, 4, 6, 8, 12, 24, 36, 48, 72), (4, 5, 7, 10, 14, 21, 30, 60, 90)
_TIMES = [time(n * size) for size, usual in ((60, _MINUTES), (3600, _HOURS), (86400, _DAYS)) for n in usual]
_BOUNDS = ("-0.75", "-0.5", "-0.25", "0.0", "0.25", "0.5")
_QUORUMS = (*(one.value for one in Quorum), *map(str, range(1, 6)))
RULE = later(
    "When it is {action} on {channel} about {matter} of {severity} with {sentiment} and the comment {concern}"
    " then ask {levels} instead of {rules}"
)
"""A rule as a sentence. Each place is a choice."""
LEVEL = later("On level {n}, called {name} here, {quorum} must approve, usually within {time}")
EXPERTS = later("In the expert's step, called {name} here, {quorum} must approve, usually within {time}")
DUE = later("A case of severity “{severity}” is due after {time}")
WAITS = later("A response may wait for approval for {time}")
STAYS = later("What is approved may be sent for {time}")
CALLED = later("The policy is called {name}")
_CONCERN = Labels(
    {
        "": later("may raise a concern or not"),
        "true": later("raises a concern"),
        "false": later("raises no concern"),
        "any": later("raises a concern or none"),
    }
)
_NOT_SAID = later("raises a concern (the rule does not say so)")

Place = Callable[[], object] | str
Read = Callable[[Any], Any]


def show(policy: Policy, disabled: bool) -> None:
    """The form of a policy. Each choice goes into the text at once; nothing is put in force."""
    rules, levels, times = st.tabs([_("Rules"), _("Levels"), _("Times and name")])
    with rules:
        _rules(policy, disabled)
    with levels:
        _levels(policy, disabled)
    with times:
        _times(policy, disabled)
    said = policy_draft.refused()
    if said:
        frame.problem(said)


# --- rules -----------------------------------------------------------------------------------------------------------


def _rules(policy: Policy, disabled: bool) -> None:
    """The rules as a list, and the one that is chosen there as a sentence to change."""
    count = len(policy.rules)
    opened = min(st.session_state.get(_OPEN) or 0, count - 1)
    with st.container(height=_LIST_HIGH, border=True, key="policy-rules"):
        if count:
            opened = _choose(policy, opened)
        else:
            frame.quiet(_("There is no rule yet: nothing needs approval."))
    with st.container(horizontal=True):
        st.button(_("New rule"), on_click=_add, disabled=disabled)
        up, down = disabled or opened <= 0, disabled or opened >= count - 1
        st.button(_("Move up"), on_click=_move, args=(opened, opened - 1), disabled=up)
        st.button(_("Move down"), on_click=_move, args=(opened, opened + 1), disabled=down)
        gone = partial(form.remove_rule, rule=opened)
        st.button(_("Remove rule"), on_click=policy_draft.change, args=(gone,), disabled=disabled or not count)
    if count:
        _rule(policy, opened, disabled)


def _choose(policy: Policy, opened: int) -> int:
    _seed(_LIST, opened)
    picked = st.radio(
        _("Choose a rule"),
        range(len(policy.rules)),
        # With its number: the browser tells them apart by these words.
        format_func=lambda one: lists.plain(f"{one + 1}. {policy.rules[one].says}"),
        captions=[lists.plain(_caption(rule)) for rule in policy.rules],
        label_visibility="collapsed",
        key=_LIST,
        on_change=_picked,
    )
    return opened if picked is None else picked


def _picked() -> None:
    """Opens the rule that was picked. Where it is called otherwise since, the list has its old words, and it stays."""
    if isinstance(st.session_state[_LIST], int):
        st.session_state[_OPEN] = st.session_state[_LIST]


def _caption(rule: Rule) -> str:
    levels = SAY.listed([words.level(one) for one in sorted(rule.asks)]) or _("nobody")
    return f"{when_in_words(rule.when, SAY)}: {levels}"


def _add() -> None:
    if policy_draft.changed(lambda policy: form.add_rule(policy, _("A new rule"))):
        st.session_state[_OPEN] = 10**6  # the last one, however many there are


def _move(rule: int, to: int) -> None:
    if policy_draft.changed(lambda policy: form.move_rule(policy, rule, to)):
        st.session_state[_OPEN] = to


def _rule(policy: Policy, index: int, disabled: bool) -> None:
    here: Path = ("rules", index)
    when = (*here, "when")
    others = {rule.id: f"{rule.says} ({rule.id})" for place, rule in enumerate(policy.rules) if place != index}
    known = sorted(words.matters(), key=SAY.matter)
    choices = partial(_several, policy, disabled)
    asked = partial(form.put_asked, rule=index)
    places = {
        "action": partial(
            choices,
            (*when, "action"),
            _("Action"),
            _("any action"),
            list(map(str, Action)),
            lambda one: SAY.action(Action(one)),
        ),
        "channel": partial(
            choices,
            (*when, "channel"),
            _("Channel"),
            _("any channel"),
            list(map(str, Channel)),
            lambda one: SAY.channel(Channel(one)),
        ),
        "matter": partial(choices, (*when, "matter"), _("Matter"), _("anything"), known, SAY.matter),
        "severity": partial(_severity, policy, disabled, (*when, "severity")),
        "sentiment": partial(_sentiment, policy, disabled, (*when, "sentiment")),
        "concern": partial(_concern, policy, disabled, index),
        "levels": partial(_asked, policy, disabled, index, lambda some: lambda now: asked(now, asked=some)),
        "rules": partial(
            choices,
            (*here, "instead_of"),
            _("Instead of"),
            _("no other rule"),
            list(others),
            lambda one: others.get(one, one),
        ),
    }
    _sentence(_(RULE), places)
    left, right = st.columns([3, 1])
    with left:
        _text(policy, disabled, (*here, "says"), _("What people read of it"), 200)
    with right:
        _text(policy, disabled, (*here, "id"), _("Its name in the text"), 40)


def _asked(policy: Policy, disabled: bool, index: int, put: Callable[[list[int]], Callable[[Policy], Policy]]) -> None:
    present = form.asks(policy, index)
    options = [EXPERT, *sorted({*policy.levels, *(level for level in present if level != EXPERT)})]
    called = {level: f"{words.level(level)}: {terms.name}" for level, terms in policy.levels.items()}
    key = f"policy-rules-{index}-asks"
    _seed(key, present)
    st.multiselect(
        _("Who is asked"),
        options,
        format_func=lambda level: called.get(level, words.level(level)),
        placeholder=_("nobody"),
        key=key,
        on_change=lambda: policy_draft.change(put(sorted(st.session_state[key]))),
        label_visibility="collapsed",
        disabled=disabled,
        width=300,
    )


def _severity(policy: Policy, disabled: bool, path: Path) -> None:
    """Any severity, one, or a range of them."""
    present = form.value(policy, path)
    ranges = {
        f"{low}-{high}": Between(at_least=low, at_most=high) for low in Severity for high in Severity if low <= high
    }
    said = {"": _("any severity")}
    said |= {one: _("severity {range}", range=between(span, SAY)) for one, span in ranges.items()}
    chosen = f"{present.get('at_least', 0)}-{present.get('at_most', 4)}" if present is not None else ""

    def read(one: str) -> dict[str, int] | None:
        return {"at_least": int(ranges[one].at_least), "at_most": int(ranges[one].at_most)} if one else None

    _one(path, _("Severity"), said, chosen, read, disabled, 210)


def _sentiment(policy: Policy, disabled: bool, path: Path) -> None:
    present = form.value(policy, path)
    chosen = str(present["below"]) if present else ""
    bounds = sorted({*_BOUNDS, *([chosen] if chosen else [])}, key=float)
    said = {"": _("any sentiment")}
    said |= {one: _("a mean sentiment below {bound}", bound=number(float(one), 2)) for one in bounds}
    _one(path, _("Sentiment"), said, chosen, lambda one: {"below": float(one)} if one else None, disabled, 260)


def _concern(policy: Policy, disabled: bool, index: int) -> None:
    """Whether the comment raises a concern. A rule that hides comments must say it; an older one that does not, is
    shown so and stays so until somebody chooses."""
    path, when = ("rules", index, "when", "concern"), policy.rules[index].when
    chosen = {None: "", True: "true", False: "false"}.get(form.value(policy, path), "any")
    hides = bool(when.action and when.action & HIDES)
    said = {one: _CONCERN[one] for one in _CONCERN if one == chosen or one != ("" if hides else "any")}
    if when.old:
        said[""] = _(_NOT_SAID)
    read = {"": None, "true": True, "false": False, "any": "any"}
    _one(path, _("Concern"), said, chosen, read.__getitem__, disabled, 250)


# --- levels and times ------------------------------------------------------------------------------------------------


def _levels(policy: Policy, disabled: bool) -> None:
    for level in sorted(policy.levels):
        _sentence(_(LEVEL), _terms(policy, disabled, ("levels", level)) | {"n": str(level)})
    _sentence(_(EXPERTS), _terms(policy, disabled, ("expert",)))
    with st.container(horizontal=True):
        full = len(policy.levels) >= form.MOST_LEVELS
        st.button(_("New level"), on_click=_add_level, disabled=disabled or full)
        for level in sorted(policy.levels):
            gone = partial(form.remove_level, level=level)
            named = _("Remove level {n}", n=level)
            st.button(named, key=f"policy-gone-{level}", on_click=policy_draft.change, args=(gone,), disabled=disabled)


def _add_level() -> None:
    policy_draft.change(lambda policy: form.add_level(policy, _("A new level")))


def _terms(policy: Policy, disabled: bool, here: Path) -> dict[str, Place]:
    quorum = (*here, "quorum")
    chosen = str(form.value(policy, quorum))
    said = {one: _how_many(one) for one in dict.fromkeys((*_QUORUMS, chosen))}

    def read(one: str) -> str | int:
        return int(one) if one.isdigit() else one

    return {
        "name": partial(_text, policy, disabled, (*here, "name"), _("Name"), 60, 200),
        "quorum": partial(_one, quorum, _("How many"), said, chosen, read, disabled, 160),
        "time": partial(_time, policy, disabled, (*here, "answers_within")),
    }


def _how_many(quorum: str) -> str:
    if quorum.isdigit():
        return many("{n} of them", "{n} of them", int(quorum))
    return _("any one of them") if quorum == Quorum.ANY else _("all of them")


def _times(policy: Policy, disabled: bool) -> None:
    for severity in sorted(policy.due, reverse=True):
        due = partial(_time, policy, disabled, ("due", int(severity)))
        _sentence(_(DUE), {"severity": SAY.severity(severity), "time": due})
    waits, stays = (partial(_time, policy, disabled, (name,)) for name in ("approval_valid", "sending_valid"))
    _sentence(_(WAITS), {"time": waits})
    _sentence(_(STAYS), {"time": stays})
    called = partial(_text, policy, disabled, ("name",), _("Name"), 80, 300)
    _sentence(_(CALLED), {"name": called})


def _time(policy: Policy, disabled: bool, path: Path) -> None:
    """A length of time: the usual ones, and the one that the text has."""
    chosen = form.value(policy, path)
    said = {one: _span(one) for one in dict.fromkeys([*_TIMES, chosen])}
    _one(path, _("Time"), said, chosen, str, disabled, 120)


def _span(written: str) -> str:
    count, unit = int(written[:-1]), written[-1]
    return {"m": _("{n} min", n=count), "h": _("{n} h", n=count), "d": _("{n} d", n=count)}[unit]


# --- the text beside it ----------------------------------------------------------------------------------------------


def text(draft: Draft) -> None:
    """The policy as text, and what the form does to it."""
    _seed(policy_draft.TEXT, draft.text)
    st.text_area(_("Policy as text (YAML)"), height=430, key=policy_draft.TEXT, on_change=policy_draft.typed)


def standing(draft: Draft, now: InForce, wrong: PolicyError | None) -> None:
    """How the text stands: what is wrong in it, what the form does to its comments, and whether another version was
    saved meanwhile."""
    if wrong:
        frame.problem(_("{problem} The form shows the text before that, and waits.", problem=wrong))
    for line, problem in [] if wrong else policies.problems(draft.text)[:_PROBLEMS]:
        frame.problem(_("Line {line}: {problem}", line=line, problem=problem))
    if draft.number != now.number:
        frame.problem(_("Version {number} was saved while you wrote.", number=now.number))
        with st.container(horizontal=True):
            st.button(_("Go on with mine"), on_click=policy_draft.follow, args=(now,))
            st.button(_("Start from version {number}", number=now.number), on_click=policy_draft.forget)
    elif draft.changed:
        frame.quiet(_("This is not in force yet."))
    if not wrong and not kept(draft.text):
        frame.problem(
            _(
                "The form cannot keep how this text is written, as it has anchors or its rules stand in brackets: the"
                " first change in the form writes it anew, and its comments (#) are lost."
            )
        )
    else:
        frame.quiet(
            _(
                "The form and the text are one policy: a choice changes the text at once, and the form follows the text"
                " when you leave it. Comments (#) stay, but for those within what the form changes or removes."
            )
        )


# --- sentences and their choices -------------------------------------------------------------------------------------


def _sentence(sentence: str, places: Mapping[str, Place]) -> None:
    """Words and choices in a row, in the order that the language has them."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        text = ""
        for said, place, _spec, _conversion in Formatter().parse(sentence):
            text += said
            here = places.get(place or "")
            if isinstance(here, str):
                text += here
                continue
            if text.strip():
                st.html(f"<span>{escape(text.strip())}</span>", width="content")
            text = ""
            if here:
                here()


def _several(
    policy: Policy,
    disabled: bool,
    path: Path,
    label: str,
    none: str,
    options: Sequence[str],
    say: Callable[[Any], str],
) -> None:
    """Several of some values; none of them is no condition at all."""
    present = form.value(policy, path) or []
    key = _key(path)
    if set(st.session_state.get(key) or []) != set(present):
        st.session_state[key] = list(dict.fromkeys(present))
    st.multiselect(
        label,
        [*options, *(one for one in present if one not in options)],
        format_func=say,
        placeholder=none,
        key=key,
        on_change=_take,
        args=(path, key, lambda some: [str(one) for one in some] or None),
        label_visibility="collapsed",
        disabled=disabled,
        width=250,
    )


def _one(path: Path, label: str, said: Mapping[str, str], chosen: str, read: Read, disabled: bool, width: int) -> None:
    key = _key(path)
    _seed(key, chosen)
    st.selectbox(
        label,
        list(said),
        format_func=lambda one: said.get(one, one),
        key=key,
        on_change=_take,
        args=(path, key, read),
        label_visibility="collapsed",
        disabled=disabled,
        width=width,
    )


def _text(policy: Policy, disabled: bool, path: Path, label: str, most: int, width: int = 0) -> None:
    key = _key(path)
    _seed(key, form.value(policy, path))
    st.text_input(
        label,
        max_chars=most,
        key=key,
        on_change=_take,
        args=(path, key, str.strip),
        label_visibility="collapsed" if width else "visible",
        disabled=disabled,
        width=width or "stretch",
    )


def _take(path: Path, key: str, read: Read) -> None:
    value = read(st.session_state[key])
    policy_draft.change(lambda policy: form.put(policy, path, value))


def _key(path: Path) -> str:
    return "policy-" + "-".join(map(str, path))


def _seed(key: str, value: object) -> None:
    """What the text says goes before what a choice was; a choice that says the same is left alone."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value
