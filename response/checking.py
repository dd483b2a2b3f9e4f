"""The weekly check: comments that nothing raised, drawn by chance, of which a person says whether they had to be seen.

It is how what was missed becomes known at all. Nobody is reminded of it, and nothing waits for it.
"""

import secrets
from collections import defaultdict
from datetime import UTC, datetime, timedelta

from access.permissions import Permission, require
from analysis.judged import Answer
from analysis.sampling import A_WEEK, Stratum, draw
from model import clock
from model.errors import BadInput, Conflict, NotFound
from model.language import _
from model.person import Person
from response import undo
from response.putting_back import CHECK
from store import audit, checks
from store.checks import Week
from store.db import Store

THING = "check"
_WEEK = timedelta(days=7)


def monday(now: datetime) -> datetime:
    """When the week of a moment began, in UTC."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def look(store: Store) -> None:
    """Draws this week's comments from those of the week before, if that was not done yet. The seed is on record."""
    now = clock.now()
    began = monday(now)
    named = began.date().isoformat()
    with store.read() as tx:
        if checks.week(tx, named):
            return
        found = checks.calm(tx, began - _WEEK, began)
    if not found:
        return
    strata: dict[Stratum, list[int]] = defaultdict(list)
    for one in found:
        strata[one.channel, one.language].append(one.id)
    seed = secrets.randbits(62)
    drawn = draw(seed, strata, A_WEEK)
    revisions = {one.id: one.revision for one in found}
    rows = [
        {
            "place": place,
            "comment_id": one.comment_id,
            "revision": revisions[one.comment_id],
            "channel": one.channel,
            "language": one.language,
            "population": one.population,
            "drawn": one.drawn,
        }
        for place, one in enumerate(drawn, start=1)
    ]
    week = Week(named, str(seed), len(found), len(drawn), len(found) == checks.LOOKED_THROUGH, now)
    with store.write() as tx:
        if checks.add(tx, week, rows):
            audit.record(
                tx,
                "check.drawn",
                THING,
                None,
                by=None,
                at=now,
                week=named,
                seed=week.seed,
                of=len(found),
                drawn=len(drawn),
            )


def answer(store: Store, by: Person, week: str, place: int, said: str) -> None:
    """Says whether somebody would have had to see a comment: yes, no, or that one cannot say. It can be undone for ten
    seconds. Raises Conflict where somebody else has answered."""
    require(by, Permission.TRIAGE)
    if said not in list(Answer):
        raise BadInput(_("This cannot be answered here. Load the page again."))
    now = clock.now()
    with store.write() as tx:
        check = checks.get(tx, week, place)
        if check is None or check.comment_id is None:
            raise NotFound(_("This comment is no longer here."))
        if not checks.answer(tx, week, place, "", said, by.id, now):
            raise Conflict(_("Somebody has answered for this comment before you."))
        since = {"week": week, "place": place, "answer": said}
        undo.remember(tx, by, undo.CHECKED, CHECK, check.comment_id, now, former={}, after=since)
        audit.record(tx, "comment.checked", "comment", check.comment_id, by=by.id, at=now, week=week, place=place)
