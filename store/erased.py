"""Names whose words were erased on request: a file that still holds them does not bring them back without a decision.

Only a keyed hash of each name is kept. A feed is not held against it: there a name proves nothing, and what was erased
is known by its identity.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert, or_, select

from store import own_key
from store.db import Tx
from store.keys import Keys
from store.schema import erased_names

_PURPOSE = "erased name"
_AT_ONCE = 500


def keep_out(tx: Tx, keys: Keys, source_id: int | None, names: Iterable[str], now: datetime) -> None:
    """Remembers that the words under these names were erased, at one source or (None) at all.

    Raises KeyMissing with another key than the database's own: with it they would be known to nobody later.
    """
    own_key.require(tx, keys)
    hashes = {_hash(keys, name) for name in names if name.strip()}
    same = erased_names.c.source_id.is_(None) if source_id is None else erased_names.c.source_id == source_id
    there = select(erased_names.c.keyed_hash).where(erased_names.c.keyed_hash.in_(hashes), same)
    new = sorted(hashes - set(tx.execute(there).scalars()))
    if new:
        tx.execute(insert(erased_names), [{"source_id": source_id, "keyed_hash": one, "at": now} for one in new])


def kept_out(tx: Tx, keys: Keys, source_id: int | None, names: Iterable[str]) -> set[str]:
    """Those of the names whose words were erased at this source, or at all; None: a source that is not there yet.

    Raises KeyMissing as `require_known`.
    """
    require_known(tx, keys)
    by_hash: dict[str, set[str]] = {}
    for name in {name for name in names if name.strip()}:
        by_hash.setdefault(_hash(keys, name), set()).add(name)
    here = or_(erased_names.c.source_id.is_(None), erased_names.c.source_id == source_id)
    hashes, found = list(by_hash), set[str]()
    for start in range(0, len(hashes), _AT_ONCE):
        mine = erased_names.c.keyed_hash.in_(hashes[start : start + _AT_ONCE])
        rows = tx.execute(select(erased_names.c.keyed_hash).where(mine, here).distinct())
        found.update(name for one in rows.scalars() for name in by_hash[one])
    return found


def require_known(tx: Tx, keys: Keys) -> None:
    """Raises KeyMissing where names were erased and the key is not the database's own: it would recognise none."""
    if tx.execute(select(erased_names.c.id).limit(1)).first() is not None:
        own_key.require(tx, keys)


def _hash(keys: Keys, name: str) -> str:
    return keys.keyed_hash(_PURPOSE, " ".join(name.casefold().split()))
