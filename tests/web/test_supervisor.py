"""One supervisor for each home and for each SQLite file, whatever name it is given."""

import errno
import fcntl
from pathlib import Path

import pytest

from model.errors import LevelheadError
from model.settings import settings
from store.db import store
from store.keys import keys
from tests.installation import installation, set_up
from web import supervisor


def home(path: Path) -> Path:
    (path / "run").mkdir(parents=True)
    return path


def test_a_start_without_the_key_warns_and_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with installation(tmp_path):
        supervisor._prepare(settings())
        set_up(store())
        supervisor._prepare(settings())
        assert capsys.readouterr().err == ""
        (tmp_path / "key").unlink()
        keys.cache_clear()
        assert supervisor._prepare(settings()).endswith("/")
        told = capsys.readouterr().err
        assert told.startswith("Warning: The key of this installation is missing: neither LEVELHEAD_KEY nor ")
        assert not (tmp_path / "key").exists()


@pytest.mark.parametrize("there", [True, False])
def test_a_second_supervisor_refuses_one_sqlite_file_by_any_of_its_names(tmp_path: Path, there: bool) -> None:
    """`there`: the file exists already; else each of the two would make it."""
    file, link, folder = tmp_path / "one.db", tmp_path / "two.db", tmp_path / "elsewhere"
    if there:
        file.touch()
    link.symlink_to(file)
    folder.symlink_to(tmp_path)
    first = supervisor._locks(home(tmp_path / "a"), file)
    for number, name in enumerate((file, link, folder / "one.db", folder / "two.db")):
        with pytest.raises(LevelheadError, match=r"already runs with the database .*one\.db, from another home"):
            supervisor._locks(home(tmp_path / f"b{number}"), name)
    for lock in first:
        lock.close()
    for lock in supervisor._locks(home(tmp_path / "c"), link):
        lock.close()


def test_no_supervisor_takes_a_file_that_has_a_hard_link(tmp_path: Path) -> None:
    file, link = tmp_path / "one.db", tmp_path / "two.db"
    file.touch()
    first = supervisor._locks(home(tmp_path / "a"), file)
    link.hardlink_to(file)
    with pytest.raises(LevelheadError, match=r"two\.db has a second name \(a hard link\).*make it a copy"):
        supervisor._locks(home(tmp_path / "b"), link)
    for lock in first:
        lock.close()
    with pytest.raises(LevelheadError, match=r"one\.db has a second name"):
        supervisor._locks(home(tmp_path / "c"), file)
    link.unlink()
    for lock in supervisor._locks(home(tmp_path / "d"), file):
        lock.close()


def test_a_disk_that_knows_no_locks_is_said_and_does_not_pass_for_a_second_supervisor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(LevelheadError, match=r"cannot be locked: No locks available\. Use a folder on a disk"):
        supervisor._locks(home(tmp_path / "a"), None)
