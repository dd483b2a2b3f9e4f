"""A file that somebody uploads, as comments: CSV or JSON Lines. Pure: bytes in, rows and problems out.

What cannot be read is kept as it stands, with its line and a sentence; nothing is guessed that could be two things.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from channels.html import MAX_TEXT, storable, tidy
from ingest import dates, records
from ingest.records import NotText, Record
from model.comment import Entry
from model.language import _, many, number
from model.words import Channel

MAX_BYTES, MAX_ROWS, MAX_COLUMNS, MAX_LINES = 10_000_000, 50_000, 200, 500_000
MAX_ADDRESS, MAX_NAME, MAX_TITLE, MAX_ID, MAX_RAW = 2000, 200, 500, 500, 100_000

NAMES: dict[str, str] = {
    "text": "text|texts|comment|comments|message|body|content|comment text|message text|text content|kommentar"
    "|nachricht|inhalt|commentaire|texte|contenu|mensaje|comentario|texto|commento|testo|reactie|bericht",
    "author": "author|author name|name|user|username|user name|display name|from|from name|who|commenter|autor"
    "|verfasser|benutzer|auteur|nom|nombre|autore|utente|naam",
    "date": "date|time|datetime|date time|timestamp|created|created at|created time|published|published at|posted"
    "|posted at|date posted|when|datum|zeit|zeitpunkt|datum uhrzeit|erstellt|heure|fecha|hora|data|tijd",
    "url": "url|link|permalink|address|comment url|comment link|permalink url|adresse|lien|enlace",
    "thread": "thread|thread url|thread address|thread id|post|post url|post link|post id|page|page url|video url"
    "|discussion|conversation|beitrag|seite|diskussion|fil|hilo",
    "thread_title": "thread title|post title|title|headline|titel|titre|titulo|titolo|überschrift",
    "thread_text": "thread text|post text|post body|beitragstext",
    "parent": "parent|parent id|parent comment|parent comment id|in reply to|reply to|reply to id|antwort auf",
    "id": "id|comment id|commentid|identifier|guid|uid|nr|number|nummer",
    "channel": "channel|network|platform|source|kanal|netzwerk|plattform|canal|canale|réseau",
}
_FIELD = {name: field for field, names in NAMES.items() for name in names.split("|")}
_KNOWN = re.compile(rf"[\ufeff\s]*(?:{'|'.join(re.escape(n).replace(' ', '[ _.-]?') for n in _FIELD)})\s*", re.I)
_CHANNELS = {channel.value: channel for channel in Channel} | {
    "twitter": Channel.X,
    "fb": Channel.FACEBOOK,
    "insta": Channel.INSTAGRAM,
    "bsky": Channel.BLUESKY,
    "youtube comments": Channel.YOUTUBE,
    "wordpress": Channel.BLOG,
    "website": Channel.BLOG,
    "another channel": Channel.OTHER,
}


class Unusable(ValueError):
    """A row that cannot be read; the message is for people."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line, and either the comment it is, on its channel, or why it is none. `raw` is kept for the latter.

    `notes` are sentences about what was left out of a comment that could be read all the same.
    """

    line: int
    channel: Channel
    entry: Entry | None
    problem: str = ""
    notes: tuple[str, ...] = ()
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A whole file: its rows in order, problems that stop it, notes that do not, and how its columns were understood.

    `columns` pairs what the file calls a column with what it was taken for; empty: it was left out.
    """

    rows: tuple[Row, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()

    @property
    def readable(self) -> int:
        return sum(row.entry is not None for row in self.rows)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a file does not say itself: the channel of rows that name none, the zone of times that have none."""

    channel: Channel
    zone: ZoneInfo
    now: datetime


def parse(body: bytes, terms: Terms, name: str = "") -> Table:
    """Reads a file. Never raises for any bytes; a file that cannot be read at all says why in `problems`."""
    try:
        return _parsed(body, terms, name)
    except NotText as error:
        return Table(problems=(str(error),))


def _parsed(body: bytes, terms: Terms, name: str) -> Table:
    if len(body) > MAX_BYTES:
        raise NotText(_("The file is larger than {most} MB. Upload it in several parts.", most=MAX_BYTES // 1_000_000))
    text, said = records.decode(body)
    if not text.strip("\ufeff \t\n"):
        raise NotText(_("The file is empty."))
    if text.count("\n") > MAX_LINES:
        raise NotText(_("The file has more than {most} lines. Upload it in several parts.", most=number(MAX_LINES)))
    notes: tuple[str, ...] = (said,) if said else ()
    columns: tuple[tuple[str, str], ...] = ()
    start = text.lstrip()[:1]
    if start == "[":
        raise NotText(_("This is one JSON list. Write one object a line (JSON Lines), or use CSV."))
    if start == "{" or name.lower().endswith((".jsonl", ".ndjson")):
        found = _of_json(text)
    else:
        found, columns, more = _of_table(text)
        notes += more
    rows: list[Row] = []
    for record, values in found:
        if len(rows) == MAX_ROWS:
            raise NotText(_("The file has more than {most} rows. Upload it in several parts.", most=number(MAX_ROWS)))
        rows.append(_row(record, values, terms))
    if not rows:
        raise NotText(_("The file names columns, but holds no row."))
    return Table(tuple(_linked(_once(rows))), (), notes, columns)


Values = Mapping[str, str] | str
"""The fields of a row by Levelhead's names, or why there are none."""


def _of_json(text: str) -> Iterator[tuple[Record, Values]]:
    for record in records.lines(text):
        yield record, record.problem or _object(record.text)


def _object(text: str) -> Values:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return _("This line is not JSON.")
    if not isinstance(said, dict):
        return _("This line is no JSON object: it must begin with {brace} and name its fields.", brace="{")
    values: dict[str, str] = {}
    for key, value in said.items():
        field = _field(key)
        if not field or field in values or value is None:
            continue
        if isinstance(value, dict | list | bool):
            return _("'{field}' must be text.", field=field)
        try:
            values[field] = storable(str(value))
        except ValueError:  # Python refuses to write out numbers of thousands of digits
            return _("'{field}' must be text.", field=field)
    return values


def _of_table(
    text: str,
) -> tuple[Iterator[tuple[Record, Values]], tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The rows, the columns and notes of a CSV file. Raises NotText with why it is none."""
    head, _end, rest = text.partition("\n")
    said = re.fullmatch(r'"?sep=([,;\t|])"?\s*', head)  # what Excel writes before a table to name its delimiter
    first = rest.partition("\n")[0] if said else head
    delimiter = said[1] if said else records.delimiter_of(first, _KNOWN)
    found = records.table(text, delimiter)
    if said:
        next(found)
    top = next(found, None)
    if top is None:
        raise NotText(_("The file is empty."))
    try:
        names = [] if top.problem else records.fields(top.text, delimiter)
    except ValueError:
        names = []
    if len(names) > MAX_COLUMNS:
        raise NotText(
            _(
                "The file has more than {most} columns. Keep those that Levelhead reads, and try again.",
                most=MAX_COLUMNS,
            )
        )
    fields, seen = [], set[str]()
    for name in names:
        field = _field(name)
        fields.append("" if field in seen else field)
        seen.add(field)
    if "text" not in seen:
        listed = ", ".join(_("“{name}”", name=name.strip()[:40]) for name in names[:8])
        raise NotText(
            _(
                "No column is the text of a comment. The first line must name the columns, one of them 'text'; it says"
                " {listed}.",
                listed=listed,
            )
            if listed
            else _("No column is the text of a comment. The first line must name the columns, one of them 'text'.")
        )
    left_out = [name.strip()[:40] for name, field in zip(names, fields, strict=True) if not field and name.strip()]
    shown = ", ".join(left_out[:8]) + " …" * (len(left_out) > 8)
    notes = (_("Left out: {names}.", names=shown),) if left_out else ()
    columns = tuple((name.strip()[:60], field) for name, field in zip(names, fields, strict=True))
    return _of_records(found, delimiter, fields), columns, notes


def _of_records(found: Iterator[Record], delimiter: str, names: Sequence[str]) -> Iterator[tuple[Record, Values]]:
    for record in found:
        if record.problem:
            yield record, record.problem
            continue
        try:
            told = records.fields(record.text, delimiter)
        except ValueError:
            yield record, _("This line cannot be parted into fields.")
            continue
        if not any(one.strip() for one in told):
            continue
        while len(told) > len(names) and not told[-1].strip():
            told.pop()
        if len(told) != len(names):
            yield (
                record,
                many(
                    "This row has {n} field, and the first line names {names}.",
                    "This row has {n} fields, and the first line names {names}.",
                    len(told),
                    names=len(names),
                ),
            )
            continue
        yield record, {name: value for name, value in zip(names, told, strict=True) if name}


def _field(name: str) -> str:
    """Levelhead's name for what a file calls a field; empty for one that it does not read."""
    return _FIELD.get(" ".join(re.split(r"[\W_]+", name[:100].casefold())).strip(), "")


def _row(record: Record, values: Values, terms: Terms) -> Row:
    try:
        if isinstance(values, str):
            raise Unusable(values)
        return _read(record.line, values, terms)
    except (Unusable, dates.Unclear) as error:
        # What a table's row says is kept with the names of its columns: alone it could not be read again.
        raw = record.text if isinstance(values, str) else json.dumps(values, ensure_ascii=False)
        return Row(record.line, terms.channel, None, str(error), raw=storable(raw)[:MAX_RAW])


def _read(line: int, values: Mapping[str, str], terms: Terms) -> Row:
    notes: list[str] = []
    whole = values.get("text", "")
    if len(whole) > MAX_TEXT:
        raise Unusable(_("The text is longer than {most} characters.", most=number(MAX_TEXT)))
    text = tidy(whole)
    if not text:
        raise Unusable(_("There is no text in this row."))
    told = one_line(values.get("channel", ""), 60)
    channel = _CHANNELS.get(told.casefold(), None) if told else terms.channel
    if channel is None:
        raise Unusable(
            _("The channel “{told}” is not known. Write one of: {channels}.", told=told, channels=", ".join(Channel))
        )
    when = values.get("date", "").strip()
    published = dates.parse(when, terms.zone, terms.now) if when else None
    url = address(values.get("url", ""))
    if not url and values.get("url", "").strip():
        notes.append(_("Its address is not one of the web and was left out."))
    place = one_line(values.get("thread", ""), MAX_TITLE if not address(values.get("thread", "")) else MAX_ADDRESS)
    title = one_line(values.get("thread_title", ""), MAX_TITLE)
    identifier, parent = one_line(values.get("id", ""), MAX_ID), one_line(values.get("parent", ""), MAX_ADDRESS)
    author = one_line(values.get("author", ""), MAX_NAME)
    thread = place or (named(title) if title else "")
    name = identity(thread, author, published, text, identifier=identifier, url=url)
    entry = Entry(
        external_id=identifier or url or name,
        identity=name,
        author=author,
        url=url,
        published_at=published,
        text=text,
        in_reply_to=parent,
        thread_url=thread,
        thread_title=title or ("" if address(place) else place),
        thread_text=tidy(values.get("thread_text", "")[:MAX_TEXT]),
    )
    return Row(line, channel, entry, notes=tuple(notes))


def identity(thread: str, author: str, at: datetime | None, text: str, *, identifier: str = "", url: str = "") -> str:
    """What names a comment that was brought by hand: its id within its thread, else its address, else all it says.

    The same comment brought twice is one, by whichever file; an id alone is not enough, as many files count from one.
    """
    if identifier:
        return _digest("id", thread, identifier)
    if url:
        return _digest("url", url)
    return _digest("row", thread, author, at.astimezone(UTC).isoformat() if at else "", text)


def named(title: str) -> str:
    """What stands for the address of a thread that has none: its title."""
    return f"title:{title}"


def _digest(kind: str, *parts: str) -> str:
    return f"{kind}:{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]}"


def one_line(value: str, most: int) -> str:
    """A value on one line; what it begins with stays, as it is text and never a formula."""
    return " ".join(tidy(value[: most * 4]).split())[:most].rstrip()


def address(value: str) -> str:
    """A web address as it stands, or nothing."""
    told = value.strip()
    if not told.lower().startswith(("http://", "https://")) or len(told.encode("utf-8", "replace")) > MAX_ADDRESS:
        return ""
    try:
        host = urlsplit(told).hostname
    except ValueError:
        return ""
    return told if host and not re.search(r"[\s\x00-\x1f\x7f<>\"]", told) else ""


def _once(rows: list[Row]) -> Iterator[Row]:
    """Rows that say what another has said are not taken twice; two texts under one name are not one comment."""
    first: dict[tuple[Channel, str], Row] = {}
    for row in rows:
        if row.entry is None:
            yield row
            continue
        before = first.setdefault((row.channel, row.entry.identity), row)
        if before is row:
            yield row
        else:
            assert before.entry is not None
            same = before.entry.text == row.entry.text
            problem = (
                _("This row says the same as line {line}.", line=before.line)
                if same
                else _("This row has the id or address of line {line}, and another text.", line=before.line)
            )
            kept = {"id": row.entry.external_id, "author": row.entry.author, "text": row.entry.text}
            raw = json.dumps(kept, ensure_ascii=False)
            yield Row(row.line, row.channel, None, problem, raw="" if same else raw[:MAX_RAW])


def _linked(rows: Iterator[Row]) -> Iterator[Row]:
    """What a row answers, by the id or the address of another row, here or in an earlier file."""
    kept = list(rows)
    places: dict[tuple[Channel, str], Entry] = {}
    for row in kept:
        if row.entry is not None:
            for name in (row.entry.external_id, row.entry.url):
                if name:
                    places.setdefault((row.channel, name), row.entry)
    for row in kept:
        entry = row.entry
        if entry is None or not entry.in_reply_to:
            yield row
            continue
        parent = places.get((row.channel, entry.in_reply_to))
        thread = entry.thread_url or (parent.thread_url if parent else "")
        found = (
            parent.identity
            if parent
            else identity(
                thread,
                "",
                None,
                "",
                identifier="" if address(entry.in_reply_to) else entry.in_reply_to,
                url=address(entry.in_reply_to),
            )
        )
        yield replace(row, entry=replace(entry, parent_identity=found, thread_url=thread))


def again(raw: str, terms: Terms) -> Row:
    """Reads what was kept of a row once more."""
    return _row(Record(0, raw), _object(raw), terms)
