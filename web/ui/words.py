"""Values in words: times in the reader's zone, ages, levels, what happened."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from model import clock
from model.route import EXPERT
from model.words import Action, Channel, DecisionKind, ModerationState, PublicationState, ResponseState, Severity
from store import people
from store.audit import Event
from store.db import Store, store

SEVERITY = {
    Severity.NONE: "no concern",
    Severity.LOW: "low",
    Severity.MEDIUM: "medium",
    Severity.HIGH: "high",
    Severity.CRITICAL: "critical",
}
CHANNEL = {
    Channel.BLOG: "Blog",
    Channel.FACEBOOK: "Facebook",
    Channel.INSTAGRAM: "Instagram",
    Channel.MASTODON: "Mastodon",
    Channel.BLUESKY: "Bluesky",
    Channel.REDDIT: "Reddit",
    Channel.YOUTUBE: "YouTube",
    Channel.LINKEDIN: "LinkedIn",
    Channel.X: "X",
    Channel.FORUM: "Forum",
    Channel.OTHER: "Another channel",
}
RESPONSE = {
    ResponseState.DRAFT: "Being written",
    ResponseState.WAITING: "Waiting for approval",
    ResponseState.CHANGES_REQUESTED: "Changes requested",
    ResponseState.REJECTED: "Rejected",
    ResponseState.APPROVED: "Approved, on its way",
    ResponseState.HELD: "Held: a person must look",
    ResponseState.PUBLISHED: "Published",
    ResponseState.WITHDRAWN: "Withdrawn",
}
DECIDED = {
    DecisionKind.APPROVE: "Approved",
    DecisionKind.REQUEST_CHANGES: "Changes requested",
    DecisionKind.REJECT: "Rejected",
}
PUBLICATION = {
    PublicationState.SCHEDULED: "Goes out in a moment",
    PublicationState.PUBLISHING: "Being sent",
    PublicationState.PUBLISHED: "Published",
    PublicationState.HAND_OFF: "Waiting to be posted by hand",
    PublicationState.HELD: "Held",
    PublicationState.FAILED: "Not sent",
    PublicationState.UNCONFIRMED: "Nobody knows whether it was sent",
    PublicationState.DROPPED: "Dropped",
}
ACTION = {
    Action.REPLY: "Reply",
    Action.APPROVE: "Show to everybody",
    Action.HOLD: "Put on hold",
    Action.SPAM: "Mark as spam",
    Action.TRASH: "Move to the bin",
    Action.TEMPLATE: "Make it a template",
}
PUT_BACK = {
    Action.APPROVE: "Put it back",
    Action.HOLD: "Put it back on hold",
    Action.SPAM: "Put it back into spam",
    Action.TRASH: "Put it back into the bin",
}
STANDS_AGAIN = {
    Action.APPROVE: "It is shown again in a moment.",
    Action.HOLD: "It is on hold again in a moment.",
    Action.SPAM: "It is in the blog's spam again in a moment.",
    Action.TRASH: "It is in the blog's bin again in a moment.",
}
ASKED = {
    **RESPONSE,
    ResponseState.DRAFT: "Not asked for any more",
    ResponseState.APPROVED: "Approved",
    ResponseState.PUBLISHED: "Done",
    ResponseState.WITHDRAWN: "Given up",
}
"""How something stands that was asked for about a comment, as long as nothing is done on the blog."""
MODERATION = {
    ModerationState.SCHEDULED: "Done in a moment",
    ModerationState.DOING: "Being done",
    ModerationState.DONE: "Done",
    ModerationState.HELD: "Held",
    ModerationState.FAILED: "Not done",
    ModerationState.UNCONFIRMED: "Nobody knows whether it was done",
    ModerationState.UNDONE: "Taken back before it was done",
}
STANDS = {
    "hold": "on hold on the blog",
    "spam": "in the blog's spam",
    "trash": "in the blog's bin",
}
_BECAME = {"approved": "shown to everybody", "hold": "on hold", "spam": "spam"}
_HAPPENED = {
    "case.opened": "Flagged",
    "case.joined": "Another comment joined",
    "case.claimed": "Claimed",
    "case.released": "Released",
    "case.snoozed": "Put off",
    "case.woken": "Brought back",
    "comment.looked_over": "Looked over before it was a case",
    "case.takeover_asked": "Asked for the case",
    "case.kept": "Kept",
    "case.handed_over": "Handed over",
    "case.taken_over": "Taken over",
    "case.noted": "Noted",
    "case.note_edited": "Note changed",
    "case.note_deleted": "Note taken away",
    "case.task_given": "Task given",
    "case.task_done": "Task done",
    "case.task_open_again": "Task not done after all",
    "case.escalated": "Escalated",
    "case.question_answered": "Question answered",
    "case.dismissed": "Dismissed",
    "case.spam": "Marked as spam",
    "case.answered": "Answered",
    "case.upload_undone": "Closed, as its upload was undone",
    "case.left": "Comments left, as their upload was undone",
    "case.answered_there": "Answered on the blog",
    "moderation.asked": "Something was asked for about a comment",
    "moderation.scheduled": "Ready to be done on the blog",
    "moderation.attempt": "Being done on the blog",
    "moderation.done": "Done on the blog",
    "moderation.undone": "Taken back before it was done",
    "moderation.held": "Held",
    "moderation.failed": "Not done",
    "moderation.unconfirmed": "Nobody knows whether it was done",
    "moderation.again": "Tried again",
    "moderation.dropped": "Given up",
    "comment.edited": "The comment was edited",
    "comment.deleted": "The comment was deleted on the blog",
    "comment.back": "The comment is back on the blog",
    "comment.status": "The blog gave the comment another status",
    "case.answered_in_part": "Answered; open for what joined since",
    "response.started": "Reply begun",
    "response.written": "Wrote in the reply",
    "response.aside_settled": "Looked at what was kept beside the reply",
    "response.submitted": "Sent for approval",
    "response.withdrawn": "Reply given up",
    "response.aimed": "Sent to other channels",
    "response.from_answer": "Started from an earlier answer",
    "response.templated": "Filled from a template",
    "response.revision_read": "New text of the comment read",
    "decision.approve": DECIDED[DecisionKind.APPROVE],
    "decision.request_changes": DECIDED[DecisionKind.REQUEST_CHANGES],
    "decision.reject": DECIDED[DecisionKind.REJECT],
    "decision.undone": "Decision undone",
    "decision.noted": "Said of the rules that this need not be seen next time",
    "decision.handed_on": "Decision handed on",
    "submission.approved": "Approved at every level",
    "submission.changes_requested": "Back with the author",
    "submission.rejected": "The reply was rejected",
    "submission.stale": "Approvals ended by a change",
    "submission.gained": "A level was added",
    "step.went_up": "The next level was asked as well",
    "step.no_way_up": "Nobody above could be asked",
    "publication.scheduled": "Ready to go out",
    "publication.attempt": "Being sent",
    "publication.looking": "Being looked for on the blog",
    "publication.published": "Published",
    "publication.held": "Held",
    "publication.failed": "Not sent",
    "publication.unconfirmed": "Nobody knows whether it was sent",
    "publication.in_doubt": "May have gone out since the backup",
    "publication.looked": "Looked for after the restore",
    "publication.recognised": "Recognised on the blog",
    "publication.twice": "On the blog twice, or perhaps",
    "publication.once": "Seen to: it stands there once",
    "publication.again": "Sent again",
    "publication.dropped": "Dropped",
    "publication.verified": "Read as approved where it was posted",
    "publication.differs": "Read otherwise than approved where it was posted",
    "case.reopened": "Reopened",
    "case.undone": "Undone",
    "comment.undone": "What was said of it before it was a case, undone",
}


_HAPPENED_TO_A_MODERATION = {"response.withdrawn": "given up", "submission.rejected": "rejected"}
_MANY_DAYS = 61
_KNOWN_S = 5


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
    return f"{moment.astimezone(zone()):%a %-d %b %Y, %H:%M}" if moment else "no date"


def time_of_day(moment: datetime | None) -> str:
    """'14:05' in the reader's zone."""
    return f"{moment.astimezone(zone()):%H:%M}" if moment else ""


def moment(at: datetime | None) -> str:
    """'14:05' today, else '23 Nov, 14:05', in the reader's zone."""
    if at is None:
        return ""
    here = at.astimezone(zone())
    return f"{here:%H:%M}" if here.date() == now().astimezone(zone()).date() else f"{here:%-d %b, %H:%M}"


def to_the_second(moment: datetime) -> str:
    """'23 Nov, 14:05:09' in the reader's zone."""
    return f"{moment.astimezone(zone()):%-d %b, %H:%M:%S}"


def span(seconds: float) -> str:
    """A length of time in its largest unit: '40 min', '3 h', '2 d', '5 months', '3 years'."""
    minutes = max(0, int(seconds // 60))
    days = minutes // 1440
    if days >= _MANY_DAYS:
        months = days // 30
        return f"{months} months" if months < 24 else f"{days // 365} years"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if days < 2 else f"{days} d"


def age(moment: datetime | None) -> str:
    """How long ago: 'now', '40 min', '3 h', '2 d'."""
    if moment is None:
        return ""
    seconds = (clock.now() - moment).total_seconds()
    return "now" if seconds < 60 else span(seconds)


def ago(moment: datetime) -> str:
    """'just now', '40 min ago'."""
    past = age(moment)
    return "just now" if past == "now" else f"{past} ago"


def level(number: int) -> str:
    """A level of a route in words."""
    return "an expert" if number == EXPERT else f"level {number}"


def count(number: int, one: str, many: str = "") -> str:
    """'1 comment', '2 comments'."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def stands(status: str, deleted_at: datetime | None, erased_at: datetime | None = None) -> str:
    """How a comment stands on its source, where that is not simply there for everybody to see; else empty."""
    if erased_at:
        return "erased"
    if deleted_at:
        return STANDS["trash"] if status == "trash" else "deleted"
    return STANDS.get(status, "")


def listed(names: list[str], most: int = 3, last: str = "or") -> str:
    """'Ada, Ben or Carla'; '... or 2 others' where there are more than `most`. `last` joins the last one: 'and' where
    all of them are meant."""
    shown = names[:most] if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} others"]
    return f" {last} ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def decided(kind: str) -> str:
    """A stored kind of decision in the middle of a sentence: 'changes requested'."""
    return DECIDED[DecisionKind(kind)].lower()


def escalated(passed_over: Sequence[Action]) -> str:
    """What to say when a case was escalated: also which of its responses (by what they do) go on as they were."""
    said = ["Escalated."]
    if Action.REPLY in passed_over:
        said.append(
            "Its reply is on its way out, or nobody knows yet whether it is there, so it goes without that level."
        )
    said += [
        f"“{ACTION[one]}” is being done on the blog in this moment, so it is done without that level."
        for one in passed_over
        if one is not Action.REPLY
    ]
    return " ".join(said)


def happened(event: Event, names: dict[int, str], does: Mapping[int, Action] = MappingProxyType({})) -> str:
    """One line of a case's history. `does` says of responses what they do; those left out are replies."""
    what = _HAPPENED.get(event.action, event.action)
    act = does.get(event.subject_id or 0, Action.REPLY) if event.subject == "response" else Action.REPLY
    if act is not Action.REPLY and event.action in _HAPPENED_TO_A_MODERATION:
        what = f"{ACTION[act]}: {_HAPPENED_TO_A_MODERATION[event.action]}"
    if event.action == "case.opened":
        return f"Raised by {names.get(event.person_id, 'somebody')}" if event.person_id else "Flagged"
    if event.action == "case.escalated":
        to = names.get(event.data.get("person") or 0) or level(event.data.get("level") or 0)
        what = f"Escalated to {to}"
    if event.action in ("case.handed_over", "case.task_given"):
        what = f"{what} to {names.get(event.data.get('person') or 0, 'somebody')}"
    if event.action == "case.taken_over":
        what = f"Taken over from {names.get(event.data.get('holder') or 0, 'somebody')}"
    if event.action == "decision.handed_on":
        what = f"Decision handed to {names.get(event.data.get('to') or 0, 'somebody')}"
    if event.action in ("moderation.asked", "moderation.done"):
        done = ACTION[Action(event.data["does"])]
        what = f"{done}: {'asked for' if event.action.endswith('asked') else 'done on the blog'}"
    if event.action == "comment.status" and event.data.get("status") in _BECAME:
        what = f"On the blog the comment became: {_BECAME[event.data['status']]}"
    return f"{what} by {names.get(event.person_id, 'somebody')}" if event.person_id else what
