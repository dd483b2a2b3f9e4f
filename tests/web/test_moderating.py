"""What is done to comments, on the case: how far it is, who said no and why, and the ways back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from access import preferences
from ingest import take
from jobs import Context
from model.comment import Entry, Reading
from model.settings import ROOT
from model.words import Action, CaseState, DecisionKind, ModerationState, ResponseState
from response import cases, drafts, moderation, views
from store import comments, moderations, our_people, responses, sources
from store.jobs import Job
from store.moderations import Moderation
from tests.ingest.interface import Interface
from tests.installation import enter
from tests.response.desk import THREAD, Desk, desk_at
from web.ui import waits, words

A, M = Action, ModerationState


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as made:
        yield made


@pytest.fixture
def blog(desk: Desk) -> Iterator[Interface]:
    """The desk's blog, where its account may moderate. Comment 1 is a critic in case 1, comment 2 is in no case."""
    with Interface() as peer:
        with desk.store.write() as tx:
            values = {"api_url": f"{peer.url}/wp-json/", "allow_private": True, "account": {"moderates": True}}
            sources.change(tx, desk.source_id, **values)
        peer.has(1, text="You published my address (1).")
        peer.has(2, text="Buy pills.")
        desk.opened()
        desk.reads(2, "Buy pills.")
        yield peer


def number(desk: Desk, which: int) -> int:
    with desk.store.read() as tx:
        return comments.known(tx, desk.source_id, [f"wp:{which}"])[f"wp:{which}"].id


def ask(desk: Desk, which: int, action: Action, reason: str = "") -> int:
    comment = desk.comment(number(desk, which))
    return moderation.ask(desk.store, desk.alice, comment.id, action, reason, comment.revision, 1)


def row(desk: Desk, response_id: int) -> Moderation:
    with desk.store.read() as tx:
        return moderations.of_responses(tx, [response_id])[-1]


def work(desk: Desk, response_id: int) -> Moderation:
    class Mine(Context):
        def still_mine(self) -> bool:
            return True

    desk.clock.shift(11)
    moderation.moderate(Mine(desk.store, Job(0, "moderate", row(desk, response_id).id, "", 1, 1), 60))
    return row(desk, response_id)


def newest(desk: Desk) -> int:
    """The response asked for last."""
    return max(one.response.id for one in views.case_view(desk.store, 1).moderations)


class Tab:
    """Alice at the case."""

    def __init__(self, desk: Desk) -> None:
        self.token = enter(desk.store, desk.alice)
        with patch("web.guard.session_token", lambda: self.token):
            self.app = AppTest.from_file(str(ROOT / "pages" / "queue.py"), default_timeout=60)
            self.app.query_params["case"] = "1"
            self.app.run()
        assert not self.app.exception

    def press(self, label: str) -> None:
        (button,) = [one for one in self.app.button if one.label == label]
        with patch("web.guard.session_token", lambda: self.token):
            button.click().run()
        assert not self.app.exception

    def buttons(self) -> set[str]:
        return {one.label for one in self.app.button}

    def shown(self) -> str:
        return "\n".join(str(element.proto) for element in self.app.main).replace("\\'", "'")


def test_a_comment_in_no_case_can_be_undone_within_the_seconds(desk: Desk, blog: Interface) -> None:
    response_id = ask(desk, 2, A.TRASH)
    preferences.put(desk.store, desk.alice, preferences.LETTERS, False)
    assert [one.proto.shortcut for one in Tab(desk).app.button if one.label == "Undo"] == [""]
    preferences.put(desk.store, desk.alice, preferences.LETTERS, True)
    tab = Tab(desk)
    assert [one.proto.shortcut for one in tab.app.button if one.label == "Undo"] == ["u"]
    assert "It is done in " in tab.shown()
    tab.press("Undo")
    assert row(desk, response_id).state is M.UNDONE
    assert "Undone. Nothing has changed on the blog." in tab.shown()


def test_why_it_was_not_done_is_said_and_it_can_be_tried_again_or_given_up(desk: Desk, blog: Interface) -> None:
    response_id = ask(desk, 2, A.TRASH)
    blog.stubborn = True
    assert work(desk, response_id).state is M.FAILED
    tab = Tab(desk)
    assert "did not do it" in tab.shown()
    tab.press("Try again")
    assert work(desk, response_id).state is M.FAILED
    Tab(desk).press("Give it up")
    assert desk.response(response_id).state is ResponseState.WITHDRAWN
    assert "Given up, and a request for it may have reached the blog" in Tab(desk).shown()


def test_what_waits_can_be_given_up(desk: Desk, blog: Interface) -> None:
    response_id = ask(desk, 1, A.TRASH, "It names a child.")
    Tab(desk).press("Give it up")
    assert desk.response(response_id).state is ResponseState.WITHDRAWN
    assert "Move to the bin: given up by Alice" in Tab(desk).shown()


def test_what_an_escalation_stopped_can_be_asked_for_again_or_given_up(desk: Desk, blog: Interface) -> None:
    response_id = ask(desk, 2, A.TRASH)
    cases.escalate(desk.store, desk.alice, 1, "The head must know.", to_level=2)
    tab = Tab(desk)
    assert "It was stopped before it was done" in tab.shown()
    tab.press("Ask again")
    assert desk.response(response_id).state is ResponseState.WAITING
    assert "Carla" in tab.shown()
    tab.press("Give it up")
    assert desk.response(response_id).state is ResponseState.WITHDRAWN


def test_why_it_was_rejected_is_told_to_whoever_asked(desk: Desk, blog: Interface) -> None:
    response_id = ask(desk, 1, A.TRASH, "It names a child.")
    with desk.store.read() as tx:
        sent = responses.submissions_of(tx, response_id)[-1].id
    desk.decides(desk.bob, sent, DecisionKind.REJECT, "She is right, and it can stay.")
    desk.passes_on()
    shown = Tab(desk).shown()
    assert "She is right, and it can stay." in shown
    assert "Bob rejected it" in shown
    assert "Move to the bin: rejected" in shown
    assert "The reply was rejected" not in shown


@pytest.mark.parametrize(
    ("before", "label", "said"),
    [
        ("approved", "Put it back", "It is shown again in a moment."),
        ("hold", "Put it back on hold", "It is on hold again in a moment."),
        ("spam", "Put it back into spam", "spam again in a moment."),
    ],
)
def test_putting_back_leads_to_where_the_comment_was(
    desk: Desk, blog: Interface, before: str, label: str, said: str
) -> None:
    blog.comments[2]["status"] = before
    with desk.store.write() as tx:
        comments.change(tx, number(desk, 2), status=before)
    work(desk, ask(desk, 2, A.TRASH))
    tab = Tab(desk)
    tab.press(label)
    assert said in tab.shown()
    assert work(desk, newest(desk)).state is M.DONE
    assert blog.comments[2]["status"] == before
    assert "Put it back" not in Tab(desk).buttons() - {label}


def test_putting_back_says_where_it_needs_approval_and_asks_for_the_reason(desk: Desk, blog: Interface) -> None:
    blog.comments[1]["status"] = "hold"
    with desk.store.write() as tx:
        comments.change(tx, number(desk, 1), status="hold")
    response_id = ask(desk, 1, A.TRASH, "It names a child.")
    with desk.store.read() as tx:
        sent = responses.submissions_of(tx, response_id)[-1].id
    desk.approved(desk.bob, desk.carla, submission_id=sent)
    assert work(desk, response_id).state is M.DONE
    tab = Tab(desk)
    tab.press("Ask to put it back on hold")
    assert "Why? Those who decide read this." in {field.label for field in tab.app.text_area}
    assert newest(desk) == response_id
    assert A.HOLD in [choice.value for choice in tab.app.radio]


def test_only_what_was_done_last_to_a_comment_can_be_put_back(desk: Desk, blog: Interface) -> None:
    for action in (A.HOLD, A.APPROVE, A.HOLD):
        work(desk, ask(desk, 2, action))
    assert [one.label for one in Tab(desk).app.button].count("Put it back") == 1


def test_whoever_asked_reads_how_to_go_on_where_an_approval_came_too_late(desk: Desk, blog: Interface) -> None:
    response_id = ask(desk, 1, A.TRASH, "It names a child.")
    desk.clock.shift(8 * 24 * 3600)
    (wait,) = views.case_view(desk.store, 1).waits
    told = waits.for_author(*wait, words.now(), A.TRASH)
    assert told in Tab(desk).shown()
    assert "Give it up, and ask for it anew" in told
    assert "Take it back" not in told
    drafts.withdraw(desk.store, desk.alice, response_id)


def test_who_of_us_answered_on_the_blog_is_said_on_the_case_which_stays_open(desk: Desk, blog: Interface) -> None:
    name = "Ines <i>& team</i>"
    with desk.store.write() as tx:
        our_people.keep(tx, desk.source_id, "7", name=name, person_id=None, by=desk.alice.id, at=words.now())

    def answers(number: int, author_id: str, url: str) -> None:
        there = {
            "parent_identity": "wp:1",
            "thread_url": THREAD,
            "published_at": datetime(2026, 3, 2, 8, 5, tzinfo=UTC),
        }
        one = Entry(f"c={number}", f"wp:{number}", author=name, author_id=author_id, url=url, text="Gone now.", **there)
        with desk.store.read() as tx:
            source = sources.get(tx, desk.source_id)
        assert source is not None
        take.take(desk.store, source, Reading((one,)))

    answers(8, "", f"{THREAD}#comment-8")
    assert "Answered on the blog" not in Tab(desk).shown(), "anybody can type a name"
    answers(9, "7", f"{THREAD}#comment-9")
    shown = Tab(desk).shown()
    assert "Answered on the blog by Ines &lt;i&gt;&amp; team&lt;/i&gt;, Mon 2 Mar 2026, " in shown
    assert f"href='{THREAD}#comment-9'" in shown
    assert "The case stays open until somebody closes it." in shown
    assert desk.case(1).state == CaseState.OPEN
    answers(10, "7", "javascript:alert(1)")
    shown = Tab(desk).shown()
    assert shown.count("Answered on the blog by Ines") == 2
    assert "javascript:" not in shown


def test_an_escalation_says_what_goes_on_without_the_level() -> None:
    assert words.without_level(()) == ""
    said = words.without_level((A.REPLY, A.TRASH))
    assert "Its reply is on its way out" in said
    assert "“Move to the bin” is being done" in said
