"""Webhooks: what is taken, each refusal, and the lines that are shown to be copied."""

import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
import uvicorn
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ingest import hooks
from ingest.hooks import SIGNATURE, TIMESTAMP, signature
from model.errors import NotAllowed, NotFound
from model.settings import Settings
from store import hooks as rows
from store import people, sources
from store.db import Store
from store.keys import FACT, KeyMissing, keys
from store.schema import audit, hook_calls, jobs
from tests.ingest import reads
from tests.installation import Team
from tests.system.processes import free_port, wait_until
from web.hooks import Pace, address, with_curl, with_wordpress
from web.middleware import HOOK, Wall
from web.routes import Routes

US = "http://localhost:8501"
BODY = b'{"comment": 7}'


def application(store: Store, config: Settings | None = None) -> Wall:
    config = config or Settings()
    return Wall(Starlette(routes=Routes(lambda: store, keys, config).table()), store=lambda: store, settings=config)


class Caller:
    """A machine that has the secret of a source, and no session and no browser."""

    def __init__(self, team: Team) -> None:
        self.store = team.store
        self.source = reads.source(team.store)
        self.secret = hooks.make(team.store, team.alice, self.source.id)
        self.client = TestClient(application(team.store), base_url=US)

    def call(self, body: bytes = BODY, **changed: Any) -> httpx2.Response:
        """A call as it should be, but for what is `changed`: secret, at, signed, source, headers, method."""
        at = str(changed.get("at", int(datetime.now(UTC).timestamp())))
        signed = changed.get("signed", signature(changed.get("secret", self.secret), at, body))
        headers = {TIMESTAMP: at, SIGNATURE: signed} | changed.get("headers", {})
        headers = {name: value for name, value in headers.items() if value is not None}
        path = f"/hook/{changed.get('source', self.source.id)}"
        return self.client.request(changed.get("method", "POST"), path, content=body, headers=headers)

    def jobs(self) -> list[tuple[str, int]]:
        with self.store.read() as tx:
            return [(row.name, row.ref) for row in tx.execute(select(jobs))]


@pytest.fixture
def caller(here: Team) -> Caller:
    return Caller(here)


def test_a_signed_call_has_the_source_read_at_once_and_says_nothing(caller: Caller) -> None:
    answer = caller.call()
    assert (answer.status_code, answer.content) == (202, b"")
    assert caller.jobs() == [("read", caller.source.id)]
    assert "content-security-policy" in answer.headers
    with caller.store.read() as tx:
        hook = rows.get(tx, caller.source.id)
    assert hook is not None and hook.used_at is not None


NOW = int(datetime.now(UTC).timestamp())
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no signature": ({"headers": {SIGNATURE: None}}, "not signed"),
    "no timestamp": ({"headers": {TIMESTAMP: None}}, "not signed"),
    "another secret": ({"secret": "x" * 43}, "not signed"),
    "another form": ({"signed": "md5=abc"}, "not signed"),
    "not ASCII": ({"headers": {SIGNATURE: b"sha256=\xff\xfe"}}, "not signed"),
    "another body": ({"signed": signature("x", "1", b"other")}, "not signed"),
    "another source": ({"source": 999_999}, "not signed"),
    "too old": ({"at": NOW - 3600}, "not of now"),
    "too early": ({"at": NOW + 3600}, "not of now"),
    "no number": ({"at": "now"}, "not of now"),
    "negative": ({"at": -NOW}, "not of now"),
    "endless": ({"at": "9" * 40}, "not of now"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_is_not_as_it_should_be_is_refused_in_words_and_does_nothing(caller: Caller, fault: str) -> None:
    changed, said = REFUSED[fault]
    answer = caller.call(**changed)
    assert (answer.status_code, said in answer.text) == (401, True), answer.text
    assert caller.secret not in answer.text
    assert not caller.jobs()


def test_each_signature_is_taken_once(caller: Caller) -> None:
    at = int(datetime.now(UTC).timestamp())
    assert caller.call(at=at).status_code == 202
    again = caller.call(at=at)
    assert (again.status_code, "made before" in again.text) == (401, True)
    assert caller.call(b"another body", at=at).status_code == 202


def test_calls_are_forgotten_once_their_time_is_over(caller: Caller, here: Team) -> None:
    now = datetime.now(UTC)
    for minutes in (-60, -20, 0):
        moment = now + timedelta(minutes=minutes)
        at = str(int(moment.timestamp()))
        hooks.called(here.store, caller.source.id, at, signature(caller.secret, at, b""), b"", moment)
    with here.store.read() as tx:
        assert len(tx.execute(select(hook_calls)).all()) == 1


def test_a_large_body_is_refused_before_it_is_looked_at(caller: Caller) -> None:
    assert caller.call(b"x" * 65_536).status_code == 202
    assert caller.call(b"x" * 65_537).status_code == 413


def test_too_many_calls_of_one_machine_have_to_wait(caller: Caller) -> None:
    said = [caller.call(b"", secret="wrong").status_code for _ in range(61)]
    assert said == [401] * 60 + [429]
    assert caller.call().headers["retry-after"] == "60"


def test_the_pace_is_of_each_caller_and_ends_with_the_minute() -> None:
    clock = [0.0]
    pace = Pace(2, lambda: clock[0])
    assert [pace.allows("a"), pace.allows("a"), pace.allows("a"), pace.allows("b")] == [True, True, False, True]
    clock[0] = 61
    assert pace.allows("a")
    for number in range(10_100):
        pace.allows(str(number))
    assert len(pace._calls) <= 10_000


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_nothing_but_a_post_reaches_it(caller: Caller, method: str) -> None:
    assert caller.call(method=method).status_code in (403, 404)
    assert not caller.jobs()


@pytest.mark.parametrize(
    "path", ["/hook/", "/hook/0", "/hook/01", "/hook/-1", "/hook/1/", "/hook/1/x", "/hook/a", "/hook/1%2f", "/hook/٣"]
)
def test_the_wall_opens_for_exactly_this_route(caller: Caller, path: str) -> None:
    assert caller.client.post(path, content=b"").status_code in (403, 404)


@given(st.text() | st.from_regex(r"/?hook/?[0-9]{0,12}/?", fullmatch=True))
@effort(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
def test_no_other_post_without_our_origin_gets_past_the_wall(path: str) -> None:
    assert bool(HOOK.fullmatch(path)) == (
        path.startswith("/hook/")
        and path[6:].isascii()
        and path[6:].isdigit()
        and path[6] != "0"
        and len(path[6:]) <= 9
    )


def test_another_host_is_not_answered(caller: Caller) -> None:
    assert caller.call(headers={"Host": "evil.example"}).status_code == 421


def test_a_call_during_a_read_has_another_follow(caller: Caller) -> None:
    began = datetime.now(UTC)
    with caller.store.write() as tx:
        sources.change(tx, caller.source.id, next_read_at=None)
    caller.call()
    later = began + timedelta(hours=1)
    with caller.store.write() as tx:
        sources.ended(tx, caller.source.id, began, datetime.now(UTC), later)
        assert sources.due(tx, datetime.now(UTC)) == [caller.source.id]
        sources.ended(tx, caller.source.id, datetime.now(UTC), datetime.now(UTC), later)
        assert sources.due(tx, datetime.now(UTC)) == []


def test_a_call_during_a_read_does_not_shorten_the_patience_a_source_asks_for(caller: Caller) -> None:
    began = datetime.now(UTC)
    caller.call()
    later = began + timedelta(hours=1)
    with caller.store.write() as tx:
        sources.ended(tx, caller.source.id, began, datetime.now(UTC), later, rest_until=later)
        assert sources.due(tx, datetime.now(UTC)) == []


@pytest.mark.parametrize("state", [{"active": False}, {"rest_until": datetime.now(UTC) + timedelta(hours=1)}])
def test_a_source_that_is_switched_off_or_asked_for_patience_is_left_alone(
    caller: Caller, state: dict[str, Any]
) -> None:
    with caller.store.write() as tx:
        sources.change(tx, caller.source.id, **state)
    assert caller.call().status_code == 202
    assert not caller.jobs()


# --- the secret ------------------------------------------------------------------------------------------------------


def test_only_an_administrator_makes_and_ends_it_and_a_new_one_voids_the_old(caller: Caller, here: Team) -> None:
    for act in (hooks.make, hooks.end):
        with pytest.raises(NotAllowed):
            act(here.store, here.bob, caller.source.id)
    with pytest.raises(NotFound):
        hooks.make(here.store, here.alice, 404)

    fresh = hooks.make(here.store, here.alice, caller.source.id)
    assert caller.call().status_code == 401
    assert caller.call(secret=fresh).status_code == 202
    hooks.end(here.store, here.alice, caller.source.id)
    assert caller.call(secret=fresh).status_code == 401
    with pytest.raises(NotFound):
        hooks.end(here.store, here.alice, caller.source.id)

    with here.store.read() as tx:
        told = [(row.action, str(row.data)) for row in tx.execute(select(audit)) if "hook" in row.action]
    assert [action for action, _ in told] == ["source.hook_made", "source.hook_made", "source.hook_ended"]
    assert fresh not in str(told)


def test_no_secret_is_made_with_another_key_than_the_installations(caller: Caller, here: Team) -> None:
    with here.store.write() as tx:
        people.set_fact(tx, FACT, "that of another key")
    with pytest.raises(KeyMissing, match="Nothing was changed"):
        hooks.make(here.store, here.alice, caller.source.id)
    assert caller.call().status_code == 202, "the one before is kept"


def test_the_secret_is_stored_encrypted(caller: Caller, here: Team) -> None:
    with here.store.read() as tx:
        hook = rows.get(tx, caller.source.id)
    assert hook is not None
    assert caller.secret.encode() not in hook.secret
    assert keys().decrypt(hook.secret) == caller.secret
    assert caller.secret not in repr(hook)


# --- what is shown to be copied --------------------------------------------------------------------------------------


@pytest.fixture
def served(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The application on a port of this machine."""
    port = free_port()
    monkeypatch.setenv("PORT", str(port))
    server = uvicorn.Server(uvicorn.Config(application(caller.store, Settings()), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, 20, "the server")
    yield f"http://localhost:{port}"
    server.should_exit = True
    thread.join()


def test_the_line_for_curl_works_as_it_is_shown(caller: Caller, served: str) -> None:
    line = with_curl(address(served, caller.source.id), caller.secret)
    done = subprocess.run(
        ["bash", "-c", f'{line} -s -o /dev/null -w "%{{http_code}}"'], capture_output=True, text=True, check=True
    )
    assert done.stdout == "202"
    assert caller.jobs()


def test_the_plugin_for_wordpress_names_the_address_and_the_secret() -> None:
    shown = with_wordpress("https://levelhead.example.org/hook/7", "a-secret")
    assert "'https://levelhead.example.org/hook/7'" in shown
    assert "'a-secret'" in shown
