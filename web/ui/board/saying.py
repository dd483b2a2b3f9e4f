"""The report for the board in words: what its page and its file both say, so that they cannot differ. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from analysis import figures
from analysis.figures import Calm
from analysis.waiting import MANY
from model import moments
from model.language import _, many, number, sense
from web.ui import words
from web.ui.board import period as periods
from web.ui.board.gather import OfGoal, Report
from web.ui.overview import cost, saying

SHOWN_GOALS = 6
"""Goals that the file has room for."""
SHOWN_MATTERS = 6


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the four figures: what it is, its value, and what is usual of it."""

    label: str
    value: str
    usual: str


def title(report: Report) -> str:
    """'Report for the board'; of a goal, with its name."""
    if report.goal:
        return _("Report for the board: {goal}", goal=report.goal.name)
    return _("Report for the board")


def verdict(report: Report) -> str:
    """'Calmer than usual: 214 comments, 12 needed a person, half of the cases were answered within 3 h'."""
    if not report.now.comments and report.calm is Calm.NO_PAST:
        if report.goal:
            return _("No comment was about this goal's matters in this time")
        return _("No comment in this time")
    counts = _(
        "{comments}, {flagged}",
        comments=many("{n} comment", "{n} comments", report.now.comments),
        flagged=many("{n} needed a person", "{n} needed a person", report.now.flagged),
    )
    if not report.goal:
        counts = _("{counts}, {answered}", counts=counts, answered=_answered(report))
    if report.calm is Calm.NO_PAST:
        return _("In this time: {counts}", counts=counts)
    return _(saying.CALM.english[report.calm], counts=counts)


def _answered(report: Report) -> str:
    first = report.first
    if first is None or not first.waits.n:
        return _("no case was opened")
    if first.waits.n < MANY:
        part, n = number(first.answered), first.waits.n
        return many(
            "{part} of {n} case has an answer of ours", "{part} of {n} cases have an answer of ours", n, part=part
        )
    if first.waited.median is None:
        return _("half of the cases have no answer of ours after {time}", time=words.span(first.waited.longest))
    return _("half of the cases have an answer of ours within {time}", time=words.span(first.waited.median))


def four(report: Report) -> list[Figure]:
    """The four figures, each with its usual range."""
    past, now, part = report.weeks, report.now, report.compared
    mood = figures.mean_sentiment(now)
    share, share_usual = saying.flagged_share(now, [part, *past])
    moods = report.usual([figures.mean_sentiment(one) for one in past])
    comments = _("About its matters") if report.goal else _("Comments")
    return [
        Figure(
            comments,
            number(now.comments),
            saying.compared(now.comments, part.comments, figures.usual([one.comments for one in past]), saying.Say()),
        ),
        Figure(_("Needed a person"), share, share_usual),
        Figure(
            _("Mean sentiment"),
            sense("a mean", "none") if mood is None else saying.Signed()(mood),
            saying.compared(mood, figures.mean_sentiment(part), moods, saying.Signed()),
        ),
        _fourth(report),
    ]


def _fourth(report: Report) -> Figure:
    """How long a first answer takes; of a goal, how many responses were tagged with it: a case has no goal."""
    if report.goal:
        usual = saying.usually(report.responses_usual, saying.Say())
        return Figure(_("Responses for it"), number(report.responses), usual)
    first = report.first
    if first and 0 < first.waits.n < MANY:
        few = _("under {few} cases, so no median", few=MANY)
        return Figure(_("Cases with an answer"), cost.share(first.answered, first.waits.n), few)
    value = cost.median(first.waited) if first else "–"
    return Figure(_("Half answered within"), value, saying.usually(report.first_usual, saying.Time()))


# --- charts ----------------------------------------------------------------------------------------------------------


def volume(report: Report) -> tuple[str, str]:
    """The finding of the wide chart, and its line of units and n."""
    n = number(report.now.comments)
    line = _("Bars: comments a day, those that needed a person in orange. Line: mean sentiment, -1 to +1. n = {n}", n=n)
    if report.weekly:
        line = _(
            "Bars: comments a week, those that needed a person in orange. Line: mean sentiment, -1 to +1. n = {n}", n=n
        )
    return saying.over_time(report.days, report.weekly), line


def share(report: Report) -> tuple[str, str]:
    n = number(report.now.comments)
    line = (
        _("Share of a week's comments, percent, n = {n}; pale: under {few}", n=n, few=figures.FEW)
        if report.weekly
        else _("Share of a day's comments, percent, n = {n}; pale: under {few}", n=n, few=figures.FEW)
    )
    return saying.share(report.days), line


def matters(report: Report) -> tuple[str, str]:
    n = sum(one.now for one in report.matters)
    return saying.matters(report.matters, report.called), _("Comments by matter, n = {n}", n=number(n))


def matter_table(report: Report) -> tuple[list[str], list[tuple[object, ...]]]:
    """The matters in numbers."""
    return saying.matter_table(report.matters, report.called, _("comments"), _("usual in as many days"))


def too_little(report: Report) -> str:
    """Why nothing is said to be usual in this time; empty where something is."""
    if len(report.weeks) >= figures.LEAST_WEEKS:
        return ""
    if report.known_from is not None:
        return _(
            "Comments are known from {day} on; what is usual can be said of days from {from_day} on.",
            day=moments.day_and_year(report.known_from),
            from_day=moments.day_and_year(figures.comparable_from(report.known_from)),
        )
    return _("Most of these comments are from sources that are too new to say what is usual.")


def costs(report: Report) -> tuple[str, str]:
    n = sum(one.n for one in report.costs)
    line = _("Replies and posts. Hours by the clock; those still waiting are counted by survival, n = {n}", n=number(n))
    return cost.finding(report.costs), line


def by_goal(report: Report) -> tuple[str, str]:
    total = sum(one.now.comments for one in report.goals)
    line = _(
        "Comments about a goal's matters (one about two of them counts for each), and the responses tagged with it"
    )
    if not report.goals:
        return _("No goal was entered yet"), line
    if not total:
        return _("No comment was about the matters of a goal"), line
    first = report.goals[0]
    most = number(first.now.comments)
    return _("Most about “{goal}”: {n} of {total}", goal=first.goal.name, n=most, total=number(total)), line


# --- tables ----------------------------------------------------------------------------------------------------------


def goal_heads() -> list[str]:
    return [
        _("Goal"),
        _("Comments"),
        sense("a column", "Usual"),
        _("Needed a person"),
        _("Mean sentiment"),
        _("Responses"),
    ]


def goal_cells(one: OfGoal) -> list[str]:
    """A goal as plain text."""
    mood = figures.mean_sentiment(one.now)
    usual = "–"
    if one.usual:
        usual = saying.between(one.usual, saying.Say())
        if one.compared != one.now.comments:
            usual = _("compared: {value}, {usual}", value=number(one.compared), usual=usual)
    return [
        one.goal.name,
        number(one.now.comments) if one.matters else "–",
        usual,
        cost.share(one.now.flagged, one.now.comments) if one.now.comments else "–",
        "–" if mood is None else saying.Signed()(mood),
        number(one.responses),
    ]


def goal_file_heads() -> list[str]:
    """The columns of the goals' file, whose figures are numbers."""
    return [
        _("goal"),
        _("comments"),
        _("of these compared"),
        _("usual in as many days"),
        _("needed a person"),
        _("mean sentiment"),
        _("responses"),
    ]


def goal_numbers(one: OfGoal) -> list[object]:
    """A goal as a line of its file."""
    mood = figures.mean_sentiment(one.now)
    usual = [one.compared, one.usual.middle] if one.usual else [None] * 2
    counts = [one.now.comments, *usual, one.now.flagged] if one.matters else [None] * 4
    return [one.goal.name, *counts, None if mood is None else round(mood, 3), one.responses]


# --- what it rests on ------------------------------------------------------------------------------------------------


def rests_on(report: Report) -> list[str]:
    """What the figures rest on, in sentences."""
    said = [
        _("Period: {period}, days in {zone}.", period=periods.said(report.period), zone=report.zone),
        many(
            "{n} comment of strangers, spam left out ({spam}).",
            "{n} comments of strangers, spam left out ({spam}).",
            report.now.comments,
            spam=number(report.now.spam),
        ),
    ]
    if not (little := too_little(report)):
        said.append(
            _(
                "Usual: the middle half of the {weeks} weeks before, each of the period's days held against the same"
                " weekday.",
                weeks=len(report.weeks),
            )
        )
    else:
        said.append(little)
    if report.apart:
        said.append(_("Not compared, too new: {sources}.", sources=saying.sources(report.apart)))
    said.append(_("Under {few} comments or responses no percentage is said.", few=figures.FEW))
    if report.to_go > cost.BEHIND:
        said.append(
            many(
                "Approval and first answers are still being worked out: {n} event of the audit log to go.",
                "Approval and first answers are still being worked out: {n} events of the audit log to go.",
                report.to_go,
            )
        )
    said.append(_("Nobody's name and nobody's words are in it. Each figure is defined in docs/metrics.md."))
    said.append(_("Made {when}.", when=made(report)))
    return said


def made(report: Report) -> str:
    """'Mon 23 Nov 2026, 14:05 (Europe/Berlin)'."""
    return _("{when} ({zone})", when=moments.full(report.made.astimezone(ZoneInfo(report.zone))), zone=report.zone)


def shown_goals(report: Report) -> tuple[Sequence[OfGoal], str]:
    """The goals that the file has room for, and what it says of the others."""
    rest = len(report.goals) - SHOWN_GOALS
    more = many("And {n} more goal, on the page.", "And {n} more goals, on the page.", rest) if rest > 0 else ""
    return report.goals[:SHOWN_GOALS], more
