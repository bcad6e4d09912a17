"""PDF, PNG and .docx: made, readable by others, and the same bytes each time."""

from __future__ import annotations

import io
import re
import shutil
import struct
import subprocess
import zipfile
from pathlib import Path

import pytest

from review.documents.blocks import Code, Heading, Paragraph, Table
from review.documents.docx import write_docx
from review.documents.figure import svg_to_pdf, svg_to_png
from review.documents.markdown import write_markdown
from review.model import ReviewError
from review.prisma.cells import chart
from review.prisma.diagram import draw_svg
from review.prisma.flow_docx import flow_docx
from review.prisma.layout import FONT, lay_out
from tests.prisma.flows import TEMPLATES, template

REASONS = {"Not in China": 20, "研究对象不符": 15}
PLAIN = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100"><title>A title</title><desc>Said</desc>'
         '<rect width="200" height="100" fill="#fff"/><text x="10" y="50" font-family="Arial">Screened 12</text></svg>')


def docx_texts(data: bytes) -> list[str]:
    """The text of each paragraph, also inside shapes and cells."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("word/document.xml").decode("utf-8")
    paragraphs = re.findall(r"<w:p[ >].*?</w:p>", xml, re.DOTALL)
    return ["".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", paragraph)) for paragraph in paragraphs]


def test_a_pdf_page_has_the_figures_size_and_title() -> None:
    pdf, _ = svg_to_pdf(PLAIN)
    assert pdf.startswith(b"%PDF-")
    assert re.search(rb"/MediaBox\s*\[0 0 200 100\]", pdf)
    assert b"A title" in pdf


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext, which is not on this machine")
def test_text_in_the_pdf_is_text_and_its_fonts_are_embedded(tmp_path: Path) -> None:
    pdf, issues = svg_to_pdf(draw_svg(template("new-other", dbr_excluded=REASONS)))
    path = tmp_path / "flow.pdf"
    path.write_bytes(pdf)
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    assert "Records screened (n = 560)" in text
    if not issues:                                      # a machine without a Chinese font says so instead
        assert "研究对象不符 (n = 15)" in text
    fonts = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in fonts.splitlines()[2:]]
    assert rows and all(row[-5] == "yes" for row in rows), fonts


def test_a_character_without_a_font_is_said_and_the_pdf_made_all_the_same() -> None:
    nowhere = PLAIN.replace("Screened", "Screened \U0010fffd")         # a private character: no font has it
    pdf, issues = svg_to_pdf(nowhere)
    assert pdf.startswith(b"%PDF-")
    assert [issue.code for issue in issues] == ["no-font"]
    assert "Install a font" in issues[0].message


def test_a_png_states_its_resolution_and_has_the_pixels_for_it() -> None:
    png = svg_to_png(PLAIN, dpi=300)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    assert (width, height) == (833, 417)                # 200 x 100 points at 300 dots an inch
    at = png.index(b"pHYs")
    assert struct.unpack(">IIB", png[at + 4:at + 13]) == (11811, 11811, 1)      # 300 / 0.0254


def test_a_figure_gives_the_same_bytes_each_time() -> None:
    svg = draw_svg(template("updated-other"))
    assert svg_to_pdf(svg)[0] == svg_to_pdf(svg)[0]
    assert svg_to_png(svg, 72) == svg_to_png(svg, 72)
    assert flow_docx(template("new")) == flow_docx(template("new"))


@pytest.mark.parametrize("svg", ["", "no svg", "<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_what_is_no_svg_is_refused(svg: str) -> None:
    with pytest.raises(ReviewError):
        svg_to_pdf(svg)


def test_an_svg_cannot_read_files_through_entities(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("topsecret")
    svg = (f'<!DOCTYPE svg [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
           + PLAIN.replace("Said", "&x;").replace("Screened", "&x;"))
    try:
        pdf, _ = svg_to_pdf(svg)
    except ReviewError:
        return
    assert b"topsecret" not in pdf


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_word_document_holds_every_box_as_text(name: str) -> None:
    texts = docx_texts(flow_docx(template(name, final=False, dbr_excluded=REASONS)))
    joined = [text.replace("\u00a0", " ") for text in texts]
    assert "Records screened (n = 560)" in joined
    assert "研究对象不符 (n = 15)" in joined
    assert "DRAFT: these numbers are not final" in joined
    assert ("Total studies included in review (n = 36)" in joined) == ("updated" in name)
    after = joined[joined.index("The numbers of the flow"):]
    row = after.index("Records screened")
    assert after[row - 1:row + 2] == [f"Identification of {'new ' if 'updated' in name else ''}studies via databases "
                                      "and registers", "Records screened", "560"]


def test_tables_headings_and_odd_characters() -> None:
    data = write_docx([Heading("Searches", 1), Paragraph("Run \x00on\ufffe 2026-11-21", "List Bullet"),
                       Table(("Database", "n"), (("PubMed <&>", "247"), ("知网", "88")), (3, 1))], title="T\x01")
    assert [text for text in docx_texts(data) if text] == [
        "Searches", "Run \ufffdon\ufffd 2026-11-21", "Database", "n", "PubMed &lt;&amp;&gt;", "247", "知网", "88"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_markdown_reads_as_it_was_meant() -> None:
    text = write_markdown([
        Heading("Searches #1", 2), Paragraph("1. a * b_c | <x>"), Paragraph("one", "List Bullet"),
        Paragraph("two", "List Bullet"),
        Code('"left `behind`" OR\n```'), Table(("A|B", "n"), (("x\ny", "1"), ("", "2")))])
    assert text == ("## Searches \\#1\n\n1\\. a \\* b\\_c \\| \\<x\\>\n\n- one\n- two\n\n"
                    '````\n"left `behind`" OR\n```\n````\n\n'
                    "| A\\|B | n |\n| --- | --- |\n| x<br>y | 1 |\n|   | 2 |\n")


def test_a_search_string_keeps_its_line_breaks_in_word() -> None:
    data = write_docx([Code("a AND\nb")], title="T")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "<w:t>a AND</w:t><w:br/><w:t>b</w:t>" in archive.read("word/document.xml").decode()


@pytest.mark.proof
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice, which is not on this machine")
def test_libreoffice_opens_the_document_and_shows_the_figure_on_one_page(tmp_path: Path) -> None:
    path = tmp_path / "flow.docx"
    path.write_bytes(flow_docx(template("updated-other", final=False)))
    subprocess.run(["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
                    "--convert-to", "pdf", "--outdir", tmp_path, path], check=True, timeout=120, capture_output=True)
    page = subprocess.run(["pdftotext", "-l", "1", tmp_path / "flow.pdf", "-"], capture_output=True, text=True,
                          check=True).stdout
    for words in ("Records screened (n = 560)", "Total studies included", "DRAFT", "Citation searching (n = 9)"):
        assert words in page


def test_the_page_fits_the_figure_and_no_type_is_larger_than_laid_out() -> None:
    reasons = {f"Reason number {i} in rather many words, so that it takes several lines of its box": i for i in range(1, 31)}
    for flow, upright in ((template("updated-other"), False),
                          (template("updated-other", dbr_excluded=reasons, other_excluded=reasons), True)):
        with zipfile.ZipFile(io.BytesIO(flow_docx(flow))) as archive:
            xml = archive.read("word/document.xml").decode("utf-8")
        page = re.search(r'<w:pgSz w:w="(\d+)" w:h="(\d+)"', xml)
        drawing = re.search(r'<wp:extent cx="(\d+)"', xml)
        assert page and drawing
        assert (int(page[2]) > int(page[1])) is upright
        scale = int(drawing[1]) / 12700 / lay_out(chart(flow)).width
        within = xml[xml.index("<wpg:wgp>"):xml.index("</wpg:wgp>")]
        assert max(int(size) / 2 for size in re.findall(r'<w:sz w:val="(\d+)"', within)) <= FONT * scale + 0.001
