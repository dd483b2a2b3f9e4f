"""The fixed vocabularies. Each value is stored and shown in exports, so it never changes its spelling."""

from enum import IntEnum, StrEnum


class Channel(StrEnum):
    """Where a comment was left and where a response goes."""

    BLOG = "blog"
    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"
    MASTODON = "mastodon"
    BLUESKY = "bluesky"
    REDDIT = "reddit"
    YOUTUBE = "youtube"
    LINKEDIN = "linkedin"
    X = "x"
    FORUM = "forum"
    OTHER = "other"


class Language(StrEnum):
    """What a comment is written in, by the two letters of ISO 639; UNKNOWN is its word for what cannot be told."""

    UNKNOWN = "und"
    ARABIC = "ar"
    CHINESE = "zh"
    DANISH = "da"
    DUTCH = "nl"
    ENGLISH = "en"
    FRENCH = "fr"
    GERMAN = "de"
    GREEK = "el"
    HEBREW = "he"
    HINDI = "hi"
    ITALIAN = "it"
    JAPANESE = "ja"
    KOREAN = "ko"
    PERSIAN = "fa"
    POLISH = "pl"
    PORTUGUESE = "pt"
    RUSSIAN = "ru"
    SPANISH = "es"
    SWEDISH = "sv"
    THAI = "th"
    TURKISH = "tr"
    UKRAINIAN = "uk"


class SourceKind(StrEnum):
    """How a source is read: any feed, a WordPress blog whose interface is known, or not at all, as people bring what
    was said there: in files, or typed in."""

    FEED = "feed"
    WORDPRESS = "wordpress"
    BY_HAND = "by hand"


class Severity(IntEnum):
    """How much harm may come of leaving a comment alone."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Role(StrEnum):
    """What a person is here for; one person may have several."""

    MANAGER = "community manager"
    EXPERT = "expert"
    APPROVER = "approver"
    LEADERSHIP = "leadership"
    ADMIN = "administrator"


class CaseState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class CaseOutcome(StrEnum):
    """How a closed case ended."""

    DISMISSED = "dismissed"
    SPAM = "spam"
    ANSWERED = "answered"
    UPLOAD_UNDONE = "upload undone"


class Action(StrEnum):
    """What a response does: it says something, it changes who can see a comment on its blog, or it makes a text a
    template, which says nothing by itself."""

    REPLY = "reply"
    APPROVE = "approve"
    HOLD = "hold"
    SPAM = "spam"
    TRASH = "trash"
    TEMPLATE = "template"


HIDES = frozenset({Action.HOLD, Action.SPAM, Action.TRASH})
"""The actions after which readers do not see the comment any more."""


class ModerationState(StrEnum):
    """Where an approved moderation stands."""

    SCHEDULED = "scheduled"
    DOING = "doing"
    DONE = "done"
    HELD = "held"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    UNDONE = "undone"


class ResponseState(StrEnum):
    """Where a response stands. `response.workflow` holds the legal moves between them."""

    DRAFT = "draft"
    WAITING = "waiting"
    CHANGES_REQUESTED = "changes requested"
    REJECTED = "rejected"
    APPROVED = "approved"
    HELD = "held"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class DecisionKind(StrEnum):
    APPROVE = "approve"
    REQUEST_CHANGES = "request changes"
    REJECT = "reject"


class PublicationState(StrEnum):
    """Where one target of an approved response stands."""

    SCHEDULED = "scheduled"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    HAND_OFF = "hand-off"
    HELD = "held"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    DROPPED = "dropped"


class Quorum(StrEnum):
    """How many of those who may decide at a level have to approve; a number is the third form."""

    ANY = "any"
    ALL = "all"
