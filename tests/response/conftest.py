"""A team and its blog on a database of their own, at a time that can be moved on."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from tests.installation import installation
from tests.response.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as clock, installation(tmp_path) as store:
        yield Desk.open(store, clock)
