"""What is worth a second look before a text is sent: questions left open, dates promised, people named, links. Pure.

Each is a hint in the words of the text. None of them ever stops anything: they are rules about words, and a person
knows more.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from analysis.asking import asks
from analysis.text import clean, sentences

_MOST = 5
_WORD = re.compile(r"[^\W\d_]{2,}")
_STEM = 5
"""Words that begin with the same letters count as one: 'spray' and 'sprayed', 'sign' and 'signs'."""
_SAY_NOTHING = """
about after again also anyone anybody anything been before being could does doing done ever from going have
having here into just know like made make many more most much often long need never only other over please really
said same should some still such sure tell than thank thanks that their them then there these they thing this those
through very want were what when where which while will with would your yours aber auch bitte dann dass denn
diese dieser dieses doch eigentlich eine einen einer etwas haben hatte ihre ihren ihnen kann können machen mehr
nicht noch oder schon sein sich sind sollte unser unsere warum wann wenn werden wird wurde wurden
"""
_EMPTY = frozenset(_SAY_NOTHING.split())
_YES_NO = re.compile(
    r"(?:\b(?:do|does|did|is|are|was|were|will|would|can|could|have|has|had|may|should|shall|am)\b|"
    r"\b(?:ist|sind|war|waren|hat|haben|kann|können|wird|werden|darf|gibt)\b)[^?]*\?",
    re.IGNORECASE,
)
_SAID_YES_NO = re.compile(
    r"(?:^|[.!,;:\n]\s*|\b(?:dear|hello|hi)\b[^.!?\n]{0,40}\s)(?:yes|no|ja|nein)\b", re.IGNORECASE
)
_ABOUT_TIME = re.compile(r"\b(?:when|how long|how soon|since when|what time|wann|wie lange|seit wann)\b", re.IGNORECASE)
_ABOUT_NUMBER = re.compile(r"\b(?:how many|how much|what (?:does|did) (?:it|this) cost|wie viele?)\b", re.IGNORECASE)

_DAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag"
)
_MONTH = (
    r"january|february|march|april|may|june|july|august|september|october|november|december|"
    r"januar|jänner|februar|märz|mai|juni|juli|oktober|dezember"
)
_SPAN = (
    r"(?:\d{1,3}|an?|(?:a )?few|one|two|three|four|five|six|seven|ten|zwei|drei|vier|fünf|sechs|sieben|acht|zehn|einem|"
    r"einer|ein paar|wenigen|einigen)"
)
_UNIT = r"(?:minutes?|hours?|(?:working |business )?days?|weeks?|months?|minuten?|stunden?|tagen?|wochen?|monaten?)"
_TIME_OF_DAY = r"(?: (?:morning|noon|afternoon|evening|night))?"
# A day and a month in figures, as German writes them; a part of a version, an address or a price is none.
_IN_FIGURES = r"(?<![\d.,])(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\."
_DATE = (
    rf"(?:(?:this )?\b(?:{_DAY})\b{_TIME_OF_DAY})"
    rf"|(?:\b\d{{1,2}}(?:(?:st|nd|rd|th)? (?:of )?|\. ?)(?:{_MONTH})\b(?: \d{{4}})?)"
    rf"|(?:\b(?:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?\b(?!\d))"
    rf"|(?:\b\d{{4}}-\d\d-\d\d\b)|(?:{_IN_FIGURES} ?\d{{4}}\b(?!\.\d))"
    # Without its year it could be the end of a sentence ('It will cost 3.5.'), so a word must lead to it.
    rf"|(?:(?<=\b(?:am|ab|im) )|(?<=\b(?:bis|zum|vom|den|dem|und) )|(?<=tag, )|(?<=(?:woch|bend), ))"
    rf"{_IN_FIGURES}(?:\d\d\b)?(?![\d.])"
)
_NEXT = r"(?:next|this coming|(?:über)?nächste[nmrs]?|kommende[nmrs]?)"
_COMING = (
    r"(?:\b(?:today|tonight|tomorrow(?: morning| evening| afternoon)?|heute|morgen|übermorgen)\b)"
    rf"|(?:\b{_NEXT} (?:{_DAY})\b{_TIME_OF_DAY})"
    rf"|(?:\b{_NEXT} (?:week|month|year|spring|summer|autumn|winter)\b)"
    rf"|(?:\b{_NEXT} (?:woche|monats?|jahr(?:es)?|frühling|frühjahr|sommer|herbst)\b)"
    r"|(?:\b(?:in|innerhalb) (?:den|der) (?:nächsten|kommenden) (?:stunden|tagen?|wochen|monaten?)\b)"
    rf"|(?:\b(?:within|in|innerhalb von|binnen) (?:the next )?{_SPAN} {_UNIT})"
)
_DATES = re.compile(rf"{_COMING}|{_DATE}", re.IGNORECASE)
_ONLY_COMING = re.compile(_COMING, re.IGNORECASE)
_AHEAD = re.compile(
    r"\b(?:will|shall|going to|by|until|till|before|from|at the latest|promise|plan|opens?|starts?|begins?|"
    r"werden?|wird|bis|ab|spätestens)\b|['’]ll\b",
    re.IGNORECASE,
)
_PAST = re.compile(r"\b(?:was|were|had|did|has|have|war|waren|hatte|hatten)\b", re.IGNORECASE)
# German speaks of what is to come as of what is: 'Wir antworten am 3. Mai.' So a day it leads to with 'am' lies ahead
# where no word of the sentence says that it is over.
_ON_A_DAY = re.compile(rf"\b(?:am|zum) (?=(?:{_DAY})\b|\d{{1,2}}\.)", re.IGNORECASE)
_OVER = re.compile(
    r"\b(?:war(?:en|st|t)?|hatten?|wurden?|kam(?:en)?|ging(?:en)?|gab(?:en)?|schrieb(?:en)?|stand(?:en)?|fand(?:en)?|"
    r"letzte[nmrs]?|vergangene[nmrs]?|vorige[nmrs]?)\b"
    r"|\b(?:hat|habe|haben|ist|sind|bin)\b.*\b(?:\w{0,9}ge\w{2,}(?:t|en)|(?:be|er|ver|ent|zer)\w{2,}(?:t|en)|\w{2,}iert)\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(rf"\b(\d{{1,2}})\.(?=\s(?:{_MONTH})\b)", re.IGNORECASE)

_TITLE = r"(?:Dr|Prof|Mr|Mrs|Ms|Mx|Herr|Herrn|Frau|Sir|Dame|Rev)\b\.?"
_NAME = r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+(?:[-’'][A-ZÀ-ÖØ-Þ]?[a-zß-öø-ÿ]+)*"
_TITLED = re.compile(rf"\b{_TITLE}(?: {_TITLE})*(?: {_NAME}){{1,3}}")
_PAIR = re.compile(rf"\b{_NAME}(?: (?:van|von|de|del|der|di|la|le|al|bin))?(?: {_NAME}){{1,2}}")
_NO_NAME = re.compile(
    rf"^(?:The|Our|We|Dear|Your|You|Please|Thank|Thanks|And|But|As|For|If|When|Best|Kind|Regards|On|In|At|From|By|It|This|That|Hello|Hi|I|{_DAY}|{_MONTH})$",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_MAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\b")


@dataclass(frozen=True, slots=True)
class Hints:
    """`asked` are the questions of the comment and `open` those of them that the text does not seem to take up; the
    others are parts of the text, as they stand there, each once."""

    asked: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


def hints(text: str, comment: str = "", known: Collection[str] = ()) -> Hints:
    """What to look at once more in a text, as an answer to a comment if there is one. `known` are names that may stand
    in it."""
    asked = questions(comment)
    return Hints(
        asked=asked,
        open=tuple(one for one in asked if not takes_up(text, one)),
        dates=promised(text),
        people=named(text, known),
        links=_once([found.group().rstrip(".,;:!?)") for found in (*_LINK.finditer(text), *_MAIL.finditer(text))]),
    )


def questions(comment: str) -> tuple[str, ...]:
    """The questions that a comment asks, as they stand in it; those that nobody could answer ('Really?') are none."""
    found = [" ".join(part.split()) for part in _sentences(comment) if asks(f"{part} ")]
    return _once([one for one in found if len(_WORD.findall(one)) > 1])


def takes_up(text: str, question: str) -> bool:
    """Whether a text seems to answer a question: it says yes or no, when, or how many, where that was asked, or has one
    of the question's own words."""
    if _stems(question) & _stems(text):
        return True
    if _ABOUT_TIME.search(question):
        return _DATES.search(text) is not None or re.search(r"\d", text) is not None
    if _ABOUT_NUMBER.search(question):
        return re.search(r"\d", text) is not None
    return bool(_YES_NO.match(question.strip()) and _SAID_YES_NO.search(text))


def promised(text: str) -> tuple[str, ...]:
    """The times that a text promises something for: those ahead by themselves ('tomorrow'), and dates in a sentence
    that speaks of what is to come, but for those of what has been."""
    found: list[str] = []
    for part in _sentences(text):
        ahead = _AHEAD.search(part) or (None if _OVER.search(part) else _ON_A_DAY.search(part))
        for one in _DATES.finditer(part) if ahead else _ONLY_COMING.finditer(part):
            been = ahead and one.start() < ahead.start() and _PAST.search(part, 0, one.start())
            found += [] if been else [one.group().strip()]
    return _once(found)


def named(text: str, known: Collection[str] = ()) -> tuple[str, ...]:
    """The people that a text seems to name: with a title, by two names, or by a name that is known."""
    bare = _MAIL.sub(" ", _LINK.sub(" ", text))
    found = [one.group() for one in _TITLED.finditer(bare)]
    found += [
        one.group()
        for one in _PAIR.finditer(bare)
        if not any(_NO_NAME.match(part) for part in one.group().split())
        and not any(one.group() in two for two in found)
    ]
    for name in known:
        said = name.strip()
        if (
            len(said) > 1
            and re.search(rf"(?<!\w){re.escape(said)}(?!\w)", bare)
            and not any(said in one for one in found)
        ):
            found.append(said)
    return _once(found)


def _sentences(text: str) -> Iterator[str]:
    whole = clean(text).text
    # The dot of '3. Mai' ends no sentence.
    return (whole[span.start : span.end] for span in sentences(_ORDINAL.sub(r"\1 ", whole)))


def _stems(text: str) -> frozenset[str]:
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(word.removesuffix("s")[:_STEM] for word in words if len(word) > 3 and word not in _EMPTY)


def _once(found: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in found if one))[:_MOST]
