"""A drawing inside a Word document: boxes with text and arrows, each editable by itself.

Lengths are points here; Word counts in English Metric Units (12,700 a point), half points (type sizes) and
twentieths of a point (spacing).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from review.documents.xmltext import clean

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement

_EMU = 12700
_SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wpg="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


@dataclass(frozen=True)
class Text:
    """A paragraph in a shape; `indent` and `before` (the room above it) in points."""

    text: str
    bold: bool = False
    indent: float = 0.0
    hanging: float = 0.0
    before: float = 0.0


@dataclass(frozen=True)
class Shape:
    """A box with text. Colours as "ffc000", empty for none. `upwards`: the text runs from bottom to top."""

    name: str
    x: float
    y: float
    width: float
    height: float
    texts: tuple[Text, ...]
    fill: str = "ffffff"
    line: str = "000000"
    dashed: bool = False
    rounded: bool = False
    centred: bool = False
    upwards: bool = False
    size: float = 9.0
    leading: float = 11.3
    pad_x: float = 9.0


@dataclass(frozen=True)
class Connector:
    """A line through points (only across and down), with an arrow head at the last."""

    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Drawing:
    """Shapes and connectors on a canvas; `alt` is what a screen reader says.

    `beneath` is the room that the page keeps free under it, for its caption and notes.
    """

    width: float
    height: float
    shapes: tuple[Shape, ...]
    connectors: tuple[Connector, ...]
    alt: str = ""
    beneath: float = 0.0


def fitting_scale(drawing: Drawing, max_width: float, max_height: float) -> float:
    """How much a drawing shrinks to fit the room (1: not at all), what lies beneath it included."""
    room = max_height - drawing.beneath - 20            # the paragraph's own line and spacing
    return max(0.05, min(1.0, max_width / drawing.width, room / drawing.height))


def drawing_run(drawing: Drawing, max_width: float, max_height: float) -> BaseOxmlElement:
    """The drawing as a run of a paragraph, scaled down where it is larger than the room for it."""
    from docx.oxml import parse_xml

    scale = fitting_scale(drawing, max_width, max_height)
    numbers = iter(range(2, 10_000))
    parts = [_connector(points, head, scale, next(numbers)) for connector in drawing.connectors
             for points, head in _segments(connector)]
    parts += [_shape(shape, scale, next(numbers)) for shape in drawing.shapes]
    size = f'cx="{_emu(drawing.width * scale)}" cy="{_emu(drawing.height * scale)}"'
    return parse_xml(
        f'<w:r {_SPACES}><mc:AlternateContent><mc:Choice Requires="wpg"><w:drawing>'
        f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
        '<wp:effectExtent l="0" t="0" r="0" b="0"/>'
        f'<wp:docPr id="1" name="Drawing" descr={quoteattr(clean(drawing.alt))}/>'
        '<wp:cNvGraphicFramePr/><a:graphic><a:graphicData '
        'uri="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"><wpg:wgp><wpg:cNvGrpSpPr/>'
        f'<wpg:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/><a:chOff x="0" y="0"/>'
        f'<a:chExt {size}/></a:xfrm></wpg:grpSpPr>{"".join(parts)}</wpg:wgp></a:graphicData></a:graphic>'
        '</wp:inline></w:drawing></mc:Choice></mc:AlternateContent></w:r>')


def _emu(points: float) -> int:
    return round(points * _EMU)


def _shape(shape: Shape, scale: float, number: int) -> str:
    geometry = "roundRect" if shape.rounded else "rect"
    fill = f'<a:solidFill><a:srgbClr val="{shape.fill}"/></a:solidFill>' if shape.fill else "<a:noFill/>"
    dash = '<a:prstDash val="dash"/>' if shape.dashed else ""
    line = (f'<a:ln w="11430"><a:solidFill><a:srgbClr val="{shape.line}"/></a:solidFill>{dash}</a:ln>'
            if shape.line else "<a:ln><a:noFill/></a:ln>")
    text = "".join(_paragraph(paragraph, shape, scale) for paragraph in shape.texts)
    if shape.upwards:
        text = _upwards(text, shape, scale)
    across = 0 if shape.upwards else _emu(shape.pad_x * scale)
    # A box is as high as its lines and some room above and below. Centred, without margins, it holds a line more, where
    # a wider font stands in for Arial; Word lets it grow when its text is changed.
    anchor = "t" if shape.upwards else "ctr"
    fit = "<a:noAutofit/>" if shape.upwards or shape.centred else "<a:spAutoFit/>"
    return (
        f'<wps:wsp><wps:cNvPr id="{number}" name={quoteattr(shape.name)}/><wps:cNvSpPr txBox="1"/><wps:spPr>'
        f'{_frame(shape.x, shape.y, shape.width, shape.height, scale)}<a:prstGeom prst="{geometry}"><a:avLst/>'
        f'</a:prstGeom>{fill}{line}</wps:spPr><wps:txbx><w:txbxContent>{text}</w:txbxContent></wps:txbx>'
        f'<wps:bodyPr wrap="square" lIns="{across}" tIns="0" rIns="{across}" bIns="0" anchor="{anchor}">'
        f'{fit}</wps:bodyPr></wps:wsp>')


def _upwards(text: str, shape: Shape, scale: float) -> str:
    """A table of one cell that fills the shape and turns its text: LibreOffice does not turn a grouped shape's."""
    width, height = round(shape.width * scale * 20), round(shape.height * scale * 20) - 40
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        '<w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>'
        f'<w:gridCol w:w="{width}"/></w:tblGrid><w:tr><w:trPr><w:trHeight w:val="{height}" w:hRule="exact"/>'
        f'</w:trPr><w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:textDirection w:val="btLr"/>'
        f'<w:vAlign w:val="center"/></w:tcPr>{text}</w:tc></w:tr></w:tbl>'
        '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr></w:p>')


def _paragraph(paragraph: Text, shape: Shape, scale: float) -> str:
    """Exact line heights, so that Word's lines lie where the layout put them."""
    bold = "<w:b/>" if paragraph.bold else ""
    align = '<w:jc w:val="center"/>' if shape.centred or shape.upwards else ""
    left, hang = (round((a) * scale * 20) for a in (paragraph.indent + paragraph.hanging, paragraph.hanging))
    half_points = max(8, int(shape.size * scale * 2))      # never larger than laid out: lines would break elsewhere
    return (
        f'<w:p><w:pPr><w:spacing w:before="{round(paragraph.before * scale * 20)}" w:after="0" '
        f'w:line="{round(shape.leading * scale * 20)}" w:lineRule="exact"/>'
        f'<w:ind w:left="{left}" w:hanging="{hang}"/>{align}</w:pPr><w:r><w:rPr>'
        f'<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial" w:eastAsia="Microsoft YaHei"/>{bold}'
        f'<w:color w:val="000000"/><w:sz w:val="{half_points}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(clean(paragraph.text))}</w:t></w:r></w:p>')


def _segments(connector: Connector) -> list[tuple[tuple[tuple[float, float], tuple[float, float]], bool]]:
    """Straight pieces; only the last has the arrow head."""
    points = connector.points
    return [((start, end), index == len(points) - 2)
            for index, (start, end) in enumerate(zip(points, points[1:], strict=False))]


def _connector(points: tuple[tuple[float, float], tuple[float, float]], head: bool, scale: float,
               number: int) -> str:
    (x0, y0), (x1, y1) = points
    flips = (' flipH="1"' if x1 < x0 else "") + (' flipV="1"' if y1 < y0 else "")
    arrow = '<a:tailEnd type="triangle" w="med" len="med"/>' if head else ""
    frame = _frame(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0), scale, flips)
    return (
        f'<wps:wsp><wps:cNvPr id="{number}" name="Arrow {number}"/><wps:cNvCnPr/><wps:spPr>{frame}'
        '<a:prstGeom prst="straightConnector1"><a:avLst/></a:prstGeom><a:ln w="11430"><a:solidFill>'
        f'<a:srgbClr val="000000"/></a:solidFill>{arrow}</a:ln></wps:spPr><wps:bodyPr/></wps:wsp>')


def _frame(x: float, y: float, width: float, height: float, scale: float, flips: str = "") -> str:
    return (f'<a:xfrm{flips}><a:off x="{_emu(x * scale)}" y="{_emu(y * scale)}"/>'
            f'<a:ext cx="{_emu(width * scale)}" cy="{_emu(height * scale)}"/></a:xfrm>')
