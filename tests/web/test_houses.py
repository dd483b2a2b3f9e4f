"""The two houses and their processes: the sample is made once, stands alone at the address, and has nothing of ours."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from access import people, sample
from model.errors import NotAllowed
from store.db import Store
from tests.installation import installation
from tests.sample import template
from tests.system.processes import wait_until
from web import front, houses
from web.front import House, Stage

pytestmark = pytest.mark.sqlite  # long, and on what differs by database there are shorter ones

WITHIN_S = 60
# Stands in for a server: says whose it is, and runs until it is ended.
STANDS = (
    "import json, os, pathlib, time\n"
    "pathlib.Path(os.environ['LEVELHEAD_HOME'], 'stands').write_text(json.dumps(dict(os.environ)))\n"
    "time.sleep(600)"
)
FAILS = "import sys; sys.exit('no room')"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for folder in houses.folders(tmp_path):
        folder.mkdir()
    made = template()[0] / "levelhead.db"
    fills = f"import os, shutil; shutil.copy({str(made)!r}, os.environ['LEVELHEAD_HOME'])"
    commands = {"web": ["-c", STANDS], "worker": ["-c", "import time; time.sleep(600)"], "filler": ["-c", fills]}
    monkeypatch.setattr(houses, "_COMMANDS", commands)
    with installation(tmp_path, LEVELHEAD_SMTP_HOST="mail.example.org", LEVELHEAD_MAIL_FROM="a@example.org") as store:
        yield store


@pytest.fixture
def ours(own: Store, tmp_path: Path) -> Iterator[houses.Houses]:
    made = houses.Houses(tmp_path)
    yield made
    made.end()


def until(ours: houses.Houses, condition: Callable[[], object], what: str) -> None:
    """As the supervisor does, until it is so."""

    def looked() -> object:
        ours.keep(time.monotonic())
        return condition()

    wait_until(looked, WITHIN_S, what)


def stands(home: Path) -> dict[str, str]:
    """The environment of the web server in this home; empty before it runs."""
    try:
        return dict(json.loads((home / "stands").read_text()))
    except (FileNotFoundError, ValueError):
        return {}


def runs(home: Path) -> list[str]:
    return sorted(one.stem for one in (home / "run").glob("*.pid"))


def test_the_sample_takes_the_place_of_ones_own_house_and_gives_it_back(
    own: Store, ours: houses.Houses, tmp_path: Path
) -> None:
    inner, code = front.home_of_the_sample(tmp_path), people.set_up_code(own)
    until(ours, lambda: stands(tmp_path), "one's own house")
    assert stands(tmp_path)["LEVELHEAD_SMTP_HOST"] == "mail.example.org"
    front.want(tmp_path, House.SAMPLE)
    until(ours, lambda: stands(inner), "the sample")
    assert (runs(tmp_path), runs(inner)) == ([], ["web", "worker"]), "one address, one house"
    assert stands(inner)["LEVELHEAD_HOME"] == str(inner)
    assert not {"LEVELHEAD_DATABASE_URL", "LEVELHEAD_KEY", "LEVELHEAD_SMTP_HOST"} & stands(inner).keys()
    theirs = Store(f"sqlite:///{inner / 'levelhead.db'}")
    assert sample.enter(theirs, code)
    with pytest.raises(NotAllowed):
        sample.enter(theirs, "guessed")
    theirs.engine.dispose()

    (tmp_path / "stands").unlink()
    front.want(tmp_path, House.OWN)
    until(ours, lambda: stands(tmp_path), "one's own house again")
    assert (runs(tmp_path), runs(inner)) == (["web", "worker"], [])
    (inner / "stands").unlink()
    (inner / "begun").touch()
    front.want(tmp_path, House.SAMPLE)
    until(ours, lambda: stands(inner), "the sample again")
    assert (inner / "begun").exists(), "it was not made a second time"


def test_a_sample_that_cannot_be_made_leaves_ones_own_house_and_its_cause(
    own: Store, ours: houses.Houses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(houses._COMMANDS, "filler", ["-c", FAILS])
    front.want(tmp_path, House.SAMPLE)
    until(ours, lambda: front.wanted(tmp_path) is House.OWN, "the end of the try")
    told = front.progress(tmp_path)
    assert told is not None and told.stage is Stage.FAILED
    assert "no room" in (tmp_path / "logs" / "sample.log").read_text()
    assert "web" in runs(tmp_path)
    assert not front.home_of_the_sample(tmp_path).exists()


def test_a_new_start_begins_with_the_doors_and_without_a_sample(own: Store, tmp_path: Path) -> None:
    front.want(tmp_path, House.SAMPLE)
    front.home_of_the_sample(tmp_path).mkdir()
    houses.Houses(tmp_path)
    assert front.wanted(tmp_path) is House.OWN
    assert not front.home_of_the_sample(tmp_path).exists()
