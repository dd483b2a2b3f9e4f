"""Erasing what a commenter wrote: words and names go, identities and hashes stay, so that it is never taken again.

Our responses stay, as they are ours; what they quoted from the comment was never in them. The audit chain holds ids and
keyed hashes only, so it stays whole.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from model.errors import BadInput
from model.language import _
from store import audit, erased, handoffs, labels, moderations, opinions, same_people, second_looks, vectors
from store.db import Store, Tx
from store.keys import Keys
from store.schema import (
    case_comments,
    cases,
    comments,
    decisions,
    escalations,
    former_reasons,
    handed_on,
    notes,
    policy_notes,
    raw_items,
    responses,
    revisions,
    sources,
    submissions,
    takeovers,
    tasks,
    template_uses,
    words,
)
from store.scrub import scrub

BATCH = 50
_RUN = 4


@dataclass(frozen=True, slots=True)
class Who:
    """A commenter: by name, by the source's own authenticated id, or both; at one source or (None) at all."""

    author: str = ""
    author_id: str = ""
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class Some:
    """One comment that would go."""

    id: int
    author: str
    source: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """What would go: how many comments, between which moments, the newest few, how many items that could not be read,
    and how many notes, reasons and fields of templates that name the person or quote the newest `LOOKED_THROUGH`."""

    count: int
    oldest: datetime | None
    newest: datetime | None
    few: tuple[Some, ...]
    raw: int = 0
    words: int = 0


@dataclass(frozen=True, slots=True)
class Erased:
    """What went: comments, words that people here had typed about them, and items that could not be read."""

    comments: int
    words: int
    raw: int


LOOKED_THROUGH = 1000
"""Comments whose cases are looked through before an erasure, to say what of the notes there would go."""
_LOOKED_AT = 200
"""Items that could not be read, looked at in one step."""
_EMPTIED = ""
_SAID = (raw_items.c.raw, raw_items.c.problem)


def find(tx: Tx, who: Who, few: int = 5) -> Found:
    """What an erasure would take. Raises BadInput when nobody is named."""
    theirs = _theirs(tx, who)
    row = tx.execute(select(func.count(), func.min(comments.c.at), func.max(comments.c.at)).where(theirs)).one()
    query = (
        select(comments.c.id, comments.c.author, sources.c.name, comments.c.at, revisions.c.text)
        .join(sources, sources.c.id == comments.c.source_id)
        .join(revisions, and_(revisions.c.comment_id == comments.c.id, revisions.c.number == comments.c.revision))
        .where(theirs)
        .order_by(comments.c.at.desc(), comments.c.id.desc())
        .limit(few)
    )
    few_of_them = tuple(Some(*one) for one in tx.execute(query))
    theirs_too = tx.execute(select(comments.c.author).where(theirs).distinct().limit(BATCH)).scalars()
    names, raw = [who.author, *theirs_too], 0
    after: int | None = 0
    while after is not None:
        found, after = _raw(tx, who, names, after)
        raw += len(found)
    return Found(int(row[0]), row[1], row[2], few_of_them, raw, _words_of(tx, theirs))


def _words_of(tx: Tx, theirs: ColumnElement[bool]) -> int:
    """How much that people here typed would go with these comments."""
    newest = select(comments.c.id).where(theirs).order_by(comments.c.at.desc(), comments.c.id.desc())
    ids = list(tx.execute(newest.limit(LOOKED_THROUGH)).scalars())
    typed: set[int] = set()
    filled: set[int] = set()
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        names = _authors(tx, part)
        typed.update(_quoting(tx, part, names))
        filled.update(_filled_in(tx, part, names))
    return len(typed) + len(filled)


def _theirs(tx: Tx, who: Who) -> ColumnElement[bool]:
    if not (who.author or who.author_id):
        raise BadInput(_("Give the name under which the comments stand, or the source's own id of the person."))
    here = [who.source_id] if who.source_id is not None else list(tx.execute(select(sources.c.id)).scalars())
    conditions: list[ColumnElement[bool]] = [comments.c.source_id.in_(here), comments.c.erased_at.is_(None)]
    if who.author:
        conditions.append(comments.c.author == who.author)
    if who.author_id:
        conditions.append(comments.c.author_id == who.author_id)
    return and_(*conditions)


def erase(store: Store, keys: Keys, who: Who, reason: str, *, by: int, now: datetime) -> Erased:
    """Erases all of it, in short transactions, each with its audit event; what was erased when it is cut off stays so,
    and the same call goes on from there. Uploads do not bring words under these names back without a decision, even
    where nothing was there to erase.

    An answer that is on its way to one of these comments stops at the gate, as for a deleted one, until a person looks.
    """
    named = keys.keyed_hash("commenter", f"{who.author}\n{who.author_id}")
    said: str | None = None
    done = Erased(0, 0, 0)
    names = {who.author} - {""}
    after: int | None = 0
    while True:
        with store.read() as tx:
            ids = list(tx.execute(select(comments.c.id).where(_theirs(tx, who)).limit(BATCH)).scalars())
            about = _quoting(tx, ids, [who.author, *_authors(tx, ids)])
            filled = _filled_in(tx, ids, [who.author, *_authors(tx, ids)])
            fresh = {*_authors(tx, ids)} - names - {""}
            if fresh:
                names, after = names | fresh, 0  # another name of theirs: the items are looked through once more
            raw, after = _raw(tx, who, sorted(names), after) if after is not None else ([], None)
        if not ids and not raw and (said is not None or not names):
            if after is not None:
                continue
            scrub(store)
            return done
        with store.write() as tx:
            if said is None:
                _, said = audit.say(tx, keys, "reason", reason, by=by, at=now)
            erased.keep_out(tx, keys, who.source_id, sorted(names), now)
            blank(tx, ids, now)
            forget_words(tx, about, now)
            empty_fields(tx, filled)
            tx.execute(update(raw_items).where(raw_items.c.id.in_(raw)).values(raw=_EMPTIED, problem=""))
            data = {"comments": ids, "words": about, "filled": sorted(filled), "raw": raw, "who": named, "reason": said}
            audit.record(tx, "commenter.erased", "source", who.source_id, by=by, at=now, **data)
        done = Erased(done.comments + len(ids), done.words + len(about), done.raw + len(raw))


def blank(tx: Tx, comment_ids: Sequence[int], now: datetime) -> None:
    """Takes words and names from comments, all their revisions included."""
    these = update(revisions).where(revisions.c.comment_id.in_(comment_ids))
    tx.execute(these.values(text="", html="", erased_at=now))
    gone = {"author": "", "author_id": "", "url": "", "near_key": "", "erased_at": now}
    moderations.forget_reasons(tx, comment_ids)
    handoffs.forget_differences(tx, comment_ids)
    same_people.forget(tx, comment_ids)
    second_looks.forget(tx, comment_ids)
    vectors.forget(tx, comment_ids)
    labels.forget(tx, comment_ids)
    opinions.forget(tx, comment_ids)
    once = func.coalesce(comments.c.deleted_at, now)
    tx.execute(update(comments).where(comments.c.id.in_(comment_ids)).values(**gone, deleted_at=once))


def forget_words(tx: Tx, words_ids: Iterable[int], now: datetime) -> None:
    """Takes the text from words that people here typed; their keyed hash stays."""
    tx.execute(update(words).where(words.c.id.in_(list(words_ids))).values(text="", erased_at=now))


def words_of_cases(tx: Tx, case_ids: Sequence[int]) -> list[int]:
    """The ids of all words typed about some cases: reasons, questions, answers, notes, tasks, what approvers said."""
    of_decisions = (
        select(decisions.c.words_id)
        .join(submissions, submissions.c.id == decisions.c.submission_id)
        .join(responses, responses.c.id == submissions.c.response_id)
        .where(responses.c.case_id.in_(case_ids))
    )
    of_notes = (
        select(policy_notes.c.words_id)
        .join(decisions, decisions.c.id == policy_notes.c.decision_id)
        .join(submissions, submissions.c.id == decisions.c.submission_id)
        .join(responses, responses.c.id == submissions.c.response_id)
        .where(responses.c.case_id.in_(case_ids))
    )
    of_handing_on = (
        select(handed_on.c.words_id)
        .join(submissions, submissions.c.id == handed_on.c.submission_id)
        .join(responses, responses.c.id == submissions.c.response_id)
        .where(responses.c.case_id.in_(case_ids))
    )
    parts = [
        select(cases.c.close_reason_id).where(cases.c.id.in_(case_ids)),
        select(former_reasons.c.words_id).where(former_reasons.c.case_id.in_(case_ids)),
        select(escalations.c.words_id).where(escalations.c.case_id.in_(case_ids)),
        select(escalations.c.answer_id).where(escalations.c.case_id.in_(case_ids)),
        *(select(table.c.words_id).where(table.c.case_id.in_(case_ids)) for table in (notes, tasks, takeovers)),
        of_decisions,
        of_notes,
        of_handing_on,
    ]
    return sorted({found for part in parts for found in tx.execute(part).scalars() if found is not None})


def fields_of_cases(tx: Tx, case_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """What was filled into templates for the responses of some cases, by response."""
    query = (
        select(template_uses.c.response_id, template_uses.c["values"])
        .join(responses, responses.c.id == template_uses.c.response_id)
        .where(responses.c.case_id.in_(case_ids))
    )
    return {row[0]: row[1] for row in tx.execute(query)}


def empty_fields(tx: Tx, filled: Mapping[int, Mapping[str, str]]) -> None:
    """Keeps of what was filled into templates only what is given, by response. What was sent stays, as it is ours; a
    reply that is still written is routed like any other, as it says something else than its fields."""
    for response_id, values in filled.items():
        mine = update(template_uses).where(template_uses.c.response_id == response_id)
        tx.execute(mine.values({"values": dict(values)}))


def _filled_in(tx: Tx, ids: Sequence[int], names: Sequence[str]) -> dict[int, dict[str, str]]:
    """The fields of responses about these comments that name the author or quote a text, with those emptied."""
    if not ids:
        return {}
    in_cases = list(tx.execute(select(case_comments.c.case_id).where(case_comments.c.comment_id.in_(ids))).scalars())
    texts = list(tx.execute(select(revisions.c.text).where(revisions.c.comment_id.in_(ids))).scalars())
    found = {}
    for response_id, values in fields_of_cases(tx, in_cases).items():
        left = {key: "" if _is_theirs(value, names, texts) else value for key, value in values.items()}
        if left != values:
            found[response_id] = left
    return found


def _is_theirs(value: str, names: Sequence[str], texts: Sequence[str]) -> bool:
    """A field that is for a name holds often only a part of it: the first name, say."""
    part = _spaced(value).strip()
    return bool(part) and (quotes(value, names, texts) or any(f" {part} " in _spaced(name) for name in names))


def _authors(tx: Tx, ids: Sequence[int]) -> list[str]:
    return list(tx.execute(select(comments.c.author).where(comments.c.id.in_(ids)).distinct()).scalars())


def _quoting(tx: Tx, ids: Sequence[int], names: Sequence[str]) -> list[int]:
    """The words typed about these comments' cases that name the author or quote a text."""
    if not ids:
        return []
    in_cases = select(case_comments.c.case_id).where(case_comments.c.comment_id.in_(ids)).distinct()
    about = words_of_cases(tx, list(tx.execute(in_cases).scalars()))
    texts = list(tx.execute(select(revisions.c.text).where(revisions.c.comment_id.in_(ids))).scalars())
    typed = tx.execute(select(words.c.id, words.c.text).where(words.c.id.in_(about), words.c.erased_at.is_(None)))
    return [row.id for row in typed if quotes(row.text, names, texts)]


def quotes(typed: str, names: Iterable[str], texts: Iterable[str]) -> bool:
    """Whether typed words name one of the people, or repeat four words in a row of one of the texts (all of a shorter
    one, if it has two at least). Case, punctuation and spacing do not count."""
    there = _spaced(typed)
    runs = (run for text in texts for run in _runs(_words(text)))
    named = (_spaced(name) for name in names if _words(name))
    return any(run in there for run in (*named, *runs))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _spaced(text: str) -> str:
    return f" {' '.join(_words(text))} "


def _runs(all_words: list[str]) -> Iterator[str]:
    if len(all_words) < 2:
        return
    size = min(_RUN, len(all_words))
    for start in range(len(all_words) - size + 1):
        yield f" {' '.join(all_words[start : start + size])} "


def _raw(tx: Tx, who: Who, names: Sequence[str], after: int) -> tuple[list[int], int | None]:
    """Items that could not be read and name the author, of the next few hundred behind an id, and where to go on.

    None at the end. They stay, empty, so that the same is not kept anew.

    The database only narrows it down, by what of a name no way of writing it changes; what it found is then decoded.
    """
    parts = {part for name in names if (part := _plainest(name)) is not None}
    if not parts:
        return [], None
    query = select(raw_items.c.id, raw_items.c.raw, raw_items.c.problem).where(
        raw_items.c.id > after, raw_items.c.raw != _EMPTIED
    )
    if "" not in parts:
        signs = (*sorted(parts), "&#", "\\u")
        query = query.where(or_(*(column.contains(sign, autoescape=True) for sign in signs for column in _SAID)))
    if who.source_id is not None:
        query = query.where(raw_items.c.source_id == who.source_id)
    rows = tx.execute(query.order_by(raw_items.c.id).limit(_LOOKED_AT)).all()
    found = [row.id for row in rows if any(quotes(one, names, ()) for one in _decoded(f"{row.raw}\n{row.problem}"))]
    return found, rows[-1].id if len(rows) == _LOOKED_AT else None


def _plainest(name: str) -> str | None:
    """The longest run of letters in a name that is written alike everywhere; None for no name."""
    if not _words(name):
        return None
    return max(re.findall(r"[A-Za-z0-9]+", name), key=len, default="")


def _decoded(raw: str) -> tuple[str, str, str]:
    """What was kept as it stands, with the entities of XML read, and with the escapes of JSON read too."""
    plain = unescape(unescape(raw))
    return raw, plain, unescape(_ESCAPED.sub(_letters, plain))


_ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")


def _letters(escaped: re.Match[str]) -> str:
    units = "".join(escaped[0].split("\\u"))
    return bytes.fromhex(units).decode("utf-16-be", "replace")
