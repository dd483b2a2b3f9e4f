"""A list of comments narrowed down by the page's address: to a thread, to matters, to what was left from one day to
another (UTC's days, where counts go by these), to what says nearly the same as one comment within an hour; and without
some sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from model import moments
from model.language import _
from response.alike import campaign_of
from store import comments, sources
from store.db import Tx
from web.ui import lists, words

_MOST = 50


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the address asks for; what it says and nobody can mean is left out."""

    thread_id: int | None
    matters: tuple[str, ...]
    day: date | None
    last: date | None
    zone: tzinfo
    like: int | None = None
    without: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        days = self.day is not None or self.last is not None
        return self.thread_id is not None or bool(self.matters) or days or self.like is not None or bool(self.without)

    @property
    def since(self) -> datetime | None:
        return datetime.combine(self.day, time(), self.zone) if self.day else None

    @property
    def until(self) -> datetime | None:
        """The end of the last day."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone) if self.last else None

    def ids(self, tx: Tx) -> tuple[int, ...] | None:
        """The comments of a campaign; None where none is asked for."""
        return None if self.like is None else tuple(one.id for one in campaign_of(tx, self.like))

    def about(self, tx: Tx) -> str:
        """What is shown, in words; empty where it is everything."""
        if not self:
            return ""
        days = self.day or self.last
        said = [_("since {day}", day=moments.day_and_year(self.day))] if self.day else []
        said += [_("up to {day}", day=moments.day_and_year(self.last))] if self.last else []
        if days and self.zone is UTC:
            said.append(_("days of UTC"))
        if self.without:
            names = [one.name for one in sources.every(tx) if one.id in self.without]
            said.append(_("without {sources}", sources=words.listed(names, 3, "and")))
        if self.like is not None:
            said.insert(0, _("saying nearly the same as comment {id} within an hour", id=self.like))
        thread = comments.thread(tx, self.thread_id) if self.thread_id is not None else None
        if thread:
            said.insert(0, _("under “{post}”", post=thread.title or thread.url))
        if self.matters:
            named = [words.matters()[one] for one in self.matters]
            said.insert(0, _("about: {matter}", matter=words.listed(named, len(named), "or")))
        return ", ".join(said)


def narrowed(address: Mapping[str, str], zone: ZoneInfo) -> Narrowed:
    known = words.matters()
    return Narrowed(
        lists.number(address.get("thread")),
        tuple(one for one in address.get("matter", "").split(",")[:_MOST] if one in known),
        day_of(address.get("since", "")),
        day_of(address.get("until", "")),
        UTC if address.get("days") == "utc" else zone,
        lists.number(address.get("alike")),
        frozenset(one for part in address.get("without", "").split(",")[:_MOST] if (one := lists.number(part))),
    )


def day_of(text: str) -> date | None:
    """A day out of an address; None for anything else that stands there."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2 <= day.year <= 9000 else None
