"""The geometry of the diagram: cells of a grid become rectangles, lines of text and arrows.

All lengths are in points (1/72 inch). Columns have fixed widths, rows are as high as their highest box, boxes
are as high as their text; nothing is placed by hand, so nothing overlaps whatever the numbers and names.
"""

from __future__ import annotations

from dataclasses import dataclass

from review.prisma.cells import COLUMNS, PHASES, ROWS, Cell, Chart, Column, Line
from review.prisma.measure import text_width, wrap

FONT = 9.0              # text in boxes; as in the official templates (Arial 9)
SMALL = 7.5             # footnotes
LEADING = 1.26          # line height, in font sizes
PAD_X, PAD_Y = 9.0, 7.0     # between a box's border and its text
INDENT = 9.0            # one level of indentation; also how far wrapped lines hang
BETWEEN = 3.5           # between paragraphs of a box that are not indented
GAP_X, GAP_Y = 24.0, 20.0   # room for the arrows
MARGIN = 10.0
PHASE_WIDTH, PHASE_GAP = 20.0, 14.0
SLACK = 0.9             # text fills at most this much of a line: another font may be a sixth wider
WIDTHS: dict[Column, float] = {"previous": 136.0, "main": 200.0, "side": 206.0, "other": 194.0,
                               "other-side": 190.0}


@dataclass(frozen=True)
class TextLine:
    """One line of text: left end, baseline, and the count it belongs to."""

    x: float
    y: float
    text: str
    size: float
    width: float
    key: str = ""
    bold: bool = False


@dataclass(frozen=True)
class Rect:
    """A box with its text; `rotated` text runs upwards in the middle of it."""

    name: str
    style: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[TextLine, ...]
    rotated: bool = False

    @property
    def right(self) -> float:
        """The x of the right border."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of the lower border."""
        return self.y + self.height


@dataclass(frozen=True)
class Arrow:
    """A line through points, with a head at the last."""

    start: str
    end: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Figure:
    """Everything to draw, on a canvas of width x height points."""

    width: float
    height: float
    rects: tuple[Rect, ...]
    arrows: tuple[Arrow, ...]
    notes: tuple[TextLine, ...]

    def rect(self, name: str) -> Rect:
        """The box of that name; KeyError where there is none."""
        for rect in self.rects:
            if rect.name == name:
                return rect
        raise KeyError(name)


def lay_out(flow: Chart) -> Figure:
    """Place everything: banner, grid, phase bars, arrows, footnotes."""
    lefts = _column_lefts(flow)
    last = max(lefts, key=lambda column: lefts[column])
    width = lefts[last] + WIDTHS[last] + MARGIN
    rects: list[Rect] = []
    top = MARGIN
    if flow.banner:
        rects.append(_banner(flow, top, width))
        top = rects[-1].bottom + 12.0
    tops, bottom = _place_rows(flow, lefts, top, rects)
    rects += _phases(flow, tops, rects)
    notes = _footnotes(flow, bottom + 12.0, width)
    height = (notes[-1].y + 4.0 if notes else bottom) + MARGIN
    figure = Figure(width, round(height, 2), tuple(rects), (), notes)
    return Figure(figure.width, figure.height, figure.rects, tuple(_arrows(flow, figure)), notes)


def _column_lefts(flow: Chart) -> dict[Column, float]:
    """The left edge of each column that the flow uses."""
    used = {cell.column for cell in flow.cells}
    if "other" in used:
        used.add("other-side")
    lefts: dict[Column, float] = {}
    x = MARGIN + PHASE_WIDTH + PHASE_GAP
    for column in COLUMNS:
        if column in used:
            lefts[column] = x
            x += WIDTHS[column] + GAP_X
    return lefts


def _place_rows(flow: Chart, lefts: dict[Column, float], top: float, rects: list[Rect]) -> tuple[
        dict[str, tuple[float, float]], float]:
    """Put the cells of each row; gives each row's upper and lower edge, and the lowest of all."""
    edges: dict[str, tuple[float, float]] = {}
    y = top
    for row in ROWS:
        cells = [cell for cell in flow.cells if cell.row == row]
        if not cells:
            continue
        placed = [_box(cell, lefts, y) for cell in cells]
        height = max(rect.height for rect in placed)
        if row == "head":
            placed = [_stretched(rect, height) for rect in placed]
        height = max(height, _phase_height(flow, row))
        rects += placed
        edges[row] = (y, y + height)
        y += height + GAP_Y
    return edges, y - GAP_Y


def _phase_height(flow: Chart, row: str) -> float:
    """The least height of a row that a phase bar has to itself: its word must fit."""
    used = {cell.row for cell in flow.cells}
    for phase, (first, last) in PHASES.items():
        rows = [r for r in ROWS[ROWS.index(first):ROWS.index(last) + 1] if r in used]
        if rows == [row]:
            return text_width(flow.words[phase], FONT, bold=True) / SLACK + 2 * PAD_Y
    return 0.0


def _cell_width(cell: Cell, lefts: dict[Column, float]) -> float:
    """A cell's width; heads span two columns."""
    last = COLUMNS[COLUMNS.index(cell.column) + cell.columns - 1]
    return lefts[last] + WIDTHS[last] - lefts[cell.column]


def _box(cell: Cell, lefts: dict[Column, float], y: float) -> Rect:
    """A box at its column, as high as its text."""
    x, width = lefts[cell.column], _cell_width(cell, lefts)
    centred = cell.style.startswith("head")
    lines = _text(cell.lines, x + PAD_X, y + PAD_Y, width - 2 * PAD_X)
    if centred:
        lines = [TextLine(x + (width - line.width) / 2, line.y, line.text, line.size, line.width, line.key,
                          line.bold) for line in lines]
    return Rect(cell.name, cell.style, x, y, width, _height(lines, y), tuple(lines))


def _height(lines: list[TextLine], y: float) -> float:
    """The height of a box from y down to its last line's descenders and the padding."""
    return round(lines[-1].y + FONT * (LEADING - 0.95) + PAD_Y - y, 2)


def _stretched(rect: Rect, height: float) -> Rect:
    """The same box, higher, its text in the middle."""
    down = (height - rect.height) / 2
    lines = tuple(TextLine(line.x, line.y + down, line.text, line.size, line.width, line.key, line.bold)
                  for line in rect.lines)
    return Rect(rect.name, rect.style, rect.x, rect.y, rect.width, height, lines)


def _text(paragraphs: tuple[Line, ...], x: float, y: float, width: float) -> list[TextLine]:
    """Break paragraphs into lines from the top left corner (x, y)."""
    out: list[TextLine] = []
    gaps = 0.0
    for number, paragraph in enumerate(paragraphs):
        left = paragraph.indent * INDENT
        if number and not paragraph.indent:
            gaps += BETWEEN
        pieces = wrap(paragraph.text, (width - left) * SLACK, FONT, bold=paragraph.bold, hanging=INDENT)
        for index, piece in enumerate(pieces):
            indent = left + (INDENT if index and paragraph.indent else 0.0)
            baseline = y + gaps + len(out) * FONT * LEADING + FONT * 0.95
            out.append(TextLine(x + indent, round(baseline, 2), piece, FONT,
                                text_width(piece, FONT, bold=paragraph.bold), paragraph.key, paragraph.bold))
    return out


def _banner(flow: Chart, y: float, width: float) -> Rect:
    """The word DRAFT and its reasons, over the whole width."""
    head, *reasons = flow.banner
    lines = (Line(head, bold=True), *(Line(f"• {reason}", indent=1) for reason in reasons))
    room = width - 2 * MARGIN
    texts = _text(lines, MARGIN + PAD_X, y + PAD_Y, room - 2 * PAD_X)
    return Rect("draft", "draft", MARGIN, y, room, _height(texts, y), tuple(texts))


def _phases(flow: Chart, edges: dict[str, tuple[float, float]], rects: list[Rect]) -> list[Rect]:
    """The three bars at the left, as high as their rows or as their word."""
    out = []
    for phase, (first, last) in PHASES.items():
        rows = [row for row in ROWS[ROWS.index(first):ROWS.index(last) + 1] if row in edges]
        top, bottom = edges[rows[0]][0], edges[rows[-1]][1]
        word = flow.words[phase]
        width = text_width(word, FONT, bold=True)
        middle_x, middle_y = MARGIN + PHASE_WIDTH / 2, (top + bottom) / 2
        line = TextLine(middle_x, middle_y, word, FONT, width, "", True)
        out.append(Rect(phase, "phase", MARGIN, top, PHASE_WIDTH, bottom - top, (line,), rotated=True))
    return out


def _footnotes(flow: Chart, y: float, width: float) -> tuple[TextLine, ...]:
    """Footnotes beneath the grid, wrapped to its width."""
    out: list[TextLine] = []
    left = MARGIN + PHASE_WIDTH + PHASE_GAP
    for note in flow.footnotes:
        for index, piece in enumerate(wrap(note, (width - left - MARGIN) * SLACK, SMALL, hanging=INDENT)):
            x = left + (INDENT if index else 0.0)
            baseline = y + len(out) * SMALL * LEADING + SMALL
            out.append(TextLine(x, round(baseline, 2), piece, SMALL, text_width(piece, SMALL)))
    return tuple(out)


def _arrows(flow: Chart, figure: Figure) -> list[Arrow]:
    """The lines of the official templates, and a branch to each side box of ours."""
    names = {rect.name for rect in figure.rects}
    out: list[Arrow] = []
    out += _arm_arrows(flow, figure, "main", "side", ("box2", "box4", "box6", "box8", "box10"))
    if "box14" in names:
        out += _arm_arrows(flow, figure, "other", "other-side", ("box11", "box12", "box14"))
        out.append(_into_side(figure.rect("box14"), figure.rect("box10"), from_left=False))
    if "box16" in names:
        out.append(_down(figure.rect("box10"), figure.rect("box16")))
        out.append(_into_side(figure.rect("box1"), figure.rect("box16"), from_left=True))
    return out


def _arm_arrows(flow: Chart, figure: Figure, main: Column, side: Column,
                chain: tuple[str, ...]) -> list[Arrow]:
    """Down the boxes of an arm, and to the right into each of its side boxes."""
    boxes = [figure.rect(name) for name in chain]
    out = [_down(upper, lower) for upper, lower in zip(boxes, boxes[1:], strict=False)]
    by_row = {cell.row: figure.rect(cell.name) for cell in flow.cells if cell.column == main}
    centre = boxes[0].x + boxes[0].width / 2
    for cell in flow.cells:
        if cell.column == side:
            out.append(_branch(by_row.get(cell.row), figure.rect(cell.name), centre))
    return out


def _down(upper: Rect, lower: Rect) -> Arrow:
    x = upper.x + upper.width / 2
    return Arrow(upper.name, lower.name, ((x, upper.bottom), (x, lower.y)))


def _branch(beside: Rect | None, side: Rect, centre: float) -> Arrow:
    """To the right: from the box in the same row, else from the vertical line at `centre`."""
    if beside is None:
        y = side.y + side.height / 2
        return Arrow("", side.name, ((centre, y), (side.x, y)))
    y = side.y + min(side.height, beside.height) / 2
    return Arrow(beside.name, side.name, ((beside.right, y), (side.x, y)))


def _into_side(start: Rect, end: Rect, *, from_left: bool) -> Arrow:
    """Down from one box, then sideways into another: other methods into box 10, box 1 into box 16."""
    x, y = start.x + start.width / 2, end.y + end.height / 2
    return Arrow(start.name, end.name, ((x, start.bottom), (x, y), (end.x if from_left else end.right, y)))
