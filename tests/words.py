"""Finds what a person reads and nobody marked for translation."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from model.catalogues import MARKS, ROOT, sources

AS_IT_IS = "# as it is"
"""Ends a line whose words are the same in every language, or that only programs read."""
TERMINAL = re.compile(
    r".*/__main__\.py|web/supervisor\.py|model/settings\.py|model/catalogues\.py|ingest/sample/.*"
    r"|store/(backup|restore|upgrade|migrate|export)\.py|analysis/(rows|explain|stored)\.py|analysis/training/.*"
)
"""What speaks to whoever runs the machine, in English as its logs; and the sample, which is English material."""
SHOWS = {"frame.heading", "frame.nothing", "frame.quiet", "frame.problem", "frame.done", "attempt", "finish", "st.html"}
WIDGETS = {
    "button",
    "checkbox",
    "date_input",
    "expander",
    "form_submit_button",
    "multiselect",
    "number_input",
    "radio",
    "segmented_control",
    "selectbox",
    "text_area",
    "text_input",
    "time_input",
    "toggle",
}
"""Whatever they are put into, `st` itself or a column of a page: their labels are read."""
NO_WORDS = re.compile(
    r"st\.(switch_page|set_page_config|Page|App|cache_\w+|rerun|form|logo|container|fragment|column_config\.\w+)"
    r"|st\.(context|session_state|query_params|components)[.\[].*"
)
TEXTS = {"label", "help", "placeholder", "caption", "title", "body", "text", "done"}
NOT_SHOWN = re.compile(
    r"re\.\w+|_?log\.\w+|logging\.\w+|print|typer\.\w+|Field|(Value|Runtime|Type|Key|Assertion|Syntax|Lookup|OS)Error"
    r"|Environment|TypeVar|add_argument|text|sa\.\w+|warnings\.\w+|ContextVar"
)
"""Calls whose texts no person reads on a page."""
SENTENCE = re.compile(r"^\W*[A-ZÄÖÜ][\w'’-]*,? +[\w'’“„\x00(]|\w[ \x00]+\w.*[a-z\x00][.!?:]$")
TAGS = re.compile(r"<style.*?</style>|<[^<>]*>|&\w+;", re.DOTALL)
HTML = re.compile(r"</?[a-z]\w*[^<>]*>")


def errors_for_people() -> set[str]:
    """The names of LevelheadError and all that derive from it, anywhere in the product."""
    bases: dict[str, set[str]] = {}
    for path in sources():
        if path.suffix == ".py":
            for node in ast.walk(_tree(path)):
                if isinstance(node, ast.ClassDef):
                    bases[node.name] = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
    found = {"LevelheadError"}
    while more := {name for name, over in bases.items() if over & found} - found:
        found |= more
    return found


@lru_cache(maxsize=1000)
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def words(node: ast.expr) -> str:
    """The words of a text without its tags; \\x00 stands for each value in it. Empty for what is no text."""
    if isinstance(node, ast.JoinedStr):
        whole = "".join(str(one.value) if isinstance(one, ast.Constant) else "\x00" for one in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        whole = node.value
    else:
        return ""
    return TAGS.sub(" ", whole).strip()


def is_html(node: ast.expr) -> bool:
    """Whether a text has tags: then a person reads what stands between them, with a small first letter too."""
    return any(HTML.search(str(one.value)) for one in ast.walk(node) if isinstance(one, ast.Constant))


def unmarked(path: Path, errors: set[str]) -> Iterator[tuple[int, str]]:
    """Line and words of each text that a person reads and that is not marked."""
    source = path.read_text()
    kept = {number for number, line in enumerate(source.splitlines(), 1) if AS_IT_IS in line}
    for node, shown in _texts(_tree(path), errors):
        said = words(node)
        reads = re.search(r"[^\W\d_]{2,}", said) if shown or is_html(node) else SENTENCE.search(said)
        lines = set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        if reads and said != "Levelhead" and not lines & kept:
            yield node.lineno, said.replace("\x00", "{}")


def _texts(node: ast.AST, errors: set[str], shown: bool = False) -> Iterator[tuple[ast.expr, bool]]:
    """Every text in code that is no docstring, mark, key or default of a program; and whether its place shows it."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Assert):
        return
    if isinstance(node, ast.Constant | ast.JoinedStr):
        yield node, shown
        if isinstance(node, ast.JoinedStr):
            for value in node.values:
                if isinstance(value, ast.FormattedValue):
                    yield from _texts(value.value, errors)
        return
    if isinstance(node, ast.Call):
        yield from _of_call(node, errors, shown)
        return
    if isinstance(node, ast.Subscript | ast.Compare):
        shown = False
    for child in ast.iter_child_nodes(node):
        yield from _texts(child, errors, shown and isinstance(node, ast.IfExp | ast.BinOp | ast.BoolOp))


def _of_call(node: ast.Call, errors: set[str], shown: bool) -> Iterator[tuple[ast.expr, bool]]:
    name = ast.unparse(node.func)
    last = name.rpartition(".")[2]
    if NOT_SHOWN.fullmatch(name) or NO_WORDS.fullmatch(name):
        return
    arguments = node.args[MARKS[last] :] if name in MARKS else node.args
    of_page = name.startswith("st.") or last in WIDGETS
    shows = name in SHOWS or of_page or last in errors or (shown and last in ("escape", "str", "capitalize"))
    yield from _texts(node.func, errors)
    for place, one in enumerate(arguments):
        first = place == 0 or name in ("attempt", "finish", "frame.heading", "frame.nothing")
        yield from _texts(one, errors, shows and first and name not in MARKS)
    for keyword in node.keywords:
        if keyword.arg != "key":
            yield from _texts(keyword.value, errors, shows and keyword.arg in TEXTS)


@lru_cache(maxsize=1)
def found() -> tuple[str, ...]:
    """Every unmarked text of the product, as 'file:line: words'."""
    errors = errors_for_people()
    wrong: list[str] = []
    for path in sources():
        file = path.relative_to(ROOT).as_posix()
        if path.suffix == ".py" and not TERMINAL.fullmatch(file):
            wrong += [f"{file}:{line}: {said[:90]}" for line, said in unmarked(path, errors)]
    return tuple(wrong)
