"""What there is to translate: the marked sentences of the whole product, and the catalogues that hold them.

`python -m model.catalogues` (make words) brings the catalogues up to date: what is new comes in without a translation,
what nobody says any more goes. A sentence that another area has translated already is taken from there.
"""

import ast
import re
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from model.language import ENGLISH, FOLDER, NAMES

ROOT = FOLDER.parent.parent
AREAS: Mapping[str, tuple[str, ...]] = {
    "pages": ("dashboard.py", "pages"),
    "queue": ("web/ui/queue",),
    "together": ("web/ui/together",),
    "ui": ("web/ui",),
    "web": ("web", "serve.py", "worker.py"),
    "response": ("response",),
    "ingest": ("ingest",),
    "channels": ("channels", "jobs"),
    "base": (
        "model",
        "access",
        "store",
        "analysis",
        "data/matters",
        "data/spam.yaml",
        "data/policy.yaml",
        "data/policies",
    ),
}
"""Each catalogue, by what it is for. Where a file is in several, the first one has it."""
MARKS = {"_": 1, "later": 1, "many": 2, "sense": 2}
"""The functions that mark sentences, and how many of their first arguments are texts."""
_CALLED = re.compile(r" *(?:name|label|definition|says): (\S.*)")
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence in the code: its file, its line, the English, the plural of it where it has one, and its meaning."""

    file: str
    line: int
    english: str
    plural: str = ""
    meaning: str = ""

    @property
    def key(self) -> Key:
        return self.meaning, self.english


def area(file: str) -> str:
    """The catalogue that has the sentences of a file; empty for a file that is not the product."""
    for name, places in AREAS.items():
        if any(file == place or file.startswith(f"{place}/") for place in places):
            return name
    return ""


def sources(root: Path = ROOT) -> list[Path]:
    """Every file of the product that can hold sentences."""
    patterns = ("*.py", "*/**/*.py", "web/**/*.html", "data/*.yaml", "data/matters/*.yaml", "data/policies/*.yaml")
    found = [path for pattern in patterns for path in root.glob(pattern)]
    mine = sorted({path for path in found if area(path.relative_to(root).as_posix())})
    return [path for path in mine if "migrations" not in path.parts]


def marked(root: Path = ROOT) -> list[Marked]:
    """Every marked sentence, by file and line. Raises SyntaxError for a mark on what is no plain text."""
    found: list[Marked] = []
    for path in sources(root):
        file = path.relative_to(root).as_posix()
        found += [_marked(file, *call) for call in _READERS[path.suffix](path)]
    return found


def _of_python(path: Path) -> list[tuple[int, str, tuple[str, ...]]]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in MARKS:
            continue
        texts = node.args[: MARKS[node.func.id]]
        if any(isinstance(text, ast.JoinedStr) for text in texts):
            raise SyntaxError(f"{path}:{node.lineno}: a marked sentence is an f-string: name its places instead")
        plain = [one.value for one in texts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if len(plain) == MARKS[node.func.id] and plain[0]:
            found.append((node.lineno, node.func.id, tuple(plain)))
        elif node.func.id != "_":
            raise SyntaxError(f"{path}:{node.lineno}: {node.func.id} marks what is no plain text")
    return sorted(found)


def _of_template(path: Path) -> list[tuple[int, str, tuple[str, ...]]]:
    tree = Environment(autoescape=True).parse(path.read_text())
    found = []
    for line, mark, texts in extract_from_ast(tree, tuple(MARKS)):
        several = texts if isinstance(texts, tuple) else (texts,)
        found.append((line, mark, tuple(text for text in several if text)[: MARKS[mark]]))
    return found


def _of_data(path: Path) -> list[tuple[int, str, tuple[str, ...]]]:
    """What a file of data calls its parts, and says of them: each `name`, `label`, `definition` and `says`."""
    lines = enumerate(path.read_text().splitlines(), 1)
    return [(number, "_", (found[1],)) for number, line in lines if (found := _CALLED.fullmatch(line))]


_READERS: Mapping[str, Callable[[Path], list[tuple[int, str, tuple[str, ...]]]]] = {
    ".py": _of_python,
    ".html": _of_template,
    ".yaml": _of_data,
}


def _marked(file: str, line: int, mark: str, texts: tuple[str, ...]) -> Marked:
    if mark == "sense":
        return Marked(file, line, texts[1], meaning=texts[0])
    return Marked(file, line, texts[0], plural=texts[1] if mark == "many" else "")


def places(text: str) -> set[str]:
    """The named places of a sentence."""
    return {name for _text, name, _spec, _how in string.Formatter().parse(text) if name is not None}


def path_of(language: str, name: str) -> Path:
    """The catalogue of a language for an area."""
    return FOLDER / language / f"{name}.po"


def read(language: str, name: str) -> Catalog:
    """The catalogue of an area; an empty one where there is no file yet."""
    path = path_of(language, name)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as lines:
        return read_po(lines, locale=language)


def messages(catalogue: Catalog) -> Iterator[tuple[Key, Message]]:
    """The sentences of a catalogue by their key, without its head."""
    for message in catalogue:
        if message.id:
            english = message.id[0] if isinstance(message.id, list | tuple) else message.id
            yield (message.context or "", english), message


def update(language: str) -> dict[str, int]:
    """Brings the catalogues of a language up to date; returns how many sentences of each have no translation."""
    now = {name: dict(messages(read(language, name))) for name in AREAS}
    done = {key: one for each in now.values() for key, one in each.items() if translated(one)}
    wanted: dict[str, dict[Key, list[Marked]]] = {name: {} for name in AREAS}
    for one in marked():
        wanted[area(one.file)].setdefault(one.key, []).append(one)
    missing = {}
    for name, sentences in wanted.items():
        fresh = Catalog(locale=language)
        for key, said in sentences.items():
            # One that is said of a number and also alone has both forms here.
            plural = next((one.plural for one in said if one.plural), "")
            old = next((one for one in (now[name].get(key), done.get(key)) if one and _fits(one, plural)), None)
            fresh.add(
                (key[1], plural) if plural else key[1],
                old.string if old else None,
                locations=[(file, 0) for file in dict.fromkeys(one.file for one in said)],
                auto_comments=[],
                user_comments=old.user_comments if old else [],
                context=key[0] or None,
            )
        missing[name] = sum(not translated(one) for _key, one in messages(fresh))
        _write(path_of(language, name), fresh)
    return missing


def translated(message: Message) -> bool:
    """Whether a sentence has all its translations."""
    return all(message.string) if isinstance(message.string, list | tuple) else bool(message.string)


def _fits(message: Message, plural: str) -> bool:
    return isinstance(message.id, list | tuple) == bool(plural) and (not plural or message.id[1] == plural)


def _write(path: Path, catalogue: Catalog) -> None:
    """Without dates and line numbers, so that two people's changes meet only where they change the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.header_comment = ""
    head = [("Language", str(catalogue.locale)), ("Plural-Forms", catalogue.plural_forms)]
    head += [("MIME-Version", "1.0"), ("Content-Type", "text/plain; charset=utf-8")]
    lines = ['msgid ""', 'msgstr ""', *(f'"{name}: {value}\\n"' for name, value in head), "", ""]
    with path.open("wb") as file:
        file.write("\n".join(lines).encode())
        write_po(file, catalogue, width=0, omit_header=True, include_lineno=False)


def main() -> None:
    """Updates all languages and says what is missing."""
    for language in NAMES:
        if language == ENGLISH:
            continue
        missing = update(language)
        for name, count in missing.items():
            if count:
                print(f"{path_of(language, name).relative_to(ROOT)}: {count} without a translation")
        if not any(missing.values()):
            print(f"{NAMES[language]}: complete")


if __name__ == "__main__":
    main()
