"""Uploads: a file of comments is looked at before anything is saved, saved like what a feed brings, and reported row
by row.

Saving is a job: it goes on when the page is closed, and goes on where it stopped after a crash. Each part is one short
transaction in which its rows are settled.
"""

import csv
import io
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from access import preferences
from access.permissions import Permission, require
from ingest import tables
from ingest.tables import Row, Table, Terms
from ingest.take import Taken, keep, take
from jobs import Context, enqueue
from model import clock
from model.comment import Entry, Reading, Unreadable
from model.errors import BadInput, NotFound
from model.language import Labels, _, later, number, sense, using
from model.person import Person
from model.words import Channel, SourceKind
from store import audit, comments, erased, people, sources, uploads
from store.comments import Known
from store.db import Store, Tx
from store.export import cell
from store.keys import keys
from store.sources import Source
from store.uploads import Line, Upload

OPEN_DAYS = 30
"""Comments older than this many days open no case, unless somebody chooses otherwise."""
MOST_DAYS = 3650
PART = 60
"""Rows of one transaction: few enough that no other writer waits for long."""

SAYS = Labels(
    {
        "new": later("new"),
        "edited": later("here already with another text, which is now an earlier version"),
        "known": later("here already, unchanged"),
        "twice": later("left out"),
        "erased": later("left out, as words under this name were erased on request"),
        "gone": later("left out, as its words were here and are gone for good"),
        "unreadable": later("could not be read"),
        "stays": later("stayed when the upload was undone"),
        "taken away": later("taken away again"),
    }
)
SHORT = Labels(
    {
        "new": later("new"),
        "edited": later("with another text"),
        "known": later("here already"),
        "twice": later("left out"),
        "erased": later("left out as erased on request"),
        "gone": later("left out as gone for good"),
        "unreadable": later("not readable"),
        "taken away": later("taken away"),
        "stays": later("stayed"),
    }
)
"""The same for a line of counts, in its order."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A file before anything is saved. `known` rows are here already with the same text, `edited` with another;
    `old` are too old to open a case by the days chosen. `erased` are by names whose words were erased on request: they
    are left out unless somebody chooses otherwise; `gone` were here themselves and are never brought back."""

    table: Table
    new: int
    known: int
    edited: int
    old: int
    erased: int = 0
    gone: int = 0

    @property
    def wrong(self) -> list[Row]:
        return [row for row in self.table.rows if row.entry is None]


def preview(store: Store, by: Person, body: bytes, name: str, channel: Channel, open_days: int) -> Preview:
    """What a file would bring. Saves nothing."""
    require(by, Permission.BRING)
    now = clock.now()
    with store.read() as tx:
        table = tables.parse(body, Terms(channel, _zone(zone_name(tx)), now), name)
        counted: Counter[str] = Counter()
        for source_channel, rows in _by_channel(table.rows).items():
            source_id = uploads.source_of(tx, SourceKind.BY_HAND, source_channel)
            entries = [row.entry for row in rows if row.entry is not None]
            known = comments.known(tx, source_id, [entry.identity for entry in entries]) if source_id else {}
            texts = comments.texts_by_identity(tx, source_id, list(known)) if source_id and known else {}
            out, gone = _left_out(tx, source_id, entries, known)
            counted["erased"] += len(out)
            counted["gone"] += len(gone)
            for entry in entries:
                if entry.identity in out or entry.identity in gone:
                    continue
                there = entry.identity in known
                same = there and texts.get(entry.identity) == entry.text
                counted["known" if same else "edited" if there else "new"] += 1
                counted["old"] += _too_old(entry.published_at, now - timedelta(days=open_days))
    return Preview(
        table,
        counted["new"],
        counted["known"],
        counted["edited"],
        counted["old"],
        counted["erased"],
        counted["gone"],
    )


def _left_out(
    tx: Tx, source_id: int | None, entries: Sequence[Entry], known: Mapping[str, Known]
) -> tuple[set[str], set[str]]:
    """The identities of new comments under names whose words were erased on request, and of those that were here and
    are gone for good."""
    names = erased.kept_out(tx, keys(), source_id, {entry.author for entry in entries})
    out = {entry.identity for entry in entries if entry.author in names and entry.identity not in known}
    return out, {identity for identity, one in known.items() if one.gone}


def _too_old(at: datetime | None, since: datetime) -> bool:
    return at is not None and at < since


def _by_channel(rows: Iterable[Row]) -> dict[Channel, list[Row]]:
    found: dict[Channel, list[Row]] = {}
    for row in rows:
        if row.entry is not None:
            found.setdefault(row.channel, []).append(row)
    return found


def zone_name(tx: Tx) -> str:
    """The organisation's time zone: that of times which name none."""
    return str(people.fact(tx, "time zone") or "UTC")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def begin(
    store: Store,
    by: Person,
    body: bytes,
    name: str,
    channel: Channel,
    open_days: int = OPEN_DAYS,
    *,
    with_erased: bool = False,
) -> int:
    """Takes a file in; its rows are saved by a job. Returns the upload's id.

    `with_erased` brings also what stands under names whose words were erased on request, as another person may have the
    same name; what was here itself and was erased is never brought back.

    Raises BadInput when no row can be read, with the file's own problem; KeyMissing where it cannot be told which names
    were erased.
    """
    require(by, Permission.BRING)
    if not 0 <= open_days <= MOST_DAYS:
        raise BadInput(_("Choose between 0 and {most} days.", most=number(MOST_DAYS)))
    now = clock.now()
    with store.read() as tx:
        erased.require_known(tx, keys())
        zone = zone_name(tx)
    table = tables.parse(body, Terms(channel, _zone(zone), now), name)
    if table.problems:
        raise BadInput(table.problems[0])
    if not table.readable:
        raise BadInput(_("Not one row could be read, so nothing was saved. The list says what is wrong with each."))
    packed = zlib.compress(body, 1)
    with store.write() as tx:
        upload_id = uploads.add(
            tx,
            name=" ".join(name.split())[:200] or _("a file"),
            body=packed,
            channel=channel,
            zone=zone,
            open_days=open_days,
            with_erased=with_erased,
            state="saving",
            rows=len(table.rows),
            by=by.id,
            at=now,
        )
        told: dict[str, object] = {"rows": len(table.rows), "days": open_days}
        told |= {"with_erased": True} if with_erased else {}
        audit.record(tx, "upload.begun", "upload", upload_id, by=by.id, at=now, **told)
        enqueue(tx, "upload", upload_id, f"upload:{upload_id}", now)
    return upload_id


# --- the job ---------------------------------------------------------------------------------------------------------


class _Stopped(Exception):
    """Somebody undoes the upload while it is being saved."""


def save(context: Context) -> None:
    """The job: saves what is not settled yet of an upload, part by part."""
    store, upload_id = context.store, context.job.ref
    with store.read() as tx:
        upload, packed = uploads.get(tx, upload_id), uploads.body(tx, upload_id)
    if upload is None or packed is None or upload.state != "saving":
        return
    # The time of the upload counts, whenever the job runs: the same file is read in the same way.
    terms = Terms(Channel(upload.channel), _zone(upload.zone), upload.at)
    rows = tables.parse(zlib.decompress(packed), terms, upload.name).rows
    try:
        for start in range(0, len(rows), PART):
            if not context.still_mine():
                return
            _part(store, upload, rows[start : start + PART])
    except _Stopped:
        return
    with store.write() as tx:
        if uploads.change(tx, upload_id, "saving", state="saved", body=None, saved_at=clock.now()):
            counts = uploads.counts(tx, [upload_id]).get(upload_id, {})
            audit.record(tx, "upload.saved", "upload", upload_id, by=None, outcomes=counts)


def _part(store: Store, upload: Upload, rows: Sequence[Row]) -> None:
    with store.read() as tx:
        done = uploads.settled(tx, upload.id, [row.line for row in rows])
    rows = [row for row in rows if row.line not in done]
    since = upload.at - timedelta(days=upload.open_days)
    for channel, mine in _by_channel(rows).items():
        source = source_for(store, channel)
        entries = [row.entry for row in mine if row.entry is not None]
        with store.read() as tx:
            known = comments.known(tx, source.id, [entry.identity for entry in entries])
            out = set() if upload.with_erased else _left_out(tx, source.id, entries, known)[0]
        take(
            store,
            source,
            Reading(tuple(entry for entry in entries if entry.identity not in out)),
            newest=False,
            quiet_before=since,
            quiet_undated=False,
            also=_Settling(upload, source, mine, out),
        )
    wrong = [row for row in rows if row.entry is None]
    if wrong:
        source = source_for(store, Channel(upload.channel))
        with store.write() as tx:
            now = clock.now()
            kept = [
                Unreadable(
                    row.raw, _("Line {line} of {name}: {problem}", line=row.line, name=upload.name, problem=row.problem)
                )
                for row in wrong
                if row.raw
            ]
            keep(tx, source.id, kept, now)
            _count(tx, upload, len(wrong), 0)
            uploads.add_rows(
                tx,
                [_report(upload, row, "unreadable" if row.raw else "twice", says=row.problem) for row in wrong],
            )


class _Settling:
    """Writes down what became of rows, in the transaction in which it became so."""

    def __init__(self, upload: Upload, source: Source, rows: Iterable[Row], out: set[str]) -> None:
        self._upload, self._source, self._out = upload, source, out
        self._rows = {row.entry.identity: row for row in rows if row.entry is not None}

    def __call__(self, tx: Tx, taken: Taken) -> None:
        changed = {one.entry.identity: one.revision for one in taken.stored}
        here = comments.known(tx, self._source.id, list(self._rows))
        told = []
        for identity, row in self._rows.items():
            revision, there = changed.get(identity), here.get(identity)
            outcome = "known" if revision is None else "new" if revision == 1 else "edited"
            if identity in self._out:
                outcome = "erased"
            elif there is not None and there.gone:
                outcome, there = "gone", None
            told.append(_report(self._upload, row, outcome, there, says=" ".join(row.notes)))
        uploads.add_rows(tx, told)
        _count(tx, self._upload, len(told), taken.cases)


def _count(tx: Tx, upload: Upload, done: int, opened: int) -> None:
    now = uploads.get(tx, upload.id)
    if now is None or not uploads.change(tx, upload.id, "saving", done=now.done + done, cases=now.cases + opened):
        raise _Stopped


def _report(
    upload: Upload, row: Row, outcome: str, comment: Known | None = None, *, says: str = ""
) -> dict[str, object]:
    return {
        "upload_id": upload.id,
        "line": row.line,
        "outcome": outcome,
        "comment_id": comment.id or None if comment else None,
        "revision": comment.revision if comment else None,
        "says": says,
    }


def source_for(store: Store, channel: Channel) -> Source:
    """The source that stands for what people bring from a channel; made when it is first needed."""
    with store.read() as tx:
        source_id = uploads.source_of(tx, SourceKind.BY_HAND, channel)
        found = sources.get(tx, source_id) if source_id else None
    if found is not None:
        return found
    with store.write() as tx:
        source_id = uploads.source_of(tx, SourceKind.BY_HAND, channel)
        if source_id is None:
            now = clock.now()
            source_id = sources.add(
                tx,
                name=_name_of(tx, channel),
                channel=channel,
                kind=SourceKind.BY_HAND,
                site_url="",
                feed_url="",
                active=True,
                created_at=now,
            )
            audit.record(tx, "source.added", "source", source_id, by=None, at=now, kind=SourceKind.BY_HAND.value)
        found = sources.get(tx, source_id)
    assert found is not None
    return found


def _name_of(tx: Tx, channel: Channel) -> str:
    """What the source of a channel is called, in the organisation's language: it is everybody's."""
    with using(preferences.organisations_language(tx)):
        if channel is Channel.OTHER:
            return _("Other, brought by hand")
        return _("{channel}, brought by hand", channel=channel.value.capitalize())


# --- the report ------------------------------------------------------------------------------------------------------


def _head() -> list[str]:
    row = [_("line"), _("what became of it"), sense("a remark on a row of a file", "note")]
    return [*row, _("author"), _("date (UTC)"), _("thread"), _("text"), _("case")]


def report(store: Store, by: Person, upload_id: int) -> str:
    """What became of each row, as CSV. No cell can be taken for a formula."""
    require(by, Permission.BRING)
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(_head())
    for line in _lines(store, upload_id):
        when = f"{line.at:%Y-%m-%d %H:%M}" if line.at else ""
        said = SAYS.get(line.outcome, line.outcome)
        cells = (line.author or "", when, line.thread or "", (line.text or "")[:1000], line.case_id or "")
        sheet.writerow([line.line, *(cell(str(each)) for each in (said, _(line.says), *cells))])
    return out.getvalue()


def _lines(store: Store, upload_id: int) -> Iterator[Line]:
    after = 0
    with store.read() as tx:
        if uploads.get(tx, upload_id) is None:
            raise NotFound(_("There is no such upload."))
        while part := uploads.report(tx, upload_id, after=after):
            yield from part
            after = part[-1].line


def read_kept(store: Store, source: Source, raw: str) -> Reading:
    """Reads once more what was kept of a row, by the rules of now."""
    with store.read() as tx:
        terms = Terms(Channel(source.channel), _zone(zone_name(tx)), clock.now())
    row = tables.again(raw, terms)
    return Reading((row.entry,)) if row.entry is not None and row.channel == source.channel else Reading()
