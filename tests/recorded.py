"""Which actions the code puts on the record, read from the code itself."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from model.settings import ROOT
from model.words import CaseOutcome, DecisionKind, ModerationState, PublicationState, ResponseState
from response import handoffs, undo
from store import learnt

_FOLDERS = ("access", "channels", "ingest", "jobs", "response", "store")
_NOT_HERE = ("versions", "schema")
_FILES = ("py", "css", "html", "svg", "yaml", "zip", "db", "key", "log", "json", "csv", "po")
# What stands in braces: the values that it can have. A pattern that is not here fails the test that asks for it.
PATTERNS: dict[str, tuple[str, ...]] = {
    "case.{}": (CaseOutcome.DISMISSED, CaseOutcome.SPAM),
    "decision.{}": tuple(DecisionKind),
    "learning.{}": (learnt.LEARNT, learnt.BACK, learnt.OFF, learnt.ON, learnt.SIGNAL),
    "moderation.{}": (ModerationState.HELD, ModerationState.FAILED, ModerationState.UNCONFIRMED),
    "publication.{}": (
        PublicationState.HELD,
        PublicationState.FAILED,
        PublicationState.UNCONFIRMED,
        "in_doubt",
        handoffs.VERIFIED,
        handoffs.DIFFERS,
    ),
    "submission.{}": (ResponseState.APPROVED, ResponseState.CHANGES_REQUESTED, ResponseState.REJECTED),
    "{}.undone": (undo.RESPONSE, "case", "comment", undo.DECISION),
}


@lru_cache(maxsize=1)
def actions() -> frozenset[str]:
    """Every action that the code can put on the record."""
    named = [one for path in _product() for one in _given(path)]
    areas = {name.partition(".")[0] for name in named if "{" not in name}
    shape = re.compile(rf"(?:{'|'.join(sorted(areas))})\.[a-z_]+")
    found = {name for name in named if "{" not in name}
    for path in _product():
        texts = {n.value for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Constant)}
        found |= {t for t in texts if isinstance(t, str) and shape.fullmatch(t) and t.partition(".")[2] not in _FILES}
    for pattern in {name for name in named if "{" in name}:
        found |= {pattern.format(str(value).replace(" ", "_")) for value in PATTERNS[pattern]}
    return frozenset(found)


def _product() -> Iterator[Path]:
    return (
        path
        for folder in _FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not {*_NOT_HERE} & {*path.parts}
    )


def _given(path: Path) -> Iterator[str]:
    """What stands as the action in calls that record something; what is in braces as '{}'."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func).rpartition(".")[2]
        place = {"record": 1, "New": 0}.get(called)
        if place is not None and len(node.args) > place:
            yield from _texts(node.args[place])


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
