"""Working out what an approval has cost and how long a first answer took, as the record goes on.

Whatever happens to a case, a response or a comment leaves a line in the record. The worker follows it and works out
anew what stands behind each: always from the raw rows, so that doing it twice, undoing, and what is learned late come
out right, and nobody who works waits for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analysis import approval, changes
from analysis.changes import Change
from model import clock
from model.cost import ASKED_FOR, OWN_AUTHORITY, Cold, FirstResponse, LevelCost
from model.settings import settings
from model.words import Action, CaseOutcome, DecisionKind, ResponseState
from store import cost, responses
from store.cost import Said, Sent, Stay, Waiting
from store.db import Store, Tx
from store.responses import Response

LOOK_LASTS = timedelta(minutes=15)
"""Nobody is taken to have looked at one version for longer: who was away in between leaves no other trace."""
AT_ONCE = 20
"""So many cases and responses are worked out in one transaction: each takes a few milliseconds."""
STEPS = 50
"""So many transactions at a time; the next look goes on from there."""
_STALE = "stale"
_SAYS_NOTHING = frozenset({"case.opened", "case.joined", "case.graver", "case.claimed", "case.released", "case.noted"})
"""What happens most often, and changes no figure."""
_CHANGES_WHAT_IS_ANSWERED = frozenset({"comment.deleted", "comment.edited", "comment.back"})
_NOBODY_WAITED = frozenset({CaseOutcome.SPAM, CaseOutcome.UPLOAD_UNDONE})
_NO = (DecisionKind.REQUEST_CHANGES, DecisionKind.REJECT)


def follow(store: Store) -> None:
    """Works out what has happened since the last time, in short transactions; the mark moves with each."""
    with store.read() as tx:
        late = cost.expired(tx, clock.now())  # what only the clock has changed leaves no line
    for _step in range(STEPS):
        with store.read() as tx:
            if not late and not cost.happened(tx):
                return
        with store.write() as tx:
            _go_on(tx, late, clock.now())
        late = []


def catch_up(store: Store) -> None:
    """Works out all that has happened, however much, for who cannot wait for a worker."""
    left = True
    while left:
        follow(store)
        with store.read() as tx:
            left = bool(cost.happened(tx))


def _go_on(tx: Tx, late: Iterable[int], now: datetime) -> None:
    of_cases: dict[int, None] = {}
    of_responses = dict.fromkeys(late)
    seq = 0
    for line in cost.happened(tx):
        if line.subject == "case" and line.action not in _SAYS_NOTHING:
            of_cases[line.subject_id] = None
        elif line.subject == "response":
            of_responses[line.subject_id] = None
        elif line.action in _CHANGES_WHAT_IS_ANSWERED:
            of_responses.update(dict.fromkeys(cost.about_comments(tx, [line.subject_id])))
        seq = line.seq
        if len(of_cases) + len(of_responses) >= AT_ONCE:
            break
    for response_id in of_responses:
        response = responses.get(tx, response_id)
        if response is None:
            continue
        cost.keep_costs(tx, response_id, costs_of(tx, response, now), approval.of_response)
        if response.case_id is not None and response.action is Action.REPLY:
            of_cases[response.case_id] = None
    for case_id in of_cases:
        if waits := cost.waiting(tx, case_id):
            cost.keep_first(tx, case_id, first_response(waits), approval.of_case)
    if seq:
        cost.move_mark(tx, seq)


# --- one case --------------------------------------------------------------------------------------------------------


def first_response(case: Waiting) -> FirstResponse | None:
    """How long a case waited for its first answer; None while it still waits, and where nobody waited for one: it was
    spam, or came with an upload that was undone. Pure.

    The answer is words of ours that reached the channel. A case that was closed without any waited until then.
    """
    end = case.answered_at or case.closed_at
    if end is None or (case.answered_at is None and case.outcome in _NOBODY_WAITED):
        return None
    waited = max(0, int((end - case.opened_at).total_seconds()))
    day = _day(case.opened_at)
    return FirstResponse(case.case_id, day, case.channel, case.severity, case.answered_at is not None, waited)


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()


# --- one response ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Past:
    """All that is on record of how one response was approved. `cold` says since when there was nothing left to answer,
    and why, whatever the level; None: there still is."""

    response: Response
    sent: Sequence[Sent]
    stays: Sequence[Stay]
    said: Sequence[Said]
    cold: Mapping[int, tuple[datetime, Cold]]


def costs_of(tx: Tx, response: Response, now: datetime) -> list[LevelCost]:
    """What a response has cost at each level by now, from the raw rows."""
    sent = cost.sent(tx, response.id)
    stays = cost.stays(tx, response.id) if sent else []
    if not sent or (not stays and response.action is not Action.REPLY):
        return []
    said = cost.said(tx, response.id) if stays else []
    undone = {one.id for one in sent if _was_undone(one, said)}
    sent = [one for one in sent if one.id not in undone]
    stays = [one for one in stays if one.submission_id not in undone]
    given_up = sent[-1].id if sent and response.state is ResponseState.WITHDRAWN else None
    cold = {one.id: _cold(tx, response, one, stays, given_up == one.id) for one in sent}
    known = {one: found for one, found in cold.items() if found and found[0] <= now}
    return worked_out(Past(response, sent, stays, said, known))


def _was_undone(one: Sent, said: Iterable[Said]) -> bool:
    """Whether it was taken back within the seconds to undo: nobody was asked by then."""
    soon = settings().final_at(one.at)
    taken = one.ended_at is not None and one.ended_as == _STALE and one.ended_at <= soon
    return taken and not any(decision.submission_id == one.id for decision in said)


def _cold(tx: Tx, response: Response, one: Sent, stays: Sequence[Stay], given_up: bool) -> tuple[datetime, Cold] | None:
    """Since when, and why first, there was nothing left to answer for what was sent."""
    found: list[tuple[datetime, Cold]] = []
    for target in one.targets:
        if target.comment_id is None or target.comment_revision is None:
            continue
        became = cost.became(tx, target.comment_id, target.comment_revision)
        found += [(became.deleted_at, Cold.DELETED)] if became.deleted_at else []
        found += [(became.edited_at, Cold.EDITED)] if became.edited_at else []
        if response.action is Action.REPLY:
            others = cost.answered_by_others(tx, target.comment_id, response.id)
            found += [(moment, Cold.ANSWERED) for moment in others]
    found.append((one.approval_until, Cold.EXPIRED))
    here = [stay for stay in stays if stay.submission_id == one.id]
    if given_up and one.ended_at and here and not _over(here[-1], one, here, ()):
        found.append((one.ended_at, Cold.WITHDRAWN))
    return min((each for each in found if each[0] >= one.at), default=None)


def worked_out(past: Past) -> list[LevelCost]:
    """What a response has cost at each level where it was, or on own authority where it was at none. Pure."""
    if not past.sent:
        return []
    levels = sorted({stay.level for stay in past.stays})
    if levels:
        return [_at_level(past, level) for level in levels]
    return [_own_authority(past)]


def _own_authority(past: Past) -> LevelCost:
    return _cost(past, OWN_AUTHORITY, past.sent[0].at, times=0, decided=True)


def _at_level(past: Past, level: int) -> LevelCost:
    of = {one.id: one for one in past.sent}
    here = [stay for stay in past.stays if stay.level == level]
    places = {(stay.submission_id, stay.step) for stay in here}
    said = [one for one in past.said if (one.submission_id, one.step) in places]
    last = here[-1]
    looks = [_looked(one) for one in said if one.looked_at is not None]
    kind, before, after = _changed(past, here)
    waits = last.ended_at is None and of[last.submission_id].ended_at is None
    return _cost(
        past,
        level,
        here[0].began_at,
        times=len(here),
        waited_s=int(sum(_lasted(stay) for stay in here)),
        since=last.began_at if waits else None,
        decided=_over(last, of[last.submission_id], _of_submission(past, last.submission_id), said),
        looks=len(looks),
        looked_s=int(sum(looks)),
        changed=kind,
        from_version=before,
        to_version=after,
        refused=any(one.kind is DecisionKind.REJECT for one in said),
        cold=_cold_here(past, here),
    )


def _cost(  # noqa: PLR0913 (the fields of a row)
    past: Past,
    level: int,
    first: datetime,
    *,
    times: int,
    decided: bool,
    waited_s: int = 0,
    since: datetime | None = None,
    looks: int = 0,
    looked_s: int = 0,
    changed: str = "",
    from_version: int | None = None,
    to_version: int | None = None,
    refused: bool = False,
    cold: str = "",
) -> LevelCost:
    return LevelCost(
        response_id=past.response.id,
        level=level,
        day=_day(first),
        channel=cost.channel(past.sent[0].targets),
        action=past.response.action.value,
        times=times,
        waited_s=waited_s,
        since=since,
        decided=decided,
        looks=looks,
        looked_s=looked_s,
        changed=changed,
        from_version=from_version,
        to_version=to_version,
        refused=refused,
        cold=cold,
    )


def _lasted(stay: Stay) -> float:
    return (stay.ended_at - stay.began_at).total_seconds() if stay.ended_at else 0.0


def _looked(one: Said) -> float:
    assert one.looked_at is not None
    return min(max(timedelta(), one.at - one.looked_at), LOOK_LASTS).total_seconds()


def _of_submission(past: Past, submission_id: int) -> list[Stay]:
    return [stay for stay in past.stays if stay.submission_id == submission_id]


def _over(stay: Stay, one: Sent, steps: Sequence[Stay], said: Iterable[Said]) -> bool:
    """Whether a level ended its step itself; else it was taken back, or is not over."""
    if stay.ended_at is None:
        return False
    mine = [each for each in said if (each.submission_id, each.step) == (one.id, stay.step)]
    further = any(each.step > stay.step for each in steps)
    approved = one.ended_at is None or one.ended_as != _STALE or stay.ended_at < one.ended_at
    return further or approved or any(each.kind in _NO for each in mine)


def _approved(past: Past, one: Sent) -> bool:
    """Whether what was sent had all its approvals, whatever became of it then."""
    if any(each.kind in _NO for each in past.said if each.submission_id == one.id):
        return False
    ends = [stay.ended_at for stay in past.stays if stay.submission_id == one.id]
    stale = one.ended_at if one.ended_as == _STALE else None
    return all(end is not None and (stale is None or end < stale) for end in ends)


def _changed(past: Past, here: Sequence[Stay]) -> tuple[str, int | None, int | None]:
    """The weightiest change after a level asked for one, and between which versions: the one that came to it, and the
    next that it let pass, or that was approved without it. ASKED_FOR where there is none (yet)."""
    at = {stay.submission_id: stay for stay in here}
    heaviest: tuple[int, Change, int, int] | None = None
    asked = False
    for number, one in enumerate(past.sent):
        stay = at.get(one.id)
        if stay is None or not _has(past, stay, DecisionKind.REQUEST_CHANGES):
            continue
        asked = True
        after = next((later for later in past.sent[number + 1 :] if _let_pass(past, later, at.get(later.id))), None)
        kind = changes.kind(one.text, after.text) if after else None
        if after and kind and (heaviest is None or list(Change).index(kind) > heaviest[0]):
            heaviest = list(Change).index(kind), kind, one.version_number, after.version_number
    if heaviest:
        return heaviest[1].value, heaviest[2], heaviest[3]
    return (ASKED_FOR if asked else ""), None, None


def _has(past: Past, stay: Stay, *kinds: DecisionKind) -> bool:
    return any(
        (one.submission_id, one.step) == (stay.submission_id, stay.step) and one.kind in kinds for one in past.said
    )


def _let_pass(past: Past, one: Sent, stay: Stay | None) -> bool:
    if stay is None:
        return _approved(past, one)
    return not _has(past, stay, *_NO) and _over(stay, one, _of_submission(past, one.id), past.said)


def _cold_here(past: Past, here: Iterable[Stay]) -> str:
    """Why it went cold while it waited at a level; empty where it did not, or did so elsewhere."""
    for stay in here:
        since, why = past.cold.get(stay.submission_id, (None, ""))
        if since is not None and since >= stay.began_at and (stay.ended_at is None or since <= stay.ended_at):
            return why
    return ""
