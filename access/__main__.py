"""python -m access: what an administrator does at the terminal."""

import typer

from access import people, second
from model.errors import LevelheadError
from model.settings import settings
from store.db import store

app = typer.Typer(help="People and log-in.", no_args_is_help=True, add_completion=False)


@app.callback()
def main() -> None:
    """People and log-in."""


@app.command()
def reset(email: str) -> None:
    """Prints a one-time link with which the person with this e-mail sets a new password."""
    try:
        token = people.reset(store(), email)
    except LevelheadError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    base = settings().url or f"http://localhost:{settings().port}"
    typer.echo(f"{base}/join?token={token}")


@app.command()
def reset_second_factor(email: str) -> None:
    """Takes away the second factor of the person with this e-mail: from then on the password is enough."""
    try:
        second.reset_at_the_terminal(store(), email)
    except LevelheadError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    typer.echo("The second factor was reset. Log in with the password.")


@app.command()
def require_no_second_factor() -> None:
    """From now on no role needs a second factor; those that are on stay on."""
    second.require_of_nobody(store())
    typer.echo("No role needs a second factor any more. Whoever has one is asked for its code as before.")


if __name__ == "__main__":
    app()
