"""Where trained models are plugged in: one line of LOADERS for each.

Tier 0 is always there; tier 1 needs the sentence encoder. A model reads a batch of comments and tells of its signals;
of a signal that models of both tiers give, that of tier 1 stands, which has weighed the other. Where a rule says
something of it too, the highest score stands. What no model and no rule gives is *absent*: it has not failed, it is not
there.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from analysis import by_meaning, by_words
from analysis.evidence import Material, Told

AT_ONCE = 256
"""Comments that a model is given at a time."""

_log = logging.getLogger(__name__)


class Model(Protocol):
    """A trained model, loaded."""

    def read(self, materials: Sequence[Material]) -> Sequence[Sequence[Told]]:
        """What it tells of each comment, in their order; spans are in the cleaned text. May raise: the comments are
        then given one at a time, and of those that still fail its signals are named as degraded."""


@dataclass(frozen=True, slots=True)
class Loader:
    """A model that can be loaded: its tier, the signals that it gives, and how. `load` raises where it cannot be."""

    name: str
    tier: int
    signals: tuple[str, ...]
    load: Callable[[], Model]


LOADERS: tuple[Loader, ...] = (
    Loader("words", 0, by_words.TELLS, by_words.load),
    Loader("meaning", 1, by_meaning.SIGNALS, by_meaning.load),
)


@dataclass(frozen=True, slots=True, eq=False)
class Models:
    """The models of a tier. `tier` may be lower than the one asked for, and `problem` then says why. `failed` are
    signals of which a model that ships could not be loaded."""

    tier: int = 0
    loaded: tuple[tuple[Loader, Model], ...] = ()
    failed: tuple[str, ...] = ()
    problem: str = ""

    @property
    def gives(self) -> frozenset[str]:
        """The signals that these models give, or would."""
        return frozenset(self.failed).union(*(loader.signals for loader, _ in self.loaded))

    def read(self, materials: Sequence[Material]) -> list[tuple[list[Told], list[str]]]:
        """Of each comment what the models tell of it, and the signals of models that failed on it."""
        found: list[tuple[list[Told], list[str]]] = [([], list(self.failed)) for _ in materials]
        for loader, model in self.loaded:
            for (told, failed), said in zip(found, _read(loader, model, materials), strict=True):
                if said is None:
                    failed.extend(loader.signals)
                else:
                    told[:] = [one for one in told if one.signal not in loader.signals]
                    told.extend(said)
        return found


def _read(loader: Loader, model: Model, materials: Sequence[Material]) -> list[Sequence[Told] | None]:
    """What a model tells of each comment, None for one on which it fails."""
    try:
        said = model.read(materials)
        if len(said) != len(materials):
            raise ValueError("a model must tell of each comment")
        return list(said)
    except Exception as error:  # Whatever it is: one signal must not block a comment, and one comment not its batch.
        if len(materials) > 1:
            return [_read(loader, model, [one])[0] for one in materials]
        _log.warning("The model '%s' failed: %s", loader.name, type(error).__name__)
        return [None]


@cache
def at(tier: int) -> Models:
    """The models of tier 0 or 1 (with those of tier 0), loaded once.

    Where tier 1 cannot be loaded whole, or there is nothing of it, what is given is tier 0. A model of tier 0 that
    cannot be loaded takes its signals with it, and nothing else.
    """
    here = [(loader, _loaded(loader)) for loader in LOADERS if loader.tier == tier]
    there = tuple((loader, one) for loader, one in here if not isinstance(one, str))
    problems = [f"{loader.name}: {one}" for loader, one in here if isinstance(one, str)]
    if tier == 0:
        failed = tuple(name for loader, one in here if isinstance(one, str) for name in loader.signals)
        return Models(0, there, failed, "; ".join(problems))
    lower = at(0)
    if problems or not there:
        return Models(0, lower.loaded, lower.failed, "; ".join(problems) or "there is no model of it")
    return Models(1, (*lower.loaded, *there), lower.failed)


def _loaded(loader: Loader) -> Model | str:
    """A model, or why it cannot be loaded."""
    try:
        return loader.load()
    except Exception as error:  # A file that is cut, of another version, from another machine: the rest goes on.
        _log.error("The model '%s' cannot be loaded: %s", loader.name, error)
        return str(error) or type(error).__name__
