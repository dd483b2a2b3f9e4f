"""Templates: written, sent for approval, used and retired."""

from collections.abc import Mapping
from dataclasses import dataclass

from access.permissions import Permission, require
from model import clock
from model.content import Target, fixed_text
from model.errors import BadInput, Conflict, NotFound
from model.language import _
from model.person import Person
from model.route import Route
from model.template import Form, Scope
from model.words import Action, ResponseState
from response import approvals, drafts, matters, policies, template_use, writing
from response import template_rules as rules
from response.workflow import Move, after
from response.writing import Saving
from store import audit, responses, templates
from store.db import Store, Tx
from store.responses import Response
from store.templates import Template, Version

LONGEST_NAME = 80
_WRITABLE = (ResponseState.DRAFT, ResponseState.CHANGES_REQUESTED)
_WAITS = (ResponseState.WAITING, ResponseState.APPROVED, ResponseState.HELD)


def propose(store: Store, by: Person, name: str, form: Form) -> int:
    """Writes a template and sends it for approval; returns its id."""
    require(by, Permission.TRIAGE)
    called = " ".join(fixed_text(name).split())
    if not 1 <= len(called) <= LONGEST_NAME:
        raise BadInput(_("Give the template a name of at most {most} characters.", most=LONGEST_NAME))
    now = clock.now()
    with store.write() as tx:
        known = rules.checked(form, matters.known(tx))
        template_id = templates.add(tx, called, by.id, now)
        _first(tx, by, template_id, 1, known)
        _send(tx, by, template_id)
    return template_id


def propose_again(store: Store, by: Person, template_id: int, form: Form, seen_version: int) -> None:
    """Another text or other fields: a version of its own, sent for approval. The one in use stays until it is approved.

    What came back to be changed is sent again as it is now. Raises Conflict when one waits already, or somebody changed
    the template since `seen_version`.
    """
    require(by, Permission.TRIAGE)
    with store.write() as tx:
        known = rules.checked(form, matters.known(tx))
        template = _template(tx, template_id)
        templates.change(tx, template_id, seen_version)
        newest = templates.newest(tx, [template_id])[template_id]
        if newest.state in _WAITS:
            raise Conflict(_("A version of this template waits for approval already. Take it back first."))
        if newest.form == known and newest.state is ResponseState.PUBLISHED:
            raise BadInput(
                _(
                    "Nothing was changed: this is version {number} of '{name}' as approved.",
                    number=newest.number,
                    name=template.name,
                )
            )
        if newest.state in _WRITABLE:
            _rewrite(tx, by, newest, known)
        else:
            _first(tx, by, template_id, newest.number + 1, known, responses.editors(tx, newest.response_id))
        _send(tx, by, template_id)


def take_back(store: Store, by: Person, template_id: int) -> None:
    """The version that waits is a draft again."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        newest = templates.newest(tx, [_template(tx, template_id).id])[template_id]
        response = _response(tx, newest)
        state = after(response.state, Move.TAKE_BACK)
        approvals.make_stale(tx, response, by.id, now)
        responses.change(tx, response.id, response.version, state=state)


def retire(store: Store, by: Person, template_id: int, seen_version: int) -> None:
    """Nothing is made of this template any more; what waits for approval is given up. What was made stays."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        _template(tx, template_id)
        templates.change(tx, template_id, seen_version, retired_at=now, retired_by=by.id)
        newest = templates.newest(tx, [template_id])[template_id]
        response = _response(tx, newest)
        if response.state in (*_WRITABLE, *_WAITS):
            approvals.make_stale(tx, response, by.id, now)
            responses.change(tx, response.id, response.version, state=after(response.state, Move.WITHDRAW))
        audit.record(tx, "template.retired", "template", template_id, by=by.id, at=now)


@dataclass(frozen=True, slots=True)
class Row:
    """A template in the list: its newest version, and the one in use (None: none yet) with who approved it when."""

    template: Template
    newest: Version
    present: Version | None
    by: str


def every(tx: Tx) -> list[Row]:
    """All templates that are not retired, by name."""
    listed = templates.listed(tx)
    ids = [one.id for one in listed]
    newest, present = templates.newest(tx, ids), templates.in_use(tx, ids)
    rows = []
    for one in listed:
        used = present.get(one.id)
        rows.append(Row(one, newest[one.id], used, template_use.approval(tx, used) if used else ""))
    return rows


def outlook(tx: Tx, scope: Scope) -> Route:
    """The levels that a template meant for this would need, by the policy in force."""
    return rules.template_route(policies.in_force(tx).policy, scope)


# --- using one -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ready:
    """A template that a reply can be made of: the version in use, and who approved it when, in words."""

    template: Template
    version: Version
    by: str


def ready(tx: Tx, response: Response) -> list[Ready]:
    """The templates that may be used where a response goes, what was used last first; none where somebody may be in
    danger."""
    if template_use.in_danger(tx, response):
        return []
    channels = {target.channel for target in responses.targets(tx, response.id)}
    listed = templates.listed(tx)
    present = templates.in_use(tx, [one.id for one in listed])
    able = [one for one in listed if one.id in present and channels <= present[one.id].form.scope.channels]
    able.sort(key=lambda one: -(one.used_at.timestamp() if one.used_at else 0))
    return [Ready(one, present[one.id], template_use.approval(tx, present[one.id])) for one in able]


def use(
    store: Store, by: Person, response_id: int, version_id: int, values: Mapping[str, str], tab: str, base: int
) -> tuple[str, Saving]:
    """Makes a reply of a template, in the place of what is written; returns the text, and how it was saved.

    What does not fit a field is taken all the same, as whoever writes may say so, but the reply is then routed like any
    other. Raises BadInput where a field is empty or no date.
    """
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        version = templates.version(tx, version_id)
        template = templates.get(tx, version.template_id) if version else None
        if version is None or template is None or version.approved_at is None or template.retired_at is not None:
            raise Conflict(_("This template is no longer in use. Choose another one."))
        response = responses.get(tx, response_id)
        if response is None or response.action is not Action.REPLY or response.state not in writing.WRITABLE:
            raise Conflict(_("This reply is no longer being written."))
        if template_use.in_danger(tx, response):
            raise BadInput(_(template_use.NO_TEMPLATE))
        kept = {field.key: _filled(field.key, values) for field in version.form.fields}
        text = _text(version, kept)
        drafts.hold(tx, by, response, now)
        templates.use(tx, response_id, version_id, kept, by.id, now)
        templates.touch(tx, template.id, now)
        data = {"template": template.id, "number": version.number}
        audit.record(tx, "response.templated", "response", response_id, by=by.id, at=now, **data)
    return text, writing.save(store, by, response_id, text, base, tab)


def _filled(key: str, values: Mapping[str, str]) -> str:
    value = fixed_text(values.get(key, ""))
    if not value:
        raise BadInput(_("Fill in '{key}'.", key=key))
    if len(value) > rules.LONGEST_OPTION:
        raise BadInput(_("'{key}' has more than {most} characters.", key=key, most=rules.LONGEST_OPTION))
    return value


def _text(version: Version, values: Mapping[str, str]) -> str:
    try:
        return rules.fill(version.form, values)
    except ValueError:
        raise BadInput(_("A date is written as 2026-03-31.")) from None


# --- versions --------------------------------------------------------------------------------------------------------


def _first(tx: Tx, by: Person, template_id: int, number: int, form: Form, wrote: frozenset[int] = frozenset()) -> None:
    """A version of its own. Who wrote those before it (`wrote`) counts as having written this one too."""
    now = clock.now()
    response_id = responses.add(tx, None, by.id, _targets(form), now, Action.TEMPLATE)
    responses.change(tx, response_id, 1, draft=form.text)
    for person in wrote | {by.id}:
        responses.add_editor(tx, response_id, person)
    templates.add_version(tx, template_id, number, response_id, form)
    audit.record(tx, "template.written", "template", template_id, by=by.id, at=now, number=number)


def _rewrite(tx: Tx, by: Person, version: Version, form: Form) -> None:
    now = clock.now()
    response = _response(tx, version)
    responses.add_editor(tx, response.id, by.id)
    responses.set_targets(tx, response.id, _targets(form))
    responses.change(tx, response.id, response.version, draft=form.text, saved_at=now, saved_by=by.id)
    templates.change_form(tx, version.id, form)
    audit.record(tx, "template.written", "template", version.template_id, by=by.id, at=now, number=version.number)


def _send(tx: Tx, by: Person, template_id: int) -> None:
    newest = templates.newest(tx, [template_id])[template_id]
    drafts.send(tx, by, _response(tx, newest), clock.now())


def _targets(form: Form) -> tuple[Target, ...]:
    return tuple(Target(channel, None, None, None, None) for channel in sorted(form.scope.channels))


def _template(tx: Tx, template_id: int) -> Template:
    template = templates.get(tx, template_id)
    if template is None or template.retired_at is not None:
        raise NotFound(_("There is no such template in use any more."))
    return template


def _response(tx: Tx, version: Version) -> Response:
    response = responses.get(tx, version.response_id)
    assert response is not None
    return response
