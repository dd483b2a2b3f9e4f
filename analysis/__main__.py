"""python -m analysis: assess comments in files or from standard input."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from analysis import assess, unreadable
from analysis.explain import explain as in_words
from analysis.rows import read, writer
from model.assessment import Subject
from model.errors import BadInput

app = typer.Typer(help="What comments are about and how they sound.", no_args_is_help=True, add_completion=False)


@app.command()
def score(
    source: Annotated[Path, typer.Option("--in", help="CSV or JSON lines (.csv, .jsonl, also .gz).")],
    target: Annotated[Path, typer.Option("--out", help="The CSV file to write.")],
) -> None:
    """Assesses every row of a file, and writes one row each, in the same order.

    Reads id and text and, where present, parent, thread_title, thread_text, author, author_seen and seen_elsewhere;
    what is empty is unknown. Writes id, flagged (1: a person should look), severity (0 to 4), sentiment and worst
    (-1 to 1), negative and spam (0 to 1, the threshold is 0.5), and as JSON matters, reasons and degraded (signals
    that failed; their numbers are 0). What is odd about a row is said on standard error.
    """
    try:
        if target.exists() and source.exists() and target.samefile(source):
            raise BadInput("--in and --out are the same file; nothing was changed.")
        rows = read(source)
        row = next(rows, None)  # Before the target is touched: what cannot be read overwrites nothing.
        with writer(target) as write:
            while row is not None:
                if row.problem:
                    typer.echo(f"{row.id[:100]}: {row.problem}.", err=True)
                write(row.id, assess(row.subject) if row.subject else unreadable())
                row = next(rows, None)
    except BadInput as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


@app.command()
def explain(
    thread_title: Annotated[str, typer.Option(help="Title of the post the comment stands under.")] = "",
    thread_text: Annotated[str, typer.Option(help="Text of that post.")] = "",
    parent: Annotated[str, typer.Option(help="Text of the comment answered.")] = "",
) -> None:
    """Reads one comment from standard input and says in words what is said of it, and why."""
    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    assessment = assess(Subject(text, parent=parent, thread_title=thread_title, thread_text=thread_text))
    typer.echo(in_words(text, assessment))


if __name__ == "__main__":
    app()
