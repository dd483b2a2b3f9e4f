"""Asked to end, a process hears it in whatever moment."""

import subprocess
import sys

import pytest

from model.settings import ROOT

pytestmark = pytest.mark.sqlite  # no database has a part in it

# The lock is the one that a wait for the event has as it begins and ends: a signal may come just then.
ASKED_MEANWHILE = """
import os, signal
from web.lifeline import asked_to_end

over = asked_to_end()
with over._cond:
    os.kill(os.getpid(), signal.{name})
assert over.wait(30)
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_being_asked_to_end_while_a_wait_has_its_lock_is_heard(name: str) -> None:
    asked = [sys.executable, "-c", ASKED_MEANWHILE.format(name=name)]
    assert subprocess.run(asked, cwd=ROOT, timeout=45, check=False).returncode == 0
