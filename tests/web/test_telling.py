"""What an assessment tells of a comment, as HTML: in order, in plain words, with nothing of the comment as markup."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from analysis import assess
from analysis.of_thread import of_thread
from model.assessment import SIGNALS, Assessment, Share, Signal, Subject
from web.ui import telling, told_by

pytestmark = pytest.mark.values

TEXT = "You <b>stole</b> it. I want to end my life. Call 0171 946 0123, can anybody help?"


class _Text(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.said = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.said += data


def shown(assessment: Assessment | None, text: str = TEXT, *, hide: bool = False) -> _Text:
    return _Text(telling.told(assessment, text, hide=hide))


def test_what_may_be_despair_comes_first_and_is_only_possible() -> None:
    found = shown(assess(Subject(TEXT)))
    first, _, rest = found.said.partition("more signal")
    assert found.said.index("Possibly somebody in despair") < found.said.index("“Call 0171")
    assert "Possible, never certain" in first
    assert "100 % “end my life”" in found.said
    assert "telephone number: “0171 946 0123”" in found.said
    assert "by words and phrases that are looked for" in found.said
    assert "rules 2" not in found.said and "title='rules 2'" in telling.told(assess(Subject(TEXT)), TEXT)
    assert "Not looked for" in rest
    assert "Not looked for" not in shown(replace(assess(Subject(TEXT)), absent=())).said
    assert "b" not in [tag for tag in found.tags if tag == "script"]
    assert "<b>stole</b>" not in telling.told(assess(Subject(TEXT)), TEXT)


def test_whoever_says_something_here_has_plain_words_for_it() -> None:
    every = {one.by for tier in (0, 1) for one in assess(Subject(TEXT), tier=tier).signals if one.by}
    assert len(every) > 4
    for by in (*every, "meaning 1", "vader 3"):
        assert "says “" not in told_by.says(by), by
    rules = {
        one.rule for one in assess(Subject("Your staff shouted at us. Buy at http://a.example now!"), tier=0).reasons
    }
    for rule in (*rules, "example:own-1", "signal:concern", "learnt", "degraded", "negative", "spam:links"):
        assert "rule " not in told_by.found(rule), rule
    assert told_by.found("of an older version") == "rule of an older version"
    assert told_by.says("<b>x") == "<span title='&lt;b&gt;x'>says “&lt;b&gt;x”</span>"


def test_words_that_are_hidden_stay_hidden() -> None:
    found = shown(assess(Subject(TEXT)), hide=True)
    assert "end my life" not in found.said
    assert "0171" not in found.said
    assert "(words not shown)" in found.said
    assert found.said.count("% ") == 1  # Shares of nothing are not listed; of personal data the kind is said.
    assert "telephone number" in found.said


def test_words_that_were_erased_are_not_missed() -> None:
    assert "(words not shown)" in shown(assess(Subject(TEXT)), "").said


def test_an_earlier_version_told_no_more() -> None:
    old = replace(assess(Subject(TEXT)), signals=())
    assert "earlier version" in shown(old).said
    assert "earlier version" in shown(None).said


def test_criticism_is_legitimate_and_every_signal_has_words() -> None:
    assert set(telling.NAMES) == set(SIGNALS)
    said = tuple(Signal(name, 0.7, 0.123, "words 1", (Share(0, 3, 1.0),)) for name in SIGNALS)
    found = shown(replace(assess(Subject(TEXT)), signals=said, absent=(), unmeasured=("hate",), kinds=("card",)))
    assert "legitimate, to be answered" in found.said
    assert "is never hidden for it" in found.said
    assert "probability here: 12 %" in found.said
    assert found.said.count("never measured in this language") == 1
    assert "card number: “You”" in found.said


def test_a_chance_that_was_learnt_here_says_so() -> None:
    said = tuple(Signal(name, 0.7, 0.123, "rules 2~4") for name in ("concern", "spam"))
    found = shown(replace(assess(Subject(TEXT)), signals=said, absent=()))
    assert "12 % of comments like it have to be seen" in found.said
    assert "12 % of comments like it are spam" in found.said
    assert "~" not in found.said


def test_a_thread_says_how_high_its_highest_comment_is_and_how_many_reach_the_threshold() -> None:
    each = [{"abuse": 0.9, "spam": 0.0}, {"abuse": 0.6, "spam": 0.0}, {"abuse": 0.1, "spam": 0.0}]
    found = _Text(telling.of_thread(of_thread(each)))
    assert "The thread: 3 comments" in found.said
    assert "Insults somebody 2 comments over the threshold0.90" in found.said
    assert "Spam" not in found.said, "nothing was found of it"
    assert telling.of_thread(of_thread(each[:1])) == telling.of_thread([]) == ""
