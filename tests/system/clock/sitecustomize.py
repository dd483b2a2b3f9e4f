"""Found by Python at its start where PYTHONPATH names this folder: the wall clock of a process follows a file.

The file LEVELHEAD_TEST_CLOCK holds by how many seconds the clock is wrong. Steady clocks go on as they do when somebody
sets a machine's clock.
"""

import os
import threading
import time
from pathlib import Path

import time_machine


def follow(path: Path) -> None:
    began, steady = time.time(), time.monotonic()
    wrong, travelling = 0.0, None
    while True:
        now_wrong = float(path.read_text() or wrong)
        if now_wrong != wrong:
            if travelling:
                travelling.stop()
            wrong = now_wrong
            travelling = time_machine.travel(began + time.monotonic() - steady + wrong, tick=True)
            travelling.start()
        threading.Event().wait(0.1)


if path := os.environ.get("LEVELHEAD_TEST_CLOCK"):
    threading.Thread(target=follow, args=(Path(path),), daemon=True).start()
