"""The job that asks a language model for a second opinion or a draft: through the one door out, and once."""

import logging

from channels import models
from channels.models import NoAnswer, Said
from jobs import Context
from model import clock
from model.language import _
from response import opinions
from response.opinion_rules import MOST_TOKENS, Unusable, Used, answer, counted
from response.opinions import Work

_log = logging.getLogger("levelhead.opinions")


def ask(context: Context) -> None:
    """Asks what its row says, in no transaction, and keeps what came back. Whatever becomes of it, it is not sent
    again: the row says before anything is sent that it was."""
    opinion_id = context.job.ref
    with context.store.write() as tx:
        work = opinions.begin(tx, opinion_id, clock.now()) if context.holds(tx) else None
    if work is None:
        return

    def withheld() -> str:
        if not context.still_mine():
            return _("This worker was taken for dead, so nothing was sent.")
        with context.store.read() as tx:
            return opinions.stopped(tx)

    said, problem, used, free = None, "", None, False
    try:
        came = models.ask(work.model, work.question.system, work.question.user, MOST_TOKENS, withheld)
        used = _used(came)
        said = answer(work.kind, came.text)
    except NoAnswer as error:
        problem, free, used = str(error), error.free, _used(error.said)
    except Unusable:
        problem = _(models.UNUSABLE)
    if problem:
        _log.info("opinion %s has no answer", opinion_id)
    with context.store.write() as tx:
        opinions.end(tx, opinion_id, clock.now(), _cost(work, used, free), said=said, problem=problem)


def _used(came: Said | None) -> Used | None:
    if came is None or came.read is None or came.written is None:
        return None
    return Used(came.read, came.written)


def _cost(work: Work, used: Used | None, free: bool) -> int:
    return 0 if free else counted(used, work.at_most, work.price_in, work.price_out)
