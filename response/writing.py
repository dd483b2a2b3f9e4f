"""Writing as it is typed: each pause is saved, no letter is lost to a second tab, a lost claim or a lost session."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from access.permissions import Permission, require
from model import clock
from model.content import fixed_text
from model.errors import BadInput, Conflict, NotFound
from model.language import _
from model.person import Person
from model.words import Action, ResponseState
from response import cases, drafts
from response.text import at_moment
from store import audit, deciders, responses
from store import drafts as rows
from store.db import Store, Tx
from store.drafts import Saved
from store.responses import Response

WRITABLE = (ResponseState.DRAFT, ResponseState.CHANGES_REQUESTED)
ONE_SAVE = timedelta(minutes=5)
_LOST = 200
_TAB = re.compile(r"[A-Za-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class Saving:
    """What became of a text: its number, and the version of the response's row. `told` is why it was kept aside, empty
    when it is the response's text; `over` then is the text that stands there, if another save made it."""

    seq: int
    version: int
    at: datetime
    told: str = ""
    over: Saved | None = None


@dataclass(frozen=True, slots=True)
class Hand:
    """What a tab begins from: the text, its number, and by whom and when it was saved (None: nothing yet)."""

    text: str
    seq: int
    by: int | None
    at: datetime | None


def kept_text(text: str) -> str:
    """The text as it is kept while it is written: line ends are LF, NUL and lone surrogates gone, outer blanks stay."""
    return fixed_text(f".{text}.")[1:-1]


def begins_anew(before: str, now: str, since: timedelta) -> bool:
    """Whether a tab's further typing is a save of its own, so that what was there before stays in the history: after
    five minutes, or when much went at once, as by a slip of the hand."""
    return since >= ONE_SAVE or len(before) - len(now) >= max(_LOST, len(before) // 2)


def in_hand(tx: Tx, response: Response) -> Hand:
    """What an editor opens with."""
    newest = rows.newest(tx, response.id)
    # A draft that came another way than through a save of it is what counts.
    if newest and fixed_text(newest.text) == response.draft:
        return Hand(newest.text, newest.seq, newest.person_id, newest.at)
    seq = newest.seq if newest else 0
    return Hand(response.draft, seq, response.saved_by if response.draft else None, response.saved_at)


def save(store: Store, by: Person, response_id: int, text: str, base: int, tab: str) -> Saving:
    """Saves what a tab has typed since it saw the save number `base`.

    It becomes the response's text, unless another tab saved in between, somebody else has the case, or the response is
    under way: then it is kept aside, whole, and `told` says why. Saving what is there already changes nothing. Raises
    BadInput, with nothing saved, when the text is too long.
    """
    require(by, Permission.TRIAGE)
    if not _TAB.fullmatch(tab):
        raise BadInput(_("This window has no proper name. Load the page again; your text is kept."))
    kept, now = kept_text(text), clock.now()
    draft = drafts.bounded(kept)
    with store.write() as tx:
        response = responses.get(tx, response_id)
        if response is None or response.action is not Action.REPLY:
            raise NotFound(_("There is no such reply any more. Copy your text before you leave the page."))
        newest = rows.newest(tx, response_id)
        if newest and newest.text == kept and draft == response.draft:
            rows.settle(tx, response_id, now, tab=tab)
            return Saving(newest.seq, response.version, newest.at)
        if newest is None and draft == response.draft and (base or kept == draft):
            return Saving(base, response.version, response.saved_at)
        why, over = _hindered(tx, by, response, newest, base, tab, now)
        if why:
            # Whoever's words are kept may find them merged into the text: they cannot approve it.
            _wrote(tx, by, response, now)
            seq = _keep(tx, response_id, by, tab, kept, now, aside=True)
            return Saving(seq, response.version, now, why, over)
        if draft != response.draft:
            _wrote(tx, by, response, now)
            responses.change(tx, response_id, response.version, draft=draft, saved_at=now, saved_by=by.id)
        rows.settle(tx, response_id, now, tab=tab)
        seq = _keep(tx, response_id, by, tab, kept, now, aside=False)
        return Saving(seq, response.version + (draft != response.draft), now)


def send(store: Store, by: Person, response_id: int, text: str, base: int, tab: str) -> int:
    """Saves the text and sends it for approval; returns the submission's id. Raises Conflict, with the text kept aside,
    when it could not become the response's text."""
    saved = save(store, by, response_id, text, base, tab)
    if saved.told:
        raise Conflict(saved.told)
    return drafts.submit(store, by, response_id, saved.version)


def set_aside(store: Store, by: Person, response_id: int, save_id: int) -> None:
    """A person has looked at what was kept aside: it goes to the history."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        if rows.settle(tx, response_id, now, save_id=save_id):
            audit.record(tx, "response.aside_settled", "response", response_id, by=by.id, at=now, save=save_id)


def _hindered(
    tx: Tx, by: Person, response: Response, newest: Saved | None, base: int, tab: str, now: datetime
) -> tuple[str, Saved | None]:
    """Why a text cannot become the response's, and the text that stands there instead; ("", None) when it can."""
    if response.state not in WRITABLE:
        told = _("This reply is no longer being written. What you typed is kept beside it; take it back to go on.")
        return told, None
    if response.case_id is not None:
        try:
            cases.hold(tx, by, response.case_id, now)
        except Conflict as lost:
            return f"{lost} {_('What you typed is kept.')}", None
    if newest and newest.seq > base and newest.tab != tab:
        at = at_moment(newest.at)
        if newest.person_id == by.id:
            return _(
                "You saved another text in another window at {at}. Both are kept: compare them below.", at=at
            ), newest
        who = deciders.names(tx).get(newest.person_id, _("Somebody"))
        return _("{who} saved another text at {at}. Both are kept: compare them below.", who=who, at=at), newest
    return "", None


def _keep(tx: Tx, response_id: int, by: Person, tab: str, text: str, now: datetime, *, aside: bool) -> int:
    """Stores a text: in the tab's own last save when it goes on with it, else as a new one."""
    if aside:
        last = next((one for one in rows.aside(tx, response_id) if one.tab == tab and one.person_id == by.id), None)
    else:
        last = rows.newest(tx, response_id)
    mine = last if last and last.tab == tab and last.person_id == by.id else None
    if mine and not begins_anew(mine.text, text, now - mine.begun_at):
        return rows.go_on(tx, mine, text, now)
    if mine and aside:
        rows.settle(tx, response_id, now, save_id=mine.id)
    return rows.add(tx, response_id, by.id, tab, text, now, aside=aside)


def _wrote(tx: Tx, by: Person, response: Response, now: datetime) -> None:
    """Records who writes: once for each person, as saving each second means nothing more."""
    if by.id not in responses.editors(tx, response.id):
        responses.add_editor(tx, response.id, by.id)
        audit.record(tx, "response.written", "response", response.id, by=by.id, at=now)
