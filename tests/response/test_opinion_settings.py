"""How a second opinion is asked for: off at first, checked when entered, and on by a second person's word."""

from datetime import timedelta
from typing import Any

import pytest

from model import clock
from model.errors import BadInput, Conflict, NotAllowed
from response import confirming, opinion_settings
from response.opinion_rules import month_of
from response.opinion_settings import Chosen, InForce, lets_more_out, model_of
from store import audit, loosenings, opinions, own_key
from store.keys import KeyMissing, Keys, keys
from store.loosenings import Loosening
from tests.ingest.opining import KEY, chosen, now, switched_on
from tests.installation import enter
from tests.response.desk import Desk

HERE = "https://api.example.org/v1"


def saves(desk: Desk, key: str = KEY, **changed: Any) -> InForce:
    what = chosen(changed.pop("address", HERE), **{"private": False, **changed})
    return opinion_settings.save(desk.store, desk.alice, what, key, now(desk.store).version)


def key_of(desk: Desk) -> str:
    with desk.store.read() as tx:
        return model_of(tx).key


def waiting(desk: Desk) -> list[Loosening]:
    with desk.store.read() as tx:
        return loosenings.waiting(tx, clock.now())


@pytest.fixture
def two(desk: Desk) -> Desk:
    """Charlie, of the leadership, has been here, so Alice is not alone."""
    enter(desk.store, desk.charlie)
    return desk


def test_it_is_off_at_first_and_when_it_is_entered(desk: Desk) -> None:
    assert now(desk.store) == InForce()
    saved = saves(desk)
    assert (saved.active, saved.has_key, saved.version) == (False, True, 1)
    assert KEY not in repr(saved)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"address": "api.example.org"}, "not the address of a model"),
        ({"address": "ftp://api.example.org"}, "not the address of a model"),
        ({"address": "https://"}, "not the address of a model"),
        ({"address": "https://[1"}, "not the address of a model"),
        ({"address": "https://api.example.org/v1?key=1"}, "not the address of a model"),
        ({"address": "https://api.example.org/v1 x"}, "not the address of a model"),
        ({"address": "https://me:secret@api.example.org/v1"}, "user name or password"),
        ({"address": "http://api.example.org/v1"}, "over https only"),
        ({"price_in": 0}, "both prices"),
        ({"price_out": 0}, "both prices"),
        ({"model": " "}, "name of the model"),
        ({"model": "a\nb"}, "name of the model"),
        ({"key": "two words"}, "This is no key"),
        ({"key": "sk-\r\nHost: evil"}, "This is no key"),
        ({"key": "schlüssel"}, "This is no key"),
        ({"key": "x" * 501}, "This is no key"),
    ],
)
def test_what_cannot_be_is_refused_in_words(desk: Desk, changed: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        saves(desk, **changed)
    assert now(desk.store).version == 0


def test_a_key_is_kept_for_its_own_address_alone(desk: Desk) -> None:
    saves(desk)
    assert saves(desk, "", model="larger").has_key
    assert key_of(desk) == KEY
    assert not saves(desk, "", address="https://elsewhere.example.org/v1").has_key


def test_without_the_installations_own_key_none_is_kept_and_none_is_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_key.settle(desk.store)
    saves(desk)
    other = Keys("A" * 43 + "=")
    assert other.fingerprint() != keys().fingerprint()
    monkeypatch.setattr("response.opinion_settings.keys", lambda: other)
    with pytest.raises(KeyMissing):
        saves(desk)
    with pytest.raises(KeyMissing):
        key_of(desk)


def test_where_nobody_second_is_it_goes_on_at_once_and_off_at_once(desk: Desk) -> None:
    before = len(desk.actions())
    here = switched_on(desk, HERE)
    assert here.active
    opinion_settings.switch_off(desk.store, desk.alice, here.version)
    assert not now(desk.store).active
    assert desk.actions()[before:] == [
        *("opinion.saved", "loosening.alone", "opinion.on", "opinion.off"),
    ]


def test_a_second_person_confirms_and_only_then_it_is_on(two: Desk) -> None:
    saved = saves(two, turns=True)
    with pytest.raises(BadInput, match="Say why"):
        opinion_settings.switch_on(two.store, two.alice, saved.version)
    assert not opinion_settings.switch_on(two.store, two.alice, saved.version, "We are three for 400 comments a day.")
    assert not now(two.store).active
    (one,) = waiting(two)
    assert one.what | {"wide": True} == {
        **{"version": 1, "host": "api.example.org", "model": "small", "turns": True, "drafts": False, "wide": True},
    }
    with pytest.raises(NotAllowed):
        confirming.confirm(two.store, two.alice, one.id)
    confirming.confirm(two.store, two.charlie, one.id)
    assert now(two.store).active
    assert two.audit_holds()


def test_what_was_changed_while_it_waited_is_not_confirmed(two: Desk) -> None:
    saved = saves(two)
    opinion_settings.switch_on(two.store, two.alice, saved.version, "Why not.")
    saves(two, turns=True)
    with pytest.raises(Conflict, match="changed in the meantime"):
        confirming.confirm(two.store, two.charlie, waiting(two)[0].id)
    assert not now(two.store).active


@pytest.mark.parametrize(
    "changed",
    [{"address": "https://elsewhere.example.org"}, {"model": "other"}, {"turns": True}, {"drafts": True}],
)
def test_what_lets_more_out_switches_it_off(desk: Desk, changed: dict[str, Any]) -> None:
    switched_on(desk, HERE, private=False)
    assert not saves(desk, **changed).active


@pytest.mark.parametrize("changed", [{"budget": 99}, {"price_in": 1}, {"seconds": 90}, {"currency": "USD"}])
def test_anything_else_leaves_it_on(desk: Desk, changed: dict[str, Any]) -> None:
    switched_on(desk, HERE, private=False)
    assert saves(desk, **changed).active


def test_to_let_less_out_is_never_more() -> None:
    wide = Chosen(turns=True, drafts=True)
    for narrow in (Chosen(), Chosen(turns=True), Chosen(drafts=True)):
        assert not lets_more_out(wide, narrow)
        assert lets_more_out(narrow, wide)


def test_a_model_of_ones_own_may_cost_nothing(desk: Desk) -> None:
    assert saves(desk, address="http://models.lan:8000/v1", private=True, price_in=0, price_out=0).version == 1


def test_the_currency_of_a_month_that_has_cost_something_stays(desk: Desk) -> None:
    switched_on(desk, HERE, private=False)
    with desk.store.write() as tx:
        month = month_of(clock.now())
        values = {"kind": "opinion", "by": desk.dave.id, "at": clock.now(), "month": month, "model": "small"}
        made = opinions.add(tx, comment_id=None, revision=1, **values)
        opinions.move(tx, made, opinions.WAITING, opinions.DONE, cost=1)
    with pytest.raises(BadInput, match="counted in EUR"):
        saves(desk, currency="USD")
    desk.clock.shift(timedelta(days=40))
    assert saves(desk, currency="USD").chosen.currency == "USD"


def test_without_a_budget_it_is_not_switched_on(desk: Desk) -> None:
    saved = saves(desk, budget=0)
    with pytest.raises(BadInput, match="budget"):
        opinion_settings.switch_on(desk.store, desk.alice, saved.version)


def test_who_saves_over_somebody_elses_change_is_told(desk: Desk) -> None:
    saves(desk)
    with pytest.raises(Conflict, match="changed in the meantime"):
        opinion_settings.save(desk.store, desk.alice, chosen(HERE), "", 0)
    with pytest.raises(Conflict, match="changed in the meantime"):
        opinion_settings.switch_on(desk.store, desk.alice, 7)


def test_a_manager_cannot_change_it_and_the_record_has_names_of_fields_alone(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        opinion_settings.save(desk.store, desk.dave, chosen(HERE), KEY, 0)
    saves(desk)
    with desk.store.read() as tx:
        event = audit.last(tx, opinion_settings.THING, None, ["opinion.saved"])
    assert event is not None
    assert event.data["key"] is True
    assert set(event.data["changed"]) <= set(Chosen.model_fields)
