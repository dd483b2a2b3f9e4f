"""Where somebody is on a tour. Kept by person, so that it can be left and found again. The moves are pure."""

from dataclasses import dataclass, replace
from enum import StrEnum

from access.preferences import Preference
from model.errors import BadInput
from model.language import _
from model.person import Person
from web.ui.tour.steps import TOURS, Kind, Step, kinds


class State(StrEnum):
    """It was never answered, is being taken, was left, or was gone through to its end."""

    NEW = "new"
    ON = "on"
    LEFT = "left"
    DONE = "done"


@dataclass(frozen=True)
class Taken:
    """How it stands: which tour was taken last, and the number of its step, from 0."""

    state: State = State.NEW
    kind: Kind = Kind.WORKS
    step: int = 0

    @property
    def here(self) -> Step:
        """The step; the last one where a tour has become shorter since."""
        tour = TOURS[self.kind]
        return tour[min(max(self.step, 0), len(tour) - 1)]

    @property
    def is_last(self) -> bool:
        return self.step >= len(TOURS[self.kind]) - 1

    def begin(self, person: Person, kind: Kind) -> "Taken":
        """Begins a tour, or goes on with one that was left. Raises BadInput for one that is not this person's."""
        if kind not in kinds(person):
            raise BadInput(_("This tour is about pages that you may not open."))
        return Taken(State.ON, kind, self.step if self.goes_on_with(kind) else 0)

    def goes_on_with(self, kind: Kind) -> bool:
        """Whether this tour was left behind its first step."""
        return self.state is State.LEFT and self.kind is kind and self.step > 0

    def next(self) -> "Taken":
        """The next step; behind the last one the tour is done."""
        return replace(self, state=State.DONE) if self.is_last else replace(self, step=self.step + 1)

    def back(self) -> "Taken":
        return replace(self, step=max(self.step - 1, 0))

    def leave(self) -> "Taken":
        return replace(self, state=State.LEFT)


TAKEN = Preference[Taken]("tour", Taken, Taken())
