"""Matters as an organisation has them: its own, and what it changes of those that ship. Pure."""

import re
from dataclasses import dataclass, replace

from analysis.matters import Matter, load
from analysis.phrases import COMMON, Index
from analysis.text import clean
from model.errors import BadInput
from model.language import _
from model.words import Severity

MOST_PHRASES, MOST_WORDS, LONGEST = 60, 6, 60
"""Of one matter; words of one phrase; characters of one."""
LEAST_EXAMPLES = 5
"""So many a matter needs to be found by what they mean: of fewer their middle says little."""
GRAVE = Severity.HIGH
"""A shipped matter from this severity on is neither lowered nor switched off."""
_EXCUSE = 3
"""So many words must excuse a grave matter: a single one could silence it."""
KEY = re.compile(r"\bown-[1-9][0-9]?\b")
"""How a matter of the organisation's own is called. What ships never has such a key."""
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*\*?")
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Change:
    """What an organisation makes of a matter: one of its own, or the shipped one with this key.

    `phrases` count besides those that ship, `unless` excuse what they meet, `severity` is None where it stays as it
    ships, and with `off` nobody looks for the matter any more. From LEAST_EXAMPLES on, `examples` find what means the
    like (tier 1), unless one of `near_misses` is nearer.
    """

    key: str
    name: str = ""
    definition: str = ""
    severity: Severity | None = None
    phrases: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    off: bool = False
    examples: tuple[str, ...] = ()
    near_misses: tuple[str, ...] = ()

    @property
    def shows(self) -> bool:
        """Whether there are enough examples."""
        return len(set(self.examples)) >= LEAST_EXAMPLES


def shipped(key: str) -> Matter | None:
    return next((matter for matter in load() if matter.key == key), None)


def tailored(changes: tuple[Change, ...]) -> tuple[Matter, ...]:
    """The matters that comments are assessed by. A grave one that ships stays, whatever a change says."""
    by_key = {change.key: change for change in changes}
    there = [_changed(matter, by_key.pop(matter.key, None)) for matter in load()]
    return (*(one for one in there if one), *(_own(one) for one in by_key.values() if _looked_for(one)))


def tailored_one(key: str, change: Change | None) -> Matter | None:
    """One of them, None where nobody looks for it."""
    matter = shipped(key)
    if matter is not None:
        return _changed(matter, change)
    return _own(change) if change and _looked_for(change) else None


def by_example(changes: tuple[Change, ...]) -> list[tuple[Matter, Change]]:
    """The matters that are found by examples too."""
    there = [(tailored_one(change.key, change), change) for change in changes if change.shows]
    return [(matter, change) for matter, change in there if matter]


def _looked_for(change: Change) -> bool:
    return not change.off and bool(change.phrases or change.shows)


def asks_less(before: Change | None, after: Change) -> bool:
    """Whether a change makes comments less grave than before: the matter is switched off, its severity lowered, or,
    where it is grave, found by fewer phrases or examples, or excused by more. Those of the others one learns by
    trying."""
    had, has = tailored_one(after.key, before), tailored_one(after.key, after)
    if had is None or has is None:
        return had is not None
    narrower = not (set(had.phrases) <= set(has.phrases) and set(has.unless) <= set(had.unless))
    return has.severity < had.severity or (had.severity >= GRAVE and (narrower or _shows_less(before, after)))


def _shows_less(before: Change | None, after: Change) -> bool:
    """Whether an example is gone by which a matter was found, or a near miss is there that was not."""
    if before is None or not before.shows:
        return False
    return not (set(before.examples) <= set(after.examples) and set(after.near_misses) <= set(before.near_misses))


def _changed(matter: Matter, change: Change | None) -> Matter | None:
    if change is None:
        return matter
    grave = matter.severity >= GRAVE
    if change.off and not grave:
        return None
    wanted = matter.severity if change.severity is None else change.severity
    return replace(
        matter,
        severity=max(matter.severity, wanted) if grave else wanted,
        phrases=matter.phrases + change.phrases,
        unless=matter.unless + change.unless,
    )


def _own(change: Change) -> Matter:
    severity = Severity.LOW if change.severity is None else change.severity
    return Matter(change.key, change.name, severity, change.definition, change.phrases, (), change.unless)


def phrase(typed: str) -> str:
    """Words that somebody typed, as comments are searched for them: lower case, single blanks. Raises BadInput.

    A `*` ends a word of which only the beginning is given. There are no patterns besides: a text is searched for each
    phrase whenever a comment is read, and none may take long.
    """
    words = clean(typed).lower.split()
    said = " ".join(words)
    if not words or len(words) > MOST_WORDS or len(said) > LONGEST:
        raise BadInput(
            _(
                "“{phrase}”: a phrase has 1 to {most} words and at most {longest} characters.",
                phrase=typed[:LONGEST],
                most=MOST_WORDS,
                longest=LONGEST,
            )
        )
    for word in words:
        if not _WORD.fullmatch(word) or (word.endswith("*") and len(word) <= _SHORTEST_STEM):
            raise BadInput(
                _(
                    "“{phrase}”: a phrase is words with blanks between them. A * may end a word, behind three letters"
                    " or more; other signs and patterns are not possible.",
                    phrase=said,
                )
            )
    if all(word in COMMON for word in words):
        raise BadInput(
            _(
                "“{phrase}” would be found in nearly every comment. Write a word that says what it is about.",
                phrase=said,
            )
        )
    try:
        Index([(said, None)])
    except ValueError as error:
        raise BadInput(_("“{phrase}” cannot be searched for: write a word in it in full.", phrase=said)) from error
    return said


def check(change: Change) -> None:
    """Whether a change may be made, its phrases being such. Raises BadInput, which says why not."""
    for some in (change.phrases, change.unless):
        if len(some) > MOST_PHRASES:
            raise BadInput(_("A matter has at most {most} phrases of yours in a list.", most=MOST_PHRASES))
    matter = shipped(change.key)
    if matter is None:
        if not (change.phrases or change.shows or change.off):
            raise BadInput(
                _(
                    "Write at least one word or phrase by which the matter is found, or {least} examples.",
                    least=LEAST_EXAMPLES,
                )
            )
        return
    if matter.severity < GRAVE:
        return
    if change.off or (change.severity is not None and change.severity < matter.severity):
        raise BadInput(
            _(
                "“{name}” ships with severity high or critical: it can be raised, but not lowered or switched off."
                " Somebody may be in danger, and what nobody looks for nobody sees.",
                name=_(matter.name),
            )
        )
    for one in change.unless:
        if len(one.split()) < _EXCUSE or "*" in one:
            raise BadInput(
                _(
                    "“{phrase}” is too wide an excuse for “{name}”: here it needs three words or more, and no *, so"
                    " that it excuses a turn of phrase and does not silence the matter.",
                    phrase=one,
                    name=_(matter.name),
                )
            )
