"""The life of a response, in whatever order things happen: nothing goes out that was not approved as it stands."""

import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from access import people
from model.content import content_hash
from model.errors import LevelheadError
from model.person import Person
from model.words import DecisionKind, PublicationState, Quorum, ResponseState, Role
from response import approvals, cases, drafts, last, policies, timers
from response.gate import stops
from response.outgoing import picture
from store import deciders, publications, responses
from store.schema import decisions, waits
from tests.installation import add, on_postgresql
from tests.response.desk import desk_at

S = ResponseState
P = PublicationState
POLICY = policies.SHIPPED.read_text().replace("Head of department, quorum: any", "Head of department, quorum: all")
OUT = (S.APPROVED, S.PUBLISHED)


class Life(RuleBasedStateMachine):
    """Two authors, three approvers at two levels (one of them an author, one at both levels), an impatient reader."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        home = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.desk = self.stack.enter_context(desk_at(home))
        store, alice = self.desk.store, self.desk.alice
        both = frozenset({Role.MANAGER, Role.APPROVER})
        eve = add(store, alice, "Eve", *both, levels=(1, 2))
        frank = add(store, alice, "Frank", Role.APPROVER, levels=(3,))
        policies.save(store, alice, POLICY, 1)
        self.writers = [alice, eve]
        self.approvers = [self.desk.bob, self.desk.carla, eve, frank]
        self.response_id = self.desk.written(self.desk.opened(3))
        self.desk.sent(self.response_id)
        self.revision = 1

    def teardown(self) -> None:
        assert self.desk.audit_holds()
        self.stack.close()

    def _try(self, act: object, *arguments: object) -> None:
        """Many a step is refused, in words; nothing else may go wrong."""
        try:
            act(*arguments)  # type: ignore[operator]
        except LevelheadError as refused:
            assert str(refused)

    def _writer(self, number: int) -> Person:
        """One of the two, to whom the other leaves the case."""
        cases.release(self.desk.store, self.writers[1 - number], 1)
        return self.writers[number]

    def _live(self) -> int | None:
        with self.desk.store.read() as tx:
            found = responses.live_submission(tx, self.response_id)
        return found.id if found else None

    # --- what happens --------------------------------------------------------------------------------------------

    @rule(writer=st.integers(0, 1), text=st.sampled_from(["We are sorry.", "We are very sorry."]))
    def save(self, writer: int, text: str) -> None:
        version = self.desk.response(self.response_id).version
        self._try(drafts.save, self.desk.store, self._writer(writer), self.response_id, text, version)

    @rule(writer=st.integers(0, 1))
    def submit(self, writer: int) -> None:
        self._try(self.desk.sent, self.response_id, self._writer(writer))

    @precondition(lambda self: self._live() is not None)
    @rule(who=st.integers(0, 3), kind=st.sampled_from([DecisionKind.APPROVE] * 4 + [DecisionKind.REQUEST_CHANGES]))
    def decide(self, who: int, kind: DecisionKind) -> None:
        self._try(self.desk.decides, self.approvers[who], self._live(), kind, "A reason.")

    @precondition(lambda self: self._live() is not None)
    @rule()
    def whoever_is_asked_approves(self) -> None:
        """One after the other, as far as it goes: most of what is interesting begins when something is approved."""
        live = self._live()
        assert live is not None
        for person in self.approvers * 2:
            if person.name in self.desk.asked(live):
                self._try(self.desk.decides, person, live)
                self.desk.passes_on()

    @rule(who=st.integers(0, 4))
    def undo(self, who: int) -> None:
        """What somebody sent or decided, whichever was their last."""
        person = [*self.approvers, self.desk.alice][who]
        with self.desk.store.read() as tx:
            mine = last.offer(tx, person, datetime.now(UTC))
        if mine:
            self._try(last.take_back, self.desk.store, person, mine)

    @rule()
    def settle(self) -> None:
        self.desk.passes_on()

    @rule(hours=st.integers(1, 30))
    def time_goes_by_and_nobody_answers(self, hours: int) -> None:
        self.desk.passes_on()
        before = self.desk.response(self.response_id).state
        self.desk.clock.shift(hours * 3600)
        timers.look(self.desk.store)
        assert self.desk.response(self.response_id).state is before, "silence is no consent"

    @rule()
    def settle_too_early(self) -> None:
        with self.desk.store.read() as tx:
            ids = list(tx.execute(select(decisions.c.id)).scalars())
        for decision_id in ids:
            approvals.settle(self.desk.store, decision_id)

    @rule(writer=st.integers(0, 1))
    def take_back(self, writer: int) -> None:
        self._try(drafts.take_back, self.desk.store, self._writer(writer), self.response_id)

    @precondition(lambda self: self.revision < 4)
    @rule()
    def the_reader_edits(self) -> None:
        self.revision += 1
        self.desk.reads(1, f"You published my address, and now this ({self.revision}).", 3, "privacy")

    @rule(writer=st.integers(0, 1))
    def the_author_reads_the_edit(self, writer: int) -> None:
        with self.desk.store.read() as tx:
            comment_id = next(target.comment_id for target in responses.targets(tx, self.response_id))
        seen = self.desk.comment(comment_id or 0).revision
        self._try(drafts.confirm_revision, self.desk.store, self._writer(writer), self.response_id, seen)

    @rule(level=st.integers(1, 3))
    def escalate(self, level: int) -> None:
        self._try(lambda: cases.escalate(self.desk.store, self.desk.alice, 1, "Please look.", to_level=level))

    @rule(person=st.sampled_from(["bob", "carla"]), levels=st.sampled_from([(1,), (2,), (1, 2)]))
    def levels_change(self, person: str, levels: tuple[int, ...]) -> None:
        who: Person = getattr(self.desk, person)
        people.set_roles(self.desk.store, self.desk.alice, who.id, frozenset({Role.APPROVER}), frozenset(levels))
        approvals.ask_again(self.desk.store)

    @rule()
    def the_gate_lets_out_what_it_may(self) -> None:
        """As the worker does it, without a blog: what passes the gate is published."""
        with self.desk.store.read() as tx:
            ready = [one for one in publications.of_response(tx, self.response_id) if one.state is P.SCHEDULED]
            for one in ready:
                submission = responses.submission(tx, one.submission_id)
                assert submission is not None
                passes = not stops(picture(tx, one, submission, datetime.now(UTC)))
                if passes:
                    self._as_approved(one.submission_id)
                    assert one.target.comment_revision == self.revision

    # --- what holds ----------------------------------------------------------------------------------------------

    def _as_approved(self, submission_id: int) -> None:
        """Each step has its quorum, by people who wrote nothing of it, each counted once, on the present bytes."""
        with self.desk.store.read() as tx:
            submission = responses.submission(tx, submission_id)
            assert submission is not None
            made = responses.decisions_of(tx, submission_id)
            version = responses.version(tx, self.response_id, submission.version_number)
            hashes = set(
                tx.execute(select(decisions.c.content_hash).where(decisions.c.submission_id == submission_id)).scalars()
            )
            editors = responses.editors(tx, self.response_id)
            draft = self.desk.response(self.response_id).draft
        assert submission.ended_at is None
        assert version.content.text == draft
        assert hashes <= {submission.content_hash} and content_hash(version.content) == submission.content_hash
        assert all(one.kind == DecisionKind.APPROVE and one.settled_at for one in made)
        assert len({one.person_id for one in made}) == len(made)
        assert not editors & {one.person_id for one in made}
        for index, step in enumerate(submission.steps):
            count = sum(one.step == index for one in made)
            assert count >= (1 if isinstance(step.quorum, Quorum) else step.quorum)
        assert {1, 2} <= {step.level for step in submission.steps}

    @invariant()
    def what_is_approved_was_approved_as_it_stands(self) -> None:
        live = self._live()
        state = self.desk.response(self.response_id).state
        event(state)
        if state in OUT:
            assert live is not None
            self._as_approved(live)

    @invariant()
    def only_what_is_approved_is_on_its_way(self) -> None:
        on_its_way = [one for one in self.desk.going_out(self.response_id) if one is not P.DROPPED]
        assert len(on_its_way) == (self.desk.response(self.response_id).state in OUT)

    @invariant()
    def only_those_who_may_decide_are_asked(self) -> None:
        with self.desk.store.read() as tx:
            asked = {(row.submission_id, row.person_id, row.step) for row in tx.execute(select(waits))}
            editors = responses.editors(tx, self.response_id)
            may = deciders.deciders(tx)
        live = self._live()
        if self.desk.response(self.response_id).state is not S.WAITING:
            assert not asked
            return
        assert live is not None
        steps = self.desk.submission(live).steps
        assert {submission for submission, _, _ in asked} <= {live}
        assert not editors & {person for _, person, _ in asked}
        above = [frozenset[int]().union(*(may.get(up, frozenset()) for up in range(one.level, 6))) for one in steps]
        assert all(person in above[step] for _, person, step in asked)
        assert len({step for _, _, step in asked}) <= 1

    @invariant()
    def nobody_is_forgotten(self) -> None:
        """What waits and could be decided by somebody is in somebody's list, unless a decision can still be undone."""
        live = self._live()
        if live is None or self.desk.response(self.response_id).state is not S.WAITING:
            return
        with self.desk.store.read() as tx:
            made = responses.decisions_of(tx, live)
            editors = responses.editors(tx, self.response_id)
            may = deciders.deciders(tx)
            asked = list(tx.execute(select(waits.c.person_id)).scalars())
        if asked or any(one.settled_at is None for one in made):
            return
        steps = self.desk.submission(live).steps
        counted = editors | {one.person_id for one in made}
        reached = {one.step for one in made}
        first = next((index for index in range(len(steps)) if index not in reached), None)
        assert first is not None
        assert not any(may.get(up, frozenset()) - counted for up in range(steps[first].level, 6))


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=10 if on_postgresql() else 30,  # the rules are the same; there it is tried that the rows are, too
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
