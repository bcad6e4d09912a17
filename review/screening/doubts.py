"""What keeps a row's answer from being believed: merged and struck-out cells, formulas without a result, decisions that
contradict each other or stand where none belongs. Each is told with its cell; none is resolved by a guess."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from review.sheets.read import Grid, cell_text
from review.sheets.text import address

from .answers import decision_word, interpret
from .columns import TYPED, is_ours
from .table import Section, covered_cells, likely_decisions

_LONGEST = 60       # characters of a cell that may be a decision and nothing else
READ = ("key", "key_again", "key_b", "title", "sheet", *sorted(TYPED))      # the fields that are read

# Tells an issue: (code, message, cell, severity).
Say = Callable[[str, str, str, str], None]


def short(text: str) -> str:
    """A cell's text for a message."""
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."


class Doubts:
    """Doubts the rows of one sheet. `named` puts the sheet's name before addresses (where several hold tables)."""

    def __init__(self, grid: Grid, named: bool, say: Say) -> None:
        self.grid, self.named, self.say = grid, named, say
        self.covered = covered_cells(grid)
        self.unasked: list[int] = []        # the columns in which no decision belongs
        self.votes: list[int] = []          # the columns that show the reviewers' words, in a sheet of conflicts
        self.formulas: list[str] = []       # cells whose saved result was read

    def place(self, row: int, column: int) -> str:
        """The address of a cell; row and column from 0."""
        cell = address(row + 1, column + 1)
        return f"'{self.grid.name}'!{cell}" if self.named else cell

    def text(self, row: Sequence[object], number: int, column: int) -> str:
        """A cell's text; an error value as a spreadsheet shows it ("#N/A")."""
        value = row[column] if column < len(row) else ""
        if value == "" or value is None:
            return self.grid.errors.get((number + 1, column + 1), "") if self.grid.errors else ""
        return value.strip() if type(value) is str and "\r" not in value else cell_text(value).strip()

    def enter(self, section: Section) -> None:
        """A table begins."""
        self.unasked = self._unasked(section)
        header = self.grid.rows[section.header]
        self.votes = [column for column, value in enumerate(header) if is_ours(cell_text(value))]

    def about(self, section: Section, number: int, row: Sequence[object], values: Mapping[str, str]) -> str:
        """The code of the first trouble with a row (which is told), or ""."""
        decision = values.get("decision", "")
        return (self._untrusted(section, number, values) or self._rival(section, number, row, decision)
                or self._misplaced(section, number, row, decision))

    def _unasked(self, section: Section) -> list[int]:
        """The columns in which a decision word is a slip: not those for answers, nor those that hold decisions rightly
        (earlier ones, the reviewers' in a sheet of conflicts), nor a column of decisions of somebody's own; a title may be
        any word, and is held against the one that was sent out."""
        apart = {section.columns.get(name, -1) for name in ("decision", "reason", "duplicate_of", "hint", "title")}
        apart |= {column for name, columns in section.doubled.items() if name in READ for column in columns}
        apart |= {*likely_decisions(self.grid, section), *section.rivals}
        header = self.grid.rows[section.header]
        return [column for column, value in enumerate(header) if column not in apart and not is_ours(cell_text(value))]

    def _untrusted(self, section: Section, number: int, values: Mapping[str, str]) -> str:
        """A merged cell, a word that is struck out, a formula without its result."""
        if not self.covered and not self.grid.formulas and not self.grid.struck:
            return ""
        for name in sorted(TYPED & section.columns.keys()):
            place = (number + 1, section.columns[name] + 1)
            cell = self.place(number, section.columns[name])
            if place in self.covered and name == "decision":
                self.say("merged", f"{cell} is merged with other cells ({self.covered[place]}), so its own decision "
                         "can't be known. Unmerge them and give each row its decision.", cell, "error")
                return "merged"
            if place in self.grid.struck and values.get(name) and name not in ("note", "retrieval_why"):
                self.say("struck-out", f"“{short(values[name])}” in {cell} is struck out, in whole or in part. The row was not "
                         "read; delete what doesn't count, or take the line away.", cell, "error")
                return "struck-out"
            if place in self.grid.formulas:
                if place in self.grid.no_value:
                    self.say("formula-without-value", f"{cell} holds a formula that was saved without its result. "
                             "Replace it by the word itself.", cell, "error")
                    return "formula-without-value"
                self.formulas.append(cell)
        return ""

    def _rival(self, section: Section, number: int, row: Sequence[object], decision: str) -> str:
        """Where a column of another name for decisions says something else in this row."""
        said = interpret(decision, "", (), "full-text").decision if section.rivals else ""
        for column in section.rivals if said else ():
            other = self.text(row, number, column)
            if interpret(other, "", (), "full-text").decision not in ("", said):
                self.say("decisions-disagree", f"Row {number + 1} says “{short(decision)}” in one column of decisions and "
                         f"“{short(other)}” in another. The row was not read; clear the word that doesn't count.",
                         self.place(number, column), "error")
                return "decisions-disagree"
        return ""

    def _misplaced(self, section: Section, number: int, row: Sequence[object], decision: str) -> str:
        """Where the row is blank under Decision and holds a decision in a cell where none belongs; or where its note is
        the opposite decision, and nothing else."""
        pairs = "key_b" in section.columns
        if decision:
            column = section.columns.get("note", -1)
            other = decision_word(self.text(row, number, column), pairs) if 0 <= column < len(row) else ""
            said = interpret(decision, "", (), "duplicates" if pairs else "full-text").decision if other else ""
            if {said, other} not in ({"include", "exclude"}, {"same", "different"}):
                return ""
            self.say("decisions-disagree", f"Row {number + 1} says “{short(decision)}” under Decision and “{other}” under Note. "
                     "The row was not read; clear the word that doesn't count.", self.place(number, column), "error")
            return "decisions-disagree"
        for column in self.unasked:
            value = row[column] if column < len(row) else ""
            if type(value) is not str or len(value) > _LONGEST:
                continue
            # a note may have a remark too ("excl - wrong population")
            note = column == section.columns.get("note") and interpret(value, "", (), "full-text").decision
            if note or decision_word(value, pairs):
                cell = self.place(number, column)
                self.say("misplaced", f"“{short(value)}” stands in {cell}, and Decision is blank in this row. The row was not "
                         "read; put the word under Decision, if it is the decision.", cell, "error")
                return "misplaced"
        return self._settled_elsewhere(number, row)

    def _settled_elsewhere(self, number: int, row: Sequence[object]) -> str:
        """Where the reviewers' columns of a conflict agree, and Decision is blank: somebody wrote over their words."""
        words = [text for column in self.votes if (text := self.text(row, number, column))]
        said = {text.partition("\n")[0].partition(" (")[0] for text in words}
        if len(words) < 2 or len(said) > 1 or said == {"exclude"} and len(set(words)) > 1:
            return ""
        cell = self.place(number, self.votes[0])
        self.say("misplaced", f"Row {number + 1}: the reviewers' columns say the same ({', '.join(said)}), though the row went "
                 "out as a conflict, and Decision is blank. The row was not read; type the verdict under Decision.", cell,
                 "error")
        return "misplaced"
