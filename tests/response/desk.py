"""A small team at work: people, a blog that is read, and the steps from a comment to a decision in one call each."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

import time_machine
from sqlalchemy import select

from analysis import Vocabulary
from analysis.asking import asks
from analysis.language import language
from ingest import take
from model.assessment import SIGNALS, Assessment, Reason, Signal, Subject
from model.comment import Entry, Reading
from model.person import Person
from model.queue import Filters, View
from model.words import Channel, DecisionKind, PublicationState, Role, Severity, SourceKind
from response import approvals, cases, drafts, policies
from store import audit, comments, publications, queue, responses, sources
from store import cases as case_rows
from store import people as people_rows
from store.cases import Case
from store.comments import Comment
from store.db import Store
from store.keys import keys
from store.publications import Publication
from store.responses import Response, Submission, Waiting
from store.schema import audit as audit_table
from store.schema import decisions
from tests.installation import add, filled, installation, set_up

MOVED_IN = datetime(2026, 3, 2, 9, tzinfo=UTC)
THREAD = "https://blog.example.org/garden"
TEXT = "We are sorry. We have taken the address off the page."


def judged(text: str, severity: Severity, matters: tuple[str, ...], degraded: tuple[str, ...] = ()) -> Assessment:
    """An assessment with one reason for each matter: what the desk does hangs on no phrase of the analysis."""
    share = 1 / max(len(matters), 1)
    return Assessment(
        flagged=bool(matters),
        severity=severity,
        sentiment=0.0,
        worst=0.0,
        negative=0.0,
        spam=0.0,
        matters=matters,
        reasons=tuple(Reason(f"matter:{m}", m.title(), m, 0, len(text), text, share) for m in matters),
        focus=(0, len(text)),
        degraded=degraded,
        version="1",
        signals=tuple(Signal(name, float(name == "question" and asks(text))) for name in SIGNALS),
        language=language(text),
    )


@dataclass
class Desk:
    """Alice and Dave are community managers, Bob decides at level 1, Carla at level 2, Dora is the expert.

    Charlie is of the leadership: none of what happens here is for him to change.
    """

    store: Store
    clock: time_machine.Traveller
    alice: Person
    dave: Person
    bob: Person
    carla: Person
    charlie: Person
    dora: Person
    source_id: int
    _judged: dict[str, Assessment] = field(default_factory=dict)

    @classmethod
    def open(cls, store: Store, clock: time_machine.Traveller) -> Self:
        """The team moves into an empty installation now."""
        return cls(store=store, clock=clock, **move_in(store))

    # --- what readers do ---------------------------------------------------------------------------------------------

    def reads(
        self,
        number: int,
        text: str,
        severity: int = 0,
        *matters: str,
        thread: str = THREAD,
        degraded: tuple[str, ...] = (),
    ) -> int:
        """A comment of this number is read with this text, and judged as told; returns its id."""
        return self.takes(number, text, judged(text, Severity(severity), matters, degraded), thread)

    def takes(self, number: int, text: str, said: Assessment, thread: str = THREAD) -> int:
        """The same, with the whole of what the analysis says of it."""
        self._judged[text] = said
        entry = Entry(
            external_id=f"{THREAD}?c={number}",
            identity=f"wp:{number}",
            author="A reader",
            published_at=datetime(2026, 3, 1, tzinfo=UTC),
            text=text,
            thread_url=thread,
            thread_title="The garden",
        )
        with self.store.read() as tx:
            source = sources.get(tx, self.source_id)
        assert source is not None
        with patch("ingest.take.analysis.assess_all", self._assess):
            take.take(self.store, source, Reading((entry,)))
        with self.store.read() as tx:
            return comments.known(tx, self.source_id, [entry.identity])[entry.identity].id

    def _assess(self, subjects: Sequence[Subject], _by: Vocabulary, **_: bool) -> list[Assessment]:
        return [self._judged[subject.text] for subject in subjects]

    def opened(self, severity: int = 3, *matters: str, number: int = 1, thread: str = THREAD) -> int:
        """A case of this severity, about privacy unless told; returns its id."""
        text = f"You published my address ({number})."
        comment_id = self.reads(number, text, severity, *(matters or ("privacy",)), thread=thread)
        with self.store.read() as tx:
            case_id = case_rows.cases_of_comments(tx, [comment_id]).get(comment_id)
        assert case_id is not None
        return case_id

    # --- what the team does ------------------------------------------------------------------------------------------

    def written(self, case_id: int, text: str = TEXT, by: Person | None = None) -> int:
        """A saved draft in a case; returns the response's id."""
        writer = by or self.alice
        response_id = drafts.start(self.store, writer, case_id)
        drafts.save(self.store, writer, response_id, text, self.response(response_id).version)
        return response_id

    def sent(self, response_id: int, by: Person | None = None) -> int:
        """Sends a draft for approval; returns the submission's id."""
        return drafts.submit(self.store, by or self.alice, response_id, self.response(response_id).version)

    def waiting(self, severity: int = 3, *matters: str) -> int:
        """A response that waits for approval; returns its submission's id."""
        return self.sent(self.written(self.opened(severity, *matters)))

    def decides(
        self, who: Person, submission_id: int, kind: DecisionKind = DecisionKind.APPROVE, reason: str = ""
    ) -> int:
        """A decision on the version as it was sent; returns its id."""
        seen = self.submission(submission_id).content_hash
        return approvals.decide(self.store, who, submission_id, kind, reason, seen)

    def passes_on(self) -> None:
        """The seconds to undo go by, and what was decided takes effect, as the worker sees to it."""
        self.clock.shift(11)
        with self.store.read() as tx:
            open_ones = select(decisions.c.id).where(decisions.c.settled_at.is_(None), decisions.c.undone_at.is_(None))
            due = list(tx.execute(open_ones.order_by(decisions.c.id)).scalars())
        for decision_id in due:
            approvals.settle(self.store, decision_id)

    def approved(self, *who: Person, submission_id: int) -> None:
        """These people approve, one after the other."""
        for person in who:
            self.decides(person, submission_id)
            self.passes_on()

    # --- how things stand --------------------------------------------------------------------------------------------

    def case(self, case_id: int) -> Case:
        with self.store.read() as tx:
            found = case_rows.get(tx, case_id)
        assert found is not None
        return found

    def comment(self, comment_id: int) -> Comment:
        with self.store.read() as tx:
            found = comments.get(tx, comment_id)
        assert found is not None
        return found

    def response(self, response_id: int) -> Response:
        with self.store.read() as tx:
            found = responses.get(tx, response_id)
        assert found is not None
        return found

    def submission(self, submission_id: int) -> Submission:
        with self.store.read() as tx:
            found = responses.submission(tx, submission_id)
        assert found is not None
        return found

    def levels(self, submission_id: int) -> list[int]:
        return [step.level for step in self.submission(submission_id).steps]

    def asked(self, submission_id: int) -> set[str]:
        """The names of those who find this among their approvals now."""
        return {
            who.name for who in self.everybody() if any(w.submission_id == submission_id for w in self.list_of(who))
        }

    def list_of(self, who: Person) -> list[Waiting]:
        """A person's approvals."""
        with self.store.read() as tx:
            return responses.waiting_for(tx, who.id)

    def publications(self, response_id: int) -> list[Publication]:
        with self.store.read() as tx:
            return publications.of_response(tx, response_id)

    def going_out(self, response_id: int) -> list[PublicationState]:
        return [one.state for one in self.publications(response_id)]

    def everybody(self) -> list[Person]:
        with self.store.read() as tx:
            return people_rows.everybody(tx)

    def now_is(self, who: Person) -> Person:
        """The same person as the database has it by now."""
        return next(person for person in self.everybody() if person.id == who.id)

    def actions(self, since: int = 0) -> list[str]:
        """What the audit log recorded, from an event on."""
        with self.store.read() as tx:
            rows = select(audit_table.c.action).where(audit_table.c.seq > since).order_by(audit_table.c.seq)
            return list(tx.execute(rows).scalars())

    def audit_holds(self) -> bool:
        with self.store.read() as tx:
            return audit.verify(tx).holds

    def queue(self) -> list[int]:
        with self.store.read() as tx:
            return queue.ids(tx, View("all", "", "", snoozed=None), Filters(), self.alice.id, datetime.now(UTC))

    def claimed_by(self, case_id: int) -> str:
        with self.store.read() as tx:
            claim = case_rows.claim_of(tx, case_id, datetime.now(UTC))
        return claim.name if claim else ""

    def claims(self, who: Person, case_id: int) -> None:
        cases.claim(self.store, who, case_id)


def move_in(store: Store) -> dict[str, Any]:
    """The people and the blog are entered; returns them by the names that Desk has for them."""
    alice = set_up(store)
    policies.ensure(store)
    with store.write() as tx:
        source_id = sources.add(
            tx,
            name="Our blog",
            channel=Channel.BLOG,
            kind=SourceKind.WORDPRESS,
            site_url="https://blog.example.org",
            feed_url="https://blog.example.org/comments/feed/",
            api_url="https://blog.example.org/wp-json/",
            user_name="levelhead",
            secret=keys().encrypt("application password"),
            account_id="1",
            account={},
            active=True,
            created_at=datetime.now(UTC),
        )
    return {
        "alice": alice,
        "dave": add(store, alice, "Dave", Role.MANAGER),
        "bob": add(store, alice, "Bob", Role.APPROVER, levels=(1,)),
        "carla": add(store, alice, "Carla", Role.APPROVER, levels=(2,)),
        "charlie": add(store, alice, "Charlie", Role.LEADERSHIP),
        "dora": add(store, alice, "Dora", Role.EXPERT),
        "source_id": source_id,
    }


def _moved_in(store: Store) -> dict[str, Any]:
    with time_machine.travel(MOVED_IN, tick=False):
        return move_in(store)


@contextmanager
def desk_at(home: Path, *, tick: bool = False) -> Iterator[Desk]:
    """A desk in the folder `home`, at the moment at which the team has moved in."""
    made = filled(_moved_in)
    with time_machine.travel(MOVED_IN, tick=tick) as clock, installation(home, made) as store:
        yield Desk(store=store, clock=clock, **made.value)
