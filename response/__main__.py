"""python -m response: what routing would ask for."""

from dataclasses import replace
from pathlib import Path

import typer

from model.errors import LevelheadError
from model.route import Facts, Route
from model.words import Action, Channel, Severity
from response import policies, policy
from response.policy import moderation_route
from response.routing import aim_of, facts_of, route_of
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
    action: Action = typer.Option(Action.REPLY, help="What is done: a reply, or what to do with the comment."),
    flagged: bool = typer.Option(True, help="Whether the comment raises a concern: is flagged for anything but spam."),
    file: Path = typer.Option(None, exists=True, dir_okay=False, help="Another policy than the one in force."),
) -> None:
    """Prints the levels that a response needs, and the rule that asks for each."""
    try:
        chosen = policies.proposed(file.read_text()) if file else _in_force()
        if response:
            found = _of_response(chosen, response)
        else:
            told = Facts(
                frozenset({channel}),
                Severity(severity) if severity >= 0 else None,
                frozenset(matter) if matter else None if severity < 0 else frozenset(),
                sentiment,
            )
            facts = replace(_of_case(case) if case else told, action=action, concern=flagged)
            found = (policy.route if action is Action.REPLY else moderation_route)(chosen, facts)
    except LevelheadError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
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


def _of_response(chosen: policy.Policy, response_id: int) -> Route:
    with store().read() as tx:
        response = responses.get(tx, response_id)
        if response is None:
            raise LevelheadError(f"There is no response {response_id}.")
        case = cases.get(tx, response.case_id) if response.case_id is not None else None
        return route_of(tx, chosen, case, aim_of(tx, response))


def _of_case(case_id: int) -> Facts:
    with store().read() as tx:
        case = cases.get(tx, case_id)
        if case is None:
            raise LevelheadError(f"There is no case {case_id}.")
        return facts_of(tx, case, frozenset({Channel.BLOG}))


if __name__ == "__main__":
    app()
