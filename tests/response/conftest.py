"""A team and its blog on a database of their own, at a time that can be moved on."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from store import sources
from tests.ingest.interface import Interface
from tests.installation import installation
from tests.response.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as clock, installation(tmp_path) as store:
        yield Desk.open(store, clock)


@pytest.fixture
def blog(desk: Desk) -> Iterator[Interface]:
    """The desk's blog, where its account may moderate."""
    with Interface() as peer:
        with desk.store.write() as tx:
            values = {"api_url": f"{peer.url}/wp-json/", "allow_private": True, "account": {"moderates": True}}
            sources.change(tx, desk.source_id, **values)
        yield peer
