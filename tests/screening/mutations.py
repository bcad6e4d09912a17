"""What people and programs do to a workbook. Each function changes an opened workbook as a person would.

`SAFE` mutations leave every decision readable; `HARMFUL` ones spoil some, which must then be listed.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

Mutation = Callable[[Any], None]
SAFE: dict[str, Mutation] = {}
HARMFUL: dict[str, Mutation] = {}


def _keep(table: dict[str, Mutation]) -> Callable[[Mutation], Mutation]:
    def register(function: Mutation) -> Mutation:
        table[function.__name__] = function
        return function
    return register


safe, harmful = _keep(SAFE), _keep(HARMFUL)


def table(book: Any) -> Any:
    """The sheet that holds the table: the first with a Key or Decision header."""
    for page in book.worksheets:
        for row in page.iter_rows(max_row=30, values_only=True):
            if "Title" in row or "Decision" in row:
                return page
    return book["Screening"] if "Screening" in book else book.worksheets[0]


def header(page: Any) -> int:
    """The number of the first header row."""
    for number, row in enumerate(page.iter_rows(max_row=40, values_only=True), 1):
        if "Title" in row:
            return number
    return 1


def column(page: Any, name: str) -> int:
    """The number of a column by its header; 0 if there is none."""
    for cell in page[header(page)]:
        if cell.value == name:
            return int(cell.column)
    return 0


def _values(page: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in page.iter_rows(min_row=header(page) + 1)]


def _put(page: Any, values: Sequence[Sequence[Any]], columns: Sequence[int] | None = None) -> None:
    for number, row in enumerate(values, header(page) + 1):
        for index, value in enumerate(row, 1):
            if columns is None or index in columns:
                cell = page.cell(number, index)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"


def _sort(page: Any, by: str, columns: Sequence[int] | None = None, reverse: bool = False) -> None:
    """Sort the rows (or some columns of them only) by a column.

    Decisions that are sorted apart from every key and title are just other decisions: nobody can tell. (Excel warns
    before it does that.)
    """
    tells = {column(page, name) for name in ("Key", "Key (again)", "Title")} - {0}
    moved = set(columns or ())
    if moved and not (tells & moved if column(page, "Decision") in moved else tells - moved):
        return
    place = column(page, by) or 1
    before = _values(page)
    _put(page, sorted(before, key=lambda row: str(row[place - 1] or "~"), reverse=reverse), columns)


@safe
def nothing(book: Any) -> None:
    """Saved as it is."""


@safe
def sorted_by_title(book: Any) -> None:
    """The whole table sorted."""
    _sort(table(book), "Title")


@safe
def sorted_by_decision(book: Any) -> None:
    """The whole table sorted by what was decided."""
    _sort(table(book), "Decision", reverse=True)


@safe
def shuffled(book: Any) -> None:
    """Rows in random order."""
    page = table(book)
    values = _values(page)
    random.Random(7).shuffle(values)
    _put(page, values)


@safe
def filtered_and_hidden(book: Any) -> None:
    """Rows hidden by a filter."""
    page = table(book)
    for number in range(header(page) + 1, header(page) + 8):
        page.row_dimensions[number].hidden = True
    page.auto_filter.ref = page.dimensions
    page.auto_filter.add_filter_column(1, ["maybe"])


@safe
def hidden_columns(book: Any) -> None:
    """Columns hidden, the key among them."""
    page = table(book)
    for letter in ("A", "F", "G"):
        page.column_dimensions[letter].hidden = True


@safe
def column_inserted_first(book: Any) -> None:
    """A column of one's own before all others."""
    page = table(book)
    page.insert_cols(1)
    page.cell(header(page), 1).value = "Seen by"
    page.cell(header(page) + 1, 1).value = "CD"


@safe
def column_inserted_inside(book: Any) -> None:
    """A column of one's own in the middle."""
    page = table(book)
    page.insert_cols(3)
    page.cell(header(page), 3).value = "Ask the others?"
    page.cell(header(page) + 2, 3).value = "yes"


@safe
def empty_columns_inserted(book: Any) -> None:
    """Two empty columns."""
    table(book).insert_cols(2, 2)


@safe
def columns_reversed(book: Any) -> None:
    """Columns moved."""
    page = table(book)
    for row in page.iter_rows():
        for cell, value in zip(row, [c.value for c in row][::-1], strict=True):
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"


def _rename(old: str, new: str) -> Mutation:
    def rename(book: Any) -> None:
        page = table(book)
        place = column(page, old)
        if place:
            page.cell(header(page), place).value = new
    rename.__name__ = f"renamed_{old}_{new}".replace(" ", "_")
    return rename


for _old, _new in (("Decision", "DECISION:"), ("Decision", "decisions"), ("Decision", "My decision"),
                   ("Decision", "Verdict"), ("Decision", "决定"), ("Decision", " decision "), ("Decision", "Ｄecision"),
                   ("Key", "ID"), ("Key", "report key"), ("Key", "编号"), ("Title", "标题"), ("Title", "Article title"),
                   ("Reason", "Exclusion reason"), ("Note", "Comments"), ("Key (again)", "Key again"),
                   ("Key", "Anything"), ("Key (again)", "Anything")):
    safe(_rename(_old, _new))


@safe
def first_key_column_deleted(book: Any) -> None:
    """The first column deleted; the last one still has the keys."""
    page = table(book)
    if column(page, "Key"):
        page.delete_cols(column(page, "Key"))


@safe
def last_key_column_deleted(book: Any) -> None:
    """The last column deleted."""
    page = table(book)
    if column(page, "Key (again)"):
        page.delete_cols(column(page, "Key (again)"))


@safe
def other_columns_deleted(book: Any) -> None:
    """Authors, abstract and the like deleted."""
    page = table(book)
    for name in ("Abstract", "Authors", "Source", "Found by", "DOI", "Language", "Sheet"):
        if column(page, name):
            page.delete_cols(column(page, name))


@safe
def tally_beside(book: Any) -> None:
    """Counts typed beside the table."""
    page = table(book)
    for number, (label, value) in enumerate((("Included", 5), ("Excluded", 4), ("include", 3)), header(page) + 3):
        page.cell(number, page.max_column + 2 if number == header(page) + 3 else page.max_column - 1).value = label
        page.cell(number, page.max_column + 1 if number == header(page) + 3 else page.max_column).value = value


@safe
def tally_below(book: Any) -> None:
    """Counts typed below the table, with the labels where the keys stand."""
    page = table(book)
    last = page.max_row
    page.cell(last + 2, 1).value = "Total"
    page.cell(last + 2, 2).value = 16
    page.cell(last + 3, 1).value = "included so far"
    page.cell(last + 3, 2).value = "=COUNTA(B2:B17)"
    page.cell(last + 4, 5).value = "done by Friday!"


@safe
def lines_above(book: Any) -> None:
    """A heading of one's own above the header row."""
    page = table(book)
    page.insert_rows(1, 3)
    page.cell(1, 1).value = "Screening for our review"
    page.cell(2, 2).value = "AB, first half"


@safe
def blank_rows_between(book: Any) -> None:
    """Blank rows between the rows."""
    page = table(book)
    page.insert_rows(header(page) + 4, 2)


@safe
def header_among_the_rows(book: Any) -> None:
    """The header sorted in among the rows."""
    page = table(book)
    values = [[cell.value for cell in row] for row in page.iter_rows(min_row=header(page))]
    values = [*values[1:6], values[0], *values[6:]]
    for number, row in enumerate(values, header(page)):
        for index, value in enumerate(row, 1):
            page.cell(number, index).value = value
            if isinstance(value, str):
                page.cell(number, index).data_type = "s"


@safe
def header_repeated(book: Any) -> None:
    """The header row pasted again half-way."""
    page = table(book)
    top = header(page)
    labels = [cell.value for cell in page[top]]
    page.insert_rows(top + 6)
    for index, label in enumerate(labels, 1):
        page.cell(top + 6, index).value = label


@safe
def sheet_renamed_and_moved(book: Any) -> None:
    """The sheet renamed and put first."""
    page = table(book)
    page.title = "Übersicht 筛选"
    book.move_sheet(page, -5)


@safe
def other_sheets_deleted(book: Any) -> None:
    """Only the table left."""
    page = table(book)
    for other in list(book.worksheets):
        if other is not page:
            del book[other.title]


@safe
def sheets_added(book: Any) -> None:
    """A sheet with somebody's own notes and a chart's numbers."""
    page = book.create_sheet("my notes", 0)
    page.append(["Title", "what I think"])
    page.append(["Methods", "ask EF"])
    page.append(["include", 12])


@safe
def sheet_copied(book: Any) -> None:
    """A copy of the sheet as a backup, and nothing changed since."""
    page = table(book)
    copied = book.copy_worksheet(page)
    for row in copied.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"


@safe
def properties_removed(book: Any) -> None:
    """Document properties stripped (a privacy tool, another program)."""
    for name in list(book.custom_doc_props.names):
        del book.custom_doc_props[name]


@safe
def coloured(book: Any) -> None:
    """Rows coloured, a thousand blank ones below too."""
    page = table(book)
    fill = PatternFill("solid", fgColor="FFFF00")
    for number in range(header(page) + 1, header(page) + 1200):
        page.cell(number, 2).fill = copy(fill)


@safe
def commented(book: Any) -> None:
    """Comments on cells."""
    page = table(book)
    page.cell(header(page) + 1, 2).comment = Comment("exclude? ask CD", "AB")
    page.cell(header(page) + 2, 6).comment = Comment("nice title", "AB")


@safe
def titles_merged_across(book: Any) -> None:
    """A merged heading above the table."""
    page = table(book)
    page.insert_rows(1)
    page.cell(1, 1).value = "OUR REVIEW"
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=6)


@safe
def rows_doubled_alike(book: Any) -> None:
    """Two rows copied to the end of the table."""
    page = table(book)
    values = _values(page)
    _put(page, [*values, *values[:2]])


@safe
def keys_in_small_letters(book: Any) -> None:
    """Keys retyped: small letters, full-width, blanks, another dash."""
    page = table(book)
    place = column(page, "Key") or 1
    for number in range(header(page) + 1, page.max_row + 1):
        cell = page.cell(number, place)
        if isinstance(cell.value, str) and cell.value.startswith("R0"):
            cell.value = (cell.value.lower(), f" {cell.value} ", cell.value.replace("-", "–"),
                          cell.value.replace("R", "Ｒ"))[number % 4]


@safe
def first_keys_eaten(book: Any) -> None:
    """The first column's keys turned into numbers, dates, errors; the last column has them still."""
    page = table(book)
    place, again = column(page, "Key"), column(page, "Key (again)")
    if place and again:
        eaten: tuple[Any, ...] = (1e5, 12, datetime.date(2020, 1, 5), "#REF!", None, "1.00E+05")
        for index, value in enumerate(eaten):
            page.cell(header(page) + 1 + index, place).value = value


@safe
def dressed_decisions(book: Any) -> None:
    """Blanks, no-break blanks and zero-width characters round the words."""
    page = table(book)
    place = column(page, "Decision")
    for number in range(header(page) + 1, page.max_row + 1) if place else ():
        cell = page.cell(number, place)
        if isinstance(cell.value, str) and cell.value in ("include", "exclude", "maybe"):
            cell.value = f"\u00a0{cell.value} \u200b \n"


@safe
def decision_column_added(book: Any) -> None:
    """A column "Verdict" of one's own beside Decision."""
    page = table(book)
    last = page.max_column + 1
    page.cell(header(page), last).value = "Verdict"
    page.cell(header(page) + 1, last).value = "boring"


@safe
def extra_decisions_by_another(book: Any) -> None:
    """Another reviewer's decisions pasted beside, under a header with their code."""
    page = table(book)
    last = page.max_column + 1
    page.cell(header(page), last).value = "CD decision"
    for number in range(header(page) + 1, header(page) + 9):
        page.cell(number, last).value = "exclude"


@safe
def cells_far_away(book: Any) -> None:
    """A stray mark very far below and beside."""
    page = table(book)
    page["XFD1048576"] = "x"


@harmful
def decision_header_unknown(book: Any) -> None:
    """The header of the decisions replaced by a word that nobody knows."""
    _rename("Decision", "Vote of the day")(book)


@harmful
def header_row_deleted(book: Any) -> None:
    """The header row deleted."""
    page = table(book)
    page.delete_rows(header(page))


@harmful
def both_key_columns_deleted(book: Any) -> None:
    """No key left at all."""
    first_key_column_deleted(book)
    last_key_column_deleted(book)


@harmful
def keys_sorted_alone(book: Any) -> None:
    """Only the first column sorted."""
    page = table(book)
    _sort(page, "Title", [column(page, "Key") or 1])


@harmful
def keys_and_decisions_sorted(book: Any) -> None:
    """The first five columns sorted, the rest left."""
    page = table(book)
    _sort(page, "Decision", range(1, 6))


@harmful
def titles_sorted_alone(book: Any) -> None:
    """Only the column of titles sorted."""
    page = table(book)
    _sort(page, "Title", [column(page, "Title")])


@harmful
def rest_sorted(book: Any) -> None:
    """All columns but the first five sorted."""
    page = table(book)
    _sort(page, "Title", range(6, page.max_column + 1))


@harmful
def decisions_merged(book: Any) -> None:
    """One decision over three rows."""
    page = table(book)
    place = column(page, "Decision") or 2
    top = header(page) + 1
    page.merge_cells(start_row=top, start_column=place, end_row=top + 2, end_column=place)


@harmful
def keys_eaten_everywhere(book: Any) -> None:
    """Keys gone from both columns in three rows."""
    page = table(book)
    for name in ("Key", "Key (again)"):
        for index, value in enumerate((1e5, datetime.date(2020, 1, 5), "R00")):
            if column(page, name):
                page.cell(header(page) + 1 + index, column(page, name)).value = value


@harmful
def keys_of_another_review(book: Any) -> None:
    """Keys whose check characters are not this review's."""
    page = table(book)
    for name in ("Key", "Key (again)"):
        if column(page, name):
            for number in (1, 2):
                page.cell(header(page) + number, column(page, name)).value = f"R00000{number}-zz"


@harmful
def rows_doubled_with_another_word(book: Any) -> None:
    """Two rows copied to the end, with another decision."""
    page = table(book)
    values = _values(page)
    place = column(page, "Decision") or 2
    doubled = [list(row) for row in values[:2]]
    for row in doubled:
        row[place - 1] = "maybe, on reflection"
    _put(page, [*values, *doubled])


@harmful
def two_decision_columns(book: Any) -> None:
    """Two columns headed Decision that differ in a row."""
    page = table(book)
    last = page.max_column + 1
    page.cell(header(page), last).value = "Decision"
    page.cell(header(page) + 1, last).value = "exclude"


@harmful
def sheet_copied_and_gone_on(book: Any) -> None:
    """A copy of the sheet as a backup, and three decisions changed since."""
    sheet_copied(book)
    page = table(book)
    place = column(page, "Decision") or 2
    for index, word in enumerate(("exclude", "include", "exclude")):
        page.cell(header(page) + 1 + index, place).value = word


@harmful
def formulas_for_decisions(book: Any) -> None:
    """Decisions made by formulas, saved without their results."""
    page = table(book)
    place = column(page, "Decision") or 2
    page.cell(header(page) + 1, place).value = '=IF(1=1,"include","exclude")'


@harmful
def errors_for_decisions(book: Any) -> None:
    """Error values instead of decisions."""
    page = table(book)
    cell = page.cell(header(page) + 1, column(page, "Decision") or 2)
    cell.value, cell.data_type = "#N/A", "e"


@harmful
def words_that_say_nothing(book: Any) -> None:
    """Decisions that can't be read."""
    page = table(book)
    words: tuple[Any, ...] = (1, True, "include?", "yes/no", "x", datetime.date(2024, 1, 2), "in or out", 0.5)
    for index, word in enumerate(words):
        page.cell(header(page) + 1 + index, column(page, "Decision") or 2).value = word


@harmful
def rows_of_another_reviewer(book: Any) -> None:
    """Rows pasted over from another reviewer's sheet, with that sheet's mark."""
    page = table(book)
    place = column(page, "Sheet")
    for number in (1, 2) if place else ():
        cell = page.cell(header(page) + number, place)
        cell.value = str(cell.value).replace("| AB |", "| CD |").replace("TA-AB", "TA-CD")


@harmful
def decisions_in_strange_rows(book: Any) -> None:
    """A decision typed below the table, in no row."""
    page = table(book)
    page.cell(page.max_row + 3, column(page, "Decision") or 2).value = "include"


@safe
def headers_in_german(book: Any) -> None:
    """Headers translated."""
    page = table(book)
    words = {"Key": "Schlüssel", "Decision": "Entscheidung", "Reason": "Grund", "Note": "Bemerkung",
             "Key (again)": "Schlüssel (nochmals)", "Year": "Jahr"}
    for cell in page[header(page)]:
        cell.value = words.get(cell.value, cell.value)


@safe
def note_struck_out(book: Any) -> None:
    """A remark that was dealt with."""
    page = table(book)
    if not column(page, "Note"):
        return
    cell = page.cell(header(page) + 1, column(page, "Note"))
    cell.value, cell.font = "look at the methods", Font(strike=True)


@harmful
def decisions_struck_out(book: Any) -> None:
    """A line through a word takes it back, or does it?"""
    page = table(book)
    for number in range(header(page) + 1, header(page) + 4) if column(page, "Decision") else ():
        page.cell(number, column(page, "Decision")).font = Font(strike=True)


@harmful
def decision_half_struck_out(book: Any) -> None:
    """One word struck out, another behind it."""
    page = table(book)
    if column(page, "Decision"):
        page.cell(header(page) + 1, column(page, "Decision")).value = CellRichText(
            TextBlock(InlineFont(strike=True), "include"), " exclude")


@harmful
def decisions_in_the_column_of_notes(book: Any) -> None:
    """The words typed one column further on."""
    page = table(book)
    for number in range(header(page) + 1, header(page) + 4) if column(page, "Decision") and column(page, "Note") else ():
        cell = page.cell(number, column(page, "Decision"))
        if cell.value in ("include", "exclude", "maybe", "Y", "excl - wrong pop"):
            page.cell(number, column(page, "Note")).value, cell.value = cell.value, None


@harmful
def note_says_the_opposite(book: Any) -> None:
    """Include under Decision, exclude under Note."""
    page = table(book)
    if column(page, "Note"):
        page.cell(header(page) + 1, column(page, "Note")).value = "Exclude"


@harmful
def header_row_shifted(book: Any) -> None:
    """The header row moved one cell to the right, and the last keys gone: no cell stands under its header."""
    page = table(book)
    top = header(page)
    names = [cell.value for cell in page[top]]
    for number, name in enumerate(["", *names], 1):
        page.cell(top, number).value = name
