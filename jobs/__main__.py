"""python -m jobs: background work at the terminal."""

from datetime import UTC, datetime

import typer

from store import jobs, workers
from store.db import store
from store.migrate import require_migrated

app = typer.Typer(help="Background work.", no_args_is_help=False, add_completion=False, invoke_without_command=True)


@app.callback()
def main() -> None:
    """Says which workers run, how many jobs wait, and which of them have failed and are tried again."""
    require_migrated(store())
    now = datetime.now(UTC)
    with store().read() as tx:
        running = [one for one in workers.open_ones(tx) if one.ended_at is None]
        waiting, failed = jobs.waiting(tx), jobs.troubles(tx)
    for one in running:
        silent = (now - one.last_seen).total_seconds()
        typer.echo(f"Worker {one.id} ({one.executor}): last sign of life {silent:.0f} s ago.")
    if not running:
        typer.echo("No worker runs.")
    typer.echo(f"{waiting} jobs wait or are under way.")
    for job in failed:
        again = max(0.0, (job.run_at - now).total_seconds())
        typer.echo(f"{job.name} {job.ref} failed {job.attempts} times ({job.problem}); again in {again:.0f} s.")


if __name__ == "__main__":
    app()
