"""First set-up: its steps, how each was passed, and where it goes on. Each function is one change with its event.

It begins with the first visit. What a step is about is changed by whoever has it (sources, people, policy, mail); here
is only which steps are behind, so that it can be left and taken up again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from access.permissions import Permission, require
from model import clock
from model.errors import BadInput
from model.language import _
from model.person import Person
from store import audit, people, sample, set_up
from store.db import Store, Tx


class Step(StrEnum):
    """The steps, in their order."""

    ORGANISATION = "organisation"
    SOURCE = "source"
    PEOPLE = "people"
    POLICY = "policy"
    MAIL = "mail"


class Passed(StrEnum):
    """How a step was passed."""

    DONE = "done"
    SKIPPED = "skipped"


class State(StrEnum):
    """How set-up stands as a whole: it is shown on every page, was put away, or was gone through to its end."""

    OPEN = "open"
    LEFT = "left"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far set-up is."""

    state: State
    passed: Mapping[Step, Passed]

    @property
    def done(self) -> int:
        """How many steps were done; a skipped one was not."""
        return sum(how is Passed.DONE for how in self.passed.values())

    @property
    def skipped(self) -> list[Step]:
        return [step for step in Step if self.passed.get(step) is Passed.SKIPPED]

    def after(self, step: Step | None = None) -> Step | None:
        """The first step after this one, or of all, that is neither done nor skipped; None where there is none."""
        later = list(Step)[list(Step).index(step) + 1 :] if step else list(Step)
        return next((one for one in later if one not in self.passed), None)


def begin(tx: Tx) -> None:
    """Begins it, within the first visit. The sample, which is complete, has none."""
    if not sample.is_sample(tx):
        people.set_fact(tx, set_up.STATE, State.OPEN)
        people.set_fact(tx, set_up.named(Step.ORGANISATION), Passed.DONE)


def progress(tx: Tx) -> Progress | None:
    """How far it is; None where there is none.

    What is there counts as done, whether it came by set-up or by its own page.
    """
    state = set_up.state(tx)
    if not state:
        return None
    passed = {Step(step): Passed(how) for step, how in set_up.passed(tx, tuple(Step)).items()}
    for step, there in zip((Step.SOURCE, Step.PEOPLE, Step.POLICY), set_up.there(tx), strict=True):
        if there:
            passed[step] = Passed.DONE
    return Progress(State(state), passed)


def open_one(tx: Tx) -> Progress | None:
    """The same where it is to be shown on every page; one small query where it is not."""
    return progress(tx) if set_up.state(tx) == State.OPEN else None


def go_past(store: Store, by: Person, step: Step, how: Passed) -> None:
    """Remembers how a step was passed."""
    require(by, Permission.SOURCES)
    with store.write() as tx:
        people.set_fact(tx, set_up.named(step), how)
        audit.record(tx, "set_up.step", "facts", None, by=by.id, at=clock.now(), step=step, how=how)


def put(store: Store, by: Person, state: State) -> None:
    """Leaves set-up for later, takes it up again, or ends it. Raises BadInput where there is none."""
    require(by, Permission.SOURCES)
    with store.write() as tx:
        if not set_up.state(tx):
            raise BadInput(_("Nothing is being set up here."))
        people.set_fact(tx, set_up.STATE, state)
        audit.record(tx, "set_up.stands", "facts", None, by=by.id, at=clock.now(), state=state)


@dataclass(frozen=True, slots=True)
class Organisation:
    """What is known of the organisation itself."""

    name: str
    time_zone: str
    language: str


def organisation(tx: Tx) -> Organisation:
    """The organisation as it was named."""
    name, zone, language = (str(people.fact(tx, one) or "") for one in ("organisation", "time zone", "language"))
    return Organisation(name, zone, language)
