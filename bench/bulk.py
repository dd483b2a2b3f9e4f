"""Rows in bulk, straight into the tables: for measuring a full installation, not for testing how comments are taken.

Nothing is read, parsed or assessed here; the texts are those of `bench.generated`, the figures beside them are made up.
The first ten thousand rows are made one by one, the rest by the database as copies of those with other ids and times.
"""

import hashlib
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, Interval, String, Table, case, cast, func, insert, literal, select

from bench.generated import SITE, feeds
from model.words import Action, CaseOutcome, CaseState, Channel, ResponseState, SourceKind
from store import rollups
from store.db import Store
from store.schema import assessments, case_comments, cases, comments, people, responses, revisions, sources, threads

_CHUNK = 10_000
_MATTERS = (
    "children",
    "harm",
    "discrimination",
    "money",
    "law",
    "privacy",
    "staff",
    "promises",
    "unanswered",
    "safety",
)
_POOL = 5_000


def fill(
    store: Store,
    count: int,
    *,
    sources_count: int = 3,
    thread_count: int = 2_000,
    case_count: int = 200,
    oldest_days: float = 300,
    newest_days: float = 0,
    seed: int = 7,
) -> None:
    """Adds `count` comments, each with a revision and an assessment, left evenly between two moments before now.

    One in fifteen is flagged, one in twenty spam, and of the others one in fifteen asks a question. `case_count`
    threads have an open case with one flagged comment. Each ten thousand comments have `thread_count` threads of their
    own, so that threads are as long however many comments there are. May be called again: what is there stays, and ids
    and identities go on.
    """
    chance = random.Random(seed)
    pool = _pool(seed)
    now = datetime.now(UTC)
    with store.write() as tx:
        by = _somebody(tx)
        source_ids = _sources(tx, sources_count, now)
        first_thread = int(tx.execute(select(func.coalesce(func.max(threads.c.id), 0))).scalar_one()) + 1
        first = int(tx.execute(select(func.coalesce(func.max(comments.c.id), 0))).scalar_one()) + 1
        places = [
            {
                "id": first_thread + n,
                "source_id": source_ids[n % thread_count % sources_count],
                "url": f"{SITE}/bulk-{first_thread + n}/",
            }
            for n in range(thread_count * max(1, -(-count // _CHUNK)))
        ]
        tx.execute(insert(threads), [{**place, "title": f"Post {place['id']}", "text": ""} for place in places])
    begin, step = now - timedelta(days=oldest_days), timedelta(days=oldest_days - newest_days) / max(1, count)
    made = min(count, _CHUNK)
    rows = [
        _comment(chance, first + n, places[chance.randrange(thread_count)], pool, begin + step * n) for n in range(made)
    ]
    flagged = {row["thread_id"]: row for row, _ in rows if row["flagged"]}
    with store.write() as tx:
        tx.execute(insert(comments), [row for row, _ in rows])
        tx.execute(insert(revisions), [_revision(row, text) for row, text in rows])
        tx.execute(insert(assessments), [_assessment(row, text) for row, text in rows])
        _open(tx, list(flagged.values())[:case_count], by, now)
    for start in range(_CHUNK, count, _CHUNK):
        with store.write() as tx:
            _copy(tx, first, min(_CHUNK, count - start), start, step * start, thread_count * (start // _CHUNK))
    set_sequences(store, threads, comments)


def roll_up(store: Store) -> None:
    """Counts what `fill` added, which is not done on the way."""
    with store.read() as tx:
        mine = select(func.min(comments.c.id), func.max(comments.c.id)).where(comments.c.identity.like("bulk:%"))
        first, last = tx.execute(mine).one()
    for start in range(first, last + 1, _CHUNK):
        with store.write() as tx:
            rollups.count(tx, range(start, min(start + _CHUNK, last + 1)))


def close_cases(store: Store, every: int) -> None:
    """Adds a closed case for one comment in so many, with the text of the comment as that of a published response."""
    with store.write() as tx:
        by = _somebody(tx)
        past = {
            "thread_id": comments.c.thread_id,
            "lead_comment_id": comments.c.id,
            "lead_revision": comments.c.revision,
            "state": literal(CaseState.CLOSED.value),
            "outcome": literal(CaseOutcome.ANSWERED.value),
            "severity": literal(2),
            "headline": literal("Made up, case ") + cast(comments.c.id, String),
            "matters": literal([], JSON()),
            "opened_at": comments.c.at,
            "due_at": comments.c.at,
            "closed_at": comments.c.at,
            "version": literal(2),
        }
        lead = select(*past.values()).where(comments.c.id % every == 0).order_by(comments.c.id)
        tx.execute(insert(cases).from_select(list(past), lead))
        said = {
            "case_id": cases.c.id,
            "state": literal(ResponseState.PUBLISHED.value),
            "action": literal(Action.REPLY.value),
            "author_id": literal(by),
            "draft": revisions.c.text,
            "saved_at": cases.c.closed_at,
            "saved_by": literal(by),
            "created_at": cases.c.closed_at,
            "version": literal(2),
        }
        led = cases.join(revisions, revisions.c.comment_id == cases.c.lead_comment_id)
        closed = select(*said.values()).select_from(led).where(cases.c.state == CaseState.CLOSED).order_by(cases.c.id)
        tx.execute(insert(responses).from_select(list(said), closed))


def _copy(tx: Any, first: int, many: int, shift: int, later: timedelta, on: int) -> None:
    """Adds so many comments once more, from the one with the id `first` on: ids are higher, times later by so much, and
    they stand so many threads further on."""

    def moved(column: Any) -> Any:
        if tx.dialect.name != "sqlite":
            return column + literal(later, Interval())
        return func.strftime("%Y-%m-%d %H:%M:%f", column, f"{later.total_seconds():+.3f} seconds") + "000"

    number = comments.c.id + shift
    address = threads.c.url + "#comment-" + cast(number, String)
    hexed = func.printf("%032x", number) if tx.dialect.name == "sqlite" else func.lpad(func.to_hex(number), 32, "0")
    of_comments = {
        "id": number,
        "thread_id": threads.c.id,
        "identity": literal("bulk:") + cast(number, String),
        "external_id": address,
        "url": address,
        "near_key": case((comments.c.spam, comments.c.near_key), else_=hexed),
        **{name: moved(comments.c[name]) for name in ("published_at", "read_at", "at")},
    }
    joined = comments.join(threads, threads.c.id == comments.c.thread_id + on)
    _again(tx, comments, joined, comments.c.id, of_comments, first, many)
    for table, moment in ((revisions, "read_at"), (assessments, "at")):
        values = {"comment_id": table.c.comment_id + shift, moment: moved(table.c[moment])}
        _again(tx, table, table, table.c.comment_id, values, first, many)


def _again(tx: Any, table: Table, rows: Any, key: Any, values: dict[str, Any], first: int, many: int) -> None:
    names = [column.name for column in table.c if column.name != "id" or "id" in values]
    these = select(*(values.get(name, table.c[name]) for name in names)).select_from(rows)
    tx.execute(insert(table).from_select(names, these.where(key >= first, key < first + many).order_by(key)))


@lru_cache(maxsize=2)
def _pool(seed: int) -> list[tuple[str, str, str]]:
    """Author, text and hash of some thousands of generated comments."""
    made = [one for feed in feeds(_POOL // 100, 100, seed) for one in feed]
    texts = [(one.author, "\n\n".join(one.paragraphs)) for one in made]
    return [(author, text, hashlib.sha256(text.encode()).hexdigest()) for author, text in texts]


def _somebody(tx: Any) -> int:
    found = tx.execute(select(people.c.id).limit(1)).scalar()
    if found is None:
        row = {"name": "Bulk", "email": "bulk@example.org", "active": False, "created_at": datetime.now(UTC)}
        found = tx.execute(insert(people).values(row).returning(people.c.id)).scalar_one()
    return int(found)


def _sources(tx: Any, count: int, now: datetime) -> list[int]:
    there = list(tx.execute(select(sources.c.id).order_by(sources.c.id).limit(count)).scalars())
    for number in range(len(there), count):
        row = {
            "name": f"Bulk {number}",
            "channel": Channel.BLOG,
            "kind": SourceKind.FEED,
            "site_url": f"{SITE}/{number}/",
            "feed_url": f"{SITE}/{number}/comments/feed/",
            "active": False,
            "created_at": now,
        }
        there.append(tx.execute(insert(sources).values(row).returning(sources.c.id)).scalar_one())
    return [int(one) for one in there]


def _comment(
    chance: random.Random, number: int, place: dict[str, Any], pool: Sequence[tuple[str, str, str]], at: datetime
) -> tuple[dict[str, Any], str]:
    author, text, digest = pool[chance.randrange(len(pool))]
    luck = chance.random()
    flagged = luck < 1 / 15
    spam = luck > 0.95
    row = {
        "id": number,
        "source_id": place["source_id"],
        "thread_id": place["id"],
        "identity": f"bulk:{number}",
        "external_id": f"{place['url']}#comment-{number}",
        "parent_identity": "",
        "author": author,
        "author_id": "",
        "url": f"{place['url']}#comment-{number}",
        "status": "",
        "published_at": at,
        "read_at": at,
        "at": at,
        "ours": False,
        "revision": 1,
        "text_hash": digest,
        "near_key": digest[:32] if spam else f"{number:032x}",  # spam alone comes in copies
        "flagged": flagged,
        "spam": spam,
        "asks": not flagged and not spam and chance.random() < 1 / 15,
        "severity": chance.randrange(1, 5) if flagged else 0,
        "sentiment": round(chance.uniform(-1, 1), 4),
    }
    return row, text


def _revision(row: dict[str, Any], text: str) -> dict[str, Any]:
    html = f"<p>{text}</p>"
    return {"comment_id": row["id"], "number": 1, "text": text, "html": html, "read_at": row["read_at"]}


def _assessment(row: dict[str, Any], text: str) -> dict[str, Any]:
    reason = {
        "rule": "matter:bulk",
        "label": "Made up",
        "matter": "",
        "share": 1.0,
        "start": 0,
        "end": min(20, len(text)),
    }
    return {
        "comment_id": row["id"],
        "revision": 1,
        "flagged": row["flagged"],
        "severity": row["severity"],
        "sentiment": row["sentiment"],
        "worst": row["sentiment"],
        "negative": 0.1,
        "spam": 0.9 if row["spam"] else 0.0,
        "focus_start": 0,
        "focus_end": min(20, len(text)),
        "matters": [_MATTERS[row["id"] % len(_MATTERS)]] if row["flagged"] else [],
        "reasons": [reason] if row["flagged"] else [],
        "degraded": [],
        "version": "bulk",
        "at": row["read_at"],
    }


def _open(tx: Any, leads: Sequence[dict[str, Any]], by: int, now: datetime) -> None:
    for lead in leads:
        case = {
            "thread_id": lead["thread_id"],
            "lead_comment_id": lead["id"],
            "lead_revision": 1,
            "state": CaseState.OPEN,
            "severity": lead["severity"],
            "headline": "Made up",
            "matters": [],
            "opened_at": lead["at"],
            "due_at": now + timedelta(hours=24),
            "opened_by": by,
            "version": 1,
        }
        number = tx.execute(insert(cases).values(case).returning(cases.c.id)).scalar_one()
        joined = {"case_id": number, "comment_id": lead["id"], "revision": 1, "at": lead["at"]}
        tx.execute(insert(case_comments).values(joined))


def set_sequences(store: Store, *tables: Table) -> None:
    """Ids were given to rows of these tables; PostgreSQL is told where to go on."""
    if store.sqlite:
        return
    with store.write() as tx:
        for table in tables:
            last = select(func.max(table.c.id)).scalar_subquery()
            tx.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), last)))
