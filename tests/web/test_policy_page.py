"""The page Policy: the form and the text are one policy, and what it would change is shown before it is in force."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import select

from model import clock
from model.words import Channel
from response import confirming, policies, policy_trial
from response.policy import Between, Rule
from response.policy_text import formed
from store import loosenings
from store import policies as rows
from store.schema import submissions
from tests.sample import Sample
from tests.web.driven import Driven

pytestmark = pytest.mark.sqlite  # long, and on what differs by database there are shorter ones


class Page(Driven):
    """The page as an administrator has it."""

    def __init__(self, sample: Sample) -> None:
        super().__init__(sample.store, sample.team["marguerite"], "pages/policy.py")
        self.second = sample.team["gareth"]

    def said(self) -> str:
        """All that stands there, in the dialog too."""
        return "\n".join(str(element.proto) for element in self.app.get("html"))

    def asks(self) -> bool:
        """Whether the dialog is open."""
        return any(one.label == "Put it in force" for one in self.app.button)

    @property
    def text(self) -> str:
        return str(self.app.text_area("policy-text").value)

    def type(self, text: str) -> None:
        self.app.text_area("policy-text").set_value(text)
        self.run()

    def rule(self, place: int) -> Rule:
        return formed(self.text).rules[place]

    def number(self) -> int:
        with self.store.read() as tx:
            newest = rows.newest(tx)
        assert newest
        return newest.number

    def confirmed(self) -> None:
        """Gareth, of the leadership, confirms what waits."""
        with self.store.read() as tx:
            waiting = loosenings.waiting(tx, clock.now())
        for one in waiting:
            confirming.confirm(self.store, self.second, one.id)
        self.run()


@pytest.fixture
def page(sample: Sample, tmp_path: Path) -> Iterator[Page]:
    yield Page(sample)


def test_a_ready_made_policy_shows_what_it_changes_and_counts_once_it_is_put_in_force(page: Page) -> None:
    before = page.number()
    page.app.selectbox[0].select("Two levels on the blog, Facebook free")
    page.press("See what it changes")
    said = page.said()
    assert page.asks() and "New: “Everything on the blog needs two levels” (on Blog:" in said
    assert "It asks for less: " in said
    assert "What the last 90 days would have needed" in said and "responses that were sent, " in said
    assert page.number() == before
    page.press("Leave it")
    assert not page.asks()
    page.press("See what it changes")
    page.press("Put it in force")
    assert page.asks() and "Say why: they read it." in page.said()
    page.app.text_input("reason-policy").set_value("We answer too late.")
    page.press("Put it in force")
    assert page.number() == before and "It waits for a second person" in page.said()
    page.confirmed()
    assert page.number() == before + 1
    page.press("Look at going back to it")
    if any(field.key == "reason-policy" for field in page.app.text_input):
        page.app.text_input("reason-policy").set_value("It was better.")
    page.press("Put it in force")
    page.confirmed()
    with page.store.read() as tx:
        assert policies.in_force(tx).policy.name == "Millbrook Community House"


def test_what_was_looked_at_is_not_worked_out_once_more_when_it_is_put_in_force(page: Page) -> None:
    page.app.selectbox[0].select("Two levels on the blog, Facebook free")
    with patch.object(policy_trial, "of_late", wraps=policy_trial.of_late) as routed:
        page.press("See what it changes")
        page.app.text_input("reason-policy").set_value("We answer too late.")
        page.press("Put it in force")
    assert routed.call_count == 1


def test_the_trial_says_how_many_of_how_many_responses_it_rests_on(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    since = clock.now() - policy_trial.LOOKED_BACK
    with page.store.read() as tx:
        sent = len(set(tx.execute(select(submissions.c.response_id).where(submissions.c.at >= since)).scalars()))
    assert sent > 2
    page.app.selectbox[0].select("Two levels on the blog, Facebook free")
    page.press("See what it changes")
    assert f"Of {sent} responses that were sent, " in page.said()
    page.press("Leave it")
    monkeypatch.setattr(policy_trial, "MOST", 2)
    page.press("See what it changes")
    assert f"Of the newest 2 of {sent} responses that were sent, " in page.said()


def test_a_text_that_cannot_be_used_is_refused_with_its_line_and_stays_to_be_mended(page: Page) -> None:
    before = page.number()
    wrong = page.text.replace("levels: [1, 2]", "levels: [1, 9]", 1)
    page.type(wrong)
    page.press("Check and see what it changes")
    assert "Line " in page.said() and not page.asks()
    assert page.text == wrong
    assert page.number() == before


def test_a_choice_changes_the_text_and_the_text_the_choices(page: Page) -> None:
    began = page.text
    page.app.radio[0].set_value(1)
    page.run()
    rule = page.rule(1)
    page.app.multiselect("policy-rules-1-when-channel").set_value(["forum"])
    page.run()
    assert page.rule(1).when.channel == {Channel.FORUM} and page.rule(0) == formed(began).rules[0]
    page.app.selectbox("policy-rules-1-when-severity").set_value("1-2")
    page.app.text_input("policy-rules-1-says").set_value("The forum is read twice")
    page.run()
    assert page.rule(1).says == "The forum is read twice" and page.rule(1).when.severity == Between(
        at_least=1, at_most=2
    )
    page.type(page.text.replace("The forum is read twice", "Twice"))
    assert page.app.text_input("policy-rules-1-says").value == "Twice"
    for _change in range(4):
        page.press("Take back the last change")
    assert page.text == began and page.rule(1) == rule
    assert page.app.multiselect("policy-rules-1-when-channel").value == sorted(rule.when.channel or ())


def test_rules_and_levels_are_added_moved_and_removed(page: Page) -> None:
    began = formed(page.text)
    page.press("New rule")
    assert page.rule(-1).says == "A new rule" and page.app.radio[0].value == len(began.rules)
    page.press("Move up")
    assert page.rule(-2).says == "A new rule" and page.app.radio[0].value == len(began.rules) - 1
    page.press("Remove rule")
    assert formed(page.text) == began
    page.press("Remove level 1")
    assert "asks for level 1" in page.said() and formed(page.text) == began
    page.app.radio[0].set_value(0)
    page.run()
    page.app.text_input("policy-rules-0-id").set_value("Not an id")
    page.run()
    assert "Nothing was changed." in page.said() and formed(page.text) == began
    assert page.app.text_input("policy-rules-0-id").value == began.rules[0].id


def test_a_text_that_cannot_be_read_keeps_the_form_as_it_was_until_it_can(page: Page) -> None:
    began = page.text
    page.type(began + "nonsense: 1\n")
    assert "at this place" in page.said() and "The form shows the text before that" in page.said()
    assert page.app.multiselect[0].disabled and page.app.radio[0].options
    page.type(began)
    assert not page.app.multiselect[0].disabled


def test_what_another_administrator_saved_meanwhile_is_said_and_nothing_typed_is_lost(
    page: Page, sample: Sample
) -> None:
    mine, theirs = (page.text.replace("Millbrook", name) for name in ("Millbrooks", "Milbrook"))
    page.type(mine)
    number = page.number()
    policies.save(sample.store, sample.team["marguerite"], theirs, number)
    page.press("Check and see what it changes")
    page.press("Put it in force")
    assert "saved in the meantime" in page.said() and page.number() == number + 1
    page.press("Leave it")
    assert f"Version {number + 1} was saved while you wrote" in page.said() and page.text == mine
    page.press("Go on with mine")
    page.press("Check and see what it changes")
    page.press("Put it in force")
    assert page.number() == number + 2
