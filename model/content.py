"""What exactly an approval is of: the content of a response and its hash."""

import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from model.words import Action, Channel


@dataclass(frozen=True, slots=True)
class Target:
    """Where a response goes: a channel, a thread there, and the revision of the comment it answers.

    `source_id` is None for a channel that is not connected. `comment_id` and `comment_revision` are both None for a
    post of our own.
    """

    channel: Channel
    source_id: int | None
    thread_id: int | None
    comment_id: int | None
    comment_revision: int | None


@dataclass(frozen=True, slots=True)
class Content:
    """Everything an approval covers. Times are aware; attachments are given by the hash of their bytes.

    Where `action` is no reply, it is done to the comment of the target, and `text` is the reason for it.
    """

    text: str
    targets: tuple[Target, ...]
    attachments: tuple[str, ...] = ()
    send_from: datetime | None = None
    send_until: datetime | None = None
    action: Action = Action.REPLY


def fixed_text(text: str) -> str:
    """The text as it is stored, hashed and sent: line ends are LF, outer blanks are gone, NUL and lone surrogates too.

    Nothing else is touched: no Unicode normalisation, no inner blanks, as nobody judges what is immaterial.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    kept = "".join(c for c in lines if unicodedata.category(c) != "Cs")
    return kept.strip()


def content_hash(content: Content) -> str:
    """SHA-256 (hex) over a canonical JSON form of the content; equal for equal bytes and only then."""
    form = asdict(content)
    if content.action is Action.REPLY:
        del form["action"]  # replies keep the hash they had before there was anything else
    for name in ("send_from", "send_until"):
        form[name] = form[name].astimezone(UTC).isoformat() if form[name] else None
    form["targets"] = sorted(form["targets"], key=lambda t: json.dumps(t, sort_keys=True))
    canonical = json.dumps(form, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
