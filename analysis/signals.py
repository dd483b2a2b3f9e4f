"""The signals of a comment: what rules and models say of it put together, each with the words that moved it."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import prod

from analysis import asking, by_words, personal, sentiment
from analysis.chances import chance
from analysis.evidence import ENGLISH, Evidence, Kind, Material, Moved, Told
from analysis.matters import Matter
from analysis.text import Span
from model.assessment import AT_ONCE, SIGNALS, THRESHOLD, Share, Signal
from model.language import later
from model.words import Language, Severity

RULES = "rules 2"
PATTERNS = "patterns 1"
MOST_SPANS = 8
"""Spans of one signal; of more the heaviest are kept."""
ONLY_A_MOOD = 0.3
"""The concern of strongly negative words without a matter."""
BY_SEVERITY = {
    Severity.NONE: 0.5,
    Severity.LOW: 0.55,
    Severity.MEDIUM: 0.65,
    Severity.HIGH: 0.75,
    Severity.CRITICAL: 0.85,
}
"""What one phrase of a matter of that severity comes to; each more takes a part of what is missing to 1."""
MORE = 0.2
LEAVES = THRESHOLD / 2
"""The concern of what a comment means below which phrases alone raise nothing but what is critical."""
LEAVES_BY_WORDS = THRESHOLD / 20
"""The same of its words: where nothing is known of what it means, phrases are overruled only where it is plainly
harmless."""
STANDS = 3
"""So many phrases of matters in one comment are no coincidence: they count whatever a model says."""
BETWEEN = later("Reads like something that somebody in charge must hear")
TOLD_BY_MATTER = {"threat": "threats", "self_harm": "despair"}
BY_SIGNAL = "signal:"
ALARMS = {"threat": later("Possible threat"), "self_harm": later("Possibly somebody in despair")}
PERSONAL = {"email": 0.7, "phone": 0.75, "ip": 0.6, "address": 0.8, "id number": 0.9, "card": 0.95, "iban": 0.95}
OUR_OWN = 0.2
"""An e-mail address at the organisation's own host."""
LANGUAGE_TELLS = 40
"""Letters from which on a text whose language is not known is one in which nothing was measured."""

_LETTER = re.compile(r"[^\W\d_]")

Rule = Callable[[Material, Sequence[Evidence]], Told]


def negative(material: Material, _: Sequence[Evidence]) -> Told:
    """By the worst sentence; what moved it are the sentences below zero. A text of blanks says nothing."""
    mood = material.mood
    low = [Moved(span, -one) for span, one in zip(material.sentences, mood.each, strict=True) if one < 0]
    score = sentiment.negative(mood.worst) if mood.each else 0.0
    return Told("negative", score, sentiment.BY, tuple(low), languages=ENGLISH)


def concern(_: Material, evidence: Sequence[Evidence]) -> Told:
    """.5 and more exactly where a matter was found. What a model alone has found keeps the model's own score."""
    score, moved = _of_matters([one for one in evidence if one.matter and not one.rule.startswith(BY_SIGNAL)])
    if not moved and (moods := [one for one in evidence if one.kind is Kind.CONCERN]):
        score, moved = ONLY_A_MOOD, tuple(Moved(one.span, one.weight) for one in moods)
    return Told("concern", score, RULES, moved, languages=ENGLISH)


def threat(_: Material, evidence: Sequence[Evidence]) -> Told:
    return _by_matter("threat", evidence)


def self_harm(_: Material, evidence: Sequence[Evidence]) -> Told:
    return _by_matter("self_harm", evidence)


def spam(_: Material, evidence: Sequence[Evidence]) -> Told:
    """The findings together: none pays for another."""
    signs = [one for one in evidence if one.kind is Kind.SPAM]
    moved = tuple(Moved(one.span, one.weight) for one in signs)
    return Told("spam", 1.0 - prod(1 - one.weight for one in signs), RULES, moved, languages=ENGLISH)


def personal_data(material: Material, _: Sequence[Evidence]) -> Told:
    """.5 and more where something is shown that is not only an e-mail address of ours."""
    moved = []
    for kind, span in personal.find(material.cleaned.text):
        ours = kind == "email" and _at(material.words(span), material.subject.our_hosts)
        moved.append(Moved(span, OUR_OWN if ours else PERSONAL[kind], kind))
    others = [one.weight for one in moved if one.weight > OUR_OWN]
    score = 1.0 - prod(1 - one for one in others) if others else OUR_OWN * bool(moved)
    return Told("personal_data", score, PATTERNS, tuple(moved), chance("personal_data", score), ENGLISH)


def question(material: Material, _: Sequence[Evidence]) -> Told:
    found = list(asking.questions(material.cleaned, material.sentences))
    score = asking.score([one for _, one in found])
    moved = tuple(Moved(span, one) for span, one in found)
    return Told("question", score, asking.BY, moved, languages=asking.MEASURED)


RULED: tuple[tuple[str, str, Rule], ...] = (
    ("negative", "sentiment", negative),
    ("concern", "matters", concern),
    ("threat", "matters", threat),
    ("self_harm", "matters", self_harm),
    ("spam", "text", spam),
    ("personal_data", "text", personal_data),
    ("question", "text", question),
)
"""Signals that rules give, the part of the assessment without which each fails, and the rule."""
BY_RULE = frozenset(name for name, _, _ in RULED)


def weighed(told: Iterable[Told], evidence: Sequence[Evidence], theirs: Container[str]) -> list[Evidence]:
    """What phrases found, without what a model of the whole comment speaks against: a phrase sees a few words alone.

    What is critical stands whatever a model says (what is grave, where it has heard words alone), and so do the matters
    whose keys are `theirs` (the organisation has changed or added them), many phrases together, and all of it where
    there is no model."""
    spoken = next((one for one in told if one.signal == "concern"), None)
    of_words = spoken is not None and spoken.by == by_words.BY
    if spoken is None or spoken.score >= (LEAVES_BY_WORDS if of_words else LEAVES):
        return list(evidence)
    if said_often(evidence):
        return list(evidence)
    # A model of words hears no mood, so what strong words have found stands before it; and it is not sure enough to
    # overrule what is grave.
    stands = Severity.HIGH if of_words else Severity.CRITICAL
    return [
        one
        for one in evidence
        if one.kind is not Kind.CONCERN
        or one.severity >= stands
        or one.matter in theirs
        or (of_words and not one.matter)
    ]


def waiting(told: Sequence[Told]) -> list[Told]:
    """What was told, with the concern of words alone below its threshold: it waits for what a comment means."""
    return [one.held() if one.signal == "concern" and one.by == by_words.BY else one for one in told]


def said_often(evidence: Iterable[Evidence]) -> bool:
    """Whether so many phrases of matters stand in a comment that no model overrules them, nor takes it for spam."""
    return len({span for one in evidence if one.kind is Kind.CONCERN and one.matter for span in one.phrases}) >= STANDS


def _of_model(name: str, told: Iterable[Told]) -> float | None:
    """What a model says of a signal, None where there is none."""
    return max((one.score for one in told if one.signal == name), default=None)


def read_between(
    material: Material, told: Iterable[Told], evidence: Sequence[Evidence], there: Mapping[str, Matter]
) -> Iterator[Evidence]:
    """A concern that a model found in what a comment means, and no phrase in its words: a person must see it. `there`
    are the matters that are looked for, by key; what is of another raises nothing."""
    if any(one.kind is Kind.CONCERN and one.matter for one in evidence):
        return
    for one in told:
        if one.signal == "concern" and one.score >= THRESHOLD and (not one.matter or one.matter in there):
            heaviest = _where(one, material)
            span = material.sentences[material.sentence_of(heaviest)] if material.sentences else heaviest
            matter = there.get(one.matter)
            label, severity = (matter.name, matter.severity) if matter else (BETWEEN, Severity.MEDIUM)
            yield Evidence(Kind.CONCERN, f"{BY_SIGNAL}concern", label, span, float(severity), one.matter, severity)


def alarms(material: Material, told: Iterable[Told], evidence: Sequence[Evidence]) -> Iterator[Evidence]:
    """Its matter, for what goes to people at once and was found by a model alone: a person must see it."""
    best: dict[str, Told] = {}
    for one in told:
        known = best.get(one.signal)
        if one.signal in AT_ONCE and one.score >= THRESHOLD and (known is None or one.score >= known.score):
            best[one.signal] = one
    found = {one.matter for one in evidence}
    for name, one in best.items():
        if (matter := TOLD_BY_MATTER[name]) not in found:
            span = _where(one, material)
            grave = Severity.CRITICAL
            yield Evidence(Kind.CONCERN, f"{BY_SIGNAL}{name}", ALARMS[name], span, float(grave), matter, grave)


def _where(one: Told, material: Material) -> Span:
    """What moved a signal most; the whole comment where nothing is named."""
    return max(one.moved, key=lambda moved: moved.weight).span if one.moved else material.whole()


def _by_matter(name: str, evidence: Sequence[Evidence]) -> Told:
    # What a model alone found keeps the model's own score.
    said = [one for one in evidence if one.matter == TOLD_BY_MATTER[name] and not one.rule.startswith(BY_SIGNAL)]
    score, moved = _of_matters(said)
    return Told(name, score, RULES, moved, languages=ENGLISH)


def _of_matters(evidence: Sequence[Evidence]) -> tuple[float, tuple[Moved, ...]]:
    """A score from the gravest finding and the count of phrases, and the phrases by the severity they ask for."""
    if not evidence:
        return 0.0, ()
    moved = tuple(Moved(span, 1.0 + one.severity) for one in evidence for span in one.phrases or (one.span,))
    first = BY_SEVERITY[max(one.severity for one in evidence)]
    return first + (1 - first) * (1 - (1 - MORE) ** (len(moved) - 1)), moved


def _at(address: str, hosts: Sequence[str]) -> bool:
    host = address.rpartition("@")[2].lower()
    return any(host == ours or ours.endswith(f".{host}") for ours in map(str.lower, hosts))


def ranked(told: Sequence[Told]) -> list[Told]:
    """What was told, with the concern of phrases brought to what a model gives it: phrases say that a comment is one to
    see, and a model how much. Without a model nothing changes."""
    score = _of_model("concern", [one for one in told if one.by != RULES])
    if score is None:
        return list(told)
    most = max(THRESHOLD, score)
    return [
        one._replace(score=min(one.score, most)) if one.signal == "concern" and one.by == RULES else one for one in told
    ]


def concluded(material: Material, told: Iterable[Told]) -> tuple[tuple[Signal, ...], tuple[str, ...]]:
    """One signal for each of SIGNALS, the highest score of what was told of it, and the kinds of personal data."""
    best: dict[str, Told] = {}
    chances: dict[str, float] = {}
    for one in told:
        if one.signal not in best or one.score > best[one.signal].score:
            best[one.signal] = one
        if one.chance is not None:
            chances[one.signal] = max(one.chance, chances.get(one.signal, 0.0))
    signals, kinds = [], tuple[str, ...]()
    for name in SIGNALS:
        told_best = best.get(name)
        if told_best is None:
            signals.append(_NOTHING[name])
            continue
        likely = chances.get(name)
        likely = None if likely is None else round(likely, 4)
        score = round(min(1.0, max(0.0, told_best.score)), 4)
        if not score and not told_best.moved:
            signals.append(_silent(name, told_best.by, likely))
            continue
        moved = _heaviest(told_best.moved)
        signals.append(Signal(name, score, likely, told_best.by, tuple(_shares(material, moved))))
        if name == "personal_data":
            kinds = tuple(each.kind for each in moved)
    return tuple(signals), kinds


_NOTHING = {name: Signal(name) for name in SIGNALS}


@lru_cache(maxsize=4_096)
def _silent(name: str, by: str, likely: float | None) -> Signal:
    """What most signals of most comments are: looked for, and nothing of it."""
    return Signal(name, 0.0, likely, by)


def _heaviest(moved: tuple[Moved, ...]) -> list[Moved]:
    """What is kept of it, in the order of places, each place once."""
    if len(moved) < 2:
        return list(moved)
    once = {one.span: one for one in sorted(moved, key=lambda one: one.weight)}
    return sorted(sorted(once.values(), key=lambda one: -one.weight)[:MOST_SPANS], key=lambda one: one.span)


def _shares(material: Material, moved: Sequence[Moved]) -> Iterator[Share]:
    total = sum(one.weight for one in moved)
    for one in moved if total > 0 else ():
        yield Share(*material.cleaned.original(one.span), one.weight / total)


def unmeasured(material: Material, told: Iterable[Told], spoken: Language) -> tuple[str, ...]:
    """Signals that were never measured in the language of a text. Of a few words nobody can tell the language."""
    if spoken is Language.UNKNOWN and len(_LETTER.findall(material.cleaned.text[:1000])) < LANGUAGE_TELLS:
        return ()
    missing = {one.signal for one in told if one.languages is not None and spoken not in one.languages}
    return tuple(name for name in SIGNALS if name in missing)
