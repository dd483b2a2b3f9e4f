"""python -m analysis: assess comments in files or from standard input."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from analysis import absent, assess, assess_all, models, unreadable
from analysis.explain import explain as in_words
from analysis.progress import progress
from analysis.rows import Row, few, read, writer
from model.assessment import Assessment, Subject
from model.errors import BadInput

app = typer.Typer(help="What comments are about and how they sound.", no_args_is_help=True, add_completion=False)


@app.command()
def score(
    source: Annotated[Path, typer.Option("--in", help="CSV or JSON lines (.csv, .jsonl, also .gz).")],
    target: Annotated[Path, typer.Option("--out", help="The CSV file to write.")],
    tier: Annotated[int, typer.Option(min=0, max=1, help="1: with the sentence encoder; 0: without.")] = 1,
) -> None:
    """Assesses every row of a file, and writes one row each, in the same order.

    Reads id and text and, where present, parent, thread_title, thread_text, author, author_seen and seen_elsewhere;
    what is empty is unknown. Writes id, flagged (1: a person should look), severity (0 to 4), sentiment and worst
    (-1 to 1), negative and spam (0 to 1, the threshold is 0.5), and as JSON matters, reasons and degraded (what failed;
    its numbers are 0); then every other signal (0 to 1, the threshold is 0.5), the probability p_... of each (empty
    where it was never calibrated), and as JSON kinds (what personal data is shown, and where) and unmeasured (signals
    never measured in the language of the text). What is odd about a row is said on standard error.
    """
    try:
        if target.exists() and source.exists() and target.samefile(source):
            raise BadInput("--in and --out are the same file; nothing was changed.")
        rows = read(source)
        some = few(rows)  # Before the target is touched: what cannot be read overwrites nothing.
        tier = _tier(tier)
        with writer(target) as write, progress() as done:
            while some:
                _score(some, tier, write)
                done(len(some))
                some = few(rows)
    except BadInput as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def _tier(asked: int) -> int:
    """The tier that there is; where it is another than the one asked for, or lacks something, a line says so."""
    there = models.at(asked)
    if there.tier < asked:
        typer.echo(
            f"The sentence encoder cannot be loaded ({there.problem}); scored without it, as by --tier 0.", err=True
        )
    elif there.problem:
        typer.echo(f"Not every model could be loaded ({there.problem}); its signals are degraded.", err=True)
    if missing := absent(there.tier):
        typer.echo(f"Signals that nothing here gives yet, always 0: {', '.join(missing)}.", err=True)
    return there.tier


def _score(some: list[Row], tier: int, write: Callable[[str, Assessment], None]) -> None:
    """Some rows in one go; those without a text pass through."""
    assessed = iter(assess_all([row.subject for row in some if row.subject], tier=tier, final=True))
    for row in some:
        if row.problem:
            typer.echo(f"{row.id[:100]}: {row.problem}.", err=True)
        write(row.id, next(assessed) if row.subject else unreadable(tier))


@app.command()
def explain(
    thread_title: Annotated[str, typer.Option(help="Title of the post the comment stands under.")] = "",
    thread_text: Annotated[str, typer.Option(help="Text of that post.")] = "",
    parent: Annotated[str, typer.Option(help="Text of the comment answered.")] = "",
    tier: Annotated[int, typer.Option(min=0, max=1, help="1: with the sentence encoder; 0: without.")] = 1,
) -> None:
    """Reads one comment from standard input and says in words what is said of it, and why."""
    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    subject = Subject(text, parent=parent, thread_title=thread_title, thread_text=thread_text)
    assessment = assess(subject, tier=models.at(tier).tier, final=True)
    typer.echo(in_words(text, assessment))


@app.command()
def train(
    data: Annotated[Path, typer.Option(help="The folder of the labelled sets (name.csv.gz).")],
) -> None:
    """Rebuilds every shipped weight and its card in data/models, with a fixed seed. Needs scikit-learn."""
    try:
        from analysis.training.train import train as run  # noqa: PLC0415 (the trainer alone needs scikit-learn)
    except ImportError as error:
        typer.echo("The trainer needs scikit-learn: pip install -r requirements-dev.txt", err=True)
        raise typer.Exit(2) from error
    try:
        run(data, typer.echo)
    except BadInput as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


if __name__ == "__main__":
    app()
