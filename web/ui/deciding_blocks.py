"""The reading blocks of a decision as escaped HTML: what was said, what will be sent, and why."""

from html import escape

from model.words import Action, Channel
from response.deciding import Back, Matter
from web.ui import reading, waits, words


def head(name: str, beside: str = "") -> str:
    """A pane's heading, with one grey line beside it."""
    return f"<div class='lh-pane-head'><h2>{escape(name)}</h2><span>{escape(beside)}</span></div>"


def said(one: Matter, soften: int) -> str:
    """The comment with its marks, folded to four lines on a phone; from the severity `soften` on it is hidden."""
    comment = one.comment
    if comment is None and one.action is Action.TEMPLATE:
        return head("What was said") + "<p class='lh-quiet'>It answers no comment: it is for those to come.</p>"
    if comment is None:
        return head("What was said") + "<p class='lh-quiet'>It answers no comment: it is a response of our own.</p>"
    reasons = reading.concern(one.assessment)
    block = reading.comment(comment, reasons, lead=True, soften=soften)
    changed = ""
    if comment.deleted_at:
        changed = (
            "<p class='lh-problem' role='alert'>The comment was deleted. Nothing goes out until somebody looks.</p>"
        )
    where = f"<p class='lh-quiet'>On “{escape(comment.thread_title)}”</p>"
    return (
        f"{where}<details class='lh-fold lh-thread'><summary>All of the comment</summary></details>"
        f"<div class='lh-said lh-thread'>{block}</div>{changed}"
    )


def needs(one: Matter, instead: bool) -> str:
    """Why it needs this person: one line, and all the rules beneath it."""
    step = one.submission.steps[min(one.step, len(one.submission.steps) - 1)] if one.submission.steps else None
    asked = set(step.because) if step else set()
    mine = [(rule, says) for rule, says in one.submission.because if rule in asked] or list(one.submission.because)
    rows = "".join(
        f"<li><span>{escape(says)}</span><small>rule {escape(rule)} · {escape(_levels(one, rule))}</small></li>"
        for rule, says in one.submission.because
    )
    first = f"{mine[0][1]} ({_levels(one, mine[0][0])})" if mine else "The policy asks for it"
    more = f", and {words.count(len(mine) - 1, 'more rule')}" if len(mine) > 1 else ""
    stand_in = f"<p class='lh-quiet'>{escape(waits.for_stand_in(one.wait))}</p>" if instead else ""
    handed = "".join(
        f"<div class='lh-note'>“{escape(each.reason)}”<small>{escape(each.from_name)} handed it to "
        f"{escape(each.to_name)}, {escape(words.ago(each.at))}</small></div>"
        for each in one.handed[-2:]
    )
    late = words.now() > one.submission.approval_until
    over = (
        "<p class='lh-problem' role='alert'>This has waited too long to be approved. Whoever sent it must send it "
        "again.</p>"
        if late
        else ""
    )
    return (
        f"{over}<p class='lh-needs-line'>Needs you by “{escape(first)}”{escape(more)}</p>"
        f"<div class='lh-needs'><h2>Why it needs you</h2><ul>{rows}</ul></div>{stand_in}{handed}"
    )


def _levels(one: Matter, rule: str) -> str:
    found = [words.level(step.level) for step in one.submission.steps if rule in step.because]
    return ", ".join(found) or "no level"


def to_send(one: Matter) -> str:
    """The exact text: the changes since this person saw it, or clean, by a switch that needs no answer from anybody."""
    text = one.version.content.text
    base = one.seen or one.before
    name = "What will be sent" if one.action is Action.REPLY else "What will be done"
    if base is None or base.content.text == text:
        return head(name) + f"<div class='lh-sent'>{reading.words_to_send(text)}</div>"
    since = f"version {base.number}, which you saw" if one.seen else f"version {base.number}, which you have not seen"
    marked, clean = (" checked", "") if one.seen else ("", " checked")
    this = f"look-{one.submission.id}"
    switch = (
        f"<fieldset><legend>Show</legend>"
        f"<label><input type='radio' name='{this}' value='changes'{marked}>Changes</label>"
        f"<label><input type='radio' name='{this}' class='lh-is-clean' value='clean'{clean}>Clean</label></fieldset>"
    )
    return (
        f"<div class='lh-look'><div class='lh-pane-head'><h2>{name}</h2>{switch}</div>"
        f"<p class='lh-quiet lh-since'>Marked is what changed since {escape(since)}.</p>"
        f"<div class='lh-sent lh-changes'>{reading.difference(base.content.text, text)}</div>"
        f"<div class='lh-sent lh-clean'>{reading.words_to_send(text)}</div></div>"
    )


def after(one: Matter) -> str:
    """Why the last version came back, and the way this one goes."""
    note = ""
    if one.back:
        note = (
            f"<div class='lh-note'>“{escape(one.back.reason)}”<small>{escape(one.back.name)}, of version "
            f"{one.back_version}: {words.decided(one.back.kind)}, {words.ago(one.back.at)}</small></div>"
        )
    does = one.action
    first = f"{one.author} wrote {one.version.number}" if does is Action.REPLY else f"{one.author} asks"
    where = " and ".join(words.CHANNEL[Channel(name)] for name in one.channels)
    last = f"On: {where}" if does is Action.REPLY else words.ACTION[does]
    return note + reading.route(one.submission.steps, one.asked, first=first, last=last, done=one.step)


def earlier(one: Matter) -> str:
    """What this author was answered before."""
    if not one.earlier or one.comment is None:
        return ""
    rows = "".join(
        f"<li><time title='{escape(words.exact(each.at))}'>{escape(words.age(each.at))}</time>"
        f"<span dir='auto'>{escape(each.text)}</span><small>under “{escape(each.thread_title)}”</small></li>"
        for each in one.earlier
    )
    return (
        f"<div class='lh-earlier'><h2>Earlier replies to {escape(one.comment.author)}</h2>"
        f"<ul class='lh-rows'>{rows}</ul></div>"
    )


def exactly(one: Matter) -> str:
    """'You approve exactly this text: version 3, 391 characters, for the blog.'"""
    where = " and ".join(words.CHANNEL[Channel(name)] for name in one.channels)
    exact = {Action.REPLY: "this text", Action.TEMPLATE: "this text with its fields"}
    what = exact.get(one.action, "this, with this reason")
    return (
        f"You approve exactly {what}: version {one.version.number}, {len(one.version.content.text):,} characters"
        f"{f', for: {where}' if where else ''}. If anyone changes it, you are asked again."
    )


def came_back(back: Back) -> str:
    """For the author: who sent it back, why, and the part of the text that is meant, marked."""
    if back.end <= back.start:
        shown = ""
    else:
        before, marked, behind = back.text[: back.start], back.text[back.start : back.end], back.text[back.end :]
        body = f"{escape(before)}<mark>{escape(marked)}</mark>{escape(behind)}".replace("\n", "<br>")
        shown = f"<div class='lh-text lh-meant' dir='auto'>{body}</div>"
    what = f"{escape(back.name)}, of version {back.version}: {words.decided(back.kind)}"
    return f"<div class='lh-note'>“{escape(back.reason)}”<small>{what}</small></div>{shown}"
