"""The two doors of the first visit: both ask for the code; one leads into the sample and back; then they are gone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from access import people, sample
from ingest.sample.fill import fill
from model.settings import Settings
from store.db import Store
from store.keys import keys
from tests.installation import installation, set_up
from tests.web.test_routes import US, fill_in, hidden
from web import front
from web.front import House, Progress, Stage
from web.middleware import Wall
from web.routes import Routes
from web.sample import PATH as SAMPLE_PATH
from web.sample import Door
from web.welcome import PATH, PATHS, Doors, WayBack, doors

pytestmark = pytest.mark.sqlite  # long, and on what differs by database there are shorter ones


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path


@pytest.fixture
def own(home: Path) -> Iterator[Store]:
    with installation(home) as store:
        yield store


def browser(store: Store) -> TestClient:
    """A browser before a web server of this home, as serve.py composes it."""
    config = Settings()
    routes = [*Routes(lambda: store, keys, config).table(), *doors(lambda: store, keys, config).table()]
    door = Door(lambda: store, keys, config).table() if sample.is_one(store) else []
    app = Wall(
        Starlette(routes=[*routes, *door]),
        store=lambda: store,
        settings=config,
        also=PATHS | ({SAMPLE_PATH} if door else set()),
    )
    return TestClient(app, base_url=US, headers={"Origin": US}, follow_redirects=False)


def test_the_printed_address_has_two_doors_and_strangers_are_told_where_it_is(own: Store) -> None:
    client, code = browser(own), people.set_up_code(own)
    for address in ("/", "/login"):
        assert client.get(address).headers["location"] == PATH
    page = client.get(PATH, params={"code": code})
    assert page.status_code == 200
    assert page.text.count('class="door"') == 2
    for wrong in ("", "guessed"):
        stranger = browser(own).get(PATH, params={"code": wrong})
        assert stranger.status_code == 403
        assert "<form" not in stranger.text and "printed in the terminal" in stranger.text


def test_the_first_door_wants_the_sample_and_says_how_far_it_is(own: Store, home: Path) -> None:
    client, code = browser(own), people.set_up_code(own)
    answer = fill_in(client, f"{PATH}?code={code}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}/sample")
    assert front.wanted(home) is House.SAMPLE
    assert "The invented people move in" in client.get(f"{PATH}/sample").text
    front.tell(home, Progress(Stage.MAKING, 30, 60, 1_000))
    told = client.get(f"{PATH}/state").json()
    assert told["house"] == "own" and "Day 30 of 60: 1000 comments" in told["said"] and told["part"] == 0.5
    front.tell(home, Progress(Stage.FAILED))
    assert client.get(f"{PATH}/state").json()["failed"]


@pytest.mark.parametrize("code", ["", "guessed"])
def test_nobody_opens_a_door_without_the_code(own: Store, home: Path, code: str) -> None:
    right = people.set_up_code(own)
    client = browser(own)
    form = hidden(client.get(PATH, params={"code": right}))
    assert client.post(PATH, data={**form, "code": code}).status_code == 403
    assert client.post(PATH, data={"code": right}).status_code == 403, "a forged form"
    assert front.wanted(home) is House.OWN
    assert client.get(f"{PATH}/sample").headers["location"] == PATH
    assert client.get(f"{PATH}/own").headers["location"] == PATH
    assert client.get(f"{PATH}/state").json() == {"house": "own"}, "how far it is, is nobody else's business"
    for _try in range(30):
        client.post(PATH, data={**form, "code": "guessed"})
    assert client.post(PATH, data={**form, "code": right}).status_code == 429
    assert front.wanted(home) is House.OWN


def test_once_there_is_an_organisation_the_doors_are_gone(own: Store, home: Path) -> None:
    client, code = browser(own), people.set_up_code(own)
    form = hidden(client.get(PATH, params={"code": code}))
    set_up(own)
    assert client.get(PATH, params={"code": code}).status_code == 404
    assert client.post(PATH, data=form).status_code == 404
    assert client.get(SAMPLE_PATH).status_code == 404
    assert front.wanted(home) is House.OWN


def test_from_the_sample_behind_the_door_there_is_a_way_back_and_from_another_one_there_is_not(
    own: Store, home: Path
) -> None:
    code = people.set_up_code(own)
    with own.read() as tx:
        stored = people.set_up_code_stored(tx)
    inner = front.home_of_the_sample(home)
    (inner / "run").mkdir(parents=True)
    with installation(inner) as theirs:
        assert isinstance(doors(lambda: theirs, keys, Settings()), Doors), "nobody came by the door"
        front.want(home, House.SAMPLE)
        assert isinstance(doors(lambda: theirs, keys, Settings()), WayBack)
        fill(theirs, days=14)
        sample.take_code(theirs, stored)
        stranger = browser(theirs)
        assert stranger.get(PATH).status_code == stranger.post(PATH).status_code == 403
        client = browser(theirs)
        assert client.get(f"{PATH}/state").json() == {"house": "sample"}
        assert client.get(SAMPLE_PATH, params={"code": code}).status_code == 303, "the same code opens both"
        assert f'href="{PATH}"' in client.get(SAMPLE_PATH).text
        assert client.post(PATH).status_code == 403, "a forged form"
        assert front.wanted(home) is House.SAMPLE
        assert fill_in(client, PATH).headers["location"] == f"{PATH}/own"
        assert front.wanted(home) is House.OWN
