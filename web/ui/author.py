"""Who wrote the comment: since when, how much, how it ended, and what we answered. Pure; shown with st.html."""

from collections import Counter
from collections.abc import Sequence
from html import escape

from model.language import Labels, _, later, many, number
from store.authors import COUNTED, Author, Past
from web.ui import body, lists, words
from web.ui.softening import holds, veiled

_SHOWN = 5
_ENDED = Labels(
    {
        "open": later("in an open case"),
        "answered": later("answered"),
        "dismissed": later("dismissed"),
        "spam": later("marked as spam"),
        "upload undone": later("upload undone"),
        "": later("without a case"),
    }
)


def ended(past: Sequence[Past]) -> str:
    """How comments ended, in words, the most frequent first: '3 answered, 1 dismissed, 1 on hold on the blog'."""
    found: Counter[str] = Counter()
    for one in past:
        found[words.stands(one.status, one.deleted_at, one.erased_at) or _ENDED.get(one.outcome, one.outcome)] += 1
    return ", ".join(f"{count} {what}" for what, count in found.most_common())


def author(one: Author, where: str, soften: int) -> str:
    """The panel about an author at a source called `where`; texts from the severity `soften` on are hidden."""
    if not one.name and not one.known:
        nothing = escape(_("Nothing tells this author from others."))
        return f"<h2>{escape(_('No name'))}</h2><p class='lh-quiet'>{nothing}</p>"
    by = _("Counted by the account there.") if one.known else _("Counted by this name, which anybody can use.")
    parts = [f"<h2><bdi>{escape(one.name or _('No name'))}</bdi></h2>"]
    if one.past:
        parts.append(f"<p>{_so_many(one, where)}</p><p>{escape(ended(one.past))}</p>")
    else:
        parts.append(f"<p>{escape(_('First comment on {where}', where=where))}</p>")
    parts.append(f"<p class='lh-quiet'>{escape(by)}</p>")
    if one.past:
        said = "".join(_wrote(past, soften) for past in one.past[:_SHOWN] if past.text)
        parts.append(f"<details><summary>{escape(_('What they wrote before'))}</summary>{said}</details>")
    for reply in one.replies:
        when = words.moment(reply.published_at or reply.read_at)
        shown = body.body(reply.text, most=body.SHOWN)
        parts.append(f"<details><summary>{escape(_('We answered, {when}', when=when))}</summary>{shown}</details>")
    return "".join(parts)


def _so_many(one: Author, where: str) -> str:
    """How much they wrote at a source, and since when, as HTML."""
    where = escape(where)
    if one.since is None:
        if one.count >= COUNTED:
            return _("{n} or more comments on {where}", n=number(COUNTED), where=where)
        return many("{n} comment on {where}", "{n} comments on {where}", one.count, where=where)
    ago = words.timed(one.since)
    if one.count >= COUNTED:
        return _("{n} or more comments on {where} since {ago}", n=number(COUNTED), where=where, ago=ago)
    return many(
        "{n} comment on {where} since {ago}", "{n} comments on {where} since {ago}", one.count, where=where, ago=ago
    )


def _wrote(past: Past, soften: int) -> str:
    first = f"<bdi>“{escape(lists.shortened(' '.join(past.text.split()), 160))}”</bdi> "
    about = f"<small>{escape(words.moment(past.at))} · <bdi>{escape(past.thread_title)}</bdi></small>"
    return f"<div class='lh-wrote'>{veiled(first, holds(past.severity, soften))}{about}</div>"
