"""The page of what is in doubt: what was tried, what was seen, the exact text, and three decisions."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from channels.shape import Posted
from jobs import Context
from model.errors import NotAllowed
from model.settings import ROOT
from model.words import PublicationState, ResponseState
from response import drafts, looks, outcomes, own
from response.doubts import doubts
from store import publications, sources
from store.jobs import Job
from store.publications import Publication
from tests.installation import enter
from tests.response.desk import TEXT, THREAD, Desk, desk_at

TIMEOUT_S = 60
S = PublicationState
THERE = "https://blog.example.org/garden#comment-9"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as made:
        yield made


def sent_into_the_dark(desk: Desk, *, looked: bool = True, number: int = 1) -> Publication:
    """An attempt of which nothing was heard; `looked`: and our answer was not found either."""
    submission_id = desk.sent(
        desk.written(desk.opened(3, number=number, thread=THREAD if number == 1 else f"{THREAD}-{number}"))
    )
    desk.approved(desk.bob, desk.carla, submission_id=submission_id)
    return attempted(desk, submission_id, looked=looked)


def posted_into_the_dark(desk: Desk) -> Publication:
    """The same of a post of our own, which needs no approval."""
    with desk.store.write() as tx:
        sources.change(tx, desk.source_id, account={"posts": True})
    response_id = own.start(desk.store, desk.alice, frozenset(), frozenset({desk.source_id}))
    drafts.save(desk.store, desk.alice, response_id, f"The garden\n\n{TEXT}", 1)
    return attempted(desk, desk.sent(response_id))


def attempted(desk: Desk, submission_id: int, *, looked: bool = True) -> Publication:
    (made,) = desk.publications(desk.submission(submission_id).response_id)
    now = datetime.now(UTC)
    with desk.store.write() as tx:
        publications.begin_attempt(tx, made.id, 1, 1, now)
        publications.move(tx, made.id, S.SCHEDULED, S.PUBLISHING, now, attempt=1, look_at=now + timedelta(seconds=60))
    while looked and (here := publication(desk, made)).state is S.PUBLISHING:
        assert here.look_at is not None
        desk.clock.move_to(max(here.look_at, datetime.now(UTC)))
        with patch("response.looks.search", lambda _: "The comment is there; <b>ours</b> is not."):
            looks.look(Context(desk.store, Job(0, "look", made.id, "", 1, 1), 60))
    return publication(desk, made)


def publication(desk: Desk, one: Publication) -> Publication:
    (found,) = desk.publications(one.response_id)
    return found


class Tab:
    """Alice at the page, as the dashboard opens it; `asked` is the publication that a notice leads her to."""

    def __init__(self, desk: Desk, asked: int | None = None) -> None:
        self.token = enter(desk.store, desk.alice)
        self.app = AppTest.from_file(ROOT / "dashboard.py", default_timeout=TIMEOUT_S)
        with patch("web.guard.session_token", lambda: self.token):
            self.app.run().switch_page("pages/unconfirmed.py")
            if asked is not None:
                self.app.query_params["publication"] = str(asked)
            self.app.run()
        assert not self.app.exception

    def press(self, label: str, address: str = "") -> None:
        (field,) = self.app.text_input
        field.set_value(address)
        (button,) = [one for one in self.app.button if one.label == label]
        with patch("web.guard.session_token", lambda: self.token):
            button.click().run()
        assert not self.app.exception

    def shown(self) -> str:
        return "\n".join(str(element.proto) for element in self.app.main).replace("\\'", "'")


def test_it_shows_the_exact_text_what_was_tried_and_what_was_seen(desk: Desk) -> None:
    one = sent_into_the_dark(desk)
    assert one.state is S.UNCONFIRMED
    shown = Tab(desk).shown()
    assert TEXT in shown
    assert "Attempt 1" in shown
    assert "cut off" in shown
    assert all(f"Look {number}" in shown for number in range(1, 7))
    assert "&lt;b&gt;ours&lt;/b&gt; is not." in shown
    assert "was looked for 6 times" in shown
    assert THREAD in shown


def test_its_tab_counts_and_an_empty_page_says_so(desk: Desk) -> None:
    assert "No answer is in doubt" in Tab(desk).shown()
    sent_into_the_dark(desk)
    with desk.store.read() as tx:
        assert publications.count_in_state(tx, S.UNCONFIRMED) == 1
    assert "1 for a person to decide" in Tab(desk).shown()


def test_what_is_still_looked_for_is_said_and_is_nobodys_to_decide(desk: Desk) -> None:
    one = sent_into_the_dark(desk, looked=False)
    desk.clock.shift(60)
    with patch("response.looks.search", lambda _: "Not there."):
        looks.look(Context(desk.store, Job(0, "look", one.id, "", 1, 1), 60))
    tab = Tab(desk)
    assert f"We are looking for reply {one.response_id} on the blog" in tab.shown()
    assert not tab.app.text_input


def test_it_is_there(desk: Desk) -> None:
    one = sent_into_the_dark(desk)
    tab = Tab(desk)
    tab.press("It is there", "at the blog")
    assert "Paste the address" in tab.shown()
    assert tab.app.text_input[0].value == "at the blog"
    tab.press("It is there", THERE)
    done = publication(desk, one)
    assert (done.state, done.url) == (S.PUBLISHED, THERE)
    assert desk.response(one.response_id).state is ResponseState.PUBLISHED
    assert "No answer is in doubt" in tab.shown()
    told = Tab(desk, one.id).shown()
    assert f"There is no doubt about answer {one.id} any more. It is: Published." in told
    assert "Open the case" in told


def test_a_post_of_our_own_is_decided_on_in_the_same_way(desk: Desk) -> None:
    one = posted_into_the_dark(desk)
    tab = Tab(desk)
    shown = tab.shown()
    assert "A post of our own" in shown
    assert "should stand on the blog" in shown
    assert "https://blog.example.org" in shown
    assert "Open the response" in shown
    tab.press("It is there", THERE)
    assert publication(desk, one).state is S.PUBLISHED
    assert desk.response(one.response_id).state is ResponseState.PUBLISHED


def test_it_is_not_there_and_is_sent_again(desk: Desk) -> None:
    one = sent_into_the_dark(desk)
    Tab(desk).press("It is not: send again")
    assert publication(desk, one).state is S.SCHEDULED
    assert desk.response(one.response_id).state is ResponseState.APPROVED


def test_it_is_dropped(desk: Desk) -> None:
    one = sent_into_the_dark(desk)
    Tab(desk).press("Drop it")
    assert publication(desk, one).state is S.DROPPED
    assert desk.response(one.response_id).state is ResponseState.WITHDRAWN


def test_the_one_that_a_case_leads_to_is_shown_however_many_wait_longer(desk: Desk) -> None:
    first, second = sent_into_the_dark(desk), sent_into_the_dark(desk, number=2)
    with patch("response.doubts.AT_ONCE", 1):
        for wanted, ids in ((None, [first.id]), (first.id, [first.id]), (second.id, [second.id, first.id])):
            found = doubts(desk.store, desk.alice, wanted)
            assert [one.publication.id for one in found.unconfirmed] == ids
            assert found.total == 2


def test_what_is_there_twice_is_shown_with_both_until_one_is_left(desk: Desk) -> None:
    one = sent_into_the_dark(desk)
    second = Posted("wp:8", THERE.replace("9", "8"), "approved", TEXT, "")
    with desk.store.write() as tx:
        outcomes.posted(tx, one, Posted("wp:9", THERE, "approved", TEXT, ""), TEXT, datetime.now(UTC))
    with desk.store.write() as tx:
        outcomes.posted(tx, publication(desk, one), second, TEXT, datetime.now(UTC))
    tab = Tab(desk)
    assert "1 for a person to decide" in tab.shown()
    assert THERE in tab.shown()
    assert second.url in tab.shown()
    (button,) = [each for each in tab.app.button if each.label == "One is left"]
    with patch("web.guard.session_token", lambda: tab.token):
        button.click().run()
    assert not tab.app.exception
    assert publication(desk, one).doubled_at is None
    assert second.url not in tab.shown()


def test_who_may_not_work_on_cases_is_not_shown_it(desk: Desk) -> None:
    sent_into_the_dark(desk)
    with pytest.raises(NotAllowed):
        doubts(desk.store, desk.charlie)
    assert len(doubts(desk.store, desk.alice).unconfirmed) == 1


def test_the_case_leads_to_it(desk: Desk) -> None:
    one = sent_into_the_dark(desk)
    token = enter(desk.store, desk.alice)
    with patch("web.guard.session_token", lambda: token):
        app = AppTest.from_file(ROOT / "dashboard.py", default_timeout=TIMEOUT_S).run()
        app.switch_page("pages/queue.py").run()
    assert not app.exception
    links = [element for element in app.main if "page_link" in type(element.proto).__name__.lower() + str(element.type)]
    assert any(f"publication={one.id}" in str(link.proto) for link in links), [str(link.proto) for link in links]
