"""What a link in a comment says and where it really leads: told in words, opened only on request. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote, unquote, urlsplit

from channels.links import Outward
from model.language import _, later

_MOST_HOST = 253
_DOTS = re.compile("[\u3002\uff0e\uff61]")
_ASCII_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?", re.ASCII)
_BARE = re.compile(r"(?:https?://|www\.)[^\s<>\"“”«»]{2,2000}", re.IGNORECASE)
_ENDS = ".,;:!?…)]}'’"
_JUNK = re.compile("[\x00-\x20\x7f-\x9f]")
_SAFE = "/:@!$&'()*+,;=-._~%?[]"
_TOGETHER = ({"HAN", "HIRAGANA", "KATAKANA"}, {"HAN", "HANGUL"}, {"HAN", "BOPOMOFO"})
_SAME = {"CJK": "HAN", "KATAKANA-HIRAGANA": "KATAKANA"}
_EMOJI = 4


@dataclass(frozen=True, slots=True)
class Leads:
    """Where a link leads. `host` is in the letters that browsers go by (xn--… for others than a to z), `reads` is how
    it would look in its own letters, empty when that is the same; `mixed` says that those are of several alphabets.
    `address` is what is opened: rebuilt from these parts, so that nothing else can be."""

    host: str
    reads: str
    mixed: bool
    address: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A link or an image at a place in a comment's text. `leads` is None for what is no web address."""

    start: int
    end: int
    leads: Leads | None
    image: bool = False


def leads(address: str) -> Leads | None:
    """Where an address leads as browsers read it, None for what is no http(s) address or has no sound host."""
    address = _JUNK.sub("", address)
    if re.match(r"www\.", address, re.IGNORECASE):
        address = f"http://{address}"
    elif address.startswith("//"):
        address = f"https:{address}"
    try:
        parts = urlsplit(address.replace("\\", "/"))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    reads = _DOTS.sub(".", unicodedata.normalize("NFKC", unquote(host))).lower()
    told = host if ":" in host and re.fullmatch(r"[0-9a-f:.]+", host) else _ascii(reads)
    if not told:
        return None
    shown = _unicode(told)
    where = f"[{told}]" if ":" in told else told
    where += f":{port}" if port else ""
    rest = quote(parts.path, safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
    rest += f"#{quote(parts.fragment, safe=_SAFE)}" if parts.fragment else ""
    return Leads(where, "" if shown == told else shown, mixed(shown), f"{parts.scheme.lower()}://{where}{rest or '/'}")


def _ascii(host: str) -> str:
    """A host as browsers send it; empty for one that none can be."""
    labels = []
    for label in host.split("."):
        if label.isascii():
            labels.append(label)
            continue
        if any(not one.isascii() and unicodedata.category(one)[0] not in "LMN" for one in label):
            return ""
        labels.append(f"xn--{label.encode('punycode').decode('ascii')}")
    told = ".".join(labels)
    return told if len(told) <= _MOST_HOST and _ASCII_HOST.fullmatch(told) else ""


def _unicode(host: str) -> str:
    """A host in its own letters, as far as it can be read."""
    labels = []
    for label in host.split("."):
        try:
            labels.append(label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label)
        except (UnicodeError, ValueError, OverflowError):
            labels.append(label)
    shown = ".".join(labels)
    return shown if all(unicodedata.category(one)[0] in "LMNP" for one in shown) else host


def mixed(host: str) -> bool:
    """Whether one part of a host has letters of several alphabets, as those have that look like another's."""
    return any(_mixed(label) for label in host.split("."))


def _mixed(label: str) -> bool:
    found = {unicodedata.name(one, "?").split()[0] for one in label if one.isalpha()}
    alphabets = {_SAME.get(one, one) for one in found}
    return len(alphabets) > 1 and not any(alphabets <= group for group in _TOGETHER)


def placed(text: str, outward: Sequence[Outward]) -> tuple[list[Placed], list[Placed]]:
    """The links and images of a comment at their places in its text, and those that have none there.

    They do not overlap and stand in their order. What is written as an address is a link too, as on most blogs.
    """
    there: list[Placed] = []
    rest: list[Placed] = []
    at = 0
    for one in outward:
        where = Placed(0, 0, leads(one.address), one.image)
        start = text.find(one.words, at) if one.words else -1
        if start < 0:
            rest.append(where)
            continue
        at = start + len(one.words)
        if one.image and len(one.words) <= _EMOJI and not one.words.isalnum():
            continue  # an emoji, which blogs draw as an image of their own
        there.append(Placed(start, at, where.leads, one.image))
    for bare in _BARE.finditer(text):
        end = bare.start() + len(bare[0].rstrip(_ENDS))
        if all(end <= other.start or bare.start() >= other.end for other in there):
            there.append(Placed(bare.start(), end, leads(text[bare.start() : end])))
    return sorted(there, key=lambda one: one.start), rest


def host_of(one: Placed) -> str:
    """The real host in words and as HTML, isolated from the directions around it."""
    if one.leads is None:
        return escape(_("no web address"))
    said = f"<bdi dir='ltr'>{escape(one.leads.host)}</bdi>"
    if one.leads.reads:
        warned = later("letters of several alphabets, reads as {name}") if one.leads.mixed else later("reads as {name}")
        said += f" ({_with(warned, name=f'<bdi>{escape(one.leads.reads)}</bdi>')})"
    return said


def _with(english: str, **tags: str) -> str:
    """A marked sentence as HTML, with HTML in its places."""
    return escape(_(english)).format(**tags)


def link(words: str, one: Placed) -> str:
    """A link as HTML: its words and, beside them, where it leads. Opening it is a second step, which says so again.

    `words` is HTML already, empty for a link that shows none.
    """
    host = host_of(one)
    if one.image:
        return f"{words} <span class='lh-host'>{_with(later('[image: {host}]'), host=host)}</span>"
    beside = f"<span class='lh-host'>{_with(later('[link: {host}]'), host=host)}</span>"
    if one.leads is None:
        return f"{words} {beside}"
    plain = words or escape(_("a link without words"))
    address = escape(one.leads.address)
    away = _with(later("It leads away from here, to {address}"), address=f"<bdi dir='ltr'>{address}</bdi>")
    return (
        f"<details class='lh-link'><summary><bdi>{plain}</bdi> {beside}</summary>"
        f"<span class='lh-open'>{away} "
        f"<a href='{address}' target='_blank' rel='noopener noreferrer nofollow' referrerpolicy='no-referrer'>"
        f"{escape(_('Open {host}', host=one.leads.host))}</a></span></details>"
    )
