"""Finding the table in a returned sheet by its headers, and reading keys and titles as they come back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from review.ledger import keys
from review.sheets.read import Grid, cell_text
from review.sheets.text import address, column_letter, plain

from .answers import interpret
from .columns import LINK_HEADERS, field_of, is_ours

_DASHES = re.compile("[\u2010-\u2015\u2212\uff0d]")
_EDGES = " \t\n\r'\"\u2018\u2019\u201c\u201d[](){}.,;:\u200b\ufeff\u00a0"
_LONGEST_HEADER = 60


def read_key(text: str, review: str = "") -> str:
    """A cell's report key in its proper form, or "": small letters, full-width forms, other dashes are put right.

    Where `review` is given, a key whose check characters are not this review's is none.
    """
    if not keys.KEY.fullmatch(text):
        text = _DASHES.sub("-", unicodedata.normalize("NFKC", text).replace("\u00ad", "")).strip(_EDGES)
        text = "".join(text.split())
        text = text[:1].upper() + text[1:].lower()
        if not keys.KEY.fullmatch(text):
            return ""
    return text if not review or keys.make_key(review, keys.key_number(text)) == text else ""


def read_keys(text: str, review: str = "") -> tuple[str, ...]:
    """All report keys in a text, canonical, in order, each once; only this review's where `review` is given."""
    flat = _DASHES.sub("-", unicodedata.normalize("NFKC", text))
    found = re.findall(r"(?<![a-z0-9])r\s?\d{6,}\s?-\s?[a-z]{2}(?![a-z0-9])", flat, re.IGNORECASE)
    return tuple(dict.fromkeys(key for key in (read_key(part, review) for part in found) if key))


def title_sign(title: str) -> str:
    """A title as it is compared: only letters and digits, full-width forms and case folded.

    It is the same for a title as issued and as it comes back through any of the formats.
    """
    return plain(title)


@dataclass(frozen=True)
class Section:
    """A header row (from 0) and the rows under it up to `end`: column numbers (from 0) by field.

    `own` holds the columns that are somebody's own, `doubled` the fields that two headers name alike.
    """

    header: int
    end: int
    columns: dict[str, int]
    own: dict[int, str]
    doubled: dict[str, list[int]]
    rivals: tuple[int, ...] = ()        # columns that would be the decisions, were there none headed so exactly


def sections(grid: Grid) -> list[Section]:
    """The tables of a sheet, one a header row: a row that names a key or title, and a decision or much else."""
    headers = [number for number, row in enumerate(grid.rows) if _is_header(row)]
    ends = [*headers[1:], len(grid.rows)]
    return [_section(number, end, grid.rows[number]) for number, end in zip(headers, ends, strict=False)]


def _is_header(row: Sequence[object]) -> bool:
    texts = 0
    names = set()
    for value in row:
        if type(value) is str and value and len(value) < _LONGEST_HEADER:
            if not texts and keys.KEY.fullmatch(value):
                return False        # most rows are data, and begin with a key
            texts += 1
            names.add(field_of(value)[0])
    names.discard("")
    return bool(names & {"key", "key_again", "title"}) and ("decision" in names or len(names) > 3)


def _section(number: int, end: int, row: Sequence[object]) -> Section:
    """Which column is what. A header as it was sent out goes before one known by another name."""
    exact: dict[str, list[int]] = {}
    known: dict[str, list[int]] = {}
    own: dict[int, str] = {}
    for column, value in enumerate(row):
        header = cell_text(value).strip()
        name, is_exact = field_of(header)
        if name:
            (exact if is_exact else known).setdefault(name, []).append(column)
        elif not is_ours(header):
            own[column] = header or f"column {column_letter(column + 1)}"
    columns: dict[str, int] = {}
    doubled: dict[str, list[int]] = {}
    for name in {**exact, **known}:
        places = exact.get(name) or known[name]
        if len(places) == 1:
            columns[name] = places[0]
        else:
            doubled[name] = places
        for column in known.get(name, []) if name in exact else []:
            own[column] = cell_text(row[column]).strip()
    return Section(number, end, columns, own, doubled, tuple(known.get("decision", ())) if "decision" in exact else ())


def likely_decisions(grid: Grid, section: Section) -> list[int]:
    """Somebody's own columns that look like decisions; for messages only, never to be read as such."""
    found = []
    for column in section.own:
        texts = [cell_text(row[column]) for row in grid.rows[section.header + 1:section.end] if column < len(row)]
        texts = [text for text in texts if text.strip()][:200]
        read = sum(bool(interpret(text, "", (), "full-text").decision) for text in texts)
        if read >= (1 if column in section.rivals else 2) and read >= 0.8 * len(texts):
            found.append(column)
    return found


def is_link(header: str, text: str) -> bool:
    """Whether a cell is one of our links: it shows the label that stands in its header ("DOI"; "DOI A" in pairs), or
    the address itself."""
    return header in (text, f"{text} A", f"{text} B") or (header in LINK_HEADERS and text.startswith("http"))


def covered_cells(grid: Grid) -> dict[tuple[int, int], str]:
    """Cells that lie under a merged area, without its first one; with the area's address."""
    covered: dict[tuple[int, int], str] = {}
    for top, left, bottom, right in grid.merged:
        area = f"{address(top, left)}:{address(bottom, right)}"
        for row in range(top, min(bottom, len(grid.rows)) + 1):
            for column in range(left, min(right, left + 200) + 1):
                if (row, column) != (top, left):
                    covered[row, column] = area
    return covered
