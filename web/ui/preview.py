"""A text as each channel will show it, as escaped HTML. Pure; shown with st.html.

The exact text, always: what differs between channels is where lines break, whether an address becomes a link, what is
the title, and how it counts. While somebody writes, components/editor/preview.js draws the same.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from channels.wordpress.posts import parted
from model.content import Target
from model.language import _, later, number
from model.words import Channel
from response.lengths import FORMS, Form, is_advice, length
from response.wellness import NEVER
from store.comments import Comment
from web.ui import words
from web.ui.softening import first_words

_LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]", re.IGNORECASE)
_EMPTY = later("Nothing written yet.")
_LINES = frozenset(
    {
        Channel.X,
        Channel.MASTODON,
        Channel.BLUESKY,
        Channel.FACEBOOK,
        Channel.INSTAGRAM,
        Channel.LINKEDIN,
        Channel.YOUTUBE,
    }
)
"""Where each line stands as it is typed; elsewhere an empty line makes a paragraph."""
_NO_LINKS = frozenset({Channel.INSTAGRAM})


@dataclass(frozen=True, slots=True)
class Look:
    """How a channel shows a text: 'paragraphs', 'post' (the first line is its title) or 'lines'; whether addresses
    become links; and what else is to be known of it."""

    kind: str
    links: bool
    note: str = ""


def look_of(channel: Channel, *, post: bool) -> Look:
    """How a channel shows an answer, or (`post`) something of our own."""
    if channel is Channel.BLOG and post:
        return Look("post", False, later("The first line is the title. The blog leaves addresses as plain text."))
    if channel is Channel.BLOG:
        return Look("paragraphs", True, later("The blog draws its own quotation marks and dashes; the words stay."))
    if channel in _LINES:
        return Look("lines", channel not in _NO_LINKS)
    return Look("paragraphs", channel is not Channel.OTHER)


def drawn(text: str, look: Look) -> str:
    """The text itself in this look."""
    if not text:
        return f"<p class='lh-quiet'>{escape(_(_EMPTY))}</p>"
    if look.kind == "lines":
        return f"<p class='lh-lines' dir='auto'>{_linked(text, look)}</p>"
    title, rest = parted(text) if look.kind == "post" else ("", text)
    head = f"<p class='lh-title' dir='auto'>{escape(title)}</p>" if title else ""
    return head + "".join(
        f"<p dir='auto'>{'<br>'.join(_linked(line, look) for line in part.split(chr(10)))}</p>"
        for part in re.split(r"\n{2,}", rest)
        if part
    )


def _linked(text: str, look: Look) -> str:
    """A line of it; addresses look as links do, and lead nowhere."""
    if not look.links:
        return escape(text)
    parts, at = [], 0
    for found in _LINK.finditer(text):
        parts += [escape(text[at : found.start()]), f"<span class='lh-address'>{escape(found.group())}</span>"]
        at = found.end()
    return "".join([*parts, escape(text[at:])])


def previews(
    targets: Sequence[Target],
    text: str,
    organisation: str,
    response_id: int,
    answered: Comment | None = None,
    *,
    soften: int = NEVER,
) -> str:
    """One preview for each look that its targets have, the first of them first; the editor of this response writes into
    them while somebody types. `answered` is the comment above an answer; from the severity `soften` on its words are
    hidden."""
    found: dict[tuple[Channel, bool], str] = {}
    for target in targets:
        key = (target.channel, target.source_id is not None)
        found.setdefault(key, _one(target, text, organisation, response_id, answered, soften))
    return "".join(found.values())


def _one(target: Target, text: str, organisation: str, response_id: int, answered: Comment | None, soften: int) -> str:
    channel, form = target.channel, FORMS[target.channel]
    look = look_of(channel, post=target.comment_id is None)
    above = ""
    if answered:
        first = first_words(answered, 90, soften)
        above = (
            f"<strong><bdi>{escape(answered.author)}</bdi></strong><p class='lh-quiet' dir='auto'>{escape(first)}</p>"
        )
    on = words.CHANNEL[channel]
    ours = target.comment_id is None and target.source_id is not None
    where = _("On {channel}, as a post by our account", channel=on) if ours else _("On {channel}", channel=on)
    links = " data-links" if look.links else ""
    body = f"<div data-preview='{response_id}' data-look='{look.kind}'{links}>{drawn(text, look)}</div>"
    note = f"<p class='lh-quiet'>{escape(_(look.note))}</p>" if look.note else ""
    written = f"<strong>{escape(organisation)}</strong>{body}{'' if is_advice(channel) else _count(text, form)}"
    nested = f"<div class='lh-nested'>{written}</div>" if answered else f"<div>{written}</div>"
    return f"<div class='lh-preview'><p class='lh-quiet'>{escape(where)}</p>{above}{nested}{note}</div>"


def _count(text: str, form: Form) -> str:
    used = length(text, form)
    over = " lh-over" if used > form.limit else ""
    told = json.dumps({"limit": form.limit, "unit": form.unit.value, "link": form.link})
    said = _("{count} of {limit} characters", count=number(used), limit=number(form.limit))
    return f"<p class='lh-quiet lh-counts{over}' data-counts='{escape(told)}'>{escape(said)}</p>"
