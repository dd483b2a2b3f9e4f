"""A database for each test, with one person in it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store import people
from store.db import Store
from tests.installation import installation

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Store]:
    """A migrated, empty database."""
    with installation(tmp_path) as store:
        yield store


@pytest.fixture
def alice(database: Store) -> int:
    with database.write() as tx:
        return people.add(tx, "Alice", "alice@example.org", NOW)
