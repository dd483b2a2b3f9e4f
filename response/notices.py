"""Notices: what can begin to wait for a person, and the one call by which whoever changes that says so.

A notice is a row, written in the transaction of the change, once for each person, kind, thing and version. A worker
plans and sends it (`response.notices_send`), after it has asked whether the thing still waits for that person.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from access import loosening
from access.preferences import Preference, keep
from model import clock
from model.errors import BadInput
from model.language import Labels, _, later
from model.person import Person
from model.words import CaseState, PublicationState, ResponseState, Severity
from response.notices_when import Choices, How, Way
from store import audit, cases, loosenings, notes, notices, pauses, presence, publications, responses, tasks
from store.db import Store, Tx
from store.notices import Notice
from store.responses import Submission

CHOICES = Preference[Choices]("notices", Choices, Choices())
"""How a person wants to be told."""


@dataclass(frozen=True, slots=True)
class About:
    """What a notice is about: a thing (a table's word, and its id), its version where it has one, and where it stands.

    Notices about one response are one thread in a mail program.
    """

    thing: str
    thing_id: int
    version: int = 0
    response_id: int | None = None
    case_id: int | None = None


def _critical(tx: Tx, one: Notice) -> bool:
    """Whether it is about a critical case: that is told outside of working hours too."""
    response = responses.get(tx, one.response_id) if one.case_id is None and one.response_id is not None else None
    case_id = response.case_id if response else one.case_id
    case = cases.get(tx, case_id) if case_id is not None else None
    return case is not None and case.severity >= Severity.CRITICAL


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice.

    `title` is its row among a person's settings. `subject` and `says` are what is sent; in both, {what} stands for the
    thing ('version 3 of reply 12'), and in `says` {since} for a moment. `page` is where it leads to, by the query named
    in `query` with the id of the thing (or of its case, with 'case'). `still` says whether it waits for that person
    now; `alone` whether nobody else can do it: then it is at least in the digest;
    `urgent` whether it is told outside of working hours too; with `always` nobody can choose otherwise, and it is
    told at once whatever the hour.
    """

    name: str
    title: str
    subject: str
    says: str
    page: str
    query: str
    still: Callable[[Tx, Notice], bool] = lambda _tx, _notice: True
    alone: Callable[[Tx, Notice], bool] = lambda _tx, _notice: False
    usual: How = How.AT_ONCE
    urgent: Callable[[Tx, Notice], bool] = _critical
    always: bool = False


def _asked(tx: Tx, one: Notice) -> bool:
    return one.person_id in notices.asked(tx, one.thing_id)


def _asked_alone(tx: Tx, one: Notice) -> bool:
    return notices.asked(tx, one.thing_id) == {one.person_id}


def _open_question(tx: Tx, one: Notice) -> bool:
    return any(asked.id == one.thing_id for asked in cases.asked_of(tx, one.person_id))


def _back(tx: Tx, one: Notice) -> bool:
    """Whether nobody has sent it anew, or given it up."""
    response = responses.get(tx, one.response_id) if one.response_id is not None else None
    return response is not None and response.state in (ResponseState.CHANGES_REQUESTED, ResponseState.REJECTED)


def _in_doubt(tx: Tx, one: Notice) -> bool:
    publication = publications.get(tx, one.thing_id)
    return publication is not None and publication.state is PublicationState.UNCONFIRMED


def _not_sent(tx: Tx, one: Notice) -> bool:
    publication = publications.get(tx, one.thing_id)
    return publication is not None and publication.state in (PublicationState.FAILED, PublicationState.HELD)


def _to_post(tx: Tx, one: Notice) -> bool:
    return any(sent.state is PublicationState.HAND_OFF for sent in publications.of_submission(tx, one.thing_id))


def _named(tx: Tx, one: Notice) -> bool:
    return notes.named(tx, one.thing_id, one.person_id)


def _to_do(tx: Tx, one: Notice) -> bool:
    task = tasks.get(tx, one.thing_id)
    return task is not None and task.done_at is None


def _asked_for(tx: Tx, one: Notice) -> bool:
    found = presence.get(tx, one.thing_id)
    return found is not None and found.answered_at is None


def _still_paused(tx: Tx, one: Notice) -> bool:
    pause = pauses.get(tx, one.thing_id)
    return pause is not None and pause.lasts(clock.now())


def _not_settled(tx: Tx, one: Notice) -> bool:
    found = loosenings.get(tx, one.thing_id)
    return found is not None and found.waits(clock.now())


def _settled_alone(tx: Tx, one: Notice) -> bool:
    found = loosenings.get(tx, one.thing_id)
    return found is not None and len(loosening.seconds(tx, found.by, found.person_id)) == 1


def _case_open(tx: Tx, one: Notice) -> bool:
    case = cases.get(tx, one.case_id) if one.case_id is not None else None
    return case is not None and case.state == CaseState.OPEN


APPROVAL, HANDED_ON, REMINDER, QUESTION = "approval", "handed on", "reminder", "question"
CHANGES, REJECTED, UNCONFIRMED, NOT_SENT = "changes requested", "rejected", "unconfirmed", "not sent"
TAKEOVER, MENTION, TASK = "takeover", "mention", "task"
TO_POST = "to post"
TAKEN, ANSWERED = "taken over", "answered"
PAUSED = "paused"
STANDS_IN = "stands in"
DANGER = "danger"

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            DANGER,
            later("Somebody may be in danger"),
            later("{what}: possibly somebody in danger"),
            later(
                "{what} has, since {since}, a comment that may come from somebody in despair, or may threaten somebody."
                " It is only possible. Read it now, and decide; what to do and whom to call stands there."
            ),
            "queue",
            "case",
            _case_open,
            lambda _tx, _notice: True,
            always=True,
        ),
        Kind(
            APPROVAL,
            later("A response waits for my decision"),
            later("{what} waits for your decision"),
            later("{what} has waited for your decision since {since}."),
            "approvals",
            "decide",
            _asked,
            _asked_alone,
        ),
        Kind(
            HANDED_ON,
            later("A decision is handed to me"),
            later("{what} was handed to you to decide"),
            later("{what} was handed to you, and has waited for your decision since {since}."),
            "approvals",
            "decide",
            _asked,
            lambda _tx, _notice: True,
        ),
        Kind(
            REMINDER,
            later("What waits for my decision is late"),
            later("{what} still waits for your decision"),
            later(
                "{what} has waited for your decision since {since}. Its time is over: others are asked in your place"
                " next."
            ),
            "approvals",
            "decide",
            _asked,
            _asked_alone,
        ),
        Kind(
            QUESTION,
            later("Somebody asks me a question"),
            later("A question waits for your answer"),
            later("{what} has waited for your answer since {since}."),
            "question",
            "question",
            _open_question,
            lambda _tx, _notice: True,
        ),
        Kind(
            CHANGES,
            later("Changes are requested to what I wrote"),
            later("Changes are requested to {what}"),
            later("Changes are requested to {what}, since {since}. What to change is said there."),
            "reply",
            "case",
            _back,
        ),
        Kind(
            REJECTED,
            later("What I wrote is rejected"),
            later("{what} was rejected"),
            later("{what} was rejected, on {since}. The reason is said there."),
            "queue",
            "case",
            _back,
        ),
        Kind(
            UNCONFIRMED,
            later("Nobody knows whether my reply was sent"),
            later("Nobody knows whether {what} was sent"),
            later("Nobody knows whether {what} was sent. Since {since} it waits for somebody who looks, and says so."),
            "unconfirmed",
            "publication",
            _in_doubt,
            urgent=lambda _tx, _notice: True,
        ),
        Kind(
            NOT_SENT,
            later("My reply is approved and could not be sent"),
            later("{what} could not be sent"),
            later(
                "{what} could not be sent, and has waited for a person since {since}."
                " Why, and what to do, is said there."
            ),
            "queue",
            "case",
            _not_sent,
        ),
        Kind(
            TO_POST,
            later("What I wrote is approved and is to be posted by hand"),
            later("{what} is approved: post it by hand"),
            later(
                "{what} is approved, and has waited to be posted by hand since {since}."
                " Its text, where it goes, and the place to say that it is there stand with it."
            ),
            "queue",
            "case",
            _to_post,
        ),
        Kind(
            PAUSED,
            later("Publishing is paused while something of mine waits to go out"),
            later("Publishing is paused"),
            later(
                "Publishing is paused for everybody, since {since}. What is approved of yours goes on by itself once"
                " that is over, if everything still holds. Who paused it, why and until when, is said there."
            ),
            "queue",
            "case",
            _still_paused,
        ),
        Kind(
            TAKEOVER,
            later("Somebody asks to take over my case"),
            later("Somebody asks to take over {what}"),
            later(
                "Somebody asks to take over {what}, which is yours, since {since}. Without an answer they may take it."
            ),
            "queue",
            "case",
            _asked_for,
        ),
        Kind(
            MENTION,
            later("I am named in a note"),
            later("You are named in a note"),
            later("You are named in a note on {what}, since {since}."),
            "queue",
            "case",
            _named,
        ),
        Kind(
            TASK,
            later("A task is given to me"),
            later("A task was given to you"),
            later("A task on {what} has waited for you since {since}."),
            "queue",
            "case",
            _to_do,
        ),
        Kind(
            TAKEN,
            later("A case came to me, or went from me"),
            later("{what} has changed hands"),
            later("{what} has changed hands, on {since}. Who has it now, and why, is said there."),
            "queue",
            "case",
        ),
        Kind(
            ANSWERED,
            later("My question is answered"),
            later("Your question on {what} is answered"),
            later("Your question on {what} is answered, since {since}. The answer is there."),
            "queue",
            "case",
        ),
        Kind(
            STANDS_IN,
            later("Somebody who goes out of office names me"),
            later("You stand in for somebody who is out of office"),
            later(
                "You were named, on {since}, to be asked in the place of somebody who is out of office. For whom, from"
                " when until when and why is said on your settings."
            ),
            "me",
            "absence",
        ),
        Kind(
            loosening.CONFIRM,
            later("A change that loosens waits for me to confirm it"),
            later("{what} waits for you to confirm it"),
            later(
                "{what} gives more power to somebody or asks for fewer approvals, so it has waited for a second person"
                " since {since}. It counts once you or another one confirms it."
            ),
            "loosened",
            "change",
            _not_settled,
            _settled_alone,
        ),
        Kind(
            loosening.LOOSENED,
            later("Something was loosened that concerns me"),
            later("{what} took effect, and concerns you"),
            later(
                "{what} gave more power to somebody, asked for fewer approvals, or reset a log-in, on {since}. Who"
                " asked for it, who confirmed it and why is said there."
            ),
            "loosened",
            "change",
        ),
        Kind(
            loosening.SETTLED,
            later("A change that I asked for was confirmed or refused"),
            later("{what}, which you asked for, waits no more"),
            later("{what}, which you asked for, waits no more, since {since}. What became of it is said there."),
            "loosened",
            "change",
        ),
    )
}
"""Every kind. Who adds one declares it here, with its words, and calls `notify`."""


def notify(
    tx: Tx, kind: str, people: Iterable[int], about: About, since: datetime, *, after: datetime | None = None
) -> None:
    """Something begins to wait for these people; part of the change that makes it so.

    `after` is when it may be told at the earliest: while the change can be undone, nobody is told. Who has this notice
    already, about this version of the thing, gets no other.
    """
    notices.tell(
        tx,
        people,
        kind=KINDS[kind].name,
        thing=about.thing,
        thing_id=about.thing_id,
        version=about.version,
        response_id=about.response_id,
        case_id=about.case_id,
        since=since,
        due_at=after or since,
    )


def about(submission: Submission, case_id: int | None = None) -> About:
    """A version as it was sent for approval."""
    return About("submission", submission.id, submission.version_number, submission.response_id, case_id)


def over(tx: Tx, kind: str, thing: str, thing_id: int, now: datetime) -> None:
    """It waits for nobody any more: what was not sent yet is not sent. Only kinds without `still` need to be told."""
    for notice_id in notices.open_about(tx, kind, thing, thing_id):
        end(tx, notice_id, "not needed", now)


def unsay(tx: Tx, kind: str, thing: str, thing_id: int, since: datetime, now: datetime) -> None:
    """What began to wait at `since` was undone: it is not sent, and whoever does the same again tells it again."""
    for notice_id in notices.open_about(tx, kind, thing, thing_id):
        one = notices.get(tx, notice_id)
        if one and one.since == since:
            end(tx, notice_id, "not needed", now)
            notices.drop(tx, notice_id)


def end(tx: Tx, notice_id: int, as_what: str, now: datetime, problem: str = "", why: str = "") -> None:
    """Ends a notice, and says so on the record, also where nothing was sent."""
    one = notices.get(tx, notice_id)
    if one is None or not notices.settle(tx, notice_id, as_what, now, problem):
        return
    data = {"notice": notice_id, "kind": one.kind, "thing": one.thing, "id": one.thing_id, "version": one.version}
    if as_what == "sent":
        audit.record(tx, "notice.sent", "person", one.person_id, by=None, at=now, **data)
    else:
        audit.record(tx, "notice.not_sent", "person", one.person_id, by=None, at=now, why=why or as_what, **data)


_ON_A_CASE = ("comment", "note", "task", "takeover", "handover", "answer")
_THINGS = Labels({"question": later("question"), "publication": later("publication"), "loosening": later("change")})


def what(one: Notice) -> str:
    """What a notice is about, as people can find it again: numbers and our own words, nothing that anybody typed."""
    if one.thing == "submission" and one.version:
        return _("version {version} of response {id}", version=one.version, id=one.response_id)
    if one.response_id is not None:
        return _("response {id}", id=one.response_id)
    if one.thing in (*_ON_A_CASE, "case") and one.case_id is not None:
        return _("case {id}", id=one.case_id)
    thing = _("{thing} {id}", thing=_THINGS.get(one.thing, one.thing), id=one.thing_id)
    return _("{thing} on case {id}", thing=thing, id=one.case_id) if one.case_id is not None else thing


def address(one: Notice, base: str) -> str:
    """Where it leads to, behind the log-in; `base` is our own public address."""
    kind = KINDS[one.kind]
    if kind.query == "case" and one.case_id is None and one.response_id is not None:
        return f"{base}/new?{urlencode({'response': one.response_id})}"
    number = one.case_id if kind.query == "case" else one.thing_id
    query = ({kind.query: number} if number is not None else {}) | ({"version": one.version} if one.version else {})
    return f"{base}/{kind.page}?{urlencode(query)}"


# --- what a person chooses -------------------------------------------------------------------------------------------


def choose(store: Store, by: Person, choices: Choices, now: datetime) -> None:
    """Keeps how a person wants to be told, and plans anew what was not sent yet."""
    if (choices.quiet_from is None) != (choices.quiet_until is None):
        raise BadInput(_("Quiet hours need a beginning and an end."))
    if choices.way is Way.MESSENGER and not choices.messenger:
        raise BadInput(_("Give the address of your messenger first, or choose e-mail."))
    unknown = set(choices.kinds) - set(KINDS)
    if unknown:
        raise BadInput(_("There is no such kind of notice. Load the page again."))
    with store.write() as tx:
        keep(tx, by.id, CHOICES, choices)
        notices.plan_anew(tx, by.id, now)
        audit.record(
            tx,
            "person.notices",
            "person",
            by.id,
            by=by.id,
            at=now,
            way=choices.way,
            kinds={name: how.value for name, how in sorted(choices.kinds.items())},
        )
