"""A team and its blog on a database of their own, at a time that can be moved on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store import sources
from tests.ingest.interface import Interface
from tests.response.desk import Desk, desk_at


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as made:
        yield made


@pytest.fixture
def blog(desk: Desk) -> Iterator[Interface]:
    """The desk's blog, where its account may moderate."""
    with Interface() as peer:
        with desk.store.write() as tx:
            values = {"api_url": f"{peer.url}/wp-json/", "allow_private": True, "account": {"moderates": True}}
            sources.change(tx, desk.source_id, **values)
        yield peer
