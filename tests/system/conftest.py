"""Which tests of the real parts run on both databases: those where it could matter which one it is."""

import pytest

from tests.installation import DATABASE

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
ALL_ON_BOTH = (pytest.mark.usefixtures("database"), ON_BOTH)
"""The same of a whole module."""
ON_POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the installations of a test keep their rows."""
    kind: str = request.param
    monkeypatch.setenv(DATABASE, kind)
    return kind
