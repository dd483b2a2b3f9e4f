"""python -m tests.soak.takeover: how long work lies still when the worker that had it is killed, or frozen.

Real processes at the shipped lease; another worker lives all the time. Exit code 1 when it takes longer than promised,
or when the lease was not waited for.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.installation import DATABASE
from tests.jobs.test_workers import Place, place
from tests.system.processes import freeze, wait_until

LEASE_S = 60.0
AT_MOST_S = 90.0
"""What is promised at the shipped lease."""


def taken_over(here: Place, number: int, how: signal.Signals) -> float:
    """Seconds from the signal to whoever has the job, to when another worker has begun it anew; then it is done."""
    began = len(here.lines("began"))
    here.file.with_suffix(".go").unlink(missing_ok=True)
    here.put("wait", number)
    had = here.wait_for("began", began + 1)[-1].process
    (process,) = [one for one in here.processes if one.pid == had]
    while len([one for one in here.processes if one.poll() is None]) < 2:
        here.processes.append(here.worker())
    if how is signal.SIGSTOP:
        freeze(process.pid, here.store)
    else:
        process.send_signal(how)
    since = time.monotonic()
    again = here.wait_for("began", began + 2, within_s=2 * AT_MOST_S)[-1]
    took = time.monotonic() - since
    assert (again.ref, again.process != had) == (number, True)
    here.go()
    wait_until(here.done, AT_MOST_S, "the job to be done")
    if how is signal.SIGSTOP:
        process.send_signal(signal.SIGCONT)
        here.wait_for("refused", 1)
    acted = [line for line in here.lines("acted") if line.ref == number]
    assert [line.process for line in acted] == [again.process], "it is done once"
    return took


def main() -> int:
    """The command's exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--lease", type=float, default=LEASE_S, help="seconds; 60 as shipped")
    chosen = parser.parse_args()
    os.environ[DATABASE] = chosen.database
    with tempfile.TemporaryDirectory(prefix="levelhead-takeover-") as folder:
        os.environ["LEVELHEAD_HOME"] = folder
        with place(Path(folder), chosen.lease) as here:
            here.processes.append(here.worker())
            killed = taken_over(here, 1, signal.SIGKILL)
            frozen = taken_over(here, 2, signal.SIGSTOP)
    most = AT_MOST_S * chosen.lease / LEASE_S
    holds = all(0.9 * chosen.lease < one < most for one in (killed, frozen))
    said = f"another worker took over {killed:.1f} s after a kill and {frozen:.1f} s after a freeze; at most {most:g} s"
    print(f"{'HOLDS' if holds else 'FAILED'}, {chosen.database}, lease {chosen.lease:g} s: {said}")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
