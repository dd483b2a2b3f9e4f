"""A list of comments narrowed down by the page's address: to a thread, to a matter, to what was left since a day,
to what says nearly the same as one comment within an hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from analysis.matters import load
from model import moments
from model.language import _
from response.alike import campaign_of
from store import comments
from store.db import Tx
from web.ui import lists


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the address asks for; what it says and nobody can mean is left out."""

    thread_id: int | None
    matter: str
    day: date | None
    zone: ZoneInfo
    like: int | None = None

    def __bool__(self) -> bool:
        return self.thread_id is not None or bool(self.matter) or self.day is not None or self.like is not None

    @property
    def since(self) -> datetime | None:
        return datetime.combine(self.day, time(), self.zone) if self.day else None

    def ids(self, tx: Tx) -> tuple[int, ...] | None:
        """The comments of a campaign; None where none is asked for."""
        return None if self.like is None else tuple(one.id for one in campaign_of(tx, self.like))

    def about(self, tx: Tx) -> str:
        """What is shown, in words; empty where it is everything."""
        if not self:
            return ""
        said = [_("since {day}", day=moments.day_and_year(self.day))] if self.day else []
        if self.like is not None:
            said.insert(0, _("saying nearly the same as comment {id} within an hour", id=self.like))
        thread = comments.thread(tx, self.thread_id) if self.thread_id is not None else None
        if thread:
            said.insert(0, _("under “{post}”", post=thread.title or thread.url))
        if self.matter:
            said.insert(0, _("about: {matter}", matter=_names()[self.matter]))
        return ", ".join(said)


def narrowed(address: Mapping[str, str], zone: ZoneInfo) -> Narrowed:
    matter = address.get("matter", "")
    try:
        day = date.fromisoformat(address.get("since", ""))
    except ValueError:
        day = None
    if day and not 2 <= day.year <= 9000:
        day = None
    return Narrowed(
        lists.number(address.get("thread")),
        matter if matter in _names() else "",
        day,
        zone,
        lists.number(address.get("alike")),
    )


def _names() -> dict[str, str]:
    return {one.key: _(one.name) for one in load()}
