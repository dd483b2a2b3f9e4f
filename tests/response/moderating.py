"""Moderation at the desk, in one call each: a comment on the blog, what is asked about it, and the job that does it."""

from jobs import Context
from model.words import Action, ModerationState
from response import moderation
from store import moderations, responses, sources
from store.jobs import Job
from store.moderations import Moderation
from tests.ingest.interface import Interface
from tests.response.desk import Desk

A, M = Action, ModerationState
CRITIC = "You published my address (1)."


def critic(desk: Desk, blog: Interface, severity: int = 3) -> int:
    """A comment that raises a concern, on the blog and in a case; its id."""
    blog.has(1, text=CRITIC)
    return desk.case(desk.opened(severity)).lead_comment_id


def calm(desk: Desk, blog: Interface, text: str = "Thank you.") -> int:
    """A comment that raises no concern; its id."""
    blog.has(2, text=text)
    return desk.reads(2, text)


def ask(desk: Desk, comment_id: int, action: Action, reason: str = "It names a child.") -> int:
    return moderation.ask(desk.store, desk.alice, comment_id, action, reason, desk.comment(comment_id).revision)


def submission(desk: Desk, response_id: int) -> int:
    with desk.store.read() as tx:
        return responses.submissions_of(tx, response_id)[-1].id


def row(desk: Desk, response_id: int) -> Moderation:
    with desk.store.read() as tx:
        (found,) = moderations.of_responses(tx, [response_id])
    return found


def work(desk: Desk, response_id: int, mine: bool = True) -> Moderation:
    """The job, as a worker does it; its lease holds, or not."""

    class Mine(Context):
        def still_mine(self) -> bool:
            return mine

    number = row(desk, response_id).id
    moderation.moderate(Mine(desk.store, Job(0, "moderate", number, "", 1, 1), 60))
    return row(desk, response_id)


def approved(desk: Desk, blog: Interface, action: Action = A.TRASH) -> int:
    """Hiding a critic, approved at both levels and not done yet; the response's id."""
    response_id = ask(desk, critic(desk, blog), action)
    desk.approved(desk.bob, desk.carla, submission_id=submission(desk, response_id))
    return response_id


def five_times(desk: Desk, response_id: int) -> Moderation:
    """The job as often as it is made again by itself."""
    for _ in range(moderation.MOST_ATTEMPTS):
        assert row(desk, response_id).state is M.SCHEDULED
        desk.clock.shift(1000)
        work(desk, response_id)
    return row(desk, response_id)


def switched_off(desk: Desk, blog: Interface) -> None:
    with desk.store.write() as tx:
        sources.change(tx, desk.source_id, active=False)
