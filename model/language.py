"""The reader's language: every sentence that a person reads goes through here.

The English text is the key, with named places: `_("Sent to {name}.", name=person.name)`. The other languages are
catalogues under `data/languages`, read when somebody first wants them. Whose language it is, is set for a request or a
job with `using`; the dashboard, whose scripts run in threads of their own, is asked (`ask`).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import TypeVar

ENGLISH = "en"
NAMES: Mapping[str, str] = {ENGLISH: "English", "de": "Deutsch"}  # as it is
"""The languages there are, each by its own name."""
FOLDER = Path(__file__).parent.parent / "data" / "languages"

_here: ContextVar[str] = ContextVar("language", default="")
_asked: list[Callable[[], str]] = []
Key = TypeVar("Key")


@contextmanager
def using(language: str) -> Iterator[None]:
    """Inside, `language` is spoken; one that there is no catalogue for is English."""
    token = _here.set(known(language) or ENGLISH)
    try:
        yield
    finally:
        _here.reset(token)


def ask(source: Callable[[], str]) -> None:
    """Names what knows the language where `using` was not called; it answers with an empty string if it does not."""
    _asked[:] = [source]


def current() -> str:
    """The language that is spoken here."""
    return _here.get() or (_asked[0]() if _asked else "") or ENGLISH


def known(language: str) -> str:
    """'de' for 'de', 'de-AT' and 'de_DE'; empty for a language that there is no catalogue for."""
    first = language.strip().lower().replace("_", "-").partition("-")[0]
    return first if first in NAMES else ""


def accepted(header: str) -> str:
    """The first of a browser's languages (the header Accept-Language) that there is; empty where there is none."""
    wanted = []
    for place, part in enumerate(header[:500].split(",")):
        name, _sep, weight = part.partition(";q=")
        try:
            wanted.append((-float(weight or 1), place, known(name)))
        except ValueError:
            continue
    return next((name for weight, _place, name in sorted(wanted) if name and weight < 0), "")


def _(english: str, /, **values: object) -> str:
    """A sentence in the reader's language. Values are put in as they are, whatever braces they hold."""
    text = _catalogue(current()).gettext(english) if english else ""
    return text.format(**values) if values else text


def many(one: str, more: str, n: int, /, **values: object) -> str:
    """What is said of `n` things, '{n} comment' or '{n} comments'; n is written as the language writes numbers."""
    return _catalogue(current()).ngettext(one, more, n).format(n=number(n), **values)


def sense(meaning: str, english: str, /, **values: object) -> str:
    """As `_`, for a word that means several things: `sense("what a button does", "Open")`."""
    text = _catalogue(current()).pgettext(meaning, english)
    return text.format(**values) if values else text


def later(english: str, /) -> str:
    """Marks a constant for the catalogue, as it is made before there is a reader; `_` says it when it is shown."""
    return english


class Labels(Mapping[Key, str]):
    """A table of words, made of marked constants: what is taken out is in the reader's language."""

    def __init__(self, english: Mapping[Key, str]) -> None:
        self.english = english

    def __getitem__(self, key: Key) -> str:
        return _(self.english[key])

    def __iter__(self) -> Iterator[Key]:
        return iter(self.english)

    def __len__(self) -> int:
        return len(self.english)


def number(value: float, digits: int = 0) -> str:
    """A number as the language writes it: '1,234' or '1.234'; with `digits` after the point."""
    if digits == 0 and abs(round(value)) < 1000:
        return str(round(value))
    if current() == ENGLISH and abs(value) < 999:
        return f"{value:.{digits}f}"
    from babel.numbers import format_decimal  # noqa: PLC0415 (5 MB: only for who writes large numbers)

    return str(format_decimal(value, "#,##0" + ("." + "0" * digits if digits else ""), locale=current()))


@lru_cache(maxsize=8)
def _catalogue(language: str) -> NullTranslations:
    """All areas of a language as one catalogue."""
    if language == ENGLISH:
        return NullTranslations()
    from babel.messages.catalog import Catalog  # noqa: PLC0415 (only for who does not read English)
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    whole = Catalog(locale=language)
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as lines:
            for message in read_po(lines, locale=language):
                if message.id and message.string:
                    whole[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return GNUTranslations(compiled)
