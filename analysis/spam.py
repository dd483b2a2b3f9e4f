"""What speaks for spam: links, offers, repeats. (Praise that fits anywhere has a module of its own.)

Each finding has a weight, the score it would give alone; together they give 1 - (1-a)(1-b)... What is not known of a
comment (its thread, other threads, its author's past) makes the rule that needs it silent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from analysis.evidence import Evidence, Kind, Material
from analysis.labels import LINKS, QUOTING, REPEATED
from analysis.phrases import Index
from analysis.text import Span, lowered
from model.language import later

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "spam.yaml"

LINK_WEIGHTS = (0.0, 0.15, 0.35, 0.55)
"""By count of links; from three on the last."""
SHORTENED = 0.35
MARKUP = 0.55
ALMOST_ONLY_A_LINK = 0.35
FEW_LETTERS = 25
LINK_OF_AUTHOR = 0.25
REPEAT_WEIGHTS = (0.0, 0.3, 0.45, 0.6)
"""By count of near-equal comments in other threads; from three on the last."""
MANY = 0.8
MANY_LINKS = 8
LONGEST_LINK = 300

_LINK = re.compile(
    rf"(?:https?://|\bwww\.)[^\s<>\"]{{1,{LONGEST_LINK}}}"
    r"|(?<![\w@./])[\w-]{1,40}\.(?:com|net|org|info|biz|ru|xyz|top|club|shop|online|site|ly|co\.uk)(?![\w.@])(?:/\S{0,300})?"
)
# What every link has: most texts have none, and are done with at once.
_PLACE = re.compile(r"://|www\.|\.(?:com|net|org|info|biz|ru|xyz|top|club|shop|online|site|ly|co\.uk)(?![\w.@])")
_MARKUP = re.compile(r"<a\s[^>]{0,300}href|\[(?:url|link)[=\]]", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Words:
    """One list of data/spam.yaml: what it is called, and the weight of its first phrase and of all its phrases."""

    key: str
    label: str
    weight: float
    most: float
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpamWords:
    """data/spam.yaml: phrases of offers and promotion, shorteners' hosts, and what praise that fits anywhere says."""

    lists: tuple[Words, ...]
    shorteners: frozenset[str]
    praise: tuple[str, ...]
    templates: tuple[str, ...]
    anywhere: frozenset[str]


@cache
def load() -> SpamWords:
    """The shipped words, read once."""
    document = yaml.load(SHIPPED.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return SpamWords(
        lists=tuple(
            Words(key, value["label"], value["weight"], value["most"], tuple(map(str, value["phrases"])))
            for key, value in document["lists"].items()
        ),
        shorteners=frozenset(document["shorteners"]),
        praise=tuple(document["praise"]),
        templates=tuple(document["templates"]),
        anywhere=frozenset(document["anywhere"].split()),
    )


def phrases() -> Iterator[tuple[str, Words]]:
    """The phrases of offers and promotion, each with its list; the list 'offers' of a Material's hits."""
    return ((phrase, words) for words in load().lists for phrase in words.phrases)


@cache
def _index() -> Index[Words]:
    """For names; the text is looked through together with all else."""
    return Index(phrases())


def found(rule: str, label: str, span: Span, weight: float) -> Evidence:
    """Evidence of spam."""
    return Evidence(Kind.SPAM, f"spam:{rule}", label, span, weight)


def links(material: Material) -> Iterator[Evidence]:
    """Links: how many, shortened ones, markup that no reader writes, hardly a word beside them."""
    text, lower = material.cleaned.text, material.cleaned.lower
    markup = _MARKUP.search(text)
    if markup:
        yield found("markup", later("A link written as markup"), Span(*markup.span()), MARKUP)
    if "." not in lower or not _PLACE.search(lower):
        return
    spans = [Span(*match.span()) for match in _LINK.finditer(lower)]
    if not spans:
        return
    count = len(spans)
    weight = MANY if count >= MANY_LINKS else LINK_WEIGHTS[min(count, len(LINK_WEIGHTS) - 1)]
    yield found("links", later("A link") if count == 1 else LINKS.format(n=count), spans[0], weight)
    shortened = next((span for span in spans if _host(lower[span.start : span.end]) in load().shorteners), None)
    if shortened:
        yield found("shortener", later("A link that hides where it leads"), shortened, SHORTENED)
    beside = len(_LETTERS.findall(_LINK.sub(" ", lower)))
    if beside < FEW_LETTERS:
        yield found("only-link", later("Hardly a word beside the link"), material.whole(), ALMOST_ONLY_A_LINK)


def _host(link: str) -> str:
    return re.split(r"[/?#:]", link.removeprefix("https://").removeprefix("http://"), maxsplit=1)[0].removeprefix(
        "www."
    )


def offers(material: Material) -> Iterator[Evidence]:
    """Words of offers, prizes, promotion and bait; in the author's name too."""
    spans: dict[Words, list[Span]] = {}
    for hit in material.hits["offers"]:
        taken = spans.setdefault(hit.owner, [])
        if not taken or hit.span.start >= taken[-1].end:
            taken.append(hit.span)
    for words, places in spans.items():
        weight = 1 - (1 - words.weight) ** len(places)
        quoted = material.words(places[0])[:60]
        yield found(words.key, QUOTING.format(name=words.label, words=quoted), places[0], min(weight, words.most))
    author = lowered(material.subject.author[:200])
    if author and (_LINK.search(author) or _index().find(author, [Span(0, len(author))])):
        yield found("author", later("The author's name is an offer or a link"), material.whole(), LINK_OF_AUTHOR)


def repeats(material: Material) -> Iterator[Evidence]:
    """Near-equal comments in other threads, where their count is known."""
    count = material.subject.seen_elsewhere or 0
    if count > 0:
        label = later("Nearly the same in one other thread") if count == 1 else REPEATED.format(n=count)
        weight = REPEAT_WEIGHTS[min(count, len(REPEAT_WEIGHTS) - 1)]
        yield found("repeated", label, material.whole(), weight)
