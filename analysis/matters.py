"""The matters: what a comment can be about that somebody in charge must hear."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from analysis.phrases import Finder
from model.words import Severity

DATA = Path(__file__).resolve().parent.parent / "data"
PRESSING = "pressing"


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter: its key in rules and policies, its name for people, and the phrases that give it away."""

    key: str
    name: str
    severity: Severity
    definition: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpamKind:
    """One kind of spam; `weight` (0..1) is how much one hit adds."""

    key: str
    name: str
    weight: float
    phrases: tuple[str, ...]


@lru_cache(maxsize=1)
def load() -> tuple[Matter, ...]:
    """The matters that ship, as data/matters.yaml has them. Raises ValueError or KeyError for a damaged file."""
    return tuple(
        Matter(
            item["key"], item["name"], Severity(item["severity"]), item["definition"], tuple(map(str, item["phrases"]))
        )
        for item in yaml.safe_load((DATA / "matters.yaml").read_text("utf-8"))
    )


@lru_cache(maxsize=1)
def by_key() -> dict[str, Matter]:
    return {matter.key: matter for matter in load()}


@lru_cache(maxsize=1)
def load_spam() -> dict[str, SpamKind]:
    """The kinds of spam that ship, by key, as data/spam.yaml has them."""
    kinds = yaml.safe_load((DATA / "spam.yaml").read_text("utf-8"))
    return {
        item["key"]: SpamKind(item["key"], item["name"], item["weight"], tuple(map(str, item["phrases"])))
        for item in kinds
    }


@lru_cache(maxsize=1)
def matter_finder() -> Finder:
    return Finder((matter.key, phrase) for matter in load() for phrase in matter.phrases)


@lru_cache(maxsize=1)
def spam_finder() -> Finder:
    return Finder((kind.key, phrase) for kind in load_spam().values() for phrase in kind.phrases)
