"""The stable names of workers: host, home and a number, which no two running workers share.

A number is a locked file in the home; the lock is gone with its process, however that ends. So a worker that starts
again after a crash has its old name at once, and the engine gives it what it had left.
"""

import fcntl
import hashlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from model.errors import LevelheadError
from model.language import _


@contextmanager
def slot(home: Path, wanted: int | None = None) -> Iterator[tuple[str, int]]:
    """Holds a number for as long as the worker runs; yields its executor's name and the number.

    `wanted` is a number of one's own choice; None: the lowest that is free. Raises LevelheadError when it is taken.
    """
    folder = home / "run"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for number in count() if wanted is None else (wanted,):
        with (folder / f"worker-{number}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:  # another worker has it
                continue
            except OSError as error:
                raise LevelheadError(
                    _(
                        "The files in {folder} cannot be locked: {why}. LEVELHEAD_HOME chooses another"
                        " folder; use one on a disk of this machine.",
                        folder=folder,
                        why=error.strerror,
                    )
                ) from None
            place = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:6]
            yield f"{socket.gethostname()[:100]}:{place}:{number}", number
            return
    raise LevelheadError(
        _(
            "Worker {wanted} already runs with the home {home}. Choose another LEVELHEAD_WORKER, or leave it out.",
            wanted=wanted,
            home=home,
        )
    )
