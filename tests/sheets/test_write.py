"""Workbooks as they are written: safe, whole, the same bytes for the same contents."""

import gc
import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText

from review.model import ReviewError
from review.sheets.book import Book, Choices, Column, Formula, Linked, Look, Marked, Sheet, Styled, Tint
from review.sheets.read import read_book
from review.sheets.write import write_book

NASTY = ("=1+1", "=HYPERLINK(\"http://x\")", "+1", "-1", "@x", "\tcmd", "#N/A", "_x000D_", "a\x00b", "\ufffe", "\ud800",
         "00012", "1E5", "TRUE", "2019-01-05", " blanks ", "<b>&amp;</b>", "]]>", "'quoted", "中文 🎓", "line\nline")


def book(*texts: object, **changes: object) -> Book:
    sheet = Sheet("Data", [Column("Text", 30), Column("Other", 10)], [[text, None] for text in texts])  # type: ignore[list-item]
    return Book([sheet], title="A title", properties={"a": "1", "b": "ä"}, **changes)  # type: ignore[arg-type]


def column(path: Path) -> list[object]:
    """The first column below the header, read by another program's reader."""
    return [row[0] for row in read_book(path).grids[0].rows[1:]]


def test_text_comes_back_as_text_whatever_it_looks_like(tmp_path: Path) -> None:
    write_book(book(*NASTY), tmp_path / "a.xlsx")
    expected = [*NASTY]
    expected[8:11] = ["a b", "\ufffd", "\ufffd"]
    assert column(tmp_path / "a.xlsx") == expected
    page = load_workbook(tmp_path / "a.xlsx")["Data"]
    assert {cell.data_type for cell in page["A"]} == {"s"}
    assert page["A2"].quotePrefix and page["A4"].quotePrefix and not page["A20"].quotePrefix


def test_marked_text_keeps_its_text_and_marks(tmp_path: Path) -> None:
    marked = Marked((("about ", False), ("children", True), (" _x0041_ =\x01 ", False)))
    write_book(book(marked), tmp_path / "a.xlsx")
    assert column(tmp_path / "a.xlsx") == ["about children _x0041_ =  "]
    rich = load_workbook(tmp_path / "a.xlsx", rich_text=True)["Data"]["A2"].value
    assert isinstance(rich, CellRichText)
    assert [(str(run), bool(getattr(getattr(run, "font", None), "b", False))) for run in rich][:2] == [
        ("about ", False), ("children", True)]


def test_marked_text_over_the_limit_is_cut(tmp_path: Path) -> None:
    write_book(book(Marked((("y" * 40_000, False), ("z", True)))), tmp_path / "a.xlsx")
    text = str(column(tmp_path / "a.xlsx")[0])
    assert len(text) == 32_767 and text.endswith("holds no more]")


@pytest.mark.parametrize(("url", "opens"), [
    ("https://doi.org/10.1000/a b?x=1&y=“2”", True), ("mailto:a@example.org", True), ("pdf/R000001-rb.pdf", True),
    ("javascript:alert(1)", False), ("file:///etc/passwd", False), ("\\\\server\\share\\x", False), ("../up.pdf", False),
    ("/etc/passwd", False), ("#Sheet!A1", False), ("https://x.org/" + "a" * 2_100, False),
])
def test_links_lead_only_to_the_web_or_beside_the_workbook(url: str, opens: bool, tmp_path: Path) -> None:
    write_book(book(Linked("DOI", url)), tmp_path / "a.xlsx")
    cell = load_workbook(tmp_path / "a.xlsx")["Data"]["A2"]
    assert (cell.hyperlink is not None) == opens
    assert cell.value == ("DOI" if opens else url)


def test_more_links_than_a_sheet_takes_become_plain_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.sheets.cells.MOST_LINKS", 2)
    write_book(book(*[Linked("DOI", f"https://doi.org/{n}") for n in range(4)]), tmp_path / "a.xlsx")
    assert column(tmp_path / "a.xlsx") == ["DOI", "DOI", "https://doi.org/2", "https://doi.org/3"]


def test_the_same_book_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_book(book(*NASTY, Marked((("a", True),))), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r">(\d{4}-[^<]*)<", core)) == {"1980-01-01T00:00:00Z"}


def test_named_properties_come_back(tmp_path: Path) -> None:
    write_book(book("x"), tmp_path / "a.xlsx")
    assert read_book(tmp_path / "a.xlsx").properties == {"a": "1", "b": "ä"}


def test_a_file_that_exists_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_text("somebody's work")
    with pytest.raises(ReviewError, match="exists already"):
        write_book(book("x"), path)
    assert path.read_text() == "somebody's work"
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_failure_half_way_leaves_no_file(tmp_path: Path) -> None:
    def rows():  # type: ignore[no-untyped-def]
        yield ["one", None]
        raise RuntimeError("the program stopped")

    with pytest.raises(RuntimeError):
        write_book(Book([Sheet("Data", [Column("Text", 10), Column("x", 5)], rows())]), tmp_path / "a.xlsx")
    gc.collect()        # what openpyxl left open complains when it goes
    assert list(tmp_path.iterdir()) == []


def test_frame_of_a_sheet(tmp_path: Path) -> None:
    sheet = Sheet("Data", [Column("Text", 30), Column("Word", 12)], [["long " * 200, "yes"], ["short", None]],
                  freeze="B2", filter=True, most_lines=10, choices=[Choices(2, "Lists!$A$2:$A$3", "Word", "yes or no")],
                  tints=[Tint('$B2="yes"', 1, 2, Look(fill="CDEBD3"))])
    lists = Sheet("Lists", [Column("Words", 10)], [["yes"], ["no"]], hidden=True)
    band = Look(size=18, fill="334E68")
    count = Sheet("Count", [Column("", 10), Column("", 10)],
                  [[Formula("COUNTA(Data!B2:B3)")], [Styled("big", band), Styled("", band)]], header=False)
    write_book(Book([count, sheet, lists]), tmp_path / "a.xlsx")
    done = load_workbook(tmp_path / "a.xlsx")
    page = done["Data"]
    assert (page.freeze_panes, page.auto_filter.ref, page.protection.sheet) == ("B2", "A1:B3", False)
    rule, = page.data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1, rule.type) == ("B2:B3", "Lists!$A$2:$A$3", "list")
    assert not rule.showErrorMessage        # other words are not refused
    assert [str(area.sqref) for area in page.conditional_formatting] == ["A2:B3"]
    assert page.row_dimensions[2].height > 100 > page.row_dimensions[3].height
    assert page.row_dimensions[2].height <= 10 * 10 * 1.28 + 4
    assert (done["Lists"].sheet_state, done["Count"]["A1"].value) == ("hidden", "=COUNTA(Data!B2:B3)")
    assert done["Count"]["B2"].fill.fgColor.rgb == "00334E68"      # a band goes on over cells that hold nothing
    assert done.active.title == "Count"
