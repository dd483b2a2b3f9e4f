"""How long what is kept: a small document in the database, with sensible values until somebody changes them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from model.errors import BadInput
from model.language import _, later
from store import audit, people
from store.db import Tx

FACT = "retention"


class Retention(BaseModel):
    """Days for each kind; None: kept until somebody sets a number."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    comments: int | None = Field(365, ge=1, le=36_500)
    cases: int | None = Field(None, ge=30, le=36_500)
    raw: int | None = Field(90, ge=1, le=36_500)
    sessions: int | None = Field(30, ge=1, le=3_650)
    links: int | None = Field(30, ge=1, le=3_650)
    attempts: int | None = Field(1, ge=1, le=365)
    calls: int | None = Field(1, ge=1, le=365)
    vectors: int | None = Field(90, ge=1, le=365)
    runs: int | None = Field(1, ge=1, le=365)

    def before(self, name: str, now: datetime) -> datetime | None:
        """The moment before which this kind goes; None when it is kept."""
        days: int | None = getattr(self, name)
        return None if days is None else now - timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a name of the document means, for people: `what` goes, counted from `since`, and `why` that many days."""

    name: str
    what: str
    since: str
    why: str


KINDS: tuple[Kind, ...] = (
    Kind(
        "comments",
        later("comments without a case"),
        later("when they were read"),
        later("a year shows the seasons of an organisation; nobody answers older ones"),
    ),
    Kind(
        "cases",
        later("words of closed cases"),
        later("when they were closed"),
        later("kept unless you set a number: they say why the organisation answered as it did"),
    ),
    Kind(
        "raw",
        later("items that could not be read"),
        later("when they came"),
        later("by then a fix has read them again, or none will"),
    ),
    Kind("sessions", later("log-ins"), later("when they expired"), later("long enough to look into a strange log-in")),
    Kind("links", later("one-time links"), later("when they expired"), later("the audit log says who was invited")),
    Kind(
        "attempts",
        later("counts of wrong passwords"),
        later("the attempt"),
        later("they only serve the quarter of an hour after"),
    ),
    Kind(
        "calls",
        later("signatures of webhook calls"),
        later("the call"),
        later("they only keep a call from being repeated within minutes"),
    ),
    Kind(
        "vectors",
        later("what finds comments that are alike"),
        later("when they were read"),
        later("a campaign is over within days, and a case of last season says how such a matter ended"),
    ),
    Kind(
        "runs",
        later("runs of background work"),
        later("their end"),
        later("they only say that something ran; what fails waits apart and is tried again"),
    ),
)


def in_force(tx: Tx) -> Retention:
    """What holds now."""
    return Retention.model_validate(people.fact(tx, FACT) or {})


def with_days(rules: Retention, name: str, days: int | None) -> Retention:
    """The same with another number of days for one kind. Raises BadInput for another name or a number out of reach."""
    if name not in Retention.model_fields:
        raise BadInput(
            _("There is no '{name}' here. Choose one of: {names}.", name=name, names=", ".join(Retention.model_fields))
        )
    try:
        return Retention.model_validate({**rules.model_dump(), name: days})
    except ValidationError as error:
        limits = error.errors()[0]
        raise BadInput(
            _("{days} days for '{name}' cannot be: {why}.", days=days, name=name, why=limits["msg"].lower())
        ) from None


def change(tx: Tx, name: str, days: int | None, *, by: int | None, at: datetime) -> Retention:
    """Sets one kind to a number of days, None to keep it. Raises BadInput for another name or a number out of reach."""
    before = in_force(tx)
    after = with_days(before, name, days)
    people.set_fact(tx, FACT, after.model_dump())
    was = getattr(before, name)
    audit.record(tx, "retention.changed", "retention", None, by=by, at=at, kind=name, days=days, before=was)
    return after
