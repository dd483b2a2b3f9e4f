"""The rules of the house: who imports whom, how long a file may be, how a page begins, what never stands in it."""

import ast
import re
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from access.permissions import Permission
from tests import drawings
from tests.conftest import ROOT
from web.navigation import PLACES

PAGES = sorted((ROOT / "pages").glob("*.py"))
PURE = (
    "model",
    "analysis",
    "response.policy",
    "response.policy_text",
    "response.workflow",
    "response.escalation",
    "response.gate",
    "response.opinion_rules",
)
LIBRARIES = ("httpx2", "sqlalchemy", "sqlite3", "streamlit", "requests")
# Libraries of types and settings load these without using them, so for these the files themselves are looked at.
DOORS = ("socket", "ssl", "http", "urllib.request", "asyncio", "subprocess")
NO_MACHINE = r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/"
NO_REGISTRY = r"pypi\.org|pythonhosted|(?:^|\s)-i https?:|--(?:extra-)?index-url[= ]http"


def tracked() -> list[Path]:
    """The files of the repository; those around this test where there is no git."""
    found = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip("this is not a git checkout")
    return [path for path in map(ROOT.joinpath, found.stdout.splitlines()) if path.is_file()]


def ours() -> list[Path]:
    """Every Python file but migrations, which stay as they once were."""
    return [path for path in tracked() if path.suffix == ".py" and "versions" not in path.parts]


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_no_module_is_longer_than_600_lines_and_no_page_than_200() -> None:
    long = {f"{path.relative_to(ROOT)}": lines(path) for path in ours() if lines(path) > 600}
    long |= {path.name: lines(path) for path in PAGES if lines(path) > 200}
    assert long == {}


def test_imports_run_down_only() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_package_is_under_the_contracts() -> None:
    product = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"bench"}
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
    assert set(declared) == product


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Two threads that import at once (`web.loading` is one) would wait for each other, or see half of a module."""
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in ours()}
    TopologicalSorter({name: imported_at_once(path) & set(names) for name, path in names.items()}).prepare()


def imported_at_once(path: Path) -> set[str]:
    """The modules that a file imports at its head, those of a package among them."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("module", PURE)
def test_what_is_pure_opens_no_socket_and_no_database(module: str) -> None:
    script = f"""
import importlib, pkgutil, sys

def refuse(event, arguments):
    if event.startswith(("socket.", "sqlite3.connect", "subprocess.")):
        raise RuntimeError(event)

sys.addaudithook(refuse)
found = importlib.import_module({module!r})
for part in pkgutil.walk_packages(getattr(found, "__path__", []), {module!r} + "."):
    if not part.name.endswith("__main__"):
        importlib.import_module(part.name)
print(*sorted(set({LIBRARIES!r}) & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr
    place = ROOT.joinpath(*module.split("."))
    files = sorted(place.glob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    assert files
    assert {path.name: imported(path) & set(DOORS) for path in files} == {path.name: set() for path in files}


def imported(path: Path) -> set[str]:
    """The modules that a file imports by name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, node.module.split(".")[0]}
    return found


# --- pages -----------------------------------------------------------------------------------------------------------


def test_every_page_is_in_the_navigation_and_nothing_else_is() -> None:
    assert {path.name for path in PAGES} == {place.file for place in PLACES}


def does_nothing(statement: ast.stmt) -> bool:
    """Whether a statement at the head of a page only names things: a docstring, an import, a function, a constant."""
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
        return not getattr(statement, "decorator_list", [])
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return not any(isinstance(node, ast.Call) for node in ast.walk(statement))
    return False


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_does_nothing_before_its_guard(page: Path) -> None:
    first = next(one for one in ast.parse(page.read_text()).body if not does_nothing(one))
    call = first.value if isinstance(first, ast.Assign | ast.Expr) else None
    assert isinstance(call, ast.Call), f"line {first.lineno} comes before the guard"
    assert ast.unparse(call.func) == "guard", f"line {first.lineno} comes before the guard"
    (permission,) = [place.permission for place in PLACES if place.file == page.name]
    assert ast.unparse(call.args[0]) == f"Permission.{Permission(permission).name}"


def test_a_page_that_acts_before_its_guard_would_be_found() -> None:
    for early in ("st.title('x')", "rows = store().read()", "if True: st.stop()", "@st.cache_data\ndef f(): ..."):
        assert not does_nothing(ast.parse(early).body[0])
    for harmless in ("'''A page.'''", "import os", "PERIODS = {'14': '14 days'}", "def f(): st.title('x')"):
        assert does_nothing(ast.parse(harmless).body[0])


# --- what asks by itself ---------------------------------------------------------------------------------------------

DIALOG = "streamlit.dialog"


def speaks_of(modules: dict[str, str]) -> dict[str, set[str]]:
    """The functions of these modules, and what each does at its own level, by full names; with all that each names."""
    found = {}
    for module, source in modules.items():
        tree = ast.parse(source)
        named = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                named |= {alias.asname or alias.name: alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                named |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        tops = [one for one in tree.body if isinstance(one, ast.FunctionDef | ast.ClassDef)]
        named |= {one.name: f"{module}.{one.name}" for one in tops}
        bodies: dict[str, list[ast.stmt]] = {f"{module}.{one.name}": [one] for one in tops}
        bodies[module] = [one for one in tree.body if one not in tops]
        for name, body in bodies.items():
            inside = [node for one in body for node in ast.walk(one) if isinstance(node, ast.Name | ast.Attribute)]
            said = (ast.unparse(node).partition(".") for node in inside)
            found[name] = {f"{named.get(first, first)}{dot}{rest}" for first, dot, rest in said}
    return found


def polls(modules: dict[str, str]) -> list[str]:
    """The functions that are fragments which run by themselves, by full names."""
    found = []
    for module, source in modules.items():
        for one in ast.parse(source).body:
            if any(isinstance(node, ast.keyword) and node.arg == "run_every" for node in ast.walk(one)):
                found.append(f"{module}.{getattr(one, 'name', '')}".rstrip("."))
    return found


def polls_that_open_a_dialog(modules: dict[str, str]) -> list[str]:
    """Those of them from which a dialog can be reached: it would be dead at the fragment's next run."""
    names, opening = speaks_of(modules), []
    for poll in polls(modules):
        seen, ahead = set[str](), [poll]
        while ahead:
            seen.add(at := ahead.pop())
            ahead += names.get(at, set()) - seen
        opening += [poll] if DIALOG in seen else []
    return opening


def test_nothing_that_asks_by_itself_opens_a_dialog() -> None:
    screens = [path.relative_to(ROOT) for path in ours() if {"pages", "web"} & set(path.relative_to(ROOT).parts[:1])]
    modules = {".".join(path.with_suffix("").parts): (ROOT / path).read_text() for path in screens}
    assert {
        "web.ui.queue.arrivals.bar",
        "web.ui.deciding_open.arrivals",
        "web.ui.deciding_open.line",
        "web.ui.together.bar.bar",
        "web.ui.tab.title",
    } <= set(polls(modules))
    assert polls_that_open_a_dialog(modules) == []


def test_a_dialog_in_what_asks_by_itself_would_be_found() -> None:
    acting = "import streamlit as st\ndef dialog(title):\n return lambda f: st.dialog(title)(f)"
    asking = "from acting import dialog\n@dialog('Why?')\ndef why(): ...\ndef button():\n why()"
    calm = "import streamlit as st\n@st.fragment(run_every=4)\ndef bar(): st.html('')"
    bad = calm.replace("st.html('')", "st.button('', on_click=asking.button)").replace("st\n", "st\nimport asking\n", 1)
    found = polls_that_open_a_dialog({"acting": acting, "asking": asking, "calm": calm, "bad": bad})
    assert found == ["bad.bar"]


# --- what never stands in the code -----------------------------------------------------------------------------------


def calls(path: Path) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}


def test_no_text_from_outside_is_ever_markdown_or_raw_html() -> None:
    screens = [path for path in ours() if "tests" not in path.parts]
    raw = [f"{path.relative_to(ROOT)}" for path in screens if "unsafe_allow_html" in path.read_text()]
    markdown = [f"{path.relative_to(ROOT)}" for path in screens if {"st.markdown", "st.write"} & calls(path)]
    assert (raw, markdown) == ([], [])


def test_no_sql_stands_outside_the_store() -> None:
    """Errors of the database may be caught elsewhere; statements are made in one place."""
    wrong = []
    for path in ours():
        parts = path.relative_to(ROOT).parts
        if parts[0] in ("store", "tests", "bench"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            if module == "sqlalchemy" or module.startswith("store.schema"):
                wrong.append(f"{'/'.join(parts)}:{node.lineno}")  # type: ignore[attr-defined]
    assert wrong == []


def test_no_tracked_file_names_a_machine_or_a_package_registry() -> None:
    found = []
    for path in tracked():
        if path == Path(__file__):
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:  # a picture
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(NO_MACHINE, line) or re.search(NO_REGISTRY, line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []


def test_the_pictures_of_the_architecture_are_drawn_from_the_code() -> None:
    page = drawings.PAGE.read_text()
    assert all(f"<!-- {name} -->" in page for name in drawings.DRAWN)
    assert drawings.drawn(page) == page, "they are old: python -m tests.drawings"
