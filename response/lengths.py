"""How long a text is by a channel's own rules, and how much each takes. Pure.

The rules are those that the channels publish; what they show shortened is counted as they count it.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from model.words import Channel

_LINK = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_JOINER, _EMOJI_STYLE = "\u200d", "\ufe0f"
_FLAG = (0x1F1E6, 0x1F1FF)
_TONE = (0x1F3FB, 0x1F3FF)
_TAG = (0xE0020, 0xE007F)


class Unit(StrEnum):
    """What counts as one: what a reader sees as one sign, or a sign by the weight of its script."""

    GRAPHEMES = "graphemes"
    WEIGHTED = "weighted"


@dataclass(frozen=True, slots=True)
class Form:
    """What a channel takes: at most `limit`; a link counts `link`, or (0) as long as it is."""

    limit: int
    unit: Unit = Unit.GRAPHEMES
    link: int = 0


FORMS: dict[Channel, Form] = {
    Channel.BLOG: Form(5_000),
    Channel.FACEBOOK: Form(8_000),
    Channel.INSTAGRAM: Form(2_200),
    Channel.MASTODON: Form(500, link=23),
    Channel.BLUESKY: Form(300),
    Channel.REDDIT: Form(10_000),
    Channel.YOUTUBE: Form(10_000),
    Channel.LINKEDIN: Form(1_250),
    Channel.X: Form(280, Unit.WEIGHTED, link=23),
    Channel.FORUM: Form(20_000),
    Channel.OTHER: Form(5_000),
}
"""A blog and channels that nobody knows set no bound of their own: theirs is where an answer stops being read."""
_OWN = frozenset({Channel.BLOG, Channel.OTHER})


def form_of(channels: frozenset[Channel]) -> tuple[Channel, Form]:
    """The channel that takes least, and what it takes."""
    channel = min(channels or {Channel.OTHER}, key=lambda one: (FORMS[one].limit, one))
    return channel, FORMS[channel]


def is_advice(channel: Channel) -> bool:
    """Whether the limit is ours and not the channel's."""
    return channel in _OWN


def clusters(text: str) -> list[str]:
    """What a reader sees as one sign each: a letter with its marks, a family of emoji, a flag."""
    found: list[str] = []
    for sign in text:
        if found and _goes_on(found[-1], sign):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _goes_on(before: str, sign: str) -> bool:
    """Whether a sign belongs to those before it."""
    code, last = ord(sign), before[-1]
    if last == "\r" and sign == "\n":
        return True
    if unicodedata.category(last) in ("Cc", "Zl", "Zp"):
        return False
    if sign in (_JOINER, _EMOJI_STYLE) or unicodedata.category(sign) in ("Mn", "Me", "Mc"):
        return True
    if _TONE[0] <= code <= _TONE[1] or _TAG[0] <= code <= _TAG[1]:
        return True
    if _FLAG[0] <= code <= _FLAG[1]:
        return len(before) == 1 and _FLAG[0] <= ord(last) <= _FLAG[1]
    return last == _JOINER and _pictures(sign) and _pictures(before[0])


def _pictures(sign: str) -> bool:
    return unicodedata.category(sign) == "So" or ord(sign) >= 0x1F000


def length(text: str, form: Form) -> int:
    """The length of a text as a channel counts it."""
    links = _LINK.findall(text) if form.link else []
    rest = _LINK.sub("", text) if form.link else text
    if form.unit is Unit.GRAPHEMES:
        own = len(clusters(rest))
    else:
        own = sum(_weight(cluster) for cluster in clusters(unicodedata.normalize("NFC", rest)))
    return own + form.link * len(links)


def _weight(cluster: str) -> int:
    first = ord(cluster[0])
    if _EMOJI_STYLE in cluster or first >= 0x1F000:
        return 2
    return sum(1 if any(low <= ord(sign) <= high for low, high in _LIGHT) else 2 for sign in cluster)
