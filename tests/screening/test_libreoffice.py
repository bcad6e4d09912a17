"""The same mutations, saved by LibreOffice as .ods, .xls, .xlsx and .csv."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook

from review.screening.reading import Reading, read_file

from . import made
from .mutations import HARMFUL, SAFE

pytestmark = [pytest.mark.proof,
              pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice (soffice)")]

# A cell at the last row and column makes LibreOffice write a gigabyte; that the reader is safe from it is tested
# with the file itself.
MUTATIONS = {name: f for name, f in {**SAFE, **HARMFUL}.items() if name != "cells_far_away"}
# All sheets, each in a file of its own, UTF-8.
ALL_SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
FORMS = {"ods": "ods", "xls": "xls", "xlsx": "xlsx", "csv": ALL_SHEETS}
# What a format itself keeps nothing of: merged cells and struck-out words in text, error values and struck-out words in
# .xls (of which every reading warns).
SILENT = {("decisions_merged", "csv"), ("errors_for_decisions", "xls"), ("decisions_struck_out", "csv"),
          ("decisions_struck_out", "xls")}


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder a format, with every mutated workbook in it."""
    return convert(tmp_path_factory.mktemp("libreoffice"))


def convert(home: Path) -> Path:
    """Make the mutated workbooks, and have LibreOffice save them in every format."""
    original = made.filled(home / "sheet.xlsx")
    source = home / "source"
    source.mkdir()
    for name, mutation in MUTATIONS.items():
        book = load_workbook(original)
        mutation(book)
        book.save(source / f"{name}.xlsx")
    for form, target in FORMS.items():
        files = sorted(map(str, source.glob("*.xlsx")))
        subprocess.run(["soffice", f"-env:UserInstallation=file://{home}/profile", "--headless", "--convert-to", target,
                        "--outdir", str(home / form), *files], check=True, capture_output=True, timeout=900)
    return home


def read(converted: Path, form: str, name: str) -> Reading:
    """The converted file; of a workbook saved as text, the sheet that holds a table."""
    if form != "csv":
        return read_file(converted / form / f"{name}.{FORMS[form]}")
    readings = [read_file(path) for path in sorted((converted / form).glob(f"{name}-*.csv"))]
    return max(readings, key=lambda reading: len(reading.answers))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", [name for name in MUTATIONS if name in SAFE])
def test_no_decision_changes_on_the_way_through_libreoffice(name: str, form: str, converted: Path) -> None:
    reading = read(converted, form, name)
    found = made.judge(reading, made.truth())
    assert (found["wrong"], found["lost"], found["listed"]) == ([], [], []), reading.issues
    assert len(found["right"]) == 15
    assert (reading.sheet, reading.reviewer, reading.round) == ("TA-AB-1-k3fz9q", "AB", 1) or (
        form == "csv" and name == "other_columns_deleted")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", [name for name in MUTATIONS if name in HARMFUL])
def test_spoilt_decisions_are_listed_whatever_the_format(name: str, form: str, converted: Path) -> None:
    reading = read(converted, form, name)
    found = made.judge(reading, made.truth())
    assert found["wrong"] == []
    if (name, form) in SILENT:
        assert found["lost"] == [] or [i for i in reading.issues if i.code == "old-format"] or form == "csv"
    else:
        assert found["lost"] == [], reading.issues
