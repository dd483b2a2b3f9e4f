"""A home and a team for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.db import Store
from tests.installation import Team, installation, team


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    """A migrated database with nobody in it."""
    with installation(tmp_path) as store:
        yield store


@pytest.fixture
def here(empty: Store) -> Team:
    return team(empty)
