"""The flow diagram as a Word document: the same picture from editable boxes, then its numbers in a table."""

from __future__ import annotations

from collections.abc import Mapping

from review.documents.blocks import Heading, Paragraph, Table
from review.documents.docx import NOTE, Block, write_docx
from review.documents.drawing import Connector, Drawing, Shape, Text
from review.prisma.box import Counts
from review.prisma.cells import USUAL, Appearance, Cell, Chart, Line, chart
from review.prisma.diagram import LOOKS, LOOKS_GREY, Look, describe
from review.prisma.layout import BETWEEN, FONT, INDENT, LEADING, Figure, Rect, lay_out


def flow_docx(counts: Counts, appearance: Appearance = USUAL) -> bytes:
    """The diagram as .docx: every box a shape whose text can be changed, every arrow a line.

    The table beneath gives the same numbers to those who copy them, and to screen readers.
    """
    flow, words = chart(counts, appearance), appearance.words
    figure = lay_out(flow)
    blocks: list[Block] = [_drawing(flow, figure, LOOKS if appearance.colour else LOOKS_GREY)]
    blocks += [Paragraph(note, note=True) for note in flow.footnotes]
    blocks += [Heading(words["table"], 2), _table(flow)]
    return write_docx(blocks, title=flow.title, language=words["language"])


def _drawing(flow: Chart, figure: Figure, looks: Mapping[str, Look]) -> Drawing:
    """The figure without its footnotes, which are paragraphs of the document."""
    height = max(rect.bottom for rect in figure.rects) + 2.0
    top = min(rect.y for rect in figure.rects) - 2.0
    shapes = tuple(_shape(rect, flow, looks[rect.style], top) for rect in figure.rects)
    connectors = tuple(Connector(tuple((x, y - top) for x, y in arrow.points)) for arrow in figure.arrows)
    beneath = (len(figure.notes) + 1) * NOTE * 1.5
    return Drawing(figure.width, height - top, shapes, connectors, describe(flow), beneath)


def _shape(rect: Rect, flow: Chart, look: Look, top: float) -> Shape:
    fill, border, dashes, radius = look
    cell = flow.cell(rect.name)
    if cell:
        lines = cell.lines
    elif rect.rotated:
        lines = (Line(rect.lines[0].text, bold=True),)
    else:
        lines = (Line(flow.banner[0], bold=True), *(Line(f"• {reason}", indent=1) for reason in flow.banner[1:]))
    return Shape(rect.name, rect.x, rect.y - top, rect.width, rect.height, _texts(lines), fill.lstrip("#"),
                 border.lstrip("#"), bool(dashes), bool(radius), rect.style.startswith("head"), rect.rotated,
                 FONT, FONT * LEADING)


def _texts(lines: tuple[Line, ...]) -> tuple[Text, ...]:
    return tuple(
        Text(line.text, line.bold, line.indent * INDENT, INDENT if line.indent else 0.0,
             BETWEEN if number and not line.indent else 0.0)
        for number, line in enumerate(lines))


def _table(flow: Chart) -> Table:
    """Every line of every box: under which head it stands, its words, its number."""
    rows = []
    for cell in flow.cells:
        if cell.style.startswith("head"):
            continue
        for line in cell.lines:
            number = f"{line.n:,}".replace(",", flow.words["thousands"]) if line.n is not None else ""
            rows.append((_under(flow, cell), "    " * line.indent + line.words, number))
    return Table(tuple(flow.words[key] for key in ("table_part", "table_box", "table_n")), tuple(rows), (3, 4, 1))


def _under(flow: Chart, cell: Cell) -> str:
    """The head over a cell's column; box 10 and 16 belong to all."""
    if cell.row in ("include", "total"):
        return flow.words["included"]
    name = {"previous": "prevstud", "main": "newstud", "side": "newstud"}.get(cell.column, "othstud")
    head = flow.cell(name)
    return head.lines[0].text if head else ""
