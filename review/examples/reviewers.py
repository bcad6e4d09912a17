"""The demonstration's reviewers: they fill real workbooks, as people would, from a file of decisions.

A row of `demo-decisions.csv` is one report, named by the records that describe it (ids of the practice libraries).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from review.ledger.replay import State
from review.model import ReviewError

Typed = Mapping[str, str]           # header -> what is typed under it
NOTE = "demonstration decision"     # beside every decision, so that nobody takes the log for a real review's


@dataclass(frozen=True)
class Wanted:
    """What the file says of one report: column -> words, as `include`, `exclude: wrong-country` or nothing."""

    number: int                     # the row, counted from 1
    words: Mapping[str, str]

    def answer(self, reviewer: str, stage: str, labels: Mapping[str, str]) -> dict[str, str]:
        """What this reviewer types under Decision, Reason and Note."""
        decision, _, reason = self.words[f"{reviewer} {stage}"].partition(": ")
        return {"Decision": decision, "Reason": labels.get(reason, reason), "Note": NOTE if decision else ""}


@dataclass
class Reviewers:
    """Everybody who takes part, with the decisions that they will come to."""

    decisions: Mapping[str, Wanted]             # id of a record in the practice libraries -> its report's row
    labels: Mapping[str, str]                   # code of a reason -> what the drop-down offers
    state: State = field(repr=False)

    def wanted(self, key: str) -> Wanted:
        """What the file says of the report with this key, by the first of its records."""
        record = self.state.reports[self.state.resolve(key)].records[0]
        search, _, ordinal = record.partition("/")
        native = self.state.index[search][int(ordinal) - 1].native_id
        try:
            return self.decisions[native]
        except KeyError:
            raise ReviewError(f"demo-decisions.csv says nothing of the record {native} ({key}). Was the practice "
                              "library or the file changed?", code="demo-decisions", status=1) from None

    def screen(self, path: Path, reviewer: str, stage: str) -> int:
        """Fill a workbook of either stage; returns the rows. Two rows that are one report: the second says so."""
        first: dict[int, str] = {}

        def answer(row: Typed) -> dict[str, str]:
            wanted = self.wanted(row["Key"])
            typed = wanted.answer(reviewer, stage, self.labels)
            other = first.setdefault(wanted.number, row["Key"])
            if other != row["Key"]:
                typed["Duplicate of"] = other
            if stage == "full-text":
                typed["Retrieved"], _, typed["Not retrieved why"] = wanted.words["retrieved"].partition(": ")
                typed["Study"] = wanted.words["study"] if typed["Decision"] == "include" else ""
            return typed

        return fill(path, answer)

    def adjudicate(self, path: Path, reviewer: str, stage: str) -> int:
        """Fill a workbook of conflicts; returns the rows."""
        return fill(path, lambda row: self.wanted(row["Key"]).answer(reviewer, stage, self.labels))

    def compare(self, path: Path) -> int:
        """Fill the workbook of possible duplicates; returns the rows."""
        def answer(row: Typed) -> dict[str, str]:
            same = self.wanted(row["Key A"]).number == self.wanted(row["Key B"]).number
            return {"Decision": "same" if same else "different"}

        return fill(path, answer)


def load_decisions(path: Path) -> dict[str, Wanted]:
    """Record id -> the row of its report."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [Wanted(number, row) for number, row in enumerate(csv.DictReader(stream), start=1)]
    return {record: row for row in rows for record in row.words["records"].split()}


def fill(path: Path, answer: Callable[[Typed], Typed]) -> int:
    """Type into the table of a workbook, row by row, and save it. Columns are found by their headers.

    Returns how many rows were answered.
    """
    from openpyxl import load_workbook

    book = load_workbook(path, rich_text=True)
    count = 0
    for sheet in book.worksheets:
        headers = {str(cell.value): cell.column for cell in sheet[1] if cell.value}
        if "Decision" not in headers:
            continue
        for cells in sheet.iter_rows(min_row=2):
            row = {header: str(cells[column - 1].value or "") for header, column in headers.items()}
            for header, text in _present(answer(row).items()):
                cells[headers[header] - 1].value = text
            count += 1
    book.save(path)
    return count


def _present(items: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(header, text) for header, text in items if text]
