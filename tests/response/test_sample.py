"""Nothing of the sample leaves the house, whatever account somebody gives it."""

import pytest
import time_machine
from sqlalchemy import select

from channels.shape import Found
from ingest import sources as connecting
from model.errors import Conflict
from model.words import Channel, PublicationState, SourceKind
from response import attempts, drafts, publish
from store import publications, sources
from store.cases import open_of_threads
from store.db import Store
from store.keys import keys
from store.publications import Publication
from store.schema import publication_attempts, threads
from tests.jobs.hands import take
from tests.sample import Sample

CLOSED = "http://127.0.0.1:9/wp-json/"
"""Nobody listens there: an attempt that got so far would be told apart by its words."""


def scheduled(store: Store, response_id: int) -> Publication:
    with store.read() as tx:
        (found,) = publications.of_response(tx, response_id)
    return found


def test_an_answer_is_stopped_by_the_gate_before_anything_is_asked(sample: Sample) -> None:
    ines, store = sample.team["ines"], sample.store
    with store.write() as tx:
        # As if somebody had found a way round the refusal to take an account.
        account = {"user_name": "ines", "secret": keys().encrypt("a password"), "account_id": "1"}
        sources.change(tx, 1, api_url=CLOSED, allow_private=True, **account)
        thread = tx.execute(select(threads.c.id).where(threads.c.title.startswith("Opening"))).scalar_one()
        case = open_of_threads(tx, [thread])[thread]
    response_id = drafts.start(store, ines, case.id)
    drafts.submit(store, ines, response_id, 2)
    waiting = scheduled(store, response_id)
    assert waiting.state is PublicationState.SCHEDULED
    with time_machine.travel(waiting.not_before, tick=False):
        while (begun := take(store)) and begun.job.name != "publish":
            pass
        assert begun is not None
        attempts.publish(begun)
    stopped = scheduled(store, response_id)
    assert (stopped.state, stopped.problem) == (
        PublicationState.HELD,
        "This is the sample: nothing of it leaves the house.",
    )
    with store.read() as tx:
        assert tx.execute(select(publication_attempts)).first() is None


def test_what_is_posted_by_hand_in_the_sample_is_not_called_stopped(sample: Sample) -> None:
    with sample.store.read() as tx:
        (handed,) = publications.in_state(tx, PublicationState.HAND_OFF)
    assert publish.may_hand_over(sample.store, handed.id) == ()


def test_neither_a_channel_nor_an_account_is_connected(sample: Sample) -> None:
    marguerite = sample.team["marguerite"]
    found = Found(SourceKind.WORDPRESS, "A blog", "https://blog.example", "https://blog.example/feed", CLOSED, (), ())
    with pytest.raises(Conflict, match="connected to nothing"):
        connecting.add(sample.store, marguerite, found, name="A blog", channel=Channel.BLOG, allow_private=True)
    with pytest.raises(Conflict, match="connected to nothing"):
        connecting.set_account(sample.store, marguerite, 1, "a", "b")
    with sample.store.read() as tx:
        assert len(sources.every(tx)) == 2
