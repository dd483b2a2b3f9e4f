"""Queries on templates, their versions, and what replies were made of."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from model.errors import Conflict
from model.language import _
from model.template import Field, FieldKind, Form, Scope
from model.words import Channel, ResponseState, Severity
from store.db import Tx
from store.rows import record
from store.schema import responses, template_uses, template_versions, templates

MOST = 200


@dataclass(frozen=True, slots=True)
class Template:
    """A template by its name. `version` grows with each change of the row."""

    id: int
    name: str
    by: int
    at: datetime
    retired_at: datetime | None
    used_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a template: what is approved with its text, the response that carries it, and how far that is.

    `text` is that of the response's draft, which does not change once it was sent, but by a person who takes it back.
    """

    id: int
    template_id: int
    number: int
    response_id: int
    state: ResponseState
    author_id: int
    form: Form
    submission_id: int | None
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Use:
    """What a reply was made of: a version, and what was filled in."""

    response_id: int
    version_id: int
    values: dict[str, str]
    by: int
    at: datetime


def add(tx: Tx, name: str, by: int, at: datetime) -> int:
    """A template without a version yet. Raises Conflict when one in use is called so."""
    try:
        with tx.begin_nested():
            made = tx.execute(insert(templates).values(name=name, by=by, at=at, version=1).returning(templates.c.id))
            return int(made.scalar_one())
    except IntegrityError:
        raise Conflict(_("There is a template called '{name}'. Give this one another name.", name=name)) from None


def get(tx: Tx, template_id: int) -> Template | None:
    row = tx.execute(select(templates).where(templates.c.id == template_id)).first()
    return record(Template, row) if row else None


def change(tx: Tx, template_id: int, seen_version: int, **values: Any) -> None:
    """Changes a template if it is still at the version that was seen. Raises Conflict when somebody else was first."""
    mine = update(templates).where(templates.c.id == template_id, templates.c.version == seen_version)
    if tx.execute(mine.values(**values, version=seen_version + 1)).rowcount != 1:
        raise Conflict(_("Somebody changed this template at the same moment. Look again before you go on."))


def listed(tx: Tx) -> list[Template]:
    """Those in use, by name; at most MOST."""
    query = select(templates).where(templates.c.retired_at.is_(None)).order_by(templates.c.name).limit(MOST)
    return [record(Template, row) for row in tx.execute(query)]


def retired(tx: Tx, limit: int = 20) -> list[Template]:
    """Those that were retired, the last one first."""
    query = select(templates).where(templates.c.retired_at.is_not(None)).order_by(templates.c.retired_at.desc())
    return [record(Template, row) for row in tx.execute(query.limit(limit))]


# --- versions --------------------------------------------------------------------------------------------------------


def add_version(tx: Tx, template_id: int, number: int, response_id: int, form: Form) -> int:
    values = {"template_id": template_id, "number": number, "response_id": response_id, **_columns(form)}
    return int(tx.execute(insert(template_versions).values(values).returning(template_versions.c.id)).scalar_one())


def change_form(tx: Tx, version_id: int, form: Form) -> None:
    """Other fields or another scope for a version that is being written."""
    tx.execute(update(template_versions).where(template_versions.c.id == version_id).values(**_columns(form)))


def _columns(form: Form) -> dict[str, Any]:
    scope = {
        "channels": sorted(form.scope.channels),
        "severity": int(form.scope.severity),
        "matters": sorted(form.scope.matters),
    }
    return {"fields": [asdict(field) for field in form.fields], "scope": scope}


def approve(tx: Tx, version_id: int, submission_id: int, at: datetime) -> None:
    mine = update(template_versions).where(template_versions.c.id == version_id)
    tx.execute(mine.values(submission_id=submission_id, approved_at=at))


_versions = select(template_versions, responses.c.draft, responses.c.state, responses.c.author_id).join(
    responses, responses.c.id == template_versions.c.response_id
)


def _version(row: Any) -> Version:
    fields = tuple(
        Field(one["key"], FieldKind(one["kind"]), one["least"], one["most"], tuple(one["options"]))
        for one in row.fields
    )
    scope = Scope(
        frozenset(Channel(one) for one in row.scope["channels"]),
        Severity(row.scope["severity"]),
        frozenset(row.scope["matters"]),
    )
    values = {**row._mapping, "state": ResponseState(row.state), "form": Form(row.draft, fields, scope)}
    return Version(**{name: values[name] for name in Version.__dataclass_fields__})


def version(tx: Tx, version_id: int) -> Version | None:
    row = tx.execute(_versions.where(template_versions.c.id == version_id)).first()
    return _version(row) if row else None


def of_response(tx: Tx, response_id: int) -> Version | None:
    """The version of a template that a response carries."""
    row = tx.execute(_versions.where(template_versions.c.response_id == response_id)).first()
    return _version(row) if row else None


def versions(tx: Tx, template_id: int, limit: int = 20) -> list[Version]:
    """The newest versions of a template, newest first."""
    query = _versions.where(template_versions.c.template_id == template_id).order_by(template_versions.c.number.desc())
    return [_version(row) for row in tx.execute(query.limit(limit))]


def newest(tx: Tx, template_ids: list[int]) -> dict[int, Version]:
    """The newest version of each, whatever became of it."""
    return _newest(tx, template_ids, approved=False)


def in_use(tx: Tx, template_ids: list[int]) -> dict[int, Version]:
    """The newest approved version of each."""
    return _newest(tx, template_ids, approved=True)


def _newest(tx: Tx, template_ids: list[int], *, approved: bool) -> dict[int, Version]:
    these = template_versions.c.template_id.in_(template_ids[:MOST])
    which = and_(these, template_versions.c.approved_at.is_not(None)) if approved else these
    last = (
        select(template_versions.c.template_id, func.max(template_versions.c.number).label("number"))
        .where(which)
        .group_by(template_versions.c.template_id)
        .subquery()
    )
    both = and_(last.c.template_id == template_versions.c.template_id, last.c.number == template_versions.c.number)
    return {one.template_id: one for one in map(_version, tx.execute(_versions.join(last, both)))}


# --- uses ------------------------------------------------------------------------------------------------------------


def use(tx: Tx, response_id: int, version_id: int, values: dict[str, str], by: int, at: datetime) -> None:
    """A reply is made of this from now on; what it was made of before is forgotten."""
    forget_use(tx, response_id)
    row = {"response_id": response_id, "version_id": version_id, "values": values, "by": by, "at": at}
    tx.execute(insert(template_uses).values(row))


def forget_use(tx: Tx, response_id: int) -> bool:
    return tx.execute(delete(template_uses).where(template_uses.c.response_id == response_id)).rowcount == 1


def use_of(tx: Tx, response_id: int) -> Use | None:
    row = tx.execute(select(template_uses).where(template_uses.c.response_id == response_id)).first()
    return record(Use, row) if row else None


def touch(tx: Tx, template_id: int, at: datetime) -> None:
    """It was used just now, which is no change of it."""
    tx.execute(update(templates).where(templates.c.id == template_id).values(used_at=at))
