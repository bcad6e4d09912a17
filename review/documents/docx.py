"""Word documents: headings, paragraphs, tables, and drawings of boxes and arrows that stay editable.

python-docx makes the document, its styles and its tables; it has no drawings, so these are built here after
the WordprocessingML extension for shape groups (Word 2010 and later, LibreOffice). The same blocks give the
same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from review.documents.blocks import Code, Heading, Paragraph, Table
from review.documents.drawing import Drawing, drawing_run, fitting_scale
from review.documents.xmltext import clean

if TYPE_CHECKING:
    from docx.document import Document

FIXED = datetime(2000, 1, 1, tzinfo=UTC)                # every date inside the file
_FIXED_ZIP = (1980, 1, 1, 0, 0, 0)
_A4, _A4_WIDE = (595.3, 841.9), (841.9, 595.3)          # width, height in points
_A3, _A3_WIDE = (841.9, 1190.6), (1190.6, 841.9)
_MARGIN = 36.0
NOTE = 8.0                                              # the type of notes


Block = Heading | Paragraph | Code | Table | Drawing


def write_docx(blocks: Iterable[Block], *, title: str, language: str = "en-GB", landscape: bool = False) -> bytes:
    """The blocks as a document. A drawing that is larger than the page is scaled down to fit it.

    The page is A4; drawings choose its direction, and A3 where A4 would leave their type too small to read.
    """
    import docx

    blocks = tuple(blocks)
    document = docx.Document()
    _properties(document, title, language)
    drawings = [block for block in blocks if isinstance(block, Drawing)]
    width, height = _page(document, _best_page(drawings) if drawings else _A4_WIDE if landscape else _A4)
    for block in blocks:
        if isinstance(block, Heading):
            document.add_heading(clean(block.text), block.level)
        elif isinstance(block, Paragraph):
            _paragraph(document, block)
        elif isinstance(block, Code):
            _code(document, block)
        elif isinstance(block, Table):
            _table(document, block, width)
        else:
            paragraph = document.add_paragraph()
            paragraph._p.append(drawing_run(block, width, height))
    out = io.BytesIO()
    document.save(out)
    return _same_bytes(out.getvalue())


def _properties(document: Document, title: str, language: str) -> None:
    """Title, language and fixed dates; Arial, with a Chinese font beside it."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    core = document.core_properties
    core.title, core.language, core.author = clean(title)[:255], language, ""
    core.created = core.modified = FIXED
    core.comments, core.revision = "", 1
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(10)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), "Microsoft YaHei")
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    if defaults is not None:                            # without it, programs set Chinese as they set Japanese
        defaults.set(qn("w:val"), language)
        defaults.set(qn("w:eastAsia"), language if language[:2] in ("zh", "ja", "ko") else "zh-CN")
    for level in range(1, 4):
        heading: Any = document.styles[f"Heading {level}"]
        heading.font.name = "Arial"
        names = heading.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            names.attrib.pop(qn(attribute), None)
        names.set(qn("w:eastAsia"), "Microsoft YaHei")


def _best_page(drawings: Sequence[Drawing], readable: float = 0.75) -> tuple[float, float]:
    """The first page on which every drawing keeps a readable size, else the one that scales least."""
    pages = (_A4, _A4_WIDE, _A3_WIDE, _A3)
    scales = [min(_scale(drawing, page) for drawing in drawings) for page in pages]
    return next((page for page, scale in zip(pages, scales, strict=True) if scale >= readable),
                pages[scales.index(max(scales))])


def _scale(drawing: Drawing, page: tuple[float, float]) -> float:
    return fitting_scale(drawing, page[0] - 2 * _MARGIN, page[1] - 2 * _MARGIN)


def _page(document: Document, size: tuple[float, float]) -> tuple[float, float]:
    """Set the page; gives the width and height between the margins, in points."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Pt

    section = document.sections[0]
    width, height = size
    section.orientation = WD_ORIENT.LANDSCAPE if width > height else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Pt(width), Pt(height)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Pt(_MARGIN)
    return width - 2 * _MARGIN, height - 2 * _MARGIN


def _paragraph(document: Document, block: Paragraph) -> None:
    from docx.shared import Pt

    paragraph = document.add_paragraph(style=block.style)
    run = paragraph.add_run(clean(block.text))
    run.bold = block.bold or None
    if block.note:
        run.font.size = Pt(NOTE)
        paragraph.paragraph_format.space_after = Pt(1)


def _code(document: Document, block: Code) -> None:
    """Monospaced, its line breaks kept, shaded lightly so that its ends show."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    shade: Any = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), "F2F2F2")
    paragraph._p.get_or_add_pPr().append(shade)
    run: Any = paragraph.add_run(clean(block.text))
    run.font.name, run.font.size = "Courier New", Pt(9)


def _table(document: Document, block: Table, width: float) -> None:
    """A grid with a bold first row that repeats; rows do not break across pages."""
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    table: Any = document.add_table(rows=0, cols=len(block.header), style="Table Grid")
    table.autofit = False
    shares = block.widths or (1.0,) * len(block.header)
    widths = [Pt(width * share / sum(shares)) for share in shares]
    for number, row in enumerate((block.header, *block.rows)):
        cells = table.add_row().cells
        for cell, text, cell_width in zip(cells, row, widths, strict=True):
            cell.width = cell_width
            cell.paragraphs[0].add_run(clean(text)).bold = True if number == 0 else None
        table.rows[-1]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for column, cell_width in zip(table.columns, widths, strict=True):
        column.width = cell_width
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    gap = document.add_paragraph().paragraph_format      # a table sticks to what follows it
    gap.space_after, gap.line_spacing = Pt(0), Pt(6)


def _same_bytes(data: bytes) -> bytes:
    """The same archive with fixed dates and order of its members."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in _in_order(old.namelist()):
            info = zipfile.ZipInfo(name, _FIXED_ZIP)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(info, old.read(name))
    return out.getvalue()


def _in_order(names: Sequence[str]) -> list[str]:
    """The content types first, as readers expect, then by name."""
    return sorted(names, key=lambda name: (name != "[Content_Types].xml", name))
