"""Templates: a text with typed, bounded fields, and what it was approved for."""

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from model.words import Channel, Severity


class FieldKind(StrEnum):
    """What may stand in a field. A name comes from outside, whoever types it."""

    NAME = "name"
    DATE = "date"
    NUMBER = "number"
    CHOICE = "choice"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Field:
    """A place in the text, written as its key in braces.

    `least` and `most` bound it, both included: for a name its characters, for a number its value, for a date the days
    from today. Choices and links are one of the `options`.
    """

    key: str
    kind: FieldKind
    least: int = 0
    most: int = 0
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """The answers that a template is meant for: on these channels, to comments no graver than this, and about nothing
    but these matters. The levels that such an answer needs are those that approve the template."""

    channels: frozenset[Channel]
    severity: Severity
    matters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Form:
    """Everything of a template that is approved: its text, its fields, what it is meant for."""

    text: str
    fields: tuple[Field, ...]
    scope: Scope


def form_hash(form: Form) -> str:
    """SHA-256 (hex) over fields and scope in a canonical form; the text is part of what is approved by itself."""
    scope = {
        "channels": sorted(form.scope.channels),
        "severity": int(form.scope.severity),
        "matters": sorted(form.scope.matters),
    }
    fields = sorted((asdict(field) for field in form.fields), key=lambda one: one["key"])
    canonical = json.dumps({"fields": fields, "scope": scope}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
