"""The queue at a desk, in a real browser: by keys alone, while things arrive, and with colleagues."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from access import preferences
from model.words import ResponseState, Severity
from response import drafts
from store import cases, responses
from store.cases import Escalation
from store.responses import Response
from tests.browser.conftest import people_at
from tests.browser.people import Person
from tests.browser.triage import CASE, PLAN, SELECTED, Triage, a_template
from tests.installation import enter
from tests.sample import Sample, forty, sampled
from tests.system.processes import wait_until
from tests.system.running import Levelhead
from web.middleware import COOKIE

pytestmark = [pytest.mark.system, pytest.mark.browser]
KEYS_A_CASE = 3.2
ARRIVES_WITHIN_MS = 40_000
POLLED_AFTER_MS = 31_000


@dataclass(frozen=True, slots=True)
class House:
    """The sample, running, with cases to spare and an approved template."""

    app: Levelhead
    sample: Sample
    spare: list[int]

    def closed_as(self, case_id: int) -> str:
        with self.sample.store.read() as tx:
            found = cases.get(tx, case_id)
        return found.outcome or "" if found else "gone"

    def severity(self, case_id: int) -> int:
        with self.sample.store.read() as tx:
            found = cases.get(tx, case_id)
        return found.severity if found and found.state == "open" else -1

    def asked_of(self, name: str) -> list[Escalation]:
        with self.sample.store.read() as tx:
            return cases.asked_of(tx, self.sample.team[name].id)

    def reply(self, case_id: int) -> Response:
        with self.sample.store.read() as tx:
            found = responses.live_of_case(tx, case_id)
        assert found is not None
        return found

    def sent(self) -> list[Response]:
        """What was sent for the cases to spare."""
        with self.sample.store.read() as tx:
            live = [one for case_id in self.spare for one in responses.live_in_case(tx, case_id)]
        return [one for one in live if one.state is ResponseState.APPROVED]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for all tests of this module; undo stands for as long as it does shipped."""
    home = tmp_path_factory.mktemp("triage") / "home"
    home.mkdir()
    with sampled(home) as sample:
        a_template(sample)
        spare = forty(sample, 16)
        with Levelhead(home, LEVELHEAD_UNDO_SECONDS="10") as app:
            yield House(app, sample, spare)


class Desk:
    """Where people of the sample sit down, already logged in."""

    def __init__(self, somebody: Any, house: House) -> None:
        self._somebody, self._house = somebody, house

    def of(self, name: str, path: str) -> Person:
        one: Person = self._somebody(name)
        token = enter(self._house.sample.store, self._house.sample.team[name])
        one.page.context.add_cookies([{"name": COOKIE, "value": token, "url": self._house.app.url}])
        one.screen.go(path)
        if path.startswith("/queue"):  # the list comes after the script has run, and hears no key before
            expect(one.page.locator(SELECTED)).to_have_count(1)
            one.screen.settle()
        return one


@pytest.fixture
def desk(browser: Browser, house: House, tmp_path: Path) -> Iterator[Desk]:
    with people_at(browser, house.app, tmp_path) as somebody:
        yield Desk(somebody, house)


def keys_of(page: Page) -> list[str]:
    """The rows of the list, in their order."""
    found: list[str] = page.locator("[role=option]").evaluate_all("(rows) => rows.map((row) => row.dataset.key)")
    return found


def in_hand(one: Person) -> int:
    """The case that is open, as soon as one is."""
    one.page.wait_for_function(f"() => {CASE}")
    return int(Triage(one).case().removeprefix("Case "))


def test_forty_cases_take_at_most_three_keys_each(desk: Desk, house: House) -> None:
    """One decision of each kind, each key counted, in the shares of a day: each opens the next case by itself."""
    ines = desk.of("ines", f"/queue?case={house.spare[0]}")
    taken = Triage(ines).work_through(dict.fromkeys(PLAN, 1))
    assert sum(PLAN[name] * keys for name, keys in taken.items()) / sum(PLAN.values()) <= KEYS_A_CASE, taken
    outcomes = [house.closed_as(case_id) for case_id in house.spare]
    assert outcomes.count("dismissed") == outcomes.count("spam") == 1
    assert len(house.sent()) == 1, "within one's own authority it goes out"
    assert any(one.text == "May we say this?" for name in house.sample.team for one in house.asked_of(name))


def test_keys_move_the_row_and_say_which_it_is(desk: Desk) -> None:
    ines = desk.of("ines", "/queue")
    chosen, live = ines.page.locator(SELECTED), ines.page.locator(".live")
    first = chosen.get_attribute("data-key")
    ines.page.keyboard.press("j")
    ines.screen.settle()
    assert chosen.get_attribute("data-key") != first
    words = (chosen.get_attribute("aria-label") or "nothing").rsplit(". ", 2)[0]  # without its age, which goes on
    expect(live).to_contain_text(words)
    assert f"-{in_hand(ines)}" in (chosen.get_attribute("data-key") or "")
    chosen.focus()
    for key, place in (("End", -1), ("Home", 0)):
        ines.page.keyboard.press(key)
        number = keys_of(ines.page)[place].removeprefix("case-")
        ines.page.wait_for_function(f"() => {CASE} === 'Case {number}'")
        expect(ines.page.locator("[role=option]").nth(place)).to_be_focused()
    assert chosen.get_attribute("data-key") == first


def test_without_letters_as_keys_the_arrows_and_f1_remain(desk: Desk, house: House) -> None:
    preferences.put(house.sample.store, house.sample.team["ines"], preferences.LETTERS, False)
    try:
        ines = desk.of("ines", "/queue")
        first = in_hand(ines)
        for letter in "jkmdsxela":
            ines.page.keyboard.press(letter)
        ines.screen.settle()
        expect(ines.page.get_by_role("dialog")).to_have_count(0)
        assert in_hand(ines) == first
        ines.page.locator(SELECTED).focus()
        ines.page.keyboard.press("ArrowDown")
        ines.page.wait_for_function(f"() => {CASE} !== 'Case {first}'")
        ines.page.keyboard.press("F1")
        expect(ines.page.get_by_role("dialog")).to_contain_text("Single letters are switched off")
    finally:
        preferences.put(house.sample.store, house.sample.team["ines"], preferences.LETTERS, True)


def test_undo_from_another_page_brings_the_case_back_to_its_place(desk: Desk, house: House) -> None:
    ines = desk.of("ines", f"/queue?case={house.spare[-2]}")
    page, decided = ines.page, in_hand(ines)
    order = keys_of(page)
    Triage(ines).spam()
    page.get_by_role("link", name="Overview").click()
    ines.screen.settle()
    expect(page.get_by_text(f"Marked as spam: case {decided}.")).to_be_visible()
    ines.screen.key("Undo", "u")
    expect(page.get_by_text("Undone. The case is as it was.")).to_be_visible()
    assert house.closed_as(decided) == ""
    page.get_by_role("link", name="Queue").click()
    expect(page.locator("[role=option]")).to_have_count(len(order))
    assert keys_of(page) == order


def test_a_reply_that_was_sent_is_a_draft_again_by_a_key_from_the_next_case(desk: Desk, house: House) -> None:
    slight = next(one for one in reversed(house.spare) if house.severity(one) == Severity.LOW)
    ines = desk.of("ines", f"/queue?case={slight}")
    assert in_hand(ines) == slight
    Triage(ines).reply()
    assert house.reply(slight).state is ResponseState.APPROVED
    expect(ines.page.get_by_text(f"Sent: the reply of case {slight}.")).to_be_visible()
    ines.screen.key("Undo", "u")
    expect(ines.page.get_by_text("and nothing went out.")).to_be_visible()
    ines.page.wait_for_function(f"() => {CASE} === 'Case {slight}'")
    assert house.reply(slight).state is ResponseState.DRAFT


def test_a_dialog_keeps_the_letters_from_the_page_behind_it(desk: Desk, house: House) -> None:
    ines = desk.of("ines", f"/queue?case={house.spare[-3]}")
    asked = in_hand(ines)
    ines.screen.key("Dismiss", "d")
    expect(ines.page.get_by_role("button", name="Nothing is asked of us.")).to_be_visible()
    for letter in "se":
        ines.page.keyboard.press(letter)
    ines.screen.settle()
    expect(ines.page.get_by_role("dialog")).to_be_visible()
    ines.page.keyboard.press("Escape")
    expect(ines.page.get_by_role("dialog")).to_have_count(0)
    assert (in_hand(ines), house.closed_as(asked)) == (asked, "")


def test_undo_opens_the_case_again_where_it_stood(desk: Desk, house: House) -> None:
    ines = desk.of("ines", f"/queue?case={house.spare[-3]}")
    decided = in_hand(ines)
    order = keys_of(ines.page)
    Triage(ines).dismiss()
    assert in_hand(ines) != decided
    ines.screen.key("Undo", "u")
    ines.page.wait_for_function(f"() => {CASE} === 'Case {decided}'")
    expect(ines.page.locator("[role=option]")).to_have_count(len(order))
    assert keys_of(ines.page) == order


def test_what_arrives_is_counted_and_moves_no_row(desk: Desk, house: House) -> None:
    ines = desk.of("ines", f"/queue?case={house.spare[-1]}")
    chosen = ines.page.locator(SELECTED)
    chosen.scroll_into_view_if_needed()
    before = chosen.get_attribute("data-key"), chosen.bounding_box()
    arrived = forty(house.sample, 3, first=17)
    bar = ines.screen.button(f"{len(arrived)} new")
    expect(bar).to_be_visible(timeout=ARRIVES_WITHIN_MS)
    assert (chosen.get_attribute("data-key"), chosen.bounding_box()) == before
    bar.click()
    ines.screen.settle()
    for case_id in arrived:
        expect(ines.page.locator(f"[data-key=case-{case_id}]")).to_have_count(1)


def test_the_title_of_the_tab_counts_what_the_page_counts_when_it_is_drawn_and_later(desk: Desk, house: House) -> None:
    one = desk.of("ines", "/queue")
    one.page.clock.install()
    one.screen.go("/queue")
    drawn = re.fullmatch(r"\((\d+)\) Queue · Levelhead", one.page.title())
    assert drawn, one.page.title()
    forty(house.sample, 2, first=20)
    one.page.clock.fast_forward(POLLED_AFTER_MS)
    expect(one.page).to_have_title(f"({int(drawn[1]) + 2}) Queue · Levelhead")
    one.screen.go("/comments")
    expect(one.page).to_have_title("Comments · Levelhead")


def test_what_can_be_done_stays_in_sight_in_a_long_thread(desk: Desk, house: House) -> None:
    ines = desk.of("ines", f"/queue?case={house.spare[-1]}")
    ines.page.set_viewport_size({"width": 1440, "height": 420})
    reply = ines.screen.button("Reply")
    before = reply.bounding_box()
    ines.page.locator(".st-key-read").evaluate("(pane) => pane.scrollTo(0, pane.scrollHeight)")
    assert ines.page.locator(".st-key-read").evaluate("(pane) => pane.scrollTop") > 0
    assert before and (after := reply.bounding_box())
    assert after["y"] <= before["y"]
    expect(reply).to_be_in_viewport()


def test_a_note_names_a_colleague_and_a_question_is_answered_by_its_link(desk: Desk, house: House) -> None:
    ines = desk.of("ines", f"/queue?case={house.spare[-1]}")
    ines.screen.press("Add a note")
    ines.page.get_by_role("textbox", name="Your note").fill("@Tobias Linde, do we know her?")
    ines.page.get_by_role("textbox", name="Your note").blur()
    ines.screen.press("Add the note")
    expect(ines.page.locator(".lh-note .lh-named")).to_have_text("@Tobias Linde")
    expect(ines.page.get_by_role("dialog")).to_have_count(0)
    expect(ines.screen.button("Add a note")).to_be_focused()

    ines.screen.settle()
    Triage(ines).escalate("May she come on Tuesday?")
    expect(ines.page.get_by_text("Escalated: case")).to_be_visible()
    expect(ines.page.get_by_text("is escalated.")).to_have_count(0)
    asked = [(name, one) for name in house.sample.team for one in house.asked_of(name)]
    ((name, question),) = [(name, one) for name, one in asked if one.text == "May she come on Tuesday?"]
    expert = desk.of(name, f"/question?question={question.id}")
    expect(expert.page.get_by_text("May she come on Tuesday?")).to_be_visible()
    expert.page.get_by_label("Your answer").fill("Yes, at ten.")
    expert.page.keyboard.press("Control+Enter")
    expect(expert.page.get_by_text("Answered: the question on case")).to_be_visible()

    def answered() -> bool:
        ines.screen.go(f"/queue?case={house.spare[-1]}")
        return ines.page.get_by_text("Yes, at ten.").first.is_visible()

    wait_until(answered, 60, "the seconds to undo the answer to be over")


def test_decisions_are_made_undone_and_followed_by_the_next_by_keys_alone(desk: Desk, house: House) -> None:
    grave = next(one for one in house.spare if house.severity(one) == Severity.HIGH)
    tobias = house.sample.team["tobias"]
    response_id = drafts.start(house.sample.store, tobias, grave)
    version = drafts.save(house.sample.store, tobias, response_id, "Thank you; somebody of us calls you today.", 1)
    drafts.submit(house.sample.store, tobias, response_id, version)
    priya = desk.of("priya", "/approvals")
    chosen, bar = priya.page.locator(SELECTED), priya.page.get_by_role("timer")
    first = chosen.get_attribute("data-key")
    priya.screen.key("Approve", "Control+Enter")
    expect(bar).to_contain_text("Approved.")
    priya.screen.key("Undo", "u")
    expect(priya.page.get_by_text("Undone. Nobody has seen it.")).to_be_visible()
    priya.screen.key("Request changes", "q")
    expect(priya.page.get_by_role("dialog").get_by_role("textbox").first).to_be_focused()
    priya.page.keyboard.type("Say who calls.")
    priya.page.keyboard.press("Control+Enter")
    expect(bar).to_contain_text("Changes requested.")
    priya.page.keyboard.press("j")
    priya.screen.settle()
    assert chosen.get_attribute("data-key") != first
    priya.screen.key("Approve", "Control+Enter")
    expect(bar).to_contain_text("Approved.")
    priya.page.get_by_role("link", name="Overview").click()
    expect(priya.page.get_by_text("Approved: a response of case")).to_be_visible()
    priya.screen.key("Undo", "u")
    expect(priya.page.get_by_text("Undone. Nobody has seen it.")).to_be_visible()
