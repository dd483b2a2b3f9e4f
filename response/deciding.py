"""What somebody who decides has before them: the exact version, what was said, what they saw before, why it waits."""

import re
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from access.permissions import Permission, require
from model import clock
from model.assessment import Assessment
from model.errors import BadInput, NotFound
from model.language import _, later
from model.person import Person
from model.words import Action, DecisionKind, ResponseState
from response import handing_on, similar, standins
from response.similar import Begun
from response.text import all_of, at_moment
from store import comments, deciders, deciding, responses, steps, trail
from store.audit import Event
from store.comments import Comment, Thread
from store.db import Busy, Store, Tx
from store.deciding import Earlier, Handed
from store.responses import Decision, Submission, Version
from store.steps import OpenStep

_ENDED = {
    ResponseState.DRAFT: later("Its author took it back, and writes on it."),
    ResponseState.WAITING: later("It waits for another level now."),
    ResponseState.APPROVED: later("It has all its approvals."),
    ResponseState.PUBLISHED: later("It has gone out."),
    ResponseState.HELD: later("It is held until somebody looks at it."),
    ResponseState.WITHDRAWN: later("Its author gave it up."),
}
_MINE = {
    DecisionKind.APPROVE: later("You approved it at {at}."),
    DecisionKind.REQUEST_CHANGES: later("You asked for changes to it at {at}."),
    DecisionKind.REJECT: later("You rejected it at {at}."),
}
_THEIRS = {
    DecisionKind.APPROVE: later("{name} approved it at {at}."),
    DecisionKind.REQUEST_CHANGES: later("{name} asked for changes to it at {at}."),
    DecisionKind.REJECT: later("{name} rejected it at {at}."),
}


@dataclass(frozen=True, slots=True)
class Matter:
    """One decision with everything beside it. `seen` is the earlier version that this person saw last, `before` the one
    just before this: None where there is none. `asked` are the names for each step of the route."""

    submission: Submission
    version: Version
    seen: Version | None
    before: Version | None
    response_id: int
    case_id: int | None
    action: Action
    author: str
    comment: Comment | None
    assessment: Assessment | None
    thread: Thread | None
    talk: list[Comment]
    channels: list[str]
    back: Decision | None
    back_version: int
    asked: list[list[str]]
    step: int
    wait: OpenStep | None
    earlier: list[Earlier]
    begun: Begun | None
    handed: list[Handed]


def matter(store: Store, by: Person, submission_id: int) -> Matter:
    """A submission as somebody who is asked sees it. Raises NotFound."""
    with store.read() as tx:
        submission = responses.submission(tx, submission_id)
        response = responses.get(tx, submission.response_id) if submission else None
        if submission is None or response is None:
            raise NotFound(_("There is no such response any more."))
        versions = {one.number: one for one in responses.versions(tx, response.id)}
        version = versions[submission.version_number]
        targets = version.content.targets
        answered = next((one for one in targets if one.comment_id is not None), None)
        comment = comments.get(tx, answered.comment_id) if answered and answered.comment_id is not None else None
        sent = responses.submissions_of(tx, response.id)
        made = [one for each in sent[-20:] for one in responses.decisions_of(tx, each.id)]
        back = next((one for one in reversed(made) if one.settled_at and one.submission_id != submission.id), None)
        wait = steps.of_submission(tx, submission.id)
        here = [one for one in made if one.submission_id == submission.id]
        return Matter(
            submission=submission,
            version=version,
            seen=versions.get(deciding.last_seen(tx, by.id, response.id, version.number)),
            before=versions.get(version.number - 1),
            response_id=response.id,
            case_id=response.case_id,
            action=response.action,
            author=deciders.names(tx).get(response.author_id, "somebody"),
            comment=comment,
            assessment=comments.assessment(tx, comment.id, comment.revision) if comment else None,
            thread=comments.thread(tx, comment.thread_id) if comment else None,
            talk=comments.of_thread(tx, comment.thread_id, 40) if comment else [],
            channels=sorted({one.channel.value for one in targets}),
            back=back if back and back.reason else None,
            back_version=next((one.version_number for one in sent if back and one.id == back.submission_id), 0),
            asked=_asked(tx, submission, here),
            step=wait.step if wait else max((one.step for one in here), default=-1) + 1,
            wait=wait,
            earlier=deciding.earlier_replies(tx, comment.source_id, comment.author, response.id)
            if comment and comment.author
            else [],
            begun=similar.begun_from(tx, response.id),
            handed=deciding.handed(tx, submission.id),
        )


def _asked(tx: Tx, submission: Submission, made: list[Decision]) -> list[list[str]]:
    """For each step who approved there, or who is asked, or who may decide when it is reached."""
    able, names = deciders.deciders(tx), deciders.names(tx)
    without = responses.editors(tx, submission.response_id)
    waiting = responses.asked(tx, submission.id)
    found = []
    for index, step in enumerate(submission.steps):
        done = [one.name for one in made if one.step == index]
        still = {who for who, at, _ in waiting if at == index}
        counted = {one.person_id for one in made}
        there = still or able.get(step.level, frozenset()) - without - counted
        found.append(done if done and not still else sorted(names[one] for one in there))
    return found


def looked(store: Store, by: Person, response_id: int, version: int) -> None:
    """Notes that this version was whole on this person's screen; writes only where that is new."""
    require(by, Permission.DECIDE)
    with store.read() as tx:
        known = deciding.has_seen(tx, by.id, response_id, version)
    if not known:
        with suppress(Busy, IntegrityError), store.note() as tx:  # another window was faster, or the next look does it
            deciding.saw(tx, by.id, response_id, version, clock.now())


def what_became(tx: Tx, by: Person, submission_id: int) -> str:
    """Why something does not wait for this person (any more), in sentences."""
    row = deciding.one(tx, submission_id)
    submission = responses.submission(tx, submission_id)
    if row is None or submission is None:
        return _("There is no such response. It may have been removed.")
    made = responses.decisions_of(tx, submission_id)
    mine = next((one for one in made if one.person_id == by.id), None)
    last = made[-1] if made else None
    # That a level below had approved it is not why: its author went back to it.
    stale = last is not None and last.kind == DecisionKind.APPROVE and submission.ended_as == "stale"
    what = _("Version {version} does not wait for you.", version=submission.version_number)
    handed = [one for one in deciding.handed(tx, submission_id) if one.from_person_id == by.id]
    if mine:
        told = _(_MINE[DecisionKind(mine.kind)], at=at_moment(mine.at))
    elif handed:
        told = _(
            "You handed it to {name} at {at}.",
            name=handed[-1].to_name,
            at=at_moment(handed[-1].at),
        )
    # What can still be undone is seen by those alone who could have decided in its place.
    elif last and not stale and (last.settled_at or by.id in standins.could_decide(tx, submission, last.step)):
        told = _(_THEIRS[DecisionKind(last.kind)], name=last.name, at=at_moment(last.at))
    else:
        told = ""
    return " ".join(part for part in (what, told, _after(tx, submission, ResponseState(row.state), last)) if part)


def _after(tx: Tx, submission: Submission, state: ResponseState, last: Decision | None) -> str:
    """How it went on from there, and by whom; `last` is the last decision on it."""
    names = deciders.names(tx)
    newest = responses.submissions_of(tx, submission.response_id)[-1]
    if newest.id != submission.id:
        name, at = names.get(newest.by, _("Somebody")), at_moment(newest.at)
        return _("{name} sent version {version} at {at}.", name=name, version=newest.version_number, at=at)
    if last and not last.settled_at:
        return _("That can still be undone.")
    if state is ResponseState.DRAFT and (ended := _taken_back(tx, submission)):
        name, at = names.get(ended.person_id or 0, _("Somebody")), at_moment(ended.at)
        return _("{name} took it back at {at}, and it is a draft again.", name=name, at=at)
    asked = sorted(names[person] for person, _step, _level in responses.asked(tx, submission.id) if person in names)
    if state is ResponseState.WAITING and asked:
        return _("It waits for {names} now.", names=all_of(asked))
    return _(_ENDED.get(state, ""))


def _taken_back(tx: Tx, submission: Submission) -> Event | None:
    """The event by which a submission's approvals went stale."""
    wanted = trail.Wanted(action="submission.stale", subject="response", number=submission.response_id)
    found = trail.page(tx, wanted, limit=20).events
    return next((one for one in found if one.data.get("submission") == submission.id), None)


def newer(tx: Tx, by: Person, submission_id: int) -> int | None:
    """The newer submission of the same response that waits for this person, if there is one."""
    submission = responses.submission(tx, submission_id)
    live = responses.live_submission(tx, submission.response_id) if submission else None
    if live is None or live.id == submission_id:
        return None
    return live.id if any(who == by.id for who, _step, _level in responses.asked(tx, live.id)) else None


def takers(store: Store, by: Person, submission_id: int, step: int) -> dict[int, str]:
    """To whom this person could hand a decision, by id."""
    with store.read() as tx:
        submission = responses.submission(tx, submission_id)
        names = deciders.names(tx)
        found = handing_on.could_take(tx, submission, step, by.id) if submission else frozenset()
    return {one: names[one] for one in sorted(found, key=lambda one: names[one])}


@dataclass(frozen=True, slots=True)
class Back:
    """What an author is told of a version that came back: the text as it was, and which part of it is meant."""

    name: str
    kind: str
    reason: str
    version: int
    text: str
    start: int
    end: int


def sent_back(store: Store, response_id: int) -> Back | None:
    """The last decision on a response that gave a reason, as its author reads it; (0, 0) is all of the text."""
    with store.read() as tx:
        sent = responses.submissions_of(tx, response_id)
        made = [(each, one) for each in sent[-20:] for one in responses.decisions_of(tx, each.id)]
        last = next(((each, one) for each, one in reversed(made) if one.reason and one.settled_at), None)
        if last is None:
            return None
        each, one = last
        text = responses.version(tx, response_id, each.version_number).content.text
    start, end = one.span_start or 0, one.span_end or 0
    return Back(one.name, one.kind, one.reason, each.version_number, text, start, end)


def part(text: str, quoted: str) -> tuple[int, int]:
    """Where some quoted words stand in a text, blanks of any kind being alike. Raises BadInput unless it is once."""
    wanted = r"\s+".join(re.escape(word) for word in quoted.split())
    found = [(one.start(), one.end()) for one in re.finditer(wanted, text)] if wanted else []
    if not found:
        raise BadInput(_("These words do not stand in this text. Copy them from it, or leave the field empty."))
    if len(found) > 1:
        raise BadInput(_("These words stand in this text more than once. Copy a few more of them."))
    return found[0]
