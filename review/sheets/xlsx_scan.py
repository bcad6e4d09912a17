"""What fast readers of .xlsx leave out: formulas, error values, comments, named properties, far-off cells.

And the other way round, `thinned` is the workbook without the looks of rich text, on which a fast reader would spend
three quarters of its time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO, Any
from zipfile import ZipFile

from .archive import MOST_BYTES, Unsafe, pieces, read_part
from .text import column_number

FAR_ROW, FAR_COLUMN = 100_000, 200      # where a sheet spans too much to be read whole, cells beyond are left out
MOST_THINNED = 1 << 28                  # bytes of all parts; what is larger is read as it is, to spare memory

Place = tuple[int, int]         # row and column, counted from 1

# Only cells beyond column Z or row 99,999: to list every cell would take as long as reading the sheet.
_FAR = re.compile(rb'r="(?:([A-Z]{2,3})([0-9]+)|([A-Z]?)([0-9]{6,7}))"')
_REF = re.compile(rb'r="([A-Z]{1,3})([0-9]{1,7})"')
_FORMULA = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>\s*<(?:\w+:)?f\b[^>]*?'
                      rb'(?:/>|>([^<]*)<)')
_ERROR = re.compile(rb'<(?:\w+:)?c\s(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>.*?'
                    rb'<(?:\w+:)?v>([^<]*)<', re.DOTALL)
# Between two runs of one rich text: with it gone they are one run.
_BETWEEN_RUNS = re.compile(rb'</t></r><r>(?:<rPr>(?:<[^/r][^>]*/>|<rFont[^>]*/>)*</rPr>)?<t(?: xml:space="preserve")?>')
_SHARED = re.compile(rb't="s"[^>]*><v>(\d{1,9})</v>')
_CELL = re.compile(rb'<(?:\w+:)?c\s+r="([A-Z]{1,3})([0-9]{1,7})"([^>/]*)>(?:<v>[^<]*</v>)?')
_STYLE = re.compile(rb'\bs="(\d{1,6})"')
_STRIKE = re.compile(rb'<(?:\w+:)?strike\b(?![^>]*val="(?:0|false)")')
_VALUE_AFTER = re.compile(rb"\s*(?:/(?:\w+:)?f>)?\s*<(?:\w+:)?(?:v[^>/]*>[^<]|is\b)")


@dataclass
class PageScan:
    """What was found on one sheet."""

    rows: int = 99_999                                          # no cell lies below or beside these
    columns: int = 26
    far: list[str] = field(default_factory=list)                # addresses beyond FAR_ROW or FAR_COLUMN
    near: Place = (0, 0)                                        # where there are such: the last row and column before
    formulas: dict[Place, str] = field(default_factory=dict)    # the formula, without a value's worth of trust
    no_value: set[Place] = field(default_factory=set)           # formulas that were saved without their result
    errors: dict[Place, str] = field(default_factory=dict)      # "#N/A"
    comments: dict[Place, str] = field(default_factory=dict)
    struck: set[Place] = field(default_factory=set)             # text with a line through it, or through a part of it


@dataclass(frozen=True)
class _Shared:
    """What is known of the texts that cells share, by number: their length in bytes, and which are struck out."""

    lengths: list[int] = field(default_factory=list)
    struck: frozenset[int] = frozenset()


@dataclass
class BookScan:
    """What was found in a workbook."""

    thinned: BytesIO | None = None                              # None where it is too large for that
    pages: dict[str, PageScan] = field(default_factory=dict)    # by the sheet's name
    properties: dict[str, str] = field(default_factory=dict)
    macros: bool = False
    outside_links: bool = False


def parse(data: bytes) -> Any:
    """XML without entities, network or DTD; None where it can't be parsed."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None


def local(element: Any) -> str:
    """An element's name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def scan(archive: ZipFile) -> BookScan:
    """Look over all parts of an .xlsx archive. Raises Unsafe where one declares entities, or where cells that share a
    long text would take more memory than a workbook can honestly need."""
    names = set(archive.namelist())
    book = BookScan(macros=any(n.lower().endswith("vbaproject.bin") for n in names),
                    outside_links=any(n.startswith("xl/externalLinks/") for n in names))
    book.properties = _properties(read_part(archive, "docProps/custom.xml"))
    small = sum(info.file_size for info in archive.infolist()) <= MOST_THINNED
    book.thinned = BytesIO() if small else None
    pages = _sheets(archive)
    shared, styles = _shared_texts(archive), _struck_styles(archive)
    with ZipFile(book.thinned or BytesIO(), "w") as thinned:
        for name in sorted(names - {part for _, part in pages}):
            if small and name.endswith((".xml", ".rels")) and "worksheets/_rels/" not in name:
                with thinned.open(name, "w") as target:
                    for piece in pieces(archive, name, b"<si>"):
                        target.write(_BETWEEN_RUNS.sub(b"", _checked(piece, name)))
        for name, part in pages:
            if part in names:
                target = BytesIO() if part in thinned.namelist() or not small else thinned.open(part, "w")
                with target:
                    book.pages[name] = _scan_page(archive, part, target if small else None, shared, styles)
                book.pages[name].comments = _comments(archive, part, names)
    if book.thinned:
        book.thinned.seek(0)
    return book


def _shared_texts(archive: ZipFile) -> _Shared:
    """The texts that cells share."""
    part = next((n for n in archive.namelist() if n.lower().endswith("sharedstrings.xml")), "")
    lengths: list[int] = []
    struck: set[int] = set()
    for piece in pieces(archive, part, b"<si>") if part else ():
        texts = piece.split(b"<si>")[1:]
        if b"strike" in piece:
            struck.update(number for number, text in enumerate(texts, len(lengths)) if _STRIKE.search(text))
        lengths += [len(text) for text in texts]
    return _Shared(lengths, frozenset(struck))


def _struck_styles(archive: ZipFile) -> frozenset[int]:
    """The numbers of the cell styles whose letters have a line through them."""
    part = next((n for n in archive.namelist() if n.lower().endswith("xl/styles.xml")), "")
    data = read_part(archive, part) if part else b""
    root = parse(_checked(data, part)) if b"strike" in data else None
    fonts: list[bool] = []
    found = set()
    for group in root if root is not None else ():
        if local(group) == "fonts":
            fonts = [any(local(e) == "strike" and e.get("val") not in ("0", "false") for e in font) for font in group]
        elif local(group) == "cellXfs":
            numbers = [style.get("fontId") or "" for style in group]
            found = {n for n, font in enumerate(numbers) if font.isdigit() and int(font) < len(fonts) and fonts[int(font)]}
    return frozenset(found)


def _relations_part(part: str) -> str:
    path = PurePosixPath(part)
    return f"{path.parent}/_rels/{path.name}.rels".lstrip("/.") if part != "/" else "_rels/.rels"


def _relations(archive: ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Relation id -> (type, part that it leads to) of a part."""
    path = PurePosixPath(part)
    root = parse(read_part(archive, _relations_part(part)))
    found: dict[str, tuple[str, str]] = {}
    for relation in root if root is not None else ():
        target = relation.get("Target") or ""
        if relation.get("TargetMode") == "External":
            continue
        pieces_: list[str] = [] if target.startswith("/") else [step for step in path.parent.parts if step != "/"]
        for step in target.strip("/").split("/"):
            if step == ".." and pieces_:
                pieces_.pop()
            elif step != ".":
                pieces_.append(step)
        found[relation.get("Id") or ""] = (relation.get("Type") or "", "/".join(pieces_))
    return found


def _sheets(archive: ZipFile) -> list[tuple[str, str]]:
    """Names of the sheets and their parts, in the workbook's order."""
    root_relations = _relations(archive, "/")
    main = next((part for kind, part in root_relations.values() if kind.endswith("/officeDocument")),
                "xl/workbook.xml")
    root = parse(_checked(read_part(archive, main), main))
    relations = _relations(archive, main)
    found = []
    for element in root.iter() if root is not None else ():
        if local(element) == "sheet":
            target = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
            found.append((element.get("name") or "", relations.get(target, ("", ""))[1]))
    return found


def _checked(piece: bytes, part: str) -> bytes:
    if b"<!" in piece and (b"<!DOCTYPE" in piece or b"<!ENTITY" in piece) or b"<\x00!" in piece[:400]:
        raise Unsafe(f"its part {part} declares entities, which no spreadsheet program writes")
    return piece


def _scan_page(archive: ZipFile, part: str, thinned: IO[bytes] | None, shared: _Shared,
               styles: frozenset[int]) -> PageScan:
    page, texts, lengths = PageScan(), 0, shared.lengths
    for raw in pieces(archive, part, b"<c "):
        piece = _BETWEEN_RUNS.sub(b"", _checked(raw, part))
        if thinned is not None:
            thinned.write(piece)
        for two, row, one, far_row in _FAR.findall(piece):
            letters, number = (two or one).decode(), int(row or far_row)
            page.rows, page.columns = max(page.rows, number), max(page.columns, column_number(letters))
            if letters and (column_number(letters) > FAR_COLUMN or number > FAR_ROW):
                page.far.append(f"{letters}{number}")
        if lengths:
            texts += sum([lengths[n] for n in map(int, _SHARED.findall(piece)) if n < len(lengths)])
            if texts > MOST_BYTES:
                raise Unsafe(f"its part {part} says the same long texts over and over, more than 1 GB of them")
        _scan_formulas(piece, page)
        _scan_struck(raw, page, shared, styles)
    if page.far:
        page.near = _near(archive, part)
    return page


def _scan_formulas(piece: bytes, page: PageScan) -> None:
    """Note formulas and error values."""
    if b"<f" in piece or b":f" in piece:
        for hit in _FORMULA.finditer(piece):
            place = int(hit[2]), column_number(hit[1].decode())
            page.formulas[place] = (hit[3] or b"").decode("utf-8", "replace")
            if b't="str"' not in hit[0] and not _VALUE_AFTER.match(piece, hit.end()):
                page.no_value.add(place)
    if b't="e"' in piece:
        for hit in _ERROR.finditer(piece):
            page.errors[int(hit[2]), column_number(hit[1].decode())] = hit[3].decode("utf-8", "replace")


def _scan_struck(piece: bytes, page: PageScan, shared: _Shared, styles: frozenset[int]) -> None:
    """Note cells whose text is struck out: by their style, by a shared text, or by a text of their own."""
    if styles or shared.struck:
        for hit in _CELL.finditer(piece):
            style, text = _STYLE.search(hit[3]), _SHARED.search(hit[0])
            if style and int(style[1]) in styles or text and int(text[1]) in shared.struck:
                page.struck.add((int(hit[2]), column_number(hit[1].decode())))
    if b"strike" in piece:
        for part in piece.split(b"<c ")[1:]:
            place = _REF.search(part) if _STRIKE.search(part) else None
            if place:
                page.struck.add((int(place[2]), column_number(place[1].decode())))


def _near(archive: ZipFile, part: str) -> Place:
    """The last row and column that are not far away."""
    rows = columns = 0
    for piece in pieces(archive, part, b"<c "):
        for letters, number in {(letters, int(row)) for letters, row in _REF.findall(piece)}:
            column = column_number(letters.decode())
            if column <= FAR_COLUMN and number <= FAR_ROW:
                rows, columns = max(rows, number), max(columns, column)
    return rows, columns


def _properties(data: bytes) -> dict[str, str]:
    """The named (custom) document properties."""
    root = parse(data) if data else None
    found = {}
    for element in root if root is not None else ():
        name = element.get("name")
        if name and len(element):
            found[name] = (element[0].text or "").strip()
    return found


def _comments(archive: ZipFile, part: str, names: set[str]) -> dict[Place, str]:
    """Notes and threaded comments of a sheet, by cell; a thread's lines follow one another."""
    found: dict[Place, str] = {}
    if b"omments" not in read_part(archive, _relations_part(part)):
        return {}       # thousands of links have their relations there too; they needn't be parsed
    relations = sorted(_relations(archive, part).values(), key=lambda r: "threaded" not in r[0].lower())
    threads: dict[Place, str] = {}
    for kind, target in relations:
        if "omment" not in kind.rpartition("/")[2] or target not in names or not target.endswith(".xml"):
            continue
        threaded = "threaded" in kind.lower()
        root = parse(read_part(archive, target))
        for element in root.iter() if root is not None else ():
            if local(element) not in ("comment", "threadedComment"):
                continue
            match = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", element.get("ref") or "")
            # A note's text stands in runs (<t>), a thread's in <text> itself.
            text = "".join("".join(t.itertext()) for t in element.iter() if local(t) == ("text" if threaded else "t"))
            text = text.strip()
            if not match or not text:
                continue
            place = int(match[2]), column_number(match[1])
            if threaded:
                threads[place] = f"{threads[place]} / {text}" if place in threads else text
            elif place not in threads:      # where there is a thread, the note only repeats it
                found[place] = text
    return {**found, **threads}
