"""What tests of reading ask of the database, and a source to read."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from ingest.read import read_source
from jobs import Context
from model.content import Content, Target, content_hash
from model.words import Channel, PublicationState, SourceKind
from store import comments, policies, publications, responses, sources
from store.cases import Case
from store.comments import Comment
from store.db import Store
from store.jobs import Job
from store.rows import records
from store.schema import cases, metadata
from store.second_looks import JOB
from store.sources import Source
from tests.channels.blogs import HOME
from tests.installation import set_up


def source(store: Store, feed_url: str = f"{HOME}/comments/feed/", kind: SourceKind = SourceKind.WORDPRESS) -> Source:
    """A source that may be read on this machine."""
    now = datetime.now(UTC)
    values = {"channel": Channel.BLOG, "site_url": HOME, "allow_private": True, "next_read_at": now, "created_at": now}
    with store.write() as tx:
        source_id = sources.add(tx, name="A blog", kind=kind, feed_url=feed_url, **values)
    return row(store, source_id)


def row(store: Store, source_id: int) -> Source:
    with store.read() as tx:
        found = sources.get(tx, source_id)
    assert found is not None
    return found


def read(store: Store, here: Source) -> Source:
    """Runs the job that reads a source; returns the source's row as it is afterwards."""
    read_source(Context(store, Job(0, "read", here.id, "", 1, 1), lease_seconds=60))
    return row(store, here.id)


def comment(store: Store, here: Source, number: int) -> Comment:
    """A comment by its number on the blog."""
    with store.read() as tx:
        known = comments.known(tx, here.id, [f"wp:{number}"])[f"wp:{number}"]
        found = comments.get(tx, known.id)
    assert found is not None
    return found


def all_cases(store: Store) -> list[Case]:
    with store.read() as tx:
        return records(Case, tx.execute(select(cases).order_by(cases.c.id)))


def everything(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, in the order they were written."""
    with store.read() as tx:
        return {
            table.name: [dict(one) for one in tx.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in metadata.sorted_tables
        }


def waiting(store: Store) -> list[dict[str, Any]]:
    """The jobs that wait, but for those of second looks: every comment that is read has one."""
    return [one for one in everything(store)["jobs"] if one["name"] != JOB]


def published(store: Store, here: Source, answered: Comment, identity: str) -> int:
    """A reply of ours under a comment, published from here under this identity; returns the publication's id."""
    alice = set_up(store)
    now = datetime.now(UTC)
    target = Target(Channel.BLOG, here.id, answered.thread_id, answered.id, answered.revision)
    content = Content("We call you today.", (target,))
    digest = content_hash(content)
    with store.write() as tx:
        policy = policies.newest(tx)
        assert policy is not None
        response_id = responses.add(tx, None, alice.id, (target,), now)
        responses.add_version(tx, response_id, 1, content, digest, alice.id, now)
        submission_id = responses.submit(
            tx,
            steps=(),
            because=(),
            response_id=response_id,
            version_number=1,
            content_hash=digest,
            policy_id=policy.id,
            by=alice.id,
            at=now,
            approval_until=now,
            send_until=now,
        )
        return publications.add(
            tx,
            target=target,
            submission_id=submission_id,
            response_id=response_id,
            content_hash=digest,
            state=PublicationState.PUBLISHED,
            not_before=now,
            external_id=identity,
            changed_at=now,
        )
