"""Values in words: times in the reader's zone, ages, levels, what happened."""

import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache, reduce
from html import escape
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from analysis.matters import load as shipped_matters
from model import clock, moments
from model.language import Labels, _, later, many
from model.route import EXPERT
from model.words import (
    Action,
    Channel,
    DecisionKind,
    Language,
    ModerationState,
    PublicationState,
    ResponseState,
    Role,
    Severity,
)
from response import matters as own_matters
from store import people
from store.audit import Event
from store.db import Store, store

SEVERITY = Labels(
    {
        Severity.NONE: later("no concern"),
        Severity.LOW: later("low"),
        Severity.MEDIUM: later("medium"),
        Severity.HIGH: later("high"),
        Severity.CRITICAL: later("critical"),
    }
)
ROLE = Labels(
    {
        Role.MANAGER: later("community manager"),
        Role.EXPERT: later("expert"),
        Role.APPROVER: later("approver"),
        Role.LEADERSHIP: later("leadership"),
        Role.ADMIN: later("administrator"),
    }
)
CHANNEL = Labels(
    {
        Channel.BLOG: later("Blog"),
        Channel.FACEBOOK: later("Facebook"),
        Channel.INSTAGRAM: later("Instagram"),
        Channel.MASTODON: later("Mastodon"),
        Channel.BLUESKY: later("Bluesky"),
        Channel.REDDIT: later("Reddit"),
        Channel.YOUTUBE: later("YouTube"),
        Channel.LINKEDIN: later("LinkedIn"),
        Channel.X: later("X"),
        Channel.FORUM: later("Forum"),
        Channel.OTHER: later("Another channel"),
    }
)
LANGUAGE = Labels(
    {
        Language.ENGLISH: later("English"),
        Language.GERMAN: later("German"),
        Language.FRENCH: later("French"),
        Language.SPANISH: later("Spanish"),
        Language.ITALIAN: later("Italian"),
        Language.PORTUGUESE: later("Portuguese"),
        Language.DUTCH: later("Dutch"),
        Language.POLISH: later("Polish"),
        Language.SWEDISH: later("Swedish"),
        Language.DANISH: later("Danish"),
        Language.TURKISH: later("Turkish"),
        Language.ARABIC: later("Arabic"),
        Language.PERSIAN: later("Persian"),
        Language.RUSSIAN: later("Russian"),
        Language.UKRAINIAN: later("Ukrainian"),
        Language.GREEK: later("Greek"),
        Language.HEBREW: later("Hebrew"),
        Language.HINDI: later("Hindi"),
        Language.CHINESE: later("Chinese"),
        Language.JAPANESE: later("Japanese"),
        Language.KOREAN: later("Korean"),
        Language.THAI: later("Thai"),
        Language.UNKNOWN: later("Not known"),
    }
)
RESPONSE = Labels(
    {
        ResponseState.DRAFT: later("Being written"),
        ResponseState.WAITING: later("Waiting for approval"),
        ResponseState.CHANGES_REQUESTED: later("Changes requested"),
        ResponseState.REJECTED: later("Rejected"),
        ResponseState.APPROVED: later("Approved, on its way"),
        ResponseState.HELD: later("Held: a person must look"),
        ResponseState.PUBLISHED: later("Published"),
        ResponseState.WITHDRAWN: later("Withdrawn"),
    }
)
NOW = Labels(
    {
        ResponseState.DRAFT: later("now: being written"),
        ResponseState.WAITING: later("now: waiting for approval"),
        ResponseState.CHANGES_REQUESTED: later("now: changes requested"),
        ResponseState.REJECTED: later("now: rejected"),
        ResponseState.APPROVED: later("now: approved, on its way"),
        ResponseState.HELD: later("now: held: a person must look"),
        ResponseState.PUBLISHED: later("now: published"),
        ResponseState.WITHDRAWN: later("now: withdrawn"),
    }
)
"""How a response stands, at the end of a line."""
DECIDED = Labels(
    {
        DecisionKind.APPROVE: later("Approved"),
        DecisionKind.REQUEST_CHANGES: later("Changes requested"),
        DecisionKind.REJECT: later("Rejected"),
    }
)
PUBLICATION = Labels(
    {
        PublicationState.SCHEDULED: later("Goes out in a moment"),
        PublicationState.PUBLISHING: later("Being sent"),
        PublicationState.PUBLISHED: later("Published"),
        PublicationState.HAND_OFF: later("Waiting to be posted by hand"),
        PublicationState.HELD: later("Held"),
        PublicationState.FAILED: later("Not sent"),
        PublicationState.UNCONFIRMED: later("Nobody knows whether it was sent"),
        PublicationState.DROPPED: later("Dropped"),
    }
)
ACTION = Labels(
    {
        Action.REPLY: later("Reply"),
        Action.APPROVE: later("Show to everybody"),
        Action.HOLD: later("Put on hold"),
        Action.SPAM: later("Mark as spam"),
        Action.TRASH: later("Move to the bin"),
        Action.TEMPLATE: later("Make it a template"),
    }
)
PUT_BACK = Labels(
    {
        Action.APPROVE: later("Put it back"),
        Action.HOLD: later("Put it back on hold"),
        Action.SPAM: later("Put it back into spam"),
        Action.TRASH: later("Put it back into the bin"),
    }
)
ASK_BACK = Labels(
    {
        Action.APPROVE: later("Ask to put it back"),
        Action.HOLD: later("Ask to put it back on hold"),
        Action.SPAM: later("Ask to put it back into spam"),
        Action.TRASH: later("Ask to put it back into the bin"),
    }
)
STANDS_AGAIN = Labels(
    {
        Action.APPROVE: later("It is shown again in a moment."),
        Action.HOLD: later("It is on hold again in a moment."),
        Action.SPAM: later("It is in the blog's spam again in a moment."),
        Action.TRASH: later("It is in the blog's bin again in a moment."),
    }
)
ASKED = Labels(
    {
        **RESPONSE.english,
        ResponseState.DRAFT: later("Not asked for any more"),
        ResponseState.APPROVED: later("Approved"),
        ResponseState.PUBLISHED: later("Done"),
        ResponseState.WITHDRAWN: later("Given up"),
    }
)
"""How something stands that was asked for about a comment, as long as nothing is done on the blog."""
MODERATION = Labels(
    {
        ModerationState.SCHEDULED: later("Done in a moment"),
        ModerationState.DOING: later("Being done"),
        ModerationState.DONE: later("Done"),
        ModerationState.HELD: later("Held"),
        ModerationState.FAILED: later("Not done"),
        ModerationState.UNCONFIRMED: later("Nobody knows whether it was done"),
        ModerationState.UNDONE: later("Taken back before it was done"),
    }
)
STANDS = Labels(
    {
        "hold": later("on hold on the blog"),
        "spam": later("in the blog's spam"),
        "trash": later("in the blog's bin"),
    }
)
_BECAME = Labels({"approved": later("shown to everybody"), "hold": later("on hold"), "spam": later("spam")})
HAPPENED = Labels(
    {
        "case.opened": later("Flagged"),
        "case.joined": later("Another comment joined"),
        "case.graver": later("Graver on a second look"),
        "case.claimed": later("Claimed"),
        "case.released": later("Released"),
        "case.snoozed": later("Put off"),
        "case.woken": later("Brought back"),
        "comment.looked_over": later("Looked over before it was a case"),
        "comment.checked": later("Answered for in a weekly check"),
        "comment.unchecked": later("What was answered in a weekly check, undone"),
        "case.takeover_asked": later("Asked for the case"),
        "case.kept": later("Kept"),
        "case.handed_over": later("Handed over"),
        "case.same_person": later("The author was said to be somebody elsewhere"),
        "case.not_same_person": later("That the author is somebody elsewhere was taken back"),
        "case.taken_over": later("Taken over"),
        "case.noted": later("Noted"),
        "case.note_edited": later("Note changed"),
        "case.note_deleted": later("Note taken away"),
        "case.task_given": later("Task given"),
        "case.task_done": later("Task done"),
        "case.task_open_again": later("Task not done after all"),
        "case.escalated": later("Escalated"),
        "case.question_answered": later("Question answered"),
        "case.answer_undone": later("Answering the question was undone"),
        "case.dismissed": later("Dismissed"),
        "case.spam": later("Marked as spam"),
        "case.answered": later("Answered"),
        "case.upload_undone": later("Closed, as its upload was undone"),
        "case.left": later("Comments left, as their upload was undone"),
        "case.answered_there": later("Answered on the blog"),
        "moderation.asked": later("Something was asked for about a comment"),
        "moderation.scheduled": later("Ready to be done on the blog"),
        "moderation.attempt": later("Being done on the blog"),
        "moderation.done": later("Done on the blog"),
        "moderation.undone": later("Taken back before it was done"),
        "moderation.held": later("Held"),
        "moderation.failed": later("Not done"),
        "moderation.unconfirmed": later("Nobody knows whether it was done"),
        "moderation.again": later("Tried again"),
        "moderation.paused": later("Waits for the end of a pause"),
        "moderation.dropped": later("Given up"),
        "comment.edited": later("The comment was edited"),
        "comment.deleted": later("The comment was deleted on the blog"),
        "comment.back": later("The comment is back on the blog"),
        "comment.status": later("The blog gave the comment another status"),
        "case.answered_in_part": later("Answered; open for what joined since"),
        "case.question_handed_over": later("Question handed to another person"),
        "response.handed_over": later("Reply handed over"),
        "response.started": later("Reply begun"),
        "response.written": later("Wrote in the reply"),
        "response.aside_settled": later("Looked at what was kept beside the reply"),
        "response.submitted": later("Sent for approval"),
        "response.withdrawn": later("Reply given up"),
        "response.aimed": later("Sent to other channels"),
        "response.from_answer": later("Started from an earlier answer"),
        "response.templated": later("Filled from a template"),
        "response.revision_read": later("New text of the comment read"),
        "response.tagged": later("Goal chosen"),
        "response.untagged": later("Choosing the goal was undone"),
        "decision.approve": DECIDED.english[DecisionKind.APPROVE],
        "decision.request_changes": DECIDED.english[DecisionKind.REQUEST_CHANGES],
        "decision.reject": DECIDED.english[DecisionKind.REJECT],
        "decision.undone": later("Decision undone"),
        "decision.noted": later("Said of the rules that this need not be seen next time"),
        "decision.handed_on": later("Decision handed on"),
        "decision.hand_undone": later("Handing the decision on was undone"),
        "submission.approved": later("Approved at every level"),
        "submission.changes_requested": later("Back with the author"),
        "submission.rejected": later("The reply was rejected"),
        "submission.stale": later("Approvals ended by a change"),
        "submission.gained": later("A level was added"),
        "step.went_up": later("The next level was asked as well"),
        "step.no_way_up": later("Nobody above could be asked"),
        "publication.scheduled": later("Ready to go out"),
        "publication.attempt": later("Being sent"),
        "publication.looking": later("Being looked for on the blog"),
        "publication.published": later("Published"),
        "publication.held": later("Held"),
        "publication.paused": later("Waits for the end of a pause"),
        "publication.failed": later("Not sent"),
        "publication.waits": later("Waits until the blog can be reached"),
        "publication.unconfirmed": later("Nobody knows whether it was sent"),
        "publication.in_doubt": later("May have gone out since the backup"),
        "publication.looked": later("Looked for after the restore"),
        "publication.recognised": later("Recognised on the blog"),
        "publication.twice": later("On the blog twice, or perhaps"),
        "publication.once": later("Seen to: it stands there once"),
        "publication.again": later("Sent again"),
        "publication.dropped": later("Dropped"),
        "publication.verified": later("Read as approved where it was posted"),
        "publication.differs": later("Read otherwise than approved where it was posted"),
        "case.reopened": later("Reopened"),
        "case.undone": later("Undone"),
        "response.undone": later("Sending it was undone"),
        "comment.undone": later("What was said of it before it was a case, undone"),
    }
)


_HAPPENED_TO_A_MODERATION = Labels({"response.withdrawn": later("given up"), "submission.rejected": later("rejected")})
_TO = {
    "case.handed_over": (later("Handed over to {name}"), "person"),
    "case.task_given": (later("Task given to {name}"), "person"),
    "case.taken_over": (later("Taken over from {name}"), "holder"),
    "decision.handed_on": (later("Decision handed to {name}"), "to"),
    "response.handed_over": (later("Reply handed over to {name}"), "person"),
    "case.question_handed_over": (later("Question handed to {name}"), "person"),
}
"""What is said with the name of somebody else, and under which word the event keeps who that is."""
_DECIDED = Labels(
    {
        DecisionKind.APPROVE: later("approved"),
        DecisionKind.REQUEST_CHANGES: later("changes requested"),
        DecisionKind.REJECT: later("rejected"),
    }
)
_MANY_DAYS = 61
_KNOWN_S = 5
_MOMENT = re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d) UTC\b")


def now() -> datetime:
    """The present moment, aware."""
    return clock.now()


def zone() -> ZoneInfo:
    """The reader's time zone, as the browser says it; the organisation's where it says none."""
    try:
        return ZoneInfo(st.context.timezone or _organisations(store(), int(time.monotonic() / _KNOWN_S)))
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


@lru_cache(maxsize=8)
def _organisations(here: Store, _while: int) -> str:
    # A page writes a hundred moments: it is asked for once in a few seconds.
    with here.read() as tx:
        return str(people.fact(tx, "time zone") or "UTC")


def exact(moment: datetime | None) -> str:
    """'Mon 23 Nov 2026, 14:05' in the reader's zone."""
    return moments.full(moment.astimezone(zone())) if moment else _("no date")


def time_of_day(moment: datetime | None) -> str:
    """'14:05' in the reader's zone."""
    return f"{moment.astimezone(zone()):%H:%M}" if moment else ""


def moment(at: datetime | None) -> str:
    """'14:05' today, else '23 Nov, 14:05', in the reader's zone."""
    if at is None:
        return ""
    here = at.astimezone(zone())
    return f"{here:%H:%M}" if here.date() == now().astimezone(zone()).date() else moments.short(here)


def in_zone(text: str) -> str:
    """A message with its moments ('2026-03-02 14:05 UTC', `response.text.at_moment`) in the reader's zone."""
    return _MOMENT.sub(lambda found: moment(datetime.fromisoformat(found[1]).replace(tzinfo=UTC)), text)


def to_the_second(moment: datetime) -> str:
    """'23 Nov, 14:05:09' in the reader's zone."""
    return moments.short(moment.astimezone(zone()), seconds=True)


def span(seconds: float) -> str:
    """A length of time in its largest unit: '40 min', '3 h', '2 d', '5 months', '3 years'."""
    minutes = max(0, int(seconds // 60))
    days = minutes // 1440
    if days >= _MANY_DAYS:
        months = days // 30
        return _("{n} months", n=months) if months < 24 else _("{n} years", n=days // 365)
    if minutes < 60:
        return _("{n} min", n=minutes)
    return _("{n} h", n=minutes // 60) if days < 2 else _("{n} d", n=days)


def age(moment: datetime | None) -> str:
    """How long ago: 'now', '40 min', '3 h', '2 d'."""
    if moment is None:
        return ""
    seconds = (clock.now() - moment).total_seconds()
    return _("now") if seconds < 60 else span(seconds)


def ago(moment: datetime) -> str:
    """'just now', '40 min ago'."""
    seconds = (clock.now() - moment).total_seconds()
    return _("just now") if seconds < 60 else _ago(seconds)


def _ago(seconds: float) -> str:
    """'40 min ago'. Whole sentences: in some languages a length of time is another word when it is past."""
    minutes = int(seconds // 60)
    days = minutes // 1440
    if days >= _MANY_DAYS:
        months = days // 30
        return _("{n} months ago", n=months) if months < 24 else _("{n} years ago", n=days // 365)
    if minutes < 60:
        return _("{n} min ago", n=minutes)
    return _("{n} h ago", n=minutes // 60) if days < 2 else many("{n} day ago", "{n} days ago", days)


def timed(at: datetime | None, said: str = "") -> str:
    """A moment as HTML: how long ago it was, or what is `said` of it; exact where the pointer rests on it."""
    if at is None:
        return escape(said)
    machine = at.astimezone(UTC).isoformat(timespec="minutes")
    return f"<time datetime='{machine}' title='{escape(exact(at))}'>{escape(said or ago(at))}</time>"


def with_times(text: str, **times: str) -> str:
    """A text as HTML, in which '{ago}' or another name of `times` stands for what `timed` made."""
    shown = escape(text)
    for name, time_there in times.items():
        shown = shown.replace(f"{{{name}}}", time_there)
    return shown


def matters() -> dict[str, str]:
    """The names of the matters by their keys: those that ship, and the organisation's own."""
    ours = _own_matters(store(), int(time.monotonic() / _KNOWN_S))
    return {one.key: _(one.name) for one in shipped_matters()} | ours


@lru_cache(maxsize=8)
def _own_matters(here: Store, _while: int) -> dict[str, str]:
    with here.read() as tx:
        return {one.key: one.name for one in own_matters.in_force(tx).matters if one.name}


def level(number: int) -> str:
    """A level of a route in words."""
    return _("an expert") if number == EXPERT else _("level {n}", n=number)


def count(number: int, one: str, many: str = "") -> str:
    """'1 comment', '2 comments'."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def stands(status: str, deleted_at: datetime | None, erased_at: datetime | None = None) -> str:
    """How a comment stands on its source, where that is not simply there for everybody to see; else empty."""
    if erased_at:
        return _("erased")
    if deleted_at:
        return STANDS["trash"] if status == "trash" else _("deleted")
    return STANDS.get(status, "")


def listed(names: list[str], most: int = 3, last: str = "or") -> str:
    """'Ada, Ben or Carla'; '... or 2 others' where there are more than `most`. `last` joins the last one: 'and' where
    all of them are meant."""
    others = _("{n} others", n=len(names) - most + 1)
    shown = names[:most] if len(names) <= most else [*names[: most - 1], others]
    if len(shown) < 2:
        return "".join(shown)
    first = ", ".join(shown[:-1])
    both = later("{first} and {last}") if last == "and" else later("{first} or {last}")
    return _(both, first=first, last=shown[-1])


def joined(names: Sequence[str]) -> str:
    """'Blog and Facebook': all of them, where they are few."""
    return reduce(lambda first, last: _("{first} and {last}", first=first, last=last), names) if names else ""


def decided(kind: str) -> str:
    """A stored kind of decision in the middle of a sentence: 'changes requested'."""
    return _DECIDED[DecisionKind(kind)]


def escalated(case_id: int) -> str:
    """What to say when a case was escalated."""
    return _("Case {id} is escalated.", id=case_id)


def without_level(passed_over: Sequence[Action]) -> str:
    """Which responses of an escalated case, by what they do, go on without the level; empty where none does."""
    said = []
    if Action.REPLY in passed_over:
        said.append(
            _("Its reply is on its way out, or nobody knows yet whether it is there, so it goes without that level.")
        )
    said += [
        _("“{what}” is being done on the blog in this moment, so it is done without that level.", what=ACTION[one])
        for one in passed_over
        if one is not Action.REPLY
    ]
    return " ".join(said)


_ON_A_SECOND_LOOK = {
    "case.opened": later("Flagged on a second look"),
    "case.joined": later("Another comment joined, on a second look"),
}


def happened(event: Event, names: dict[int, str], does: Mapping[int, Action] = MappingProxyType({})) -> str:
    """One line of a case's history. `does` says of responses what they do; those left out are replies."""
    what = _what(event, names, does)
    if not event.person_id or event.action == "case.opened":
        return what
    return _("{what} by {name}", what=what, name=names.get(event.person_id) or _("somebody"))


def _what(event: Event, names: dict[int, str], does: Mapping[int, Action]) -> str:  # noqa: PLR0911 (one return a kind)
    """What happened, without who did it, but for what raised a case."""
    somebody = _("somebody")
    act = does.get(event.subject_id or 0, Action.REPLY) if event.subject == "response" else Action.REPLY
    if act is not Action.REPLY and event.action in _HAPPENED_TO_A_MODERATION:
        return _("{what}: {how}", what=ACTION[act], how=_HAPPENED_TO_A_MODERATION[event.action])
    if event.action == "case.opened" and event.person_id:
        return _("Raised by {name}", name=names.get(event.person_id, somebody))
    if event.data.get("second") and event.action in _ON_A_SECOND_LOOK:
        return _(_ON_A_SECOND_LOOK[event.action])
    if event.action == "case.escalated":
        to = names.get(event.data.get("person") or 0) or level(event.data.get("level") or 0)
        return _("Escalated to {name}", name=to)
    if event.action in _TO:
        template, about = _TO[event.action]
        return _(template, name=names.get(event.data.get(about) or 0, somebody))
    if event.action in ("moderation.asked", "moderation.done"):
        how = _("asked for") if event.action.endswith("asked") else _("done on the blog")
        return _("{what}: {how}", what=ACTION[Action(event.data["does"])], how=how)
    if event.action == "comment.status" and event.data.get("status") in _BECAME:
        return _("On the blog the comment became: {status}", status=_BECAME[event.data["status"]])
    return HAPPENED.get(event.action, event.action)
