"""Reading what people wrote into the workbook for other methods: a row is a record, or it is listed with its cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from review.screening.columns import Field
from review.sheets.read import Grid, cell_text
from review.sheets.text import address, plain

Say = Callable[[str, str, str, str], None]          # tells an issue: code, message, cell, severity

# What is typed, and what it means to the reader of the workbook; the words are those of PRISMA 2020 and PRISMA-S.
METHOD_WORDS: Mapping[str, str] = {
    "website": "A website or a search engine was looked through",
    "organisation": "The pages or people of an organisation, an authority, a foundation",
    "citation searching": "References of a report (backward), or what cites it (forward)",
    "contact": "Authors or experts were asked",
    "handsearch": "Issues of a journal, proceedings or a shelf were leafed through",
    "other": "Anything else; say under How what it was",
}
_METHODS = {plain(word): word.replace(" ", "-") for word in METHOD_WORDS} | {
    "websites": "website", "web": "website", "网站": "website", "organization": "organisation", "机构": "organisation",
    "organisations": "organisation", "organizations": "organisation", "citation": "citation-searching",
    "citations": "citation-searching", "citationsearch": "citation-searching", "snowballing": "citation-searching",
    "引文检索": "citation-searching", "引文": "citation-searching", "contacts": "contact", "personalcontact": "contact",
    "联系作者": "contact", "handsearching": "handsearch", "手工检索": "handsearch", "其他": "other"}
DIRECTIONS = ("backward", "forward", "both")
_DIRECTIONS = {"backward": "backward", "back": "backward", "references": "backward", "forward": "forward",
               "citing": "forward", "citedby": "forward", "both": "both", "backwardandforward": "both"}

FIELDS: tuple[Field, ...] = (
    Field("number", "No.", 8, ("Number",)), Field("method", "Method", 16, ("Found by", "How found", "方法")),
    Field("where", "Where", 24, ("Website", "Organisation", "Place", "来源")), Field("who", "Who", 8, ("By whom", "谁")),
    Field("when", "When", 11, ("Date", "日期")), Field("title", "Title", 46, ("标题", "题名")),
    Field("authors", "Authors", 24, ("Author", "作者")), Field("year", "Year", 7.5, ("年份",)),
    Field("source", "Source", 22, ("Journal", "Publisher", "期刊")), Field("doi", "DOI", 20),
    Field("url", "Link", 28, ("URL", "Address", "链接")), Field("how", "How", 26, ("How exactly", "Search terms")),
    Field("seed", "Seed report", 20, ("Seed", "Seeds")), Field("direction", "Direction", 11),
    Field("tool", "Tool", 14), Field("abstract", "Abstract", 40, ("摘要",)), Field("note", "Note", 22, ("Notes", "备注")),
    Field("sheet", "Sheet", 6), Field("again", "No. (again)", 9),
)
TYPED = frozenset(f.name for f in FIELDS) - {"number", "sheet", "again"}
_NAMES = {plain(word): f.name for f in FIELDS for word in (*f.aliases, f.header)}
_HEADER_WITHIN = 40             # rows in which the header is looked for
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]00:00(?::00)?)?")


@dataclass(frozen=True)
class Found:
    """One thing that was found; texts as typed. `number` is "" where the row has none; `when` is an ISO date."""

    number: str
    cell: str
    method: str
    where: str
    who: str
    when: str
    title: str
    texts: Mapping[str, str]        # the other fields, by name
    seed_cell: str = ""

    @property
    def place(self) -> tuple[str, str, str, str]:
        """Rows of one place are one search."""
        return self.method, self.where, self.who, self.when

    @property
    def sign(self) -> tuple[str, ...]:
        """What tells a row from every other; writing it differently is no difference."""
        get = self.texts.get
        return tuple(plain(t) for t in (*self.place, self.title, get("doi", ""), get("url", ""), get("seed", "")))


def found_rows(grids: Sequence[Grid], say: Say, today: date) -> tuple[list[Found], bool]:
    """The rows that can be read, and whether there was a table at all. The others are told of, each with its cell."""
    out: list[Found] = []
    table = False
    for grid in grids:
        header = next((n for n, row in enumerate(grid.rows[:_HEADER_WITHIN]) if {"method", "title", "where"} <= {
            _NAMES.get(plain(cell_text(v)), "") for v in row}), None)
        if header is None:
            continue
        table = True
        columns: dict[str, int] = {}
        for number, value in enumerate(grid.rows[header]):
            columns.setdefault(_NAMES.get(plain(cell_text(value)), ""), number)
        columns.pop("", None)
        for number in range(header + 1, len(grid.rows)):
            found = _row(grid, number, columns, say, today)
            if found is not None:
                out.append(found)
    return out, table


def _row(grid: Grid, number: int, columns: Mapping[str, int], say: Say, today: date) -> Found | None:
    """One row; None where it is empty or can't be taken."""
    row = grid.rows[number]
    texts = {name: unicodedata.normalize("NFC", cell_text(row[column]).strip()) if column < len(row) else ""
             for name, column in columns.items()}
    if not any(texts[name] for name in texts if name in TYPED) or _NAMES.get(plain(texts["title"])) == "title":
        return None

    def cell(name: str) -> str:
        return address(number + 1, columns.get(name, 0) + 1)

    def refuse(name: str, message: str) -> None:
        say("found-" + name, f"Row {number + 1}: {message} The row was not read.", cell(name), "error")

    numbers = {texts.get("number", ""), texts.get("again", "")} - {""}
    formulas = [place for place in grid.no_value if place[0] == number + 1]
    method = _METHODS.get(plain(texts["method"]), "")
    when = _iso(texts.get("when", ""))
    if formulas:
        say("formula-without-value", f"Row {number + 1} holds a formula that was saved without its result. Replace it by "
            "the words themselves. The row was not read.", address(*formulas[0]), "error")
    elif len(numbers) > 1:
        refuse("number", f"it is numbered {' and '.join(sorted(numbers))}: the table was sorted in part. Undo the sorting.")
    elif not texts["title"]:
        refuse("title", "what was found has no title. Type it, as it stands there.")
    elif not method:
        refuse("method", f"“{texts['method']}” under Method: write one of {', '.join(METHOD_WORDS)}.")
    elif not plain(texts["where"]) or len(texts["where"]) > 80:
        refuse("where", "say under Where it was found, in at most 80 letters: the website, organisation, journal or service.")
    elif not texts.get("who"):
        refuse("who", "say under Who looked (a reviewer's code).")
    elif not when or when > today.isoformat():
        refuse("when", f"“{texts.get('when', '')}” under When is no day that can be read for sure; write it as "
               "2026-03-31 (year, month, day), not later than today.")
    elif method == "citation-searching" and not texts.get("seed"):
        refuse("seed", "say under Seed report from which report the citations were followed.")
    elif method == "citation-searching" and plain(texts.get("direction", "")) not in _DIRECTIONS:
        refuse("direction", "say under Direction: backward (its references), forward (what cites it) or both.")
    else:
        more = {name: texts.get(name, "") for name in ("authors", "year", "source", "doi", "url", "how", "seed", "tool",
                                                       "abstract", "note")}
        more["direction"] = _DIRECTIONS.get(plain(texts.get("direction", "")), texts.get("direction", ""))
        return Found("".join(numbers), cell("title"), method, texts["where"], texts["who"], when,
                     texts["title"], more, cell("seed"))
    return None


def _iso(text: str) -> str:
    """A day as YYYY-MM-DD; "" where it can't be read for sure (31/03/2026 may be told, 03/04/2026 may not)."""
    match = _DATE.fullmatch(text.strip())
    if not match:
        return ""
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return ""
