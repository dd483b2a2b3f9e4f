"""The installation's key: kept outside the database, readable by its owner alone."""

import os
import threading
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

from store.keys import KeyMissing, Keys, keys, load_or_make
from tests.installation import installation

ONE, OTHER = (urlsafe_b64encode(bytes([number]) * 32).decode() for number in (1, 2))


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "key"
    old = os.umask(0)  # the most generous default must not open it
    try:
        secret = load_or_make(path)
    finally:
        os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert load_or_make(path) == secret
    Keys(secret)


def test_processes_that_start_together_have_one_key(tmp_path: Path) -> None:
    for attempt in range(20):
        path, found, start = tmp_path / str(attempt) / "key", [], threading.Barrier(4)

        def make(path: Path = path, found: list[str] = found, start: threading.Barrier = start) -> None:
            start.wait()
            found.append(load_or_make(path))

        threads = [threading.Thread(target=make) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(found)) == 1 and len(found[0]) == 44


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    with installation(tmp_path, LEVELHEAD_KEY=ONE):
        assert keys().derived("cookies") == Keys(ONE).derived("cookies")
    assert not (tmp_path / "key").exists()
    with installation(tmp_path):
        keys()
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("secret", ["", "short", "ü" * 44, ONE[:-4], "not base64 at all!"])
def test_a_damaged_key_is_named_and_never_used(secret: str) -> None:
    with pytest.raises(KeyMissing, match="Restore the file 'key' from a copy"):
        Keys(secret)


def test_what_one_key_encrypts_another_cannot_read() -> None:
    box = Keys(ONE).encrypt("application password ü")
    assert b"password" not in box
    assert Keys(ONE).decrypt(box) == "application password ü"
    with pytest.raises(KeyMissing, match="Enter it again on the Sources page"):
        Keys(OTHER).decrypt(box)
    with pytest.raises(KeyMissing):
        Keys(ONE).decrypt(box[:-2] + b"AA")


def test_each_purpose_and_each_installation_has_its_own() -> None:
    mine, theirs = Keys(ONE), Keys(OTHER)
    values = [
        mine.derived("cookies"),
        mine.derived("credentials"),
        theirs.derived("cookies"),
        mine.keyed_hash("words", "sorry"),
        mine.keyed_hash("attempts", "sorry"),
        mine.keyed_hash("words", "sorry."),
        theirs.keyed_hash("words", "sorry"),
    ]
    assert len(set(values)) == len(values)
    assert Keys(ONE).keyed_hash("words", "sorry") == mine.keyed_hash("words", "sorry")
    assert len(mine.keyed_hash("words", "half a character \ud83d")) == 64
