"""Reading the rows of a returned table: what a row answers, and what keeps it from being believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from review.sheets.read import Grid, cell_text
from review.words import many, were

from .answers import decision_word, interpret, says_none
from .doubts import READ, Doubts, Say, short
from .table import Section, is_link, likely_decisions, read_key, read_keys

_LISTED = 5         # places named in an issue about many cells
_TALLY = 6          # filled cells that a row without a key may have and still be a tally or a remark


@dataclass(frozen=True)
class Answer:
    """What one row of a returned table says. Texts are as typed, without outer blanks.

    `key` is canonical, or "" where neither key cell can be read. `trouble` is the code of the issue that keeps
    the row from being counted, or "". `sheet` is the sheet that the row itself says it comes from. In a sheet of
    possible duplicates `key` and `duplicate_of` are the two keys of the pair.
    """

    key: str
    key_raw: str
    key_cell: str
    title: str
    row: int
    decision: str
    decision_cell: str
    reason: str = ""
    note: str = ""
    duplicate_of: str = ""
    retrieval: str = ""
    study: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)  # other columns, by header; "comment": cell comments
    retrieval_why: str = ""
    sheet: str = ""
    trouble: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)    # field -> its column, as an address begins ("'Two'!C")

    def cell(self, name: str) -> str:
        """The address of a field's cell; of the decision's where the table has no such column."""
        return f"{self.columns[name]}{self.row}" if name in self.columns else self.decision_cell

    @property
    def said(self) -> tuple[str, ...]:
        """Everything that the row answers."""
        return (self.decision, self.reason, self.note, self.duplicate_of, self.retrieval, self.retrieval_why,
                self.study)


def listed(cells: Sequence[str]) -> str:
    """The first few addresses and how many more there are."""
    more = f" and {len(cells) - _LISTED} more" if len(cells) > _LISTED else ""
    return ", ".join(cells[:_LISTED]) + more


@dataclass(frozen=True)
class _Key:
    """What the key cells of a row gave."""

    key: str
    cell: str
    trouble: str = ""
    message: str = ""


class TableReader:
    """Reads the rows of one sheet.

    `named` puts the sheet's name before addresses (where several hold tables). `origins` gives for the text of a
    row's column Sheet the sheet's id and the trouble that such rows have; under "" for rows that say nothing.
    """

    def __init__(self, grid: Grid, file: str, review: str, named: bool, origins: Mapping[str, tuple[str, str]],
                 say: Say) -> None:
        self.grid, self.review, self.origins, self.say = grid, review, origins, say
        self.where = f"{file}, sheet {grid.name}"
        self.doubts = Doubts(grid, named, say)
        self.place, self._text = self.doubts.place, self.doubts.text
        self.wanted: list[tuple[str, int]] = []     # the columns of a section that are read
        self.letters: dict[str, str] = {}           # these, as addresses begin
        self.answers: list[Answer] = []
        self.stray: list[str] = []
        self.repaired: list[str] = []       # key cells that were read from the last column instead
        self.single: set[int] = set()       # rows (from 1) in which one key only can be read, of two
        self.own: dict[str, str] = {}       # somebody's own columns that hold something: header -> its cell
        self.comments: list[str] = []

    def read(self, found: Sequence[Section]) -> list[Answer]:
        """The answers of all rows. Rows above the first header (sorted in among them) have its columns."""
        for number, section in enumerate(found):
            trouble = self._headers(section)
            self.wanted = [(name, section.columns[name]) for name in READ if name in section.columns]
            self.letters = {name: self.place(0, column)[:-1] for name, column in self.wanted}
            self.doubts.enter(section)
            for row in range(section.header if number else 0, section.end):
                values = self.grid.rows[row]
                if row != section.header and any(value not in ("", None) for value in values):
                    self._row(section, row, values, trouble)
        if any(answer.trouble == "keys-disagree" for answer in self.answers):
            self._doubt_single_keys()
        self._summary()
        return self.answers

    def _doubt_single_keys(self) -> None:
        """Where a table was sorted in part, a row with one key only may hold another row's decision."""
        for number, answer in enumerate(self.answers):
            if answer.row in self.single and not answer.trouble:
                self.say("keys-disagree", f"Row {answer.row} has only one of its two keys left, and the table was sorted "
                         "in part, so its decision may be another row's. The row was not read; undo the sorting.",
                         answer.key_cell, "error")
                self.answers[number] = replace(answer, trouble="keys-disagree")
        self.repaired.clear()

    def _headers(self, section: Section) -> str:
        """Say what is missing or double among the headers; gives the trouble that all rows have from it."""
        for name, columns in section.doubled.items():
            cells = ", ".join(self.place(section.header, c) for c in columns)
            if name in READ:
                self.say("header-twice", f"{self.where}: {cells} are all headed "
                         f"“{short(cell_text(self.grid.rows[section.header][columns[0]]))}”. Rows in which they differ "
                         "are not read; rename the columns that don't count.",
                         self.place(section.header, columns[0]), "warning")
        columns = likely_decisions(self.grid, section)
        likely = ", ".join(f"{self.place(section.header, column)} (“{section.own[column]}”)" for column in columns)
        if "decision" in section.columns or "decision" in section.doubled:
            if likely:
                self.say("like-decisions", f"{self.where}: {likely} looks like decisions but is not headed Decision, so it "
                         "decides nothing. If these are the decisions, swap the headers.",
                         self.place(section.header, columns[0]), "warning")
            return ""
        self.say("no-decision-column", f"{self.where}: no column is headed Decision, so no row was read. Write Decision "
                 f"over the column that holds the decisions{f'; {likely} looks like it' if likely else ''}.",
                 self.place(section.header, columns[0] if columns else 0), "error")
        return "no-decision-column"

    def _row(self, section: Section, number: int, row: Sequence[object], trouble: str) -> None:
        values, differ = self._values(section, number, row)
        key = self._key(section, number, values)
        decided = section.columns.get("decision", section.doubled.get("decision", [0])[0])
        if not key.key and not values.get("title"):
            self._nameless(number, row, values, key, self.place(number, decided))
            return
        if key.trouble:
            self.say(key.trouble, key.message, key.cell, "error")
        extra = {header: text for column, header in section.own.items()
                 if (text := self._text(row, number, column)) and not is_link(header, text)}
        for column, header in section.own.items():
            if header in extra:
                self.own.setdefault(header, self.place(section.header, column))
        if self.grid.comments:
            self._comments(number, extra)
        get = values.get
        sheet, foreign = self.origins.get(get("sheet", "")) or self.origins[""]
        trouble = key.trouble or trouble or foreign or differ or self.doubts.about(section, number, row, values)
        self.answers.append(Answer(
            key.key, get("key") or get("key_again", ""), key.cell, get("title", ""), number + 1, get("decision", ""),
            self.place(number, decided), get("reason", ""), get("note", ""), self._other(section, number, values),
            get("retrieval", ""), get("study", ""), extra, get("retrieval_why", ""), sheet, trouble,
            self.letters))

    def _values(self, section: Section, number: int, row: Sequence[object]) -> tuple[dict[str, str], str]:
        """The texts of the fields that are read; and a trouble where two columns of one name differ."""
        values = {}
        for name, column in self.wanted:
            value = row[column] if column < len(row) else ""
            values[name] = value.strip() if value and type(value) is str and "\r" not in value else self._text(
                row, number, column)
        trouble = ""
        for name, columns in section.doubled.items():
            found = list(dict.fromkeys(text for column in columns if (text := self._text(row, number, column))))
            values[name] = found[0] if len(found) == 1 else ""
            if len(found) > 1 and name in READ:
                trouble = "header-twice"
                cells = ", ".join(self.place(number, column) for column in columns)
                self.say(trouble, f"Row {number + 1} says {' and '.join(f'“{short(t)}”' for t in found)} in columns of one "
                         f"name ({cells}). The row was not read; clear what doesn't count.",
                         self.place(number, columns[-1]), "error")
        return values, trouble

    def _key(self, section: Section, number: int, values: Mapping[str, str]) -> _Key:
        """The key from the first column, or from the last where the first was changed."""
        first, again = values.get("key", ""), values.get("key_again", "")
        cell = self.place(number, section.columns.get("key", section.columns.get("key_again", 0)))
        if "key_b" in section.columns:
            pair = read_keys(again, self.review)
            again = pair[0] if pair else ""
        one = read_key(first, self.review)
        two = one if again == first else read_key(again, self.review)
        if one and two and one != two:
            return _Key("", cell, "keys-disagree",
                        f"Row {number + 1} has the key {one} in its first column and {two} in its last: the table was "
                        "sorted in part. The row was not read; undo the sorting, or take the decisions over into the "
                        "file that was sent out.")
        if one or two:
            if not (one and two) and "key" in section.columns and "key_again" in section.columns:
                self.single.add(number + 1)
            if first and not one:
                self.repaired.append(cell)
            return _Key(one or two, cell if one else self.place(number, section.columns["key_again"]))
        if not first and not again:
            return _Key("", cell, "no-key", f"Row {number + 1} has no key. The row was not read; copy the key from the "
                                            "file that was sent out.")
        strange = read_key(first) or read_key(again)
        what = (f"the key {strange} is none of this review" if strange
                else f"“{short(first or again)}” can't be read as a key")
        return _Key("", cell, "bad-key", f"Row {number + 1}: {what}. The row was not read; copy the key from the file "
                                         "that was sent out.")

    def _nameless(self, number: int, row: Sequence[object], values: Mapping[str, str], key: _Key,
                  decision_cell: str) -> None:
        """A row with neither key nor title: a tally or remark, or a decision that lost its row."""
        decision = values.get("decision", "")
        if decision and interpret(decision, "", (), "full-text").decision:
            self.say("no-key", f"“{short(decision)}” stands in a row without a title or readable key and was not read. "
                     "Put it in the row that it belongs to.", decision_cell, "error")
        elif (place := self._word_in(number, row)):
            self.say("no-key", f"Row {number + 1} holds a decision ({place}) and neither a key nor a title under their headers. "
                     "It was not read; see whether a column or the header row was moved.", place, "error")
        elif key.trouble == "keys-disagree" or read_key(values.get("key", "")):
            self.say(key.trouble, key.message, key.cell, "error")
        else:
            self.stray.append(self.place(number, next(c for c, v in enumerate(row) if v not in ("", None))))

    def _word_in(self, number: int, row: Sequence[object]) -> str:
        """The cell of a decision in a row that is as long as a report's; a tally is shorter."""
        filled = [(column, value) for column, value in enumerate(row) if value not in ("", None)]
        if len(filled) <= _TALLY:
            return ""
        return next((self.place(number, column) for column, value in filled if type(value) is str and decision_word(value)), "")

    def _other(self, section: Section, number: int, values: Mapping[str, str]) -> str:
        """The key of the other report, canonical where it can be read; else as typed, with an issue."""
        if "key_b" in section.columns:
            pair = read_keys(values.get("key_again", ""), self.review)
            return read_key(values.get("key_b", ""), self.review) or (pair[1] if len(pair) == 2 else "")
        raw = values.get("duplicate_of", "")
        if not raw or says_none(raw):
            return ""
        found = read_keys(raw, self.review)
        if len(found) == 1:
            return found[0]
        what = "several reports" if found else "no report of this review"
        self.say("bad-duplicate", f"“{short(raw)}” under Duplicate of names {what}. Type the key of one report there, "
                 "as it stands in the column Key.", self.place(number, section.columns.get("duplicate_of", 0)),
                 "error")
        return raw

    def _comments(self, number: int, extra: dict[str, str]) -> None:
        found = [(column, text) for (row, column), text in sorted(self.grid.comments.items()) if row == number + 1]
        if found:
            self.comments += [self.place(number, column - 1) for column, _ in found]
            extra["comment"] = " / ".join(text for _, text in found)

    def _summary(self) -> None:
        """One issue for each kind of harmless finding."""
        if self.repaired:
            self.say("key-repaired", f"{self.where}: {many(len(self.repaired), 'key')} in the first column "
                     f"{were(len(self.repaired))} changed and read from the last column instead "
                     f"({listed(self.repaired)}).", self.repaired[0], "info")
        if self.stray:
            self.say("stray", f"{self.where}: {many(len(self.stray), 'row')} without a key, taken for remarks or tallies "
                     f"and left out ({listed(self.stray)}).", self.stray[0], "info")
        if self.own:
            self.say("own-columns", f"{self.where}: columns of your own ({', '.join(sorted(self.own))}) are kept with "
                     "the answers but decide nothing.", min(self.own.values()), "info")
        if self.comments:
            self.say("comments", f"{self.where}: {many(len(self.comments), 'comment')} on cells, kept and deciding nothing "
                     f"({listed(self.comments)}). Type what matters under Note.", self.comments[0], "info")
        if self.doubts.formulas:
            self.say("formulas", f"{self.where}: {many(len(self.doubts.formulas), 'answer')} given by formulas, of which "
                     f"the saved results were read ({listed(self.doubts.formulas)}).", self.doubts.formulas[0], "warning")
