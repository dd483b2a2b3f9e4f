"""python -m store: the database at the terminal."""

import typer

from model.errors import LevelheadError
from store import audit
from store.db import store
from store.migrate import migrate as bring_up

app = typer.Typer(help="The database.", no_args_is_help=True, add_completion=False)


@app.callback()
def main() -> None:
    """The database."""


@app.command()
def migrate() -> None:
    """Creates or upgrades the tables."""
    try:
        typer.echo(f"The database is at revision {bring_up(store())}.")
    except LevelheadError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


@app.command()
def verify(head: str = typer.Option("", help="A head printed earlier: it must be part of the chain.")) -> None:
    """Walks the audit log from its first event and says whether nothing was changed or left out."""
    with store().read() as tx:
        verdict = audit.verify(tx, head)
    if verdict.holds:
        typer.echo(f"The audit log holds: {verdict.events:,} events, head {verdict.head}")
        return
    if verdict.broken_at is not None:
        typer.echo(f"The audit log does not hold: event {verdict.broken_at} was changed, or is missing.", err=True)
    else:
        typer.echo("The audit log holds in itself, but the head you gave is not part of it.", err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
