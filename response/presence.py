"""Who is looking at a case, who has it, and how it passes from one person to another without a word being lost."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from access.permissions import Permission, may, require
from model import clock
from model.errors import BadInput, Conflict
from model.language import _, sense
from model.person import Person
from model.settings import settings
from response import cases, undo
from response.notices import TAKEN, TAKEOVER, About, notify, over
from response.takeover import Move, Standing, after, allowed
from response.text import typed
from store import audit, people
from store import cases as case_rows
from store import presence as rows
from store.cases import Claim
from store.db import Busy, Store, Tx
from store.keys import keys
from store.presence import Looking, Takeover

SIGN_EVERY = timedelta(seconds=10)
"""A window that is open gives a sign of life so often; after `rows.LASTS` without one it counts as closed."""


@dataclass(frozen=True, slots=True)
class Company:
    """Who is around a case, as one person sees it.

    `asks` is the question that is open, `kept` the answer of a holder who keeps it, `lost` how this person lost the
    case to whoever has it now. `may` is what the person may do with the claim.
    """

    claim: Claim | None
    others: list[Looking]
    asks: Takeover | None = None
    kept: Takeover | None = None
    lost: Takeover | None = None
    may: frozenset[Move] = field(default_factory=frozenset)


def look(store: Store, by: Person, case_id: int) -> Company:
    """Gives a sign of life from a case, and says who else is there. Cheap: it is asked every few seconds."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.read() as tx:
        last = rows.seen(tx, case_id, by.id)
        case = case_rows.get(tx, case_id)
        found = _company(tx, by, case_id, case.severity if case else 0, now)
    if case is not None and (last is None or now - last >= SIGN_EVERY):
        with suppress(Busy), store.note() as tx:  # the next look gives another sign
            rows.sign(tx, case_id, by.id, now)
    return found


def _company(tx: Tx, by: Person, case_id: int, severity: int, now: datetime) -> Company:
    claim, told = case_rows.claim_of(tx, case_id, now), rows.newest(tx, case_id)
    standing = _standing(claim, told)
    others = [one for one in rows.looking(tx, case_id, now) if one.person_id != by.id]
    about = [one for one in told if claim and _is_about(one, claim)]
    asked_by = standing.at(now).asked_by
    return Company(
        claim,
        others,
        asks=next((one for one in about if one.answered_at is None and one.by == asked_by), None),
        kept=next((one for one in about if one.outcome == "kept" and one.by == by.id), None),
        lost=next(
            (
                one
                for one in told
                if claim and one.outcome == "taken" and one.holder_id == by.id and one.answered_at == claim.since
            ),
            None,
        ),
        may=allowed(standing, by.id, severity, now),
    )


def _is_about(one: Takeover, claim: Claim) -> bool:
    return one.holder_id == claim.person_id and one.held_since == claim.since


def _standing(claim: Claim | None, told: list[Takeover]) -> Standing:
    """What the rows say of a claim; `told` is newest first."""
    if claim is None:
        return Standing()
    about = [one for one in told if _is_about(one, claim)]
    asks = next((one for one in about if one.answered_at is None), None)
    kept = next((one for one in about if one.outcome == "kept"), None)
    return Standing(
        claim.person_id,
        claim.expires_at,
        asks.by if asks else None,
        asks.asked_at if asks else None,
        kept.by if kept else None,
        kept.answered_at if kept else None,
    )


def _moved(tx: Tx, by: Person, case_id: int, move: Move, now: datetime, to: int | None = None) -> tuple[Claim, int]:
    """Looks up how the claim stands and checks the move; the claim as it was, and the id of the open question (0)."""
    case = cases.open_case(tx, case_id)
    claim, told = case_rows.claim_of(tx, case_id, now), rows.newest(tx, case_id)
    until = now + cases.CLAIM_LASTS
    after(_standing(claim, told), move, by.id, case.severity, now, until=until, to=to)
    assert claim is not None, "only claims that somebody has are asked for, kept, given and taken"
    asks = next((one.id for one in told if one.answered_at is None and _is_about(one, claim)), 0)
    return claim, asks


def ask(store: Store, by: Person, case_id: int) -> None:
    """Asks whoever has a case to hand it over; they are told when the seconds to undo it are over."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        claim, _asks = _moved(tx, by, case_id, Move.ASK, now)
        with undo.remembering(tx, by, undo.ASKED_FOR, case_id, now):
            if old := rows.open_one(tx, case_id):
                _settle(tx, old, "lapsed", now)
            takeover = _wanted(tx, claim, by, now)
            about = About("takeover", takeover, case_id=case_id)
            notify(tx, TAKEOVER, {claim.person_id}, about, now, after=settings().final_at(now))
            data = {"takeover": takeover, "holder": claim.person_id}
            audit.record(tx, "case.takeover_asked", "case", case_id, by=by.id, at=now, **data)


def keep(store: Store, by: Person, case_id: int, word: str) -> None:
    """The holder keeps the case, and says a word why."""
    require(by, Permission.TRIAGE)
    said = typed(word, sense("what somebody has to write", "a word why you keep it"))
    now = clock.now()
    with store.write() as tx:
        _claim, asks = _moved(tx, by, case_id, Move.KEEP, now)
        with undo.remembering(tx, by, undo.KEPT, case_id, now):
            words_id, digest = audit.say(tx, keys(), "reason", said, by=by.id, at=now)
            found = rows.get(tx, asks)
            assert found is not None
            _settle(tx, found, "kept", now, words_id)
            data = {"takeover": asks, "asked_by": found.by, "reason": digest}
            audit.record(tx, "case.kept", "case", case_id, by=by.id, at=now, **data)


def hand_over(store: Store, by: Person, case_id: int, to_person: int) -> None:
    """The holder gives the case to another person who works on cases, whether that one asked or not. That person is
    told when the seconds to undo it are over."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        other = people.get(tx, to_person)
        if other is None or not may(other, Permission.TRIAGE):
            raise BadInput(_("This person does not work on cases. Choose a community manager."))
        claim, asks = _moved(tx, by, case_id, Move.HAND_OVER, now, to_person)
        with undo.remembering(tx, by, undo.HANDED_OVER, case_id, now):
            _give(tx, claim, to_person, now)
            if asks and (found := rows.get(tx, asks)):
                _settle(tx, found, "handed over" if found.by == to_person else "lapsed", now)
            event = audit.record(tx, "case.handed_over", "case", case_id, by=by.id, at=now, person=to_person)
            about = About("handover", event, case_id=case_id)
            notify(tx, TAKEN, {to_person}, about, now, after=settings().final_at(now))


def take_over(store: Store, by: Person, case_id: int, reason: str) -> None:
    """Takes a case whose holder did not answer for two minutes, or a critical one at once; they are told who and why
    when the seconds to undo it are over.

    What the holder typed is kept: what was saved is the reply's text, what they still type is kept beside it.
    """
    require(by, Permission.TRIAGE)
    said = typed(reason, sense("what somebody has to write", "a reason: whoever has the case reads it"))
    now = clock.now()
    with store.write() as tx:
        claim, asks = _moved(tx, by, case_id, Move.TAKE, now)
        with undo.remembering(tx, by, undo.TAKEN_OVER, case_id, now):
            _give(tx, claim, by.id, now)
            words_id, digest = audit.say(tx, keys(), "reason", said, by=by.id, at=now)
            found = rows.get(tx, asks) if asks else rows.open_one(tx, case_id)
            if found and (found.by != by.id or not asks):
                _settle(tx, found, "lapsed", now)
                found = None
            takeover = found.id if found else _wanted(tx, claim, by, now)
            rows.settle(tx, takeover, "taken", now, words_id)
            over(tx, TAKEOVER, "takeover", takeover, now)
            about = About("takeover", takeover, case_id=case_id)
            notify(tx, TAKEN, {claim.person_id}, about, now, after=settings().final_at(now))
            data = {"takeover": takeover, "holder": claim.person_id, "reason": digest}
            audit.record(tx, "case.taken_over", "case", case_id, by=by.id, at=now, **data)


def _wanted(tx: Tx, claim: Claim, by: Person, now: datetime) -> int:
    """Writes down that somebody wants a case that another has; returns the number of that."""
    return rows.add(
        tx,
        case_id=claim.case_id,
        holder_id=claim.person_id,
        held_since=claim.since,
        by=by.id,
        asked_at=now,
        outcome="",
    )


def _give(tx: Tx, claim: Claim, to: int, now: datetime) -> None:
    until = now + cases.CLAIM_LASTS
    if not rows.give(tx, claim.case_id, claim.person_id, claim.since, to, now, until):
        raise Conflict(_("Somebody else has this case by now. Look again before you go on."))


def _settle(tx: Tx, one: Takeover, outcome: str, now: datetime, words_id: int | None = None) -> None:
    rows.settle(tx, one.id, outcome, now, words_id)
    over(tx, TAKEOVER, "takeover", one.id, now)
