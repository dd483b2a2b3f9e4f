"""The worker: registers the jobs of ingest and response, and runs them."""

import logging
import signal
import threading

from ingest import read
from jobs import Schedule, run_worker
from model.settings import settings
from response import approvals, publish
from store.db import store
from store.migrate import require_migrated
from web.lifeline import hold_on

HANDLERS = {
    "read": read.read_source,
    "settle": lambda context: approvals.settle(context.store, context.job.ref),
    "publish": publish.publish,
}


def main() -> None:
    """Runs until it is told to end; then finishes the jobs under way."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    hold_on()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    require_migrated(store())
    schedules = [
        Schedule("read", min(2.0, settings().poll_seconds), read.look),
        Schedule("ask", 60.0, approvals.ask_again),
    ]
    run_worker(store(), HANDLERS, schedules, stop, lease_seconds=settings().lease_seconds)


if __name__ == "__main__":
    main()
