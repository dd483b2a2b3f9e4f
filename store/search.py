"""Search over comments with their authors, cases and responses: one function for both databases.

The newest come first, and nothing is ranked over everything that was ever read. What may stand nowhere (several words
together) is looked for in the newest comments first, then the search says where it stopped, and each 'further back'
goes on from there through so many more: a search costs about as much among a million comments as among ten thousand.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select, text
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from store.comments import flagged_severity
from store.db import Tx
from store.rows import records
from store.schema import cases, comments, responses, revisions, sources, threads
from store.search_index import BLOCK, BLOCK_MARK, FEW

PAGE = 30
LOOKED_AT = 1_500
"""Of what holds the words, as many are looked at for the filters at a time; 'further back' goes on from there."""
FEW_LOOKED_AT = 500
"""So many cases or responses."""
LOOKED_PAST = 15_000
"""As many that hold unwanted words are passed at a time."""
AT_FIRST, FURTHER = (2, 1), (2,)
"""Blocks that are looked through one part after the other, until a page is full: by a new search, and each time that
somebody goes further back. After them the search says where it stopped."""
MOST_BEGUN = 100
"""Words that a beginning may stand for, one by one; SQLite looks up more of them together, which takes longer."""
LONGEST = 300
MOST_TERMS = 12
SHORTEST_BEGINNING = 3
"""Letters before a '*'."""

_PART = 500
_PLUS: custom_op[Any] = custom_op("+")
_LAST = 2**31 - 1
_TERM = re.compile(r'(?P<no>-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_TOKEN = re.compile(r"[^\W_]+")


_KEYS = {"comments": comments.c.id, "cases": cases.c.id, "responses": responses.c.id}
_MOMENTS = {"comments": comments.c.at, "cases": cases.c.opened_at, "responses": responses.c.saved_at}


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand one after the other; the last may be a word's beginning, and all of it may be unwanted."""

    words: tuple[str, ...]
    beginning: bool = False
    unwanted: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. Empty fields do not narrow it down; `channel`, `source_id` and times hold for every kind.

    `words` is what somebody typed: words, "phrases", beginnings*, -unwanted. `author`, `flagged` and `spam` are of
    comments, `state` of cases and responses, `severity` (0: any) of cases. `since` is included, `until` is not.
    """

    words: str = ""
    author: str = ""
    channel: str = ""
    source_id: int | None = None
    flagged: bool | None = None
    spam: bool | None = None
    state: str = ""
    severity: int = 0
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One result. `id` is of the comment, the case or the response; `case_id` its case, where that is known here.
    `severity` is that of a case and of a comment that was flagged, else 0."""

    id: int
    text: str
    author: str
    at: datetime
    thread_title: str
    source_id: int | None
    case_id: int | None
    state: str
    severity: int


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results, newest first. `further` is where to go on: None at the end, else the number to give as
    `before`. It may be there though few or none were found: then only so many were looked at."""

    found: tuple[Found, ...]
    further: int | None


def terms(typed: str) -> tuple[Term, ...]:
    """What somebody typed, as terms; anything can be typed. What holds no letter and no digit is none."""
    found = []
    for match in _TERM.finditer(typed[:LONGEST]):
        raw = match["word"] or match["phrase"] or ""
        words = tuple(_TOKEN.findall(folded(raw)))
        if words:
            star = bool(match["word"]) and raw.endswith("*") and len(words[-1]) >= SHORTEST_BEGINNING
            found.append(Term(words, star, bool(match["no"])))
    return tuple(found[:MOST_TERMS])


def folded(words: str) -> str:
    """In lower case and without accents, as both indexes keep words."""
    parted = unicodedata.normalize("NFKD", words)
    return "".join(c for c in parted if not unicodedata.combining(c) and not "\ud800" <= c <= "\udfff").lower()


def find_comments(tx: Tx, wanted: Wanted, before: int | None = None, limit: int = PAGE) -> Results:
    """Comments whose present text or author's name holds what was typed."""
    query = (
        select(
            comments.c.id,
            revisions.c.text,
            comments.c.author,
            comments.c.at,
            threads.c.title.label("thread_title"),
            comments.c.source_id,
            literal_column("null").label("case_id"),
            literal_column("''").label("state"),
            flagged_severity().label("severity"),
        )
        .join(revisions, and_(revisions.c.comment_id == comments.c.id, revisions.c.number == comments.c.revision))
        .join(threads, threads.c.id == comments.c.thread_id)
    )
    filters = _placed(wanted, _aside(tx, comments.c.source_id), _aside(tx, comments.c.at))
    if wanted.flagged is not None:
        filters.append(_aside(tx, comments.c.flagged) == wanted.flagged)
    if wanted.spam is not None:
        filters.append(_aside(tx, comments.c.spam) == wanted.spam)
    query = query.where(
        comments.c.status != "undone", *filters
    )  # of an upload that was undone: its closed case shows it
    return _pages(tx, _comment_ids, query, comments.c.id, wanted, before, limit, LOOKED_AT if filters else 0)


def looked_back_to(tx: Tx, kind: str, results: Results) -> datetime | None:
    """The time of the comment, case or response where a search ended that was not to the end; None where it was."""
    if results.further is None:
        return None
    key, at = _KEYS[kind], _MOMENTS[kind]
    return tx.execute(select(at).where(key <= results.further).order_by(key.desc()).limit(1)).scalar()


def find_cases(tx: Tx, wanted: Wanted, before: int | None = None, limit: int = PAGE) -> Results:
    """Cases whose headline or thread holds what was typed."""
    query = (
        select(
            cases.c.id,
            cases.c.headline.label("text"),
            comments.c.author,
            cases.c.opened_at.label("at"),
            threads.c.title.label("thread_title"),
            comments.c.source_id,
            cases.c.id.label("case_id"),
            cases.c.state,
            cases.c.severity,
        )
        .join(comments, comments.c.id == cases.c.lead_comment_id)
        .join(threads, threads.c.id == cases.c.thread_id)
    )
    filters = _placed(wanted, _aside(tx, comments.c.source_id), _aside(tx, cases.c.opened_at))
    if wanted.state:
        filters.append(_aside(tx, cases.c.state) == wanted.state)
    if wanted.severity:
        filters.append(_aside(tx, cases.c.severity) == wanted.severity)
    narrowed = FEW_LOOKED_AT if filters else 0
    return _pages(tx, _case_ids, query.where(*filters), cases.c.id, wanted, before, limit, narrowed)


def find_responses(tx: Tx, wanted: Wanted, before: int | None = None, limit: int = PAGE) -> Results:
    """Responses whose text holds what was typed."""
    query = (
        select(
            responses.c.id,
            responses.c.draft.label("text"),
            literal_column("''").label("author"),
            responses.c.saved_at.label("at"),
            func.coalesce(threads.c.title, "").label("thread_title"),
            threads.c.source_id,
            responses.c.case_id,
            responses.c.state,
            literal_column("0").label("severity"),
        )
        .outerjoin(cases, cases.c.id == responses.c.case_id)
        .outerjoin(threads, threads.c.id == cases.c.thread_id)
    )
    filters = _placed(wanted, _aside(tx, threads.c.source_id), _aside(tx, responses.c.saved_at))
    if wanted.state:
        filters.append(_aside(tx, responses.c.state) == wanted.state)
    narrowed = FEW_LOOKED_AT if filters else 0
    return _pages(tx, _response_ids, query.where(*filters), responses.c.id, wanted, before, limit, narrowed)


def _aside(tx: Tx, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column that no index is used for: SQLite would walk all that are flagged instead of the few looked at."""
    return UnaryExpression(column, operator=_PLUS, type_=column.type) if tx.dialect.name == "sqlite" else column


def _placed(wanted: Wanted, source: ColumnElement[Any], at: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    if wanted.channel:
        filters.append(source.in_(select(sources.c.id).where(sources.c.channel == wanted.channel)))
    if wanted.source_id is not None:
        filters.append(source == wanted.source_id)
    if wanted.since is not None:
        filters.append(at >= wanted.since)
    if wanted.until is not None:
        filters.append(at < wanted.until)
    return filters


@dataclass(frozen=True, slots=True)
class _Looked:
    """What holds the words, newest first, and back to which id was looked; None: to the oldest."""

    ids: list[int]
    back_to: int | None = None


Ids = Callable[[Tx, Wanted, "int | None", int], "_Looked | None"]


def _pages(
    tx: Tx, ids: Ids, query: Select[Any], key: Any, wanted: Wanted, before: int | None, limit: int, narrowed: int
) -> Results:
    """Walks what holds the words, newest first, and keeps what passes the filters, until a page is full. `narrowed` is
    how many are looked at where there are filters, else 0."""
    most = narrowed or limit + 1
    looked = ids(tx, wanted, before, most)
    if looked is None:
        return Results((), None)
    candidates = looked.ids
    found: list[Found] = []
    for start in range(0, len(candidates), _PART):
        part = candidates[start : start + _PART]
        found += records(Found, tx.execute(query.where(key.in_(part)).order_by(key.desc()).limit(limit + 1)))
        if len(found) > limit:
            return Results(tuple(found[:limit]), found[limit - 1].id)
    return Results(tuple(found), candidates[-1] if len(candidates) == most else looked.back_to)


# --- which hold the words ---------------------------------------------------------------------------------------------


def _comment_ids(tx: Tx, wanted: Wanted, before: int | None, most: int) -> _Looked | None:
    typed, author = terms(wanted.words), terms(wanted.author)
    if not typed and not author:
        return _newest(tx, comments.c.id, wanted, before, most)
    if tx.dialect.name == "sqlite":
        return _matches(tx, "comments", before, most, typed, author)
    by_author, in_text = _tsquery(author), _tsquery(typed)
    if (author and by_author is None) or (typed and in_text is None):
        return None

    def within(window: _Window) -> list[Select[Any]]:
        named = select(comments.c.id).where(
            _held(comments.c.author, comments.c.id, in_text if by_author is None else by_author, window)
        )
        if in_text is None:
            return [named]
        present = and_(revisions.c.comment_id == comments.c.id, revisions.c.number == comments.c.revision)
        told = _held(revisions.c.text, revisions.c.comment_id, in_text, window)
        texts = select(comments.c.id).join(revisions, present).where(told)
        # Words alone may stand in the text or be the author's; those of an author and others both must be there.
        return [texts, named] if by_author is None else [texts.where(comments.c.id.in_(named))]

    return _looked_up(tx, comments.c.id, BLOCK, within, before, most)


@dataclass(frozen=True, slots=True)
class _Window:
    """Rows from an id up to, and without, another, and the blocks that hold them."""

    low: int
    end: int
    size: int
    blocks: tuple[int, ...]


def _windows(tx: Tx, key: Any, size: int, before: int | None) -> Iterator[_Window]:
    """What is looked through, newest blocks first, until a page is full."""
    end = _LAST if before is None else before
    for many in AT_FIRST if before is None else FURTHER:
        newest = tx.execute(select(func.max(key)).where(key < end)).scalar()
        if newest is None:
            return
        blocks = range(newest // size, max(-1, newest // size - many), -1)
        yield _Window(blocks[-1] * size, end, size, tuple(blocks))
        end = blocks[-1] * size


def _looked_up(
    tx: Tx, key: Any, size: int, within: Callable[[_Window], list[Select[Any]]], before: int | None, most: int
) -> _Looked:
    """From PostgreSQL's index, which knows no order: so all that match in a window are collected, then sorted."""
    ids: list[int] = []
    last = None
    for last in _windows(tx, key, size, before):
        found: set[int] = set()
        for query in within(last):
            hits = query.cte().prefix_with("materialized")
            older = select(hits.c.id).where(hits.c.id < last.end)
            found.update(_ints(tx, older.order_by(hits.c.id.desc()).limit(most - len(ids))))
        ids += sorted(found, reverse=True)[: most - len(ids)]
        if len(ids) >= most:
            break
    return _Looked(ids, last.low or None if last else None)


def _held(column: ColumnElement[Any], key: Any, words: Any, window: _Window) -> ColumnElement[bool]:
    """That a column holds the words, looked up in the blocks of a window."""
    # As the index has it: a number that is bound would not be known for the same.
    block = key.op("/")(literal_column(str(window.size)))
    each = (func.levelhead_query_in(words, number) for number in window.blocks)
    any_of_them: ColumnElement[Any] = reduce(lambda one, other: one.op("||")(other), each)
    return func.levelhead_words_in(column, block).op("@@")(any_of_them)


def _case_ids(tx: Tx, wanted: Wanted, before: int | None, most: int) -> _Looked | None:
    typed = terms(wanted.words)
    if not typed:
        return _newest(tx, cases.c.id, wanted, before, most)
    if tx.dialect.name == "sqlite":
        return _matches(tx, "cases", before, most, typed)
    query = _tsquery(typed)
    if query is None:
        return None
    titled = select(threads.c.id).where(func.levelhead_words(threads.c.title).op("@@")(query))

    def within(window: _Window) -> list[Select[Any]]:
        here = cases.c.id >= window.low, cases.c.id < window.end
        return [
            select(cases.c.id).where(_held(cases.c.headline, cases.c.id, query, window)),
            select(cases.c.id).where(*here, cases.c.thread_id.in_(titled)),
        ]

    return _looked_up(tx, cases.c.id, FEW, within, before, most)


def _response_ids(tx: Tx, wanted: Wanted, before: int | None, most: int) -> _Looked | None:
    typed = terms(wanted.words)
    if not typed:
        return _newest(tx, responses.c.id, wanted, before, most)
    if tx.dialect.name == "sqlite":
        return _matches(tx, "responses", before, most, typed)
    query = _tsquery(typed)
    if query is None:
        return None
    return _looked_up(
        tx,
        responses.c.id,
        FEW,
        lambda window: [select(responses.c.id).where(_held(responses.c.draft, responses.c.id, query, window))],
        before,
        most,
    )


def _newest(tx: Tx, key: Any, wanted: Wanted, before: int | None, most: int) -> _Looked | None:
    """All, newest first, where nothing was typed; None where something was that holds no word."""
    if wanted.words.strip() or wanted.author.strip():
        return None
    query = select(key).order_by(key.desc()).limit(most)
    return _Looked(_ints(tx, query.where(key < before) if before is not None else query))


def _ints(tx: Tx, query: Select[Any]) -> list[int]:
    return [int(one) for one in tx.execute(query).scalars()]


def _matches(
    tx: Tx, kind: str, before: int | None, most: int, typed: Sequence[Term], author: Sequence[Term] = ()
) -> _Looked | None:
    """From SQLite's index, which walks backwards from the newest and stops when it has enough.

    None without a word that must be there. Unwanted words are looked up by themselves, where so many of the newest
    that hold the others are: the index would walk to the oldest row for one that holds these and not those.
    """
    wanted = [[term for term in part if not term.unwanted] for part in (typed, author)]
    begun = _Begun(tx if kind == "comments" else None)
    match = _fts(begun, *wanted)
    if match is None or any(part and not kept for part, kept in zip((typed, author), wanted, strict=True)):
        return None
    end = _LAST if before is None else before
    unwanted = _any_of(begun, typed, author)
    # A word leads straight to what holds it, and an author's name nearly so: only several may stand together nowhere.
    straight = not wanted[0] or (not wanted[1] and _is_one_word(wanted[0]))
    looked_at = LOOKED_AT if kind == "comments" else FEW_LOOKED_AT
    looked = _hits(tx, kind, match, before, looked_at if unwanted else most, straight)
    if not unwanted or not looked.ids:
        return looked
    ids = looked.ids
    passed = _walk(tx, kind, unwanted, (ids[-1], end), LOOKED_PAST)
    back_to = ids[-1] if len(ids) == looked_at else looked.back_to
    if len(passed) == LOOKED_PAST:
        back_to = passed[-1]
    gone = set(passed)
    return _Looked([one for one in ids if one not in gone and one >= (back_to or 0)][:most], back_to)


def _is_one_word(typed: Sequence[Term]) -> bool:
    return len(typed) == 1 and len(typed[0].words) == 1


def _hits(tx: Tx, kind: str, match: str, before: int | None, most: int, straight: bool) -> _Looked:
    """The newest that match, and how far back was looked."""
    if straight:
        return _Looked(_walk(tx, kind, match, (0, _LAST if before is None else before), most))
    ids: list[int] = []
    last = None
    for last in _windows(tx, _KEYS[kind], BLOCK if kind == "comments" else FEW, before):
        ids += _walk(tx, kind, _there(kind, match, last), (last.low, last.end), most - len(ids))
        if len(ids) == most:
            break
    return _Looked(ids, last.low or None if last else None)


def _there(kind: str, match: str, window: _Window) -> str:
    """The words in the blocks of a window; cases and responses are few, and need none."""
    if kind != "comments":
        return match
    blocks = " OR ".join(f'"{chr(BLOCK_MARK)}{number}"' for number in window.blocks)
    return f"(block : ({blocks})) AND {match}"


def _walk(tx: Tx, kind: str, match: str, within: tuple[int, int], most: int) -> list[int]:
    """The newest that match, of those from an id up to, and without, another."""
    rows = text(
        f"select rowid from search_{kind} where search_{kind} match :match and rowid >= :floor and rowid < :end"  # noqa: S608
        " order by rowid desc limit :most"
    )
    values = {"match": match, "floor": within[0], "end": within[1], "most": most}
    return [int(one) for one in tx.execute(rows, values).scalars()]


def _fts(begun: "_Begun", typed: Sequence[Term], author: Sequence[Term]) -> str | None:
    """Terms that must all be there as FTS5 takes them; None where there are none. Each word is quoted and holds but
    letters and digits, so nothing that was typed is taken for a part of the language."""
    parts = [_quoted(begun, term) for term in typed] + [f"author : ({_quoted(begun, term)})" for term in author]
    return " AND ".join(f"({part})" for part in parts) or None


def _any_of(begun: "_Begun", typed: Sequence[Term], author: Sequence[Term]) -> str:
    """Those of the terms that are unwanted, as FTS5 takes it that any of them is there."""
    parts = [_quoted(begun, term) for term in typed if term.unwanted]
    parts += [f"author : ({_quoted(begun, term)})" for term in author if term.unwanted]
    return " OR ".join(f"({part})" for part in parts)


def _quoted(begun: "_Begun", term: Term) -> str:
    if not term.beginning:
        return f'"{" ".join(term.words)}"'
    *before, last = term.words
    ends = begun.words(last)
    if ends is None:
        return f'"{" ".join(term.words)}" *'
    return " OR ".join(f'"{" ".join((*before, word))}"' for word in ends or [last])


class _Begun:
    """The words of SQLite's index that begin so. Each is found by a leap, not by walking what holds the one before;
    a word that is looked up by itself needs not be collected from the oldest comment on."""

    def __init__(self, tx: Tx | None) -> None:
        self._tx = tx

    def words(self, beginning: str) -> list[str] | None:
        """None where they are too many, or not looked up one by one."""
        found: list[str] = []
        after = beginning
        while self._tx is not None and len(found) <= MOST_BEGUN:
            query = text("select term from search_words where term >= :after and term <= :last limit 1")
            word = self._tx.execute(query, {"after": after, "last": beginning + chr(0x10FFFF)}).scalar()
            if word is None:
                return found
            found.append(word)
            after = word + chr(1)
        return None


def _tsquery(typed: Sequence[Term]) -> ColumnElement[Any] | None:
    """Terms as PostgreSQL takes them; None without a word that must be there."""
    if all(term.unwanted for term in typed):
        return None
    parts = []
    for term in typed:
        words = [f"'{word}'" for word in term.words]
        words[-1] += ":*" * term.beginning
        parts.append("!" * term.unwanted + f"({' <-> '.join(words)})")
    return func.to_tsquery(literal_column("'simple'::regconfig"), " & ".join(parts))
