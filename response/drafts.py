"""Writing a response: start, save, send for approval, take back, give up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from access.permissions import Permission, require
from model import clock
from model.content import Content, Target, content_hash, fixed_text
from model.errors import BadInput, Conflict, NotFound
from model.language import _, number
from model.person import Person
from model.route import Route
from model.words import HIDES, Action, CaseState, Channel, ResponseState
from response import approvals, cases, policies, policy, undo
from response.routing import Aim, aim_of, concerns, is_gone, route_of
from response.template_use import attached
from response.text import at_moment
from response.undo import Undone
from response.workflow import Move, after
from store import audit, comments, deciders, responses, sources
from store import cases as case_rows
from store import drafts as saves
from store.cases import Case
from store.db import Store, Tx
from store.responses import Response

MAX_CHARACTERS = 20_000


def start(store: Store, by: Person, case_id: int, comment_id: int | None = None) -> int:
    """The response being written for a case; begun now, as an answer to the comment that matters (or the one named),
    when there is none. Whoever writes has the case."""
    require(by, Permission.TRIAGE)
    with store.write() as tx:
        return begin(tx, by, case_id, comment_id, clock.now())


def begin(tx: Tx, by: Person, case_id: int, comment_id: int | None, now: datetime) -> int:
    """The same within another change."""
    case = cases.open_case(tx, case_id)
    cases.hold(tx, by, case_id, now)
    live = responses.live_of_case(tx, case_id)
    if live:
        return live.id
    rejected = responses.last_of_case(tx, case_id)
    comment = comments.get(tx, comment_id or case.lead_comment_id)
    if comment is None:
        raise NotFound(_("The comment to answer is no longer here."))
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
    draft = bounded(text)
    now = clock.now()
    with store.write() as tx:
        response = _response(tx, response_id)
        if draft == response.draft:
            return response.version
        hold(tx, by, response, now)
        if response.version != seen_version:
            who = deciders.names(tx).get(response.saved_by, _("Somebody"))
            raise Conflict(
                _(
                    "{who} saved this draft at {at}. Your text is kept; compare the two.",
                    who=who,
                    at=at_moment(response.saved_at),
                )
            )
        put(tx, by, response, draft, now)
        return seen_version + 1


def put(tx: Tx, by: Person, response: Response, draft: str, now: datetime) -> None:
    """Other bytes in the place of a response's text, within a change that has found it free."""
    state = response.state
    if state not in (state.DRAFT, state.CHANGES_REQUESTED):
        state = after(state, Move.TAKE_BACK)
        approvals.make_stale(tx, response, by.id, now)
    responses.add_editor(tx, response.id, by.id)
    responses.change(tx, response.id, response.version, draft=draft, saved_at=now, saved_by=by.id, state=state)
    if response.action is Action.REPLY:  # the reasons of other actions can be erased, so nothing else keeps them
        saves.add(tx, response.id, by.id, "", draft, now, aside=False)


def bounded(text: str) -> str:
    """The text as it is stored. Raises BadInput when it is too long; nothing is ever cut off."""
    draft = fixed_text(text)
    if len(draft) > MAX_CHARACTERS:
        raise BadInput(
            _(
                "A response has at most {most} characters; this has {n}.",
                most=number(MAX_CHARACTERS),
                n=number(len(draft)),
            )
        )
    return draft


def take_back(store: Store, by: Person, response_id: int) -> None:
    """Makes a response that waits, is approved or is held a draft again; its approvals are stale."""
    _end_approval(store, by, response_id, Move.TAKE_BACK)


def withdraw(store: Store, by: Person, response_id: int) -> None:
    """Gives a response up. Its versions and decisions stay on the record."""
    _end_approval(store, by, response_id, Move.WITHDRAW)


def unsend(store: Store, by: Person, token: str) -> Undone:
    """Undoes, within its seconds, that a person sent a response, if that is what they did last and `token` names it: it
    is again what it was before, and waits for nobody.

    Raises Conflict when it is too late, or with the name of whoever has gone on from there; nothing is changed then.
    """
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        response, former = undo.last_sent(tx, by, token, now)
        hold(tx, by, response, now)
        approvals.make_stale(tx, response, by.id, now)
        responses.change(tx, response.id, response.version, state=former)
        audit.record(tx, "response.undone", "response", response.id, by=by.id, at=now, what=undo.SENT)
        return Undone(undo.SENT, undo.RESPONSE, (response.id,), case_id=response.case_id)


def _end_approval(store: Store, by: Person, response_id: int, move: Move) -> None:
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        response = _response(tx, response_id)
        hold(tx, by, response, now)
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


def outlook(tx: Tx, case: Case | None, aim: Aim, editors: frozenset[int]) -> Outlook:
    """The route by the policy in force, before anything is submitted."""
    route = route_of(tx, policies.in_force(tx).policy, case, aim)
    people = deciders.deciders(tx)
    asked = tuple(people.get(step.level, frozenset()) - editors for step in route.steps)
    quorums = {step.level: step.quorum for step in route.steps}
    return Outlook(route, asked, policy.missing_level(quorums, people, editors))


def submit(store: Store, by: Person, response_id: int, seen_version: int) -> int:
    """Sends the draft for approval as a version of its own (or the last one, when not a byte changed).

    The route is a snapshot of the policy in force. Without any level the response is approved by its author's own
    authority, and goes out once the seconds to undo are over. Returns the submission's id.
    """
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        response = _response(tx, response_id)
        if response.version != seen_version:
            raise Conflict(_("Somebody saved this draft since you opened it. Read it again before you send it."))
        if not response.draft and response.action is Action.REPLY:
            raise BadInput(_("There is nothing to send yet: the draft is empty."))
        submission_id = send(tx, by, response, now)
        if response.action is Action.REPLY:  # what is done to a comment is undone beside the comment
            undo.remember_sent(tx, by, response, now)
        return submission_id


def send(tx: Tx, by: Person, response: Response, now: datetime) -> int:
    """The same within another change; whatever the response does, it goes this one way."""
    case = case_rows.get(tx, response.case_id) if response.case_id is not None else None
    # A comment can be hidden or shown whatever became of its case; an answer needs an open one.
    if case and (response.action is Action.REPLY or case.state == CaseState.OPEN):
        cases.open_case(tx, case.id)
        cases.hold(tx, by, case.id, now)
    _require_current(tx, response)
    aim = aim_of(tx, response)
    if not response.draft and aim.action in HIDES and aim.comment and concerns(tx, aim.comment):
        raise BadInput(_("Please give a reason: those who decide read it."))
    state = after(response.state, Move.SUBMIT)
    number, digest = _version(tx, response, by, now)
    in_force = policies.in_force(tx)
    route = route_of(tx, in_force.policy, case, aim)
    submission_id = responses.submit(
        tx,
        steps=route.steps,
        because=tuple((reason.rule, reason.says) for reason in route.because),
        response_id=response.id,
        version_number=number,
        content_hash=digest,
        policy_id=in_force.id,
        by=by.id,
        at=now,
        approval_until=now + timedelta(seconds=in_force.policy.approval_valid),
        send_until=now + timedelta(seconds=in_force.policy.approval_valid + in_force.policy.sending_valid),
    )
    responses.change(tx, response.id, response.version, state=state)
    audit.record(
        tx,
        "response.submitted",
        "response",
        response.id,
        by=by.id,
        at=now,
        submission=submission_id,
        version=number,
        content=digest,
        does=response.action,
        levels=[step.level for step in route.steps],
        rules=[reason.rule for reason in route.because],
    )
    approvals.advance(tx, submission_id, now)
    return submission_id


def _require_current(tx: Tx, response: Response) -> None:
    """What is about something that has changed since is not sent: whoever wants it reads the new text first."""
    answers = response.action is Action.REPLY
    for target in responses.targets(tx, response.id):
        comment = comments.get(tx, target.comment_id) if target.comment_id is not None else None
        if comment and is_gone(comment, response.action):
            raise Conflict(
                _("The comment was deleted, so there is nothing to answer. Your draft is kept.")
                if answers
                else _("The comment was deleted, so nothing can be done to it. Give it up.")
            )
        if comment and comment.revision != target.comment_revision:
            raise Conflict(
                _("The comment was edited since you began. Read its new text, confirm it, and send again.")
                if answers
                else _("The comment was edited since this was asked for. Give it up, read the new text, and ask anew.")
            )


def confirm_revision(store: Store, by: Person, response_id: int, seen_revision: int) -> None:
    """The author has read this revision of the comment: the response answers it from here on.

    Raises Conflict when the comment was edited once more since it was shown.
    """
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        response = _response(tx, response_id)
        hold(tx, by, response, now)
        if response.state not in (response.state.DRAFT, response.state.CHANGES_REQUESTED):
            raise Conflict(_("Take the response back first; then confirm that you have read the comment's new text."))
        for target in responses.targets(tx, response_id):
            comment = comments.get(tx, target.comment_id) if target.comment_id is not None else None
            if comment and comment.revision != seen_revision:
                raise Conflict(_("The comment was edited once more. Read its present text, then confirm it."))
            if comment and comment.revision != target.comment_revision:
                responses.add_editor(tx, response_id, by.id)
                responses.answer_revision(tx, response_id, comment.id, comment.revision)
                audit.record(tx, "response.revision_read", "response", response_id, by=by.id, revision=comment.revision)


def _version(tx: Tx, response: Response, by: Person, now: datetime) -> tuple[int, str]:
    attachments = attached(tx, response) if response.action is Action.TEMPLATE else ()
    content = Content(
        fixed_text(response.draft), responses.targets(tx, response.id), attachments, action=response.action
    )
    digest = content_hash(content)
    earlier = responses.versions(tx, response.id)
    if earlier and earlier[-1].content_hash == digest:
        return earlier[-1].number, digest
    number = len(earlier) + 1
    responses.add_editor(tx, response.id, by.id)
    responses.add_version(tx, response.id, number, content, digest, by.id, now)
    return number, digest


def hold(tx: Tx, by: Person, response: Response, now: datetime) -> None:
    """Whoever changes a response has its case, and nobody else has."""
    if response.case_id is not None:
        cases.hold(tx, by, response.case_id, now)


def _response(tx: Tx, response_id: int) -> Response:
    response = responses.get(tx, response_id)
    if response is None:
        raise NotFound(_("There is no such response."))
    return response
