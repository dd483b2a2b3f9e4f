"""What an assessment tells of a comment: each signal in plain words, its number with a bar, and on demand the words
that moved it and who says so. Pure; shown with st.html. Nothing is hidden by it, and nothing gets an action from it.
"""

from collections.abc import Sequence
from html import escape

from analysis import labels
from analysis.of_thread import ThreadSignal
from model.assessment import AT_ONCE, HERE, Assessment, Share, Signal
from model.language import Labels, _, later, many, number
from response.cases import headline
from store.threads import TOLD_OF
from web.ui import told_by
from web.ui.lists import shortened

_FIRST = 3
_LONGEST = 160

NAMES = Labels(
    {
        "negative": later("Negative in tone"),
        "concern": later("A matter that somebody in charge must hear of"),
        "abuse": later("Insults somebody"),
        "profanity": later("Swear words"),
        "hate": later("Hate against a group of people"),
        "threat": later("Possible threat"),
        "self_harm": later("Possibly somebody in despair"),
        "spam": later("Spam"),
        "personal_data": later("Shows personal data"),
        "crisis": later("News of harm: somebody must know now"),
        "question": later("Asks something and waits for an answer"),
        "criticism": later("Criticism of us: legitimate, to be answered"),
        "derail": later("Leads the talk away from its topic"),
    }
)
_LEARNT = later("Learnt here")
KINDS = Labels(
    {
        "email": later("e-mail address"),
        "phone": later("telephone number"),
        "card": later("card number"),
        "iban": later("bank account (IBAN)"),
        "ip": later("address of a machine (IP)"),
        "address": later("postal address"),
        "id number": later("identity number"),
    }
)
LIMITS = Labels(
    {
        "threat": later(
            "Possible, never certain: most threats in other words than those looked for are missed, and a figure of"
            " speech or a quotation may be taken for one. Read it yourself."
        ),
        "self_harm": later(
            "Possible, never certain: most who say it in other words than those looked for are missed, and a figure of"
            " speech or a story of long ago may be taken for it. Read it yourself."
        ),
        "derail": later("Told from this comment and the one it answers. It never alarms."),
        "criticism": later("A sharp, civil complaint is no insult, and is never hidden for it."),
    }
)


def named(signal: str) -> str:
    """A signal, or 'learnt' for what was raised by what was learnt, in words; one that has none as it stands."""
    return _(_LEARNT) if signal == "learnt" else NAMES.get(signal, signal)


def told(assessment: Assessment | None, text: str, *, hide: bool = False) -> str:
    """The part 'What it tells' as HTML: the three highest signals, the rest a click away. `text` is what was assessed;
    where its words are to `hide`, they are left out."""
    title = f"<h2>{escape(_('What it tells'))}</h2>"
    if assessment is None or not assessment.signals:
        return f"{title}<p class='lh-quiet'>{escape(_('Assessed by an earlier version, which told no more.'))}</p>"
    there = [one for one in assessment.signals if one.name not in assessment.absent]
    there.sort(key=lambda one: (not (one.raised and one.name in AT_ONCE), -one.score))
    rows = [_row(one, assessment, text, hide=hide) for one in there]
    first, rest = rows[:_FIRST], rows[_FIRST:]
    more = escape(many("{n} more signal", "{n} more signals", len(rest)))
    further = f"<details><summary>{more}</summary><ol class='lh-tells'>{''.join(rest)}</ol>{_not(assessment)}</details>"
    return f"{title}<ol class='lh-tells'>{''.join(first)}</ol>{further}"


def overruled(first: Assessment) -> str:
    """Why a comment was left in peace that the first look would have raised; text."""
    return _(
        "The first look would have raised it: {reason}. The second look, which reads the whole, found nothing in it"
        " that somebody in charge must hear.",
        reason=labels.said(headline(first)),
    )


def of_thread(signals: Sequence[ThreadSignal]) -> str:
    """What the comments of a thread tell together, a click away, as HTML; nothing where there is but one."""
    n = max((one.of for one in signals), default=0)
    if n < 2:
        return ""
    rows = "".join(_row_of_thread(one) for one in signals if one.score)
    how = _("A thread is as high as the highest of its comments; of a long one the newest {most} count.", most=TOLD_OF)
    return (
        f"<details><summary>{escape(_('The thread: {n} comments', n=number(n)))}</summary>"
        f"<ol class='lh-tells'>{rows}</ol><p class='lh-quiet'>{escape(how)}</p></details>"
    )


def _scale(score: float) -> str:
    return f"<i class='lh-scale' aria-hidden='true'><i style='width:{round(score * 100)}%'></i></i>"


def _row_of_thread(one: ThreadSignal) -> str:
    over = many("{n} comment over the threshold", "{n} comments over the threshold", one.raised) if one.raised else ""
    said = f"<b class='lh-over'>{escape(over)}</b>" if over else ""
    return (
        f"<li class='lh-scaled'><span>{escape(NAMES[one.name])} {said}</span>"
        f"<span class='lh-share'>{number(one.score, 2)}</span>"
        f"{_scale(one.score)}</li>"
    )


def _row(one: Signal, assessment: Assessment, text: str, *, hide: bool) -> str:
    score = number(one.score, 2)
    raised = f"<b class='lh-over'>{escape(_('over the threshold'))}</b>" if one.raised else ""
    chance = f"<small>{escape(_chance(one, one.chance))}</small>" if one.chance is not None else ""
    return (
        f"<li><details><summary><span>{escape(NAMES[one.name])} {raised}</span><span class='lh-share'>{score}</span>"
        f"{_scale(one.score)}</summary>"
        f"{chance}{_moved(one, assessment, text, hide=hide)}{_by(one, assessment)}</details></li>"
    )


def _chance(one: Signal, chance: float) -> str:
    """A signal's probability; one that was learnt here is of what people here decided."""
    percent = number(chance * 100)
    if HERE not in one.by:
        return _("probability here: {percent} %", percent=percent)
    if one.name == "spam":
        return _("by what was decided here: {percent} % of comments like it are spam", percent=percent)
    return _("by what was decided here: {percent} % of comments like it have to be seen", percent=percent)


def _moved(one: Signal, assessment: Assessment, text: str, *, hide: bool) -> str:
    """The words that moved a signal, each with its share."""
    kinds: Sequence[str] = assessment.kinds if one.name == "personal_data" else ()
    if hide and one.spans and not kinds:
        return f"<p>{escape(_('(words not shown)'))}</p>"
    lines = []
    for place, span in enumerate(one.spans):
        kind = f"{KINDS.get(kinds[place], kinds[place])}: " if place < len(kinds) else ""
        lines.append(f"<p>{round(span.share * 100)} % {escape(kind)}{_quoted(text, span, hide=hide)}</p>")
    if lines or not one.score:
        return "".join(lines)
    whole = _("The comment as a whole.") if one.raised else _("Below the threshold no words are kept.")
    return f"<p>{escape(whole)}</p>"


def _quoted(text: str, span: Share, *, hide: bool) -> str:
    said = " ".join(text[span.start : span.end].split())
    if hide or not said:
        return escape(_("(words not shown)"))
    return f"“<bdi>{escape(shortened(said, _LONGEST))}</bdi>”"


def _by(one: Signal, assessment: Assessment) -> str:
    """Who says so, and what is known of the limits."""
    parts = [told_by.says(one.by) if one.by.partition(HERE)[0] else escape(_("failed: its number is no finding"))]
    if one.name in assessment.unmeasured:
        parts.append(escape(_("never measured in this language")))
    limits = f"<small>{escape(LIMITS[one.name])}</small>" if one.name in LIMITS else ""
    return f"<small>{' · '.join(parts)}</small>{limits}"


def _not(assessment: Assessment) -> str:
    """What was not looked for at all."""
    if not assessment.absent:
        return ""
    names = ", ".join(NAMES[name] for name in assessment.absent)
    return f"<p class='lh-quiet'>{escape(_('Not looked for, as no model for it is here: {names}.', names=names))}</p>"
