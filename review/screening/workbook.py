"""What a screening workbook looks like: a first sheet to read, the table to work in, lists for the drop-downs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePath
from urllib.parse import quote

from review.sheets.book import (
    Book,
    Choices,
    Column,
    Content,
    Linked,
    Look,
    Marked,
    Sheet,
    Tint,
)
from review.sheets.marking import Marker, differences, marker
from review.sheets.text import column_letter, lines_needed

from .columns import (
    BY_NAME,
    DECISION_CHOICES,
    LAYOUTS,
    LINK_HEADERS,
    LINK_WIDTH,
    OPTIONAL,
    RETRIEVAL_CHOICES,
    TYPED,
)
from .readme import identity, identity_line, readme_sheet
from .sheet_info import PairRow, SheetInfo, SheetRow

_LINE = "E4E7EB"
HEADER = Look(bold=True, colour="FFFFFF", fill="334E68", middle=True)
HEADER_TYPED = Look(bold=True, colour="FFFFFF", fill="0B6E4F", middle=True)
_PLAIN = Look(line=_LINE)
_LINK = Look(colour="1155CC", underline=True, line=_LINE)
FAINT = Look(size=8, colour="9AA5B1", wrap=False, line=_LINE)
HEADER_FAINT = Look(size=8, colour="9AA5B1", fill="334E68", middle=True, wrap=False)
KEY = Look(size=9, colour="52606D", line=_LINE)
_LOOKS = {
    "key": KEY, "key_b": KEY, "links": _LINK, "pdf": _LINK, "sheet": FAINT, "key_again": FAINT,
    "title": Look(size=11, colour="102A43", line=_LINE), "flags": Look(bold=True, colour="B00020", line=_LINE),
    "hint": Look(italic=True, colour="52606D", line=_LINE),
    "decision": Look(size=11, bold=True, fill="F3F8F5", line="D5E3DB"),
}
TYPED_LOOK = Look(fill="F3F8F5", line="D5E3DB")
_GREEN, _RED, _AMBER, _BLUE = ("CDEBD3", "14532D"), ("F3D3D3", "7F1D1D"), ("FFE8B3", "6B4300"), ("D6E4F5", "1E3A5F")
_COLOURS = {"include": _GREEN, "exclude": _RED, "maybe": _AMBER, "awaiting classification": _BLUE,
            "ongoing": _BLUE, "same": _GREEN, "different": _RED, "unsure": _AMBER}
_TEXT_MARKS = {"snippet": "[search engine's snippet, not an abstract] ", "summary": "[summary, not an abstract] "}
# At full text the abstract only reminds; where titles and abstracts are read, a row is as high as Excel lets it be
# (409 points).
_MOST_LINES = {"title-abstract": 31, "conflicts": 31, "duplicates": 31, "full-text": 12}
_FREEZE = {"title-abstract": "C2", "full-text": "B2", "conflicts": "C2", "duplicates": "D2"}

_Maker = Callable[[SheetRow], Content]


def write_workbook(info: SheetInfo, rows: Sequence[SheetRow], path: Path) -> None:
    """Write a screening or conflicts workbook as a new .xlsx file.

    The same arguments give the same bytes. Raises ReviewError if the file exists or the disk doesn't take it.
    """
    columns = columns_of(info, rows)
    table = (tuple(make(row) for _, _, make in columns) for row in rows)
    _write(info, [(name, header) for name, header, _ in columns], table, len(rows), path)


def write_pairs(info: SheetInfo, pairs: Sequence[PairRow], path: Path) -> None:
    """Write a workbook of possible duplicates: a row a pair, both texts one above the other, differences marked.

    One row, so that sorting can't part a pair. Raises ReviewError as `write_workbook` does.
    """
    labels = _link_labels([row for pair in pairs for row in (pair.a, pair.b)])
    names: list[tuple[str, str]] = []
    for name in LAYOUTS["duplicates"]:
        if name == "links":
            names += [("links", f"{label} {side}") for side in "AB" for label in labels]
        else:
            names.append((name, {"key": "Key A", "key_again": "Keys (again)"}.get(name, BY_NAME[name].header)))
    table = (_pair_contents(info, pair, labels) for pair in pairs)
    _write(info, names, table, len(pairs), path)


def _write(info: SheetInfo, names: list[tuple[str, str]], table: Iterator[tuple[Content, ...]], count: int,
           path: Path) -> None:
    """The three sheets: to read, to work in, the lists."""
    from review.sheets.write import write_book

    place = next(number for number, (name, _) in enumerate(names, 1) if name == "decision")
    words = DECISION_CHOICES[info.answer_stage]
    screening = Sheet("Screening", [_column(name, header) for name, header in names], table,
                      freeze=_FREEZE[info.stage], filter=True, choices=_choices(info, [name for name, _ in names]),
                      tints=_tints(names, place, words), most_lines=_MOST_LINES[info.stage], least_lines=_least_lines(info),
                      tab="0B6E4F")
    sheets = [readme_sheet(info, count, column_letter(place), words), screening, _lists(info)]
    properties = {f"review.{label.lower()}": value for label, value in identity(info)}
    write_book(Book(sheets, title=f"{info.title} ({info.sheet})", subject=info.question, creator="review",
                    properties=properties), path)


def _least_lines(info: SheetInfo) -> int:
    """Room for the longest reason, should it be chosen: a row doesn't grow by itself."""
    labels = _reason_labels(info) if info.stage != "duplicates" else ()
    return max(2, min(5, max((lines_needed(label, BY_NAME["reason"].width) for label in labels), default=2)))


def _column(name: str, header: str) -> Column:
    """A column's header, width and looks; those that are typed in have a green header."""
    known = BY_NAME.get(name)
    width = known.width if known else LINK_WIDTH if name == "links" else 24.0
    look = _LOOKS.get(name, TYPED_LOOK if name in TYPED else _PLAIN)
    return Column(header, width, look, HEADER_TYPED if name in TYPED else HEADER_FAINT if look is FAINT else HEADER)


def _lists(info: SheetInfo) -> Sheet:
    """The ranges behind the drop-downs. A range, since a list in the rule itself may hold 255 characters only."""
    lists = [("Decisions", DECISION_CHOICES[info.answer_stage]), ("Reasons", _reason_labels(info)),
             ("Retrieved", RETRIEVAL_CHOICES), ("Studies", info.studies)]
    longest = max(len(words) for _, words in lists)
    rows = [[words[i] if i < len(words) else None for _, words in lists] for i in range(longest)]
    return Sheet("Lists", [Column(header, 30) for header, _ in lists], rows, hidden=True)


def _reason_labels(info: SheetInfo) -> tuple[str, ...]:
    """The reasons as the drop-down offers them: labels, or codes where a label stands twice or is missing."""
    labels = [label for _, label in info.reasons]
    return tuple(label if label and labels.count(label) == 1 else code for code, label in info.reasons)


def _choices(info: SheetInfo, names: Sequence[str]) -> list[Choices]:
    """A drop-down for each column that has a list."""
    lists = {"decision": ("A", len(DECISION_CHOICES[info.answer_stage])), "reason": ("B", len(info.reasons)),
             "retrieval": ("C", len(RETRIEVAL_CHOICES)), "study": ("D", len(info.studies))}
    return [Choices(number, f"Lists!${lists[name][0]}$2:${lists[name][0]}${lists[name][1] + 1}")
            for number, name in enumerate(names, 1) if name in lists and lists[name][1]]


def _tints(names: Sequence[tuple[str, str]], place: int, words: Sequence[str]) -> list[Tint]:
    """Colours: the decision's cell by its word, in red letters where it is none of the list; the row fainter when
    it is decided; a vote by its first word."""
    cell = f"${column_letter(place)}2"
    strong = [Tint(f'{cell}="{word}"', place, place, Look(fill=_COLOURS[word][0], colour=_COLOURS[word][1], bold=True))
              for word in words]
    listed = ",".join(f'{cell}="{word}"' for word in words)
    other = Tint(f'AND({cell}<>"",NOT(OR({listed})))', place, place, Look(fill="FFFFFF", colour="C2410C", bold=True))
    votes = [Tint(f'LEFT({column_letter(number)}2,{len(word)})="{word}"', number, number,
                  Look(fill=_COLOURS[word][0], colour=_COLOURS[word][1]))
             for number, (name, _) in enumerate(names, 1) if name == "votes" for word in words]
    decided = Tint(f'{cell}<>""', 1, len(names), Look(colour="7B8794"))
    return [*strong, other, *votes, decided]


def columns_of(info: SheetInfo, rows: Sequence[SheetRow]) -> list[tuple[str, str, _Maker]]:
    """(name, header, how a row fills it) for every column of a sheet of reports."""
    mark, line = marker(info.terms), identity_line(info)
    makers: dict[str, _Maker] = {
        "key": lambda r: r.key, "key_again": lambda r: r.key, "sheet": lambda r: line,
        "title": lambda r: mark(r.title), "title_translated": lambda r: "\n".join(r.titles_other),
        "text": lambda r: _text(r, mark), "authors": lambda r: r.authors, "year": lambda r: r.year,
        "source": lambda r: r.source, "language": lambda r: r.language, "found_in": lambda r: r.found_in,
        "flags": lambda r: ", ".join(r.flags), "related": lambda r: "\n".join(r.related), "hint": lambda r: r.hint,
        "decision": lambda r: r.decision, "pdf": _pdf,
    }
    columns: list[tuple[str, str, _Maker]] = []
    for name in LAYOUTS[info.stage]:
        if name == "links":
            columns += [("links", label, _link_maker(label)) for label in _link_labels(rows)]
        elif name == "votes":
            most = max((len(row.votes) for row in rows), default=2)
            columns += [("votes", f"Reviewer {n + 1}", _vote_maker(n)) for n in range(most)]
        elif name not in OPTIONAL or any(makers[name](row) for row in rows):
            columns.append((name, BY_NAME[name].header, makers.get(name, lambda r: "")))
    return columns


def _link_labels(rows: Sequence[SheetRow]) -> list[str]:
    """The labels that occur, the usual ones first."""
    found = {label for row in rows for label, _ in row.links}
    return [label for label in LINK_HEADERS if label in found] + sorted(found - set(LINK_HEADERS))


def _link_maker(label: str) -> _Maker:
    def make(row: SheetRow) -> Content:
        url = next((url for name, url in row.links if name == label), "")
        return Linked(label, url) if url else ""
    return make


def _vote_maker(number: int) -> _Maker:
    """A reviewer's word in one cell: decision, reason, note, each on a line; with the code where it is shown."""
    def make(row: SheetRow) -> Content:
        if number >= len(row.votes):
            return ""
        who, decision, reason, note = row.votes[number]
        shown = decision if who == f"Reviewer {number + 1}" else f"{decision} ({who})"
        return "\n".join(part for part in (shown, reason, note) if part)
    return make


def _pdf(row: SheetRow) -> Content:
    """The name of the full text's file; a link where it lies beside the workbook, and so goes where that goes."""
    name = PurePath(row.pdf).name
    return Linked(name, quote(row.pdf)) if row.pdf and not PurePath(row.pdf).is_absolute() else name


def _text(row: SheetRow, mark: Marker) -> Content:
    """The abstract; what is none says so."""
    before = _TEXT_MARKS.get(row.text_kind, "") if row.text else ""
    marked = mark(row.text)
    if isinstance(marked, Marked):
        return Marked(((before, False), *marked.runs)) if before else marked
    return before + marked


def _pair_contents(info: SheetInfo, pair: PairRow, labels: Sequence[str]) -> tuple[Content, ...]:
    """A pair's row, in the order of the layout."""
    a, b = pair.a, pair.b
    links = [_link_maker(label)(row) for row in (a, b) for label in labels]
    return (a.key, b.key, "", "", _both(a.title, b.title), _both(a.authors, b.authors), _both(a.year, b.year),
            _both(a.source, b.source), pair.evidence_for, pair.evidence_against, pair.score, _both(a.text, b.text),
            *links, identity_line(info), f"{a.key} {b.key}")


def _both(a: str, b: str) -> Content:
    """Two texts one above the other, the words marked in which they differ; equal ones once."""
    if a == b:
        return f"A = B  {a}" if a else ""
    left, right = differences(a or "(none)", b or "(none)")
    return Marked((("A  ", False), *left.runs, ("\nB  ", False), *right.runs))
