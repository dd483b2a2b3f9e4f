"""The report for the board: its page and its file say the same, the file has two pages, and nobody is named."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import select

from analysis import figures
from analysis.approval import Cost, First
from analysis.changes import Change
from analysis.figures import Calm, Usual
from analysis.waiting import Lengths
from model import moments
from model.cost import OWN_AUTHORITY, Cold
from model.errors import BadInput
from model.language import using
from model.tally import Day, Tally
from store import goals as goal_rows
from store import metrics
from store.db import Store
from store.goals import Goal
from store.schema import comments, people, response_goals
from tests.installation import set_up
from tests.sample import Sample, sampled
from tests.store.test_metrics import NOW, by_chance, fill
from tests.web.test_overview import seen_by
from tests.web.test_pages import text
from web.ui import words
from web.ui.board import gather, pdf, period, saying
from web.ui.board.gather import OfGoal, Report
from web.ui.board.period import Period
from web.ui.overview.gather import Compared

LONDON = ZoneInfo("Europe/London")


# --- periods ---------------------------------------------------------------------------------------------------------


@given(st.dates(date(1999, 1, 1), date(2100, 1, 1)))
def test_the_last_month_and_quarter_are_whole_and_over(today: date) -> None:
    month, quarter = period.last_month(today), period.last_quarter(today)
    for one, months in ((month, 1), (quarter, 3)):
        assert (one.since.day, (one.until + timedelta(days=1)).day) == (1, 1)
        assert (one.until.year - one.since.year, one.until.month - one.since.month) == (0, months - 1)
        assert one.until < today
    assert (quarter.until.month % 3, today - month.until <= timedelta(days=31)) == (0, True)
    assert today - quarter.until <= timedelta(days=92)


def test_days_of_ones_own_follow_each_other_are_over_and_not_too_many() -> None:
    today = date(2026, 3, 10)
    for since, until in ((date(2026, 3, 2), date(2026, 3, 1)), (today, date(2026, 3, 11))):
        with pytest.raises(BadInput, match="Choose a first day"):
            period.own(since, until, today)
    with pytest.raises(BadInput, match="366 days"):
        period.own(date(2025, 3, 9), today, today)
    assert period.read("2025-03-10", "2026-03-10", today) == Period(date(2025, 3, 10), today)
    assert period.read("2026-03-11", "2026-03-12", today) is period.read("soon", "", today) is None


# --- the file --------------------------------------------------------------------------------------------------------

names = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=80) | st.sampled_from(
    ["Größe „ist“ alles", "Δημοκρατία", "Доверие к нам", "W" * 80, "words " * 13]
)
counts = st.integers(0, 3_000_000)
tallies = st.builds(
    lambda flagged, more, mood, spam: Tally(flagged + more, flagged, 0, 0, mood * (flagged + more), spam),
    counts,
    counts,
    st.floats(-1, 1),
    counts,
)
usuals = st.none() | st.builds(lambda a, b, c: Usual(*sorted((a, b, c)), 8), *[st.floats(0, 1e6)] * 3)
lengths = st.builds(Lengths, *[st.dictionaries(st.integers(0, 160), st.integers(1, 9_000), max_size=3)] * 2)
ALL_KINDS = {Change.TYPO: 111_111, Change.WORDING: 222_222, Change.FACT: 333_333, Change.POSITION: 444_444}


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report of anything that there can be."""
    since = draw(st.dates(date(2020, 1, 1), date(2026, 1, 1)))
    whole = Period(since, since + timedelta(days=draw(st.integers(0, 365))))
    weekly = whole.days > 100
    step = 7 if weekly else 1
    few = draw(st.lists(tallies, min_size=1, max_size=4))
    days = [Day(since + timedelta(days=step * n), few[n % len(few)]) for n in range(-(-whole.days // step))]
    every = [
        Goal(n, draw(names), draw(st.text(max_size=300)), None, 1) for n in range(draw(st.integers(0, goal_rows.MOST)))
    ]
    matters = draw(st.lists(st.builds(Compared, names, counts, counts, usuals), max_size=23))
    levels = draw(st.lists(st.integers(OWN_AUTHORITY, 5), unique=True, max_size=7))
    costs = [
        Cost(level, "", draw(counts), draw(lengths), 3, 70, 9, ALL_KINDS, 2, {Cold.DELETED: 1}) for level in levels
    ]
    return Report(
        organisation=draw(names),
        period=whole,
        zone="Europe/London",
        made=datetime(2026, 3, 2, 9, tzinfo=UTC),
        goal=draw(st.sampled_from([None, *every])),
        weekly=weekly,
        now=sum((one.tally for one in days), Tally()),
        compared=draw(tallies),
        weeks=draw(st.lists(tallies, max_size=8)),
        apart=draw(st.lists(names, max_size=5)),
        known_from=draw(st.none() | st.just(date(2026, 1, 5))),
        calm=draw(st.sampled_from(Calm)),
        days=days,
        matters=matters,
        first=draw(st.none() | st.builds(First, st.just(-1), st.just(""), lengths, counts, counts, counts)),
        first_usual=draw(usuals),
        responses=draw(counts),
        responses_usual=draw(usuals),
        costs=costs,
        goals=[OfGoal(one, ["privacy"], draw(tallies), draw(counts), draw(usuals), draw(counts)) for one in every],
        to_go=draw(st.sampled_from([0, 1_000_000])),
        called={},
    )


def crowded() -> Report:
    """As much as there can be at once, and each of it long."""
    tally, usual, name = Tally(2_000_000, 1_000_000, 0, 0, -1.5e6, 9), Usual(1e6, 2e6, 3e6, 8), "Wir sind größer " * 5
    since = date(2026, 1, 1)
    every = [Goal(n, f"{n} {name}", "Ein langer Satz. " * 17, None, 1) for n in range(goal_rows.MOST)]
    levels = range(OWN_AUTHORITY, 6)
    slow = Lengths({}, {160: 900})
    return Report(
        organisation=name,
        period=Period(since, since + timedelta(days=99)),
        zone="America/Argentina/ComodRivadavia",
        made=datetime(2026, 3, 2, 9, tzinfo=UTC),
        goal=every[0],
        weekly=False,
        now=tally,
        compared=replace(tally, comments=1_999_999, flagged=999_999),
        weeks=[tally] * 8,
        apart=[name] * 5,
        known_from=None,
        calm=Calm.BUSIER,
        days=[Day(since + timedelta(days=n), tally) for n in range(100)],
        matters=[Compared(name, 900_000 - n, 899_999 - n, usual) for n in range(23)],
        first=First(-1, "", slow, 0, 0, 900),
        first_usual=usual,
        responses=12_345,
        responses_usual=usual,
        costs=[Cost(n, "", 900_000, slow, 3, 70, 9, ALL_KINDS, 2, {Cold.DELETED: 1}) for n in levels],
        goals=[OfGoal(one, ["privacy"], tally, 1_999_999, usual, 12_345) for one in every],
        to_go=1_000_000,
        called={},
    )


def placed(page: object) -> list[tuple[float, str]]:
    """The texts of a page with their heights above its lower edge."""
    found: list[tuple[float, str]] = []

    def visit(text: str, place: list[float], within: list[float], *_rest: object) -> None:
        if text.strip():
            found.append((place[5] + within[5] * place[3], text))

    page.extract_text(visitor_text=visit)  # type: ignore[attr-defined]
    return found


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@example(crowded(), "de")
@example(replace(crowded(), goal=None), "en")
@given(reports(), st.sampled_from(["en", "de"]))
def test_the_file_has_two_pages_of_a4_and_nothing_leaves_its_place(report: Report, language: str) -> None:
    with using(language):
        file = PdfReader(BytesIO(pdf.made(report)))
        title = saying.title(report)
    assert len(file.pages) == 2
    for page in file.pages:
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    for page in file.pages:
        body = [height for height, _text in placed(page) if height > pdf.MARGIN]
        assert min(body) >= pdf.MARGIN + 8, "it stands in the foot"
    assert file.root_object["/Lang"] == language
    assert file.metadata
    assert file.metadata.title.startswith(title)
    assert {font["/BaseFont"].split("+")[1] for font in fonts(file)} <= {"FiraSans-Regular", "FiraSans-SemiBold"}


def fonts(file: PdfReader) -> Iterator[dict[str, str]]:
    for page in file.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            if (found := font.get_object())["/BaseFont"] != "/Helvetica":  # reportlab names it, and nothing is in it
                yield found


# --- the page and the file -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """The sample, for tests that change nothing in it."""
    with sampled(tmp_path_factory.mktemp("board")) as made:
        yield made


def told(report: Report) -> str:
    """All that the file says, blanks and breaks of lines as one blank."""
    pages = PdfReader(BytesIO(pdf.made(report))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def gathered(sample: Sample, whole: Period, goal_id: int | None = None) -> Report:
    with sample.store.read() as tx:
        return gather.gather(tx, whole, sample.end, LONDON, words.matters(), goal_id)


def goals_of(store: Store) -> list[Goal]:
    with store.read() as tx:
        return goal_rows.every(tx)


@pytest.mark.parametrize("with_goal", [False, True])
def test_the_page_and_the_file_say_the_same_and_name_nobody(filled: Sample, with_goal: bool) -> None:
    today = filled.end.astimezone(UTC).date()
    whole = Period(today - timedelta(days=12), today)
    goal_id = goals_of(filled.store)[0].id if with_goal else None
    address = {"period": "own", "since": whole.since.isoformat(), "until": whole.until.isoformat()}
    address |= {"goal": str(goal_id)} if goal_id else {}
    with seen_by(filled.store, filled.team["gareth"], "board", **address) as page:
        assert not page.exception
        shown = text(page)
        figures_shown = {one.label: (one.value, one.delta) for one in page.metric}
    report = gathered(filled, whole, goal_id)
    said = told(replace(report, zone="UTC"))
    assert report.now.comments > 5
    for one in saying.four(report):
        assert figures_shown[one.label] == (one.value, one.usual)
        assert one.value in said, one.label
    findings = [part(report)[0] for part in (saying.volume, saying.share, saying.matters, saying.costs, saying.by_goal)]
    cells = [cell for one in report.goals for cell in saying.goal_cells(one)]
    for finding in (*findings, saying.verdict(report), *cells):
        assert finding.replace("'", "&#x27;") in shown.replace("\\'", "'") or finding in shown, finding
        assert finding in said, finding
    names = named(filled.store)
    assert len(names) > 50
    for name in names:
        assert not re.search(rf"\b{re.escape(name)}\b", said), name
        assert not re.search(rf"\b{re.escape(name)}\b", shown), name


def named(store: Store) -> set[str]:
    """Everybody who ever commented, and everybody of the team."""
    with store.read() as tx:
        found = {*tx.execute(select(comments.c.author)).scalars(), *tx.execute(select(people.c.name)).scalars()}
    return {name for name in found if len(name) > 3} - {"Millbrook Community House"}


def test_the_report_counts_what_is_there_and_what_is_usual_by_hand(empty: Store) -> None:
    """Twenty days in London, over which clocks change, against the days of the weeks before with the same weekdays."""
    set_up(empty)
    fill(empty, by_chance(1_500, 100))
    whole = Period(date(2026, 3, 20), date(2026, 4, 8))
    with empty.read() as tx:
        report = gather.gather(tx, whole, NOW, LONDON, {})
        longer = gather.gather(tx, Period(date(2025, 12, 1), date(2026, 4, 8)), NOW, LONDON, {})
    left = Counter(of_comments(empty))
    days = [whole.since + timedelta(days=n) for n in range(20)]
    assert {one.day: one.tally.comments for one in report.days} == {day: left[day] for day in days}
    assert report.now.comments == sum(left[day] for day in days)
    expected = [
        sum(left[day] for back in days for day in same_weekday(back, whole.since - timedelta(weeks=week)))
        for week in range(1, 9)
    ]
    assert [one.comments for one in report.weeks] == expected
    assert report.usual([one.comments for one in report.weeks]) == figures.usual(expected)
    assert [one.day.weekday() for one in longer.days] == [0] * len(longer.days), "a long time is shown by weeks"
    assert sum(one.tally.comments for one in longer.days) == longer.now.comments
    assert longer.weeks == [], "there is nothing before it"
    first = min(of_comments(empty, UTC))
    says = f"Comments are known from {moments.day_and_year(first)} on; what is usual can be said of days from"
    assert saying.too_little(longer).startswith(says)
    assert saying.too_little(report) == ""
    day = first + timedelta(days=29)
    assert moments.day_and_year(day) in saying.too_little(longer)
    with empty.read() as tx:
        begins = [gather.gather(tx, Period(day - timedelta(days=n), NOW.date()), NOW, LONDON, {}) for n in (0, 1)]
    assert [len(one.weeks) for one in begins] == [4, 0], "from that day on and not before"


def same_weekday(day: date, first: date) -> list[date]:
    """The day of the week from `first` on with the weekday of `day`."""
    week = [first + timedelta(days=n) for n in range(7)]
    return [one for one in week if one.weekday() == day.weekday()]


def test_goals_are_counted_by_their_matters_and_by_what_is_tagged(filled: Sample) -> None:
    today = filled.end.astimezone(UTC).date()
    whole = Period(today - timedelta(days=14), today)
    report = gathered(filled, whole)
    with filled.store.read() as tx:
        spoken = metrics.spoken(tx, whole.since, whole.until)
        tagged = tx.execute(select(response_goals.c.goal_id)).scalars().all()
    for one in report.goals:
        whole_tally = sum((spoken[matter] for matter in one.matters if matter in spoken), Tally())
        assert one.now == replace(whole_tally, sentiment=pytest.approx(whole_tally.sentiment))
        assert one.responses == tagged.count(one.goal.id), "all of them were sent in these days"
        narrowed = gathered(filled, whole, one.goal.id)
        assert narrowed.now == replace(one.now, sentiment=pytest.approx(one.now.sentiment))
        assert (narrowed.responses, {m.name for m in narrowed.matters}) == (
            one.responses,
            {matter for matter in one.matters if matter in spoken},
        )
        assert narrowed.first is None


def of_comments(store: Store, zone: tzinfo = LONDON) -> list[date]:
    """The days, in London unless told otherwise, of the comments that count."""
    listed = comments.c.spam & ~comments.c.flagged
    query = select(comments.c.at).where(~comments.c.ours, comments.c.status != "undone", ~listed)
    with store.read() as tx:
        return [at.astimezone(zone).date() for at in tx.execute(query).scalars()]
