"""python -m ingest: what is read, for a person at a terminal."""

from typing import Annotated

import typer

from ingest import parse as parsing
from model.comment import Reading
from model.errors import LevelheadError

app = typer.Typer(help="Reading of feeds.", no_args_is_help=True, add_completion=False)


@app.callback()
def main() -> None:
    """Reading of feeds. Nothing is stored."""


@app.command()
def parse(
    place: Annotated[str, typer.Argument(metavar="FILE|URL", help="A feed, or WordPress's comments as JSON.")],
    allow_private: Annotated[bool, typer.Option(help="Allow an address of this machine or network.")] = False,
) -> None:
    """Prints the entries of a feed, a JSON object a line.

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


if __name__ == "__main__":
    app(prog_name="python -m ingest")
