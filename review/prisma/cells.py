"""What stands in each box of the diagram: the counts become cells of a grid. No geometry here.

Rows and columns have names, so that the picture (`layout.py`) and the editable document (`flow_docx.py`)
draw the same flow. The grid follows the four templates of PRISMA 2020; boxes of our own hang off the line
between two official ones, as side boxes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from review.prisma.box import Box, Counts
from review.prisma.keys import LATE, OWN_SOURCES, PENDING, TWINS
from review.prisma.measure import NBSP
from review.prisma.wording import STUDIES, Words, cause_words, number, part
from review.query.schema_flow import LAYERS

Style = Literal["head", "head-grey", "phase", "box", "grey", "pending"]
Column = Literal["previous", "main", "side", "other", "other-side"]

# From top to bottom; rows without a cell vanish.
ROWS: tuple[str, ...] = (
    "head", "identify", "identify-pending", "screen", "screen-pending", "seek", "seek-pending", "assess", "beside",
    "include", "total",
)
COLUMNS: tuple[Column, ...] = ("previous", "main", "side", "other", "other-side")
PHASES: Mapping[str, tuple[str, str]] = {       # the blue bars: first and last row
    "identification": ("identify", "identify-pending"), "screening": ("screen", "beside"),
    "included": ("include", "total"),
}
MARKS = ("*", "†", "‡", "§", "¶", "**", "††", "‡‡", "§§", "¶¶")


@dataclass(frozen=True)
class Appearance:
    """How a flow is drawn: its words, colour or greys, and the optional layers that it shows.

    Layers: "sources" (counts per database, register, website), "title-abstract-reasons", and "automation" (the line
    for automation tools where it is 0).
    """

    words: Words = field(default_factory=lambda: STUDIES)
    colour: bool = True
    layers: Collection[str] = LAYERS


USUAL = Appearance()


@dataclass(frozen=True)
class Line:
    """A paragraph in a box: words, and the number `n` of the count `key` where it shows one.

    `text` is what stands in the box: "Databases (n = 650):".
    """

    text: str
    key: str = ""
    indent: int = 0
    bold: bool = False
    words: str = ""
    n: int | None = None


@dataclass(frozen=True)
class Cell:
    """A box at a place of the grid; `name` is its official name (box2, newstud) or one of ours."""

    name: str
    row: str
    column: Column
    lines: tuple[Line, ...]
    style: Style = "box"
    columns: int = 1


@dataclass(frozen=True)
class Chart:
    """The cells, and the words above (`banner`) and beneath (`footnotes`) them."""

    cells: tuple[Cell, ...]
    banner: tuple[str, ...]
    footnotes: tuple[str, ...]
    words: Words
    title: str

    def cell(self, name: str) -> Cell | None:
        """The cell of that name, where the flow has one."""
        return next((cell for cell in self.cells if cell.name == name), None)


class _Writer:
    """Writes lines for one set of counts and gathers the footnotes in the order of their marks."""

    def __init__(self, counts: Counts, appearance: Appearance) -> None:
        self.counts, self.words, self.layers = counts, appearance.words, appearance.layers
        self.footnotes: list[str] = []

    def box(self, key: str) -> Box | None:
        return self.counts.boxes.get(key)

    def counted(self, words: str, n: int, key: str, indent: int = 0, *, mark: str = "", end: str = "") -> Line:
        """'Records screened (n = 1,234)', the number held together."""
        value = self.words["number"].replace("{n}", number(self.words, n)).replace(" ", NBSP)
        return Line(f"{words}{mark} {value}{end}", key, indent, words=words, n=n)

    def plain(self, word: str, *, mark: str = "") -> Line:
        """Words over a list: 'Records identified from:'."""
        return Line(self.words[word] + mark + self.words["colon"], words=self.words[word])

    def mark(self, note: str) -> str:
        """The sign of a footnote, which is noted."""
        self.footnotes.append(note)
        return MARKS[(len(self.footnotes) - 1) % len(MARKS)]

    def line(self, key: str, word: str = "", *, indent: int = 0, mark: str = "", end: str = "") -> Line:
        """The count of a key under its own word or another."""
        return self.counted(self.words[word or key], self.counts.n(key), key, indent, mark=mark, end=end)

    def some(self, *keys: str, indent: int = 0) -> list[Line]:
        """Lines for those of the keys that hold something."""
        return [self.line(key, indent=indent) for key in keys if self.counts.n(key)]

    def with_parts(self, key: str, *, word: str = "", mark: str = "", indent: int = 0,
                   show: bool = True) -> list[Line]:
        """A line, and beneath it one for each part (a database, a reason), where they are wanted."""
        box = self.box(key)
        named = {label: ids for label, ids in box.parts.items() if label} if box else {}
        if not (show and named):
            return [self.line(key, word, mark=mark, indent=indent)]
        parts = [self.counted(part(self.words, label), len(ids), key, indent + 1) for label, ids in named.items()]
        return [self.line(key, word, mark=mark, indent=indent, end=self.words["colon"]), *parts]


def chart(counts: Counts, appearance: Appearance = USUAL) -> Chart:
    """The boxes of the template that fits, from the counts."""
    words = appearance.words
    write = _Writer(counts, appearance)
    cells = [*_heads(counts, words), *_identify(write), *_database_arm(write)]
    if counts.other:
        cells += _other_arm(write)
    cells += _included(write)
    footnotes = [f"{MARKS[i % len(MARKS)]} {note}" for i, note in enumerate(write.footnotes)]
    footnotes += [words[key].replace("{n}", number(words, n)) for key, n in counts.notes.items()]
    if counts.as_of:
        footnotes.append(words["as_of"].replace("{name}", counts.as_of))
    title = words["title"] + (f"{words['colon']} {counts.title}" if counts.title else "")
    return Chart(tuple(cells), _banner(counts, words), tuple(footnotes), words, title)


def _banner(counts: Counts, words: Words, most: int = 6) -> tuple[str, ...]:
    """What a draft says on its face; nothing on a final flow."""
    if counts.final:
        return ()
    told = [cause_words(words, c) for c in counts.causes] or list(counts.reasons)
    more = [words["draft_more"].replace("{n}", number(words, len(told) - most))] if len(told) > most else []
    return (words["draft"], *told[:most], *more)


def _heads(counts: Counts, words: Words) -> list[Cell]:
    """The coloured heads over the columns."""
    suffix = "_updated" if counts.updated else ""
    cells = []
    if counts.updated:
        head = (Line(words["head_previous"], bold=True),)
        cells.append(Cell("prevstud", "head", "previous", head, "head-grey"))
    head = (Line(words["head_databases" + suffix], bold=True),)
    cells.append(Cell("newstud", "head", "main", head, "head", columns=2))
    if counts.other:
        head = (Line(words["head_other" + suffix], bold=True),)
        cells.append(Cell("othstud", "head", "other", head, "head-grey", columns=2))
    return cells


def _identify(write: _Writer) -> list[Cell]:
    """Boxes 1, 2, 3 and 11: the first row."""
    counts, words = write.counts, write.words
    sources = "sources" in write.layers
    cells = []
    if counts.updated:
        lines = (write.line("previous_studies"), write.line("previous_reports"))
        cells.append(Cell("box1", "identify", "previous", lines, "grey"))
    mark = ""
    if counts.hits:
        hits = [words["note_hit"].replace("{name}", name).replace("{n}", number(words, n))
                for name, n in counts.hits.items()]
        mark = write.mark(words["note_hits"].replace("{name}", "; ".join(hits)))
    lines2 = [write.plain("identified_from", mark=mark)]
    for key in ("database_results", "register_results"):
        lines2 += write.with_parts(key, show=sources, indent=1)
    cells.append(Cell("box2", "identify", "main", tuple(lines2)))
    cells.append(Cell("box3", "identify", "side", tuple(_removed(write))))
    return cells


def _removed(write: _Writer) -> list[Line]:
    """Box 3, with what was found while screening and, in updates, what the previous version knew."""
    lines = [write.plain("removed_before"), write.line("duplicates", indent=1)]
    duplicates = write.box("duplicates")
    late = len(duplicates.parts.get(LATE, ())) if duplicates else 0
    if late:
        lines.append(write.counted(write.words["late_duplicates"], late, "duplicates", 2))
    if "automation" in write.layers or write.counts.n("excluded_automatic"):
        lines += write.with_parts("excluded_automatic", indent=1)
    return lines + write.with_parts("excluded_other", indent=1)


def _database_arm(write: _Writer) -> list[Cell]:
    """Boxes 4 to 9, with what hangs between them."""
    counts, words = write.counts, write.words
    mark = ""
    tools = counts.n("excluded_by_tools")
    if tools:
        people = number(words, counts.n("records_excluded") - tools)
        mark = write.mark(words["note_tools"].replace("{people}", people)
                          .replace("{tools}", number(words, tools)))
    box = write.box("records_excluded")
    several = box is not None and len(box.parts) > 1        # one part says no more than the total
    reasons = write.with_parts("records_excluded", mark=mark,
                               show=several and "title-abstract-reasons" in write.layers)
    cells = [
        Cell("box4", "screen", "main", (write.line("records_screened"),)),
        Cell("box5", "screen", "side", tuple(reasons)),
        Cell("box6", "seek", "main", (write.line("dbr_sought_reports"),)),
        Cell("box7", "seek", "side", (write.line("dbr_notretrieved_reports"),)),
        Cell("box8", "assess", "main", (write.line("dbr_assessed"),)),
        Cell("box9", "assess", "side", tuple(write.with_parts("dbr_excluded"))),
    ]
    return cells + _between(write, "side", {key: key for key in TWINS}, "")


def _other_arm(write: _Writer) -> list[Cell]:
    """Boxes 11 to 15, with what hangs between them."""
    words, counts = write.words, write.counts
    lines = [write.plain("identified_from")]
    for key in ("website_results", "organisation_results", "citations_results", *OWN_SOURCES):
        if key not in OWN_SOURCES or counts.n(key):
            lines += write.with_parts(key, show="sources" in write.layers, indent=1)
    cells = [Cell("box11", "identify", "other", tuple(lines), "grey")]
    already, dropped = counts.n("already_found"), counts.n("dropped_before_retrieval")
    if already or dropped:
        mark = write.mark(words["note_not_sought"].replace("{already}", number(words, already))
                          .replace("{dropped}", number(words, dropped)))
        side = [write.plain("not_sought", mark=mark)]
        for key in ("already_found", "dropped_before_retrieval"):
            if counts.n(key):
                side += write.with_parts(key, indent=1)
        cells.append(Cell("not-sought", "screen", "other-side", tuple(side), "grey"))
    cells += [
        Cell("box12", "seek", "other", (write.line("other_sought_reports", "dbr_sought_reports"),), "grey"),
        Cell("box13", "seek", "other-side",
             (write.line("other_notretrieved_reports", "dbr_notretrieved_reports"),), "grey"),
        Cell("box14", "assess", "other", (write.line("other_assessed", "dbr_assessed"),), "grey"),
        Cell("box15", "assess", "other-side", tuple(write.with_parts("other_excluded", word="dbr_excluded")),
             "grey"),
    ]
    return cells + _between(write, "other-side", TWINS, "other-")


def _between(write: _Writer, column: Column, names: Mapping[str, str], prefix: str) -> list[Cell]:
    """The side boxes of our own in one arm: what is pending (drafts), awaiting classification, ongoing."""
    rows = {"identify-pending": ("awaiting_dedup",), "screen-pending": PENDING[:2], "seek-pending": PENDING[2:],
            "beside": ("awaiting_classification", "ongoing")}
    cells = []
    for row, keys in rows.items():
        lines = [write.line(names[key], key) for key in keys if write.counts.n(names[key])]
        if lines:
            style: Style = "pending" if row != "beside" else "grey" if prefix else "box"
            cells.append(Cell(prefix + row, row, column, tuple(lines), style))
    return cells


def _included(write: _Writer) -> list[Cell]:
    """Boxes 10 and 16."""
    counts = write.counts
    suffix = "_updated" if counts.updated else ""
    mark = ""
    if counts.n("new_studies") > counts.n("new_reports"):
        mark = write.mark(write.words["note_more_studies"])
    lines = [write.line("new_studies", "new_studies" + suffix, mark=mark),
             write.line("new_reports", "new_reports" + suffix), *write.some("further_reports")]
    cells = [Cell("box10", "include", "main", tuple(lines))]
    if counts.updated:
        lines = [write.line("total_studies"), write.line("total_reports")]
        cells.append(Cell("box16", "total", "main", tuple(lines), "grey"))
    return cells
