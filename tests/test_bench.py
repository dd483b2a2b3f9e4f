"""What `make bench` says of figures that it could not take."""

from pathlib import Path

import pytest

from bench import start, triage
from bench.figures import said


def test_what_was_not_measured_falls_short_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for part in (start, triage):
        monkeypatch.setattr(part, "CHROMIUM", "/nowhere/chromium")
    assert said([*start.figures(tmp_path), *triage.figures(tmp_path)]) == 1
    *_, verdict = capsys.readouterr().out.splitlines()
    for what in (start.START, start.MEMORY, triage.WORK, triage.WAIT):
        assert f"{what} (not measured)" in verdict
