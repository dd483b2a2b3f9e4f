"""python -m store: the database at the terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from model.errors import LevelheadError
from model.settings import settings
from model.words import Role
from store import audit, backup, erasure, own_key, people, retention
from store import export as exporting
from store import purge as purging
from store import restore as restoring
from store.db import Unreachable, store
from store.keys import keys, present
from store.migrate import require_migrated
from store.upgrade import upgrade

app = typer.Typer(help="The database.", no_args_is_help=True, add_completion=False)


@app.callback()
def main() -> None:
    """The database."""


@contextmanager
def plainly() -> Iterator[None]:
    """Ends the command with code 1 and one plain sentence where something is wrong."""
    try:
        yield
    except Unreachable as error:
        typer.echo(f"{error} LEVELHEAD_DATABASE_URL says where it is looked for.", err=True)
    except LevelheadError as error:
        typer.echo(str(error), err=True)
    except (SQLAlchemyError, ImportError) as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        typer.echo(f"The database cannot be used: {cause}. LEVELHEAD_DATABASE_URL says where it is.", err=True)
    except ValidationError as error:
        typer.echo(f"A setting is wrong: {error.errors()[0]['loc'][0]}: {error.errors()[0]['msg']}", err=True)
    else:
        return
    raise typer.Exit(1)


def progress(line: str) -> None:
    """Shows on a terminal how far a long command is."""
    if sys.stderr.isatty():
        typer.echo(f"\r\033[K{line}", err=True, nl=False)


def progress_ends() -> None:
    """Takes the last line of progress away."""
    progress("")


@app.command()
def migrate() -> None:
    """Creates or upgrades the tables. A database in use is backed up first; if it fails, all is as before."""
    with plainly():
        done = upgrade(store(), settings().home.resolve() / "backups")
        if done.saved:
            typer.echo(f"Backed up first: {done.saved}")
        typer.echo(f"The database is at revision {done.revision}.")


@app.command(name="backup")
def backup_(
    path: Path = typer.Argument(help="The file to write."),
    overwrite: bool = typer.Option(False, help="Replace the file if it is there already."),
) -> None:
    """Writes one file with everything, while Levelhead runs. The key is not in it: keep a copy of that apart."""
    with plainly():
        made = backup.write(store(), path, overwrite=overwrite, say=progress)
        backup.note(store(), made)
        progress_ends()
        typer.echo(f"Backed up to {path}: {counted(made)}.")
        if made.going_out:
            going = ", ".join(f"{name} {count:,}" for name, count in made.going_out.items())
            typer.echo(f"On its way out at that moment: {going}. After a restore it waits for a person.")
        typer.echo(
            f"Background work: {made.jobs:,} jobs are in it, and workers begin them after a restore. Left out:"
            f" {made.runs:,} runs, with {sum(made.left_out.values()):,} rows in all tables of the engine behind it."
        )
        typer.echo(f"Audit log: {made.events:,} events, head {made.head}")
        typer.echo("Write the head down somewhere else: 'python -m store verify --head' checks the log against it.")
        key = "LEVELHEAD_KEY" if settings().key else settings().home.resolve() / "key"
        typer.echo(f"The key is not in the backup ({key}). Keep a copy of it in another place.")


def counted(made: backup.Manifest) -> str:
    """What a backup holds, in short."""
    names = ("people", "sources", "comments", "cases", "responses")
    return ", ".join(f"{made.rows(name):,} {name}" for name in names) + f", revision {made.revision}"


@app.command()
def restore(path: Path = typer.Argument(help="A file that 'backup' wrote.")) -> None:
    """Fills the configured database, which must be absent or empty, from a backup. Asks nothing."""
    with plainly():
        done = restoring.restore(store(), path, say=progress)
        progress_ends()
        if done.made:
            typer.echo(f"The database {done.made} was not there, and was made.")
        typer.echo(f"Restored: {counted(done.manifest)}. The database is at revision {done.revision}.")
        typer.echo(f"The audit log holds: {done.manifest.events:,} events, head {done.manifest.head}")
        typer.echo(
            f"Background work: {done.manifest.jobs:,} jobs wait, and workers begin them. The"
            f" {done.manifest.runs:,} runs that were there are in no backup."
        )
        if done.held:
            typer.echo(
                f"{done.held:,} responses may have gone out since the backup: look at each, then release it or drop it."
            )
        typer.echo("Everybody logs in again, and one-time links sent before are void.")
        for column, count in done.cut.items():
            typer.echo(f"Warning: {count:,} values of {column} were too long for this database and were cut.", err=True)
        warn_of_key(done)


def warn_of_key(done: restoring.Restored) -> None:
    """Says which passwords have to be entered again."""
    if done.key == "same" and not done.locked:
        return
    what = "There is no key here" if done.key == "missing" else "The key here is another one than the backup's"
    where = settings().home.resolve() / "key"
    typer.echo(f"Warning: {what}. Put your copy of the key into {where} before you start Levelhead.", err=True)
    if done.locked:
        typer.echo(
            "If it is lost for good: 'python -m store key --replace', then enter the passwords and webhooks of these"
            f" sources again on the page Sources: {', '.join(done.locked)}.",
            err=True,
        )


@app.command()
def key(
    replace: bool = typer.Option(False, help="It is lost for good: go on with the one that is here, or a new one."),
) -> None:
    """Says whether the key that is here is this database's own, and what is locked without it."""
    with plainly():
        require_migrated(store())
        place = "LEVELHEAD_KEY" if settings().key else own_key.place()
        if replace:
            lost = own_key.replace(store(), datetime.now(UTC))
            typer.echo(f"From now on the key in {place} is this installation's own. Keep a copy in another place.")
            what_is_lost(lost)
            return
        with store().read() as tx:
            standing = own_key.standing(tx, present())
        if said := own_key.told(standing):
            raise LevelheadError(said)
        typer.echo(f"The key in {place} is this installation's own.")


def what_is_lost(lost: own_key.Standing) -> None:
    """Says what has to be done again after a key was replaced."""
    if lost.locked:
        listed = ", ".join(lost.locked)
        typer.echo(f"Enter the passwords and webhooks of these sources again on the page Sources: {listed}.")
    typer.echo("Whoever is told by messenger enters its address again, under My settings.")
    if lost.names:
        names = "1 name that was" if lost.names == 1 else f"{lost.names:,} names that were"
        typer.echo(f"Uploads do not recognise {names} erased on request any more: erase them anew, or look yourself.")


@app.command()
def verify(head: str = typer.Option("", help="A head printed earlier: it must be part of the chain.")) -> None:
    """Walks the audit log from its first event and says whether nothing was changed or left out, and since when that
    is proven."""
    with plainly():
        require_migrated(store())
        with store().read() as tx:
            verdict = audit.verify(tx, head)
        if verdict.holds:
            typer.echo(f"The audit log holds: {verdict.events:,} events, head {verdict.head}")
            if head:
                rest = verdict.events - verdict.proven
                typer.echo(
                    f"Proven up to event {verdict.proven:,}, the head you gave: nothing up to there was written anew"
                    f" since it was printed. {rest:,} events follow it; this head says nothing about those."
                )
            else:
                typer.echo(
                    "It is whole in itself. That nobody wrote it anew from the start is proven only by a head printed"
                    " earlier, with a backup for example: --head HASH."
                )
            return
        if verdict.broken_at is not None:
            raise LevelheadError(
                f"The audit log does not hold: event {verdict.broken_at} was changed, or is missing."
                f" Up to event {verdict.broken_at - 1} it is whole."
            )
        raise LevelheadError("The audit log holds in itself, but the head you gave is not part of it.")


@app.command()
def export(
    path: Path = typer.Argument(help="A new folder, or a file ending in .zip."),
    since: datetime = typer.Option(..., formats=["%Y-%m-%d"], help="The first day (UTC)."),
    until: datetime = typer.Option(..., formats=["%Y-%m-%d"], help="The last day (UTC)."),
    json_lines: bool = typer.Option(False, help="JSON lines instead of CSV."),
) -> None:
    """Writes comments, cases, decisions and audit events of a period as tables, for leadership and authorities."""
    with plainly():
        require_migrated(store())
        begin, end = since.replace(tzinfo=UTC), until.replace(tzinfo=UTC) + timedelta(days=1)
        counts = exporting.write(store(), path, begin, end, lines=json_lines)
        typer.echo(f"Exported to {path}: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()))
        typer.echo("It holds names and words of people: keep it no longer than you need it.")


@app.command()
def purge(dry_run: bool = typer.Option(False, help="Only say what would go.")) -> None:
    """Deletes what is kept long enough, in small steps while Levelhead runs. Cut off, it goes on with the next call."""
    with plainly():
        require_migrated(store())
        with store().read() as tx:
            rules = retention.in_force(tx)
            over = purging.waiting(tx, rules, datetime.now(UTC))
        what = {kind.name: kind.what for kind in retention.KINDS}
        if dry_run:
            for name, count in over.items():
                days = getattr(rules, name)
                typer.echo(f"{count:>10,}  {what[name]} " + (f"(after {days} days)" if days else "(kept)"))
            return
        going = purging.Purge(store())
        going.say = lambda name, count: progress(f"{what[name]}: {count:,} of {over.get(name, count):,}")
        going.run()
        progress_ends()
        for name, count in going.done.items():
            typer.echo(f"{count:>10,}  {what[name]} deleted")


keeping = typer.Typer(help="What is kept how long.", no_args_is_help=True)
app.add_typer(keeping, name="retention")


@keeping.command()
def show() -> None:
    """Prints how long what is kept, and since when the days count."""
    with plainly():
        require_migrated(store())
        with store().read() as tx:
            rules = retention.in_force(tx)
        for kind in retention.KINDS:
            days = getattr(rules, kind.name)
            rule = f"{days:,} days after {kind.since}" if days else "kept"
            typer.echo(f"{kind.name:<10} {kind.what}: {rule}")


@keeping.command(name="set")
def set_(
    name: str = typer.Argument(help="A name that 'show' prints."),
    days: str = typer.Argument(help="A number of days, or 'keep'."),
) -> None:
    """Sets how many days one kind is kept. It counts from the next purge on."""
    with plainly():
        require_migrated(store())
        if days != "keep" and not days.isdecimal():
            raise LevelheadError("Give a number of days, or 'keep'.")
        with store().write() as tx:
            retention.change(tx, name, None if days == "keep" else int(days), by=None, at=datetime.now(UTC))
        typer.echo(f"{name}: {'kept' if days == 'keep' else f'{int(days):,} days'}")


@app.command()
def erase(
    author: str = typer.Option("", help="The name under which the comments stand, exactly."),
    author_id: str = typer.Option("", help="The source's own id of the person."),
    source: int = typer.Option(None, help="The number of one source; without it, all."),
    by: str = typer.Option(..., help="The e-mail of the administrator who does it."),
    reason: str = typer.Option("", help="Why; it stands in the record. Without it nothing is erased, only shown."),
) -> None:
    """Shows what a commenter wrote, and with a reason erases it for good. Our responses stay."""
    with plainly():
        require_migrated(store())
        who = erasure.Who(author, author_id, source)
        with store().read() as tx:
            person = people.by_email(tx, by.strip().lower())
            found = erasure.find(tx, who)
        if person is None or not person.active or Role.ADMIN not in person.roles:
            raise LevelheadError(f"{by} is not an administrator here.")
        for one in found.few:
            text = " ".join(one.text.split())[:70]
            typer.echo(f"{one.at:%Y-%m-%d}  {one.source}  {one.author}: {text}")
        if found.raw:
            typer.echo(f"{found.raw:,} items that could not be read name them as well.")
        if not reason.strip():
            typer.echo(f"{found.count:,} comments would be erased. Nothing was: add --reason to do it.")
            return
        done = erasure.erase(store(), keys(), who, reason.strip(), by=person.id, now=datetime.now(UTC))
        if author.strip():
            typer.echo("Uploads leave out what stands under this name, unless whoever uploads chooses otherwise.")
        typer.echo(
            f"Erased: {done.comments:,} comments, {done.words:,} notes and reasons that quoted them,"
            f" {done.raw:,} items that could not be read."
        )


if __name__ == "__main__":
    app()
