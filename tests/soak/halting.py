"""python -m tests.soak.halting FOLDER: the worker, which halts where a trial told it to.

A file `<step>-<comment's number>` in the folder arms a step for one answer. The worker that reaches it renames the file
to `hit-<step>-<number>` with its process id in it, and goes on once there is a file `go-<step>-<number>`. Nothing of
this is in the product: its functions are wrapped here.
"""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

import worker
from jobs import Context
from response import attempts, blogs, outcomes
from response.outgoing import outgoing
from store import comments
from store.comments import Comment
from store.db import Tx
from store.publications import Publication
from tests.system.processes import wait_until

BEFORE_THE_INTENT = "before-the-intent"
AFTER_THE_INTENT = "after-the-intent"
CONNECTED = "connected"
HALF_WRITTEN = "half-written"
AFTER_THE_CALL = "after-the-call"
BEFORE_THE_COMMIT = "before-the-commit"
"""Within the transaction that stores the blog's answer. Nobody else can write, so it is no step of a trial."""
AFTER_THE_COMMIT = "after-the-commit"
STEPS = (BEFORE_THE_INTENT, AFTER_THE_INTENT, CONNECTED, HALF_WRITTEN, AFTER_THE_CALL, AFTER_THE_COMMIT)
WAITS_S = 300

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else ".")


def number(comment: Comment | None) -> int:
    return (blogs.number(comment.identity) if comment else None) or 0


def halt(step: str, asked: int) -> None:
    """Halts here, if it is told to for this comment; once."""
    armed, hit, go = (FOLDER / f"{prefix}{step}-{asked}" for prefix in ("", "hitting-", "go-"))
    try:
        armed.rename(hit)
    except FileNotFoundError:
        return
    hit.write_text(str(os.getpid()))
    hit.rename(FOLDER / f"hit-{step}-{asked}")
    with suppress(AssertionError):  # then it goes on by itself
        wait_until(go.exists, WAITS_S, "the word to go on")


def publishing(handler: Callable[[Context], None]) -> Callable[[Context], None]:
    """The job, with a halt before it does anything; says when it has ended."""

    def halting(context: Context) -> None:
        with context.store.read() as tx:
            what = outgoing(tx, context.job.ref)
        asked = number(what.comment) if what else 0
        halt(BEFORE_THE_INTENT, asked)
        try:
            handler(context)
        finally:
            (FOLDER / f"ended-{asked}-{os.getpid()}").touch()

    return halting


def sending(send: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(send)
    def halting(store: Any, intent: Any) -> Any:
        halt(AFTER_THE_INTENT, number(intent.what.comment))
        return send(store, intent)

    return halting


def replying(reply: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(reply)
    def halting(site: Any, post: int, parent: int, text: str, before_write: Callable[[], str]) -> Any:
        pieces = iter((CONNECTED, HALF_WRITTEN))

        def asked_before_each_piece() -> str:
            halt(next(pieces, ""), parent)
            return before_write()

        (FOLDER / f"calling-{parent}").write_text(str(os.getpid()))
        outcome = reply(site, post, parent, text, before_write=asked_before_each_piece)
        halt(AFTER_THE_CALL, parent)
        return outcome

    return halting


def storing(posted: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(posted)
    def halting(tx: Tx, publication: Publication, *rest: Any) -> None:
        posted(tx, publication, *rest)
        if publication.comment_id is not None:
            halt(BEFORE_THE_COMMIT, number(comments.get(tx, publication.comment_id)))

    return halting


def finishing(finish: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(finish)
    def halting(store: Any, intent: Any, outcome: Any) -> None:
        finish(store, intent, outcome)
        with suppress(AttributeError):
            halt(AFTER_THE_COMMIT, number(intent.what.comment))

    return halting


if __name__ == "__main__":
    worker.HANDLERS["publish"] = publishing(worker.HANDLERS["publish"])
    attempts._send = sending(attempts._send)
    outcomes.posted = storing(outcomes.posted)
    attempts._finish = finishing(attempts._finish)
    attempts.wordpress.reply = replying(attempts.wordpress.reply)
    worker.main(apart=False)
