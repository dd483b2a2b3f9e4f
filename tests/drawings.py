"""python -m tests.drawings: draws the pictures of docs/architecture.md from the code anew.

Each is a block of Mermaid between two marks: `<!-- packages -->` and `<!-- end -->`.
"""

import re
from collections.abc import Callable

import grimp

from response.workflow import LEGAL
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "architecture.md"
PACKAGES = ("web", "ingest", "response", "channels", "jobs", "access", "analysis", "store", "model")
_BLOCK = re.compile(r"<!-- (?!end)(\w+) -->\n.*?<!-- end -->", re.DOTALL)


def packages() -> str:
    """Which package imports which. What is imported by way of another that is drawn anyway is left out, but for what
    everybody imports (`model`), which is not drawn at all."""
    graph = grimp.build_graph(*PACKAGES)
    imports = {
        one: {
            other
            for other in PACKAGES
            if other not in (one, "model")
            and graph.direct_import_exists(importer=one, imported=other, as_packages=True)
        }
        for one in PACKAGES
    }

    def by_another_way(one: str, other: str) -> bool:
        return any(other in _reach(imports, between) for between in imports[one] - {other})

    arrows = [
        f"    {one} --> {other}" for one in PACKAGES for other in sorted(imports[one]) if not by_another_way(one, other)
    ]
    return "\n".join(["flowchart TD", *arrows])


def _reach(imports: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    left = [start]
    while left:
        for other in imports[left.pop()] - found:
            found.add(other)
            left.append(other)
    return found


def responses() -> str:
    """The states of a response and its legal moves; moves between the same two states share an arrow."""
    moves: dict[tuple[str, str], list[str]] = {}
    for (before, move), after in LEGAL.items():
        moves.setdefault((_name(before), _name(after)), []).append(move.value)
    arrows = [f"    {before} --> {after}: {', '.join(names)}" for (before, after), names in moves.items()]
    return "\n".join(["stateDiagram-v2", "    [*] --> draft", *arrows])


def _name(state: str) -> str:
    return state.replace(" ", "_")


DRAWN: dict[str, Callable[[], str]] = {"packages": packages, "responses": responses}


def drawn(page: str) -> str:
    """The page with each of its pictures as the code is now. Raises KeyError for a mark that names none."""
    return _BLOCK.sub(lambda block: f"<!-- {block[1]} -->\n```mermaid\n{DRAWN[block[1]]()}\n```\n<!-- end -->", page)


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text()))
