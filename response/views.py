"""What the pages show: a case, a response and a decision with everything beside it, each read in one transaction."""

from dataclasses import dataclass
from datetime import UTC, datetime

from model.assessment import Assessment
from model.errors import NotFound
from model.words import Channel
from response import drafts
from response.drafts import Outlook
from store import audit, cases, comments, deciders, publications, responses, sources
from store.audit import Event
from store.cases import Case, Claim, Escalation
from store.comments import Comment, Thread
from store.db import Store, Tx
from store.publications import Publication
from store.responses import Decision, Response, Submission, Version
from store.sources import Source


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with its thread, the reasons of its comments, who has it, what was asked, and what happened."""

    case: Case
    thread: Thread
    source: Source
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
    publications: list[Publication]
    author_comments: int

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


def case_view(store: Store, case_id: int) -> CaseView:
    """Everything about a case. Raises NotFound."""
    with store.read() as tx:
        case = cases.get(tx, case_id)
        thread = comments.thread(tx, case.thread_id) if case else None
        source = sources.get(tx, thread.source_id) if thread else None
        if case is None or thread is None or source is None:
            raise NotFound("There is no such case. It may have been removed.")
        talk = comments.of_thread(tx, thread.id)
        if all(one.id != case.lead_comment_id for one in talk):
            lead = comments.get(tx, case.lead_comment_id)
            talk = [*([lead] if lead else []), *talk]
        previous = cases.get(tx, case.previous_id) if case.previous_id else None
        all_of_it = responses.of_case(tx, case_id)
        told = [one for response in all_of_it for one in publications.of_response(tx, response.id)]
        lead_author = next((one.author for one in talk if one.id == case.lead_comment_id), "")
        return CaseView(
            case=case,
            thread=thread,
            source=source,
            comments=talk,
            assessments=comments.assessments_of(tx, [one.id for one in talk if one.flagged or one.spam]),
            joined=frozenset(cases.comment_ids(tx, case_id)),
            claim=cases.claim_of(tx, case_id, datetime.now(UTC)),
            escalations=cases.escalations_of(tx, case_id),
            history=_history(tx, case_id, [one.id for one in all_of_it]),
            names=deciders.names(tx),
            previous=previous,
            previous_reason=audit.spoken(tx, previous.close_reason_id) if previous else "",
            response=all_of_it[-1] if all_of_it else None,
            publications=told,
            author_comments=comments.author_counts(tx, source.id, [lead_author]).get(lead_author, 0)
            if lead_author
            else 0,
        )


def _history(tx: Tx, case_id: int, response_ids: list[int]) -> list[Event]:
    """What happened to a case and its responses, newest first, without decisions that can still be undone."""
    events = audit.history(tx, "case", [case_id], 50) + audit.history(tx, "response", response_ids, 100)
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
        raise NotFound("There is no such response.")
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
        outlook=drafts.outlook(tx, case, channels, responses.editors(tx, response_id) | {response.author_id}),
        publications=publications.of_response(tx, response_id),
        names=deciders.names(tx),
        last_reason=next((one for one in reversed(made) if one.reason and one.settled_at), None),
        asked=_asked(tx, response_id, submission, made) if submission else [],
    )


def _asked(tx: Tx, response_id: int, submission: Submission, made: list[Decision]) -> list[list[str]]:
    """For each step as submitted, who approved there, or else who may decide there."""
    people, names = deciders.deciders(tx), deciders.names(tx)
    without = responses.editors(tx, response_id)
    settled = [one for one in made if one.settled_at and one.submission_id == submission.id]
    return [
        [one.name for one in settled if one.step == index]
        or sorted(names[person] for person in people.get(step.level, frozenset()) - without)
        for index, step in enumerate(submission.steps)
    ]
