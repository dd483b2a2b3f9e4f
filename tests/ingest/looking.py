"""Second looks taken in the test's own thread, by the real encoder, with what they say of a text told beforehand."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import select

from analysis import Vocabulary, deep
from analysis.deep import Deep
from analysis.twice import Look
from ingest import second
from ingest.second import Reader
from model.assessment import Assessment, Subject
from model.words import Severity
from store.db import Store
from store.schema import assessments, jobs, second_looks, vectors
from store.second_looks import JOB
from tests.jobs import hands
from tests.response.desk import judged


@cache
def encoder() -> Deep:
    """The real one, loaded once a process."""
    return deep.shared()


class Told(Look):
    """Says of the texts it was told about that much and these matters, and of others what the models say; `meanwhile`
    is done once, while it reads."""

    def __init__(self, said: dict[str, tuple[int, tuple[str, ...]]], meanwhile: Callable[[], object] = lambda: None):
        super().__init__(encoder())
        self._said, self._meanwhile = said, [meanwhile]
        self.asked: list[str] = []

    def read(self, subjects: Sequence[Subject], by: Vocabulary) -> list[Assessment]:
        if self._meanwhile:
            self._meanwhile.pop()()
        self.asked += [one.text for one in subjects]
        before = super().read(subjects, by)
        return [self._of(subject.text, first) for subject, first in zip(subjects, before, strict=True)]

    def _of(self, text: str, first: Assessment) -> Assessment:
        if text not in self._said:
            return first
        severity, matters = self._said[text]
        return replace(judged(text, Severity(severity), matters), version=first.version)


def reads_by(told: Look) -> Reader:
    return Reader(lambda: told)


def take_all(store: Store) -> int:
    """Every second look that waits is taken; how many jobs came for them."""
    return hands.run_all(store, JOB, second.look)


def jobs_of(store: Store) -> int:
    with store.read() as tx:
        return len(tx.execute(select(jobs.c.id).where(jobs.c.name == JOB)).all())


def rows(store: Store, name: str) -> list[Any]:
    table = {"waiting": second_looks, "vectors": vectors, "assessments": assessments}[name]
    with store.read() as tx:
        return list(tx.execute(select(table).order_by(*table.primary_key.columns)))
