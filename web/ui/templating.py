"""Templates on the pages: written with their fields, shown to whoever approves them, put into a reply."""

from collections.abc import Callable
from datetime import date, timedelta
from html import escape

import streamlit as st

from model.person import Person
from model.template import Field, FieldKind, Form, Scope
from model.words import Channel, ResponseState, Severity
from response import policies, template_rules, template_use, templates
from response.templates import Ready, Row
from response.views import ResponseView
from response.writing import Saving
from store import deciders, responses
from store import templates as rows
from store.comments import Comment
from store.db import store
from web import frame
from web.ui import reading, words
from web.ui.acting import attempt, finish

KINDS = {
    FieldKind.NAME: "a name",
    FieldKind.DATE: "a date",
    FieldKind.NUMBER: "a number",
    FieldKind.CHOICE: "one of these",
    FieldKind.LINK: "one of these links",
}
STATE = {
    ResponseState.DRAFT: "being written",
    ResponseState.WAITING: "waits for approval",
    ResponseState.CHANGES_REQUESTED: "changes requested",
    ResponseState.REJECTED: "rejected",
    ResponseState.APPROVED: "approved",
    ResponseState.HELD: "held",
    ResponseState.PUBLISHED: "in use",
    ResponseState.WITHDRAWN: "given up",
}
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
            return f"a name of {field.least} to {field.most} letters"
        case FieldKind.NUMBER:
            return f"a number from {field.least} to {field.most}"
        case FieldKind.DATE:
            return f"a date from {_day(field.least)} to {_day(field.most)}"
        case _:
            return f"one of: {' · '.join(field.options)}"


def _day(days: int) -> str:
    if days == 0:
        return "today"
    return f"{words.count(abs(days), 'day')} {'ahead' if days > 0 else 'back'}"


def meant_for(scope: Scope) -> str:
    """What a template is meant for, as a sentence."""
    where = " and ".join(words.CHANNEL[one] for one in sorted(scope.channels))
    about = f", about {' and '.join(sorted(scope.matters))}" if scope.matters else ", about no sensitive matter"
    return f"For answers on {where} to comments of severity “{words.SEVERITY[scope.severity]}” at most{about}."


def terms(form: Form) -> str:
    """Fields and scope of a template, as HTML."""
    each = "".join(f"<li><code>{escape(one.key)}</code> {escape(bounds(one))}</li>" for one in form.fields)
    fields = f"<ul class='lh-terms'>{each}</ul>" if each else "<p class='lh-quiet'>It has no fields.</p>"
    return f"{fields}<p class='lh-quiet'>{escape(meant_for(form.scope))}</p>"


def shown(view: ResponseView) -> str:
    """A template for whoever decides on it, as HTML; its text follows on the page."""
    with store().read() as tx:
        version = rows.of_response(tx, view.response.id)
        template = rows.get(tx, version.template_id) if version else None
    if version is None or template is None:
        return ""
    said = (
        "Answers that change nothing but the fields, and need no level beyond those that approve this, go out "
        "without another approval."
    )
    return (
        f"<div class='lh-note'><strong>The template “{escape(template.name)}”</strong>, version {version.number}"
        f"<br>{said}</div>{terms(version.form)}"
    )


# --- the list, and writing one ---------------------------------------------------------------------------------------


def line(row: Row) -> tuple[str, str]:
    """A template in the list: its name, and how it stands."""
    present = f"in use, {row.by}" if row.present else "not in use yet"
    other = row.newest.id != (row.present.id if row.present else 0)
    return row.template.name, present + (f" · version {row.newest.number} {STATE[row.newest.state]}" if other else "")


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
    name = row.template.name if row else st.text_input("Name", max_chars=80, key="template-name")
    text = st.text_area(
        "Text",
        value=old.text,
        height=180,
        max_chars=template_rules.MOST_TEXT,
        key=f"draft-template-{this}",
        help="Write a field as a word in braces, such as {name}.",
    )
    before = {field.key: field for field in old.fields}
    fields = [_field(this, key, before.get(key)) for key in template_rules.places(text)]
    scope = _scope(this, old.scope)
    form = Form(text, tuple(fields), scope)
    _who_approves(scope)
    with st.container(horizontal=True, vertical_alignment="center"):
        send = st.button("Send for approval", type="primary", shortcut="Ctrl+Enter", key=f"send-template-{this}")
        if row and st.button("Retire", type="tertiary", key=f"retire-{this}"):
            _retire(me, row)
    if not send:
        return
    if row:
        attempt(lambda: templates.propose_again(store(), me, row.template.id, form, row.template.version), _SENT)
    elif made := attempt(lambda: templates.propose(store(), me, name, form), _SENT):
        st.query_params["template"] = str(made)
        for key in [key for key in st.session_state if str(key).startswith(("draft-template-new", "template-"))]:
            del st.session_state[key]
    st.rerun()


_SENT = "Sent for approval. It can be used once it is approved."


def _retire(me: Person, row: Row) -> None:
    done = "Retired. Nothing is made of it any more; what was made of it stays."
    attempt(lambda: templates.retire(store(), me, row.template.id, row.template.version), done)
    st.rerun()


def _field(this: str, key: str, old: Field | None) -> Field:
    """The row of one field: what it is, and its bounds."""
    kinds = list(KINDS)
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        kind = st.selectbox(
            f"{{{key}}} is",
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
                "One on each line", value="\n".join(mine.options if mine else ()), height=90, key=f"template-of-{here}"
            )
            return Field(key, kind, options=tuple(one.strip() for one in typed.splitlines() if one.strip()))
        least, most = (mine.least, mine.most) if mine else _USUAL[kind]
        what = {FieldKind.NAME: "letters", FieldKind.DATE: "days from today", FieldKind.NUMBER: ""}[kind]
        low, high = st.columns(2)
        lowest = low.number_input(f"From {what}".strip(), value=least, step=1, key=f"template-from-{here}")
        highest = high.number_input(f"To {what}".strip(), value=most, step=1, key=f"template-to-{here}")
        return Field(key, kind, int(lowest), int(highest))


def _scope(this: str, old: Scope) -> Scope:
    """What it is meant for."""
    channels = st.multiselect(
        "For answers on",
        list(Channel),
        default=sorted(old.channels),
        format_func=lambda one: words.CHANNEL[one],
        key=f"template-channels-{this}",
    )
    left, right = st.columns(2)
    severity = left.selectbox(
        "To comments of severity at most",
        list(Severity),
        index=int(old.severity),
        format_func=lambda one: words.SEVERITY[one],
        key=f"template-severity-{this}",
    )
    matters = right.multiselect(
        "About these matters",
        sorted(policies.known_matters()),
        default=sorted(old.matters),
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
    st.html(reading.route(route.steps, asked, first="You write", last="In use"))
    for reason in route.because:
        st.html(f"<p class='lh-quiet'>{escape(reason.says)}.</p>")


# --- into a reply ----------------------------------------------------------------------------------------------------

Take = Callable[[str, Saving], None]
"""What the editor does with the text, once it is saved."""


@st.dialog("Template")
def choose(me: Person, response_id: int, comment: Comment | None, tab: str, base: int, take: Take) -> None:
    """Chooses a template, fills its fields, and puts it in the place of what is written."""
    with store().read() as tx:
        response = responses.get(tx, response_id)
        ready = templates.ready(tx, response) if response else []
    if response is None or not ready:
        st.text("No template is approved for this channel yet.")
        st.page_link("pages/templates.py", label="Write one", query_params={"template": "new"})
        return
    by_id = {one.version.id: one for one in ready}
    chosen = st.selectbox("Template", list(by_id), format_func=lambda one: by_id[one].template.name)
    one = by_id[chosen]
    values = {
        field.key: _value(field, comment, f"{response_id}-{chosen}-{field.key}") for field in one.version.form.fields
    }
    _as_filled(one, values)
    if response.draft:
        st.html("<p class='lh-quiet'>It takes the place of what is written. That stays in the history.</p>")
    if st.button("Insert", type="primary", shortcut="Alt+Enter", key=f"insert-{response_id}"):
        # Not Ctrl+Enter: the page behind sends what is written with that.
        def insert() -> None:
            take(*templates.use(store(), me, response_id, chosen, values, tab, base))

        finish(insert, f"From the template “{one.template.name}”.")


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
                field.key, value=max(first, min(today, last)), min_value=first, max_value=last, key=f"fill-{key}"
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
    found = [
        why
        for field in one.version.form.fields
        if values[field.key] and (why := template_rules.problem(field, values[field.key], today, template_use.flagged))
    ]
    st.html(f"<p class='lh-quiet'>Version {one.version.number}, {escape(one.by)}.</p>")
    if found:
        frame.problem(f"{' and '.join(found)}: with this, the reply is routed like any other.")


def told(response_id: int) -> None:
    """Beside the editor: whether what is written is still the template that it was made of."""
    with store().read() as tx:
        response = responses.get(tx, response_id)
        made = template_use.made_of(tx, response) if response else None
    if made is None:
        return
    if made.changed:
        said = (
            f"It was made of the template “{made.name}”, but {' and '.join(made.changed)}: it is routed like any other."
        )
    else:
        said = (
            f"Template “{made.name}”, {made.by}. If you change more than its fields, it is routed like any other reply."
        )
    st.html(f"<p class='lh-quiet' role='status'>{escape(said)}</p>")
