"""Somebody at the queue with a keyboard alone: each decision as a person makes it, with the keys that it took and how
long each of them made its person wait."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta

from playwright.sync_api import Locator, expect

from model import clock
from model.template import Form, Scope
from model.words import Channel, DecisionKind, Severity
from response import approvals, templates
from store import responses
from store import templates as rows
from tests.browser.people import Person
from tests.sample import Sample

OVER = "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
DIALOG = "!!document.querySelector('[role=dialog] textarea, [role=dialog] button[kind=primary]')"
IN_FIELD = "document.activeElement.matches('[role=dialog] textarea')"
NO_DIALOG = "!document.querySelector('[role=dialog]')"
CASE = "document.querySelector('.st-key-bar .lh-quiet')?.textContent.match(/^Case \\d+/)?.[0] ?? ''"
SELECTED = "[role=option][aria-current=true]"
PLAN = {"dismiss": 25, "spam": 8, "reply": 5, "escalate": 2}
"""Forty cases, as a day brings them."""
ANSWER = "Thank you for asking. You find it on the page of the house, under 'Around the year'."


def a_template(sample: Sample) -> None:
    """A text for the blog that Priya has approved."""
    form = Form(ANSWER, (), Scope(frozenset({Channel.BLOG}), Severity.LOW))
    made = templates.propose(sample.store, sample.team["ines"], "Where to find it", form)
    with sample.store.read() as tx:
        sent = responses.live_submission(tx, rows.newest(tx, [made])[made].response_id)
    assert sent is not None
    yes, seen = DecisionKind.APPROVE, sent.content_hash
    decision = approvals.decide(sample.store, sample.team["priya"], sent.id, yes, "", seen)
    with clock.at(clock.now() + timedelta(minutes=1)):
        approvals.settle(sample.store, decision)


class Triage:
    """Counts every key, each of a chord too, and never what is typed as text; `waits` are in seconds."""

    def __init__(self, one: Person) -> None:
        self.page = one.page
        self.keys = 0
        self.waits: list[float] = []

    def press(self, keys: str, until: str, shows: Locator | None = None) -> None:
        """Presses keys, and waits until the page is done and shows what they lead to: a condition in JavaScript, and
        what is to be seen besides."""
        self.keys += len(keys.split("+"))
        began = time.perf_counter()
        self.page.keyboard.press(keys)
        self.page.wait_for_function(f"() => {OVER} && {until}")
        if shows:
            expect(shows).to_be_visible()
        self.waits.append(time.perf_counter() - began)

    def acts(self) -> dict[str, Callable[[], None]]:
        """The decisions by their names in PLAN."""
        return {"dismiss": self.dismiss, "spam": self.spam, "reply": self.reply, "escalate": self.escalate}

    def work_through(self, plan: Mapping[str, int]) -> dict[str, int]:
        """Decides on one case after the other, so many of each kind; returns the keys that each kind took.

        What is answered on one's own authority is a case of little severity, so these come first where there is one.
        """
        left, keys = Counter(plan), Counter[str]()
        while left.total():
            slight = (self.page.locator(SELECTED).get_attribute("class") or "")[-1] in "01"
            kinds = ("reply", "escalate", "spam", "dismiss") if slight else ("escalate", "spam", "dismiss")
            name = next(one for one in kinds if left[one])
            before = self.keys
            self.acts()[name]()
            keys[name] += self.keys - before
            left[name] -= 1
        return dict(keys)

    def case(self) -> str:
        """The case in hand, 'Case 12'."""
        return str(self.page.evaluate(CASE))

    def another(self) -> str:
        """The condition that another case than the one in hand is shown."""
        return f"{NO_DIALOG} && ![{self.case()!r}, ''].includes({CASE})"

    def dismiss(self) -> None:
        """A reason by its number; the next case opens by itself."""
        onward = self.another()
        self.press("d", DIALOG)
        self.press("1", onward)

    def spam(self) -> None:
        self.press("s", self.another())

    def reply(self) -> None:
        """From the template that was used last, sent on one's own authority, and on to the next case."""
        onward = self.another()
        self.press("e", "location.pathname === '/reply'", self.page.get_by_label("Your reply", exact=True))
        self.press("t", DIALOG)
        self.press("Alt+Enter", NO_DIALOG, self.page.get_by_text("If you change more than its fields"))
        self.press(
            "Control+Enter", "[...document.querySelectorAll('button')].some((b) => /^Next case/.test(b.innerText))"
        )
        self.press("j", onward)

    def escalate(self, question: str = "May we say this?") -> None:
        """A question to the colleague who stands first."""
        onward = self.another()
        self.press("x", f"{DIALOG} && {IN_FIELD}")
        self.page.keyboard.type(question)
        self.press("Control+Enter", onward)
