"""How a second opinion is asked for: which model, with what key, what may be sent, and for how much money.

It is off until an administrator has entered all that and switched it on. To switch it on lets comments out of the
house, so it waits for a second person where there is one; what lets more out than before switches it off first.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from access.loosening import Change, takes_effect
from access.loosening import Kind as Loosens
from access.permissions import Permission, require
from channels.models import Kind as Way
from channels.models import Model
from model import clock
from model.errors import BadInput, Conflict
from model.language import _
from model.person import Person
from response.opinion_rules import month_of
from store import audit, opinions, own_key, sample
from store.db import Store, Tx
from store.keys import keys
from store.loosenings import Loosening

THING = "second opinion"
LONGEST_KEY = 500
BILLIONTHS = 1_000_000
"""Billionths of the currency in a thousandth of it: prices and the budget are entered in thousandths."""
MOST_MONEY = 1_000_000_000
Thousandths = Annotated[int, Field(ge=0, le=MOST_MONEY)]


class Chosen(BaseModel):
    """What an administrator chose. `private`: the address may lie in a private network; `turns`: the comments before
    are sent too; `drafts`: drafts can be asked for. Prices (for a million tokens read, and written) and the budget of a
    month are in thousandths of `currency`; `seconds` is how long an answer may take."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    way: Way = Way.OPENAI
    address: str = Field("", max_length=300)
    model: str = Field("", max_length=100)
    private: bool = False
    turns: bool = False
    drafts: bool = False
    price_in: Thousandths = 0
    price_out: Thousandths = 0
    budget: Thousandths = 0
    currency: str = Field("EUR", pattern="^[A-Z]{3}$")
    seconds: int = Field(60, ge=5, le=120)

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc


_NOTHING = Chosen()


@dataclass(frozen=True, slots=True)
class InForce:
    """What holds now; version 0 is that nobody has entered anything. `has_key`: there is a key, which nobody sees."""

    version: int = 0
    active: bool = False
    chosen: Chosen = _NOTHING
    has_key: bool = False


def in_force(tx: Tx) -> InForce:
    kept = opinions.kept(tx)
    if kept is None:
        return InForce()
    return InForce(kept.version, kept.active, Chosen.model_validate(kept.chosen), kept.secret is not None)


def lets_more_out(before: Chosen, after: Chosen) -> bool:
    """Whether more of what people wrote is sent than before, or somebody else gets it."""
    elsewhere = (before.way, before.address, before.model) != (after.way, after.address, after.model)
    return elsewhere or (after.turns and not before.turns) or (after.drafts and not before.drafts)


def save(store: Store, by: Person, chosen: Chosen, key: str, seen_version: int) -> InForce:
    """Keeps what was chosen, and a key if one is given (else the one that is there, for the same address alone).

    What lets more out than before switches it off. Raises BadInput, KeyMissing without the installation's own key, and
    Conflict when somebody saved meanwhile.
    """
    require(by, Permission.OPINION)
    kept, secret = _checked(chosen), _key(key)
    now = clock.now()
    with store.write() as tx:
        sample.require_none(tx)
        before, had = in_force(tx), opinions.kept(tx)
        if before.version != seen_version:
            raise _somebody_else()
        if kept.currency != before.chosen.currency and opinions.spent(tx, month_of(now)):
            was = before.chosen.currency
            raise BadInput(_("This month is counted in {was}. Another currency can be entered next month.", was=was))
        if secret:
            own_key.require(tx, keys())
        same_place = (before.chosen.way, before.chosen.address) == (kept.way, kept.address)
        old = had.secret if had and same_place else None
        active = before.active and not lets_more_out(before.chosen, kept)
        values = {"active": active, "chosen": kept.model_dump(mode="json"), "by": by.id, "at": now}
        if not opinions.keep(tx, seen_version, secret=keys().encrypt(secret) if secret else old, **values):
            raise _somebody_else()
        changed = [name for name in Chosen.model_fields if getattr(kept, name) != getattr(before.chosen, name)]
        audit.record(
            tx, "opinion.saved", THING, None, by=by.id, at=now, changed=changed, key=bool(secret), active=active
        )
        return in_force(tx)


def switch_on(store: Store, by: Person, seen_version: int, why: str = "") -> bool:
    """Switches it on; False where that waits for a second person now. Raises BadInput where something is missing, and
    Conflict when somebody saved meanwhile."""
    require(by, Permission.OPINION)
    now = clock.now()
    with store.write() as tx:
        sample.require_none(tx)
        here = _unchanged(tx, seen_version)
        if not here.version or here.active:
            raise Conflict(_("There is nothing to switch on. Load the page again."))
        if not here.chosen.budget:
            raise BadInput(_("Give a budget first: without one nothing can be asked."))
        chosen = here.chosen
        what = {"version": seen_version, "host": chosen.host, "model": chosen.model}
        what |= {"turns": chosen.turns, "drafts": chosen.drafts}
        if not takes_effect(tx, by, Change(Loosens.OPINION, what=what, wide=True), why, now):
            return False
        _switch(tx, seen_version, by.id, now, on=True)
        return True


def switch_off(store: Store, by: Person, seen_version: int) -> None:
    """Switches it off at once: what waits is not asked any more."""
    require(by, Permission.OPINION)
    now = clock.now()
    with store.write() as tx:
        if _unchanged(tx, seen_version).active:
            _switch(tx, seen_version, by.id, now, on=False)


def carry_out(tx: Tx, one: Loosening, confirmed_by: int, now: datetime) -> None:
    """It was confirmed, and is on as it was asked for. Raises Conflict where something was changed since."""
    assert one.by is not None
    _unchanged(tx, one.what["version"])
    _switch(tx, one.what["version"], one.by, now, on=True, confirmed_by=confirmed_by)


def _switch(tx: Tx, seen_version: int, by: int, now: datetime, *, on: bool, **more: Any) -> None:
    if not opinions.keep(tx, seen_version, active=on, by=by, at=now):
        raise _somebody_else()
    audit.record(tx, "opinion.on" if on else "opinion.off", THING, None, by=by, at=now, **more)


def _unchanged(tx: Tx, seen_version: int) -> InForce:
    here = in_force(tx)
    if here.version != seen_version:
        raise _somebody_else()
    return here


def _somebody_else() -> Conflict:
    return Conflict(_("This was changed in the meantime. Look at it before you go on."))


def model_of(tx: Tx) -> Model:
    """Where and how the model is asked. Raises KeyMissing where its key cannot be read."""
    kept = opinions.kept(tx)
    assert kept is not None
    chosen = Chosen.model_validate(kept.chosen)
    key = keys().decrypt(kept.secret) if kept.secret else ""
    return Model(chosen.way, chosen.address, chosen.model, key, chosen.private, chosen.seconds)


def _checked(chosen: Chosen) -> Chosen:
    address, model = chosen.address.strip().rstrip("/"), chosen.model.strip()
    try:
        parts = urlsplit(address)
        named = bool(parts.hostname)
    except ValueError:
        raise BadInput(_no_address()) from None
    plain = address.isascii() and address.isprintable() and " " not in address
    if not (named and plain) or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise BadInput(_no_address())
    if parts.username is not None or parts.password is not None:
        raise BadInput(_("The address holds a user name or password. Leave them out; there are fields for them."))
    if parts.scheme == "http" and not chosen.private:
        raise BadInput(_("Comments are sent over https only. http:// is for an address in a private network."))
    if not model or not model.isprintable():
        raise BadInput(_("Give the name of the model, as its provider writes it."))
    if not chosen.private and not (chosen.price_in and chosen.price_out):
        raise BadInput(_("Give both prices: without them no budget holds. Only a model of your own may cost nothing."))
    try:
        return Chosen.model_validate({**chosen.model_dump(), "address": address, "model": model})
    except ValidationError:
        raise BadInput(_("Something here is out of reach. Load the page again, and enter it anew.")) from None


def _no_address() -> str:
    return _("This is not the address of a model. It should look like https://api.example.org/v1")


def _key(key: str) -> str:
    clean = key.strip()
    if len(clean) > LONGEST_KEY or not clean.isascii() or not clean.isprintable() or " " in clean:
        raise BadInput(_("This is no key: it has blanks or signs that no key has. Copy it once more."))
    return clean
