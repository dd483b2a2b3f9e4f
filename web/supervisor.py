"""The one command: prepares the installation, runs web and worker as two processes, and ends both."""

import errno
import fcntl
import socket
import sys
import time
import urllib.request
from pathlib import Path
from typing import IO
from urllib.parse import urlencode

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from access import people, sample
from model.errors import LevelheadError
from model.settings import Settings, settings
from response import policies
from store import own_key
from store.db import Unreachable, store
from store.keys import present
from store.upgrade import upgrade
from web import houses
from web.addresses import public
from web.lifeline import asked_to_end

_READY_WITHIN_S = 60


def _make(home: Path) -> None:
    for folder in (home, *houses.folders(home)):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise LevelheadError(
                f"The folder {folder} cannot be made: {error.strerror}. LEVELHEAD_HOME chooses another one."
            ) from None


def _lock(path: Path, refusal: str) -> IO[str]:
    """A lock that this process has until it ends; raises LevelheadError with the refusal when another one has it."""
    try:
        lock = path.open("w")
    except OSError as error:
        raise LevelheadError(f"The file {path} cannot be written: {error.strerror}.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise LevelheadError(refusal) from None
    except OSError as error:
        lock.close()
        raise LevelheadError(
            f"The file {path} cannot be locked: {error.strerror}. Use a folder on a disk of this machine."
        ) from None
    return lock


def _locks(home: Path, database: Path | None) -> list[IO[str]]:
    """One supervisor for each home, and one for each SQLite file, from whichever home; none for a file that has hard
    links."""
    runs = f"Levelhead already runs with the home {home}. Stop it first, or set LEVELHEAD_HOME."
    locks = [_lock(home / "run" / "lock", runs)]
    if database:
        database = database.resolve()  # one file may have several names
        if database.exists() and database.stat().st_nlink > 1:
            # SQLite keeps what is not yet in the file beside it, by name: under two names it destroys the file.
            raise LevelheadError(
                f"The database {database} has a second name (a hard link), and whatever works on it by that name would"
                " damage it. Remove the second name, or make it a copy, then start again."
            )
        shares = f"Levelhead already runs with the database {database}, from another home. Stop that one first."
        locks.append(_lock(database.with_name(f"{database.name}.lock"), shares))
    return locks


def _require_free(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise LevelheadError(
                    f"Port {port} is in use by another program. Choose another one: PORT={port + 1} make run"
                ) from None
            raise LevelheadError(
                f"The web server cannot listen on {address}, port {port}: {error.strerror}. PORT and LEVELHEAD_BIND"
                " choose others."
            ) from None


def _ready(port: int, bind: str) -> bool:
    host = "127.0.0.1" if bind in ("0.0.0.0", "127.0.0.1") else f"[{bind}]" if ":" in bind else bind  # noqa: S104
    request = urllib.request.Request(f"http://{host}:{port}/readyz", headers={"Host": f"localhost:{port}"})
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310 (an address of our own)
            return bool(answer.status == 200)
    except OSError:
        return False


def _prepare(config: Settings) -> str:
    """Creates or migrates the database, stores the shipped policy, and says what is wrong with the key; returns the
    address to print."""
    present()  # a damaged key is said before anything is changed
    try:
        upgrade(store(), config.home.resolve() / "backups")
    except Unreachable as error:
        raise LevelheadError(f"{error} LEVELHEAD_DATABASE_URL says where it is looked for.") from None
    except (SQLAlchemyError, ImportError) as error:
        raise LevelheadError(
            f"The database cannot be used: {str(error).splitlines()[0]}. LEVELHEAD_DATABASE_URL says where it is;"
            f" without it, it is a file in {config.home}."
        ) from None
    if said := own_key.told(own_key.settle(store())):
        print(f"Warning: {said}", file=sys.stderr, flush=True)
    policies.ensure(store())
    if code := people.set_up_code(store()):
        return f"{public(config)}/welcome?{urlencode({'code': code})}"
    if code := sample.new_code(store()):
        return f"{public(config)}/sample?{urlencode({'code': code})}"
    return f"{public(config)}/"


def run(config: Settings) -> None:
    """Runs until it is asked to end. Raises LevelheadError when it cannot start."""
    stop = asked_to_end()
    home = config.home.resolve()
    _make(home)
    locks = _locks(home, store().file)
    _require_free(config.bind, config.port)
    address = _prepare(config)
    at_the_address = houses.Houses(home)
    announced, late = False, time.monotonic() + _READY_WITHIN_S
    try:
        while not stop.is_set():
            at_the_address.keep(time.monotonic())
            if not announced and _ready(config.port, config.bind):
                print(f"Levelhead runs at {address}\nCtrl-C ends it. Logs: {home / 'logs'}", flush=True)
                announced = True
            elif not announced and time.monotonic() > late:
                print(f"The web server does not answer yet. Look into {home / 'logs' / 'web.log'}", flush=True)
                announced = True
            stop.wait(0.25)
    finally:
        at_the_address.end()
        for lock in locks:
            lock.close()


def main() -> int:
    """The command's exit code; errors are one sentence on standard error."""
    try:
        run(settings())
    except LevelheadError as error:
        print(error, file=sys.stderr)
        return 1
    except ValidationError as error:
        for problem in error.errors():
            name = str(problem["loc"][0])
            variable = name if name.isupper() else f"LEVELHEAD_{name.upper()}"
            print(
                f"The setting {variable} cannot be used: {problem['msg'].removeprefix('Value error, ')}.",
                file=sys.stderr,
            )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
