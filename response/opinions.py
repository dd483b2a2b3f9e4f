"""A second opinion of a language model about a comment, or a draft to start from: asking, and what came of it.

A person asks; a job sends it (`ingest.opinions`), once. What is said is shown, and changes nothing: no level, no state,
no signal. Money is counted before anything is sent, as the most that it can come to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from secrets import token_hex
from typing import Any

from access.permissions import Permission, require
from analysis.masking import Names
from channels.models import Model
from jobs import enqueue
from model import clock
from model.errors import BadInput, Conflict, NotFound
from model.language import NAMES, _, current, number
from model.person import Person
from response import drafts, opinion_settings
from response.opinion_rules import BILLION, TURNS, Kind, Question, fits, month_of, most, question
from response.opinion_settings import BILLIONTHS, Chosen
from store import audit, cases, comments, opinions, our_people, people, responses, sample, threads
from store.comments import Comment
from store.db import Store, Tx
from store.keys import KeyMissing
from store.opinions import ASKING, DONE, FAILED, JOB, UNDER_WAY, WAITING, Opinion

THING = "comment"


@dataclass(frozen=True, slots=True)
class Spent:
    """What this month has cost so far and may cost, in the currency that an administrator chose."""

    spent: float
    budget: float
    currency: str


def spent(tx: Tx, now: datetime) -> Spent:
    chosen = opinion_settings.in_force(tx).chosen
    return Spent(opinions.spent(tx, month_of(now)) / BILLION, chosen.budget / 1000, chosen.currency)


@dataclass(frozen=True, slots=True)
class About:
    """What a model was asked last about a comment, and what of it can be asked now. `names` are those who asked."""

    may_ask: frozenset[Kind]
    asked: dict[Kind, Opinion]
    names: dict[int, str]

    @property
    def waits(self) -> bool:
        return any(one.state in UNDER_WAY for one in self.asked.values())


def about(tx: Tx, comment: Comment) -> About:
    """What stands beside a comment: nothing at all where a model was never asked and cannot be."""
    here = opinion_settings.in_force(tx)
    open_to = frozenset(kind for kind in Kind if not _hindered(tx, here.active, here.chosen, comment, kind))
    found = {kind: one for kind in Kind if (one := opinions.newest(tx, comment.id, kind))} if here.version else {}
    known = (people.get(tx, one) for one in {each.by for each in found.values()})
    return About(open_to, found, {one.id: one.name for one in known if one})


def state(tx: Tx, opinion_id: int) -> str:
    """How far one is; empty where it is gone."""
    row = opinions.get(tx, opinion_id)
    return row.state if row else ""


# --- asking ----------------------------------------------------------------------------------------------------------


def ask(store: Store, by: Person, comment_id: int, kind: Kind, seen_revision: int) -> int:
    """Asks about a comment as it was seen; returns the id of what was asked. It is sent once, by a worker.

    Raises BadInput where it is off or the budget is used up, Conflict where the comment changed or is asked about.
    """
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        comment = comments.get(tx, comment_id)
        if comment is None:
            raise NotFound(_("This comment is no longer here."))
        if comment.revision != seen_revision:
            raise Conflict(_("The comment was edited since you saw it. Read its new text before you go on."))
        last = opinions.newest(tx, comment_id, kind)
        if last and last.state in UNDER_WAY:
            raise Conflict(_("This was asked already. The answer appears here once it is there."))
        here = opinion_settings.in_force(tx)
        problem = _hindered(tx, here.active, here.chosen, comment, kind)
        if problem:
            raise BadInput(problem)
        asked = _question(tx, here.chosen, comment, kind)
        if why := _too_dear(tx, here.chosen, asked, now):
            raise BadInput(why)
        values = {"kind": kind, "by": by.id, "at": now, "month": month_of(now), "model": here.chosen.model}
        opinion_id = opinions.add(tx, comment_id=comment_id, revision=comment.revision, **values)
        enqueue(tx, JOB, opinion_id, f"{JOB}:{opinion_id}")
        _record(tx, "opinion.asked", comment_id, by.id, now, opinion=opinion_id, kind=kind, revision=comment.revision)
        return opinion_id


def _record(tx: Tx, action: str, comment_id: int | None, by: int | None, now: datetime, **data: Any) -> None:
    audit.record(tx, action, THING, comment_id, by=by, at=now, **data)


def _hindered(tx: Tx, active: bool, chosen: Chosen, comment: Comment, kind: str) -> str:
    """Why nothing may be sent, as things stand; empty where it may."""
    if not active or sample.is_sample(tx):
        return _("Second opinions are switched off.")
    if kind == Kind.DRAFT and not chosen.drafts:
        return _("Drafts of a model are switched off.")
    if comment.deleted_at or comment.erased_at or not comment.text.strip():
        return _("The comment was deleted, so it is not sent.")
    return ""


def _question(tx: Tx, chosen: Chosen, comment: Comment, kind: str) -> Question:
    before = threads.turns(tx, comment, TURNS) if chosen.turns else []
    ours = [one.name for one in people.everybody(tx)]
    ours += [one.name for one in our_people.of_source(tx, comment.source_id).values()]
    turns = [(one.author, one.text) for one in before]
    here = (comment.author, *(author for author, _text in turns), *opinions.authors(tx, comment.thread_id))
    names = Names(here, ours)
    return question(Kind(kind), comment.text, turns, names, token_hex(12), NAMES[current()])


def example(tx: Tx, chosen: Chosen, kind: Kind, author: str, text: str, before: Sequence[tuple[str, str]]) -> Question:
    """What a model would be sent of a made-up comment, as things stand; `before` are the comments before it."""
    ours = [one.name for one in people.everybody(tx)]
    turns = before if chosen.turns else ()
    names = Names((author, *(who for who, _text in turns)), ours)
    return question(kind, text, turns, names, token_hex(12), NAMES[current()])


def _too_dear(tx: Tx, chosen: Chosen, asked: Question, now: datetime) -> str:
    at_most = most(asked, chosen.price_in, chosen.price_out)
    so_far = opinions.spent(tx, month_of(now))
    if fits(so_far, at_most, chosen.budget * BILLIONTHS):
        return ""
    return _(
        "The budget of this month does not reach for one more: {spent} of {budget} {currency} are used. An"
        " administrator can raise it.",
        spent=number(so_far / BILLION, 2),
        budget=number(chosen.budget / 1000, 2),
        currency=chosen.currency,
    )


# --- for the job -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Work:
    """What is sent now; `at_most` is already counted."""

    model: Model
    question: Question
    kind: Kind
    at_most: int
    price_in: int
    price_out: int


def begin(tx: Tx, opinion_id: int, now: datetime) -> Work | None:
    """Takes what waits, and counts the most that it can cost, in the change after which it is sent; None where nothing
    is to be sent. What was begun before is never sent again: whoever had it was cut off, and nobody knows how far."""
    row = opinions.get(tx, opinion_id)
    if row is None or row.state not in UNDER_WAY:
        return None
    if row.state == ASKING:
        unknown = _("It broke off before an answer came. It counts with the most that it can have cost. Ask again.")
        end(tx, row.id, now, row.cost, problem=unknown)
        return None
    found = _work(tx, row, now)
    if isinstance(found, str):
        opinions.move(tx, row.id, WAITING, FAILED, problem=found if row.comment_id else "", ended_at=now)
        _record(tx, "opinion.failed", row.comment_id, None, now, opinion=row.id, cost=0)
        return None
    opinions.move(tx, row.id, WAITING, ASKING, cost=found.at_most, month=month_of(now), model=found.model.name)
    return found


def stopped(tx: Tx) -> str:
    """Why what was begun is not sent after all; empty where it is."""
    return "" if opinion_settings.in_force(tx).active else _("Second opinions are switched off.")


def _work(tx: Tx, row: Opinion, now: datetime) -> Work | str:
    comment = comments.get(tx, row.comment_id) if row.comment_id is not None else None
    if comment is None:
        return _("This comment is no longer here.")
    if comment.revision != row.revision:
        return _("The comment was edited before it was sent. Read its new text, and ask again.")
    here = opinion_settings.in_force(tx)
    problem = _hindered(tx, here.active, here.chosen, comment, row.kind)
    if problem:
        return problem
    chosen, asked = here.chosen, _question(tx, here.chosen, comment, row.kind)
    if why := _too_dear(tx, chosen, asked, now):
        return why
    try:
        model = opinion_settings.model_of(tx)
    except KeyMissing:
        return _("The model's key cannot be read with this installation's key. An administrator can enter it again.")
    at_most = most(asked, chosen.price_in, chosen.price_out)
    return Work(model, asked, Kind(row.kind), at_most, chosen.price_in, chosen.price_out)


def end(
    tx: Tx, opinion_id: int, now: datetime, cost: int, *, said: dict[str, Any] | None = None, problem: str = ""
) -> None:
    """What came of asking, and what it cost. Where the comment was erased meanwhile, nothing of it is kept."""
    row = opinions.get(tx, opinion_id)
    if row is None or row.state != ASKING:
        return
    kept = partial(opinions.move, tx, row.id, ASKING, DONE if said else FAILED, cost=cost, ended_at=now)
    if row.comment_id is None:
        kept()
    elif said:
        kept(said=said)
    else:
        kept(problem=problem)
    done = "opinion.answered" if said else "opinion.failed"
    _record(tx, done, row.comment_id, None, now, opinion=row.id, model=row.model, cost=cost)


# --- a draft ---------------------------------------------------------------------------------------------------------


def use_draft(store: Store, by: Person, case_id: int, opinion_id: int) -> int:
    """Begins the reply of a case with a model's draft; returns the response's id. From there on it is a draft like any
    other, of whoever begins it, and takes its route.

    Raises Conflict where something is written already, or the comment was edited since.
    """
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        row, case = opinions.get(tx, opinion_id), cases.get(tx, case_id)
        comment = comments.get(tx, row.comment_id) if row and row.comment_id is not None else None
        if row is None or case is None or comment is None or comment.thread_id != case.thread_id:
            raise NotFound(_("This draft is no longer here."))
        if row.kind != Kind.DRAFT or row.state != DONE or not row.said:
            raise NotFound(_("This draft is no longer here."))
        if comment.revision != row.revision:
            raise Conflict(_("The comment was edited since. Read its new text, and ask for another draft."))
        response_id = drafts.begin(tx, by, case_id, comment.id, now)
        response = responses.get(tx, response_id)
        assert response is not None
        answered = {target.comment_id for target in responses.targets(tx, response_id)}
        if response.draft or answered != {comment.id}:
            raise Conflict(_("A reply is begun in this case already. Copy from the draft what you want of it."))
        drafts.put(tx, by, response, drafts.bounded(row.said["draft"]), now)
        audit.record(
            tx, "opinion.draft_used", "response", response_id, by=by.id, at=now, opinion=row.id, model=row.model
        )
        return response_id
