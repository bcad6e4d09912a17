"""Files that are not what a user thinks: each is told with its cure, and tables with stray marks do not shift in silence."""

from __future__ import annotations

import io
import zipfile

import pytest

from review import formats
from review.model import Entry, Issue

RIS = "TY  - JOUR\r\nTI  - Pots for the ill – a trial\r\nER  - \r\n"


def read(data: bytes, name: str = "file") -> tuple[list[Entry], list[Issue]]:
    found = list(formats.read(io.BytesIO(data), name=name))
    return [e for e in found if isinstance(e, Entry)], [i for i in found if isinstance(i, Issue)]


def word_document() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    return out.getvalue()


PROTECTED = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(3000)


@pytest.mark.parametrize(("data", "said"), [
    (word_document(), "Word"),
    (PROTECTED, "password"),
    (b"\xef\xbb\xbf", "empty"),
    (b" \r\n\t\n", "empty"),
    (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", "--fields"),
])
def test_what_is_no_export_is_told_with_its_cure(data: bytes, said: str) -> None:
    entries, [issue] = read(data)
    assert not entries
    assert issue.severity == "error" and said in issue.message


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_a_file_that_marks_its_encoding_or_shows_it_is_read(encoding: str) -> None:
    assert [e.record.title for e in read(RIS.encode(encoding))[0]] == ["Pots for the ill – a trial"]


def test_a_stray_quotation_mark_that_swallows_a_cell_is_told() -> None:
    table = b'Title,Authors,Year,DOI\n"Pots, one,"Doe J",2018,10.1000/a\nTwo,Roe R,2019,10.1000/b\n'
    entries, issues = read(table, "a.csv")
    assert len(entries) == 2
    assert [(i.code, i.line) for i in issues] == [("table-columns", 2)]


def test_rows_that_leave_out_their_last_cells_are_no_fault() -> None:
    assert not read(b'Title,Authors,Year,DOI\n"Pots, ""one""","Doe J"\nTwo,Roe R,2019\n', "a.csv")[1]


def test_a_table_of_three_hundred_columns_is_known_by_the_few_that_matter() -> None:
    names = ["Title", "Authors", "Year", *(f"question {i}" for i in range(297))]
    row = ["Pots", "Doe J", "2018", *(f"answer {i}" for i in range(297))]
    [entry], issues = read((",".join(names) + "\n" + ",".join(row) + "\n").encode(), "a.csv")
    assert (entry.record.title, entry.record.year, issues) == ("Pots", 2018, [])
    assert len(entry.tags) == 300
