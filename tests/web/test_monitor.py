"""/health.json and /metrics: for machines that bring the token, and nothing at all for others."""

import re
from unittest.mock import patch

import pytest
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from access import limits, monitor
from model.errors import NotAllowed
from model.settings import ROOT
from store import audit
from tests.installation import Team, enter
from tests.web.test_pages import press, run, text
from tests.web.test_routes import browser
from web.monitor import METRICS

ADDRESSES = ("/health.json", "/metrics")


def ask(client: TestClient, address: str, token: str = "", **headers: str) -> tuple[int, str]:
    given = {"Authorization": f"Bearer {token}"} if token else {}
    answer = client.get(address, headers={**given, **headers})
    return answer.status_code, answer.text


@pytest.fixture
def anybody(here: Team) -> TestClient:
    return browser(here.store)


def test_without_the_right_token_it_is_the_same_whether_there_is_one_or_not(here: Team, anybody: TestClient) -> None:
    before = {ask(anybody, address, token) for address in ADDRESSES for token in ("", "guessed")}
    token = monitor.make(here.store, here.alice)
    after = {ask(anybody, address, wrong) for address in ADDRESSES for wrong in ("", "guessed", token[:-1])}
    assert before == after == {(401, "A token is needed here.")}
    cookie = {"Cookie": f"levelhead_session={enter(here.store, here.alice)}"}
    assert ask(anybody, "/metrics", **cookie)[0] == 401, "a session is no token"
    assert ask(anybody, "/metrics", Authorization=f"Basic {token}")[0] == 401


def test_the_token_opens_both_until_another_is_made_or_it_is_withdrawn(here: Team, anybody: TestClient) -> None:
    first = monitor.make(here.store, here.alice)
    assert [ask(anybody, address, first)[0] for address in ADDRESSES] == [200, 200]
    second = monitor.make(here.store, here.alice)
    assert [ask(anybody, "/metrics", token)[0] for token in (first, second)] == [401, 200]
    monitor.withdraw(here.store, here.alice)
    assert ask(anybody, "/metrics", second)[0] == 401
    with here.store.read() as tx:
        assert monitor.made(tx) is None
        assert audit.last(tx, "store", None, ("monitor.token_withdrawn",)) is not None
    with pytest.raises(NotAllowed):
        monitor.make(here.store, here.bob)


def test_the_wall_holds_for_them_too(here: Team, anybody: TestClient) -> None:
    token = monitor.make(here.store, here.alice)
    for address in ADDRESSES:
        assert ask(anybody, address, token, Host="evil.example")[0] == 421
        assert anybody.post(address, headers={"Authorization": f"Bearer {token}"}).status_code == 404


def test_each_wrong_token_costs_and_the_right_one_goes_on(here: Team, anybody: TestClient) -> None:
    token = monitor.make(here.store, here.alice)
    most = limits.monitor("testclient").most
    assert [ask(anybody, "/metrics", "guessed")[0] for _ in range(most + 1)] == [401] * most + [429]
    assert ask(anybody, "/metrics", token)[0] == 200
    assert [ask(anybody, "/metrics", token)[0] for _ in range(40)][-1] == 429, "nor is it asked without end"


def test_what_they_say(here: Team, anybody: TestClient) -> None:
    token = monitor.make(here.store, here.alice)
    told = anybody.get("/health.json", headers={"Authorization": f"Bearer {token}", "Accept-Language": "de"}).json()
    assert told["state"] == "act now"
    workers = next(one for one in told["checks"] if one["name"] == "workers")
    assert (workers["state"], workers["figures"]) == ("act now", {"running": 0, "silent": 0})
    assert "Worker" in workers["says"] and "No worker" not in workers["says"]
    lines = ask(anybody, "/metrics", token)[1].splitlines()
    assert 'levelhead_state{check="workers"} 2' in lines
    assert "levelhead_workers_running 0" in lines
    shape = re.compile(r"# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{check=\"[a-z]+\"\})? [0-9.e+-]+")
    assert [line for line in lines if not shape.fullmatch(line)] == []


def test_every_metric_is_in_the_manual() -> None:
    manual = (ROOT / "docs" / "administration.md").read_text()
    assert [name for name in METRICS if f"`{name}`" not in manual] == []


def test_an_administrator_makes_the_token_on_the_page_and_sees_it_once(here: Team, anybody: TestClient) -> None:
    session = enter(here.store, here.alice)
    page = run(ROOT / "pages" / "health.py", session)
    assert "Act now" in text(page) and "No worker runs" in text(page)
    press_as(page, "Make a token", session)
    shown = page.code[0].value
    token = re.search(r"Bearer ([\w-]+)' http://localhost:\d+/health.json$", shown)
    assert token is not None
    assert ask(anybody, "/health.json", token[1])[0] == 200
    press_as(page, "Look again", session)
    assert not page.code
    press_as(page, "Withdraw the token", session)
    assert ask(anybody, "/health.json", token[1])[0] == 401


def press_as(page: AppTest, label: str, session: str) -> None:
    """Presses a button as whoever has this session."""
    with patch("web.guard.session_token", lambda: session):
        press(page, label)
