"""Doing several things at one moment."""

import threading
from collections.abc import Callable

from model.errors import LevelheadError


def together(*acts: Callable[[], object]) -> tuple[list[object], list[LevelheadError]]:
    """Does these at one moment; returns what came back, and what was refused."""
    start, done, refused = threading.Barrier(len(acts)), [], []

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            done.append(act())
        except LevelheadError as error:
            refused.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done, refused
