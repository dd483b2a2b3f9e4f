"""python -m response: what routing would ask for."""

from pathlib import Path

import typer

from model.errors import LevelheadError
from model.route import Facts
from model.words import Channel, Severity
from response import policies, policy
from response.drafts import facts_of
from store import cases, responses
from store.db import store

app = typer.Typer(help="Routes of responses.", no_args_is_help=True, add_completion=False)


@app.callback()
def main() -> None:
    """Routes of responses."""


@app.command()
def route(
    case: int = typer.Option(0, help="The number of a case: as it stands in the database."),
    response: int = typer.Option(0, help="The number of a response (a draft): the same, for its channels."),
    channel: Channel = typer.Option(Channel.BLOG, help="Without a case: the channel."),
    severity: int = typer.Option(-1, min=-1, max=4, help="Without a case: the severity; leave out if unknown."),
    matter: list[str] = typer.Option([], help="Without a case: a matter; may be given several times."),
    sentiment: float = typer.Option(None, min=-1, max=1, help="Without a case: the mean sentiment."),
    file: Path = typer.Option(None, exists=True, dir_okay=False, help="Another policy than the one in force."),
) -> None:
    """Prints the levels that a response needs, and the rule that asks for each."""
    try:
        facts = (
            _known(case, response)
            if case or response
            else Facts(
                frozenset({channel}),
                Severity(severity) if severity >= 0 else None,
                frozenset(matter) if matter else None if severity < 0 else frozenset(),
                sentiment,
            )
        )
        chosen = policies.read(file.read_text()) if file else _in_force()
    except LevelheadError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    found = policy.route(chosen, facts)
    if not found.steps:
        typer.echo("level 0: own authority, no approval")
    for step in found.steps:
        name = "expert" if step.level == 0 else f"level {step.level}"
        typer.echo(f"{name} ({step.name}), {step.quorum}: {', '.join(step.because)}")
    for reason in found.because:
        typer.echo(f"  {reason.rule}: {reason.says}")


def _in_force() -> policy.Policy:
    with store().read() as tx:
        return policies.in_force(tx).policy


def _known(case_id: int, response_id: int) -> Facts:
    with store().read() as tx:
        found = responses.get(tx, response_id) if response_id else None
        if response_id and found is None:
            raise LevelheadError(f"There is no response {response_id}.")
        number = found.case_id if found else case_id
        case = cases.get(tx, number) if number else None
        if case is None and not found:
            raise LevelheadError(f"There is no case {case_id}.")
        aimed = responses.targets(tx, response_id) if found else ()
        channels = frozenset(target.channel for target in aimed) or frozenset({Channel.BLOG})
        return facts_of(tx, case, channels)


if __name__ == "__main__":
    app()
