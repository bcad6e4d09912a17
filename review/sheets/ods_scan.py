"""What fast readers of .ods leave out: formulas, comments, merged cells, named properties; and repeated cells."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from .archive import MOST_BYTES, Unsafe, read_part
from .xlsx_scan import BookScan, PageScan, local, parse

Area = tuple[int, int, int, int]    # first row, first column, last row, last column

MOST_CELLS = 20_000_000     # rows times columns of one sheet, up to the last cell that holds something


_STYLE = re.compile(rb'<style:style style:name="([^"]+)"(?:(?!</?style:style).)*?text-line-through-style="(?!none)', re.DOTALL)


def scan(archive: ZipFile) -> tuple[BookScan, dict[str, list[Area]]]:
    """Look over all sheets; gives the merged areas too.

    Raises Unsafe where cells are repeated beyond measure or a part declares entities.
    """
    content = read_part(archive, "content.xml")
    if b"<!DOCTYPE" in content[:10_000] or b"<!ENTITY" in content:
        raise Unsafe("its content declares entities, which no spreadsheet program writes")
    book = BookScan(properties=_properties(read_part(archive, "meta.xml")),
                    macros=any(n.startswith(("Basic/", "Scripts/")) for n in archive.namelist()))
    book.outside_links = b"<table:table-source" in content
    merged: dict[str, list[Area]] = {}
    for name, page, areas in _pages(content, _struck_styles(content, read_part(archive, "styles.xml"))):
        book.pages[name], merged[name] = page, areas
    return book, merged


def _properties(data: bytes) -> dict[str, str]:
    root = parse(data) if data else None
    found = {}
    for element in root.iter() if root is not None else ():
        if local(element) == "user-defined":
            name = next((v for k, v in element.attrib.items() if k.endswith("}name")), "")
            found[name] = "".join(element.itertext()).strip()
    return found


def _attribute(element: Any, name: str) -> str:
    return next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


def _repeat(element: Any, name: str) -> int:
    value = _attribute(element, name)
    return int(value) if value.isdigit() and len(value) < 10 else 1


def _struck_styles(content: bytes, named: bytes) -> frozenset[str]:
    """The names of the styles, of cells and of words within them, that draw a line through the text."""
    head = content[:max(content.find(b"<office:body"), 0)]
    return frozenset(name.decode("utf-8", "replace") for part in (head, named) for name in _STYLE.findall(part))


def _pages(content: bytes, struck: frozenset[str]) -> list[tuple[str, PageScan, list[Area]]]:
    from lxml import etree

    found: list[tuple[str, PageScan, list[Area]]] = []
    table_tag = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    page, row, texts = PageScan(0, 0), 0, 0
    areas: list[Area] = []
    events = etree.iterparse(BytesIO(content), events=("start", "end"), resolve_entities=False, no_network=True,
                             load_dtd=False, huge_tree=True, tag=(f"{table_tag}table", f"{table_tag}table-row"))
    for event, element in events:
        if local(element) == "table":
            if event == "start":
                page, areas, row = PageScan(0, 0), [], 0
                found.append((_attribute(element, "name"), page, areas))
        elif event == "end":
            repeated = _repeat(element, "number-rows-repeated")
            if struck:
                _scan_struck(element, row + 1, page, struck)
            if _scan_row(element, row + 1, page, areas):
                page.rows = row + repeated
                if page.rows * max(page.columns, 1) > MOST_CELLS:
                    raise Unsafe(f"its sheet {found[-1][0]} spans {page.rows} rows and {page.columns} columns")
                texts += sum(len("".join(cell.itertext())) * _repeat(cell, "number-columns-repeated") * repeated
                             for cell in element)
                if texts > MOST_BYTES:
                    raise Unsafe(f"its sheet {found[-1][0]} says the same long texts over and over, more than 1 GB of them")
            row += repeated
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return found


def _scan_struck(row: Any, number: int, page: PageScan, struck: frozenset[str]) -> None:
    """Note the row's cells whose text is struck out, in whole or in part."""
    column = 0
    for cell in row:
        if local(cell) in ("table-cell", "covered-table-cell"):
            if len(cell) and any(_attribute(e, "style-name") in struck for e in cell.iter()):
                page.struck.add((number, column + 1))
            column += _repeat(cell, "number-columns-repeated")


def _scan_row(row: Any, number: int, page: PageScan, areas: list[Area]) -> bool:
    """Note what the row's cells have; whether any of them holds something."""
    column, filled = 0, False
    for cell in row:
        if local(cell) not in ("table-cell", "covered-table-cell"):
            continue
        place = (number, column + 1)
        repeated = _repeat(cell, "number-columns-repeated")
        formula = _attribute(cell, "formula")
        if formula:
            page.formulas[place] = formula
        if len(cell) or _attribute(cell, "value-type"):
            filled = True
            page.columns = max(page.columns, column + repeated)
            note = [c for c in cell if local(c) == "annotation"]
            if note:
                page.comments[place] = "\n".join("".join(p.itertext()) for p in note[0] if local(p) == "p").strip()
        down, right = _repeat(cell, "number-rows-spanned"), _repeat(cell, "number-columns-spanned")
        if down > 1 or right > 1:
            areas.append((number, column + 1, number + down - 1, column + right))
        column += repeated
    return filled
