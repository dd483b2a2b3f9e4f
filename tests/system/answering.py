"""An installation that answers a comment on the real blog: everything up to the moment of sending, and the worker."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channels.shape import Found
from ingest import sources as ingest
from model.person import Person
from model.settings import settings
from model.words import Channel, DecisionKind, Role, SourceKind
from response import approvals, drafts, policies
from store import publications, responses
from store import sources as source_rows
from store.db import Store
from store.publications import Publication
from store.sources import Source
from tests.ingest import reads
from tests.installation import add, installation, set_up
from tests.jobs.hands import finish, take
from tests.system.processes import end_group, wait_until
from tests.system.running import ROOT
from tests.system.wordpress import Account, Post, WordPress
from worker import HANDLERS

WITHIN_S = 120
COMMENT = "We liked the camp. But my daughter was left alone at the lake, and she is six. Nobody answered my letters."
# The blog draws other quotes, dashes and dots; and a stranger who wrote this would have a case.
REPLY = 'Your daughter was left alone at the lake -- "sorry" is not enough...\n\nWe call you today – also on 0123. 🙂'


@dataclass(frozen=True, slots=True)
class Asked:
    """A reader's comment under a post of the blog, which became a case of the source."""

    blog: WordPress
    post: Post
    number: int
    source: Source
    case_id: int

    def replies(self) -> list[dict[str, Any]]:
        """What stands under the comment on the blog, held for moderation or not."""
        return [one for one in self.blog.comments(self.post) if one["parent"] == self.number]


@dataclass(frozen=True, slots=True)
class Team:
    """Alice writes; the others approve, each at a level of their own."""

    store: Store
    alice: Person
    approvers: tuple[Person, ...]

    def add_source(self, blog: WordPress, account: Account, through: str = "", feed_url: str = "") -> Source:
        """The blog as a source with an account, its interface reached at `through` (empty: directly)."""
        found = Found(
            kind=SourceKind.WORDPRESS,
            title="The association",
            site_url=blog.url,
            feed_url=feed_url or f"{blog.url}/comments/feed/",
            api_url=f"{through or blog.url}/wp-json/",
            preview=(),
            problems=(),
        )
        source_id = ingest.add(
            self.store,
            self.alice,
            found,
            name="Blog",
            channel=Channel.BLOG,
            allow_private=True,
            user=account.user,
            password=account.password,
        )
        return reads.row(self.store, source_id)

    def asked(self, blog: WordPress, account: Account, through: str = "") -> Asked:
        """A reader comments under a new post; the post's own feed is read, and the comment is a case."""
        post = blog.post("Summer camp", "Thirty children were with us at the lake.")
        number = blog.comment(post, "Ben", COMMENT)
        source = self.add_source(blog, account, through, f"{post.url}feed/")
        work(self.store)
        comment = reads.comment(self.store, source, number)
        (case,) = (case for case in reads.all_cases(self.store) if case.lead_comment_id == comment.id)
        return Asked(blog, post, number, source, case.id)

    def submit(self, asked: Asked, text: str = REPLY) -> int:
        """Alice writes an answer and sends it for approval; returns the submission's id."""
        response_id = drafts.start(self.store, self.alice, asked.case_id)
        with self.store.read() as tx:
            response = responses.get(tx, response_id)
        assert response is not None
        version = drafts.save(self.store, self.alice, response_id, text, response.version)
        return drafts.submit(self.store, self.alice, response_id, version)

    def approve(self, submission_id: int) -> int:
        """Everybody who is asked approves, level by level; returns the publication's id, which is due to be sent."""
        with self.store.read() as tx:
            submission = responses.submission(tx, submission_id)
        assert submission is not None
        for person in self.approvers:
            with self.store.read() as tx:
                asked = {one.submission_id for one in responses.waiting_for(tx, person.id)}
            if submission_id in asked:
                approvals.decide(self.store, person, submission_id, DecisionKind.APPROVE, "", submission.content_hash)
                assert work_once(self.store) == "settle"
        with self.store.read() as tx:
            (publication,) = publications.of_submission(tx, submission_id)
        return publication.id

    def approve_beside_a_worker(self, submission_id: int) -> int:
        """As `approve`, where a worker of its own process lets each decision take effect."""
        decided: set[int] = set()

        def approved() -> bool:
            for person in self.approvers:
                with self.store.read() as tx:
                    asked = {one.submission_id for one in responses.waiting_for(tx, person.id)}
                    submission = responses.submission(tx, submission_id)
                assert submission is not None
                if submission_id in asked and person.id not in decided:
                    decided.add(person.id)
                    seen = submission.content_hash
                    approvals.decide(self.store, person, submission_id, DecisionKind.APPROVE, "", seen)
            with self.store.read() as tx:
                return bool(publications.of_submission(tx, submission_id))

        wait_until(approved, WITHIN_S, "the last approval")
        with self.store.read() as tx:
            (publication,) = publications.of_submission(tx, submission_id)
        return publication.id

    def approved(self, asked: Asked, text: str = REPLY) -> int:
        """An answer with every approval it needs, not sent yet; returns its publication's id."""
        return self.approve(self.submit(asked, text))

    def publication(self, publication_id: int) -> Publication:
        with self.store.read() as tx:
            found = publications.get(tx, publication_id)
        assert found is not None
        return found

    def set_account(self, source: Source, account: Account) -> None:
        ingest.set_account(self.store, self.alice, source.id, account.user, account.password)

    def read(self, source: Source) -> None:
        """Reads the source again."""
        with self.store.read() as tx:
            here = source_rows.get(tx, source.id)
        assert here is not None
        reads.read(self.store, here)


@contextmanager
def team(home: Path, lease_s: float = 60, look_s: float = 1, **settings: str) -> Iterator[Team]:
    """Alice and an approver for each of three levels; decisions take effect at once, and looks are over in a second."""
    quick = {"LEVELHEAD_UNDO_SECONDS": "0", "LEVELHEAD_LOOK_SECONDS": str(look_s), **settings}
    with installation(home, **quick, LEVELHEAD_LEASE_SECONDS=str(lease_s)) as store:
        policies.ensure(store)
        alice = set_up(store)
        approvers = tuple(
            add(store, alice, name, Role.APPROVER, levels=(level,))
            for level, name in enumerate(("Bea", "Cem", "Dia"), start=1)
        )
        yield Team(store, alice, approvers)


def work_once(store: Store) -> str:
    """Does the job that has waited longest, as a worker does, in this thread; its name, or empty if none was due."""
    context = take(store, settings().lease_seconds)
    if context is None:
        return ""
    HANDLERS[context.job.name](context)
    finish(context)
    return context.job.name


def work(store: Store) -> None:
    """Does everything that is due."""
    while work_once(store):
        pass


@contextmanager
def worker(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The worker as a process of its own, with the environment of this one."""
    with (home / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "worker"],
            cwd=ROOT,
            env=dict(os.environ),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        end_group(process)
