"""A database knows which key is its own: without it nothing is made anew in silence, and what needs it says so."""

from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from typer.testing import CliRunner

from model.errors import Conflict
from model.settings import settings
from store import __main__ as commands
from store import audit, backup, erased, own_key, people, restore
from store.db import Store
from store.keys import FACT, TEMPORARY, KeyMissing, Keys, keys, present
from store.own_key import Held, Standing
from store.schema import audit as events
from store.schema import sources
from tests.installation import set_up
from tests.store.conftest import NOW

ANOTHER = urlsafe_b64encode(bytes(32)).decode()
BLOG = {"name": "Village blog", "channel": "blog", "kind": "feed", "site_url": "", "feed_url": "", "created_at": NOW}


@pytest.fixture
def used(database: Store) -> Store:
    """An installation that was started, with a password at one source and a name whose words were erased."""
    set_up(database)
    own_key.settle(database)
    with database.write() as tx:
        tx.execute(insert(sources).values(**BLOG, secret=keys().encrypt("open sesame")))
        erased.keep_out(tx, keys(), None, ["Ann"], NOW)
    return database


def file() -> Path:
    return settings().home / "key"


def put(secret: str | None) -> None:
    """This is the key's file when the next process starts; None: there is none."""
    file().unlink(missing_ok=True)
    if secret is not None:
        file().write_text(secret)
    keys.cache_clear()


def known(store: Store) -> object:
    with store.read() as tx:
        return people.fact(tx, FACT)


def test_the_first_start_makes_the_key_and_the_database_knows_it_from_then_on(database: Store) -> None:
    assert own_key.settle(database) == Standing(Held.OWN, (), 0)
    assert file().stat().st_mode & 0o777 == 0o600
    assert known(database) == keys().fingerprint()
    assert own_key.told(own_key.settle(database)) == ""


@pytest.mark.parametrize(("secret", "held"), [(None, Held.MISSING), (ANOTHER, Held.OTHER)])
def test_without_its_own_key_a_database_gets_no_new_one_and_says_what_is_locked(
    used: Store, secret: str | None, held: Held
) -> None:
    own, before = file().read_text(), known(used)
    put(secret)
    standing = own_key.settle(used)
    assert standing == Standing(held, ("Village blog",), 1)
    said = own_key.told(standing)
    assert str(file()) in said
    for words in ("so nothing is sent there: Village blog.", "Nothing is lost", "1 name that was erased"):
        assert words in said
    assert "Put your copy of the key there, and start Levelhead again." in said
    assert keys().derived("cookies") != Keys(own.strip()).derived("cookies")
    assert file().exists() == (secret is not None), "what processes use meanwhile does not take the key's place"
    assert known(used) == before
    with used.read() as tx:
        with pytest.raises(KeyMissing, match="needs the installation's own key"):
            own_key.require(tx, keys())
        with pytest.raises(KeyMissing):
            erased.kept_out(tx, keys(), None, ["Ann"])
    with pytest.raises(KeyMissing), used.write() as tx:
        erased.keep_out(tx, keys(), None, ["Bob"], NOW)
    process, back = keys(), Keys(own.strip())
    put(own)
    with used.read() as tx:
        assert own_key.standing(tx, process).held is Held.BACK
        assert erased.kept_out(tx, back, None, ["Ann", "Bob"]) == {"Ann"}
    assert own_key.settle(used) == Standing(Held.OWN, (), 0)


def test_where_no_name_was_erased_uploads_need_no_key(database: Store) -> None:
    own_key.settle(database)
    put(ANOTHER)
    with database.read() as tx:
        assert erased.kept_out(tx, keys(), None, ["Ann"]) == set()


def test_a_database_of_an_earlier_version_takes_the_key_that_reads_its_secrets(used: Store) -> None:
    own, fingerprint = file().read_text(), known(used)
    with used.write() as tx:
        people.drop_fact(tx, FACT)
    for secret, held in ((None, Held.MISSING), (ANOTHER, Held.OTHER), (own, Held.OWN)):
        put(secret)
        assert own_key.settle(used).held is held
    assert known(used) == fingerprint
    with used.write() as tx:
        people.drop_fact(tx, FACT)
        tx.execute(update(sources).values(secret=None))
    put(ANOTHER)  # nothing says that it is another one
    assert own_key.settle(used).held is Held.OWN


@pytest.mark.parametrize("secret", [None, ANOTHER])
def test_a_key_that_is_lost_for_good_is_replaced_on_request_alone(used: Store, secret: str | None) -> None:
    with pytest.raises(Conflict, match="nothing to replace"):
        own_key.replace(used, NOW)
    put(secret)
    own_key.settle(used)
    meanwhile = keys().fingerprint()
    assert own_key.replace(used, NOW).locked == ("Village blog",)
    keys.cache_clear()
    assert known(used) == keys().fingerprint() == meanwhile, "processes that run need not start again"
    assert not (settings().home / TEMPORARY).exists()
    if secret is None:
        assert file().stat().st_mode & 0o777 == 0o600
    standing = own_key.settle(used)
    assert standing == Standing(Held.OWN, ("Village blog",), 0)
    assert "Enter them again on the page Sources" in own_key.told(standing)
    with used.read() as tx:
        own_key.require(tx, keys())
        assert audit.verify(tx).holds
        (data,) = tx.execute(select(events.c.data).where(events.c.action == "store.key_replaced")).scalars()
    assert data == {"sources": 1, "names": 1}


def test_a_restored_database_knows_its_key_though_its_backup_is_of_an_earlier_version(
    used: Store, tmp_path: Path
) -> None:
    with used.write() as tx:
        people.drop_fact(tx, FACT)
    backup.write(used, tmp_path / "one.zip")
    other = Store(f"sqlite:///{tmp_path / 'other' / 'levelhead.db'}")
    fingerprint = keys().fingerprint()
    put(None)
    done = restore.restore(other, tmp_path / "one.zip")
    assert (done.key, done.locked, present()) == ("missing", ("Village blog",), None)
    assert known(other) == fingerprint
    assert own_key.settle(other).held is Held.MISSING
    other.engine.dispose()


def test_the_command_says_how_the_key_stands_and_what_is_lost_with_it(used: Store) -> None:
    run = CliRunner()
    said = run.invoke(commands.app, ["key"])
    assert (said.exit_code, said.output) == (0, f"The key in {file().resolve()} is this installation's own.\n")
    put(None)
    own_key.settle(used)
    said = run.invoke(commands.app, ["key"])
    assert said.exit_code == 1
    assert "The key of this installation is missing" in said.output
    said = run.invoke(commands.app, ["key", "--replace"])
    assert said.exit_code == 0, said.output
    for words in ("Keep a copy", "Enter the passwords and webhooks of these sources again", "Village blog", "1 name"):
        assert words in said.output
    assert run.invoke(commands.app, ["key", "--replace"]).exit_code == 1
