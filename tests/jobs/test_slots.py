"""The names of workers: one each; and a folder that cannot be locked is said, not tried for ever."""

import errno
import fcntl
from pathlib import Path

import pytest

from jobs.slots import slot
from model.errors import LevelheadError


def test_each_worker_of_a_home_has_a_name_of_its_own_by_whatever_path_it_got_there(tmp_path: Path) -> None:
    home, alias = tmp_path / "home", tmp_path / "alias"
    home.mkdir()
    alias.symlink_to(home)
    with slot(home) as first, slot(alias) as second:
        assert (first[1], second[1]) == (0, 1)
        assert first[0].rpartition(":")[0] == second[0].rpartition(":")[0]
        with pytest.raises(LevelheadError, match="already runs"), slot(alias, 0):
            pass
    with slot(home) as again:
        assert again == first, "the name is free when its worker has ended"


def test_a_folder_that_cannot_be_locked_is_an_error_in_plain_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        tried.append(None)
        assert len(tried) < 5, "it is tried for ever"
        raise OSError(errno.ENOLCK, "No locks available")

    tried: list[None] = []
    monkeypatch.setattr(fcntl, "flock", refuse)
    said = r"cannot be locked: No locks available\. .* on a disk of this machine"
    with pytest.raises(LevelheadError, match=said), slot(tmp_path):
        pass
