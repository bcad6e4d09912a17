"""From any returned file to raw answers: the table is found by its headers, a row by its key, nothing by place.

What is read and what can't be trusted both come out: an answer whose `trouble` says why must not be counted, and
each trouble has an issue with the file, the cell and what to do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal, cast

from review.model import Issue
from review.sheets.read import Grid, ReadBook, cell_text, read_book
from review.words import many

from .found_rows import Found, found_rows
from .readme import IDENTITY, read_identity_line
from .returned import Answer, TableReader, listed
from .table import Section, read_key, read_keys, sections, title_sign

__all__ = ["Answer", "Reading", "read_file", "read_key", "read_keys", "title_sign"]

# The parts of a sheet's identity in which a row may not differ from the file that it stands in.
_WHOSE = ("Review", "Stage", "Reviewer", "Round")


@dataclass(frozen=True)
class Reading:
    """What a returned file says it is, its answers, and what a person should know.

    `tabular` is False where no table with headers was found. `sheet` is "" where the file is not one of ours.
    """

    name: str
    sha256: str
    review: str = ""
    stage: str = ""
    reviewer: str = ""
    sheet: str = ""
    round: int | None = None
    answers: tuple[Answer, ...] = ()
    issues: tuple[Issue, ...] = ()
    tabular: bool = False
    batch: int | None = None
    definition_sha: str = ""
    found: tuple[Found, ...] = ()           # in a workbook for what other methods found
    refused: int = 0                        # rows of such a workbook that can't be taken; each is among the issues


def read_file(path: Path, data: bytes | None = None) -> Reading:
    """Read a returned workbook or text file (or `data`, under the name of `path`).

    .xlsx, .xlsm, .xls, .ods and delimited text are read by what they hold, whatever they are called. Nothing in a
    file is run or fetched. Never raises for what a file holds.
    """
    book = read_book(path, data)
    return _Reader(book).read() if book.grids else Reading(book.name, book.sha256, issues=book.issues)


class _Reader:
    """Reads one book; gathers answers and issues."""

    def __init__(self, book: ReadBook) -> None:
        self.book = book
        self.issues: list[Issue] = list(book.issues)
        self.tables = [(grid, found) for grid in book.grids if (found := sections(grid))]
        self.lines = _identity_lines(self.tables)

    def say(self, code: str, message: str, cell: str = "", severity: str = "error") -> None:
        """Add an issue."""
        level = cast(Literal["error", "warning", "info"], severity)
        self.issues.append(Issue(code, message, file=self.book.name, cell=cell, severity=level))

    def read(self) -> Reading:
        identity = self._identity()
        if identity.get("Stage") == "other-methods":
            return self._found(identity)
        answers: list[Answer] = []
        for grid, found in self.tables:
            table = TableReader(grid, self.book.name, identity.get("Review", ""), len(self.tables) > 1,
                                self._origins(identity), self.say)
            answers += table.read(found)
        self._tell_origins(answers)
        answers = self._once(answers, identity.get("Stage") == "duplicates")
        if not self.tables:
            cure = ("A text file holds one sheet only: save it again from the sheet Screening, or as .xlsx."
                    if self.book.kind == "csv" and identity.get("Sheet") else
                    "If it is a screening workbook, put its header row back, as in the file that was sent out.")
            self.say("no-table", f"{self.book.name} has no table with the headers Key and Decision. {cure}")
        elif not identity.get("Sheet"):
            self.say("not-ours", f"{self.book.name} doesn't say which sheet it is: neither its properties nor a column "
                     "Sheet hold a sheet's id.", severity="warning")
        get = identity.get
        return Reading(self.book.name, self.book.sha256, get("Review", ""), get("Stage", ""), get("Reviewer", ""),
                       get("Sheet", ""), _number(get("Round", "")), tuple(answers), tuple(self.issues),
                       bool(self.tables), _number(get("Batch", "")), get("Definition", ""))

    def _found(self, identity: Mapping[str, str]) -> Reading:
        """A workbook for what other methods found."""
        before = len(self.issues)
        rows, tabular = found_rows(self.book.grids, self.say, date.today())
        return Reading(self.book.name, self.book.sha256, identity["Review"], identity["Stage"], sheet=identity["Sheet"],
                       issues=tuple(self.issues), tabular=tabular, found=tuple(rows),
                       refused=len(self.issues) - before)

    def _identity(self) -> Mapping[str, str]:
        """Which sheet the file is: what most rows say, else its properties, else its first sheet."""
        stated = {label: self.book.properties.get(f"review.{label.lower()}", "") for label in IDENTITY}
        if not stated["Sheet"]:
            stated = _from_first_sheet(self.book.grids, {grid.name for grid, _ in self.tables}) or stated
        if not self.lines:
            return stated
        line, _ = min(self.lines.items(), key=lambda item: (-item[1], item[0]))
        found = read_identity_line(line)
        if stated["Sheet"] not in ("", found["Sheet"]):
            self.say("two-identities", f"{self.book.name} says that it is sheet {stated['Sheet']}, but its rows are "
                     f"from sheet {found['Sheet']}. The rows are believed.", severity="warning")
        return found

    def _origins(self, identity: Mapping[str, str]) -> dict[str, tuple[str, str]]:
        """What rows say of their sheet -> its id, and a trouble where it is another reviewer's, stage's, round's or
        review's: such rows are not counted."""
        origins = {"": (identity.get("Sheet", ""), "")}
        for line in self.lines:
            kind = read_identity_line(line)
            own = all(kind[part] == identity.get(part) for part in _WHOSE)
            origins[line] = (kind["Sheet"], "" if own else "row-of-another")
        return origins

    def _tell_origins(self, answers: Sequence[Answer]) -> None:
        """Say which rows are of other sheets."""
        others: dict[str, list[str]] = {}
        for answer in answers:
            if answer.trouble == "row-of-another":
                others.setdefault(answer.sheet, []).append(answer.key_cell)
        for sheet, cells in others.items():
            self.say("row-of-another", f"{many(len(cells), 'row')} of sheet {sheet}, which has another reviewer, stage, "
                     f"round or review ({listed(cells)}): not read; collect that sheet by itself.", cells[0])
        names = sorted({a.sheet for a in answers if a.trouble != "row-of-another"})
        if len(names) > 1:
            self.say("several-sheets", f"{self.book.name} holds rows of {len(names)} sheets ({', '.join(names)}); each "
                     "row counts for its own.", severity="info")

    def _once(self, answers: list[Answer], pairs: bool) -> list[Answer]:
        """A key (or pair) in several rows: equal answers count once, a blank beside an answer says nothing; answers
        that differ are not counted."""
        places: dict[tuple[str, str, str], list[int]] = {}
        for number, answer in enumerate(answers):
            if answer.key:
                place = (answer.key, answer.duplicate_of if pairs else "", answer.sheet)
                places.setdefault(place, []).append(number)
        dropped: set[int] = set()
        for numbers in places.values():
            rows = [answers[n] for n in numbers]
            if len(rows) < 2:
                continue
            cells = listed([a.key_cell for a in rows])
            if len({a.said for a in rows if any(a.said)}) > 1:
                for n in numbers:
                    answers[n] = replace(answers[n], trouble=answers[n].trouble or "key-repeated")
                self.say("key-repeated", f"The key {rows[0].key} stands in {len(rows)} rows that say different things "
                         f"({cells}). None of them was read; delete those that don't count.", rows[0].key_cell)
                continue
            keep = next((n for n in numbers if any(answers[n].said)), numbers[0])
            dropped |= set(numbers) - {keep}
            self.say("key-repeated-alike", f"The key {rows[0].key} stands in {len(rows)} rows ({cells}) that don't "
                     f"contradict each other; they count once, as {answers[keep].key_cell}.", rows[0].key_cell, "info")
        return [answer for number, answer in enumerate(answers) if number not in dropped]


def _identity_lines(tables: Sequence[tuple[Grid, list[Section]]]) -> dict[str, int]:
    """The identities that rows state, with the number of rows."""
    found: Counter[str] = Counter()
    for grid, parts in tables:
        for section in parts:
            column = section.columns.get("sheet")
            if column is not None:
                found.update(cell_text(row[column]).strip() for row in grid.rows[section.header + 1:section.end]
                             if column < len(row))
    return {line: count for line, count in found.items() if read_identity_line(line)}


def _from_first_sheet(grids: Sequence[Grid], tables: set[str]) -> dict[str, str]:
    """The identity as the first sheet shows it: labels with values beside them."""
    for grid in grids:
        if grid.name in tables:
            continue
        found = dict.fromkeys(IDENTITY, "")
        for row in grid.rows:
            texts = [cell_text(value).strip() for value in row[:20]]
            for label, value in zip(texts, texts[1:], strict=False):
                if label in found and value:
                    found[label] = value
        if found["Sheet"] and found["Review"]:
            return found
    return {}


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,6}", text) else None
