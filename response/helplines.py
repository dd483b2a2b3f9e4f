"""Whom somebody in despair can call, by country: data/helplines.yaml, read once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "helplines.yaml"


@dataclass(frozen=True, slots=True)
class Line:
    """One helpline: its numbers, the page that says so, and as of which month they were known to us."""

    name: str
    numbers: tuple[str, ...]
    source: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its code ('EU' is all of the European Union), with what to call where life is in danger."""

    code: str
    emergency: tuple[str, ...]
    lines: tuple[Line, ...]


@cache
def load() -> tuple[Country, ...]:
    """The countries in the order of the file."""
    return tuple(
        Country(
            code,
            tuple(value["emergency"]),
            tuple(Line(one["name"], tuple(one["numbers"]), one["source"], str(one["as_of"])) for one in value["lines"]),
        )
        for code, value in yaml.safe_load(SHIPPED.read_text("utf-8")).items()
    )


def as_of(countries: Sequence[Country]) -> str:
    """The earliest month as of which a number of these was known, empty without one."""
    return min((line.as_of for one in countries for line in one.lines), default="")


def first_those(codes: Sequence[str]) -> tuple[tuple[Country, ...], tuple[Country, ...]]:
    """The countries of these codes, in that order, and all others."""
    by_code = {one.code: one for one in load()}
    chosen = tuple(by_code[code] for code in codes if code in by_code)
    return chosen, tuple(one for one in load() if one not in chosen)
