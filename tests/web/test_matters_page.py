"""The page Matters: a matter is written, tried on what was read of late as one types, and saved."""

from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from analysis.twice import Look
from ingest import examples, second
from model.settings import ROOT
from model.words import Severity
from response import matters
from response.matters import InForce
from store import cases, example_vectors
from tests.ingest.looking import encoder, reads_by
from tests.installation import enter
from tests.jobs import hands
from tests.sample import Sample
from tests.web.driven import Driven

pytestmark = pytest.mark.sqlite  # long, and on what differs by database there are shorter ones


class Page(Driven):
    """The page as an administrator has it."""

    def __init__(self, sample: Sample) -> None:
        super().__init__(sample.store, sample.team["marguerite"], "pages/matters.py")

    def fill(self, label: str, text: str) -> None:
        fields = (*self.app.text_input, *self.app.text_area)
        next(one for one in fields if one.label == label).set_value(text)
        self.run()

    def open(self, key: str) -> None:
        self.app.radio[0].set_value(key)
        self.run()

    def said(self) -> str:
        return "\n".join(str(element.proto) for element in self.app.get("html"))

    def now(self) -> InForce:
        with self.store.read() as tx:
            return matters.in_force(tx)


@pytest.fixture
def page(sample: Sample) -> Page:
    return Page(sample)


def test_a_matter_is_tried_as_one_types_and_counts_once_it_is_saved(page: Page) -> None:
    page.open("own-1")
    page.fill("Try a word or phrase", "the")
    assert "would be found in nearly every comment" in page.said()
    page.fill("Try a word or phrase", "sauna")
    assert "Looked at: " in page.said() and "<mark>" in page.said()
    page.press("Add it to the list")
    page.fill("Try a word or phrase", "pool")
    page.press("Add it to the list")
    assert "Give the matter a name" not in page.said()
    page.fill("Examples that must be found, one on each line", "Where is a towel?")
    assert "Not found, and it should be: " in page.said() and "Where is a towel?" in page.said()
    page.press("Save matter")
    assert "Give the matter a name" in page.said() and page.now().number == 0
    page.fill("Name", "The pool")
    page.fill("What is it about?", "Whatever happens at the pool.")
    page.press("Save matter")
    (saved,) = page.now().matters
    assert (saved.key, saved.name, saved.phrases) == ("own-1", "The pool", ("sauna", "pool"))
    assert "those assessed before stay as they were" in page.said()


def test_what_ships_as_grave_is_raised_or_added_to_but_not_lowered_and_a_pattern_is_refused(page: Page) -> None:
    page.open("children")
    severity = next(one for one in page.app.selectbox if one.label == "Severity")
    assert severity.options == ["critical"] and page.app.checkbox[0].disabled
    assert "cannot be lowered or switched off" in page.said()
    page.fill("Words and phrases, one on each line", "(a+)+")
    page.press("Save matter")
    assert "other signs and patterns are not possible" in page.said() and page.now().number == 0
    page.fill("Words and phrases, one on each line", "paddling group")
    page.press("Save matter")
    assert page.now().matters[0].phrases == ("paddling group",) and page.now().matters[0].severity is None
    page.open("harm")
    next(one for one in page.app.selectbox if one.label == "Severity").set_value(Severity.CRITICAL)
    page.press("Save matter")
    assert page.now().get("harm").severity is Severity.CRITICAL  # type: ignore[union-attr]


def test_who_is_asked_about_a_matter_is_chosen_already_when_a_case_about_it_is_escalated(
    page: Page, sample: Sample
) -> None:
    ines = sample.team["ines"]
    with sample.store.read() as tx:
        case = next(
            case for number in range(1, 60) if (case := cases.get(tx, number)) and case.matters and case.state == "open"
        )
        hanna = sample.team["hanna"]
    asked = matters.OwnMatter(key=case.matters[0], asked=f"person-{hanna.id}")
    matters.save(sample.store, sample.team["marguerite"], asked, 0)
    app = AppTest.from_file(ROOT / "dashboard.py", default_timeout=60)
    token = enter(sample.store, ines)
    with patch("web.guard.session_token", lambda: token):
        app.run()
        app.query_params["case"] = str(case.id)
        app.switch_page("pages/queue.py").run()
        next(one for one in app.button if one.label == "Escalate").click().run()
    assert not app.exception
    chosen = next(one for one in app.selectbox if one.label == "To whom?")
    assert chosen.value == f"person-{hanna.id}"
    assert "The organisation named Dr Hanna Weiss" in "\n".join(str(element.proto) for element in app.get("html"))


def test_examples_are_read_by_a_worker_and_tried_on_what_comments_mean(
    page: Page, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second, "READER", reads_by(Look(encoder())))
    page.open("own-1")
    page.fill("Examples that must be found, one on each line", "Too hot.\nToo cold.")
    assert "at least one word or phrase by which the matter is found, or 5 examples" in page.said()
    page.fill("Words and phrases, one on each line", "sauna")
    assert "From 5 examples on" in page.said()
    page.fill("Words and phrases, one on each line", "")
    page.fill(
        "Examples that must be found, one on each line", "Too hot.\nToo cold.\nFreezing!\nSo chilly.\nSweltering."
    )
    assert "The examples are being read" in page.said()
    while (context := hands.take(sample.store)) is not None:
        if context.job.name == example_vectors.JOB:
            examples.read(context)
        hands.finish(context)
    page.run()
    assert "By what they mean" in page.said() and "of your 5 examples would be found by the others" in page.said()
    assert "Not found, and it should be" not in page.said(), "its words need not find them"
    page.fill("Name", "The heating")
    page.fill("What is it about?", "How warm it is.")
    page.press("Save matter")
    assert len(page.now().matters[0].examples) == 5 and not page.now().matters[0].phrases
