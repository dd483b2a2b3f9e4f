"""Whether a text asks something that waits for an answer. Rules alone, for English and German; a mark counts anywhere.

A question mark is not enough ('Who cares?' waits for nothing) and not needed ('does anybody know when it opens'). Each
sentence has a strength of its own, and the strongest decides.
"""

import re
from collections.abc import Iterator, Sequence

from analysis.text import Cleaned, Span, clean, sentences
from model.assessment import THRESHOLD
from model.words import Language

BY = "rules 1"
MEASURED = frozenset({Language.ENGLISH, Language.GERMAN})
MARKED = 0.9
SHOUTED = 0.6
"""A question mark with an exclamation mark beside it."""
LEADS = 0.7
"""No mark, but words that ask: 'does anybody know', 'I wonder when'."""
BEGINS = 0.6
"""No mark, but it begins as a question does: 'how do I', 'kann man'."""
TAGGED = 0.4
"""A statement that asks for agreement: '..., isn't it?'"""
RHETORICAL = 0.3
MORE = 0.5
"""Of what is missing to 1, each further question adds this part of its own strength."""

_MARK = re.compile(r"[?？؟](?=[\s?!\"')\]]|$)")
_SHOUT = re.compile(r"[?？]!|![?？]")
_QUOTED = re.compile(r"[\"'(][^\"]*[?？][\"')]+$")
_TAG = re.compile(
    r"(?:, ?| )(?:(?:is|are|was|were|do|does|did|have|has|can|could|will|would|should)n'?t (?:it|they|you|we|he|she|i)"
    r"|right|eh|huh|innit|oder|ne|nicht wahr|gell|stimmt's)[?!]+$"
)
_RHETORICAL = re.compile(
    r"^(?:oh |and |so |well |but |und |aber |na )*(?:"
    # a word alone, or nearly
    r"(?:really|seriously|honestly|right|ok|okay|huh|eh|what|surprised|wow|no|yes|echt|echt jetzt|wirklich|im ernst"
    r"|ernsthaft|oder|hä|was|and|so|so what|na und|say what|what gives|see|remember|anyone surprised)[?!. ]*$"
    # English
    r"|(?:seriously,? |honestly,? |i mean,? )?who (?:cares|asked|knew|needs (?:this|that|it|them)|knows"
    r"|would have (?:thought|guessed)"
    r"|wouldn't|doesn't (?:love|like|want|know)|are you (?:kidding|trying to)|do (?:you|they"
    r"|these people) think (?:you|they) are)\b"
    r"|(?:are|is|were) (?:you|this|that|they|he|she|it)(?: guys| people| lot| all)?(?: actually| even| really)? "
    r"(?:kidding|serious|joking|for real|insane|crazy|mad|blind|deaf|stupid|thick|out of your minds?|(?:some kind of "
    r"|a |meant to be a )joke"
    r"|too much to ask|(?:really |so )?(?:that |so )?(?:hard|difficult)[?!]+$)"
    r"|(?:how )?(?:dare (?:you|they|he|she)|how (?:stupid|dumb|low|pathetic) |how (?:hard|difficult) (?:can"
    r"|could) (?:it|that) be"
    r"|how do (?:you|they) sleep|how many (?:more )?times (?:do|must|have) (?:i|we) )"
    r"|what(?: the|'s| is| in the| on)? (?:wrong with (?:you|people|these|them|this|everyone)|the (?:hell|heck|f\w*"
    r"|point)|hell|heck|earth"
    r"|name of|world (?:is|are|were))\b"
    r"|what (?:did|do|else did) (?:you|they|we|anyone) expect|what (?:were|was) (?:you|they|he|she) thinking"
    r"|what else is new"
    r"|what (?:could|can) (?:possibly )?go wrong"
    r"|why (?:bother|even bother|am i not surprised|should (?:anyone|anybody|i|we) (?:trust|believe|care|bother))\b"
    r"|isn't (?:it|that|this|she|he) (?:obvious|clear|lovely|great|wonderful|amazing|ironic|funny|strange|just)\b"
    r"|(?:do|did|does) (?:you|they|he|she|anyone|anybody|people)(?: guys| people)? (?:even|really|honestly|seriously"
    r"|actually|still|ever) "
    r"(?:think|believe|care|read|listen|trust)\b|do i look\b|did (?:you|anyone) know (?:that )?\b|have you (?:no "
    r"|lost your )"
    r"|can you (?:believe|imagine)|can i (?:just|only) say|may i (?:just )?(?:say|add|remind)|guess what"
    r"|you know what|since when|says who"
    r"|need i say|where do i (?:even )?(?:begin|start)"
    # German
    r"|wen (?:interessiert|juckt|kümmert|wundert)|wer (?:braucht|glaubt|kennt) (?:denn |schon )?(?:so etwas|sowas"
    r"|so was|das|es)\b"
    r"|wer hätte das gedacht|was soll (?:das|der|die|dieser|dieses)\b|geht(?:'s| es) noch|(?:ist|soll) das (?:ein"
    r"|euer|ihr|dein) (?:scherz|witz|ernst)"
    r"|(?:seid|sind) (?:ihr|sie) (?:noch ganz|verrückt|blind|blöd|taub)|wie (?:dumm|blöd|dreist|schwer kann"
    r"|schwierig kann)\b"
    r"|was (?:habt|haben) (?:ihr|sie) (?:euch|sich) .{0,20}gedacht|wie (?:oft|lange) (?:muss|müssen|soll"
    r"|sollen) (?:man|ich|wir) (?:denn |das |es )?noch\b"
    r"|warum wundert (?:mich|uns)|habt ihr sie noch alle|wo kommen wir (?:da|denn) hin|wollt ihr (?:uns"
    r"|mich) (?:verarschen|veralbern)"
    r"|muss das (?:denn )?sein"
    r")"
)
_OPENER = (
    r"^(?:[\"'(*-]+ ?)?(?:(?:hi|hello|hey|hallo|moin|dear|liebe\w*|ok|okay|so|and|but|also|oh|well|please|sorry"
    r"|excuse me|bitte|und|aber"
    r"|entschuldigung|guten (?:tag|morgen|abend))(?: (?:all|there|everyone|everybody|team|folks|zusammen"
    r"|leute))?[, ]+){0,3}"
)
_WHO = "i|we|you|he|she|it|they|this|that|these|those|there|the|your|my|our|anyone|anybody|someone|somebody|one|people"
_DO = "do|does|did|is|are|was|were|can|could|will|would|should|may|might|shall|has|have|must"
_BEGINS = re.compile(
    _OPENER + "(?:"
    rf"(?:{_DO})(?:n't)? (?:{_WHO})\b(?! (?:believe|imagine))"
    rf"|(?:how|when|where|why)(?: (?:exactly|else|come|soon|long|much|many|often|far|old|late|early"
    rf"|big)(?: \w+)?)? (?:{_DO})(?:n't)?"
    rf" (?:{_WHO})\b"
    r"|how (?:much|many|long|often|far|late|early) (?:is|are|do|does|will|can)\b|how about|what about|why not"
    r"|wherever? (?:is|are) [a-z]+$"
    r"|(?:when|where) (?:is|are|will|does|do|can|should) \w+"
    rf"|what (?:time|day|date|kind of|sort of|size|age|colour|color|bus|else)\b.{{0,40}}\b(?:{_DO})\b"
    rf"|what (?:{_DO}) (?:i|we|you|it|they|this|that|these|your|the)\b(?! (?:about|doing))"
    r"|wh(?:o|ich)(?: \w+)? (?:is|are|do|does|can|should|will|would|has) (?:i|we|you|it|the|this|that|your|in charge"
    r"|responsible|going)\b"
    # German: the verb stands behind the question word, or first.
    r"|(?:wann|wo|wie|warum|wieso|weshalb|wozu|wohin|woher|wer|wem|wen|was|welche[rsnm]?|wieviel|ab wann|bis wann"
    r"|seit wann|um wie ?viel uhr)"
    r"(?: (?:viele?|lange|oft|weit|teuer|alt|genau|[a-zäöüß]{3,20}))? (?:ist|sind|war|waren|kann|können|könnt|kommt"
    r"|kommen|gibt|macht|machen"
    r"|wird|werden|hat|haben|habt|muss|müssen|müsst|soll|sollen|darf|dürfen|findet|finden|öffnet|öffnen|schließt"
    r"|kostet|kosten|geht|fährt|fängt"
    r"|beginnt|braucht|bekomm\w*|erreich\w*|kriegt?|steht|hängt|bleibt|meld\w*)\b"
    r"|(?:kann|können|könnt|könnte|könnten|könntet|gibt|ist|sind|hat|habt|haben|wird|werden|weiß|wisst|wissen|kennt"
    r"|darf|dürfen|muss|müssen"
    r"|soll|sollen|seid|bekommt|bekomme|braucht|fährt|findet|würdet|würden) (?:man|ich|wir|ihr|sie|mir|uns|es|er"
    r"|jemand|irgendwer|noch jemand"
    r"|das|der|die|den|auch|eigentlich|schon)\b"
    ")"
)
_LEADS = re.compile(
    r"\b(?:(?:does|do|did|would|has|can|could|is) (?:any|some)(?:one|body)(?: \w+)? (?:know|tell|help|explain|have"
    r"|recommend|remember|there|see|seen)"
    r"|(?:any|some)(?:one|body) (?:know|knows|got|have|heard)\b.{0,40}\b(?:if|when|where|who|how|why|what|whether"
    r"|about)"
    r"|i(?:'m| am| was)?(?: just| only| still)? wonder(?:ing)? (?:if|whether|when|where|why|how|who|what|which)"
    r"|(?:i|we)(?:'d| would) (?:like|love) to (?:know|ask|understand)|(?:please|could you|can you) (?:\w+ )?(?:tell"
    r"|explain|clarify|advise)"
    r"|let (?:me|us) know (?:if|whether|when|where|who|how|what|which)|(?:my|a|one|quick|another) question (?:is"
    r"|about|for|regarding|:)"
    r"|i have a question|i need to know|any (?:idea|ideas|news|update|updates|chance|word) (?:on|of|about|when|where"
    r"|who|how|why|if|that|what)"
    r"|(?:weiß|weiss|kennt|hat|kann|könnte) (?:hier |denn |vielleicht )?(?:jemand|irgendwer|einer)\b"
    r"|ich (?:frage|frag) mich|(?:ich|wir) (?:wüsste|wüssten|würde|würden|möchte|möchten)(?: gerne?| mal"
    r"| nur)* (?:wissen|fragen|gern)"
    r"|(?:eine|meine|kurze|noch ne|ne) frage\b|(?:ich )?wollte (?:mal |nur |kurz )?fragen|darf ich fragen"
    r"|(?:sagt|sagen sie|gebt|geben sie) (?:mir|uns) (?:bitte )?(?:bescheid)?,? ?(?:ob|wann|wo|wie|wer|was))"
)
_ASKING = (
    *("any", "some", "wonder", "know", "ask", "understand", "tell", "explain", "clarify", "advise", "question"),
    *("jemand", "irgendwer", "einer", "frag", "wüsste", "würde", "möchte", "sagt", "sagen", "gebt", "geben"),
)
"""Without one of these letters in it no sentence is found by _LEADS, whose search costs more."""


def strength(sentence: str) -> float:
    """How surely a sentence in lower case asks something, 0..1.

    >>> strength("what time do you open?"), strength("who cares?"), strength("does anybody know what time it opens")
    (0.9, 0.3, 0.7)
    """
    if _MARK.search(sentence):
        if _RHETORICAL.match(sentence):
            return RHETORICAL
        if _TAG.search(sentence) or _QUOTED.match(sentence):
            return TAGGED
        return SHOUTED if _SHOUT.search(sentence) else MARKED
    if sentence.endswith("!"):
        return 0.0
    found = LEADS if _may_lead(sentence) and _LEADS.search(sentence) else BEGINS if _BEGINS.match(sentence) else 0.0
    return 0.0 if found and _RHETORICAL.match(sentence) else found


def _may_lead(text: str) -> bool:
    return any(map(text.__contains__, _ASKING))


def questions(cleaned: Cleaned, spans: Sequence[Span]) -> Iterator[tuple[Span, float]]:
    """The sentences that ask something, each with its strength."""
    for span in spans:
        found = strength(cleaned.lower[span.start : span.end])
        if found:
            yield span, found


def score(strengths: Sequence[float]) -> float:
    """What the sentences of a text come to: the strongest, and a little more for each other that asks."""
    if not strengths:
        return 0.0
    first, *others = sorted(strengths, reverse=True)
    for one in others:
        if one >= THRESHOLD:
            first += (1 - first) * one * MORE
    return first


def asks(text: str) -> bool:
    """Whether a text asks something that waits for an answer."""
    cleaned = clean(text)
    return any(found >= THRESHOLD for _, found in questions(cleaned, sentences(cleaned.text)))
