"""What the pages show: a case, a response and a decision with everything beside it, each read in one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime

from analysis.of_thread import ThreadSignal, of_thread
from model import clock
from model.assessment import Assessment
from model.errors import NotFound
from model.language import _
from model.settings import settings
from model.words import Action, Channel, DecisionKind, ResponseState
from response import drafts
from response.drafts import Outlook
from response.routing import aim_of
from response.undo import seconds_left
from store import (
    audit,
    authors,
    cases,
    comments,
    deciders,
    moderations,
    our_people,
    publications,
    responses,
    sources,
    steps,
    threads,
)
from store.audit import Event
from store.authors import Author
from store.cases import Case, Claim, Escalation
from store.comments import Comment, Thread
from store.db import Store, Tx
from store.moderations import Moderation
from store.our_people import Answer
from store.publications import Publication
from store.responses import Decision, Response, Submission, Version
from store.sources import Source
from store.steps import OpenStep
from store.threads import Part, Place

_TO_BE_SENT = (ResponseState.DRAFT, ResponseState.WAITING, ResponseState.CHANGES_REQUESTED)
"""What stands so has nothing on its way to the blog: whatever it had was stopped."""


@dataclass(frozen=True, slots=True)
class Moderated:
    """Something done to a comment, or to be done: the response, its route and who is asked, and how far it is.

    `done_steps` are over; `reason_back` is why it was sent back or rejected. `row` is what is done on the blog by the
    newest submission: None while that waits for approval, or has to be sent again.
    """

    response: Response
    comment: Comment | None
    submission: Submission | None
    asked: list[list[str]]
    done_steps: int
    reason_back: Decision | None
    row: Moderation | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with a part of its thread, the reasons of its comments, who has it, what was asked, and what happened.

    `comments` are those of the part that is shown, and the one that matters wherever it stands. `moderations` are those
    of the case and of these comments; `does` is what each response that is told of does. `thread_signals` are of the
    newest comments of the whole thread.
    """

    case: Case
    thread: Thread
    source: Source
    part: Part
    comments: list[Comment]
    assessments: dict[int, Assessment]
    joined: frozenset[int]
    claim: Claim | None
    escalations: list[Escalation]
    history: list[Event]
    names: dict[int, str]
    previous: Case | None
    previous_reason: str
    response: Response | None
    moderations: list[Moderated]
    does: dict[int, Action]
    publications: list[Publication]
    author: Author
    answers: list[Answer]
    waits: list[tuple[OpenStep, Submission]]
    older_responses: int
    thread_signals: list[ThreadSignal]

    @property
    def lead(self) -> Comment:
        """The comment that matters."""
        return next(one for one in self.comments if one.id == self.case.lead_comment_id)


@dataclass(frozen=True, slots=True)
class ResponseView:
    """A response with its versions, its route as submitted (or as it would be), its decisions and publications."""

    response: Response
    case: Case | None
    comment: Comment | None
    comment_changed: bool
    channels: frozenset[Channel]
    versions: list[Version]
    submission: Submission | None
    decisions: list[Decision]
    outlook: Outlook
    publications: list[Publication]
    names: dict[int, str]
    last_reason: Decision | None
    asked: list[list[str]]
    wait: OpenStep | None


def case_view(store: Store, case_id: int, place: Place | None = None) -> CaseView:
    """Everything about a case, with the part of its thread around the comment that matters, or at a place. Raises
    NotFound."""
    with store.read() as tx:
        case = cases.get(tx, case_id)
        thread = comments.thread(tx, case.thread_id) if case else None
        source = sources.get(tx, thread.source_id) if thread else None
        lead = comments.get(tx, case.lead_comment_id) if case else None
        if case is None or thread is None or source is None or lead is None:
            raise NotFound(_("There is no such case. It may have been removed."))
        joined = cases.comment_ids(tx, case_id)
        part = threads.part(tx, lead, place, joined)
        talk = [*part.comments, *([] if any(one.id == lead.id for one in part.comments) else [lead])]
        previous = cases.get(tx, case.previous_id) if case.previous_id else None
        all_of_it = responses.of_case(tx, case_id)
        acts = responses.acts(tx, case_id, [one.id for one in talk])
        does = {one.id: one.action for one in (*all_of_it, *acts)}
        told = [one for response in all_of_it for one in publications.of_response(tx, response.id)]
        return CaseView(
            case=case,
            thread=thread,
            source=source,
            part=part,
            comments=talk,
            assessments=comments.assessments_of(
                tx, [one.id for one in talk if one.flagged or one.spam or one.id == case.lead_comment_id]
            ),
            joined=frozenset(joined),
            claim=cases.claim_of(tx, case_id, clock.now()),
            escalations=asked_on(tx, case_id, clock.now()),
            history=_history(tx, case_id, list(does), joined),
            names=deciders.names(tx),
            previous=previous,
            previous_reason=audit.spoken(tx, previous.close_reason_id) if previous else "",
            response=next((one for one in reversed(all_of_it) if one.action is Action.REPLY), None),
            moderations=_moderations(tx, acts),
            does=does,
            publications=told,
            author=authors.of(tx, lead),
            answers=our_people.answers_of(tx, [case_id]).get(case_id, []),
            waits=_waits(tx, [*(one for one in all_of_it if one.action is Action.REPLY), *acts]),
            older_responses=responses.count_of_case(tx, case_id) - len(all_of_it),
            thread_signals=of_thread(threads.signals(tx, thread.id)),
        )


def asked_on(tx: Tx, case_id: int, now: datetime) -> list[Escalation]:
    """What was asked on a case, with the answers. One that can still be undone is nobody's yet: what was read cannot be
    unsaid."""
    seconds = settings().undo_seconds
    return [
        replace(one, answer=None, answered_at=None)
        if one.answered_at and seconds_left(one.answered_at, now, seconds)
        else one
        for one in cases.escalations_of(tx, case_id)
    ]


def _waits(tx: Tx, found: list[Response]) -> list[tuple[OpenStep, Submission]]:
    """The steps at which responses wait for somebody's decision, each with what was submitted."""
    open_steps = [steps.of_response(tx, one.id) for one in found if one.state is ResponseState.WAITING]
    pairs = [(one, responses.submission(tx, one.submission_id)) for one in open_steps if one]
    return [(one, submission) for one, submission in pairs if submission]


def _moderations(tx: Tx, acts: list[Response]) -> list[Moderated]:
    """What was done to comments, oldest first; what was given up before anything was done is left out."""
    rows: dict[int, list[Moderation]] = {}
    for row in moderations.of_responses(tx, [one.id for one in acts]):
        rows.setdefault(row.response_id, []).append(row)
    return [
        moderated(tx, one, rows.get(one.id, []))
        for one in acts
        if one.id in rows or one.state is not ResponseState.WITHDRAWN
    ]


def moderated(tx: Tx, response: Response, rows: list[Moderation]) -> Moderated:
    """One response that is no reply, with everything about it. `rows` has one for each submission that was approved."""
    (target, *_) = responses.targets(tx, response.id)
    sent = responses.submissions_of(tx, response.id)
    made = responses.decisions_of(tx, sent[-1].id) if sent else []
    settled = [one for one in made if one.settled_at]
    here = steps.of_submission(tx, sent[-1].id) if sent else None
    mine = [row for row in rows if sent and row.submission_id == sent[-1].id]
    return Moderated(
        response=response,
        comment=comments.get(tx, target.comment_id) if target.comment_id is not None else None,
        submission=sent[-1] if sent else None,
        asked=_asked(tx, response.id, sent[-1], made) if sent else [],
        done_steps=here.step if here else max((one.step for one in settled), default=-1) + 1,
        reason_back=next(
            (one for one in reversed(settled) if one.reason and one.kind != DecisionKind.APPROVE.value), None
        ),
        row=mine[-1] if mine and response.state not in _TO_BE_SENT else None,
    )


def _history(tx: Tx, case_id: int, response_ids: list[int], comment_ids: list[int]) -> list[Event]:
    """What happened to a case, its responses and its comments, newest first, without decisions that can still be
    undone."""
    events = audit.history(tx, "case", [case_id], 50) + audit.history(tx, "response", response_ids, 100)
    events += audit.history(tx, "comment", comment_ids, 50)
    open_ones = responses.unsettled(tx, response_ids)
    shown = [one for one in events if one.data.get("decision") not in open_ones]
    return sorted(shown, key=lambda event: -event.seq)[:60]


def response_view(store: Store, response_id: int) -> ResponseView:
    """Everything about a response. Raises NotFound."""
    with store.read() as tx:
        return _response_view(tx, response_id)


def live_view(store: Store, case_id: int) -> ResponseView | None:
    """The response of a case that is being written, decided or sent, else the newest that ended; None without any."""
    with store.read() as tx:
        live = responses.live_of_case(tx, case_id) or responses.last_of_case(tx, case_id)
        return _response_view(tx, live.id) if live else None


def _response_view(tx: Tx, response_id: int) -> ResponseView:
    response = responses.get(tx, response_id)
    if response is None:
        raise NotFound(_("There is no such response."))
    case = cases.get(tx, response.case_id) if response.case_id is not None else None
    aimed = responses.targets(tx, response_id)
    answered = next((target for target in aimed if target.comment_id is not None), None)
    comment = comments.get(tx, answered.comment_id) if answered and answered.comment_id is not None else None
    sent = responses.submissions_of(tx, response_id)
    submission = sent[-1] if sent else None
    made = [decision for one in sent for decision in responses.decisions_of(tx, one.id)]
    channels = frozenset(target.channel for target in aimed)
    return ResponseView(
        response=response,
        case=case,
        comment=comment,
        comment_changed=bool(comment and answered and comment.revision != answered.comment_revision),
        channels=channels,
        versions=responses.versions(tx, response_id),
        submission=submission,
        decisions=[one for one in made if submission and one.submission_id == submission.id],
        outlook=drafts.outlook(
            tx, case, aim_of(tx, response), responses.editors(tx, response_id) | {response.author_id}
        ),
        publications=publications.of_response(tx, response_id),
        names=deciders.names(tx),
        last_reason=next((one for one in reversed(made) if one.reason and one.settled_at), None),
        asked=_asked(tx, response_id, submission, made) if submission else [],
        wait=steps.of_submission(tx, submission.id) if submission else None,
    )


def _asked(tx: Tx, response_id: int, submission: Submission, made: list[Decision]) -> list[list[str]]:
    """For each step as submitted, who approved there, or else who may (still) decide there or is asked in their
    place."""
    people, names = deciders.deciders(tx), deciders.names(tx)
    without = responses.editors(tx, response_id)
    settled = [one for one in made if one.settled_at and one.submission_id == submission.id]
    waiting = responses.asked(tx, submission.id)
    found = []
    for index, step in enumerate(submission.steps):
        approved = {one.person_id: one.name for one in settled if one.step == index}
        still = {who for who, at, _ in waiting if at == index}
        if approved and not still:
            found.append(list(approved.values()))
            continue
        able = people.get(step.level, frozenset()) - without - approved.keys()
        found.append(sorted(names[person] for person in able | still))
    return found
