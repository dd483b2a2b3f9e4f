"""A worker as a process of its own whose jobs write down what they do; run as `python -m tests.jobs.working FILE`.

Each line is: the process, its fence, what the job is about, and a word. A job 'wait' goes on when FILE.go is there.
"""

import os
import signal
import sys
import threading
import time
from pathlib import Path

from jobs import Context, run_worker
from jobs.slots import slot
from model.settings import settings
from store.db import store
from tests.system.processes import wait_until

GIVE_UP_S = 60


def main(path: Path) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())

    def say(context: Context, word: str) -> None:
        line = f"{os.getpid()} {context.job.fence} {context.job.ref} {word}\n".encode()
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, line)
        os.close(handle)

    def act(context: Context) -> None:
        say(context, "acted" if context.still_mine() else "refused")

    def wait(context: Context) -> None:
        say(context, "began")
        wait_until(path.with_suffix(".go").exists, GIVE_UP_S, "the word to go on")
        act(context)

    def slow(context: Context) -> None:
        time.sleep(0.1)  # the work itself: it takes its time
        act(context)

    with slot(settings().home) as (executor, _):
        handlers = {"wait": wait, "act": act, "slow": slow}
        run_worker(store(), handlers, (), stop, lease_seconds=settings().lease_seconds, executor=executor)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
