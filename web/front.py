"""Which house stands at the address while there is no organisation yet: one's own, or the sample, to explore.

The sample lives in a home of its own below the installation's, with its own database and its own processes. There is
one address: the web server writes down which house is wanted, and the supervisor puts that one there.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter, ValidationError


class House(StrEnum):
    """What can stand at the address."""

    OWN = "own"
    SAMPLE = "sample"


class Stage(StrEnum):
    """What happens between the door and the sample."""

    MAKING = "making"
    OPENING = "opening"
    FAILED = "failed"


@dataclass(frozen=True)
class Progress:
    """How far the sample is: which of its `days` is being lived through, and how many comments were read by then."""

    stage: Stage = Stage.MAKING
    day: int = 0
    days: int = 0
    comments: int = 0


def home_of_the_sample(home: Path) -> Path:
    return home / "first-look"


def wanted(home: Path) -> House:
    """Which house is wanted at the address of the installation with this home."""
    try:
        return House(_file(home, "front").read_text().strip())
    except (OSError, ValueError):
        return House.OWN


def want(home: Path, house: House) -> None:
    _write(_file(home, "front"), house)


def progress(home: Path) -> Progress | None:
    """How far the sample is; None before anybody asked for it."""
    try:
        return TypeAdapter(Progress).validate_json(_file(home, "progress").read_bytes())
    except (OSError, ValidationError):
        return None


def tell(home: Path, now: Progress) -> None:
    _write(_file(home, "progress"), json.dumps(asdict(now)))


def forget(home: Path) -> None:
    """As before anybody came: one's own house is at the address."""
    for name in ("front", "progress"):
        _file(home, name).unlink(missing_ok=True)


def has_doors(home: Path) -> bool:
    """Whether this is the home of a sample behind the doors of an installation, to which there is a way back."""
    return home == home_of_the_sample(home.parent) and wanted(home.parent) is House.SAMPLE


def _file(home: Path, name: str) -> Path:
    return home / "run" / name


def _write(file: Path, text: str) -> None:
    """Replaces a file whole: whoever reads it meets what was or what is."""
    new = file.with_name(f"{file.name}.new")
    new.write_text(text)
    new.replace(file)
