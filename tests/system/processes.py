"""Starting real programs for tests, and ending every process they left."""

import multiprocessing
import os
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.context import ForkServerContext
from pathlib import Path

from store.db import Store

POLL_S = 0.05


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def many() -> ForkServerContext:
    """For many processes at once: each is forked from one that has read the product already, with the environment of
    that one. Twenty that read it anew take a minute before the first of them does anything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.response.desk", "tests.store.appending"])
    return context


def wait_until(true: Callable[[], object], within_s: float, what: str) -> None:
    """Returns as soon as `true()` holds; fails the test, saying `what` was waited for, when it does not in time."""
    late = time.monotonic() + within_s
    while not true():
        if time.monotonic() > late:
            raise AssertionError(f"Waited {within_s:g} s for {what}.")
        time.sleep(POLL_S)


def stopped(pid: int) -> bool:
    """Whether each thread of a process that was told to stop has done so: one within the kernel first ends what it does
    there, and that may be to take a lock."""
    try:
        states = [_state(each / "stat") for each in Path(f"/proc/{pid}/task").iterdir()]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return all(state in "TtZX" for state in states)


def _state(stat: Path) -> str:
    return stat.read_text().rpartition(")")[2].split()[0]


def freeze(pid: int, store: Store, within_s: float = 30) -> None:
    """Stops a process, though not while it writes: on SQLite nobody else could write until it is woken."""

    def frozen_without_writing() -> bool:
        os.kill(pid, signal.SIGSTOP)
        wait_until(lambda: stopped(pid), within_s, "each of its threads to stand still")
        if not store.sqlite:
            return True
        connection = sqlite3.connect(str(store.file), timeout=1, isolation_level=None)
        try:
            connection.execute("begin immediate")
        except sqlite3.OperationalError:
            os.kill(pid, signal.SIGCONT)
            return False
        else:
            return True
        finally:
            connection.close()

    wait_until(frozen_without_writing, within_s, "a moment in which it does not write")


def end_group(process: subprocess.Popen[bytes], within_s: float = 10) -> None:
    """Ends a process started with `start_new_session=True` and whatever of its group is left."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(within_s)
            break
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits for its parent does not."""
    try:
        return _state(Path(f"/proc/{pid}/stat")) != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def with_environment(name: str, value: str) -> Iterator[int]:
    """The ids of all running processes whose environment has the variable `name` with this value."""
    wanted = f"{name}={value}".encode()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                if wanted in (folder / "environ").read_bytes().split(b"\0") and alive(int(folder.name)):
                    yield int(folder.name)
