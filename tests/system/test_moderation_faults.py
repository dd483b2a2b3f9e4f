"""Moderation with workers that are killed and frozen: in the end the blog, our rows and the record say the same."""

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from model.errors import Conflict
from model.words import Action, ModerationState, ResponseState
from response import moderation
from store import audit, moderations, responses
from store.comments import Comment
from store.moderations import Moderation
from tests.ingest import reads
from tests.system.answering import Team, team
from tests.system.between import Between, Forward
from tests.system.conftest import ALL_ON_BOTH
from tests.system.processes import end_group, freeze, wait_until
from tests.system.soundness import faults
from tests.system.wordpress import WordPress
from tests.system.working import Worker

pytestmark = [
    pytest.mark.system,
    *ALL_ON_BOTH,
    pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning"),
]

M = ModerationState
LEASE_S, UNDO_S = 2, 4
WITHIN_S = 60
SELDOM = {"LEVELHEAD_POLL_SECONDS": "86400"}
LOOKING, LEAVING, THERE, LOOKING_AGAIN = (
    "it is looked how the comment stands",
    "the request has left, and the blog does not have it",
    "the blog has done it, and its answer does not come",
    "it is looked whether it was done",
)


class Scene:
    """A post of the blog with an account of ours that moderates it through a proxy."""

    def __init__(self, us: Team, blog: WordPress, between: Between, home: Path) -> None:
        self.us, self.blog, self.between = us, blog, between
        self.found = us.asked(blog, blog.account("editor", "levelhead"), between.url)
        self._home = home
        self._workers = 0

    def worker(self) -> Worker:
        self._workers += 1
        return Worker(self._home / f"worker-{self._workers}.log")

    def comments(self, *texts: str) -> list[int]:
        """Readers' comments that raise no concern, by their numbers on the blog."""
        numbers = [self.blog.comment(self.found.post, "Ada", text) for text in texts]
        self.us.read(self.found.source)
        return numbers

    def comment(self, number: int) -> Comment:
        return reads.comment(self.us.store, self.found.source, number)

    def ask(self, number: int, action: Action) -> int:
        """Alice asks for something that needs nobody else; the response's id."""
        comment = self.comment(number)
        return moderation.ask(self.us.store, self.us.alice, comment.id, action, "", comment.revision)

    def row(self, response_id: int) -> Moderation:
        with self.us.store.read() as tx:
            (found,) = moderations.of_responses(tx, [response_id])
        return found

    def stands(self, number: int) -> str:
        """The comment's status by the blog's own word."""
        return str(self.blog.rest("GET", f"/comments/{number}", params={"context": "edit"})["status"])

    def wait_for(self, response_id: int, worker: Worker) -> None:
        wait_until(lambda: self.row(response_id).state is M.DONE, WITHIN_S, f"it to be done\n{worker.said()}")

    def told(self, response_id: int) -> Counter[str]:
        """What the record says of it, by how often."""
        with self.us.store.read() as tx:
            assert audit.verify(tx).holds
            return Counter(one.action for one in audit.history(tx, "response", [response_id]))

    def assert_agreed(self, number: int, response_id: int, action: Action, attempts: int) -> None:
        """It is done on the blog and in all our rows, and the record says it once."""
        status, row = moderation.BECOMES[action], self.row(response_id)
        assert (self.stands(number), self.comment(number).status) == (status, status)
        assert (row.state, row.attempts, row.problem) == (M.DONE, attempts, "")
        told = self.told(response_id)
        assert (told["moderation.attempt"], told["moderation.done"]) == (attempts, 1)
        with self.us.store.read() as tx:
            response = responses.get(tx, response_id)
            assert response is not None
            assert response.state is ResponseState.PUBLISHED
            assert responses.submissions_of(tx, response_id)[-1].ended_at
        assert faults(self.us.store) == []


@contextmanager
def scene(home: Path, blog: WordPress, undo_s: float = 0) -> Iterator[Scene]:
    with (
        team(home, LEASE_S, LEVELHEAD_UNDO_SECONDS=str(undo_s), **SELDOM) as us,
        Between(blog.url) as between,
    ):
        yield Scene(us, blog, between, home)


class Halt:
    """The first request that comes to a step stays there until it is `over`."""

    def __init__(self, between: Between, step: str) -> None:
        self._between, self._step = between, step
        self._sent = between.sent
        self.reached, self.over = threading.Event(), threading.Event()
        between.on_ask, between.on_send = self._ask, self._send

    def _stay(self) -> None:
        if not self.reached.is_set():
            self.reached.set()
            self.over.wait(WITHIN_S)

    def _ask(self) -> None:
        if self._step == (LOOKING_AGAIN if self._between.sent > self._sent else LOOKING):
            self._stay()

    def _send(self, forward: Forward) -> bytes:
        if self._step == LEAVING and not self.reached.is_set():
            self._stay()
            return b""
        answer = forward()
        if self._step == THERE:
            self._stay()
        return answer

    def wait(self, worker: Worker) -> None:
        assert self.reached.wait(WITHIN_S), worker.said()


def pid(worker: Worker) -> int:
    assert worker.process is not None
    return worker.process.pid


def test_a_worker_killed_at_any_step_is_followed_by_one_that_does_it(tmp_path: Path, wordpress: WordPress) -> None:
    steps = ((LOOKING, Action.HOLD), (LEAVING, Action.SPAM), (THERE, Action.TRASH), (LOOKING_AGAIN, Action.TRASH))
    with scene(tmp_path, wordpress) as here:
        for number, (step, action) in zip(here.comments(*(step for step, _ in steps)), steps, strict=True):
            halt, sent = Halt(here.between, step), here.between.sent
            asked = here.ask(number, action)
            with here.worker() as first:
                halt.wait(first)
                with pytest.raises(Conflict, match="time to undo is over"):
                    moderation.undo(here.us.store, here.us.alice, here.row(asked).id)
                os.kill(pid(first), signal.SIGKILL)
            halt.over.set()
            assert (here.row(asked).state, here.comment(number).status) == (M.DOING, "approved"), "nothing is promised"
            with here.worker() as second:
                here.wait_for(asked, second)
            here.assert_agreed(number, asked, action, attempts=2)
            assert here.between.sent - sent == (2 if step == LEAVING else 1), step


def test_a_worker_killed_once_it_is_done_is_followed_by_one_that_does_nothing(
    tmp_path: Path, wordpress: WordPress
) -> None:
    with scene(tmp_path, wordpress) as here:
        number, other = here.comments("Thank you.", "It was fine.")
        asked = here.ask(number, Action.TRASH)
        with here.worker() as first:
            here.wait_for(asked, first)
            os.kill(pid(first), signal.SIGKILL)
        later = here.ask(other, Action.HOLD)
        with here.worker() as second:
            here.wait_for(later, second)
        here.assert_agreed(number, asked, Action.TRASH, attempts=1)
        here.assert_agreed(other, later, Action.HOLD, attempts=1)
        assert here.between.sent == 2


def test_what_is_undone_while_no_worker_lives_is_never_done(tmp_path: Path, wordpress: WordPress) -> None:
    with scene(tmp_path, wordpress, UNDO_S) as here:
        number, other = here.comments("Thank you.", "It was fine.")
        with here.worker() as first:
            asked = here.ask(number, Action.TRASH)
            os.kill(pid(first), signal.SIGKILL)
        moderation.undo(here.us.store, here.us.alice, here.row(asked).id)
        later = here.ask(other, Action.TRASH)
        with here.worker() as second:
            here.wait_for(later, second)  # so the time of the other is over as well
        assert (here.stands(number), here.comment(number).status) == ("approved", "approved")
        assert here.row(asked).state is M.UNDONE
        told = here.told(asked)
        assert (told["moderation.undone"], told["moderation.attempt"], told["moderation.done"]) == (1, 0, 0)
        assert here.between.sent == 1
        assert faults(here.us.store) == []


def test_a_worker_that_wakes_changes_nothing_that_was_put_back_meanwhile(tmp_path: Path, wordpress: WordPress) -> None:
    with scene(tmp_path, wordpress) as here:
        (number,) = here.comments("Thank you.")
        halt = Halt(here.between, LOOKING)
        asked = here.ask(number, Action.TRASH)
        with here.worker() as first:
            halt.wait(first)
            freeze(pid(first), here.us.store)
            with here.worker() as second:
                here.wait_for(asked, second)
                here.assert_agreed(number, asked, Action.TRASH, attempts=2)
                back = here.ask(number, Action.APPROVE)
                here.wait_for(back, second)
            os.kill(pid(first), signal.SIGCONT)
            halt.over.set()
            assert first.process is not None
            end_group(first.process)  # it ends what it has under way
        here.assert_agreed(number, back, Action.APPROVE, attempts=1)
        assert here.told(asked)["moderation.done"] == 1
        assert here.between.sent == 2
