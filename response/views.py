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
        live = responses.live_of_case(tx, case_id)
        told = [one for response in responses.of_case(tx, case_id) for one in publications.of_response(tx, response.id)]
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
            history=audit.history(tx, "case", case_id, 50),
            names=deciders.names(tx),
            previous=previous,
            previous_reason=audit.spoken(tx, previous.close_reason_id) if previous else "",
            response=live,
            publications=told,
            author_comments=comments.author_counts(tx, source.id, [lead_author]).get(lead_author, 0),
        )


def response_view(store: Store, response_id: int) -> ResponseView:
    """Everything about a response. Raises NotFound."""
    with store.read() as tx:
        return _response_view(tx, response_id)


def live_view(store: Store, case_id: int) -> ResponseView | None:
    """The response being written or decided for a case, or None."""
    with store.read() as tx:
        live = responses.live_of_case(tx, case_id)
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
    )
