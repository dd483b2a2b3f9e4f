"""python -m access."""

from typer.testing import CliRunner

from access import people
from access.__main__ import app
from tests.installation import Team

terminal = CliRunner()


def test_it_says_what_it_can_do() -> None:
    assert "reset" in terminal.invoke(app, ["--help"]).output


def test_reset_prints_a_link_for_somebody_who_is_locked_out(here: Team) -> None:
    done = terminal.invoke(app, ["reset", "ALICE@example.org"])
    assert done.exit_code == 0
    address, _, token = done.stdout.strip().partition("/join?token=")
    assert address == "http://localhost:8501"
    assert people.invited(here.store, token) == here.alice


def test_reset_says_when_nobody_has_the_address(here: Team) -> None:
    for email in ("nobody@example.org", here.charlie.email):
        done = terminal.invoke(app, ["reset", email])
        assert done.exit_code == 1
        assert done.stdout == ""
        assert email in done.stderr
