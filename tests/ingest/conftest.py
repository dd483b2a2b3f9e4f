"""A home with the shipped policy, and a WordPress blog as its source, for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from response import policies
from store.db import Store
from store.sources import Source
from tests.ingest import reads
from tests.installation import installation


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with installation(tmp_path) as made:
        policies.ensure(made)
        yield made


@pytest.fixture
def blog(store: Store) -> Source:
    return reads.source(store)
