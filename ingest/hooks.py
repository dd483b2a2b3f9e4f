"""Hooks: a source says, signed with a secret of its own, that there is something new, and is read at once.

A call carries no comment: what was said is read from the source itself, by the way that is always taken. So the worst
that a stolen secret can do is to have a public feed read.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from access.permissions import Permission, require
from ingest.at_once import read_at_once
from model import clock
from model.errors import BadInput, LevelheadError, NotFound
from model.language import _
from model.person import Person
from store import audit, hooks, own_key, sources
from store.db import Store
from store.keys import KeyMissing, keys

WITHIN = timedelta(minutes=5)
MAX_BODY = 65_536
SIGNATURE, TIMESTAMP = "X-Levelhead-Signature", "X-Levelhead-Timestamp"
_PREFIX = "sha256="
_DIGITS = 12
_NOBODYS = secrets.token_urlsafe(32)


class NotSigned(LevelheadError):
    """A call that is not taken; the message says why."""


def make(store: Store, by: Person, source_id: int) -> str:
    """A new secret for a source, shown this once; one that there was before is void."""
    require(by, Permission.SOURCES)
    now, secret = clock.now(), secrets.token_urlsafe(32)
    with store.write() as tx:
        source = sources.get(tx, source_id)
        if source is None:
            raise NotFound(_("There is no such source."))
        if not source.feed_url:
            raise BadInput(_("Nothing is read here, so there is nothing to call for."))
        own_key.require(tx, keys())
        hooks.put(tx, source_id, keys().encrypt(secret), now)
        audit.record(tx, "source.hook_made", "source", source_id, by=by.id, at=now)
    return secret


def end(store: Store, by: Person, source_id: int) -> None:
    """Calls of this source are not taken any more."""
    require(by, Permission.SOURCES)
    with store.write() as tx:
        if not hooks.drop(tx, source_id):
            raise NotFound(_("This source has no webhook any more."))
        audit.record(tx, "source.hook_ended", "source", source_id, by=by.id)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What the header `SIGNATURE` holds: HMAC-SHA256 over the timestamp, a full stop and the body."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return _PREFIX + digest.hexdigest()


def called(store: Store, source_id: int, timestamp: str, signed: str, body: bytes, now: datetime) -> None:
    """Has a source read at once, if the call is signed with its secret, is of now, and was not made before.

    Raises NotSigned. Without a source, or without a hook, nothing is told apart.
    """
    with store.read() as tx:
        hook = hooks.get(tx, source_id)
    try:
        secret = keys().decrypt(hook.secret) if hook else _NOBODYS
    except KeyMissing:
        secret = _NOBODYS
    right = signature(secret, timestamp, body) if timestamp.isascii() else ""
    if hook is None or not hmac.compare_digest(right.encode(), signed.encode("utf-8", "replace")):
        raise NotSigned(
            _("This call is not signed with the secret of this source. Make a new one on the Sources page.")
        )
    if not timestamp.isdigit() or len(timestamp) > _DIGITS or abs(now.timestamp() - int(timestamp)) > WITHIN.seconds:
        raise NotSigned(
            _(
                "The header {header} is not of now, in seconds. Look at the clock of the calling machine.",
                header=TIMESTAMP,
            )
        )
    with store.write() as tx:
        if not hooks.take(tx, source_id, right.removeprefix(_PREFIX), now, now - 3 * WITHIN):
            raise NotSigned(_("This call was made before. Sign each with the time of its own."))
        source = sources.get(tx, source_id)
        if source and source.active and source.feed_url and not (source.rest_until and source.rest_until > now):
            read_at_once(tx, source_id, now)
