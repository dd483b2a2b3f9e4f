"""Earlier approved answers to comments like this one: a start for a new one, never an approval of it.

The newest published answers are looked through and ranked by the rare words that both comments have. So it costs the
same in a database of a million comments as in one of a thousand.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log, sqrt

from access.permissions import Permission, require
from model import clock
from model.errors import Conflict, NotFound
from model.language import _
from model.person import Person
from model.words import Action, DecisionKind
from response import drafts, writing
from response.writing import Saving
from store import answered, audit, comments, publications, responses, templates
from store.answered import Answered
from store.db import Store, Tx
from store.search import folded

SHOWN = 3
ALIKE = 0.12
"""From this likeness on (0..1) a comment is shown as like another."""
FROM_ANSWER = "response.from_answer"
"""What the record calls it when a reply is begun from an earlier answer."""
_LOOKED_AT = 4_000
_WORD = re.compile(r"[^\W\d_]{3,}")


def words_of(text: str) -> frozenset[str]:
    """The words of a text by which it is compared: of three letters at least, without accents, in lower case."""
    return frozenset(_WORD.findall(folded(text[:_LOOKED_AT])))


def ranked(text: str, others: Sequence[str]) -> list[tuple[float, int]]:
    """The others that are like a text, as (likeness, place), the likest first, equal ones in their order. Pure.

    Likeness is the cosine of the words, each weighed by how few of the texts have it: 0 where no word is shared, at
    most 1, and 1 for the same words.
    """
    mine = words_of(text)
    all_words = [words_of(one) for one in others]
    seen = Counter(word for each in (mine, *all_words) for word in each)
    count = len(others) + 1
    # A word that all of them have still weighs a little, so that two equal texts are alike.
    weight = {word: log((count + 1) / n) ** 2 for word, n in seen.items()}
    own = sqrt(sum(weight[word] for word in mine))
    found = []
    for place, each in enumerate(all_words):
        shared = sum(weight[word] for word in mine & each)
        if shared:
            found.append((shared / (own * sqrt(sum(weight[word] for word in each))), place))
    return sorted(found, key=lambda one: (-round(one[0], 9), one[1]))


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier answer, with who approved it (nobody: by its author's own authority)."""

    of: Answered
    likeness: float
    approved_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Begun:
    """The earlier answer that a reply was begun from: whom it answered (empty: nobody knows any more), when it was
    published, and who approved it (nobody: by its author's own authority)."""

    author: str
    at: datetime
    approved_by: tuple[str, ...]


def earlier(tx: Tx, comment_id: int) -> list[Earlier]:
    """At most SHOWN published answers to comments like this one, the likest first; each answer once."""
    comment = comments.get(tx, comment_id)
    if comment is None:
        return []
    there = answered.newest(tx, comment_id)
    found: list[Earlier] = []
    for likeness, place in ranked(comment.text, [one.asked for one in there]):
        if likeness < ALIKE or len(found) == SHOWN:
            break
        one = there[place]
        if all(one.answer != other.of.answer for other in found):
            found.append(Earlier(one, likeness, _approved_by(tx, one.submission_id)))
    return found


def _approved_by(tx: Tx, submission_id: int) -> tuple[str, ...]:
    made = responses.decisions_of(tx, submission_id)
    return tuple(dict.fromkeys(one.name for one in made if one.kind == DecisionKind.APPROVE and one.settled_at))


def begun_from(tx: Tx, response_id: int) -> Begun | None:
    """The earlier answer that a reply was begun from; None when it was not, or was made of a template afterwards."""
    began = audit.last(tx, "response", response_id, (FROM_ANSWER, "response.templated"))
    if began is None or began.action != FROM_ANSWER:
        return None
    out = [one for one in publications.of_response(tx, int(began.data["answer"])) if one.published_at]
    if not out or out[0].published_at is None:
        return None
    asked = comments.get(tx, out[0].comment_id) if out[0].comment_id is not None else None
    author = asked.author if asked and not asked.erased_at else ""
    return Begun(author, out[0].published_at, _approved_by(tx, out[0].submission_id))


def start_from(store: Store, by: Person, response_id: int, earlier_id: int, tab: str, base: int) -> tuple[str, Saving]:
    """Puts the text of an earlier answer in the place of what is written; returns it, and how it was saved.

    It is only a start: it routes like any other text. The record names the answer that it is from.
    """
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        response, source = responses.get(tx, response_id), responses.get(tx, earlier_id)
        versions = responses.versions(tx, earlier_id) if source and source.action is Action.REPLY else []
        if not versions:
            raise NotFound(_("There is no such earlier answer any more."))
        if response is None or response.action is not Action.REPLY or response.state not in writing.WRITABLE:
            raise Conflict(_("This reply is no longer being written."))
        drafts.hold(tx, by, response, now)
        templates.forget_use(tx, response_id)
        audit.record(tx, FROM_ANSWER, "response", response_id, by=by.id, at=now, answer=earlier_id)
        text = versions[-1].content.text
    return text, writing.save(store, by, response_id, text, base, tab)
