"""The languages: every sentence that a person reads is marked, and has a translation that says the same."""

import ast
from collections import Counter
from datetime import UTC, datetime

import pytest

from model import catalogues, language, moments
from model.catalogues import AREAS, Marked
from model.language import ENGLISH, NAMES, Labels, _, accepted, known, later, many, number, sense, using
from tests import words
from tests.conftest import ROOT
from tests.recorded import actions
from web.ui import recorded

OTHERS = [name for name in NAMES if name != ENGLISH]


@pytest.fixture(scope="module")
def marked() -> list[Marked]:
    return catalogues.marked()


@pytest.mark.parametrize("language", OTHERS)
def test_every_marked_sentence_is_translated_and_nothing_else_is(language: str, marked: list[Marked]) -> None:
    """`make words` brings the catalogues up to date."""
    wanted = {(catalogues.area(one.file), one.key, one.plural) for one in marked}
    plural = {(area, key) for area, key, more in wanted if more}
    wanted = {(area, key, more) for area, key, more in wanted if more or (area, key) not in plural}
    there, bare = set(), []
    for area in AREAS:
        for key, one in catalogues.messages(catalogues.read(language, area)):
            there.add((area, key, one.id[1] if isinstance(one.id, list | tuple) else ""))
            if one.fuzzy or not catalogues.translated(one):
                bare.append((area, key))
    assert (sorted(wanted - there), sorted(there - wanted), bare) == ([], [], [])
    files = {path.stem for path in (catalogues.FOLDER / language).iterdir()}
    assert files == set(AREAS)


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_same_places_and_is_the_same_everywhere(language: str) -> None:
    wrong, said = [], {}
    for area in AREAS:
        for key, one in catalogues.messages(catalogues.read(language, area)):
            english = one.id if isinstance(one.id, list | tuple) else (one.id,)
            strings = one.string if isinstance(one.string, list | tuple) else (one.string,)
            places = {name for text in english for name in catalogues.places(text)}
            # The form for one may leave the number out.
            if any(catalogues.places(text) | {"n"} != places | {"n"} for text in strings):
                wrong.append(key)
            if catalogues.places(strings[-1]) != places:
                wrong.append(key)
            if said.setdefault((key, one.id), one.string) != one.string:
                wrong.append(key)
    assert wrong == []


def test_every_action_on_the_record_has_its_words() -> None:
    """Who records a new action gives it its words in web/ui/recorded.py; those in German come with all others."""
    assert sorted(actions() ^ set(recorded.ACTIONS)) == []


def test_a_sentence_gets_exactly_the_values_that_it_names() -> None:
    wrong = []
    for path in catalogues.sources():
        if path.suffix != ".py":
            continue
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id not in catalogues.MARKS or any(one.arg is None for one in node.keywords):
                continue
            texts = [one.value for one in node.args[: catalogues.MARKS[node.func.id]] if isinstance(one, ast.Constant)]
            if node.func.id == "later" or len(texts) != catalogues.MARKS[node.func.id]:
                continue
            given = {str(one.arg) for one in node.keywords} | ({"n"} if node.func.id == "many" else set())
            named = set().union(*(catalogues.places(text) for text in texts[node.func.id == "sense" :]))
            if named != given:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: {sorted(named ^ given)}")
    assert wrong == []


def test_what_a_person_reads_is_marked() -> None:
    assert words.found() == ()


def test_what_is_not_marked_would_be_found() -> None:
    errors = words.errors_for_people()
    assert {"BadInput", "FetchError", "Withheld", "PolicyError"} <= errors

    def said(code: str) -> bool:
        return any(
            True
            for node, shown in words._texts(ast.parse(code), errors)
            if (
                words.re.search(r"[^\W\d_]{2,}", words.words(node))
                if shown
                else words.SENTENCE.search(words.words(node))
            )
        )

    for bare in (
        "st.button('Save')",
        "st.button(f'{n} others')",
        "st.text_input(_('Name'), help='as it is there')",
        "frame.heading(_('A'), 'none')",
        "st.html(f'<p class=x>{n} open</p>')",
        "raise BadInput('This cannot be.')",
        "raise BadInput(_('No.') if a else 'gone')",
        "attempt(act, 'Saved.')",
        "LABELS = {1: 'Being written'}",
        "return 'Nothing was changed.'",
        "st.text(f'{_(\"Case\")} {number} waits')",
    ):
        assert said(bare), bare
    for fine in (
        "'A docstring of its own.'",
        "st.button(_('Save'), key='save it')",
        "raise ValueError('A programmer reads this.')",
        "people.fact(tx, 'time zone')",
        "st.html(f'<p class=lh-quiet>{escape(_(\"Now\"))}</p>')",
        "X = later('Being written')",
        "attempt(act, _('Saved.'))",
        "log.info('Something went on.')",
    ):
        assert not said(fine), fine


# --- the language itself ---------------------------------------------------------------------------------------------


def test_a_sentence_is_said_in_the_language_of_whoever_reads() -> None:
    assert _("Save") == "Save"
    with using("de"):
        assert _("Save") == "Speichern"
        with using("en"):
            assert _("Save") == "Save"
        assert many("{n} day ago", "{n} days ago", 1) == "vor 1 Tag"
        assert many("{n} day ago", "{n} days ago", 1200) == "vor 1.200 Tagen"
    assert many("{n} day ago", "{n} days ago", 1200) == "1,200 days ago"
    with using("tlh"):
        assert _("Save") == "Save"
    assert (_(""), sense("a verb", "Nobody says this")) == ("", "Nobody says this")


def test_values_are_put_in_as_they_are() -> None:
    with using("de"):
        assert _("Sent to {address}. The server said: {said}", address="{said}", said="{0} {address.__class__} %s") == (
            "Gesendet an {said}. Der Server schrieb: {0} {address.__class__} %s"
        )
        assert _("It is {not} a place") == "It is {not} a place"


def test_a_table_of_constants_speaks_when_it_is_read() -> None:
    table = Labels({1: later("low"), 2: later("high")})
    with using("de"):
        assert (table[1], table.get(3, "none"), dict(table)) == ("gering", "none", {1: "gering", 2: "hoch"})
    assert table[1] == "low"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("fr, de;q=0.3, en;q=0.1", "de"),
        ("de;q=0, en;q=0.5", "en"),
        ("fr-FR,fr;q=0.9", ""),
        ("de;q=x", ""),
        ("", ""),
        (";q=,,;q=;", ""),
    ],
)
def test_the_browser_says_which_language_is_read(header: str, language: str) -> None:
    assert accepted(header) == language


def test_a_language_has_many_spellings() -> None:
    assert [known(name) for name in ("de", "de-AT", "DE_de", "en-US", "nds", "")] == ["de", "de", "de", "en", "", ""]


def test_numbers_and_moments_are_written_as_the_language_does() -> None:
    at = datetime(2026, 3, 2, 14, 5, 9, tzinfo=UTC)
    assert (moments.full(at), moments.short(at, seconds=True)) == ("Mon 2 Mar 2026, 14:05", "2 Mar, 14:05:09")
    assert moments.day_in_full(at) == "2 March"
    assert (number(999), number(1234567), number(0.25, 1)) == ("999", "1,234,567", "0.2")
    with using("de"):
        assert (moments.full(at), moments.short(at)) == ("Mo. 2. März 2026, 14:05", "2. März, 14:05")
        assert (number(999), number(1234567), number(1234.5, 1)) == ("999", "1.234.567", "1.234,5")
        assert moments.weekdays()[0] == "Montag"


def test_every_language_there_is_can_be_chosen() -> None:
    folders = {path.name for path in language.FOLDER.iterdir() if path.is_dir()}
    assert folders == set(OTHERS)
    assert [name for name, count in Counter(NAMES.values()).items() if count > 1] == []


def test_what_is_chosen_from_says_so_in_our_words_and_not_in_those_of_streamlit() -> None:
    without = []
    for path in catalogues.sources():
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            given = {one.arg: one.value for one in node.keywords}
            index = given.get("index", ast.Constant(0))
            empty = node.func.attr == "selectbox" and any(
                isinstance(one, ast.Constant) and one.value is None
                for one in (index, getattr(index, "body", None), getattr(index, "orelse", None))
            )
            if (empty or node.func.attr == "multiselect") and "placeholder" not in given:
                without.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert without == []
