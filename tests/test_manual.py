"""What the manual says is there is there, and what is there is in the manual: settings, roles, the policy, commands."""

import re
import shlex
import shutil
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel
from typer.testing import CliRunner

from access.permissions import ROLES, Permission
from model.settings import Settings
from model.words import Role
from response import policy
from tests.conftest import ROOT
from tests.installation import installation
from tests.sample import Sample

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


@pytest.mark.parametrize(("page", "line"), typed(r"`(?:\.venv/bin/|echo \"[^`]*\" \| )?(python -m [^`]+)`"))
def test_each_command_that_is_named_is_there(page: str, line: str) -> None:
    """With the options that it is named with, and other words only where it takes some."""
    _, _, module, *words = shlex.split(line)
    assert find_spec(module), f"{page}: {line}"
    if module not in PROGRAMS:
        return
    command = program(module)
    while below(command) and words:
        assert words[0] in below(command), f"{page}: {line}"
        command, words = below(command)[words[0]], words[1:]
    options = {name for one in command.params for name in one.opts}
    assert {word for word in words if word.startswith("--")} <= options, f"{page}: {line}"
    others = [word for before, word in pairwise(["", *words]) if not {before[:2], word[:2]} & {"--"}]
    assert not others or "argument" in {one.param_type_name for one in command.params}, f"{page}: {line}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A command that the manual shows on a line of its own: what it is given on standard input, the variables that are
    set for it, its module, and its words."""

    given: str
    variables: dict[str, str]
    module: str
    words: list[str]


def shown(line: str) -> Shown:
    """`line` as a shell would take it: of several commands the one of ours."""
    before, _, last = re.split(r"  +# ", line)[0].rpartition(" | ")
    words = shlex.split(last.rpartition(" && ")[2])
    at = words.index("-m")
    assert Path(words[at - 1]).name == "python", line
    variables = dict(word.split("=", 1) for word in words[: at - 1] if "=" in word)
    return Shown(" ".join(shlex.split(before)[1:]), variables, words[at + 1], words[at + 2 :])


def test_each_command_that_is_shown_runs(sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the sample, in the order of the manual, and each comes to a good end."""
    monkeypatch.chdir(tmp_path)
    Path("comments.csv").write_text("id,text\n1,I have asked twice.\n")
    shutil.copy(ROOT / "data" / "policy.yaml", "my-policy.yaml")
    places = {"/safe/place": "safe", "/var/backups": "safe", "/new/home": "new", "$(date +\\%u)": "1"}
    places["you@example.org"] = sample.team["marguerite"].email
    for folder in ("safe", "new"):
        Path(folder).mkdir()
    ran = []
    for page, line in typed(r"^    (.*\bpython -m .+)"):
        one = shown(re.sub("|".join(map(re.escape, places)), lambda found: places[found[0]], line))
        if (one.module, one.words) in (("ingest", ["sample"]), ("store", ["key", "--replace"])):
            continue  # test_sample_filled.py fills one, test_own_key.py replaces a key that is lost
        another = one.variables.get("LEVELHEAD_HOME") == "new"
        with installation(tmp_path / "new") if another else nullcontext():
            done = CliRunner().invoke(import_module(f"{one.module}.__main__").app, one.words, input=one.given)
        assert done.exit_code == 0, f"{page}: {line}: {done.output} {done.exception!r}"
        ran.append(one.module)
    assert set(ran) == {"analysis", "response", "store"}


def test_each_setting_that_is_shown_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for _page, line in typed(r"^    (LEVELHEAD_[A-Z_]+=(?!.* -m |.* make ).+)"):
        monkeypatch.setenv(*line.split("=", 1))
    assert {"url", "oidc_roles", "smtp_host", "database_url"} <= Settings().model_fields_set


# What the manual shows of other programs: a machine of one's own is needed for it.
OTHERS = {"cd", "cp", "createdb", "createuser", "curl", "docker", "echo", "git", "install"}
OTHERS |= {"make", "python", "python3", "systemctl", "useradd"}


def test_each_command_of_another_program_can_be_read_by_a_shell_and_names_files_that_are_there() -> None:
    lines = [line for _page, line in typed(r"^    ((?:[A-Z_]+=\S+ )*[a-z0-9]+ .+)")]
    lines = [line for line in lines if re.sub(r"^(?:[A-Z_]+=\S+ )+", "", line).split()[0] in OTHERS]
    assert {line.split()[0] for line in lines} >= {"docker", "systemctl", "useradd", "cp", "curl"}
    read = subprocess.run(["bash", "-n"], input="\n".join(lines), capture_output=True, text=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")
    named = {word for line in lines for word in line.split() if re.fullmatch(r"deploy/\S+|requirements\S*\.txt", word)}
    assert named and all((ROOT / name).is_file() for name in named)


def test_each_target_of_make_in_the_manual_is_there() -> None:
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    said = set(re.findall(r"(?:^    |`)make ([a-z]+)", "\n".join(TEXT.values()), re.MULTILINE))
    assert said <= made
    assert made - {"help", "check", "format", "lock"} <= said


@pytest.mark.parametrize(("module", "names"), [("worker", "--apart"), ("bench", "python -m bench big")])
def test_what_begins_something_at_once_says_first_what_it_takes(module: str, names: str) -> None:
    for asked in ("--help", "--no-such-thing"):
        done = subprocess.run(
            [sys.executable, "-m", module, asked], check=False, cwd=ROOT, capture_output=True, text=True, timeout=120
        )
        assert (done.returncode == 0) is (module == "worker" and asked == "--help")
        assert names in done.stdout + done.stderr, asked
