"""Two authors at different sources who are one person: only because somebody here says so, and until they do not."""

from sqlalchemy.exc import IntegrityError

from access.permissions import Permission, require
from model import clock
from model.errors import BadInput, Conflict, NotFound
from model.language import _
from model.person import Person
from store import audit, comments
from store import cases as case_rows
from store import same_people as rows
from store.comments import Comment
from store.db import Store, Tx
from store.keys import keys
from store.same_people import Other
from store.search import Wanted, find_comments


def say(store: Store, by: Person, case_id: int, comment_id: int, other_id: int) -> int:
    """Keeps that whoever wrote a comment of a case wrote another one, at another source, too. Returns its id."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        one, other = _author(tx, comment_id), _author(tx, other_id)
        if one.source_id == other.source_id:
            raise BadInput(_("Both wrote at one source, which tells its authors apart itself. Choose another source."))
        for each in (one, other):
            if len(rows.of(tx, keys(), each)) >= rows.MOST:
                told = _("{name} is already said to be {n} others. Take one back first.", name=each.author, n=rows.MOST)
                raise BadInput(told)
        _case(tx, case_id)
        try:
            with tx.begin_nested():
                same = rows.add(tx, keys(), one, other, by.id, now)
        except IntegrityError:
            raise Conflict(_("That was said already. Load the page again to see it.")) from None
        data = {"same": same, "comment": one.id, "other": other.id}
        audit.record(tx, "case.same_person", "case", case_id, by=by.id, at=now, **data)
        return same


def take_back(store: Store, by: Person, case_id: int, same_id: int) -> None:
    """It is said no more, of both."""
    require(by, Permission.TRIAGE)
    with store.write() as tx:
        _case(tx, case_id)
        if not rows.take_away(tx, same_id):
            raise Conflict(_("Somebody has taken this back before you. Load the page again."))
        audit.record(tx, "case.not_same_person", "case", case_id, by=by.id, at=clock.now(), same=same_id)


def looked_for(tx: Tx, one: Comment, name: str) -> list[Other]:
    """Authors at other sources whose name holds what was typed, as the search finds them: at most twenty."""
    found = find_comments(tx, Wanted(author=name), limit=200).found if name.strip() else ()
    return rows.writers(tx, one, [each.id for each in found])


def _author(tx: Tx, comment_id: int) -> Comment:
    one = comments.get(tx, comment_id)
    if one is None or one.erased_at or not (one.author or one.author_id):
        raise NotFound(_("Nobody is named by this comment (any more). Choose another one."))
    return one


def _case(tx: Tx, case_id: int) -> None:
    if case_rows.get(tx, case_id) is None:
        raise NotFound(_("There is no such case."))
