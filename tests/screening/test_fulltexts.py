"""Full texts in a folder: found by the name of the file, linked where they lie beside the workbook."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from review.model import Record
from review.screening.fulltexts import FullTexts
from review.screening.workbook import write_workbook
from tests.reviewer import books, command, fill, item, ris, workspace

from . import made

RECORD = Record(ids={"doi": "10.1000/xyz(1).2", "pmid": "1234567", "pmcid": "PMC765"})
KEY = "R000001-rb"


def folder(tmp_path: Path, *names: str) -> Path:
    (tmp_path / "pdf" / "more").mkdir(parents=True)
    for name in names:
        (tmp_path / "pdf" / name).write_bytes(b"%PDF-1.4")
    return tmp_path / "pdf"


@pytest.mark.parametrize("name", [
    "10.1000_xyz(1).2.pdf", "10.1000-xyz-1-2.PDF", "10.1000%2Fxyz%281%29.2.pdf", "R000001-rb.pdf", "r000001-rb Wang 2020.pdf",
    "1234567.pdf", "PMID 1234567.pdf", "pmid1234567.pdf", "PMC765.pdf", "more/PMC 765.pdf"])
def test_a_file_is_known_by_key_doi_pmid_or_pmcid(name: str, tmp_path: Path) -> None:
    assert FullTexts(folder(tmp_path, name), tmp_path).of(KEY, RECORD) == f"pdf/{name}"


@pytest.mark.parametrize("name", [
    "10.1000_xyz(1).21.pdf", "12345678.pdf", "R000001-rx.pdf", "R0000012-rb.pdf", "10.1000_xyz(1).2.html", "765.pdf",
    "Wang 2020.pdf"])
def test_another_reports_file_is_not_taken_for_it(name: str, tmp_path: Path) -> None:
    assert FullTexts(folder(tmp_path, name), tmp_path).of(KEY, RECORD) == ""


def test_the_key_goes_before_the_doi_and_no_folder_is_no_file(tmp_path: Path) -> None:
    assert FullTexts(tmp_path / "absent", tmp_path).of(KEY, RECORD) == ""
    both = folder(tmp_path, "10.1000_xyz(1).2.pdf", "R000001-rb.pdf")
    assert FullTexts(both, tmp_path).of(KEY, RECORD) == "pdf/R000001-rb.pdf"


def test_a_link_goes_with_the_workbook_and_a_file_elsewhere_is_only_named(tmp_path: Path) -> None:
    beside = FullTexts(folder(tmp_path, "R000001-rb 100% #1.pdf"), tmp_path).of(KEY, RECORD)
    elsewhere = FullTexts(tmp_path / "pdf", tmp_path / "screening").of(KEY, RECORD)
    for pdf, target in ((beside, "pdf/R000001-rb%20100%25%20%231.pdf"), (elsewhere, None)):
        path = tmp_path / f"{target is None}.xlsx"
        write_workbook(made.info(stage="full-text"), made.rows(("one",), pdf=pdf), path)
        cell = load_workbook(path)["Screening"]["D2"]
        assert (cell.value, cell.hyperlink and cell.hyperlink.target) == ("R000001-rb 100% #1.pdf", target)


def test_it_is_told_how_many_reports_have_a_file_and_which_files_fit_none(tmp_path: Path) -> None:
    other = Record(ids={"pmid": "222"})
    files = folder(tmp_path, "1234567.pdf", "222.pdf", "more/x.pdf", *(f"scan {n}.pdf" for n in range(6)), "notes.txt")
    found = FullTexts(files, tmp_path).matched([KEY, "R000003-aa"], {KEY: RECORD, "R000002-zz": other, "R000003-aa": Record()})
    assert (found.reports, found.with_pdf) == (2, 1)            # 222.pdf is a report's that was not sent now
    assert found.strays == ("more/x.pdf", *(f"scan {n}.pdf" for n in range(6)))
    assert found.lines() == [
        "PDFs: 1 of the 2 reports sent out for full text has one in the folder.",
        "PDFs: 7 files matched no report: more/x.pdf, scan 0.pdf, scan 1.pdf, scan 2.pdf, scan 3.pdf and 2 more. "
        "Name a file by its report's key, DOI or PMID."]


def test_the_command_tells_of_the_folder_that_was_named(tmp_path: Path) -> None:
    place = workspace(tmp_path)
    command(place, "import", str(ris(place / "a.ris", [item(i) for i in range(2)])), "--database", "pubmed")
    command(place, "dedupe")
    command(place, "sheets")
    for book in books(place, "title-abstract"):
        fill(book, lambda n, _: {"Decision": "include"})
    command(place, "collect")
    files = folder(place, item(1)["DO"].replace("/", "_") + ".pdf", "unknown.pdf")
    told = command(place, "sheets", "--stage", "full-text", "--pdfs", str(files))
    assert told["pdfs"] == {"reports": 2, "with_pdf": 1, "unmatched": ["unknown.pdf"]}
