"""Values in words: times in the reader's zone, ages, levels, what happened."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from model.route import EXPERT
from model.words import Channel, DecisionKind, PublicationState, ResponseState, Severity
from store import people
from store.audit import Event
from store.db import store

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
_HAPPENED = {
    "case.opened": "Flagged",
    "case.joined": "Another comment joined",
    "case.claimed": "Claimed",
    "case.released": "Released",
    "case.escalated": "Escalated",
    "case.question_answered": "Question answered",
    "case.dismissed": "Dismissed",
    "case.spam": "Marked as spam",
    "case.answered": "Answered",
    "case.answered_in_part": "Answered; open for what joined since",
    "response.started": "Reply begun",
    "response.submitted": "Sent for approval",
    "response.withdrawn": "Reply given up",
    "response.revision_read": "New text of the comment read",
    "decision.approve": DECIDED[DecisionKind.APPROVE],
    "decision.request_changes": DECIDED[DecisionKind.REQUEST_CHANGES],
    "decision.reject": DECIDED[DecisionKind.REJECT],
    "decision.undone": "Decision undone",
    "submission.approved": "Approved at every level",
    "submission.changes_requested": "Back with the author",
    "submission.rejected": "The reply was rejected",
    "submission.stale": "Approvals ended by a change",
    "submission.gained": "A level was added",
    "publication.scheduled": "Ready to go out",
    "publication.attempt": "Being sent",
    "publication.published": "Published",
    "publication.held": "Held",
    "publication.failed": "Not sent",
    "publication.unconfirmed": "Nobody knows whether it was sent",
    "publication.again": "Sent again",
    "publication.dropped": "Dropped",
    "case.reopened": "Reopened",
}


_MANY_DAYS = 61


def now() -> datetime:
    """The present moment, aware."""
    return datetime.now(UTC)


def zone() -> ZoneInfo:
    """The reader's time zone, as the browser says it; the organisation's where it says none."""
    try:
        return ZoneInfo(st.context.timezone or _organisations())
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _organisations() -> str:
    with store().read() as tx:
        return str(people.fact(tx, "time zone") or "UTC")


def exact(moment: datetime | None) -> str:
    """'Mon 23 Nov 2026, 14:05' in the reader's zone."""
    return f"{moment.astimezone(zone()):%a %-d %b %Y, %H:%M}" if moment else "no date"


def clock(moment: datetime | None) -> str:
    """'14:05' in the reader's zone."""
    return f"{moment.astimezone(zone()):%H:%M}" if moment else ""


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
    seconds = (datetime.now(UTC) - moment).total_seconds()
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


def listed(names: list[str], most: int = 3) -> str:
    """'Ada, Ben or Carla'; '... or 2 others' where there are more than `most`."""
    shown = names[:most] if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} others"]
    return " or ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def decided(kind: str) -> str:
    """A stored kind of decision in the middle of a sentence: 'changes requested'."""
    return DECIDED[DecisionKind(kind)].lower()


def happened(event: Event, names: dict[int, str]) -> str:
    """One line of a case's history."""
    what = _HAPPENED.get(event.action, event.action)
    if event.action == "case.opened":
        return f"Raised by {names.get(event.person_id, 'somebody')}" if event.person_id else "Flagged"
    if event.action == "case.escalated":
        to = names.get(event.data.get("person") or 0) or level(event.data.get("level") or 0)
        what = f"Escalated to {to}"
    return f"{what} by {names.get(event.person_id, 'somebody')}" if event.person_id else what
