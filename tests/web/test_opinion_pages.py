"""A second opinion on the screen: entered and switched on by an administrator, asked for and read beside a case."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from model.person import Person
from model.words import ResponseState
from response import opinion_settings
from response.opinion_rules import Kind
from store import responses
from tests.channels.peers import Peer
from tests.channels.speaking import OPINION, says, variant
from tests.ingest.opining import KEY, asks, now, sent, switched_on
from tests.response.desk import Desk, desk_at
from tests.sample import Sample
from tests.web.driven import Driven
from tests.web.test_pages import text

pytestmark = pytest.mark.sqlite  # long, and on what differs by database there are shorter ones

DRAFT = "We are sorry to read this, and we want to talk with you."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as made:
        yield made


class Page(Driven):
    """A page as somebody at the desk has it open."""

    def __init__(self, desk: Desk, who: Person, file: str, **query: object) -> None:
        super().__init__(desk.store, who, f"pages/{file}", **query)

    def enter(self, **values: Any) -> None:
        fields = [*self.app.text_input, *self.app.number_input, *self.app.checkbox, *self.app.selectbox]
        for label, value in values.items():
            next(one for one in fields if one.label == label.replace("_", " ")).set_value(value)
        self.run()

    @property
    def said(self) -> str:
        return text(self.app)

    @property
    def labels(self) -> list[str]:
        return [one.label for one in self.app.button]


def test_an_administrator_enters_it_switches_it_on_and_off_and_the_key_is_never_shown(desk: Desk) -> None:
    page = Page(desk, desk.alice, "opinion.py")
    assert "Enter on the left where a model is" in page.said
    page.enter(Address="https://api.example.org/v1", Model="small", Key=KEY, At_most_in_a_month=20.0)
    page.press("Save")
    assert "Give both prices" in page.said and now(desk.store).version == 0
    page.enter(A_million_tokens_read=0.5, A_million_tokens_written=2.0, Currency="1€")
    page.press("Save")
    assert "three letters" in page.said
    page.enter(Currency="usd")
    page.press("Save")
    here = now(desk.store)
    assert (here.chosen.price_in, here.chosen.price_out, here.chosen.budget) == (500, 2000, 20_000)
    assert (here.chosen.currency, here.active, here.has_key) == ("USD", False, True)
    assert "Nothing is sent before it is switched on." in page.said
    page.press("Switch on")
    assert now(desk.store).active and "go to small at api.example.org" in page.said
    assert KEY not in page.said
    page.press("Switch off")
    assert not now(desk.store).active


def test_what_is_sent_is_shown_masked_before_anything_is(desk: Desk) -> None:
    page = Page(desk, desk.alice, "opinion.py")
    (shown,) = (one.value for one in page.app.code)
    assert "Person 1 here. Your trainer shouted" in shown
    assert not [one for one in ("Jane", "jane.doe", "0171", "lovely morning") if one in shown]
    page.enter(**{"Up to five comments before, too": True})
    (shown,) = (one.value for one in page.app.code)
    assert "Person 2: What a lovely morning" in shown


def test_the_sample_says_that_it_asks_nobody(sample: Sample) -> None:
    page = Driven(sample.store, sample.team["marguerite"], "pages/opinion.py")
    assert "The sample asks no model" in text(page.app)


def test_where_it_is_off_and_nothing_was_asked_there_is_nothing_beside_a_case(desk: Desk) -> None:
    case_id = desk.opened(3)
    page = Page(desk, desk.dave, "queue.py", case=case_id)
    assert "Second opinion" not in page.said
    assert "Ask a model" not in page.labels


def test_an_opinion_is_asked_for_and_read_beside_the_case_as_what_it_is(desk: Desk) -> None:
    case_id = desk.opened(3)
    reason = "A child <b>cried</b>. See https://evil.example/x"
    with Peer(says(variant(reason=reason))) as peer:
        switched_on(desk, peer.url)
        page = Page(desk, desk.dave, "queue.py", case=case_id)
        assert "Ask for a draft" not in page.labels
        page.press("Ask a model")
        assert "The model was asked. Its answer appears here" in page.said
        assert "Ask a model" not in page.labels
        assert sent(desk.store) == 1
    page.run()
    assert "Somebody in charge must see it: 90 % likely, it says." in page.said
    assert "A child &lt;b&gt;cried&lt;/b&gt;. See [link]" in page.said
    assert "A matter that somebody in charge must hear of: 80 %" in page.said
    assert "Insults somebody: 0 %" not in page.said
    assert "Written by the language model small, asked by Dave" in page.said
    assert "Ask the model again" in page.labels
    opinion_settings.switch_off(desk.store, desk.alice, now(desk.store).version)
    page = Page(desk, desk.dave, "queue.py", case=case_id)
    assert "90 % likely" in page.said and "Ask the model again" not in page.labels


def test_why_there_is_no_answer_is_said_and_one_can_ask_again(desk: Desk) -> None:
    case_id = desk.opened(3)
    with Peer(says("no JSON at all")) as peer:
        switched_on(desk, peer.url)
        asks(desk, desk.case(case_id).lead_comment_id)
    page = Page(desk, desk.dave, "queue.py", case=case_id)
    assert "not one that can be used" in page.said and "Ask the model again" in page.labels


def test_a_reply_is_begun_with_a_draft(desk: Desk) -> None:
    case_id = desk.opened(3)
    with Peer(says({"draft": DRAFT})) as peer:
        switched_on(desk, peer.url, drafts=True)
        asks(desk, desk.case(case_id).lead_comment_id, Kind.DRAFT)
    page = Page(desk, desk.dave, "queue.py", case=case_id)
    assert DRAFT in page.said
    page.press("Begin the reply with it")
    with desk.store.read() as tx:
        response = responses.live_of_case(tx, case_id)
    assert response is not None
    assert (response.draft, response.state) == (DRAFT, ResponseState.DRAFT)


def test_a_comment_without_a_case_can_be_asked_about_too(desk: Desk) -> None:
    comment_id = desk.reads(7, "When do you open on Monday?")
    with Peer(says(OPINION)) as peer:
        switched_on(desk, peer.url, drafts=True)
        asks(desk, comment_id)
        page = Page(desk, desk.dave, "queue.py", show="unanswered", comment=comment_id)
    assert "90 % likely" in page.said
    assert "Ask for a draft" in page.labels and "Begin the reply with it" not in page.labels
