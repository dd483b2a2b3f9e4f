"""Who is asked in the place of a level that does not answer or has nobody: the rules of `escalation`, on the rows."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from model import clock
from model.words import DecisionKind
from response import absences, policies
from response.escalation import Ladder, next_up, stand_ins
from response.policy import Policy
from response.policy_text import PolicyError
from response.workflow import Decided, Standing, handed_out, standing
from store import audit, deciding, responses, steps
from store import deciders as people
from store import deputies as deputy_rows
from store import policies as policy_rows
from store.db import Tx
from store.responses import Decision, Submission


def deciders(tx: Tx) -> dict[int, frozenset[int]]:
    """Who may decide at each level now."""
    return people.deciders(tx)


def deputies(tx: Tx, level: int) -> frozenset[int]:
    """Who stands in for the people of a level, before the next higher level is asked: those whom an administrator has
    named and who may decide on something themselves. They count for people who cannot log in as well."""
    named = deputy_rows.of_people(tx, people.of_level(tx, level))
    able = people.deciders(tx).values() if named else ()
    return named & frozenset(person for found in able for person in found)


def out_of_office(tx: Tx, level: int, away: Mapping[int, int | None]) -> frozenset[int]:
    """Who stands in for those of a level who are out of office: asked from the beginning, and only who may decide on
    something themselves."""
    named = {absences.stands_in(person, away) for person in people.of_level(tx, level) & away.keys()}
    able = people.deciders(tx).values() if named else ()
    return frozenset(person for found in able for person in found if person in named)


def where(tx: Tx, submission: Submission, made: list[Decision]) -> Standing:
    """Where a submission stands by these of its decisions."""
    decided = tuple(Decided(d.step, d.person_id, DecisionKind(d.kind), d.stood_in is not None) for d in made)
    editors = responses.editors(tx, submission.response_id)
    out = handed_out([(one.step, one.from_person_id, one.to_person_id) for one in deciding.handed(tx, submission.id)])
    return standing(submission.steps, decided, deciders(tx), editors, _ladder(tx, submission), out)


def could_decide(tx: Tx, submission: Submission, index: int) -> frozenset[int]:
    """Who may decide at a step (by its index), in their own place or in another's, whoever has decided by now."""
    level, people_now = submission.steps[index].level, deciders(tx)
    return people_now.get(level, frozenset()) | stand_ins(_ladder(tx, submission), index, level, people_now).keys()


def can_go_up(tx: Tx, submission: Submission, now_at: Standing) -> int | None:
    """The next higher level that has somebody for the step where a submission stands, or None."""
    level = submission.steps[now_at.step].level
    return next_up(_ladder(tx, submission), now_at.step, level, deciders(tx), _without(tx, submission, now_at))


def can_go_sideways(tx: Tx, submission: Submission, now_at: Standing) -> bool:
    """Whether the step has deputies who were not asked yet, and who could be."""
    here = steps.of_submission(tx, submission.id)
    if here is None or here.deputies_at is not None:
        return False
    return bool(deputies(tx, submission.steps[now_at.step].level) - _without(tx, submission, now_at))


def can_go_on(tx: Tx, submission: Submission, now_at: Standing) -> bool:
    """Whether somebody else could be asked at the step where a submission stands."""
    return can_go_sideways(tx, submission, now_at) or can_go_up(tx, submission, now_at) is not None


def _without(tx: Tx, submission: Submission, now_at: Standing) -> frozenset[int]:
    """Who cannot be asked as well: who wrote a part of it, has decided, or is asked as it is."""
    counted = {one.person_id for one in responses.decisions_of(tx, submission.id)}
    return responses.editors(tx, submission.response_id) | counted | now_at.asked


def keep(tx: Tx, submission: Submission, now_at: Standing, now: datetime) -> bool:
    """Goes up at once where nobody can decide, and keeps the timer. Says whether somebody else is asked by that.

    The step where it stands has begun.
    """
    if not now_at.asked:
        return go_up(tx, submission, now_at, now, late=False)
    here = steps.of_submission(tx, submission.id)
    if here and here.due_at is None:
        # There was nobody to go up to. People have changed since, so the step has its time anew.
        within = timedelta(seconds=submission.steps[now_at.step].answers_within_s)
        steps.change(tx, submission.id, now_at.step, due_at=now + within)
    return False


def go_up(tx: Tx, submission: Submission, now_at: Standing, now: datetime, *, late: bool) -> bool:
    """The step goes to the deputies of its people, and else up to the next higher level that has somebody; False where
    there is none: then it waits as it is.

    `late`: its time is over; else nobody can decide there. Each is recorded once.
    """
    step = submission.steps[now_at.step]
    about: dict[str, object] = {"submission": submission.id, "level": step.level, "late": late}
    if can_go_sideways(tx, submission, now_at):
        due = now + timedelta(seconds=step.answers_within_s)
        steps.change(tx, submission.id, now_at.step, deputies_at=now, due_at=due)
        audit.record(tx, "step.went_to_deputies", "response", submission.response_id, by=None, at=now, **about)
        return True
    up = can_go_up(tx, submission, now_at)
    if up is None:
        here = steps.of_submission(tx, submission.id)
        if here and here.due_at is not None:
            steps.change(tx, submission.id, now_at.step, due_at=None)
            audit.record(tx, "step.no_way_up", "response", submission.response_id, by=None, at=now, **about)
        return False
    policy = _policy(tx, submission)
    within = policy.terms(up).answers_within if policy and up in policy.levels else step.answers_within_s
    due = now + timedelta(seconds=within)
    steps.change(tx, submission.id, now_at.step, raised_to=up, raised_at=now, due_at=due)
    audit.record(tx, "step.went_up", "response", submission.response_id, by=None, at=now, **about, to=up)
    return True


def _ladder(tx: Tx, submission: Submission) -> Ladder:
    policy = _policy(tx, submission)
    known = {*(policy.levels if policy else ()), *(step.level for step in submission.steps)}
    asked = {index: deputies(tx, submission.steps[index].level) for index in steps.with_deputies(tx, submission.id)}
    if away := absences.away(tx, clock.now()):
        for index, step in enumerate(submission.steps):
            asked[index] = asked.get(index, frozenset()) | out_of_office(tx, step.level, away)
    return Ladder(tuple(sorted(known)), steps.raised(tx, submission.id), asked)


def _policy(tx: Tx, submission: Submission) -> Policy | None:
    """The policy that the submission was routed by; None where its text can no longer be read."""
    row = policy_rows.get(tx, submission.policy_id)
    try:
        return policies.read(row.source) if row else None
    except PolicyError:
        return None
