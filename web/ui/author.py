"""Who wrote the comment: since when, how much, how it ended, and what we answered. Pure; shown with st.html."""

from collections import Counter
from collections.abc import Sequence
from html import escape

from store.authors import COUNTED, Author, Past
from web.ui import body, lists, words
from web.ui.softening import holds, veiled

_SHOWN = 5
_ENDED = {
    "open": "in an open case",
    "answered": "answered",
    "dismissed": "dismissed",
    "spam": "marked as spam",
    "": "without a case",
}


def ended(past: Sequence[Past]) -> str:
    """How comments ended, in words, the most frequent first: '3 answered, 1 dismissed, 1 on hold on the blog'."""
    found: Counter[str] = Counter()
    for one in past:
        found[words.stands(one.status, one.deleted_at, one.erased_at) or _ENDED.get(one.outcome, one.outcome)] += 1
    return ", ".join(f"{count} {what}" for what, count in found.most_common())


def author(one: Author, where: str, soften: int) -> str:
    """The panel about an author at a source called `where`; texts from the severity `soften` on are hidden."""
    if not one.name and not one.known:
        return "<h2>No name</h2><p class='lh-quiet'>Nothing tells this author from others.</p>"
    by = "Counted by the account there." if one.known else "Counted by this name, which anybody can use."
    parts = [f"<h2><bdi>{escape(one.name or 'No name')}</bdi></h2>"]
    if one.past:
        many = f"{COUNTED} or more comments" if one.count >= COUNTED else words.count(one.count, "comment")
        since = (
            f" since <span title='{escape(words.exact(one.since))}'>{words.ago(one.since)}</span>" if one.since else ""
        )
        parts.append(f"<p>{many} on {escape(where)}{since}</p><p>{escape(ended(one.past))}</p>")
    else:
        parts.append(f"<p>First comment on {escape(where)}</p>")
    parts.append(f"<p class='lh-quiet'>{by}</p>")
    if one.past:
        said = "".join(_wrote(past, soften) for past in one.past[:_SHOWN] if past.text)
        parts.append(f"<details><summary>What they wrote before</summary>{said}</details>")
    for reply in one.replies:
        when = escape(words.moment(reply.published_at or reply.read_at))
        shown = body.body(reply.text, most=body.SHOWN)
        parts.append(f"<details><summary>We answered, {when}</summary>{shown}</details>")
    return "".join(parts)


def _wrote(past: Past, soften: int) -> str:
    first = f"<bdi>“{escape(lists.shortened(' '.join(past.text.split()), 160))}”</bdi> "
    about = f"<small>{escape(words.moment(past.at))} · <bdi>{escape(past.thread_title)}</bdi></small>"
    return f"<div class='lh-wrote'>{veiled(first, holds(past.severity, soften))}{about}</div>"
