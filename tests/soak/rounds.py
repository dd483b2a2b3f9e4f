"""One round: an approved answer, one fault while it is sent, and a person who decides what is left to people."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from channels.shape import Found
from ingest import sources as ingest
from model.errors import Conflict, LevelheadError
from model.words import Channel, DecisionKind, PublicationState, SourceKind
from response import approvals, drafts, looks, publish
from store import cases, comments, publications, responses
from store.db import Busy
from store.publications import FOUND, Publication
from tests.ingest import reads
from tests.soak.crew import Crew
from tests.soak.faults import Fault, Hand, Proxy
from tests.soak.halting import AFTER_THE_COMMIT, BEFORE_THE_INTENT
from tests.system.answering import COMMENT, Team
from tests.system.processes import wait_until
from tests.system.wordpress import Account, Post, WordPress

S = PublicationState
T = TypeVar("T")
ON_ITS_WAY = (S.SCHEDULED, S.PUBLISHING)
SET_UP_WITHIN_S = 180
READ_WITHIN_S = 10
ENDS_WITHIN_S = 90
WAKES_LATE = 0.6
GIVES_UP_AFTER = 20
"""How often the person sends it again before it is dropped."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What all rounds share: the installation, the blog, the way between them, the workers, and the times."""

    us: Team
    blog: WordPress
    account: Account
    proxy: Proxy
    crew: Crew
    folder: Path
    lease_s: float
    look_s: float


@dataclass
class Story:
    """What became of one answer, and what is wrong with that."""

    number: int
    fault: Fault
    text: str
    post: Post | None = None
    asked: int = 0
    publication_id: int = 0
    reached: bool = False
    passed: list[PublicationState] = field(default_factory=list)
    ended: PublicationState | None = None
    found_by_a_look: bool = False
    replies: int = 0
    sent_again: int = 0
    wrong: list[str] = field(default_factory=list)


def settled(true: Callable[[], object], within_s: float) -> bool:
    """Whether something came to be true in time."""
    try:
        wait_until(true, within_s, "it")
    except AssertionError:
        return False
    return True


def insist(act: Callable[[], T]) -> T:
    """Does it again while the database is held by a process that is frozen: nothing was changed."""
    for _ in range(20):
        with suppress(Busy):
            return act()
    return act()


def play(scene: Scene, number: int, fault: Fault, rng: Random) -> Story:
    """Plays one round to its end. Whatever is not as it must be is in the story's `wrong`."""
    story = Story(number, fault, f"We call you today – round {number}.\n\nAlice, for the association")
    try:
        approve(scene, story, submit(scene, story))
        _go_wrong(scene, story, rng)
        decide(scene, story, rng)
        count(scene, story)
    except Exception as error:
        story.wrong.append(f"the round broke off: {type(error).__name__}: {error}"[:300])
    return story


def submit(scene: Scene, story: Story) -> int:
    """A reader's comment becomes a case, and its answer is sent for approval; returns the submission's id."""
    us, blog = scene.us, scene.blog
    story.post = blog.post(f"Summer camp {story.number}", "Thirty children were with us at the lake.")
    story.asked = asked = blog.comment(story.post, "Ben", f"{COMMENT} ({story.number})")
    found = Found(
        kind=SourceKind.WORDPRESS,
        title="The association",
        site_url=blog.url,
        feed_url=f"{story.post.url}feed/",
        api_url=f"{scene.proxy.url}/wp-json/",
        preview=(),
        problems=(),
    )
    given: dict[str, Any] = {"user": scene.account.user, "password": scene.account.password}
    source_id = insist(
        lambda: ingest.add(
            us.store, us.alice, found, name=f"Post {asked}", channel=Channel.BLOG, allow_private=True, **given
        )
    )

    def case() -> int:
        with us.store.read() as tx:
            known = comments.known(tx, source_id, [f"wp:{asked}"]).get(f"wp:{asked}")
            return cases.cases_of_comments(tx, [known.id]).get(known.id, 0) if known else 0

    def read_or_wait() -> bool:
        # The workers read it too; which of them is first does not matter here.
        with suppress(LevelheadError, SQLAlchemyError):
            reads.read(us.store, reads.row(us.store, source_id))
        return settled(case, READ_WITHIN_S)

    assert settled(read_or_wait, SET_UP_WITHIN_S), "its comment became no case"
    response_id = insist(lambda: drafts.start(us.store, us.alice, case()))
    with us.store.read() as tx:
        response = responses.get(tx, response_id)
    assert response is not None
    version = insist(lambda: drafts.save(us.store, us.alice, response_id, story.text, response.version))
    return insist(lambda: drafts.submit(us.store, us.alice, response_id, version))


def approve(scene: Scene, story: Story, submission_id: int) -> None:
    """The answer gets its last approval with everything armed."""
    us, asked = scene.us, story.asked
    scene.proxy.ways[asked] = story.fault.way
    if story.fault.step:
        (scene.folder / f"{story.fault.step}-{asked}").touch()
    for person in us.approvers:
        with us.store.read() as tx:
            submission = responses.submission(tx, submission_id)
            mine = any(person_id == person.id for person_id, *_ in responses.asked(tx, submission_id))
        assert submission is not None
        if mine:
            seen = submission.content_hash
            decision_id = insist(
                lambda person=person, seen=seen: approvals.decide(
                    us.store, person, submission_id, DecisionKind.APPROVE, "", seen
                )
            )
            insist(lambda decision_id=decision_id: approvals.settle(us.store, decision_id))
    with us.store.read() as tx:
        (publication,) = publications.of_submission(tx, submission_id)
    story.publication_id = publication.id


def _now(scene: Scene, story: Story) -> Publication:
    with scene.us.store.read() as tx:
        found = publications.get(tx, story.publication_id)
    assert found is not None
    return found


def _go_wrong(scene: Scene, story: Story, rng: Random) -> None:
    """Kills or freezes the worker that reaches the step.

    A frozen one wakes when another one has gone on; or later, when a person has sent it again and it is there.
    """
    fault = story.fault
    if fault.hand is Hand.NONE:
        return  # the proxy does it, once the answer comes by
    name = f"{fault.step}-{story.asked}"
    hit, go = scene.folder / f"hit-{name}", scene.folder / f"go-{name}"
    for _ in range(GIVES_UP_AFTER):
        _wait_for(scene, story, hit)
        if hit.exists() or _now(scene, story).state not in (S.FAILED, S.HELD):
            break
        _again(scene, story, publish.send_again)  # it did not come as far as the step: a slow blog, a short lease
    (scene.folder / name).unlink(missing_ok=True)
    scene.proxy.ways.pop(story.asked, None)
    if not hit.exists():
        go.touch()
        return
    pid = int(hit.read_text())
    story.reached = scene.crew.alive(pid)
    if fault.hand is Hand.KILL:
        scene.crew.kill(pid)
        go.touch()
        return
    scene.crew.freeze(pid)
    go.touch()
    began = time.monotonic()

    def gone_on() -> bool:
        if fault.step == AFTER_THE_COMMIT:
            return time.monotonic() - began > 1.5 * scene.lease_s
        now = _now(scene, story)
        if fault.step == BEFORE_THE_INTENT:
            return now.state is not S.SCHEDULED
        return now.state is not S.PUBLISHING or now.looking_since is not None

    settled(gone_on, 3 * scene.lease_s + 20)
    if rng.random() < WAKES_LATE:
        settled(lambda: _now(scene, story).state is not S.PUBLISHING, 2 * scene.look_s + 20)
        if _now(scene, story).state is S.UNCONFIRMED:
            _again(scene, story, publish.send_again)
            settled(lambda: _now(scene, story).state not in ON_ITS_WAY, 3 * scene.lease_s + 20)
    scene.crew.wake(pid)
    ended = scene.folder / f"ended-{story.asked}-{pid}"
    settled(lambda: ended.exists() or not scene.crew.alive(pid), ENDS_WITHIN_S)
    scene.crew.dismiss(pid)


def _wait_for(scene: Scene, story: Story, hit: Path) -> None:
    """Until a worker has reached the step, or it is clear that none will."""
    over = (*ON_ITS_WAY, S.PUBLISHED) if story.fault.step == AFTER_THE_COMMIT else ON_ITS_WAY
    settled(lambda: hit.exists() or _now(scene, story).state not in over, 60 + 4 * scene.lease_s)


def _again(scene: Scene, story: Story, act: Callable[..., None]) -> None:
    """What a person decides; somebody may have been faster."""
    story.sent_again += act is publish.send_again
    with suppress(Conflict):
        insist(lambda: act(scene.us.store, scene.us.alice, story.publication_id))


def decide(scene: Scene, story: Story, rng: Random) -> None:
    """A person decides on what is left to people: sends it again, or drops it now and then."""
    cycle = scene.look_s + 6 * scene.lease_s + 120
    while True:
        if not settled(lambda: _now(scene, story).state not in ON_ITS_WAY, cycle):
            story.wrong.append(f"nobody went on with it: still {_now(scene, story).state.value}")
            return
        now = _now(scene, story)
        if now.state in (S.PUBLISHED, S.DROPPED):
            return
        story.passed.append(now.state)
        if now.state is S.UNCONFIRMED:
            _looked_often_enough(scene, story, now)
        elif now.state is S.FAILED and scene.proxy.arrived[story.asked]:
            story.wrong.append(f"it was said that nothing was sent, and it was: {now.problem}")
        scene.proxy.dark.discard(story.asked)
        drop = rng.random() < 0.3 if now.state is S.UNCONFIRMED else story.sent_again >= GIVES_UP_AFTER
        _again(scene, story, publish.drop if drop else publish.send_again)


def _looked_often_enough(scene: Scene, story: Story, now: Publication) -> None:
    with scene.us.store.read() as tx:
        made = [one for one in publications.looks_of(tx, [now.id]) if one.attempt == now.attempt]
        last = [one for one in publications.attempts_of(tx, [now.id]) if one.number == now.attempt]
    if last and last[-1].outcome == "failed":
        return  # sent again and stopped before the call: what is in doubt is an attempt before it, looked for by then
    took = (made[-1].at - made[0].at).total_seconds() if made else 0
    if len(made) != len(looks.WHEN) or took < scene.look_s * 0.95:
        story.wrong.append(f"a person was asked after {len(made)} looks in {took:.0f} s")


def count(scene: Scene, story: Story) -> None:
    """What stands on the blog, against what is said of it."""
    assert story.post is not None
    now = _now(scene, story)
    story.ended = now.state
    with scene.us.store.read() as tx:
        story.found_by_a_look = any(one.found == FOUND for one in publications.looks_of(tx, [now.id]))
    stored = [one for one in scene.blog.comments(story.post) if one["parent"] == story.asked]
    story.replies = len(stored)
    if story.fault.hand is Hand.NONE:
        story.reached = story.asked in scene.proxy.used
    if story.replies > 1:
        story.wrong.append(f"it is there {story.replies} times")
    if now.state is S.PUBLISHED and not stored:
        story.wrong.append("it is said to be published, and is not there")
    if any(one["content"]["raw"] != story.text for one in stored):
        story.wrong.append("it is not what was approved")


def recount(scene: Scene, story: Story) -> None:
    """Once more at the very end, when every frozen worker has long been awake."""
    if story.post is None or story.ended is None:
        return
    before = story.replies
    try:
        count(scene, story)
    except (AssertionError, LevelheadError) as error:
        story.wrong.append(f"it could not be counted again: {error}")
    if story.replies != before:
        story.wrong.append(f"{story.replies - before:+d} came after the end")
