"""The reading blocks of a decision as escaped HTML: what was said, what will be sent, and why."""

from collections.abc import Sequence
from html import escape

from model.language import _, later, many, sense
from model.words import Action, Channel
from response.deciding import Back, Matter
from web import frame
from web.ui import reading, waits, words


def head(name: str, beside: str = "") -> str:
    """A pane's heading, with one grey line beside it."""
    return f"<div class='lh-pane-head'><h2>{escape(name)}</h2><span>{escape(beside)}</span></div>"


def said(one: Matter, soften: int) -> str:
    """The comment with its marks, folded to four lines on a phone; from the severity `soften` on it is hidden."""
    comment = one.comment
    if comment is None and one.action is Action.TEMPLATE:
        return head(_("What was said")) + frame.quiet_line(_("It answers no comment: it is for those to come."))
    if comment is None:
        return head(_("What was said")) + frame.quiet_line(_("It answers no comment: it is a response of our own."))
    reasons = reading.concern(one.assessment)
    block = reading.comment(comment, reasons, lead=True, soften=soften)
    changed = ""
    if comment.deleted_at:
        changed = _alert(_("The comment was deleted. Nothing goes out until somebody looks."))
    elif any(each.comment_revision != comment.revision for each in one.version.content.targets if each.comment_id):
        changed = _alert(
            _("The comment was changed since this was sent. Nothing happens until whoever sent it has looked at it.")
        )
    where = frame.quiet_line(_("On “{thread}”", thread=comment.thread_title))
    whole = escape(_("All of the comment"))
    return (
        f"{where}<details class='lh-fold lh-thread'><summary>{whole}</summary></details>"
        f"<div class='lh-said lh-thread'>{block}</div>{changed}"
    )


def _alert(text: str) -> str:
    return f"<p class='lh-problem' role='alert'>{escape(text)}</p>"


def needs(one: Matter, instead: bool) -> str:
    """Why it needs this person: one line, and all the rules beneath it."""
    step = one.submission.steps[min(one.step, len(one.submission.steps) - 1)] if one.submission.steps else None
    asked = set(step.because) if step else set()
    mine = [(rule, says) for rule, says in one.submission.because if rule in asked] or list(one.submission.because)
    rows = "".join(
        f"<li><span>{escape(_(says))}</span>"
        f"<small>{escape(_('rule {rule}', rule=rule))} · {escape(_levels(one, rule))}</small></li>"
        for rule, says in one.submission.because
    )
    stand_in = frame.quiet_line(waits.for_stand_in(one.wait)) if instead else ""
    handed = "".join(
        f"<div class='lh-note'>“{escape(each.reason)}”<small title='{escape(words.exact(each.at))}'>"
        + escape(_("{name} handed it to {to}, {when}", name=each.from_name, to=each.to_name, when=words.ago(each.at)))
        + "</small></div>"
        for each in one.handed[-2:]
    )
    late = words.now() > one.submission.approval_until
    over = _alert(_("This has waited too long to be approved. Whoever sent it must send it again.")) if late else ""
    return (
        f"{over}<p class='lh-needs-line'>{escape(_by(one, mine))}</p>"
        f"<div class='lh-needs'><h2>{escape(_('Why it needs you'))}</h2><ul>{rows}</ul></div>{stand_in}{handed}"
    )


def _by(one: Matter, mine: Sequence[tuple[str, str]]) -> str:
    """'Needs you by “Comments on safety go to level 1” (level 1)', and by how many other rules."""
    first = f"{_(mine[0][1])} ({_levels(one, mine[0][0])})" if mine else _("The policy asks for it")
    if len(mine) < 2:
        return _("Needs you by “{why}”", why=first)
    return many(
        "Needs you by “{why}”, and {n} more rule", "Needs you by “{why}”, and {n} more rules", len(mine) - 1, why=first
    )


def _levels(one: Matter, rule: str) -> str:
    found = [words.level(step.level) for step in one.submission.steps if rule in step.because]
    return ", ".join(found) or _("no level")


def to_send(one: Matter) -> str:
    """The exact text: the changes since this person saw it, or clean, by a switch that needs no answer from anybody."""
    text = one.version.content.text
    base = one.seen or one.before
    name = _("What will be sent") if one.action is Action.REPLY else _("What will be done")
    if base is None or base.content.text == text:
        return head(name) + f"<div class='lh-sent'>{reading.words_to_send(text)}</div>"
    since = (
        _("Marked is what changed since version {n}, which you saw.", n=base.number)
        if one.seen
        else _("Marked is what changed since version {n}, which you have not seen.", n=base.number)
    )
    marked, clean = (" checked", "") if one.seen else ("", " checked")
    this, changes, without = f"look-{one.submission.id}", escape(_("Changes")), escape(_("Clean"))
    switch = (
        f"<fieldset><legend>{escape(sense('a choice of what is shown', 'Show'))}</legend>"
        f"<label><input type='radio' name='{this}' value='changes'{marked}>{changes}</label>"
        f"<label><input type='radio' name='{this}' class='lh-is-clean' value='clean'{clean}>{without}</label>"
        "</fieldset>"
    )
    return (
        f"<div class='lh-look'><div class='lh-pane-head'><h2>{escape(name)}</h2>{switch}</div>"
        f"<p class='lh-quiet lh-since'>{escape(since)}</p>"
        f"<div class='lh-sent lh-changes'>{reading.difference(base.content.text, text)}</div>"
        f"<div class='lh-sent lh-clean'>{reading.words_to_send(text)}</div></div>"
    )


def after(one: Matter) -> str:
    """Why the last version came back, and the way this one goes."""
    note = ""
    if one.back:
        of = _of(one.back.name, one.back_version, one.back.kind)
        note = _back(one.back.reason, f"{escape(of)}, {words.timed(one.back.at)}")
    does, reply = one.action, one.action is Action.REPLY
    first = _("{name} wrote {n}", name=one.author, n=one.version.number) if reply else _("{name} asks", name=one.author)
    where = words.joined([words.CHANNEL[Channel(name)] for name in one.channels])
    last = _("On: {where}", where=where) if reply else words.ACTION[does]
    return note + reading.route(one.submission.steps, one.asked, first=first, last=last, done=one.step)


def _of(name: str, version: int, kind: str) -> str:
    return _("{name}, of version {n}: {what}", name=name, n=version, what=words.decided(kind))


def _back(reason: str, who: str) -> str:
    """A reason, and whose it is, which is HTML already."""
    return f"<div class='lh-note'>“{escape(reason)}”<small>{who}</small></div>"


def earlier(one: Matter) -> str:
    """What this author was answered before."""
    if not one.earlier or one.comment is None:
        return ""
    rows = "".join(
        f"<li><time title='{escape(words.exact(each.at))}'>{escape(words.age(each.at))}</time>"
        f"<span dir='auto'>{escape(each.text)}</span>"
        f"<small>{escape(_('under “{thread}”', thread=each.thread_title))}</small></li>"
        for each in one.earlier
    )
    title = escape(_("Earlier replies to {name}", name=one.comment.author))
    return f"<div class='lh-earlier'><h2>{title}</h2><ul class='lh-rows'>{rows}</ul></div>"


def exactly(one: Matter) -> str:
    """'You approve exactly this text: version 3, 391 characters, for the blog.'"""
    where = words.joined([words.CHANNEL[Channel(name)] for name in one.channels])
    size = many("{n} character", "{n} characters", len(one.version.content.text))
    if where:
        size = _("{size}, for: {where}", size=size, where=where)
    match one.action:
        case Action.REPLY:
            exact = later(
                "You approve exactly this text: version {n}, {size}. If anyone changes it, you are asked again."
            )
        case Action.TEMPLATE:
            exact = later(
                "You approve exactly this text with its fields: version {n}, {size}. If anyone changes it, you are"
                " asked again."
            )
        case _other:
            exact = later(
                "You approve exactly this, with this reason: version {n}, {size}. If anyone changes it, you are asked"
                " again."
            )
    return _(exact, n=one.version.number, size=size)


def came_back(back: Back) -> str:
    """For the author: who sent it back, why, and the part of the text that is meant, marked."""
    if back.end <= back.start:
        shown = ""
    else:
        before, marked, behind = back.text[: back.start], back.text[back.start : back.end], back.text[back.end :]
        body = f"{escape(before)}<mark>{escape(marked)}</mark>{escape(behind)}".replace("\n", "<br>")
        shown = f"<div class='lh-text lh-meant' dir='auto'>{body}</div>"
    return _back(back.reason, escape(_of(back.name, back.version, back.kind))) + shown
