"""The workbook in which people write down what they found by other methods: websites, organisations, citation
searching, contacts, handsearching (PRISMA 2020, box 11; PRISMA-S, items 3 to 7).

It goes out empty, with a number in each row; `found_rows` reads what came back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from review.ledger.issued import IssuedRow, IssuedSheet, sheet_id
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.ledger.transaction import Transaction
from review.query.definition import Definition
from review.screening.found_rows import DIRECTIONS, FIELDS, METHOD_WORDS, TYPED
from review.screening.issue import free_number, log_issued, sheet_info
from review.screening.readme import identity, identity_line, identity_rows, section
from review.screening.sheet_info import SheetInfo
from review.screening.workbook import FAINT, HEADER, HEADER_FAINT, HEADER_TYPED, KEY, TYPED_LOOK
from review.sheets.book import Book, Choices, Column, Content, Look, Sheet, Styled

KIND, STAGE = "found", "other-methods"
ROWS = 200                      # numbered rows; more may be typed below them
_SMALL = ("sheet", "again")
_LINES = 2                      # the height of an empty row


def issue_found(tx: Transaction, folder: Folder, state: State, definition: Definition) -> IssuedSheet:
    """Send out an empty workbook for what other methods find."""
    batch, name = free_number(folder, tx, state, KIND + "-by-other-methods")
    issued = tuple(IssuedRow(f"F{batch}-{number:03d}", "", "") for number in range(1, ROWS + 1))
    sheet = IssuedSheet(sheet_id(f"OM-{batch}", issued, f"{definition.id} {KIND}"), KIND, STAGE, 1, batch, "",
                        definition.sha, issued, name)
    write_found(sheet_info(definition, sheet), [row.key for row in issued], definition.screening.reviewers,
                tx.stage(folder.screening / name))
    log_issued(tx, folder, sheet)
    return sheet


def write_found(info: SheetInfo, numbers: Sequence[str], reviewers: Sequence[str], path: Path) -> None:
    """Write the empty workbook. Raises ReviewError if the file exists or the disk doesn't take it."""
    from review.sheets.write import write_book

    line = identity_line(info)
    columns = [Column(f.header, f.width, TYPED_LOOK if f.name in TYPED else FAINT if f.name in _SMALL else KEY,
                      HEADER_TYPED if f.name in TYPED else HEADER_FAINT if f.name in _SMALL else HEADER) for f in FIELDS]
    rows = [[number, *[""] * (len(FIELDS) - 3), line, number] for number in numbers]
    lists: dict[str, Sequence[str]] = {"method": tuple(METHOD_WORDS), "direction": DIRECTIONS, "who": tuple(reviewers)}
    place = {f.name: n for n, f in enumerate(FIELDS, 1)}
    choices = [Choices(place[name], f"Lists!${letter}$2:${letter}${len(words) + 1}")
               for letter, (name, words) in zip("ABC", lists.items(), strict=True) if words]
    longest = max(len(words) for words in lists.values())
    listed = [[words[n] if n < len(words) else None for words in lists.values()] for n in range(longest)]
    book = Book([
        Sheet("Read me", [Column("", 24, Look(bold=True, size=11, colour="334E68")), Column("", 92, Look(size=11)),
                          Column("", 30, Look(size=11))], list(_readme(info)), header=False, gridlines=False, most_lines=30,
              tab="334E68"),
        Sheet("Found", columns, rows, freeze="C2", filter=True, choices=choices, least_lines=_LINES, tab="0B6E4F"),
        Sheet("Lists", [Column(name, 30) for name in ("Methods", "Directions", "Reviewers")], listed, hidden=True),
    ], title=f"{info.title} ({info.sheet})", subject=info.question, creator="review",
        properties={f"review.{label.lower()}": value for label, value in identity(info)})
    write_book(book, path)


def _readme(info: SheetInfo) -> Iterator[Sequence[Content | Styled]]:
    yield [Styled(info.title, Look(bold=True, size=18, colour="102A43", wrap=False))]
    yield [Styled("What other methods found", Look(bold=True, size=13, colour="0B6E4F", wrap=False))]
    yield []
    yield from section("How to fill it")
    for number, line in enumerate((
            "Work on the sheet “Found”. A row is one thing that you found; fill the green columns.",
            "Method, Where, Who, When and Title are needed. The others say how it was found, and help to recognise it.",
            "When is the day on which you looked, as 2026-03-31: year, month, day.",
            "By citation searching, say under Seed report from which report you came (its key, or its title), and under "
            "Direction whether it stands in that report's references (backward) or cites it (forward).",
            "The same thing found in two places is two rows: each counts where it was found.",
            "Write it down even where you know that a database has it already: that is recognised by itself, and counted.",
            "More rows than there are numbers: go on below, the number may stay empty.",
            "Save under any name and send it back. You can go on in the same file and send it again: only new rows are "
            "added. What was collected is not changed any more."), 1):
        yield [f"{number}", line]
    yield []
    yield from section("Methods")
    for word, what in METHOD_WORDS.items():
        yield [Styled(word, Look(size=11, bold=True)), what]
    yield []
    yield from section("This workbook (please leave as it is)")
    yield from identity_rows(info)
