"""Matters on the page: chosen from a list, written, and tried on the comments of late as one types."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from access.permissions import Permission, may
from analysis import own
from analysis.matters import load
from model.errors import LevelheadError
from model.language import _, later, many, number
from model.person import Person
from model.words import Severity
from response import matter_trial, matters
from response.matter_trial import Raised, Trial
from response.matters import InForce, OwnMatter
from store.db import store
from store.matters import MatterVersion
from web import frame
from web.ui import by_example, lists, loosening, team, words
from web.ui.acting import attempt

SHOWN = 10
_CHOSEN = "matter-chosen"
_AROUND = 90
_TYPED = ("phrases", "unless", "examples", "near_misses")
_SAVED = later("Saved. Comments that are read from now on are assessed by it; those assessed before stay as they were.")


# --- the list --------------------------------------------------------------------------------------------------------


def choose(now: InForce, fresh: str) -> str:
    """The key of a matter: `fresh` for a new one, the organisation's own, or one that ships."""
    ours = [one for one in now.matters if own.shipped(one.key) is None]
    called = {one.key: one.name for one in ours} | {one.key: _(one.name) for one in load()}
    names = list(called.values())
    keys = [fresh, *called]
    chosen = st.session_state.get(_CHOSEN)
    chosen = chosen if chosen in keys else keys[1]
    # The browser knows the matters by these words: two of one name are told apart by their keys, and where another
    # version has other words, the list is another one.
    listed = f"matter-list-{now.number}"
    with st.container(height=430, border=True, key="matter-list"):
        st.radio(
            _("Choose a matter"),
            keys,
            index=keys.index(chosen),
            format_func=lambda key: lists.plain(
                _("A new matter …") if key == fresh else called[key] + f" ({key})" * (names.count(called[key]) > 1)
            ),
            captions=[lists.plain(_stands(now, key)) if key != fresh else "" for key in keys],
            label_visibility="collapsed",
            key=listed,
            on_change=lambda: st.session_state.update({_CHOSEN: st.session_state[listed]}),
        )
    return chosen


def _stands(now: InForce, key: str) -> str:
    ours, ships = now.get(key), own.shipped(key)
    severity = (ours and ours.severity) if ours and ours.severity is not None else ships and ships.severity
    said = [words.SEVERITY[Severity(severity or 0)]]
    if ours is not None:
        said.append(_("yours") if ships is None else _("changed by you"))
        if ours.off:
            said.append(_("switched off"))
    return " · ".join(said)


def former(found: Sequence[MatterVersion], names: Mapping[int, str]) -> None:
    """The newest versions: what was changed, when, and by whom."""
    if not found:
        return
    called = words.matters()
    lines = "".join(
        f"<p>{escape(called.get(one.changed, one.changed))}<span class='when'>{escape(words.exact(one.at))}</span><br>"
        f"<span class='lh-quiet'>{escape(_('version {n}, {who}', n=one.number, who=names.get(one.by, '')))}</span></p>"
        for one in found
    )
    st.html(f"<div class='lh-side'><h2>{escape(_('Versions'))}</h2>{lines}</div>")


# --- one matter ------------------------------------------------------------------------------------------------------


@st.fragment
def write(me: Person, now: InForce, key: str, everybody: Sequence[Person]) -> None:
    """A matter to be written, and what its words find; nothing counts before it is saved."""
    here = f"matter-{key}-{now.number}"
    old = now.get(key) or OwnMatter(key=key)
    ships = own.shipped(key)
    fields, found = st.columns([55, 45], gap="large")
    with fields:
        if ships is not None:
            st.subheader(_(ships.name), anchor=False)
            frame.quiet(_(ships.definition))
            frame.quiet(many("{n} phrase ships with it.", "{n} phrases ship with it.", len(ships.phrases)))
        wanted = _form(here, old, everybody)
    with found:
        tried = _tried(here, wanted, old)
        if isinstance(tried, str):
            frame.problem(tried)
        else:
            _results(me, tried)
            by_example.found(me, tried)
    with fields, st.container(horizontal=True):
        matter = None if isinstance(wanted, str) else wanted
        why = loosening.why_field(me, None, here) if matter and matters.asks_less(now, matter) else ""
        if st.button(_("Save matter"), type="primary", key=f"{here}-save") and matter:
            attempt(
                lambda: matters.save(store(), me, matter, now.number, why),
                lambda number: _(_SAVED if number else team.WAITS),
            )
            st.rerun()
        if isinstance(wanted, str):
            frame.problem(wanted)


def _form(here: str, old: OwnMatter, everybody: Sequence[Person]) -> OwnMatter | str:
    """What is written there as a matter, or why it cannot be one."""
    ships = own.shipped(old.key)
    texts = {}
    if ships is None:
        texts["name"] = st.text_input(_("Name"), value=old.name, max_chars=60, key=f"{here}-name")
        texts["definition"] = st.text_input(
            _("What is it about?"), value=old.definition, max_chars=matters.LONGEST_TOLD, key=f"{here}-definition"
        )
    severity = _severity(here, old)
    labels = {
        "phrases": _("Words and phrases, one on each line"),
        "unless": _("It does not count in these phrases"),
        "examples": _("Examples that must be found, one on each line"),
        "near_misses": _("Near misses that must not be"),
    }
    for name in _TYPED:
        field = f"{here}-{name}"
        if field not in st.session_state:
            st.session_state[field] = "\n".join(getattr(old, name))
        texts[name] = st.text_area(labels[name], height=110 if name == "phrases" else 80, key=field)
    asked = _asked(here, old, everybody)
    grave = ships is not None and ships.severity >= own.GRAVE
    off = st.checkbox(_("Do not look for it any more"), value=old.off, disabled=grave, key=f"{here}-off")
    if grave:
        frame.quiet(
            _(
                "It ships with severity high or critical: you can raise it and add to its words. It cannot be lowered"
                " or switched off, as somebody may be in danger, and what nobody looks for nobody sees."
            )
        )
    try:
        return matters.written(old.key, texts, severity, asked, off)
    except LevelheadError as error:
        return str(error)


def _severity(here: str, old: OwnMatter) -> Severity | None:
    """The severity; a grave one that ships can only be raised. None: as it ships."""
    ships = own.shipped(old.key)
    least = ships.severity if ships and ships.severity >= own.GRAVE else Severity.NONE
    options = [one for one in Severity if one >= least]
    usual = ships.severity if ships else Severity.LOW
    present = usual if old.severity is None else old.severity
    chosen = st.selectbox(
        _("Severity"),
        options,
        index=options.index(present),
        format_func=lambda one: words.SEVERITY[Severity(one)],
        key=f"{here}-severity",
    )
    return None if ships and chosen == ships.severity else Severity(chosen or 0)


def _asked(here: str, old: OwnMatter, everybody: Sequence[Person]) -> str:
    """Who is asked about it: a person, a level, or nobody in particular."""
    deciding = {one.id: one.name for one in everybody if may(one, Permission.DECIDE)}
    called = {"": _("Nobody in particular")}
    called |= {f"person-{number}": name for number, name in lists.told_apart(deciding).items()}
    called |= {f"level-{number}": words.level(number) for number in range(1, 6)}
    options = [*called, *([old.asked] if old.asked not in called else [])]
    return st.selectbox(
        _("Who is asked about it"),
        options,
        index=options.index(old.asked),
        format_func=lambda one: called.get(one, _("somebody who is no longer here")),
        help=_("Whoever escalates a case about it finds this choice made already."),
        key=f"{here}-asked",
    )


# --- what it finds ---------------------------------------------------------------------------------------------------


def _tried(here: str, wanted: OwnMatter | str, old: OwnMatter) -> OwnMatter | str:
    """What is looked for: what is written, with the phrase that is being typed."""
    field = f"{here}-try"
    typed = st.text_input(_("Try a word or phrase"), max_chars=own.LONGEST, live=True, key=field)
    st.button(_("Add it to the list"), on_click=_add, args=(here,), disabled=not typed, key=f"{here}-add")
    if isinstance(wanted, str):
        wanted = old
    if not typed:
        return wanted
    try:
        return wanted.model_copy(update={"phrases": (*wanted.phrases, own.phrase(typed))})
    except LevelheadError as error:
        return str(error)


def _add(here: str) -> None:
    """Puts what is being tried into the list."""
    listed = str(st.session_state.get(f"{here}-phrases", "")).strip()
    st.session_state[f"{here}-phrases"] = f"{listed}\n{st.session_state[f'{here}-try']}".strip()
    st.session_state[f"{here}-try"] = ""


def _results(me: Person, wanted: OwnMatter) -> None:
    """What the words would have raised of late, and how the examples and near misses fare."""
    tried = matter_trial.of_late(store(), me, wanted)
    quoted = _quoted(tried.raised, may(me, Permission.COMMENTS))
    st.html(f"<div class='lh-side' role='status'>{_counted(tried)}{_told(tried)}{quoted}</div>")


def _counted(tried: Trial) -> str:
    days = matter_trial.LOOKED_BACK.days
    of = many("all {n} comment", "all {n} comments", tried.looked_at) if tried.looked_at else _("no comment")
    if tried.there > tried.looked_at:
        of = _("the newest {n} of {all} comments", n=number(tried.looked_at), all=number(tried.there))
    said = [
        _("Looked at: {comments} of the last {days} days.", comments=of, days=days),
        many("{n} would have been raised that is not now.", "{n} would have been raised that are not now.", tried.more),
        many("{n} is found already.", "{n} are found already.", tried.same),
    ]
    if tried.fewer:
        said.append(many("{n} would be found no more.", "{n} would be found no more.", tried.fewer))
    return "".join(f"<p>{escape(one)}</p>" for one in said)


def _told(tried: Trial) -> str:
    missed = [_("Not found, and it should be: “{text}”", text=text) for text in tried.missed]
    caught = [_("Found, and it should not be: “{text}”", text=text) for text in tried.caught]
    return "".join(f"<p class='lh-problem'>{escape(one)}</p>" for one in (*missed, *caught))


def _quoted(raised: Sequence[Raised], linked: bool) -> str:
    """Comments with what was found in them marked."""
    return "".join(f"<p>{_around(one, linked)}</p>" for one in raised)


def _around(one: Raised, linked: bool) -> str:
    start, end = max(0, one.span.start - _AROUND), min(len(one.text), one.span.end + _AROUND)
    before, found = one.text[start : one.span.start], one.text[one.span.start : one.span.end]
    behind = one.text[one.span.end : end]
    first, last = "…" if start else "", "…" if end < len(one.text) else ""
    marked = f"<mark>{escape(found)}</mark>"
    which = escape(_("comment {id}", id=one.comment_id))
    if linked:
        which = f"<a href='/comments?comment={one.comment_id}' target='_self'>{which}</a>"
    return f"“{first}{escape(before)}{marked}{escape(behind)}{last}” <span class='lh-quiet'>{which}</span>"
