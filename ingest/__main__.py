"""python -m ingest: what is read, for a person at a terminal."""

import sys
from datetime import datetime
from typing import Annotated

import typer

from ingest import parse as parsing
from ingest.sample.association import ALL, before
from ingest.sample.fill import fill
from model import clock
from model.comment import Reading
from model.errors import BadInput, LevelheadError
from model.settings import settings
from store.__main__ import plainly
from store.db import store
from store.migrate import migrate, present, require_migrated

app = typer.Typer(help="Reading of feeds, and a sample to try.", no_args_is_help=True, add_completion=False)


@app.callback()
def main() -> None:
    """Reading of feeds, and a sample to try."""


@app.command()
def parse(
    place: Annotated[str, typer.Argument(metavar="FILE|URL", help="A feed, or WordPress's comments as JSON.")],
    allow_private: Annotated[bool, typer.Option(help="Allow an address of this machine or network.")] = False,
) -> None:
    """Prints the entries of a feed, a JSON object a line. Nothing is stored.

    Each has external_id, author, url, published_at (ISO 8601, UTC, or null), text, html, in_reply_to, thread_url,
    thread_title, thread_text and problems (a list of sentences). What cannot be read is an object as well: its raw
    form is in html, the reason in problems. What is wrong with the whole document is said on standard error too. Of a
    file over 10 MB the first 10 MB are read; at an address so much is refused.

    Ends with 1 when nothing could be read at all.
    """
    try:
        reading = parsing.read(place, allow_private=allow_private)
    except LevelheadError as error:
        reading = Reading(problems=(str(error),))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no file's name"
        reading = Reading(problems=(f"The file {place} cannot be read: {reason}. Check its name.",))
    for problem in reading.problems:
        typer.echo(problem, err=True)
    for line in parsing.lines(reading):
        typer.echo(line.encode("utf-8", "replace"))
    if reading.problems and not reading.entries:
        raise typer.Exit(1)


@app.command()
def sample(
    password: Annotated[str, typer.Option(help="The password of everybody in it; empty: one is made.")] = "",
    end: Annotated[str, typer.Option(help="When it ends: 2026-03-01T15:30+00:00; empty: now.")] = "",
    days: Annotated[int, typer.Option(help="How many days of it: 60, or only the last 14.")] = ALL,
) -> None:
    """Fills an empty database with an association that does not exist: its people, its channels, 60 days of work.

    Give it a home of its own (LEVELHEAD_HOME), and stop Levelhead there first. A database in which there are people or
    comments is refused and stays as it is. Nothing of a sample can leave the house: it has no account anywhere, and
    what would be published is stopped.
    """
    with plainly():
        moment = _moment(end)
        before(days)
        with store().read() as tx:
            new = not present(tx)
        if new:
            migrate(store())
        else:
            require_migrated(store())
        made = fill(store(), end=moment, password=password, days=days, progress=Bar(days))
        typer.echo(
            f"{made.comments} comments, and these people, at {settings().url or f'http://localhost:{settings().port}'}:"
        )
        for person in sorted(made.people.values(), key=lambda one: one.id):
            roles = ", ".join(sorted(role.value for role in person.roles))
            typer.echo(f"  {person.email:28} {person.name}, {roles}")
        if not password:
            typer.echo(f"The password of each: {made.password} (it is not shown again)")


class Bar:
    """Says on standard error which day of the sample is being lived through: one line that grows in a terminal, one
    for each tenth of it in a log."""

    def __init__(self, days: int) -> None:
        self._days, self._said, self._terminal = days, -1, sys.stderr.isatty()

    def __call__(self, part: float, _comments: int) -> None:
        """`part` is how much is done, from 0 to 1."""
        day = min(int(part * self._days), self._days)
        if day <= self._said or (not self._terminal and day * 10 // self._days <= self._said * 10 // self._days):
            return
        self._said = day
        line = f"Making the sample: day {day} of {self._days}"
        bar = f"  [{'#' * (day * 30 // self._days):<30}]" if self._terminal else ""
        end = "\r" if self._terminal and day < self._days else "\n"
        sys.stderr.write(f"{line}{bar}{end}")
        sys.stderr.flush()


def _moment(text: str) -> datetime | None:
    """What was given as --end. Raises BadInput."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadInput(f"'{text}' is no moment with its time zone. Write it as 2026-03-01T15:30+00:00.")
    if moment > clock.now():
        raise BadInput("The sample ends now or earlier: choose a moment that has passed.")
    return moment


if __name__ == "__main__":
    app(prog_name="python -m ingest")
