"""The port to background work: enqueue in the caller's transaction, schedules, and workers.

Behind it is DBOS, on the same database (`jobs.engine`). A job is a name and an id: what it does, and whether it is
still to be done, is in the rows it is about, so a job that runs twice finds its work done.
"""

from jobs.engine import load
from jobs.port import Context, Handler, Schedule, enqueue, in_steps, run_worker

__all__ = ["Context", "Handler", "Schedule", "enqueue", "in_steps", "load", "run_worker"]
