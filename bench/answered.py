"""What became of the responses that `bench.bulk` made, in bulk: how each was approved, sent and published, and what it
has cost, worked out by what works it out in an installation.

Of five responses two went out on own authority, the others through one to three levels; of those one in twenty was
asked to be changed, one in thirty rejected, one in thirty given up. There are as many posts of our own, and as many
replies that wait, however many comments there are: a team grows with neither.
"""

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, select, update

from access import people as access_people
from analysis import approval
from bench.bulk import set_sequences
from model.content import Content, Target, content_hash
from model.person import Person
from model.tally import Ours
from model.words import Action, Channel, DecisionKind, PublicationState, ResponseState, Role
from response import costing, drafts
from store import cost, done
from store import people as people_rows
from store import responses as response_rows
from store.db import Store, Tx
from store.schema import (
    cases,
    comments,
    decisions,
    level_times,
    people,
    policies,
    publications,
    response_targets,
    response_versions,
    responses,
    sources,
    submissions,
)

_CHUNK = 1_000
_SAID = {
    ResponseState.PUBLISHED: DecisionKind.APPROVE,
    ResponseState.CHANGES_REQUESTED: DecisionKind.REQUEST_CHANGES,
    ResponseState.REJECTED: DecisionKind.REJECT,
}
_ROUTES = ((),) * 40 + ((1,),) * 40 + ((1, 2),) * 15 + ((1, 2, 3),) * 5
_POSTS, _STATEMENTS, _WAITING = 80, 10, 20
_ON_THE_BLOG, _EVERYWHERE = (Channel.BLOG,), (Channel.BLOG, Channel.FACEBOOK, Channel.MASTODON)
_DAY = timedelta(days=1)
_BECAME = update(responses).where(responses.c.id == bindparam("of")).values(state=bindparam("became"))
_CLOSED = update(cases).where(cases.c.id == bindparam("of")).values(closed_at=bindparam("at"))
Rows = dict[Table, list[dict[str, Any]]]


def answer(store: Store, seed: int = 7) -> None:
    """Gives all responses of closed cases their past, adds our own and what waits, and works out the costs."""
    chance = random.Random(seed)
    _wait(store)
    costing.catch_up(store)
    ids = [0]
    while ids:
        ids = _next(store, chance, ids[-1])
    _posts(store, chance)
    set_sequences(store, submissions, responses)


def _wait(store: Store) -> None:
    """People of three levels, and some replies that wait for them, by the way they would come there."""
    with store.read() as tx:
        alice = people_rows.by_email(tx, "alice@example.org")
        opened = list(tx.execute(select(cases.c.id).where(cases.c.state == "open").limit(_WAITING)).scalars())
    if alice is None:
        return
    for level, name in enumerate(("Bob", "Carol", "Dora"), start=1):
        email = f"{name.lower()}@example.org"
        access_people.add(store, alice, name, email, frozenset({Role.APPROVER}), frozenset({level}))
    for case_id in opened:
        _submit(store, alice, case_id)


def _submit(store: Store, who: Person, case_id: int) -> None:
    response_id = drafts.start(store, who, case_id)
    version = drafts.save(store, who, response_id, f"Thank you. Somebody of us calls you today. ({case_id})", 1)
    drafts.submit(store, who, response_id, version)


def _next(store: Store, chance: random.Random, after: int) -> list[int]:
    """The next responses of closed cases; their ids."""
    query = (
        select(
            responses.c.id,
            responses.c.draft,
            responses.c.author_id,
            cases.c.id.label("case_id"),
            cases.c.opened_at,
            cases.c.lead_comment_id,
            cases.c.thread_id,
            comments.c.source_id,
            sources.c.channel,
        )
        .join(cases, cases.c.id == responses.c.case_id)
        .join(comments, comments.c.id == cases.c.lead_comment_id)
        .join(sources, sources.c.id == comments.c.source_id)
        .where(responses.c.id > after, cases.c.state == "closed")
        .order_by(responses.c.id)
        .limit(_CHUNK)
    )
    with store.write() as tx:
        found = tx.execute(query).all()
        made: Rows = defaultdict(list)
        past, number = _Past(tx, chance, made), _last(tx, submissions)
        became: list[dict[str, Any]] = []
        for one in found:
            target = Target(Channel(one.channel), one.source_id, one.thread_id, one.lead_comment_id, 1)
            state, ended, number = past.of(one.id, one.draft, [target], one.author_id, one.opened_at, number)
            became.append({"response": one.id, "case": one.case_id, "state": state.value, "at": ended})
        _insert(tx, made)
        if became:
            tx.execute(_BECAME, [{"of": one["response"], "became": one["state"]} for one in became])
            with done.closing(tx, [one["case"] for one in became]):
                tx.execute(_CLOSED, [{"of": one["case"], "at": one["at"]} for one in became])
        _work_out(tx, [one.id for one in found], [one.case_id for one in found])
    return [one.id for one in found]


def _posts(store: Store, chance: random.Random) -> None:
    """Posts of our own, and statements to three channels."""
    with store.write() as tx:
        now, by = datetime.now(UTC), int(tx.execute(select(people.c.id).limit(1)).scalar_one())
        made: Rows = defaultdict(list)
        past, number, first = _Past(tx, chance, made), _last(tx, submissions), _last(tx, responses) + 1
        ids = range(first, first + _POSTS + _STATEMENTS)
        for place, response_id in enumerate(ids):
            channels = _EVERYWHERE if place < _STATEMENTS else _ON_THE_BLOG
            began = now - 300 * _DAY * chance.random() - 2 * _DAY
            words = f"What we do this week, number {place}."
            made[responses].append(
                {"id": response_id, "case_id": None, "state": ResponseState.PUBLISHED.value, "draft": words}
                | {"action": Action.REPLY.value, "author_id": by, "saved_at": began, "saved_by": by}
                | {"created_at": began, "version": 2}
            )
            targets = [Target(channel, None, None, None, None) for channel in channels]
            state, _ended, number = past.of(response_id, words, targets, by, began, number)
            made[responses][-1]["state"] = state.value
        _insert(tx, made)
        _work_out(tx, list(ids), [])


class _Past:
    """Makes up how responses were approved and sent, as rows of the tables that say so."""

    def __init__(self, tx: Tx, chance: random.Random, made: Rows) -> None:
        self._chance, self._made, self._now = chance, made, datetime.now(UTC)
        self._policy = int(tx.execute(select(func.min(policies.c.id))).scalar_one())
        self._deciders = list(tx.execute(select(people.c.id).order_by(people.c.id.desc()).limit(3)).scalars())

    def of(
        self, response_id: int, words: str, targets: list[Target], by: int, began: datetime, number: int
    ) -> tuple[ResponseState, datetime, int]:
        """The past of one response that was begun after a moment: how it ended, when, and the last submission."""
        chance, made = self._chance, self._made
        route, luck = chance.choice(_ROUTES), chance.random()
        at = self._later(began, 0.7)
        stored = [{**_fields(target), "channel": target.channel.value} for target in targets]
        made[response_targets] += [{"response_id": response_id, **one} for one in stored]
        sendings = 2 if route and luck < 1 / 20 else 1
        state, hashed = ResponseState.PUBLISHED, ""
        for sending in range(1, sendings + 1):
            number += 1
            said = words if sending == 1 else f"{words} It was seen {chance.randrange(2, 90)} times."
            hashed = content_hash(Content(said, tuple(targets)))
            made[response_versions].append(
                {"response_id": response_id, "number": sending, "action": Action.REPLY.value, "text": said}
                | {"targets": stored, "attachments": [], "send_from": None, "send_until": None}
                | {"content_hash": hashed, "by": by, "at": at}
            )
            sent_at, state = at, ResponseState.PUBLISHED
            if sending < sendings:
                state = ResponseState.CHANGES_REQUESTED
            elif route and luck > 14 / 15:
                state = ResponseState.REJECTED if luck > 29 / 30 else ResponseState.WITHDRAWN
            at = self._through(number, route, state, hashed, at)
            made[submissions].append(
                {"id": number, "response_id": response_id, "version_number": sending, "content_hash": hashed}
                | {
                    "policy_id": self._policy,
                    "route": {"steps": [], "because": []},
                    "by": by,
                    "at": sent_at,
                    "ended_at": at,
                }
                | {"approval_until": sent_at + 14 * _DAY, "send_until": sent_at + 28 * _DAY}
                | {"ended_as": "stale" if state is ResponseState.WITHDRAWN else state.value}
            )
        if state is ResponseState.PUBLISHED:
            at = self._later(at, 0.01)
            made[publications] += [self._publication(number, response_id, one, hashed, at) for one in stored]
        return state, at, number

    def _through(
        self, number: int, route: tuple[int, ...], state: ResponseState, hashed: str, at: datetime
    ) -> datetime:
        """A sending goes through its levels; what it ended as is what the last of them said, if anything."""
        for step, level in enumerate(route):
            ended = self._later(at, 2.5)
            kind = _SAID.get(state) if level == route[-1] else DecisionKind.APPROVE
            self._made[level_times].append(
                {"submission_id": number, "step": step, "level": level, "began_at": at, "ended_at": ended}
            )
            at, began = ended, at
            if kind is None:
                continue
            looked = max(began, ended - timedelta(seconds=self._chance.uniform(20, 900)))
            self._made[decisions].append(
                {"submission_id": number, "step": step, "person_id": self._deciders[step % len(self._deciders)]}
                | {"kind": kind.value, "content_hash": hashed, "at": ended, "due_at": ended, "settled_at": ended}
                | {"looked_at": looked}
            )
        return at

    def _later(self, at: datetime, hours: float) -> datetime:
        """Some time after a moment, half of them within so many hours, and not in the future."""
        some = timedelta(hours=hours * self._chance.lognormvariate(0, 1.2))
        return at + min(some, 3 * _DAY, (self._now - at) / 4)

    def _publication(
        self, number: int, response_id: int, target: dict[str, Any], hashed: str, at: datetime
    ) -> dict[str, Any]:
        return {
            "submission_id": number,
            "response_id": response_id,
            "source_id": target["source_id"],
            "comment_id": target["comment_id"],
            "target": target,
            "content_hash": hashed,
            "state": PublicationState.PUBLISHED.value,
            "not_before": at,
            "attempt": 1,
            "external_id": f"bulk:{response_id}:{target['channel']}",
            "published_at": at,
            "changed_at": at,
        }


def _fields(target: Target) -> dict[str, Any]:
    names = ("channel", "source_id", "thread_id", "comment_id", "comment_revision")
    return {name: getattr(target, name) for name in names}


def _insert(tx: Tx, made: Rows) -> None:
    """What others refer to goes in first."""
    tables = (responses, response_targets, response_versions, submissions, level_times, decisions, publications)
    for table in tables:
        if made[table]:
            tx.execute(insert(table), made[table])
    out = defaultdict(list)
    for number, one in enumerate(made[publications]):
        out[one["response_id"]].append((number, one["target"]["channel"], one["published_at"]))
    own = {one["id"] for one in made[responses]}
    changes: Counter[tuple[datetime, Ours]] = Counter()
    for response_id, some in out.items():
        changes.update(done.counts(some, own=response_id in own))
    done.add_published(tx, changes)


def _work_out(tx: Tx, response_ids: list[int], case_ids: list[int]) -> None:
    """What `response.costing` does on its way along the record, which these rows have no part in."""
    now = datetime.now(UTC)
    for response_id in response_ids:
        if response := response_rows.get(tx, response_id):
            cost.keep_costs(tx, response_id, costing.costs_of(tx, response, now), approval.of_response)
    for case_id in case_ids:
        if waits := cost.waiting(tx, case_id):
            cost.keep_first(tx, case_id, costing.first_response(waits), approval.of_case)


def _last(tx: Tx, table: Table) -> int:
    return int(tx.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())
