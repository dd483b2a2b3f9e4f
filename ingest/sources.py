"""Sources: found from a pasted address, added with or without an account, switched off and on, read at once."""

from access.permissions import Permission, require
from channels.feed import read as feed
from channels.http import Account
from channels.shape import Found
from channels.wordpress import api as wordpress
from ingest.at_once import read_at_once
from jobs import enqueue
from model import clock
from model.errors import BadInput, NotFound
from model.language import _
from model.person import Person
from model.words import Channel, SourceKind
from response import blogs
from store import audit, own_key, sample, sources
from store.db import Store
from store.keys import keys
from store.sources import Source


def discover(by: Person, pasted: str, *, allow_private: bool) -> Found:
    """What can be read behind a pasted address, with a first look at it. Saves nothing.

    Only an administrator may ask, and with that allows this machine's own network for this source.
    """
    require(by, Permission.SOURCES)
    if not pasted.strip():
        raise BadInput(_("Paste the address of your blog, such as blog.example.org."))
    return feed.discover(pasted, allow_private=allow_private)


def add(
    store: Store,
    by: Person,
    found: Found,
    *,
    name: str,
    channel: Channel,
    allow_private: bool,
    user: str = "",
    password: str = "",
) -> int:
    """Saves a source and reads it at once. An account is tested first and its password stored encrypted.

    Raises AccountProblem or a FetchError when the account does not work; then nothing is saved.
    """
    require(by, Permission.SOURCES)
    now = clock.now()
    with store.read() as tx:
        sample.require_none(tx)
    account = _tested(found.api_url, user, password, allow_private) if user or password else {}
    with store.write() as tx:
        if account:
            own_key.require(tx, keys())
        source_id = sources.add(
            tx,
            name=" ".join(name.split())[:200] or found.title[:200],
            channel=channel,
            kind=found.kind,
            site_url=found.site_url,
            feed_url=found.feed_url,
            api_url=found.api_url,
            allow_private=allow_private,
            active=True,
            next_read_at=now,
            created_at=now,
            **account,
        )
        audit.record(tx, "source.added", "source", source_id, by=by.id, at=now, kind=found.kind, account=bool(account))
        enqueue(tx, "read", source_id, f"read:{source_id}", now)
    return source_id


def _tested(api_url: str, user: str, password: str, allow_private: bool) -> dict[str, object]:
    if not api_url:
        raise BadInput(_("Only a WordPress blog can be answered with an account. Leave user and password empty here."))
    if not (user.strip() and password.strip()):
        raise BadInput(_("An account needs both: the WordPress user and an application password."))
    site = wordpress.Site(api_url, Account(user.strip(), password.strip()), allow_private)
    me = wordpress.whoami(site)
    return {
        "user_name": user.strip(),
        "secret": keys().encrypt(password.strip()),
        "account_id": str(me.user_id),
        "account": blogs.able(me),
    }


def set_account(store: Store, by: Person, source_id: int, user: str, password: str) -> None:
    """Tests and saves another account for a source; what was saved before stays when the new one does not work."""
    require(by, Permission.SOURCES)
    with store.read() as tx:
        sample.require_none(tx)
        source = _source(sources.get(tx, source_id))
    account = _tested(source.api_url, user, password, source.allow_private)
    with store.write() as tx:
        own_key.require(tx, keys())
        sources.change(tx, source_id, **account)
        audit.record(tx, "source.account", "source", source_id, by=by.id)


def set_active(store: Store, by: Person, source_id: int, active: bool) -> None:
    """Switches a source off or on. What was read stays."""
    require(by, Permission.SOURCES)
    with store.write() as tx:
        source = _source(sources.get(tx, source_id))
        due = clock.now() if active and source.kind != SourceKind.BY_HAND else None
        sources.change(tx, source_id, active=active, next_read_at=due)
        audit.record(tx, "source.switched_on" if active else "source.switched_off", "source", source_id, by=by.id)


def read_now(store: Store, by: Person, source_id: int) -> None:
    """Asks the worker to read a source at once."""
    require(by, Permission.SOURCES)
    with store.write() as tx:
        source = _source(sources.get(tx, source_id))
        if source.kind == SourceKind.BY_HAND:
            raise BadInput(_("Nothing is read here: people bring what was said, on 'Add comments'."))
        read_at_once(tx, source_id, clock.now())


def _source(source: Source | None) -> Source:
    if source is None:
        raise NotFound(_("There is no such source."))
    return source
