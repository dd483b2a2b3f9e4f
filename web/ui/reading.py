"""Reading blocks as escaped HTML: a thread with its marks, reasons, routes, differences. Pure; shown with st.html."""

import re
from collections.abc import Collection, Mapping, Sequence
from html import escape

from channels.links import outward
from model.assessment import Assessment, Reason
from model.language import _
from model.route import EXPERT, Step
from model.words import Quorum
from store.comments import Comment, Thread
from store.threads import NEAR, Part
from web.ui import body, lists, told_by, words
from web.ui.differences import Kind, changes
from web.ui.links import Placed, leads, link
from web.ui.nesting import Turn, nested
from web.ui.softening import holds, label, veiled

_ANSWERS = 10


def paragraphs(text: str) -> str:
    """Text as paragraphs; the direction of each follows its own script."""
    return "".join(
        f"<p dir='auto'>{escape(part).replace(chr(10), '<br>')}</p>" for part in re.split(r"\n{2,}", text) if part
    )


def concern(assessment: Assessment | None) -> tuple[Reason, ...]:
    """The reasons why a person should look: those of spam are another matter."""
    return tuple(one for one in assessment.reasons if not one.rule.startswith("spam:")) if assessment else ()


def comment(
    one: Comment,
    reasons: Sequence[Reason] = (),
    *,
    lead: bool = False,
    note: str = "",
    source: str = "",
    answers: str = "",
    soften: int,
) -> str:
    """One comment; the one that matters carries its marks and stands out. `source` is what came as HTML, for its links;
    `answers` is HTML that says what it answers. From the severity `soften` on the text is hidden until asked for."""
    kind = "lh-comment lh-lead" if lead else "lh-comment lh-ours" if one.ours else "lh-comment"
    states = (note, words.stands(one.status, one.deleted_at, one.erased_at), _("edited") if one.revision > 1 else "")
    said = "".join(f"<span>{escape(part)}</span>" for part in states if part)
    badge = f"<b class='lh-badge'>{escape(_('Ours'))}</b>" if one.ours else ""
    when = one.published_at or one.read_at
    name = one.author or _("No name")
    text = f"<p class='lh-quiet'>{escape(_('Its words are gone for good.'))}</p>"
    if not one.erased_at:
        most = body.LEAD_SHOWN if lead else body.SHOWN
        text = body.body(one.text, reasons, outward(source) if source else (), most=most)
        text = veiled(text, holds(one.flagged_severity, soften, reasons))
    return (
        f"<article class='{kind}' aria-label='{escape(_('Comment by {name}', name=name))}'><header>"
        f"<strong><bdi>{escape(name)}</bdi></strong>{badge}{said}"
        f"<time title='{escape(words.exact(when))}'>{escape(words.age(when))}</time></header>{answers}{text}</article>"
    )


def thread(
    about: Thread, talk: Sequence[Comment], lead: Comment, reasons: Mapping[int, Sequence[Reason]], *, soften: int
) -> str:
    """The thread around the comment that matters, out of `talk`: its parent, its answers, three before and after."""
    place = next((i for i, one in enumerate(talk) if one.id == lead.id), 0)
    run = list(talk[max(0, place - NEAR) : place + NEAR + 1])
    there = {one.id for one in run}
    more = [one for one in talk if lead.parent_identity and one.identity == lead.parent_identity]
    more += [one for one in talk if one.parent_identity == lead.identity][-_ANSWERS:]
    apart = frozenset(one.id for one in more) - there
    around = Part(
        comments=tuple(one for one in talk if one.id in there or one.id in apart),
        earlier=max(0, place - NEAR),
        later=max(0, len(talk) - place - NEAR - 1),
        first=run[0].id if run else lead.id,
        last=run[-1].id if run else lead.id,
        apart=apart,
        parents={one.identity: one for one in talk},
        html={},
    )
    return part(about, around, lead, reasons, soften=soften)


def part(
    about: Thread,
    shown: Part,
    lead: Comment,
    reasons: Mapping[int, Sequence[Reason]],
    joined: Collection[int] = (),
    *,
    soften: int,
    above: str = "",
) -> str:
    """A part of a thread as on the blog: the post, and answers below what they answer. `joined` are in the case too;
    from the severity `soften` on a text is hidden until asked for. `above` is HTML that must be seen with `lead`: it
    stands right above it, or above all where that is not in this part."""
    place = next((i for i, one in enumerate(shown.comments) if one.id == lead.id), -1)
    ids = {one.id: i for i, one in enumerate(shown.comments)}
    turns = []
    for turn in nested(shown.comments, shown.parents):
        one = turn.comment
        notes = [_("also in this case")] if one.id in joined and one.id != lead.id else []
        if one.id in shown.apart:
            before = ids[one.id] < place
            notes.append(_("further up in the thread") if before else _("further down in the thread"))
        block = comment(
            one,
            reasons.get(one.id, ()),
            lead=one.id == lead.id,
            note=", ".join(notes),
            source=shown.html.get(one.id, ""),
            answers=_answers(turn, soften),
            soften=soften,
        )
        here = one.id == lead.id
        anchor = f" data-lead='{one.id}'" if here else ""
        turns.append(f"<div class='lh-turn lh-in{turn.depth}'{anchor}>{above if here else ''}{block}</div>")
    first = "" if place >= 0 else above
    return f"{first}<div class='lh-thread' data-part='{shown.first}'>{post(about)}{''.join(turns)}</div>"


def post(about: Thread) -> str:
    """What the comments stand under: its title, its first lines, and where it is."""
    first = lists.shortened(" ".join(about.text.split()), 280)
    there = leads(about.url)
    where = link(_("The post"), Placed(0, 0, there)) if there else ""
    text = f"<p dir='auto'>{escape(first)}</p>" if first else ""
    return (
        f"<article class='lh-post'><h2><bdi>{escape(about.title or about.url)}</bdi></h2>{text}"
        f"<div class='lh-where'>{where}</div></article>"
    )


def _answers(turn: Turn, soften: int) -> str:
    """What a comment answers, where its place does not show it."""
    if turn.answers is None:
        return ""
    words_of_it = lists.shortened(" ".join(turn.answers.text.split()), 90)
    shown = words_of_it and not holds(turn.answers.flagged_severity, soften)
    first = f": <bdi>“{escape(words_of_it)}”</bdi>" if shown else ""
    name = f"<bdi>{escape(turn.answers.author or _('No name'))}</bdi>"
    return f"<p class='lh-answers'>{_('in reply to {name}', name=name)}{first}</p>"


def why(reasons: Sequence[Reason], *, hide: bool = False) -> str:
    """The reasons, each with its number, how it was found and its share of the concern as a number and a bar; without
    the words of the comment where those are to `hide`."""
    rows = [
        f"<li><span class='lh-why'><b>{number}</b> {escape(label(reason.label, hide=hide))}</span>"
        f"<span class='lh-share'>{reason.share:.0%}</span>"
        f"<small>{told_by.found_as(reason.rule)}</small>"
        f"<i class='lh-bar' style='width:{max(4, round(reason.share * 100))}%'></i></li>"
        for number, reason in enumerate(reasons, 1)
    ]
    nothing = f"<p class='lh-quiet'>{escape(_('Nothing in it was raised as a concern.'))}</p>"
    return f"<ol class='lh-reasons'>{''.join(rows)}</ol>" if rows else nothing


def route(steps: Sequence[Step], asked: Sequence[Sequence[str]], *, first: str, last: str, done: int = -1) -> str:
    """The way of a response as chips: who writes, who decides at each level, where it ends.

    `done` steps are over; below 0 it is still being written.
    """
    chips = [f"<span class='lh-chip {'lh-done' if done >= 0 else 'lh-now'}'>{escape(first)}</span>"]
    for index, step in enumerate(steps):
        joint = "or" if step.quorum in (Quorum.ANY, 1) else "and"
        people = words.listed(list(asked[index]), last=joint) if asked[index] else _("nobody yet")
        state = "lh-done" if index < done else "lh-now" if index == done else ""
        number = _("Expert") if step.level == EXPERT else str(step.level)
        here = " aria-current='step'" if index == done else ""
        who = f"<b>{escape(number)}</b> {escape(people)}"
        chips.append(f"<span class='lh-chip {state}'{here} title='{escape(step.name)}'>{who}</span>")
    chips.append(f"<span class='lh-chip'>{escape(last)}</span>")
    return f"<div class='lh-route'>{'<i>→</i>'.join(chips)}</div>"


def difference(before: str, now: str) -> str:
    """What changed from one text to another, word by word: deleted and inserted words are marked as such."""
    tags = {Kind.SAME: ("", ""), Kind.GONE: ("<del>", "</del>"), Kind.CAME: ("<ins>", "</ins>")}
    parts = "".join(f"{tags[kind][0]}{escape(text)}{tags[kind][1]}" for kind, text in changes(before, now))
    return f"<div class='lh-text' dir='auto'>{parts.replace(chr(10), '<br>')}</div>"


def words_to_send(text: str) -> str:
    """A text exactly as it will be sent."""
    return f"<div class='lh-text'>{paragraphs(text)}</div>"
