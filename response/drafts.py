"""Writing a response: start, save, send for approval, take back, give up."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from access.permissions import Permission, require
from model.content import Content, Target, content_hash, fixed_text
from model.errors import BadInput, Conflict, NotFound
from model.person import Person
from model.route import Facts, Route
from model.words import Channel, ResponseState, Severity
from response import approvals, cases, policies, policy
from response.text import clock
from response.workflow import Move, after
from store import audit, comments, deciders, responses, sources
from store import cases as case_rows
from store.cases import Case
from store.db import Store, Tx
from store.responses import Response

MAX_CHARACTERS = 20_000


def start(store: Store, by: Person, case_id: int, comment_id: int | None = None) -> int:
    """The response being written for a case; begun now, as an answer to the comment that matters (or the one named),
    when there is none. Whoever writes has the case."""
    require(by, Permission.TRIAGE)
    now = datetime.now(UTC)
    with store.write() as tx:
        case = cases.open_case(tx, case_id)
        cases.hold(tx, by, case_id, now)
        live = responses.live_of_case(tx, case_id)
        if live:
            return live.id
        rejected = responses.last_of_case(tx, case_id)
        comment = comments.get(tx, comment_id or case.lead_comment_id)
        if comment is None:
            raise NotFound("The comment to answer is no longer here.")
        source = sources.get(tx, comment.source_id)
        channel = Channel(source.channel) if source else Channel.OTHER
        target = Target(channel, comment.source_id, comment.thread_id, comment.id, comment.revision)
        response_id = responses.add(tx, case_id, by.id, (target,), now)
        if rejected and rejected.state is ResponseState.REJECTED:
            # What was rejected is where the next one starts from; who wrote it counts as having written this one too.
            responses.change(tx, response_id, 1, draft=rejected.draft)
            for editor in responses.editors(tx, rejected.id):
                responses.add_editor(tx, response_id, editor)
        audit.record(tx, "response.started", "response", response_id, by=by.id, at=now, case=case_id)
        return response_id


def save(store: Store, by: Person, response_id: int, text: str, seen_version: int) -> int:
    """Saves what is being written; returns the new version of the row.

    Saving the same bytes changes nothing. Other bytes make every approval stale: what waited or was approved is a draft
    again. Raises Conflict, and saves nothing, when somebody else saved since `seen_version`, or when it is on its way
    out.
    """
    require(by, Permission.TRIAGE)
    draft = fixed_text(text)
    if len(draft) > MAX_CHARACTERS:
        raise BadInput(f"A response has at most {MAX_CHARACTERS:,} characters; this has {len(draft):,}.")
    now = datetime.now(UTC)
    with store.write() as tx:
        response = _response(tx, response_id)
        if draft == response.draft:
            return response.version
        _hold(tx, by, response, now)
        if response.version != seen_version:
            who = deciders.names(tx).get(response.saved_by, "Somebody")
            raise Conflict(f"{who} saved this draft at {clock(response.saved_at)}. Your text is kept; compare the two.")
        state = response.state
        if state not in (state.DRAFT, state.CHANGES_REQUESTED):
            state = after(state, Move.TAKE_BACK)
            approvals.make_stale(tx, response, by.id, now)
        responses.add_editor(tx, response_id, by.id)
        responses.change(tx, response_id, seen_version, draft=draft, saved_at=now, saved_by=by.id, state=state)
        return seen_version + 1


def take_back(store: Store, by: Person, response_id: int) -> None:
    """Makes a response that waits, is approved or is held a draft again; its approvals are stale."""
    _end_approval(store, by, response_id, Move.TAKE_BACK)


def withdraw(store: Store, by: Person, response_id: int) -> None:
    """Gives a response up. Its versions and decisions stay on the record."""
    _end_approval(store, by, response_id, Move.WITHDRAW)


def _end_approval(store: Store, by: Person, response_id: int, move: Move) -> None:
    require(by, Permission.TRIAGE)
    now = datetime.now(UTC)
    with store.write() as tx:
        response = _response(tx, response_id)
        _hold(tx, by, response, now)
        state = after(response.state, move)
        approvals.make_stale(tx, response, by.id, now)
        responses.change(tx, response_id, response.version, state=state)
        if state is ResponseState.WITHDRAWN:
            audit.record(tx, "response.withdrawn", "response", response_id, by=by.id, at=now)


# --- the route -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a response will need: its route, who is asked at each step, and the first step that nobody can decide."""

    route: Route
    asked: tuple[frozenset[int], ...]
    empty_level: int | None
    policy_number: int


def facts_of(tx: Tx, case: Case | None, channels: frozenset[Channel]) -> Facts:
    """What routing is told: the case's severity, all its matters, and the mood of the comment that matters.

    A signal that failed is unknown here, and what is unknown takes the stricter branch.
    """
    if case is None:
        return Facts(channels, Severity.NONE, frozenset(), None)
    judged = comments.assessment(tx, case.lead_comment_id, case.lead_revision)
    degraded = judged is None or bool(judged.degraded)
    return Facts(
        channels=channels,
        severity=None if degraded else Severity(case.severity),
        matters=None if degraded else frozenset(case.matters),
        sentiment=None if judged is None or "sentiment" in judged.degraded else judged.sentiment,
        asked_levels=case_rows.asked_levels(tx, case.id),
    )


def outlook(tx: Tx, case: Case | None, channels: frozenset[Channel], editors: frozenset[int]) -> Outlook:
    """The route by the policy in force, before anything is submitted."""
    in_force = policies.in_force(tx)
    route = policy.route(in_force.policy, facts_of(tx, case, channels))
    people = deciders.deciders(tx)
    asked = tuple(people.get(step.level, frozenset()) - editors for step in route.steps)
    quorums = {step.level: step.quorum for step in route.steps}
    return Outlook(route, asked, policy.missing_level(quorums, people, editors), in_force.number)


def submit(store: Store, by: Person, response_id: int, seen_version: int) -> int:
    """Sends the draft for approval as a version of its own (or the last one, when not a byte changed).

    The route is a snapshot of the policy in force. Without any level the response is approved by its author's own
    authority, once the seconds to undo are over. Returns the submission's id.
    """
    require(by, Permission.TRIAGE)
    now = datetime.now(UTC)
    with store.write() as tx:
        response = _response(tx, response_id)
        if response.version != seen_version:
            raise Conflict("Somebody saved this draft since you opened it. Read it again before you send it.")
        if not response.draft:
            raise BadInput("There is nothing to send yet: the draft is empty.")
        case = None
        if response.case_id is not None:
            case = cases.open_case(tx, response.case_id)
            cases.hold(tx, by, case.id, now)
        _require_current(tx, response_id)
        state = after(response.state, Move.SUBMIT)
        number, digest = _version(tx, response, by, now)
        in_force = policies.in_force(tx)
        aimed = responses.targets(tx, response_id)
        route = policy.route(in_force.policy, facts_of(tx, case, frozenset(t.channel for t in aimed)))
        submission_id = responses.submit(
            tx,
            steps=route.steps,
            because=tuple((reason.rule, reason.says) for reason in route.because),
            response_id=response_id,
            version_number=number,
            content_hash=digest,
            policy_id=in_force.id,
            by=by.id,
            at=now,
            approval_until=now + timedelta(seconds=in_force.policy.approval_valid),
            send_until=now + timedelta(seconds=in_force.policy.approval_valid + in_force.policy.sending_valid),
        )
        responses.change(tx, response_id, seen_version, state=state)
        audit.record(
            tx,
            "response.submitted",
            "response",
            response_id,
            by=by.id,
            at=now,
            submission=submission_id,
            version=number,
            content=digest,
            levels=[step.level for step in route.steps],
            rules=[reason.rule for reason in route.because],
        )
        approvals.advance(tx, submission_id, now)
        return submission_id


def _require_current(tx: Tx, response_id: int) -> None:
    """An answer to something that has changed since is not sent: its author reads the new text first."""
    for target in responses.targets(tx, response_id):
        comment = comments.get(tx, target.comment_id) if target.comment_id is not None else None
        if comment and comment.deleted_at:
            raise Conflict("The comment was deleted, so there is nothing to answer. Your draft is kept.")
        if comment and comment.revision != target.comment_revision:
            raise Conflict("The comment was edited since you began. Read its new text, confirm it, and send again.")


def confirm_revision(store: Store, by: Person, response_id: int, seen_revision: int) -> None:
    """The author has read this revision of the comment: the response answers it from here on.

    Raises Conflict when the comment was edited once more since it was shown.
    """
    require(by, Permission.TRIAGE)
    now = datetime.now(UTC)
    with store.write() as tx:
        response = _response(tx, response_id)
        _hold(tx, by, response, now)
        if response.state not in (response.state.DRAFT, response.state.CHANGES_REQUESTED):
            raise Conflict("Take the response back first; then confirm that you have read the comment's new text.")
        for target in responses.targets(tx, response_id):
            comment = comments.get(tx, target.comment_id) if target.comment_id is not None else None
            if comment and comment.revision != seen_revision:
                raise Conflict("The comment was edited once more. Read its present text, then confirm it.")
            if comment and comment.revision != target.comment_revision:
                responses.add_editor(tx, response_id, by.id)
                responses.answer_revision(tx, response_id, comment.id, comment.revision)
                audit.record(tx, "response.revision_read", "response", response_id, by=by.id, revision=comment.revision)


def _version(tx: Tx, response: Response, by: Person, now: datetime) -> tuple[int, str]:
    content = Content(fixed_text(response.draft), responses.targets(tx, response.id))
    digest = content_hash(content)
    earlier = responses.versions(tx, response.id)
    if earlier and earlier[-1].content_hash == digest:
        return earlier[-1].number, digest
    number = len(earlier) + 1
    responses.add_editor(tx, response.id, by.id)
    responses.add_version(tx, response.id, number, content, digest, by.id, now)
    return number, digest


def _hold(tx: Tx, by: Person, response: Response, now: datetime) -> None:
    """Whoever changes a response has its case, and nobody else has."""
    if response.case_id is not None:
        cases.hold(tx, by, response.case_id, now)


def _response(tx: Tx, response_id: int) -> Response:
    response = responses.get(tx, response_id)
    if response is None:
        raise NotFound("There is no such response.")
    return response
