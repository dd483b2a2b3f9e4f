"""A PostgreSQL that gives no connection: what passes is told from what somebody must mend, and no password is told."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from store import __main__ as commands
from store import backup, connecting, restore
from store.connecting import NotConnected
from store.db import Busy, Store, Unreachable
from tests import postgres

SECRET = "gr33n-horse"
URL = make_url(f"postgresql://ann:{SECRET}@db.example.org:5433/levelhead")


def refused(url: str) -> str:
    """What is said of an address that no transaction can be had at."""
    store = Store(url)
    said = set()
    for transaction in (store.read, store.write, store.note, store.sign):
        with pytest.raises(NotConnected) as refusal, transaction():
            pass
        said.add(str(refusal.value))
    store.engine.dispose()
    (one,) = said
    assert SECRET not in one
    return one


def test_who_is_not_let_in_and_what_is_not_there_is_said_with_what_to_do() -> None:
    with postgres.guest() as guest, postgres.fresh(migrated=False) as there:
        wrong = make_url(there).set(username=guest.name, password=SECRET)
        assert refused(wrong.render_as_string(hide_password=False)) == (
            f"PostgreSQL refuses the password of the user '{guest.name}'. LEVELHEAD_DATABASE_URL holds both: correct"
            " it, then start again."
        )
        said = refused(str(make_url(there).set(username="nobody")))
        assert "does not let the user 'nobody' in: role \"nobody\" does not exist" in said
        host = make_url(there).query["host"]
        said = refused(str(make_url(there).set(database="not there")))
        command = f"createdb -h {host} 'not there'"
        assert said == f"There is no database 'not there'. Make it ({command}), or correct LEVELHEAD_DATABASE_URL."


def test_a_server_without_room_for_one_more_may_be_tried_again() -> None:
    with postgres.fresh(migrated=False) as there, postgres.guest(connections=1) as guest:
        store, other = Store(guest.at(there)), Store(guest.at(there))
        with store.read(), pytest.raises(Unreachable, match="takes no more connections"), other.read():
            pass
        store.engine.dispose()
        with other.read() as tx:
            assert tx.execute(text("select 1")).scalar_one() == 1
        other.engine.dispose()


class Said(Exception):
    """What the driver says; `sqlstate` as it is where a server was reached."""

    def __init__(self, words: str, sqlstate: str | None = None) -> None:
        super().__init__(words)
        self.sqlstate = sqlstate


SERVER = 'connection failed: connection to server at "10.0.0.7", port 5432 failed: '


@pytest.mark.parametrize(
    "error",
    [
        Said(SERVER + "Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?"),
        Said(
            'connection failed: connection to server on socket "/run/.s.PGSQL.5432" failed: No such file or directory'
        ),
        Said(SERVER + "FATAL:  the database system is starting up"),
        Said(SERVER + "FATAL:  the database system is not yet accepting connections\nDETAIL:  Consistent state …"),
        Said(SERVER + "FATAL:  sorry, too many clients already"),
        Said(SERVER + "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute"),
        Said(SERVER + "server closed the connection unexpectedly"),
        Said("connection timeout expired"),
        Said("failed to resolve host 'db.example.org': [Errno -3] Temporary failure in name resolution"),
        Said("terminating connection due to administrator command", "57P01"),
        Said("was auch immer", "53300"),
        Said("was auch immer", "57P03"),
    ],
)
def test_what_passes_by_itself_is_no_fault_of_the_settings(error: Said) -> None:
    assert connecting.refusal(error, URL) is None


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (
            Said(SERVER + 'FATAL:  password authentication failed for user "ann"'),
            "refuses the password of the user 'ann'",
        ),
        (Said("was auch immer", "28P01"), "refuses the password of the user 'ann'"),
        (
            Said(SERVER + 'FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "ann"'),
            "does not let the user 'ann' in",
        ),
        (Said(SERVER + 'FATAL:  database "levelhead" does not exist'), "createdb -h db.example.org -p 5433 levelhead"),
        (Said("was auch immer", "3D000"), "There is no database 'levelhead'"),
        (Said(SERVER + "fe_sendauth: no password supplied"), "cannot be used: fe_sendauth: no password supplied. LEV"),
        (Said(SERVER + "FATAL:  Datenbank »levelhead« existiert nicht"), "Datenbank »levelhead« existiert nicht. LEV"),
        (
            Said("failed to resolve host 'db': [Errno -2] Name or service not known"),
            "no machine called 'db.example.org'",
        ),
        (
            Said(
                f"{SERVER}Connection refused\nMultiple connection attempts failed. All failures were:\n"
                f"- host: 'db', port: None, hostaddr: '10.0.0.7': {SERVER}"
                'FATAL:  password authentication failed for user "ann"\n'
                f"- host: 'db', port: None, hostaddr: '::1': {SERVER}Connection refused"
            ),
            "refuses the password of the user 'ann'",
        ),
    ],
)
def test_what_somebody_must_mend_is_said_with_its_cause(error: Said, says: str) -> None:
    said = connecting.refusal(error, URL)
    assert said is not None
    assert not isinstance(said, Busy)
    assert says in str(said)
    assert "LEVELHEAD_DATABASE_URL" in str(said)


@pytest.mark.parametrize("url", ["nonsense", f"postgresql://ann:{SECRET}:@db:{SECRET}/x", f"mysql://a:{SECRET}@db/x"])
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(NotConnected, match=r"LEVELHEAD_DATABASE_URL cannot be used\. Give an address such as") as told:
        Store(url)
    assert SECRET not in str(told.value)
    assert told.value.__context__ is None, "a log prints causes too"


def test_a_restore_makes_a_postgresql_database_that_is_not_there(
    database: Store, alice: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup.write(database, tmp_path / "one.zip")
    with postgres.guest(makes_databases=True) as guest, postgres.absent() as nowhere:
        store = Store(guest.at(nowhere))
        monkeypatch.setattr(commands, "store", lambda: store)
        done = CliRunner().invoke(commands.app, ["restore", str(tmp_path / "one.zip")])
        assert done.exit_code == 0, done.output
        assert f"The database {make_url(nowhere).database} was not there, and was made." in done.output
        with store.read() as tx:
            assert tx.execute(text("select name from people")).scalars().all() == ["Alice"]
            assert tx.execute(text("show server_encoding")).scalar_one() == "UTF8"
        store.engine.dispose()


def test_who_may_not_make_it_is_told_the_command_for_somebody_who_may(
    database: Store, alice: int, tmp_path: Path
) -> None:
    backup.write(database, tmp_path / "one.zip")
    with postgres.guest() as guest, postgres.absent() as nowhere:
        name, host = make_url(nowhere).database, make_url(nowhere).query["host"]
        with pytest.raises(NotConnected) as refusal:
            restore.restore(Store(guest.at(nowhere)), tmp_path / "one.zip")
    assert str(refusal.value) == (
        f"There is no database '{name}', and the user '{guest.name}' could not make it: permission denied to create"
        f" database. Make it as somebody who may (createdb -h {host} -O {guest.name} {name}), then do this again."
    )
