"""The papers that authors owe, each as an editable Word document and as Markdown."""

from __future__ import annotations

from review.documents.docx import write_docx
from review.documents.markdown import write_markdown
from review.report.checklist import prisma_s, prisma_scr
from review.report.gather import ReportData
from review.report.methods import methods_text
from review.report.search_appendix import search_appendix
from review.report.tables import full_text_tables

PAPERS = {
    "search-appendix": (search_appendix, False), "methods": (methods_text, False),
    "prisma-s": (prisma_s, True), "prisma-scr": (prisma_scr, True), "full-texts": (full_text_tables, True),
}


def papers(data: ReportData) -> dict[str, bytes]:
    """File name -> its bytes; the same data gives the same bytes."""
    out: dict[str, bytes] = {}
    for name, (make, landscape) in PAPERS.items():
        blocks = make(data)
        title = f"{data.counts.title or data.counts.review}: {name.replace('-', ' ')}"
        out[f"{name}.docx"] = write_docx(blocks, title=title, landscape=landscape)
        out[f"{name}.md"] = write_markdown(blocks).encode("utf-8", "replace")
    return out
