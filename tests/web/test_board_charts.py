"""The charts in the file for the board: that they are there, and that each bar is as long as its figure."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import ContentStream
from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, Shape, String

from analysis.figures import Usual
from model.tally import Day, Tally
from tests.web.test_board import crowded
from web.ui.board import drawing, pdf, saying
from web.ui.overview import charts
from web.ui.overview.gather import Compared

WIDTH, HEIGHT = 500.0, 200.0
FIRST = date(2026, 3, 2)
tallies = st.builds(
    lambda flagged, more, mood: Tally(flagged + more, flagged, 0, 0, mood * (flagged + more)),
    st.integers(0, 500),
    st.integers(0, 500),
    st.floats(-1, 1),
)
periods = st.lists(tallies, min_size=1, max_size=40).map(
    lambda some: [Day(FIRST + timedelta(days=n), one) for n, one in enumerate(some)]
)


def parts(made: Drawing, kind: type[Shape]) -> list[Shape]:
    return [one for one in made.contents if isinstance(one, kind)]


def scale(made: Drawing, name: str) -> tuple[float, float]:
    """Where 0 is, and how much one is up from there, by the lines across and what is written beside them."""
    (title,) = (one.y for one in parts(made, String) if one.text == name)
    lines = sorted(one.y1 for one in parts(made, Line) if one.y1 <= title)
    beside = {round(one.y + 2.6, 3): one.text for one in parts(made, String) if one.textAnchor == "end"}
    marks = [(y, float(beside[round(y, 3)].replace(",", ""))) for y in lines]
    low, high = marks[0], marks[-1]
    return low[0] - low[1] * (high[0] - low[0]) / (high[1] - low[1]), (high[0] - low[0]) / (high[1] - low[1])


@given(periods)
def test_comments_are_bars_of_their_number_with_those_that_needed_a_person_on_top(days: list[Day]) -> None:
    made = drawing.volume(days, WIDTH, HEIGHT)
    zero, one = scale(made, "comments")
    bars = {
        colour: [b for b in parts(made, Rect) if b.fillColor == colour] for colour in (drawing._GREY, drawing._ORANGE)
    }
    calm = [day.tally.comments - day.tally.flagged for day in days]
    flagged = [day.tally.flagged for day in days]
    assert [b.height for b in bars[drawing._GREY]] == pytest.approx([n * one for n in calm if n])
    assert [b.height for b in bars[drawing._ORANGE]] == pytest.approx([n * one for n in flagged if n])
    foot = [zero + rest * one for rest, n in zip(calm, flagged, strict=True) if n]
    assert [b.y for b in bars[drawing._ORANGE]] == pytest.approx(foot), "on top of the others"
    middles = sorted({round(b.x + b.width / 2, 6) for b in parts(made, Rect)})
    slot = (WIDTH - drawing._AXIS) / len(days)
    there = [n for n, day in enumerate(days) if day.tally.comments]
    assert middles == pytest.approx([drawing._AXIS + slot * (n + 0.5) for n in there])


@given(periods)
def test_the_mean_sentiment_is_a_line_that_breaks_where_nothing_was_said(days: list[Day]) -> None:
    made = drawing.volume(days, WIDTH, HEIGHT)
    upper = [one for one in parts(made, Line) if one.y1 > HEIGHT * 0.7]
    low, high = min(one.y1 for one in upper), max(one.y1 for one in upper)
    moods = [one.tally.sentiment / one.tally.comments for one in days if one.tally.comments]
    points = [one.cy for one in parts(made, Circle)]
    assert points == pytest.approx([low + (mood + 1) / 2 * (high - low) for mood in moods])
    broken = [bool(a.tally.comments) != bool(b.tally.comments) for a, b in pairwise(days)]
    assert len(parts(made, PolyLine)) <= 1 + sum(broken)


@given(periods)
def test_shares_are_bars_in_percent_and_pale_of_few(days: list[Day]) -> None:
    made = drawing.share(days, WIDTH, HEIGHT)
    _zero, one = scale(made, "percent")
    flagged = [day.tally for day in days if day.tally.flagged]
    bars = parts(made, Rect)
    assert [bar.height for bar in bars] == pytest.approx([100 * t.flagged / t.comments * one for t in flagged])
    assert [bar.fillColor == drawing._PALE for bar in bars] == [t.comments < 20 for t in flagged]


@given(st.lists(st.integers(0, 9_000), min_size=1, max_size=6))
def test_lying_bars_are_as_long_as_their_counts(counts: list[int]) -> None:
    made = drawing.names([(f"Matter {n}", n, f"{n}, usual 4") for n in counts], WIDTH)
    bars, most = parts(made, Rect), max(counts)
    assert [bar.width * most for bar in bars] == pytest.approx([n * bars[counts.index(most)].width for n in counts])
    assert [bar.fillColor for bar in bars] == [drawing._ORANGE, *[drawing._GREY] * (len(counts) - 1)]
    said = [one.text for one in parts(made, String)]
    assert said == [text for n in counts for text in (f"Matter {n}", f"{n}, usual 4")]
    assert [bar.y for bar in bars] == sorted((bar.y for bar in bars), reverse=True), "the first one is on top"


# --- in the file -----------------------------------------------------------------------------------------------------

DAYS = [Day(FIRST + timedelta(days=n), Tally(40 + 7 * n, 5 + n, 0, 0, 2.0 * n)) for n in range(10)]
MATTERS = [Compared(f"m{n}", 90 - 11 * n, 90 - 11 * n, Usual(3, 4, 5, 8)) for n in range(4)]


def bars_of(page: object, reader: PdfReader) -> Counter[tuple[str, float]]:
    """The heights of all filled upright rectangles of a page, and the widths of lying ones, as they are drawn."""
    found: Counter[tuple[str, float]] = Counter()
    corners: list[tuple[float, float]] = []
    for operands, operator in ContentStream(page["/Contents"].get_object(), reader).operations:  # type: ignore[index]
        if operator in (b"m", b"l"):
            corners.append((float(operands[0]), float(operands[1])))
        elif operator == b"re":
            x, y, width, height = map(float, operands)
            corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        elif operator in (b"f", b"f*", b"B", b"B*") and len(corners) >= 4:
            xs, ys = [x for x, _y in corners], [y for _x, y in corners]
            found["up", round(max(ys) - min(ys), 1)] += 1
            found["along", round(max(xs) - min(xs), 1)] += 1
        if operator in (b"f", b"f*", b"B", b"B*", b"S", b"n", b"s"):
            corners = []
    return found


def test_the_file_has_each_chart_with_the_figures_of_the_report() -> None:
    report = replace(crowded(), goal=None, days=DAYS, matters=MATTERS, called={})
    reader = PdfReader(BytesIO(pdf.made(report)))
    drawn = sum((bars_of(page, reader) for page in reader.pages), Counter())
    for made in charts_of(report):
        bars = parts(made, Rect)
        assert bars
        upright = len({round(bar.width, 3) for bar in bars}) == 1
        for bar in bars:
            key = ("up", bar.height) if upright else ("along", bar.width)
            assert any(drawn[key[0], round(key[1] + near, 1)] for near in (-0.1, 0, 0.1)), key


def charts_of(report: object) -> list[Drawing]:
    """The charts as they are drawn for the file; their sizes stand there."""
    found: list[Drawing] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pdf.renderPDF, "draw", lambda made, *_place: found.append(made))
        pdf.made(report)  # type: ignore[arg-type]
    assert len(found) == 3
    named = [(name, count) for name, count, _beside in charts.compared(MATTERS, {})[: saying.SHOWN_MATTERS]]
    assert [one.text for one in parts(found[-1], String)][::2] == [name for name, _count in named]
    return found
