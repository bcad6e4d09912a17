"""Whatever reviewers do to a workbook: every decision is read right, or listed with its place. Never lost or wrong."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from review.screening.reading import Reading, read_file

from . import made
from .mutations import HARMFUL, SAFE, Mutation, table


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The filled workbook that all mutations start from."""
    return made.filled(tmp_path_factory.mktemp("filled") / "sheet.xlsx")


def _as_csv(page: Any, delimiter: str, encoding: str) -> bytes:
    """The table as a spreadsheet program saves it as text."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    for row in page.iter_rows(max_row=min(page.max_row, 3000), max_col=min(page.max_column, 60), values_only=True):
        # openpyxl leaves the escape of "_x" as it stands in the file
        writer.writerow(["" if value is None or str(value).startswith("=IF") else
                         str(value).replace("_x005F_", "_") for value in row])
    return text.getvalue().encode(encoding, "replace")


TEXT_FORMATS = {"utf8.csv": (",", "utf-8"), "bom.csv": (";", "utf-8-sig"), "gbk.csv": (";", "gbk"),
                "utf16.txt": ("\t", "utf-16")}
# What only a workbook can hold, or what text keeps as something else.
ONLY_WORKBOOKS = {"sheet_copied", "sheet_copied_and_gone_on", "decisions_merged", "formulas_for_decisions",
                  "cells_far_away", "sheets_added", "decisions_struck_out", "decision_half_struck_out"}


def _returned(original: Path, folder: Path, mutation: Mutation, form: str) -> Reading:
    book = load_workbook(original)
    mutation(book)
    return returned_as(book, folder, form)


def returned_as(book: Any, folder: Path, form: str) -> Reading:
    """The workbook saved in a format and read back."""
    path = folder / f"returned.{form}"
    if form == "xlsx":
        book.save(path)
    else:
        path.write_bytes(_as_csv(table(book), *TEXT_FORMATS[form]))
    return read_file(path)


@pytest.mark.parametrize("form", ["xlsx", *TEXT_FORMATS])
@pytest.mark.parametrize("name", SAFE)
def test_what_reviewers_usually_do_changes_no_decision(name: str, form: str, original: Path, tmp_path: Path) -> None:
    if form != "xlsx" and name in ONLY_WORKBOOKS:
        pytest.skip("only a workbook can hold this")
    if (name, form) == ("dressed_decisions", "gbk.csv"):
        pytest.skip("GBK has no such blanks")
    reading = _returned(original, tmp_path, SAFE[name], form)
    found = made.judge(reading, made.truth())
    assert (found["wrong"], found["lost"], found["listed"]) == ([], [], []), reading.issues
    assert len(found["right"]) == 15
    assert not [issue for issue in reading.issues if issue.severity == "error"]


@pytest.mark.parametrize("form", ["xlsx", *TEXT_FORMATS])
@pytest.mark.parametrize("name", HARMFUL)
def test_what_spoils_decisions_is_listed_with_its_place(name: str, form: str, original: Path, tmp_path: Path) -> None:
    if form != "xlsx" and name in ONLY_WORKBOOKS:
        pytest.skip("only a workbook can hold this")
    reading = _returned(original, tmp_path, HARMFUL[name], form)
    found = made.judge(reading, made.truth())
    assert (found["wrong"], found["lost"]) == ([], []), reading.issues
    told = [issue for issue in reading.issues if issue.severity != "info"]
    unreadable = found["listed"] and not told       # then the meaning of the word tells, with the answer's cell
    assert told or unreadable or name == "titles_sorted_alone"
    assert all(issue.file == f"returned.{form}" and issue.message for issue in reading.issues)
