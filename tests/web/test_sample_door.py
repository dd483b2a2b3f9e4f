"""The door of a sample: the printed address lets in, its people can be changed; and elsewhere there is no such door."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from access import sample as trying
from access import sessions
from access.people import set_active
from model.errors import NotAllowed
from model.settings import Settings
from store.db import Store
from store.keys import keys
from tests.installation import Team, enter
from tests.sample import Sample
from web import supervisor
from web.middleware import COOKIE, Wall
from web.routes import Routes
from web.sample import PATH, Door, is_here

pytestmark = pytest.mark.sqlite  # long, and on what differs by database there are shorter ones

US = "http://localhost:8501"


def browser(store: Store) -> TestClient:
    """A browser before a web server that was started on this database, as serve.py composes it."""
    config = Settings()
    door = Door(lambda: store, keys, config).table() if is_here(lambda: store) else []
    inner = Starlette(routes=[*Routes(lambda: store, keys, config).table(), *door])
    app = Wall(inner, store=lambda: store, settings=config, also={PATH} if door else frozenset())
    return TestClient(app, base_url=US, headers={"Origin": US}, follow_redirects=False)


def who(client: TestClient, store: Store) -> str:
    visitor = sessions.visitor(store, client.cookies.get(COOKIE, ""))
    return visitor.person.email if visitor else ""


def test_the_printed_address_is_one_click_and_holds_until_the_next_start(sample: Sample) -> None:
    address = supervisor._prepare(Settings())
    assert urlsplit(address).path == PATH
    client = browser(sample.store)
    answer = client.get(address)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert who(client, sample.store) == "ines@millbrook.example"
    again = browser(sample.store)
    assert again.get(address).status_code == 303, "it is no secret of one browser"
    supervisor._prepare(Settings())
    late = browser(sample.store)
    assert late.get(address).status_code == 403
    assert who(late, sample.store) == ""


def test_one_of_its_people_becomes_another_and_is_the_first_no_more(sample: Sample) -> None:
    client = browser(sample.store)
    client.get(PATH, params={"code": trying.new_code(sample.store)})
    before = client.cookies[COOKIE]
    page = client.get(PATH).text
    assert page.count('class="somebody"') == 6
    assert re.search(r'aria-current="true"><b>Ines Okafor', page)
    answer = client.post(PATH, data={"token": _token(page), "person": sample.team["gareth"].id})
    assert answer.status_code == 303
    assert who(client, sample.store) == "gareth@millbrook.example"
    assert sessions.visitor(sample.store, before) is None


@pytest.mark.parametrize("person", ["", "0", "x", "99", "²", "1" * 30])
def test_nobody_becomes_who_is_not_there(sample: Sample, person: str) -> None:
    client = browser(sample.store)
    client.get(PATH, params={"code": trying.new_code(sample.store)})
    answer = client.post(PATH, data={"token": _token(client.get(PATH).text), "person": person})
    assert answer.status_code == 400
    assert who(client, sample.store) == "ines@millbrook.example"


def test_who_was_let_out_is_not_to_be_had(sample: Sample) -> None:
    set_active(sample.store, sample.team["marguerite"], sample.team["hanna"].id, active=False)
    client = browser(sample.store)
    client.get(PATH, params={"code": trying.new_code(sample.store)})
    page = client.get(PATH).text
    assert "Hanna" not in page
    assert client.post(PATH, data={"token": _token(page), "person": sample.team["hanna"].id}).status_code == 400


def test_strangers_and_forged_forms_change_nothing(sample: Sample) -> None:
    stranger = browser(sample.store)
    shown = stranger.get(PATH)
    assert shown.status_code == 403
    assert "Ines" not in shown.text
    assert stranger.get(PATH, params={"code": "guessed"}).status_code == 403
    assert stranger.post(PATH, data={"person": sample.team["gareth"].id}).status_code == 403
    assert who(stranger, sample.store) == ""
    inside = browser(sample.store)
    inside.get(PATH, params={"code": trying.new_code(sample.store)})
    assert inside.post(PATH, data={"person": sample.team["gareth"].id}).status_code == 403
    assert inside.post(PATH, data={}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert who(inside, sample.store) == "ines@millbrook.example"


def test_codes_are_not_to_be_guessed(sample: Sample) -> None:
    client = browser(sample.store)
    for _try in range(30):
        assert client.get(PATH, params={"code": "guessed"}).status_code == 403
    assert client.get(PATH, params={"code": trying.new_code(sample.store)}).status_code == 429


def test_where_there_is_an_organisation_there_is_no_such_door(here: Team) -> None:
    client = browser(here.store)
    assert client.get(PATH).status_code == 404
    assert client.post(PATH, data={"person": 1}).status_code == 404
    assert trying.new_code(here.store) == ""
    assert parse_qs(urlsplit(supervisor._prepare(Settings())).query) == {}
    with pytest.raises(NotAllowed):
        trying.enter(here.store, "")
    visitor = sessions.visitor(here.store, enter(here.store, here.alice))
    assert visitor is not None
    with pytest.raises(NotAllowed, match="Only in the sample"):
        trying.become(here.store, visitor, visitor.person.id)


def _token(page: str) -> str:
    found = re.search(r'name="token" value="([^"]*)"', page)
    assert found
    return html.unescape(found[1])
