"""The worker: registers the jobs of ingest and response, and runs them."""

import argparse
import gc
import logging
import logging.handlers
import os
import sys

from access import preferences
from ingest import examples, gaps, opinions, our_people, read, second, uploads
from jobs import Context, Schedule, run_worker
from jobs.port import Handler
from jobs.slots import slot
from model.errors import LevelheadError
from model.language import using
from model.settings import Settings, settings
from response import (
    approvals,
    attempts,
    checking,
    confirming,
    costing,
    due,
    keeping,
    labelling,
    learning,
    looks,
    moderation,
    notes,
    notices_send,
    record,
    timers,
)
from store import own_key, search_index
from store.db import store
from store.keys import present
from store.migrate import require_migrated
from web.lifeline import asked_to_end, hold_on

HANDLERS = {
    "read": read.read_source,
    "ours": our_people.mark_again,
    "read.fill": gaps.fill,
    "upload": uploads.save,
    "assess": second.look,
    "examples": examples.read,
    "opinion": opinions.ask,
    "settle": lambda context: approvals.settle(context.store, context.job.ref),
    "note": lambda context: notes.forget(context.store, context.job.ref),
    "publish": attempts.publish,
    "look": looks.look,
    "purge": keeping.purge_some,
    "moderate": moderation.moderate,
    "notices": notices_send.send,
    "verify": record.walk,
}


def schedules(config: Settings) -> list[Schedule]:
    """What each worker looks at now and then."""
    return [
        Schedule("read", min(2.0, config.poll_seconds), read.look),
        Schedule("ask", 60.0, approvals.ask_again),
        Schedule("levels", 30.0, timers.look),
        Schedule("decisions", 30.0, due.look),
        Schedule("moderations", 10.0, moderation.sweep),
        Schedule("loosenings", 60.0, confirming.look),
        Schedule("notices", 5.0, notices_send.look),
        Schedule("notes", 3600.0, notes.sweep),
        Schedule("old notices", 3600.0, notices_send.tidy),
        Schedule("purge", 60.0, keeping.look),
        Schedule("record", 60.0, record.look),
        Schedule("second looks", 60.0, second.sweep),
        Schedule("search", 5.0, search_index.follow),
        Schedule("costs", 5.0, costing.follow),
        Schedule("labels", 20.0, labelling.follow),
        Schedule("weekly check", 3600.0, checking.look),
        Schedule("learning", 3600.0, learning.look),
        Schedule("publications", min(10.0, config.look_seconds / 10), looks.sweep),
    ]


def in_the_organisations_language(handler: Handler) -> Handler:
    """What a job writes down for everybody (why a source cannot be read, why a reply was held) is in one language."""

    def speaking(context: Context) -> None:
        with context.store.read() as tx:
            organisations = preferences.organisations_language(tx)
        with using(organisations):
            handler(context)

    return speaking


def _require_its_key() -> None:
    """A worker with another key than the installation's would fail at each password, and blame the blogs for it."""
    with store().read() as tx:
        if own_key.fits(tx, present()):
            return
    raise LevelheadError(
        "This worker has not the key of this installation. Put it into LEVELHEAD_KEY, or into the file"  # as it is
        " 'key' in its home ('python -m store key' says where that is), then start it again."
    )


_FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_LOG_BYTES = 5_000_000


def rarely_collected() -> None:
    """What is loaded stays, and what a read makes is gone with it for the most part: the collector of what refers to
    itself has little to do, and would else take a fifth of the time of a read."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def main(apart: bool) -> None:
    """Runs until it is told to end; then finishes the jobs under way.

    `apart`: started by a person beside the supervisor's own (`make worker`); it logs to a file of its own.
    """
    config = settings()
    stop = asked_to_end()
    with slot(config.home, config.worker) as (executor, number):
        if apart:
            path = config.home / "logs" / f"worker-{number}.log"
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            log = logging.handlers.RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=3)
            logging.basicConfig(level=logging.INFO, format=_FORM, handlers=[log])
        else:
            hold_on()
            logging.basicConfig(level=logging.INFO, format=_FORM)
        require_migrated(store())
        if apart:
            _require_its_key()
        rarely_collected()
        if apart:
            print(f"Worker {executor} runs. Ctrl-C ends it. Log: {path}", flush=True)
        handlers = {name: in_the_organisations_language(handler) for name, handler in HANDLERS.items()}
        run_worker(store(), handlers, schedules(config), stop, lease_seconds=config.lease_seconds, executor=executor)
    logging.shutdown()
    # What hangs in a slow blog must not hold up the end: its job is free for others already.
    os._exit(0)


if __name__ == "__main__":
    asks = argparse.ArgumentParser(prog="python -m worker", description="Background work.")  # as it is
    asks.add_argument("--apart", action="store_true", help="in a terminal, with a log of its own")  # as it is
    try:
        main(apart=asks.parse_args().apart)
    except LevelheadError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
