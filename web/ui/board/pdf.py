"""The report for the board as a file: two A4 pages, whatever is in it.

Each part has its place, and what is longer than its place is cut, never moved on to a third page. Pure.
"""

from collections.abc import Sequence
from io import BytesIO

from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from model.language import _, current
from web.ui.board import drawing, lettering, saying
from web.ui.board import period as periods
from web.ui.board.drawing import INK, LINE, QUIET
from web.ui.board.gather import Report
from web.ui.board.lettering import BOLD, PLAIN
from web.ui.overview import charts, cost

WIDTH, HEIGHT = A4
MARGIN, GAP = 42.0, 20.0
INSIDE = WIDTH - 2 * MARGIN
_TITLE, _TEXT, _SMALL = 12.0, 8.5, 7.5
_HEADING = 46.0
"""The most that a heading takes: a finding, and two lines below it."""
_MANY_ROWS = 8
"""With more rows than this on the second page, all that is on it stands closer together."""
_COSTS = (0.19, 0.135, 0.135, 0.12, 0.13, 0.12, 0.12, 0.05)
_GOALS = (0.36, 0.12, 0.13, 0.15, 0.13, 0.11)


def made(report: Report) -> bytes:
    """The file. It names its language and its title, and holds its letters."""
    lettering.known()
    into = BytesIO()
    canvas = Canvas(into, pagesize=A4, lang=current(), pageCompression=1)
    canvas.setTitle(f"{saying.title(report)}, {periods.said(report.period)}")
    canvas.setAuthor(report.organisation)
    canvas.setSubject(saying.verdict(report))
    canvas.setCreator("Levelhead")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    for number, page in enumerate((_first, _second), start=1):
        canvas.bookmarkPage(f"page{number}")
        canvas.addOutlineEntry(_("Page {n} of {all}", n=number, all=2), f"page{number}", 0, closed=False)
        page(_Page(canvas, report, number))
        canvas.showPage()
    canvas.save()
    return into.getvalue()


class _Page:
    """A page that is filled from its top: `y` is where the next part begins. `gap` is between parts, `between` between
    the rows of a table."""

    def __init__(self, canvas: Canvas, report: Report, number: int) -> None:
        self._canvas, self.report = canvas, report
        self.gap, self.between = GAP, 7.0
        self.y = HEIGHT - MARGIN
        who = lettering.fitted(report.organisation, PLAIN, _TEXT, INSIDE / 2)
        which = lettering.fitted(saying.title(report), PLAIN, _TEXT, INSIDE / 2 - 10)
        self.text(MARGIN, self.y - 8, who, PLAIN, _TEXT, QUIET)
        self.text(WIDTH - MARGIN, self.y - 8, which, PLAIN, _TEXT, QUIET, right=True)
        self.rule(self.y - 15)
        self.rule(MARGIN + 4)
        foot = _("Page {n} of {all}", n=number, all=2)
        self.text(MARGIN, MARGIN - 8, _("Made {when}.", when=saying.made(report)), PLAIN, _SMALL, QUIET)
        self.text(WIDTH - MARGIN, MARGIN - 8, foot, PLAIN, _SMALL, QUIET, right=True)
        self.y -= 15 + GAP

    def text(
        self, x: float, y: float, text: str, font: str, size: float, colour: Color = INK, *, right: bool = False
    ) -> None:
        """A line of text that begins, or with `right` ends, at `x`."""
        self._canvas.setFont(font, size)
        self._canvas.setFillColor(colour)
        (self._canvas.drawRightString if right else self._canvas.drawString)(x, y, text)

    def rule(self, y: float) -> None:
        self._canvas.setStrokeColor(LINE)
        self._canvas.setLineWidth(0.5)
        self._canvas.line(MARGIN, y, WIDTH - MARGIN, y)

    def lines(
        self, some: Sequence[str], font: str, size: float, colour: Color = INK, *, x: float = MARGIN, lead: float = 1.3
    ) -> None:
        """Lines below each other; what follows begins below them."""
        for line in some:
            self.y -= size * lead
            self.text(x, self.y, line, font, size, colour)

    def heading(self, finding: str, line: str) -> None:
        """What a part has found, and its units and n."""
        self.lines([lettering.fitted(finding, BOLD, _TITLE, INSIDE)], BOLD, _TITLE, lead=1.1)
        self.y -= 2
        self.lines(lettering.lines(line, PLAIN, _TEXT, INSIDE, 2), PLAIN, _TEXT, QUIET)
        self.y -= 8

    def drawn(self, made: Drawing) -> None:
        self.y -= made.height
        renderPDF.draw(made, self._canvas, MARGIN, self.y)
        self.y -= self.gap

    def boxes(self, some: Sequence[saying.Figure]) -> None:
        """The four figures beside each other."""
        height, width = 74.0, (INSIDE - 3 * 8) / 4
        for place, one in enumerate(some):
            x = MARGIN + place * (width + 8)
            self._canvas.setStrokeColor(LINE)
            self._canvas.roundRect(x, self.y - height, width, height, 4)
            room = width - 16
            self.text(x + 8, self.y - 15, lettering.fitted(one.label, PLAIN, _TEXT, room), PLAIN, _TEXT, QUIET)
            size, (value, *_rest) = lettering.largest(one.value, BOLD, (19, 15, 11), room, 1)
            self.text(x + 8, self.y - 37, value, BOLD, size)
            for number, line in enumerate(lettering.lines(one.usual, PLAIN, _SMALL, room, 3)):
                self.text(x + 8, self.y - 50 - number * 9, line, PLAIN, _SMALL, QUIET)
        self.y -= height + GAP

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float]) -> None:
        """A table; all columns but the first end at the right. A cell may have a second line, in small."""
        widths = [INSIDE * share for share in shares]
        ends = [MARGIN + sum(widths[: place + 1]) for place in range(len(widths))]
        top = [lettering.lines(head, PLAIN, _SMALL, width - 6, 2) for head, width in zip(heads, widths, strict=True)]
        deep = max(map(len, top))
        self._row([line + [""] * (deep - len(line)) for line in top], ends, widths, PLAIN, QUIET)
        for row in rows:
            self.rule(self.y - self.between + 2)
            self.y -= self.between
            cells = [cell.split("\n", 1) for cell in row]
            deep = max(map(len, cells))
            self._row([cell + [""] * (deep - len(cell)) for cell in cells], ends, widths, BOLD, INK)
        self.y -= self.gap

    def _row(
        self, cells: Sequence[Sequence[str]], ends: Sequence[float], widths: Sequence[float], first: str, colour: Color
    ) -> None:
        for deep in range(len(cells[0])):
            size = _TEXT if first == BOLD and not deep else _SMALL
            self.y -= size * 1.4
            for place, cell in enumerate(cells):
                font = PLAIN if place or deep else first
                x = ends[place] if place else MARGIN
                room = ends[place] - MARGIN if deep else widths[place] - 6  # beside a second line nothing stands
                told = lettering.fitted(cell[deep], font, size, room)
                self.text(x, self.y, told, font, size, QUIET if deep else colour, right=bool(place))


def _first(page: _Page) -> None:
    report = page.report
    size, said = lettering.largest(saying.verdict(report), BOLD, (17, 15, 13), INSIDE, 3)
    page.lines(said, BOLD, size)
    page.y -= 4
    page.lines([periods.said(report.period)], PLAIN, 10, QUIET)
    if report.goal and report.goal.sentence:
        page.lines(lettering.lines(report.goal.sentence, PLAIN, 10, INSIDE, 2), PLAIN, 10, QUIET)
    page.y -= GAP * 0.8
    page.boxes(saying.four(report))
    room = page.y - MARGIN - 16 - 2 * _HEADING - page.gap  # what is left for the two charts
    page.heading(*saying.volume(report))
    page.drawn(drawing.volume(report.days, INSIDE, room * 0.61))
    page.heading(*saying.share(report))
    page.drawn(drawing.share(report.days, INSIDE, room * 0.39))


def _second(page: _Page) -> None:
    report = page.report
    shown, more = saying.shown_goals(report)
    if len(report.costs) + len(shown) > _MANY_ROWS:
        page.gap, page.between = GAP * 0.7, 3.5
    page.heading(*saying.matters(report))
    page.drawn(drawing.names(charts.compared(report.matters[: saying.SHOWN_MATTERS], report.called), INSIDE))
    page.heading(*saying.costs(report))
    if report.costs:
        told = [_with_kinds(cost.cost_cells(one), cost.kinds(one)) for one in report.costs]
        page.table(cost.cost_heads(), told, _COSTS)
    page.heading(*saying.by_goal(report))
    if shown:
        page.table(saying.goal_heads(), [saying.goal_cells(one) for one in shown], _GOALS)
    if more:
        page.y += page.gap - 2
        page.lines([more], PLAIN, _SMALL, QUIET)
        page.y -= page.gap
    page.lines([_("What the figures rest on")], BOLD, _TITLE)
    page.y -= 3
    said = " ".join(saying.rests_on(report))
    page.lines(lettering.lines(said, PLAIN, _TEXT, INSIDE, 6), PLAIN, _TEXT, QUIET, lead=1.4)


def _with_kinds(cells: Sequence[str], kinds: str) -> list[str]:
    """A row of the costs, below its number of changes their kinds."""
    return [*cells[:4], f"{cells[4]}\n{kinds}" if kinds else cells[4], *cells[5:]]
