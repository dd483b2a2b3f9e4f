"""Everything that goes wrong while an answer is sent, as a list; and the proxy in which some of it happens."""

import json
import re
import shutil
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.channels.peers import path
from tests.soak import halting
from tests.system.between import Between

HELD_S = 120
POLL_S = 0.02
_ABOUT = re.compile(r"(?:comments/|parent=)(\d+)")


class Hand(StrEnum):
    """What is done to the worker that has reached the step."""

    NONE = ""
    KILL = "kill"
    FREEZE = "freeze"


class Way(StrEnum):
    """What the proxy does with the first request that sends the answer."""

    STRAIGHT = ""
    HELD_BEFORE = "held before the blog has it"
    HELD_AFTER = "held after the blog stored it"
    LOST = "lost"
    CUT = "cut in mid-answer"
    SILENT = "time-out after the blog stored it"
    LATE = "arrives while it is looked for"
    LOST_AND_DOWN = "lost, and then the blog is down"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong: at which step (empty: in the proxy), and how."""

    name: str
    step: str = ""
    hand: Hand = Hand.NONE
    way: Way = Way.STRAIGHT


def _at_steps(hand: Hand) -> list[Fault]:
    said = "killed" if hand is Hand.KILL else "frozen"
    found = [Fault(f"{said} {step.replace('-', ' ')}", step, hand) for step in halting.STEPS]
    found.append(Fault(f"{said} during the call, before the blog has it", "", hand, Way.HELD_BEFORE))
    found.append(Fault(f"{said} during the call, after the blog stored it", "", hand, Way.HELD_AFTER))
    return found


FAULTS: tuple[Fault, ...] = (
    *_at_steps(Hand.KILL),
    *_at_steps(Hand.FREEZE),
    *(Fault(way.value, way=way) for way in (Way.LOST, Way.CUT, Way.SILENT, Way.LATE, Way.LOST_AND_DOWN)),
    Fault("nothing goes wrong"),
)


class Proxy(Between):
    """Between the workers and the blog: has a way of its own for the answer to each comment, once.

    `arrived` counts what the blog was given, `used` has the comments whose way was gone. What is held is told of by a
    file in `folder`, as a worker does that halts, and goes on when it may.
    """

    def __init__(self, blog: str, folder: Path, late_s: float) -> None:
        super().__init__(blog)
        self.ways: dict[int, Way] = {}
        self.used: set[int] = set()
        self.dark: set[int] = set()
        self.arrived: Counter[int] = Counter()
        self._folder = folder
        self._late_s = late_s
        self._over = threading.Event()

    def __exit__(self, *given: object) -> None:
        self._over.set()
        super().__exit__(*given)

    def _pass(self, request: str) -> bytes:
        if not request.startswith("POST "):
            about = _ABOUT.search(path(request))
            return b"" if about and int(about[1]) in self.dark else self._forward(request)
        try:
            asked = int(json.loads(request.partition("\r\n\r\n")[2])["parent"])
        except ValueError:
            return b""  # the connection ended in the middle of the request, which does nothing
        way = self.ways.pop(asked, None)
        if way is not None:
            self.used.add(asked)
        return self._on_way(way or Way.STRAIGHT, asked, lambda: self._arrive(request, asked))

    def _arrive(self, request: str, asked: int) -> bytes:
        self.arrived[asked] += 1
        return self._forward(request)

    def _on_way(self, way: Way, asked: int, arrive: Callable[[], bytes]) -> bytes:  # noqa: PLR0911
        match way:
            case Way.LOST:
                return b""
            case Way.LOST_AND_DOWN:
                self.dark.add(asked)
                return b""
            case Way.CUT:
                whole = arrive()
                return whole[: len(whole) // 2]
            case Way.SILENT:
                arrive()
                self._over.wait(HELD_S)
                return b""
            case Way.LATE:
                threading.Timer(self._late_s, arrive).start()
                return b""
            case Way.HELD_BEFORE:
                self._hold(asked)
                return b""
            case Way.HELD_AFTER:
                whole = arrive()
                self._hold(asked)
                return whole
        return arrive()

    def _hold(self, asked: int) -> None:
        # It appears with what stands in it, as it is read by whoever sees it.
        shutil.copy(self._folder / f"calling-{asked}", self._folder / f"hitting--{asked}")
        (self._folder / f"hitting--{asked}").rename(self._folder / f"hit--{asked}")
        go = self._folder / f"go--{asked}"
        while not go.exists() and not self._over.wait(POLL_S):
            pass
