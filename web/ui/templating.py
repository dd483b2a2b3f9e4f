"""Templates on the pages: written with their fields, shown to whoever approves them, put into a reply."""

from collections.abc import Callable
from datetime import date, timedelta
from html import escape

import streamlit as st

from model.language import Labels, _, later, many
from model.person import Person
from model.template import Field, FieldKind, Form, Scope
from model.words import Channel, ResponseState, Severity
from response import template_rules, template_use, templates
from response.templates import Ready, Row
from response.views import ResponseView
from response.writing import Saving
from store import deciders, responses
from store import templates as rows
from store.comments import Comment
from store.db import store
from web import frame
from web.ui import reading, words
from web.ui.acting import attempt, dialog, finish

KINDS = Labels(
    {
        FieldKind.NAME: later("a name"),
        FieldKind.DATE: later("a date"),
        FieldKind.NUMBER: later("a number"),
        FieldKind.CHOICE: later("one of these"),
        FieldKind.LINK: later("one of these links"),
    }
)
STATE = Labels(
    {
        ResponseState.DRAFT: later("version {n} being written"),
        ResponseState.WAITING: later("version {n} waits for approval"),
        ResponseState.CHANGES_REQUESTED: later("version {n} changes requested"),
        ResponseState.REJECTED: later("version {n} rejected"),
        ResponseState.APPROVED: later("version {n} approved"),
        ResponseState.HELD: later("version {n} held"),
        ResponseState.PUBLISHED: later("version {n} in use"),
        ResponseState.WITHDRAWN: later("version {n} given up"),
    }
)
"""How a version stands, after its number."""
_USUAL = {
    FieldKind.NAME: (1, 40),
    FieldKind.DATE: (0, 30),
    FieldKind.NUMBER: (0, 100),
    FieldKind.CHOICE: (0, 0),
    FieldKind.LINK: (0, 0),
}


# --- one template, read ----------------------------------------------------------------------------------------------


def bounds(field: Field) -> str:
    """What may stand in a field, in words."""
    match field.kind:
        case FieldKind.NAME:
            return _("a name of {least} to {most} letters", least=field.least, most=field.most)
        case FieldKind.NUMBER:
            return _("a number from {least} to {most}", least=field.least, most=field.most)
        case FieldKind.DATE:
            return _("a date from {first} to {last}", first=_day(field.least), last=_day(field.most))
        case FieldKind.CHOICE | FieldKind.LINK:
            return _("one of: {options}", options=" · ".join(field.options))


def _day(days: int) -> str:
    if days == 0:
        return _("today")
    if days > 0:
        return many("{n} day ahead", "{n} days ahead", days)
    return many("{n} day back", "{n} days back", -days)


def meant_for(scope: Scope) -> str:
    """What a template is meant for, as a sentence."""
    where = words.joined([words.CHANNEL[one] for one in sorted(scope.channels)])
    severity = words.SEVERITY[scope.severity]
    if not scope.matters:
        return _(
            "For answers on {where} to comments of severity “{severity}” at most, about no sensitive matter.",
            where=where,
            severity=severity,
        )
    return _(
        "For answers on {where} to comments of severity “{severity}” at most, about {matters}.",
        where=where,
        severity=severity,
        matters=words.joined(sorted(scope.matters)),
    )


def terms(form: Form) -> str:
    """Fields and scope of a template, as HTML."""
    each = "".join(f"<li><code>{escape(one.key)}</code> {escape(bounds(one))}</li>" for one in form.fields)
    fields = f"<ul class='lh-terms'>{each}</ul>" if each else frame.quiet_line(_("It has no fields."))
    return fields + frame.quiet_line(meant_for(form.scope))


def shown(view: ResponseView) -> str:
    """A template for whoever decides on it, as HTML; its text follows on the page."""
    with store().read() as tx:
        version = rows.of_response(tx, view.response.id)
        template = rows.get(tx, version.template_id) if version else None
    if version is None or template is None:
        return ""
    said = _(
        "Answers that change nothing but the fields, and need no level beyond those that approve this, go"
        " out without another approval."
    )
    named = escape(_("The template “{name}”", name=template.name))
    which = _("{template}, version {n}", template=f"<strong>{named}</strong>", n=version.number)
    return f"<div class='lh-note'>{which}<br>{escape(said)}</div>{terms(version.form)}"


# --- the list, and writing one ---------------------------------------------------------------------------------------


def line(row: Row) -> tuple[str, str]:
    """A template in the list: its name, and how it stands."""
    present = _("in use, {by}", by=row.by) if row.present else _("not in use yet")
    other = row.newest.id != (row.present.id if row.present else 0)
    newest = STATE[row.newest.state].format(n=row.newest.number)
    return row.template.name, f"{present} · {newest}" if other else present


def sent_back(row: Row) -> str:
    """Why the newest version came back or was rejected, in that person's words, as HTML; empty when it did not."""
    if row.newest.state not in (ResponseState.CHANGES_REQUESTED, ResponseState.REJECTED):
        return ""
    with store().read() as tx:
        sent = responses.submissions_of(tx, row.newest.response_id)
        made = responses.decisions_of(tx, sent[-1].id) if sent else []
    said = next((one for one in reversed(made) if one.reason and one.settled_at), None)
    if said is None:
        return ""
    who = f"{escape(said.name)}: {words.decided(said.kind)}"
    return f"<div class='lh-note'>“{escape(said.reason)}”<small>{who}</small></div>"


def write(me: Person, row: Row | None) -> None:
    """The form of a template: its text, a row for each field in it, what it is meant for, and who will approve it."""
    this = f"{row.template.id}-{row.newest.id}-{row.template.version}" if row else "new"
    old = row.newest.form if row else Form("", (), Scope(frozenset({Channel.BLOG}), Severity.LOW))
    name = row.template.name if row else st.text_input(_("Name"), max_chars=80, key="template-name")
    text = st.text_area(
        _("Text"),
        value=old.text,
        height=180,
        max_chars=template_rules.MOST_TEXT,
        key=f"draft-template-{this}",
        help=_("Write a field as a word in braces, such as {name}.", name="{name}"),
    )
    before = {field.key: field for field in old.fields}
    fields = [_field(this, key, before.get(key)) for key in template_rules.places(text)]
    scope = _scope(this, old.scope)
    form = Form(text, tuple(fields), scope)
    _who_approves(scope)
    with st.container(horizontal=True, vertical_alignment="center"):
        send = st.button(_("Send for approval"), type="primary", shortcut="Ctrl+Enter", key=f"send-template-{this}")
        if row and st.button(_("Retire"), type="tertiary", key=f"retire-{this}"):
            _retire(me, row)
    if not send:
        return
    if row:
        attempt(lambda: templates.propose_again(store(), me, row.template.id, form, row.template.version), _(_SENT))
    elif made := attempt(lambda: templates.propose(store(), me, name, form), _(_SENT)):
        st.query_params["template"] = str(made)
        for key in [key for key in st.session_state if str(key).startswith(("draft-template-new", "template-"))]:
            del st.session_state[key]
    st.rerun()


_SENT = later("Sent for approval. It can be used once it is approved.")


def _retire(me: Person, row: Row) -> None:
    done = _("Retired. Nothing is made of it any more; what was made of it stays.")
    attempt(lambda: templates.retire(store(), me, row.template.id, row.template.version), done)
    st.rerun()


def _field(this: str, key: str, old: Field | None) -> Field:
    """The row of one field: what it is, and its bounds."""
    kinds = list(KINDS)
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        kind = st.selectbox(
            _("{field} is", field=f"{{{key}}}"),
            kinds,
            index=kinds.index(old.kind if old else FieldKind.NAME),
            format_func=lambda one: KINDS[one],
            key=f"template-kind-{this}-{key}",
        )
    with right:
        mine = old if old and old.kind is kind else None
        here = f"{this}-{key}-{kind}"
        if kind in (FieldKind.CHOICE, FieldKind.LINK):
            typed = st.text_area(
                _("One on each line"),
                value="\n".join(mine.options if mine else ()),
                height=90,
                key=f"template-of-{here}",
            )
            return Field(key, kind, options=tuple(one.strip() for one in typed.splitlines() if one.strip()))
        least, most = (mine.least, mine.most) if mine else _USUAL[kind]
        from_, to = _FROM_TO[kind]
        low, high = st.columns(2)
        lowest = low.number_input(_(from_), value=least, step=1, key=f"template-from-{here}")
        highest = high.number_input(_(to), value=most, step=1, key=f"template-to-{here}")
        return Field(key, kind, int(lowest), int(highest))


_FROM_TO = {
    FieldKind.NAME: (later("From letters"), later("To letters")),
    FieldKind.DATE: (later("From days from today"), later("To days from today")),
    FieldKind.NUMBER: (later("From"), later("To")),
}


def _scope(this: str, old: Scope) -> Scope:
    """What it is meant for."""
    channels = st.multiselect(
        _("For answers on"),
        list(Channel),
        default=sorted(old.channels),
        format_func=lambda one: words.CHANNEL[one],
        key=f"template-channels-{this}",
        placeholder=_("Choose…"),
    )
    left, right = st.columns(2)
    severity = left.selectbox(
        _("To comments of severity at most"),
        list(Severity),
        index=int(old.severity),
        format_func=lambda one: words.SEVERITY[one],
        key=f"template-severity-{this}",
    )
    matters = right.multiselect(
        _("About these matters"),
        sorted(words.matters()),
        default=sorted(old.matters),
        placeholder=_("Choose…"),
        key=f"template-about-{this}",
    )
    return Scope(frozenset(channels), Severity(severity or 0), frozenset(matters))


def _who_approves(scope: Scope) -> None:
    if not scope.channels:
        return
    with store().read() as tx:
        route = templates.outlook(tx, scope)
        people, names = deciders.deciders(tx), deciders.names(tx)
    asked = [sorted(names[one] for one in people.get(step.level, frozenset())) for step in route.steps]
    st.html(reading.route(route.steps, asked, first=_("You write"), last=_("In use")))
    for reason in route.because:
        frame.quiet(f"{_(reason.says)}.")


# --- into a reply ----------------------------------------------------------------------------------------------------

Take = Callable[[str, Saving], None]
"""What the editor does with the text, once it is saved."""


@dialog(later("Template"))
def choose(me: Person, response_id: int, comment: Comment | None, tab: str, base: int, take: Take) -> None:
    """Chooses a template, fills its fields, and puts it in the place of what is written."""
    with store().read() as tx:
        response = responses.get(tx, response_id)
        ready = templates.ready(tx, response) if response else []
        danger = response is not None and template_use.in_danger(tx, response)
    if danger:
        st.text(_(template_use.NO_TEMPLATE))
        return
    if response is None or not ready:
        st.text(_("No template is approved for this channel yet."))
        st.page_link(page="pages/templates.py", label=_("Write one"), query_params={"template": "new"})
        return
    by_id = {one.version.id: one for one in ready}
    chosen = st.selectbox(_("Template"), list(by_id), format_func=lambda one: by_id[one].template.name)
    one = by_id[chosen]
    values = {
        field.key: _value(field, comment, f"{response_id}-{chosen}-{field.key}") for field in one.version.form.fields
    }
    _as_filled(one, values)
    if response.draft:
        frame.quiet(_("It takes the place of what is written. That stays in the history."))
    if st.button(_("Insert"), type="primary", shortcut="Alt+Enter", key=f"insert-{response_id}"):
        # Not Ctrl+Enter: the page behind sends what is written with that.
        def insert() -> None:
            take(*templates.use(store(), me, response_id, chosen, values, tab, base))

        finish(insert, _("From the template “{name}”.", name=one.template.name))


def _value(field: Field, comment: Comment | None, key: str) -> str:
    """One field of the small form; a name begins with that of whoever is answered."""
    match field.kind:
        case FieldKind.CHOICE | FieldKind.LINK:
            return str(st.selectbox(field.key, field.options, key=f"fill-{key}"))
        case FieldKind.NUMBER:
            here = st.number_input(field.key, min_value=field.least, max_value=field.most, step=1, key=f"fill-{key}")
            return str(int(here))
        case FieldKind.DATE:
            today = words.now().date()
            first, last = today + timedelta(days=field.least), today + timedelta(days=field.most)
            day = st.date_input(
                field.key,
                value=max(first, min(today, last)),
                min_value=first,
                max_value=last,
                format="YYYY-MM-DD",
                key=f"fill-{key}",
            )
            return day.isoformat() if isinstance(day, date) else ""
        case _:
            author = " ".join((comment.author if comment else "").split())
            return st.text_input(field.key, value=author[: field.most], max_chars=200, key=f"fill-{key}")


def _as_filled(one: Ready, values: dict[str, str]) -> None:
    """The text as it will be, who approved it, and what in the fields would ask for approval anew."""
    if all(values.values()):
        st.html(reading.words_to_send(template_rules.fill(one.version.form, values)))
    today = words.now().date()
    with store().read() as tx:
        flagged = template_use.flagging(tx)
    found = [
        why
        for field in one.version.form.fields
        if values[field.key] and (why := template_rules.problem(field, values[field.key], today, flagged))
    ]
    frame.quiet(_("Version {n}, {by}.", n=one.version.number, by=one.by))
    if found:
        frame.problem(_("{why}: with this, the reply is routed like any other.", why=words.joined(found)))


def told(response_id: int) -> None:
    """Beside the editor: whether what is written is still the template that it was made of."""
    with store().read() as tx:
        response = responses.get(tx, response_id)
        made = template_use.made_of(tx, response) if response else None
    if made is None:
        return
    if made.changed:
        said = _(
            "It was made of the template “{name}”, but {why}: it is routed like any other.",
            name=made.name,
            why=words.joined(made.changed),
        )
    else:
        said = _(
            "Template “{name}”, {by}. If you change more than its fields, it is routed like any other reply.",
            name=made.name,
            by=made.by,
        )
    st.html(f"<p class='lh-quiet' role='status'>{escape(said)}</p>")
