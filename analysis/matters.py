"""Matters: what a comment can be about that somebody in charge must hear."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from analysis.evidence import Evidence, Kind, Material
from analysis.labels import QUOTING
from analysis.phrases import Hit, Index
from analysis.text import LOOKED_AT, Cleaned, Span, clean, sentences
from model.words import Severity

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "matters"
NEGATIVE_ENOUGH = -0.6
"""The sentiment of a sentence that makes a hint in it count."""
_OF_US = re.compile(r"\b(?:your|our|us|we|my|me)\b")
QUOTED = 60
"""Most characters of a comment that a label quotes."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter as its file in data/matters has it. `name` and `definition` are for people. One of `phrases` is enough;
    `hints` count in a sentence about us or the writer that is negative, or near a different hint or phrase; a phrase or
    hint that meets one of `unless` does not count. A matter that `presses` raises the severity of others by one."""

    key: str
    name: str
    severity: Severity
    definition: str
    phrases: tuple[str, ...]
    hints: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    presses: bool = False


@dataclass(frozen=True, slots=True)
class _Mark:
    """Which list of which matter a phrase is from."""

    matter: Matter
    role: str


@cache
def load() -> tuple[Matter, ...]:
    """The shipped matters, in the order of data/matters/index.yaml, read once. Raises ValueError for a damaged one."""
    index = _yaml((SHIPPED / "index.yaml").read_text("utf-8"))
    return tuple(parse(key, (SHIPPED / f"{key}.yaml").read_text("utf-8"), index["sets"]) for key in index["matters"])


def parse(key: str, source: str, sets: Mapping[str, str]) -> Matter:
    """A matter from YAML; `sets` are words by the name that phrases have for them. Raises ValueError naming the matter
    that is wrong."""
    return _matter(key, _yaml(source), {f"<{name}>": f"({words})" for name, words in sets.items()})


def _yaml(source: str) -> Any:
    # LibYAML's loader where it is there: the pure one takes half a second for these files.
    return yaml.load(source, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def _matter(key: str, value: dict[str, Any], sets: dict[str, str]) -> Matter:
    def phrases(name: str) -> tuple[str, ...]:
        return tuple(re.sub(r"<\w+>", lambda found: sets[found.group()], phrase) for phrase in value.get(name, ()))

    try:
        matter = Matter(
            key=key,
            name=value["name"],
            severity=Severity(value["severity"]),
            definition=value["definition"],
            phrases=phrases("phrases"),
            hints=phrases("hints"),
            unless=phrases("unless"),
            presses=value.get("presses", False),
        )
        Index(_marked((matter,)))
    except (TypeError, ValueError, KeyError) as error:
        raise ValueError(f"Matter '{key}': {error}") from error
    return matter


def _marked(matters: tuple[Matter, ...]) -> Iterator[tuple[str, _Mark]]:
    for matter in matters:
        for role in ("phrases", "hints", "unless"):
            mark = _Mark(matter, role)
            yield from ((phrase, mark) for phrase in getattr(matter, role))


def phrases(matters: tuple[Matter, ...]) -> Iterator[tuple[str, _Mark]]:
    """The phrases of matters, each with whose it is; the list 'matters' of a Material's hits."""
    return _marked(matters)


class Lookout:
    """Where a text speaks of one matter by its phrases. Its hints are not looked at: they need the mood besides."""

    def __init__(self, matter: Matter) -> None:
        self._index = Index([one for one in _marked((matter,)) if one[1].role != "hints"])

    def find(self, text: str) -> Span | None:
        """The first place in a text, None where it does not speak of the matter."""
        cleaned, spans = _cleaned(text)
        hits = self._index.find(cleaned.lower, spans)
        excuses = [hit for hit in hits if hit.owner.role == "unless"]
        speaks = (hit for hit in hits if hit.owner.role == "phrases" and not _excused(hit, excuses))
        return next((cleaned.original(hit.span) for hit in speaks), None)


@lru_cache(maxsize=1024)
def _cleaned(text: str) -> tuple[Cleaned, tuple[Span, ...]]:
    cleaned = clean(text[:LOOKED_AT])
    return cleaned, sentences(cleaned.text)


def concerns(material: Material) -> Iterator[Evidence]:
    """A concern for each matter in each sentence that speaks of it; the span is the sentence."""
    counted = _counted(material, material.hits["matters"])
    pressing = any(hit.owner.matter.presses for hit in counted)
    merged: dict[tuple[int, str], list[Hit[_Mark]]] = {}
    for hit in counted:
        merged.setdefault((material.sentence_of(hit.span), hit.owner.matter.key), []).append(hit)
    for (number, key), hits in merged.items():
        matter = hits[0].owner.matter
        raised = pressing and not matter.presses and matter.severity < Severity.CRITICAL
        severity = Severity(matter.severity + raised)
        yield Evidence(
            Kind.CONCERN,
            f"matter:{key}",
            QUOTING.format(name=matter.name, words=material.words(hits[0].span)[:QUOTED]),
            material.sentences[number],
            severity + sum(1.0 if hit.owner.role == "phrases" else 0.5 for hit in hits),
            key,
            severity,
            tuple(hit.span for hit in hits),
        )


def _counted(material: Material, hits: list[Hit[_Mark]]) -> list[Hit[_Mark]]:
    excuses = [hit for hit in hits if hit.owner.role == "unless"]
    speaking = [hit for hit in hits if hit.owner.role != "unless" and not _excused(hit, excuses)]
    return [hit for hit in speaking if hit.owner.role == "phrases" or _supported(material, hit, speaking)]


def _excused(hit: Hit[_Mark], excuses: list[Hit[_Mark]]) -> bool:
    return any(hit.owner.matter is excuse.owner.matter and _meet(hit.span, excuse.span) for excuse in excuses)


def _supported(material: Material, hint: Hit[_Mark], others: list[Hit[_Mark]]) -> bool:
    number = material.sentence_of(hint.span)
    if not _OF_US.search(material.cleaned.lower, *material.sentences[number]):
        return False
    each = material.mood.each
    if number < len(each) and each[number] <= NEGATIVE_ENOUGH:
        return True
    said = material.words(hint.span).lower()
    return any(
        abs(material.sentence_of(other.span) - number) <= 1
        and not _meet(hint.span, other.span)
        and material.words(other.span).lower() != said
        for other in others
    )


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
