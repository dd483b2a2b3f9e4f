"""What all tests share: a home of their own, the real blog, and who may skip why."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import settings

from tests.system import wordpress as real

if TYPE_CHECKING:
    from tests.sample import Sample

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("LEVELHEAD_SHARED", ROOT.parent / "shared"))
EVERYTHING = os.environ.get("LEVELHEAD_SYSTEM") == "1"
NOT_NOW = "needs a real WordPress and Chromium: .ci/run runs it, and so does LEVELHEAD_SYSTEM=1 make test"
# How fast something is, is measured in bench/, and never by a test on a machine that has other things to do.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
KEPT = ("LEVELHEAD_SHARED", "LEVELHEAD_SYSTEM", "LEVELHEAD_SHOTS", "LEVELHEAD_CORPUS")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="where the tests keep rows")
    parser.addoption("--renew-pictures", action="store_true", help="make the pictures of the screens anew")


def pytest_configure(config: pytest.Config) -> None:
    """No test reads or writes an installation that is somebody's own."""
    for name in [name for name in os.environ if name.startswith("LEVELHEAD_") and name not in KEPT]:
        del os.environ[name]
    home = tempfile.mkdtemp(prefix="levelhead-tests-")
    os.environ["LEVELHEAD_HOME"] = home
    os.environ["LEVELHEAD_TEST_DATABASE"] = config.getoption("--database")
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Says which tests are left out, and why. What keeps no rows or is about SQLite runs on SQLite alone."""
    if config.getoption("--database") != "sqlite":
        items[:] = [item for item in items if not any(map(item.get_closest_marker, ("sqlite", "values")))]
    for item in items:
        if item.get_closest_marker("shared") and not SHARED.is_dir():
            item.add_marker(pytest.mark.skip(f"no folder {SHARED}; LEVELHEAD_SHARED names another place"))
        if not EVERYTHING and (item.get_closest_marker("system") or item.get_closest_marker("browser")):
            item.add_marker(pytest.mark.skip(NOT_NOW))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where everything must run, a test that skips has failed; only what needs the shared data may."""
    report = (yield).get_result()  # type: ignore[attr-defined]
    if EVERYTHING and report.skipped and not hasattr(report, "wasxfail") and not item.get_closest_marker("shared"):
        report.outcome = "failed"
        report.longrepr = f"Skipped where everything must run (LEVELHEAD_SYSTEM=1): {report.longrepr}"


@pytest.fixture(autouse=True)
def _nothing_stays_in_the_environment() -> Iterator[None]:
    """Two things that a test sets there and puts back in the wrong order would leave one of them to all that follow."""
    with patch.dict(os.environ):
        yield


@pytest.fixture(autouse=True)
def _no_page_stays_the_main_module() -> Iterator[None]:
    """A page that was driven would: each process a later test starts would show that page before it does its work."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled data and recorded feeds; tests that use it are marked `shared`."""
    return SHARED


@pytest.fixture(scope="session")
def wordpress() -> Iterator[real.WordPress]:
    """The real blog. It is the same for all tests of a process, so each makes posts of its own."""
    if lacking := real.missing():
        pytest.fail(f"WordPress cannot run here; missing: {', '.join(lacking)}. .ci/run names the packages.")
    with real.WordPress() as blog:
        yield blog


@pytest.fixture
def sample(tmp_path: Path) -> "Iterator[Sample]":
    """The sample association in a home of this test's own: `sample.store`, and `sample.team["ines"]`."""
    from tests.sample import sampled  # noqa: PLC0415 (the product is loaded by those who need it)

    with sampled(tmp_path) as made:
        yield made
