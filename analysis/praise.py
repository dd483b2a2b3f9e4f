"""Praise that would fit under anything: kind words about 'your article' that never say what the article is about."""

import re
from collections.abc import Iterator
from functools import lru_cache

from analysis.evidence import Evidence, Material
from analysis.spam import found, load
from analysis.text import Span, lowered
from model.language import later

TEMPLATE = 0.4
"""Weight of each sentence that is known from comments sent by the thousand; TEMPLATES_MOST for all."""
TEMPLATES_MOST = 0.85
PRAISE = 0.3
"""Weight of each general sentence of praise when it shares no word with the thread."""
PRAISE_UNKNOWN = 0.2
"""The same when the thread is not known: there it may well be about it."""
PRAISE_MOST = 0.7
LONGEST = 1_200
"""Characters; somebody who writes more than this has something to say."""
SHARED_STEM = 6
"""Letters at the beginning that make two words the same ('communicate', 'communication')."""
SHORTEST_WORD = 4
REGULAR = 3
"""Earlier comments that make an author a regular, whose praise is believed."""
THREAD_LOOKED_AT = 50_000

_WORD = re.compile(r"[^\W\d_]+")


def phrases() -> Iterator[tuple[str, str]]:
    """The phrases of praise, each with its role; the list 'praise' of a Material's hits."""
    words = load()
    yield from ((phrase, "praise") for phrase in words.praise)
    yield from ((phrase, "template") for phrase in words.templates)


def praise_that_fits_anywhere(material: Material) -> Iterator[Evidence]:
    """Evidence for sentences of general praise, unless the comment takes up a word of its thread (where the thread is
    known) or its author is a regular (where that is known)."""
    subject, text = material.subject, material.cleaned.lower
    if (subject.author_seen or 0) >= REGULAR or not material.sentences or len(text) > LONGEST:
        return
    hits = material.hits["praise"]
    if not hits:
        return
    sentences: dict[str, set[int]] = {"template": set(), "praise": set()}
    for hit in hits:
        sentences[hit.owner].add(material.sentence_of(hit.span))
    sentences["praise"] -= sentences["template"]
    topic = _content(subject.thread_title) | _content(subject.thread_text) | _content(subject.parent)
    shared = bool(topic & _content(material.subject.text))
    for role, weight, most, label in (
        ("template", TEMPLATE, TEMPLATES_MOST, later("Words that are sent under anything")),
        ("praise", PRAISE if topic else PRAISE_UNKNOWN, PRAISE_MOST, later("Praise that would fit under anything")),
    ):
        places = sorted(sentences[role])
        # A template is one wherever it stands; praise in general words is honest as soon as it takes up the topic.
        if places and not (role == "praise" and shared):
            span = Span(*material.sentences[places[0]])
            score = min(most, 1 - (1 - weight) ** len(places))
            yield found("template" if role == "template" else "generic-praise", label, span, score)


@lru_cache(maxsize=512)  # The post's text comes again with each of its comments.
def _content(text: str) -> frozenset[str]:
    """The beginnings of the words that say something of a topic."""
    anywhere = load().anywhere
    words = _WORD.findall(lowered(text[:THREAD_LOOKED_AT]))
    return frozenset(w[:SHARED_STEM] for w in words if len(w) >= SHORTEST_WORD and w not in anywhere)
