"""The panel of a tour, in the page's own flow, so that it covers nothing; the offer of one; and the way back to it."""

from html import escape

import streamlit as st

from access import preferences
from model.errors import LevelheadError
from model.language import Labels, _, later
from model.person import Person
from store.db import Tx, store
from web import frame
from web.navigation import place
from web.ui.tour.steps import TOURS, WHO, Kind, Pane, Step, kinds
from web.ui.tour.taken import TAKEN, State, Taken

_HIDES = {Pane.LIST: ".st-key-open", Pane.OPEN: ".st-key-auto"}
"""What on a page says that a narrow screen shows the other pane (web/ui/reading.css)."""
_LEADS = {Pane.LIST: ".st-key-back", Pane.OPEN: ".st-key-list"}
"""What gets the frame there: the way to the pane."""
_WAY = Labels(
    {
        Pane.LIST: later("On a narrow screen the button with the frame leads to the list."),
        Pane.OPEN: later("On a narrow screen, open a row of the list first."),
    }
)
_EMPTY = later("Nothing is here at the moment: this is how it will be.")


def of(tx: Tx, me: Person) -> Taken:
    """Where this person is."""
    found = preferences.get(tx, me.id, TAKEN)
    # Whoever lost the role since has no use for its tour.
    return found if found.kind in kinds(me) or found.state is not State.ON else Taken(State.LEFT)


def _keep(me: Person, now: Taken) -> None:
    preferences.put(store(), me, TAKEN, now)


def _go(me: Person, now: Taken, file: str) -> None:
    """Keeps where somebody is and opens the page of the step, if it is another one."""
    try:
        _keep(me, now)
    except LevelheadError as error:
        frame.problem(error)
        return
    if now.state is State.ON and now.here.file != file:
        st.switch_page(place(now.here.file).script)
    st.rerun()


def show(me: Person, now: Taken, file: str, *, offer: bool) -> None:
    """On every page: the step that somebody is at; or, while nobody has answered it, the `offer` of a tour. `file` is
    the page that is open."""
    if now.state is State.ON:
        _step(me, now, file)
    elif now.state is State.NEW and offer and kinds(me):
        _offer(me, now, file)
    else:
        st.empty()  # its place is kept, so that nothing behind it is made anew when a tour ends


def _step(me: Person, now: Taken, file: str) -> None:
    tour, step = TOURS[now.kind], now.here
    with st.container(key="tour"):
        count = _("Tour {who}: step {n} of {all}", who=WHO[now.kind], n=now.step + 1, all=len(tour))
        here = file == step.file
        about = _("This is about the page {page}.", page=_(place(step.file).title))
        more = "" if here else f" <b>{escape(about)}</b>"
        says = f"<p>{escape(_(step.says))}{more}{_way(step, here)}</p>"
        st.html(
            f"<section class='lh-tour' aria-label='{escape(_('Tour'))}' aria-live='polite'>"
            f"<small>{escape(count)}</small><h2>{escape(_(step.title))}</h2>{says}</section>"
            f"{_framed(step, here)}"
        )
        with st.container(horizontal=True, key="tour-steps"):
            if st.button(_("Back"), key="tour-back", disabled=now.step == 0):
                _go(me, now.back(), file)
            last = _("End the tour") if now.is_last else _("Next step")
            if st.button(last, key="tour-next", type="primary"):
                _go(me, now.next(), file)
            if not here and st.button(_("Open that page"), key="tour-there"):
                _go(me, now, file)
            if not now.is_last and st.button(_("Leave the tour"), key="tour-leave", type="tertiary"):
                _go(me, now.leave(), file)


def _way(step: Step, here: bool) -> str:
    """Where to find what a step is about when it is not shown; which of it holds, the style of the frame says."""
    if not here or step.pane is None:
        return ""
    ways = (("other", _WAY[step.pane]), ("empty", _(_EMPTY)))
    return "".join(f" <b class='lh-tour-{name}'>{escape(text)}</b>" for name, text in ways)


def _framed(step: Step, here: bool) -> str:
    """A frame around what the step is about, or around the way to it. Selectors are our own, from the table of
    steps."""
    if not here or not step.frames:
        return ""
    frame = "{ outline: 2px solid var(--lh-teal); outline-offset: -2px; }"
    rules = [f".stMain {step.frames} {frame}"]
    if step.instead:
        rules.append(f".stMain:not(:has({step.frames})) {step.instead} {frame}")
    if step.pane:
        other = f".stMain:has({_HIDES[step.pane]})"
        narrow = f"{other} {_LEADS[step.pane]} {frame} {other} .lh-tour-other {{ display: inline; }}"
        rules.append(f"@media (max-width: 1023px) {{ {narrow} }}")
    return f"<style>{' '.join(rules)}</style>"


def _offer(me: Person, now: Taken, file: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="tour-offer"):
        st.html(f"<p>{escape(_('New here? Seven steps show what you need.'))}</p>")
        for kind in kinds(me):
            if st.button(_("Tour {who}", who=WHO[kind]), key=f"tour-{kind}"):
                _go(me, now.begin(me, kind), file)
        if st.button(_("Not now"), key="tour-not-now", type="tertiary", help=_("You find it under My settings.")):
            _go(me, now.leave(), file)


def found_again(me: Person) -> None:
    """For My settings: each tour that fits, to begin or to go on with."""
    with store().read() as tx:
        now = of(tx, me)
    if not kinds(me) or now.state is State.ON:
        return
    st.subheader(_("Tour"), anchor=False)
    with st.container(horizontal=True):
        for kind in kinds(me):
            if st.button(_label(now, kind), key=f"tour-again-{kind}"):
                _go(me, now.begin(me, kind), "me.py")


def _label(now: Taken, kind: Kind) -> str:
    if now.goes_on_with(kind):
        return _("Tour {who}: go on at step {n}", who=WHO[kind], n=now.step + 1)
    return _("Tour {who}", who=WHO[kind])
