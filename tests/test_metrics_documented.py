"""Every figure that a module of figures offers is defined in docs/metrics.md, and nothing there is made up."""

import ast
import re

import pytest

from tests.conftest import ROOT

MANUAL = (ROOT / "docs" / "metrics.md").read_text()
MODULES = tuple(f"analysis/{name}.py" for name in ("figures", "approval", "waiting", "changes"))


def offered(file: str) -> set[str]:
    """The public names that a module defines."""
    found = set()
    for node in ast.parse((ROOT / file).read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {name for name in found if not name.startswith("_")}


@pytest.mark.parametrize("file", MODULES)
def test_each_public_figure_is_defined_in_the_manual(file: str) -> None:
    assert offered(file) - set(re.findall(r"`(\w+)`", MANUAL)) == set()


def test_the_manual_names_no_figure_that_is_gone() -> None:
    named = set(re.findall(r"^\| `(\w+)` \|", MANUAL, re.MULTILINE))
    assert named
    assert named - set().union(*map(offered, MODULES)) == set()
