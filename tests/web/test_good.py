"""The page on how good it is: its figures, the weekly check, what is proposed; and what it says before there is any."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analysis.judged import Answer
from response import learning
from store import checks, comments, labels
from store.checks import Week
from tests.analysis.labelled import label
from tests.sample import Sample
from tests.web.driven import Driven

pytestmark = pytest.mark.sqlite  # long, and on what differs by database there are shorter ones


class Page(Driven):
    """The page as one of the sample's people has it."""

    def __init__(self, sample: Sample, who: str) -> None:
        super().__init__(sample.store, sample.team[who], "pages/good.py")

    def open(self, page: str) -> None:
        self.app.switch_page(page)
        self.run()

    def buttons(self) -> set[str]:
        return {one.label for one in self.app.button}

    def said(self) -> str:
        return "\n".join(str(element.proto) for element in self.app.main)


@pytest.fixture
def judged(sample: Sample) -> Sample:
    """Sixty judgements, of which a third was right; and a check of this week with two comments."""
    now = datetime.now(UTC)
    with sample.store.write() as tx:
        ids = [one.id for one in comments.page(tx, limit=60)]
        for place, comment_id in enumerate(ids):
            labels.keep(tx, comment_id, [replace(label(comment_id, place % 3 == 0), at=now - timedelta(hours=place))])
        rows = [
            {
                "place": place,
                "comment_id": comment_id,
                "revision": 1,
                "channel": "blog",
                "language": "en",
                "population": 40,
                "drawn": 2,
            }
            for place, comment_id in enumerate(ids[:2], start=1)
        ]
        checks.add(tx, Week("2026-11-23", "7", 40, 2, False, now), rows)
    return sample


def test_before_anything_was_judged_it_says_what_there_will_be_and_when(sample: Sample) -> None:
    page = Page(sample, "marguerite")
    assert "Nothing was judged yet" in page.said()
    assert "From the first Monday after comments were read" in page.said()


def test_an_administrator_reads_the_figures_and_decides_on_what_is_proposed(judged: Sample) -> None:
    page = Page(judged, "marguerite")
    said = page.said()
    for part in ("Of 60 raised comments that were judged, 20 had to be seen: 33 %", "Negative in tone", "23 to 46 %"):
        assert part in said
    assert "it is too few to tell what is missed" in said
    assert "20 of 60 were right: 33 %" in said
    assert "Would somebody have had to see this?" not in said
    fields = {one.label: one for one in page.app.text_input}
    if "Why" in fields:
        fields["Why"].set_value("It is the tone alone.")
    page.press("Switch it off")
    with judged.store.read() as tx:
        off = learning.in_force(tx).off
    assert off == {"negative"} or "Waits for a second person" in page.said()


def test_a_community_manager_answers_one_comment_after_the_other(judged: Sample) -> None:
    page = Page(judged, "tobias")
    page.open("pages/queue.py")
    assert "Weekly check: 2 comments left" in page.said()
    page.open("pages/good.py")
    assert "1 of 2" in page.said()
    assert not {"Switch it off", "Switch learning off"} & page.buttons()
    page.press("No")
    assert "2 of 2" in page.said()
    page.press("I cannot say")
    assert "Somebody has answered for all 2 comments of this week" in page.said()
    with judged.store.read() as tx:
        assert [one.answer for one in checks.lately(tx)] == [Answer.NO, Answer.CANNOT_SAY]
        assert checks.left(tx) == 0


def test_leadership_reads_figures_and_no_comment(judged: Sample) -> None:
    with judged.store.read() as tx:
        shown = checks.of_week(tx, "2026-11-23")[0].text
    page = Page(judged, "gareth")
    assert "20 had to be seen" in page.said()
    assert shown[:30] not in page.said()
    assert not {"Yes", "No"} & page.buttons()
