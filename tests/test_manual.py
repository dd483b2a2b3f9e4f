"""What the manual says is there is there, and what is there is in the manual: settings, roles, the policy, commands."""

import re
import shlex
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel

from access.permissions import ROLES, Permission
from model.settings import Settings
from model.words import Role
from response import policy
from tests.conftest import ROOT

FOLDER = ROOT / "docs"
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted(FOLDER.glob("*.md"))
TEXT = {page.name: page.read_text() for page in PAGES}
PROGRAMS = ("access", "analysis", "ingest", "jobs", "response", "store")


def table(page: str, head: str) -> list[list[str]]:
    """The cells of the rows of the table with this head."""
    _, _, after = TEXT[page].partition(f"\n{head}\n")
    rows = after.split("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows]


def test_each_setting_is_in_the_manual_and_no_other() -> None:
    names = {f"LEVELHEAD_{name.upper()}" for name in Settings.model_fields if name != "port"}
    assert {name for name in names if f"`{name}" not in TEXT["administration.md"]} == set()
    named = set(
        re.findall(r"\bLEVELHEAD_[A-Z_]+", "\n".join(TEXT[page.name] for page in PAGES if page.parent == FOLDER))
    )
    of_tests = {"LEVELHEAD_SHARED", "LEVELHEAD_SYSTEM", "LEVELHEAD_SHOTS", "LEVELHEAD_CORPUS"}
    assert named - of_tests - names == set()


def test_the_manual_says_what_each_role_may() -> None:
    roles = list(Role)
    said = table("administration.md", "| may | " + " | ".join(roles) + " |")
    assert said == [[each, *("yes" if each in ROLES[role] else "" for role in roles)] for each in Permission]


@pytest.mark.parametrize(
    "form", [policy.Policy, policy.Rule, policy.LevelTerms, policy.When, policy.Between, policy.Below]
)
def test_each_field_of_a_policy_is_in_the_manual(form: type[BaseModel]) -> None:
    said = TEXT["policy.md"]
    assert {name for name in form.model_fields if not re.search(rf"`{name}`|\b{name}: ", said)} == set()


def program(name: str) -> Any:
    return typer.main.get_command(import_module(f"{name}.__main__").app)


def below(command: Any) -> dict[str, Any]:
    """The commands of a command by their words; none where it does something itself."""
    return getattr(command, "commands", {})


def commands(name: str) -> set[str]:
    """Each command of a program as it is typed."""
    found: set[str] = set()
    for word, each in below(program(name)).items():
        found |= {f"python -m {name} {word} {one}" for one in below(each)} or {f"python -m {name} {word}"}
    return found or {f"python -m {name}"}


def typed(form: str) -> list[tuple[str, str]]:
    """The page and the command, wherever one stands in this form."""
    return [
        (page, found.split("  #")[0]) for page, text in TEXT.items() for found in re.findall(form, text, re.MULTILINE)
    ]


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_command_is_in_the_manual(name: str) -> None:
    said = " ".join(" ".join(TEXT.values()).split())
    assert {each for each in commands(name) if each not in said} == set()


@pytest.mark.parametrize(("page", "line"), typed(r"`(python -m [^`]+)`"))
def test_each_command_that_is_named_is_there(page: str, line: str) -> None:
    _, _, module, *words = line.split()
    assert find_spec(module), f"{page}: {line}"
    command = program(module) if module in PROGRAMS else None
    while below(command) and words:
        assert words[0] in below(command), f"{page}: {line}"
        command, words = below(command)[words[0]], words[1:]


@pytest.mark.parametrize(("page", "line"), typed(r"^    (python -m .+)"))
def test_each_command_that_is_shown_can_be_typed(
    page: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program takes its words; what it does with them is tested elsewhere."""
    _, _, module, *words = shlex.split(re.split(r" [|<>] ", line)[0])
    if module not in PROGRAMS:
        return
    monkeypatch.chdir(tmp_path)
    for word in words:
        if Path(word).suffix in {".csv", ".yaml", ".xml"}:
            Path(word).touch()
    command = program(module)
    while below(command):
        command, words = below(command)[words[0]], words[1:]
    command.make_context(line, words)


def test_each_target_of_make_in_the_manual_is_there() -> None:
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    said = set(re.findall(r"(?:^    |`)make ([a-z]+)", "\n".join(TEXT.values()), re.MULTILINE))
    assert said <= made
    assert made - {"help", "check", "format", "lock"} <= said
