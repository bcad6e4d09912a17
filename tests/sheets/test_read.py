"""Any file that comes back: read by what it holds, and nothing in it run, fetched or believed beyond measure."""

import datetime
import io
import re
import shutil
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from review.sheets.read import ReadBook, cell_text, read_book

LIMIT = 40 << 20


def saved(path: Path, *rows: list[object], change: Callable[[Workbook], None] | None = None) -> Path:
    """A workbook made by another program."""
    book = Workbook()
    page = book.active
    page.title = "Data"
    for row in rows:
        page.append(row)
    if change:
        change(book)
    book.save(path)
    return path


def repacked(path: Path, change: Callable[[str, bytes], bytes | None], **more: bytes) -> Path:
    """The archive with its parts changed (None drops one) and others added."""
    target = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            data = change(name, source.read(name))
            if data is not None:
                archive.writestr(name, data)
        for name, data in more.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return target


def refused(path: Path) -> str:
    """The message of a file that is not read."""
    book = read_book(path)
    assert book.grids == () and len(book.issues) == 1 and book.issues[0].severity == "error"
    assert book.issues[0].file == path.name
    return f"{book.issues[0].code}: {book.issues[0].message}"


def test_values_of_all_kinds_as_text(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ["text", 5, 5.5, 1e20, True, datetime.date(2020, 1, 5), None, 100000.0])
    row = read_book(path).grids[0].rows[0]
    assert [cell_text(value) for value in row] == ["text", "5", "5.5", "1e+20", "TRUE", "2020-01-05", "", "100000"]


def test_formulas_errors_and_comments_are_known_with_their_places(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        page = book.active
        page["B2"] = "=1+1"
        page["C3"] = "#N/A"
        page["A1"].comment = Comment("look here", "AB")
        page["C3"].data_type = "e"
        page.merge_cells("A4:B5")

    grid = read_book(saved(tmp_path / "a.xlsx", ["a", "b", "c"], change=change)).grids[0]
    assert dict(grid.formulas) == {(2, 2): "1+1"}
    assert grid.no_value == {(2, 2)}
    assert dict(grid.errors) == {(3, 3): "#N/A"}
    assert dict(grid.comments) == {(1, 1): "look here"}
    assert grid.merged == ((4, 1, 5, 2),)


def test_a_formula_with_its_saved_result_has_a_value(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ["x", "=1+1"])
    path = repacked(path, lambda name, data: data.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>").replace(
        b"<v/>", b"<v>2</v>"))
    grid = read_book(path).grids[0]
    assert (grid.no_value, grid.rows[0][1]) == (frozenset(), 2)
    assert (1, 2) in grid.formulas


def test_a_thread_of_comments_is_read_in_place_of_the_note_that_repeats_it(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book.active["B1"].comment = Comment("[Threaded comment] Your version of Excel ...", "AB")
        book.active["A1"].comment = Comment("a plain note", "AB")

    path = saved(tmp_path / "a.xlsx", ["x", "y"], change=change)
    thread = (b'<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
              b'<threadedComment ref="B1" id="1"><text>include?</text></threadedComment>'
              b'<threadedComment ref="B1" id="2" parentId="1"><text>no, adults</text></threadedComment></ThreadedComments>')
    link = (b'<Relationship Id="t1" Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment" '
            b'Target="../threadedComments/threadedComment1.xml"/></Relationships>')
    path = repacked(path, lambda name, data: data.replace(b"</Relationships>", link) if "sheet1.xml.rels" in name else data)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/threadedComments/threadedComment1.xml", thread)
    assert dict(read_book(path).grids[0].comments) == {(1, 1): "a plain note", (1, 2): "include? / no, adults"}


def test_hidden_sheets_and_their_order(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book.create_sheet("Second", 0).append(["two"])
        book["Data"].sheet_state = "veryHidden"

    grids = read_book(saved(tmp_path / "a.xlsx", ["one"], change=change)).grids
    assert [(grid.name, grid.hidden) for grid in grids] == [("Second", False), ("Data", True)]


@pytest.mark.parametrize("name", ["a.csv", "a.xls", "a", "a.pdf"])
def test_the_name_of_a_file_says_nothing(name: str, tmp_path: Path) -> None:
    shutil.move(saved(tmp_path / "b.xlsx", ["x", "y"]), tmp_path / name)
    book = read_book(tmp_path / name)
    assert (book.kind, book.grids[0].rows) == ("xlsx", [["x", "y"]])


def test_data_may_come_from_memory() -> None:
    book = read_book(Path("mailed.csv"), b"a;b\n1;2\n")
    assert (book.name, book.kind, book.delimiter, book.grids[0].rows) == ("mailed.csv", "csv", ";", [["a", "b"], ["1", "2"]])


# What is refused, and how it is said.

def test_files_that_are_no_tables(tmp_path: Path) -> None:
    def file(name: str, data: bytes) -> Path:
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    assert "is empty" in refused(file("empty.xlsx", b""))
    assert "is empty" in refused(file("blank.csv", b" \n \n"))
    assert "could not be opened" in refused(tmp_path / "absent.xlsx")
    assert "web page" in refused(file("page.xls", b"<html><table><tr><td>Key</td></tr></table></html>"))
    assert "binary data" in refused(file("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("letter.txt", "dear colleague")
    assert "no workbook" in refused(file("letters.zip", archive.getvalue()))


@pytest.mark.parametrize("keep", [10, 400, 3000])
def test_a_file_that_was_cut_off_is_damaged(keep: int, tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ["x"])
    path.write_bytes(path.read_bytes()[:keep])
    assert refused(path).startswith(("damaged", "encoding"))


def test_random_damage_is_survived(tmp_path: Path) -> None:
    import random

    good = saved(tmp_path / "a.xlsx", ["x", "y"], ["1", "=2"]).read_bytes()
    chance = random.Random(3)
    for _ in range(150):
        data = bytearray(good)
        for _ in range(chance.choice((1, 3, 30))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        book = read_book(Path("damaged.xlsx"), bytes(data))
        assert book.grids or book.issues


def test_a_damaged_old_workbook_prints_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    # The header of an OLE file whose tables point beyond its end ([MS-CFB]).
    head = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff\x09\x00\x06\x00" + bytes(10))
    head += (1).to_bytes(4, "little") + (7).to_bytes(4, "little") + bytes(4) + (4096).to_bytes(4, "little") + bytes(16)
    head += (0).to_bytes(4, "little") * 109
    (tmp_path / "old.xls").write_bytes(bytes(head) + b"\x70\x00\x00\x00" * 200)
    assert "is damaged" in refused(tmp_path / "old.xls")
    assert capfd.readouterr() == ("", "")


def test_a_workbook_without_sheets(tmp_path: Path) -> None:
    path = repacked(saved(tmp_path / "a.xlsx", ["x"]), lambda name, data: data.replace(b"<sheet ", b"<shoot "))
    assert "no sheet" in refused(path)


def test_a_password_is_asked_to_be_taken_off(tmp_path: Path) -> None:
    # An encrypted workbook is an OLE file with a stream of this name ([MS-OFFCRYPTO]).
    path = tmp_path / "locked.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600))
    assert "locked with a password" in refused(path)


# What could do harm

def test_macros_are_never_run_and_the_cells_are_read(tmp_path: Path) -> None:
    path = repacked(saved(tmp_path / "a.xlsx", ["x"]), lambda name, data: data, xl__vbaProject_bin=b"AutoOpen")
    path = repacked(path, lambda name, data: None if name == "xl/vbaProject_bin" else data)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Attribute VB_Name = AutoOpen")
    book = read_book(path)
    assert (book.grids[0].rows, [i.code for i in book.issues]) == ([["x"]], ["macros"])


def test_links_to_other_files_are_not_followed(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ["x", "='[other.xlsx]S'!A1"])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/externalLinks/externalLink1.xml", b"<externalLink/>")
    book = read_book(path)
    assert [i.code for i in book.issues] == ["outside-links"]
    assert book.grids[0].rows[0][0] == "x"


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty megabytes instead of a gigabyte, so that the bombs are made quickly."""
    monkeypatch.setattr("review.sheets.archive.MOST_BYTES", LIMIT)


def bomb(tmp_path: Path, part: str, declared: int | None = None) -> Path:
    """A small workbook that unpacks to more than the limit; its directory may lie about that."""
    path = saved(tmp_path / "a.xlsx", ["x"])
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = b"<row>" + b" " * (1 << 20)
    packed = b"".join(engine.compress(block) for _ in range(LIMIT // len(block) + 2)) + engine.flush()
    target = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, packed if name == part else source.read(name))
    data = bytearray(target.read_bytes())
    # Say in both directories that the stored part is a deflated one.
    size = (declared or (1 << 32) - 1).to_bytes(4, "little")
    for sign, method, sizes, length in ((b"PK\x03\x04", 8, 18, 30), (b"PK\x01\x02", 10, 20, 46)):
        place = -1
        while (place := data.find(sign, place + 1)) >= 0:
            if data[place + length:place + length + len(part)] == part.encode():
                data[place + method:place + method + 2] = b"\x08\x00"
                data[place + sizes + 4:place + sizes + 8] = size
    target.write_bytes(data)
    return target


@pytest.mark.usefixtures("small_limit")
def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    assert "unpacks to more than 1 GB" in refused(bomb(tmp_path, "xl/worksheets/sheet1.xml"))


@pytest.mark.usefixtures("small_limit")
def test_a_bomb_that_lies_about_its_size_is_not_unpacked(tmp_path: Path) -> None:
    path = bomb(tmp_path, "xl/worksheets/sheet1.xml", declared=1000)
    tracemalloc.start()
    try:
        assert refused(path).startswith("damaged")
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.usefixtures("small_limit")
def test_a_bomb_that_another_reader_would_unpack_is_measured_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.sheets.xlsx_scan.MOST_THINNED", 0)      # as for a workbook over a quarter of a gigabyte
    assert "declares 1000 bytes" in refused(bomb(tmp_path, "xl/theme/theme1.xml", declared=1000))


def test_one_long_text_in_a_million_cells_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cell would hold a copy of the text that is stored once."""
    monkeypatch.setattr("review.sheets.xlsx_scan.MOST_BYTES", LIMIT)
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>1</v></c></row>' for n in range(1, 2_001)).encode()
    texts = b"<sst><si><t>short</t></si><si><t>" + b"long " * 6_000 + b"</t></si></sst>"

    def change(name: str, data: bytes) -> bytes:
        return re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData>" + cells + b"</sheetData>", data)

    path = repacked(saved(tmp_path / "a.xlsx", ["x"]), change, xl__sharedStrings_xml=texts)
    assert path.stat().st_size < LIMIT / 300
    assert "the same long texts over and over" in refused(path)


def test_one_long_text_repeated_in_an_opendocument_sheet_is_refused(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.sheets.ods_scan.MOST_BYTES", LIMIT)
    cell = ODS_CELL % (' table:number-columns-repeated="100"', "", "long " * 6_000)
    book = ods(tmp_path / "a.ods", f'<table:table-row table:number-rows-repeated="100">{cell}</table:table-row>')
    assert book.grids == () and "the same long texts over and over" in book.issues[0].message


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_entities_are_not_expanded(part: str, tmp_path: Path) -> None:
    lol = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'

    def change(name: str, data: bytes) -> bytes:
        head, sign, rest = data.partition(b"?>") if data.startswith(b"<?xml") else (b"", b"", data)
        return head + sign + lol + rest if name == part else data

    assert "declares entities" in refused(repacked(saved(tmp_path / "a.xlsx", ["x"]), change))


def test_a_cell_far_away_costs_no_memory_and_is_listed(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book.active["XFD1048576"] = "far"
        book.active["B3"] = "near _x005F_x0041_"

    book = read_book(saved(tmp_path / "a.xlsx", ["x", "y"], change=change))
    assert [list(row) for row in book.grids[0].rows] == [["x", "y"], ["", ""], ["", "near _x0041_"]]
    assert [(i.code, i.cell) for i in book.issues] == [("far-cells", "XFD1048576")]


ODS_CONTENT = """<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="Data">%s</table:table></office:spreadsheet></office:body>
</office:document-content>"""
ODS_CELL = '<table:table-cell office:value-type="string"%s>%s<text:p>%s</text:p></table:table-cell>'


def ods(path: Path, rows: str) -> ReadBook:
    """An OpenDocument sheet with these rows."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", ODS_CONTENT % rows)
        archive.writestr("META-INF/manifest.xml", "<manifest:manifest xmlns:manifest="
                         "\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>")
    return read_book(path)


def test_an_opendocument_sheet_with_a_comment_and_a_merged_area(tmp_path: Path) -> None:
    note = "<office:annotation><text:p>ask CD</text:p></office:annotation>"
    spanned = ' table:number-rows-spanned="2"'
    row = f"<table:table-row>{ODS_CELL % ('', note, 'include')}{ODS_CELL % (spanned, '', 'x')}</table:table-row>"
    grid = ods(tmp_path / "a.ods", row + row).grids[0]
    assert grid.rows[0][0] == "include"         # the comment is no part of the cell
    assert dict(grid.comments) == {(1, 1): "ask CD", (2, 1): "ask CD"}
    assert grid.merged[0] == (1, 2, 2, 2)


def test_repeated_rows_beyond_measure_are_refused(tmp_path: Path) -> None:
    cell = ODS_CELL % (' table:number-columns-repeated="1000"', "", "x")
    book = ods(tmp_path / "a.ods", f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>')
    assert book.grids == () and book.issues[0].code == "unsafe"


def test_a_million_blank_rows_below_are_nothing(tmp_path: Path) -> None:
    row = f"<table:table-row>{ODS_CELL % ('', '', 'x')}</table:table-row>"
    blank = ('<table:table-row table:number-rows-repeated="1048575">'
             '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>')
    assert ods(tmp_path / "a.ods", row + blank).grids[0].rows == [["x"]]


def test_reading_writes_nothing_into_the_file(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ["x"])
    before = path.read_bytes()
    read_book(path)
    assert path.read_bytes() == before and load_workbook(path)
