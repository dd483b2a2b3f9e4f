"""Levelhead running with two busy forums, so that something can happen to it in the middle of its work."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from sqlalchemy import func, select

from model.person import Person
from model.words import Role
from response import drafts, policies
from store import responses
from store.db import Store
from store.responses import Decision
from store.schema import cases, comments
from tests.installation import add, enter, installation, set_up
from tests.system.crowds import Blogs, blogs, follow
from tests.system.processes import wait_until
from tests.system.running import Levelhead
from tests.system.sockets import visit
from tests.system.soundness import faults
from web.middleware import COOKIE

COMMENTS = 400
WITHIN_S = 60
_QUICK = {"LEVELHEAD_POLL_SECONDS": "1", "LEVELHEAD_LEASE_SECONDS": "3", "LEVELHEAD_SECOND_LOOK": "off"}


@dataclass
class Stage:
    """The installation, its forums and its people: Mia is a community manager, Bea decides at levels 1 and 2."""

    store: Store
    running: Levelhead
    crowd: Blogs
    sources: list[int]
    mia: Person
    bea: Person
    tokens: dict[int, str]

    def stored(self) -> int:
        with self.store.read() as tx:
            return int(tx.execute(select(func.count()).select_from(comments)).scalar_one())

    def grow(self, share: float) -> None:
        """The forums show this share (0..1) of all their comments."""
        self.crowd.grow(share)

    def wait_for_all(self, within_s: float = WITHIN_S) -> None:
        """Until everything that the forums show is stored."""
        wait_until(lambda: self.stored() == sum(self.crowd.shown), within_s, f"all comments\n{self.running.said()}")

    def submit(self) -> int:
        """Mia answers the gravest case that is open and sends the answer for approval; the response's id."""
        with self.store.read() as tx:
            case_id = tx.execute(
                select(cases.c.id).where(cases.c.state == "open").order_by(cases.c.severity.desc()).limit(1)
            ).scalar_one()
        response_id = drafts.start(self.store, self.mia, case_id)
        version = drafts.save(self.store, self.mia, response_id, "Thank you for telling us. We call you today.", 1)
        drafts.submit(self.store, self.mia, response_id, version)
        return response_id

    def seen(self, person: Person, page: str, *press: str) -> str:
        """What a page shows this person, after the press of the first of the named buttons that is there."""
        with visit(self.running.port, self.tokens[person.id], page) as opened:
            opened.run()
            if press:
                opened.run(press=next(name for name in press if name in opened.buttons))
            assert not opened.failed, opened.failed
            return "\n".join(opened.texts)

    def asked(self, person: Person, address: str) -> httpx2.Response:
        """What this person's browser gets when it opens an address."""
        cookies = {COOKIE: self.tokens[person.id]}
        return httpx2.get(f"{self.running.url}{address}", cookies=cookies, trust_env=False, timeout=30)

    def decisions(self, response_id: int) -> list[Decision]:
        with self.store.read() as tx:
            return responses.decisions_of(tx, responses.submissions_of(tx, response_id)[-1].id)

    def assert_sound(self) -> None:
        """Every comment counted, every response in one legal state, the chain verified."""
        assert faults(self.store, dict(zip(self.sources, self.crowd.shown, strict=True))) == []


@contextmanager
def stage(home: Path, size: int = COMMENTS, **settings: str) -> Iterator[Stage]:
    """Starts all of it in the folder `home`, with a third of the `size` comments read."""
    home.mkdir(exist_ok=True)
    with installation(home) as store, blogs(2, size) as crowd:
        policies.ensure(store)
        alice = set_up(store)
        mia = add(store, alice, "Mia", Role.MANAGER)
        bea = add(store, alice, "Bea", Role.APPROVER, Role.EXPERT, levels=(1, 2))
        tokens = {person.id: enter(store, person) for person in (mia, bea)}
        sources = follow(store, crowd)
        crowd.grow(1 / 3)
        with Levelhead(home, **_QUICK, **settings) as running:
            made = Stage(store, running, crowd, sources, mia, bea, tokens)
            made.wait_for_all()
            yield made
