"""The charts of the file for the board, drawn with reportlab's graphics from plain values. Pure."""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby

from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor

from analysis import figures
from model import moments
from model.language import _, number
from model.tally import Day
from web.ui.board.lettering import BOLD, PLAIN, fitted
from web.ui.charts import BLUE, GREY, ORANGE

INK, QUIET, LINE = HexColor("#0F1720"), HexColor("#566471"), HexColor("#D9DFE4")
_GREY, _ORANGE, _BLUE = HexColor(GREY), HexColor(ORANGE), HexColor(BLUE)
_PALE = Color(_ORANGE.red, _ORANGE.green, _ORANGE.blue, alpha=0.45)
_AXIS, _LABELS, _SIZE = 34.0, 14.0, 7.5
_MOST_LABELS = 8
_ROW = 17.0
Label = tuple[str, int, str]


def ticks(most: float) -> list[int]:
    """Whole numbers from 0 on, three to five of them, the last at `most` or above: 0, 5, 10 for 8."""
    step, unit = 1, 1
    while step * 4 < most:
        step = next(unit * n for n in (1, 2, 5, 10) if unit * n > step)
        unit = unit * 10 if step == unit * 10 else unit
    last = max(2, -int(-most // step))
    return [step * n for n in range(last + 1)]


class _Frame:
    """A part of a drawing with an upright scale at its left, and a place for each day from left to right."""

    def __init__(self, into: Drawing, bottom: float, top: float, places: int, scale: tuple[float, float]) -> None:
        self._into, self._bottom, self._height = into, bottom, top - bottom
        self._low, self._range = scale[0], scale[1] - scale[0]
        self.slot: float = (into.width - _AXIS) / max(1, places)

    def x(self, place: int) -> float:
        """The middle of a place."""
        return _AXIS + self.slot * (place + 0.5)

    def y(self, value: float) -> float:
        return self._bottom + self._height * (value - self._low) / self._range

    def scale(self, marks: Sequence[float], say: Callable[[float], str], name: str) -> None:
        """Lines across with their values, and what they count."""
        for mark in marks:
            y = self.y(mark)
            self._into.add(Line(_AXIS, y, self._into.width, y, strokeColor=LINE, strokeWidth=0.5))
            self._into.add(_text(_AXIS - 5, y - 2.6, say(mark), anchor="end"))
        self._into.add(_text(0, self._bottom + self._height + 5, name, anchor="start"))

    def bar(self, place: int, low: float, high: float, colour: Color) -> None:
        if high > low:
            width = self.slot * 0.72
            left, bottom = self.x(place) - width / 2, self.y(low)
            self._into.add(
                Rect(left, bottom, width, self.y(high) - bottom, fillColor=colour, strokeColor=None, strokeWidth=0)
            )

    def line(self, values: Sequence[float | None], colour: Color) -> None:
        """A line through the values; where there is none it is broken."""
        numbered = enumerate(values)
        for known, part in groupby(numbered, key=lambda one: one[1] is not None):
            points = [(self.x(place), self.y(value)) for place, value in part if value is not None]
            if known and len(points) > 1:
                flat = [each for point in points for each in point]
                self._into.add(PolyLine(flat, strokeColor=colour, strokeWidth=1.2))
            if known:
                for x, y in points:
                    self._into.add(Circle(x, y, 1.4, fillColor=colour, strokeColor=None))

    def days(self, days: Sequence[date]) -> None:
        """Some of the days below, as many as there is room for."""
        every = -(-len(days) // _MOST_LABELS) or 1
        for place in range(0, len(days), every):
            self._into.add(_text(self.x(place), self._bottom - 11, moments.day(days[place]), anchor="middle"))


def _text(x: float, y: float, text: str, *, anchor: str, font: str = PLAIN, colour: Color = QUIET) -> String:
    return String(x, y, text, textAnchor=anchor, fontName=font, fontSize=_SIZE, fillColor=colour)


def volume(days: Sequence[Day], width: float, height: float) -> Drawing:
    """Below, comments as bars, those that needed a person on top of them; above, the mean sentiment."""
    made = Drawing(width, height)
    lower, upper = height * 0.60, height * 0.76
    marks = ticks(max((one.tally.comments for one in days), default=0))
    bars = _Frame(made, _LABELS, lower, len(days), (0, marks[-1]))
    bars.scale(marks, number, _("comments"))
    for place, one in enumerate(days):
        calm = one.tally.comments - one.tally.flagged
        bars.bar(place, 0, calm, _GREY)
        bars.bar(place, calm, one.tally.comments, _ORANGE)
    bars.days([one.day for one in days])
    mood = _Frame(made, upper, height - 10, len(days), (-1, 1))
    mood.scale((-1, 0, 1), lambda mark: f"{mark:+.0f}" if mark else "0", _("sentiment"))
    mood.line([figures.mean_sentiment(one.tally) for one in days], _BLUE)
    return made


def share(days: Sequence[Day], width: float, height: float) -> Drawing:
    """The share of comments that needed a person, in percent of each day's; days with few comments are pale."""
    made = Drawing(width, height)
    shares = [100 * one.tally.flagged / one.tally.comments if one.tally.comments else 0.0 for one in days]
    marks = ticks(max(shares, default=0))
    bars = _Frame(made, _LABELS, height - 10, len(days), (0, marks[-1]))
    bars.scale(marks, number, _("percent"))
    for place, (one, value) in enumerate(zip(days, shares, strict=True)):
        bars.bar(place, 0, value, _ORANGE if one.tally.comments >= figures.FEW else _PALE)
    bars.days([one.day for one in days])
    return made


def names(rows: Sequence[Label], width: float) -> Drawing:
    """Lying bars: a name, a count, and what stands beside it. The first one is in orange."""
    made = Drawing(width, _ROW * len(rows))
    left, most = width * 0.34, max((value for _name, value, _text in rows), default=0)
    for place, (name, value, beside) in enumerate(rows):
        y = made.height - _ROW * (place + 1) + 4
        made.add(_text(left - 6, y + 1.5, fitted(name, PLAIN, _SIZE, left - 8), anchor="end", colour=INK))
        length = (width - left) * 0.62 * value / most if most else 0.0
        colour = _GREY if place else _ORANGE
        made.add(Rect(left, y - 1, length, 10, fillColor=colour, strokeColor=None, strokeWidth=0))
        made.add(_text(left + length + 5, y + 1.5, beside, anchor="start", font=BOLD, colour=INK))
    return made
