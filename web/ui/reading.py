"""Reading blocks as escaped HTML: a thread with its marks, reasons, routes, differences. Pure; shown with st.html."""

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from html import escape

from model.assessment import Assessment, Reason
from model.route import EXPERT, Step
from store.comments import Comment, Thread
from web.ui import words

_NEIGHBOURS = 3
_STAYED = 3


def paragraphs(text: str) -> str:
    """Text as paragraphs; the direction of each follows its own script."""
    return "".join(
        f"<p dir='auto'>{escape(part).replace(chr(10), '<br>')}</p>" for part in re.split(r"\n{2,}", text) if part
    )


def marked(text: str, reasons: Sequence[Reason]) -> str:
    """Text with each reason's span marked and numbered; spans that overlap are marked once, with all their numbers."""
    numbers: dict[tuple[int, int], list[int]] = {}
    for number, reason in enumerate(reasons, 1):
        numbers.setdefault((reason.start, reason.end), []).append(number)
    parts, at = [], 0
    for (start, end), which in sorted(numbers.items()):
        if start < at or end > len(text):
            continue
        label = ", ".join(str(number) for number in which)
        parts += [escape(text[at:start]), f"<mark>{escape(text[start:end])}<sup>{label}</sup></mark>"]
        at = end
    parts.append(escape(text[at:]))
    body = "".join(parts)
    return "".join(f"<p dir='auto'>{part.replace(chr(10), '<br>')}</p>" for part in re.split(r"\n{2,}", body) if part)


def concern(assessment: Assessment | None) -> tuple[Reason, ...]:
    """The reasons why a person should look: those of spam are another matter."""
    return tuple(one for one in assessment.reasons if not one.rule.startswith("spam:")) if assessment else ()


def comment(one: Comment, reasons: Sequence[Reason] = (), *, lead: bool = False, note: str = "") -> str:
    """One comment; the one that matters carries its marks and stands out."""
    kind = "lh-comment lh-lead" if lead else "lh-comment lh-ours" if one.ours else "lh-comment"
    said = "Ours" if one.ours else note
    gone = " · deleted" if one.deleted_at else ""
    when = one.published_at or one.read_at
    return (
        f"<article class='{kind}'><header><strong>{escape(one.author or 'No name')}</strong> "
        f"<span>{escape(said + gone)}</span>"
        f"<time title='{escape(words.exact(when))}'>{escape(words.age(when))}</time></header>"
        f"{marked(one.text, reasons)}</article>"
    )


def thread(about: Thread, talk: Sequence[Comment], lead: Comment, reasons: Mapping[int, Sequence[Reason]]) -> str:
    """The thread around the comment that matters: the post, its parent, three before and after, the rest folded."""
    place = next((i for i, one in enumerate(talk) if one.id == lead.id), 0)
    near = {
        i
        for i, one in enumerate(talk)
        if abs(i - place) <= _NEIGHBOURS or one.identity == lead.parent_identity or one.parent_identity == lead.identity
    }
    before = [one for i, one in enumerate(talk) if i < place and i not in near]
    after = [one for i, one in enumerate(talk) if i > place and i not in near]

    def shown(one: Comment) -> str:
        nested = " lh-nested" if one.parent_identity else ""
        flagged = bool(reasons.get(one.id)) and one.id != lead.id
        block = comment(
            one, reasons.get(one.id, ()), lead=one.id == lead.id, note="also in this case" if flagged else ""
        )
        return f"<div class='lh-turn{nested}'>{block}</div>"

    post = f"<article class='lh-post'><strong>{escape(about.title or about.url)}</strong>"
    post += f"<p dir='auto'>{escape(about.text[:280])}{'…' if len(about.text) > 280 else ''}</p></article>"
    parts = [post, _folded(before, shown, "earlier")]
    parts += [shown(one) for i, one in enumerate(talk) if i in near]
    parts.append(_folded(after, shown, "later"))
    return f"<div class='lh-thread'>{''.join(parts)}</div>"


def _folded(rest: Sequence[Comment], shown: Callable[[Comment], str], which: str) -> str:
    if not rest:
        return ""
    summary = f"{len(rest)} {which} comment{'s' if len(rest) != 1 else ''}"
    return f"<details><summary>{summary}</summary>{''.join(shown(one) for one in rest)}</details>"


def why(reasons: Sequence[Reason]) -> str:
    """The reasons, each with its number, its rule and its share of the concern."""
    rows = [
        f"<li><span class='lh-why'><b>{number}</b> {escape(reason.label)}</span>"
        f"<span class='lh-share'>{reason.share:.0%}</span>"
        f"<small>rule {escape(reason.rule)}</small>"
        f"<i class='lh-bar' style='width:{max(4, round(reason.share * 100))}%'></i></li>"
        for number, reason in enumerate(reasons, 1)
    ]
    return f"<ol class='lh-reasons'>{''.join(rows)}</ol>" if rows else "<p class='lh-quiet'>No rule flagged it.</p>"


def route(steps: Sequence[Step], asked: Sequence[Sequence[str]], *, first: str, last: str, done: int = -1) -> str:
    """The way of a response as chips: who writes, who decides at each level, where it ends. `done` steps are over."""
    chips = [f"<span class='lh-chip lh-done'>{escape(first)}</span>"]
    for index, step in enumerate(steps):
        people = words.listed(list(asked[index])) if asked[index] else "nobody yet"
        state = "lh-done" if index < done else "lh-now" if index == done else ""
        number = "Expert" if step.level == EXPERT else str(step.level)
        chips.append(
            f"<span class='lh-chip {state}' title='{escape(step.name)}'><b>{number}</b> {escape(people)}</span>"
        )
    chips.append(f"<span class='lh-chip'>{escape(last)}</span>")
    return f"<div class='lh-route'>{'<i>→</i>'.join(chips)}</div>"


def difference(before: str, now: str) -> str:
    """What changed from one text to another, word by word: deleted and inserted words are marked as such."""
    old, new = re.findall(r"\s+|[^\s]+", before), re.findall(r"\s+|[^\s]+", now)
    parts: list[str] = []
    gone, came = "", ""
    changes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for place, (kind, a, b, c, d) in enumerate(changes):
        before_words, now_words = "".join(old[a:b]), "".join(new[c:d])
        # A word or two that stayed between two changes reads better as part of the change.
        short = kind == "equal" and len(now_words.split()) < _STAYED and 0 < place < len(changes) - 1
        if kind != "equal" or short:
            gone, came = gone + before_words, came + now_words
            continue
        parts += [_changed(gone, came), escape(now_words)]
        gone, came = "", ""
    parts.append(_changed(gone, came))
    return f"<div class='lh-text' dir='auto'>{''.join(parts).replace(chr(10), '<br>')}</div>"


def _changed(gone: str, came: str) -> str:
    return (f"<del>{escape(gone)}</del>" if gone else "") + (f"<ins>{escape(came)}</ins>" if came else "")


def words_to_send(text: str) -> str:
    """A text exactly as it will be sent."""
    return f"<div class='lh-text'>{paragraphs(text)}</div>"


def as_it_will_appear(answered: Comment | None, organisation: str, text: str) -> str:
    """A preview of an answer under its comment."""
    above = ""
    if answered:
        first = answered.text[:90] + ("…" if len(answered.text) > 90 else "")
        above = f"<strong>{escape(answered.author)}</strong><p class='lh-quiet' dir='auto'>{escape(first)}</p>"
    body = paragraphs(text) or "<p class='lh-quiet'>Nothing written yet.</p>"
    reply = f"<div class='lh-nested'><strong>{escape(organisation)}</strong>{body}</div>"
    return f"<div class='lh-preview'>{above}{reply}</div>"
