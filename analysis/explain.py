"""An assessment in words, for a person at a terminal."""

from collections.abc import Iterator

from analysis.sentiment import NEUTRAL_WITHIN
from model.assessment import AT_ONCE, Assessment, Reason


def explain(text: str, assessment: Assessment) -> str:
    """What is said of the text, and every reason with its words and its share. The text's line ends are made blanks."""
    return "\n".join(_lines(text, assessment))


def _lines(text: str, assessment: Assessment) -> Iterator[str]:
    level = assessment.severity
    look = (
        f"A person should look: severity {int(level)} ({level.name.lower()})" if assessment.flagged else "Not flagged"
    )
    yield look + (", suspected spam." if assessment.suspected_spam else ".")
    mood = f"{assessment.sentiment:+.2f} ({_mood(assessment.sentiment)})"
    yield f"Sentiment {mood}, worst sentence {assessment.worst:+.2f}."
    yield from _signals(text, assessment)
    start, end = assessment.focus
    if end > start:
        yield f"The sentence that matters: {_one_line(text[start:end])}"
    concerns = [reason for reason in assessment.reasons if not reason.rule.startswith("spam:")]
    spam = [reason for reason in assessment.reasons if reason.rule.startswith("spam:")]
    yield from _reasons("Why a person should look (shares of the concern):", concerns)
    yield from _reasons("Signs of spam (shares of the spam score):", spam)
    if assessment.unmeasured:
        yield f"Never measured in this language: {', '.join(assessment.unmeasured)}."
    if assessment.absent:
        yield f"Not looked for, as its model is not here: {', '.join(assessment.absent)}."
    if assessment.degraded:
        yield f"Failed signals: {', '.join(assessment.degraded)}."


def _signals(text: str, assessment: Assessment) -> Iterator[str]:
    """Every signal that something here gives: its score and chance, who says so, and the words with their shares."""
    yield "Signals (0 to 1; the threshold is 0.5):"
    for one in assessment.signals:
        if one.name in assessment.absent:
            continue
        chance = "" if one.chance is None else f", probability {one.chance:.0%}"
        mark = " possible" if one.raised and one.name in AT_ONCE else ""
        yield f"  {one.score:.2f}  {one.name}{mark}{chance} [{one.by or 'failed'}]"
        kinds = assessment.kinds if one.name == "personal_data" else ("",) * len(one.spans)
        for span, kind in zip(one.spans, kinds, strict=True):
            said = _one_line(text[span.start : span.end])
            yield f"        {span.share:4.0%}  {f'{kind}: ' if kind else ''}{said}"


def _reasons(title: str, reasons: list[Reason]) -> Iterator[str]:
    if reasons:
        yield title
    for reason in reasons:
        yield f"  {reason.share:4.0%}  {reason.label} [{reason.rule}]"
        yield f"        characters {reason.start} to {reason.end}: {_one_line(reason.text)}"


def _mood(sentiment: float) -> str:
    if abs(sentiment) < NEUTRAL_WITHIN:
        return "neutral"
    return "positive" if sentiment > 0 else "negative"


def _one_line(words: str) -> str:
    # Printable characters only: a comment must not steer the terminal.
    return "".join(c if c.isprintable() else " " for c in words)
