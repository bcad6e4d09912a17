"""What the columns of a table mean, by their names; the same for text tables and workbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from review.formats import fields as f
from review.formats.compose import ROLES, Table, record
from review.model import Record, ReviewError

OWN = "scoping-review"                  # the dialect of the tables that this program writes
HEADER_WITHIN = 40                  # rows in which the names of the columns are looked for
# What a mapping file may call a field, where that is not the role's own name.
_FIELD_ROLES = {"keywords": "keyword", "titles_other": "title_other", "publication_types": "type",
                "article number": "article_number", "start page": "start", "end page": "end", "native_id": "native",
                "accession": "native"}


@dataclass(frozen=True)
class Layout:
    """The names of a table's columns, and what they mean."""

    names: tuple[str, ...]          # as they stand
    keys: tuple[str, ...]           # as they are compared
    dialect: str
    table: Table
    grows: int = -1                 # the column after which surplus cells stand; -1: at the end

    def aligned(self, cells: Sequence[str]) -> tuple[list[str], list[str]]:
        """A row's cells under their columns, and those that have none."""
        surplus = len(cells) - len(self.keys)
        if surplus <= 0:
            return list(cells), []
        at = self.grows + 1 if self.grows >= 0 else len(self.keys)
        return [*cells[:at], *cells[at + surplus:]], list(cells[at:at + surplus])

    def tags(self, cells: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """The cells that hold something under their columns' names; those without one are numbered."""
        under, beyond = self.aligned(cells)
        named = [(name or f"column {i}", value) for i, (name, value) in enumerate(
            zip(self.names or [""] * len(under), under, strict=False), start=1)]
        named += [(f"surplus {i}", value) for i, value in enumerate(beyond, start=1)]
        return tuple((name, value) for name, value in named if value and not value.isspace())

    def record(self, cells: Sequence[str]) -> Record:
        """The record in a row."""
        values = [(k, v) for k, v in zip(self.keys, self.aligned(cells)[0], strict=False) if v]
        if self.dialect == OWN:                 # a long `more` goes on in further columns
            rest = "".join(v for k, v in values if k[:4] == "more" and not k[4:].strip("0123456789"))
            values = [(k, v) for k, v in values if k[:4] != "more"] + [("more", rest)]
        return record(self.table, values)


@cache
def _rows() -> tuple[Mapping[str, str], ...]:
    return tuple({**row, "tag": f.key(row["tag"])} for row in f.table("columns"))


@cache
def _dialects() -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((row["dialect"], frozenset(row["needs"].split("|"))) for row in f.table("dialects"))


@cache
def _grows() -> Mapping[str, str]:
    return {row["dialect"]: row["grows"] for row in f.table("dialects")}


@cache
def table_for(dialect: str) -> Table:
    """The meanings of a dialect's columns: its own rows, then those that hold for all tables."""
    own = [row for row in _rows() if row["dialect"] == dialect] if dialect else []
    mine = {row["tag"] for row in own}
    return Table.from_rows(own + [row for row in _rows() if not row["dialect"] and row["tag"] not in mine])


def score(cells: Sequence[str]) -> int:
    """How many of a row's cells are names of columns that some table has; 0 where the row reads like data: no title,
    long texts, or mostly other names (in a table of no known source, unless a title and two more are among them)."""
    keys = {f.key(c) for c in cells if c}
    dialect = dialect_of(keys)
    table = table_for(dialect)
    if any(len(c) > 90 or "{" in c for c in cells):
        return 0
    known = keys & {m.tag for meanings in table.roles.values() for m in meanings}
    titles = {m.tag for m in table.roles["title"]}
    if not dialect and 4 * len(known) < len(keys) and not (len(known) > 2 and known & titles):
        return 0
    return len(known) if known & titles else len(known) - 1 if len(known) > 4 else 0


def dialect_of(keys: set[str]) -> str:
    """The dialect whose needed names are all there; of several the one that needs most."""
    fitting = [(len(needs), name) for name, needs in _dialects() if needs <= keys]
    return max(fitting)[1] if fitting else ""


def layout(cells: Sequence[str], mapping: Mapping[str, str]) -> Layout:
    """The layout that a header row gives; `mapping` (column name -> field) stands above all."""
    names = tuple(f.clean(c) for c in cells)
    keys = tuple(f.key(n) for n in names)
    dialect = dialect_of(set(keys))
    table = table_for(dialect)
    if mapping:
        mapped = [{"tag": f.key(column), "role": _role(field), "rank": "0"} for column, field in mapping.items()]
        own = {row["tag"] for row in mapped}
        rest = {role: tuple(m for m in meanings if m.tag not in own) for role, meanings in table.roles.items()}
        new = Table.from_rows(mapped).roles
        table = Table({role: new.get(role, ()) + rest.get(role, ()) for role in {*rest, *new}})
    grows = max((i for i, k in enumerate(keys) if (g := _grows().get(dialect)) and k.startswith(g)), default=-1)
    return Layout(names, keys, dialect, table, grows)


def _role(field: str) -> str:
    role = _FIELD_ROLES.get(field, field)
    if role not in ROLES:
        raise ReviewError(f"the mapping names a field {field!r}, which records do not have; fields: "
                          + ", ".join(sorted(ROLES - {"more", "doi_in_text", "title_part", "abstract_part"})),
                          code="mapping-field")
    return role


def find_header(rows: Sequence[Sequence[str]], mapping: Mapping[str, str]) -> int | None:
    """Which of the first rows names the columns; None where none does."""
    wanted = {f.key(c) for c in mapping}
    best, best_score = None, 0
    for i, row in enumerate(rows[:HEADER_WITHIN]):
        named = len(wanted & {f.key(c) for c in row})
        points = score(row) if len(row) > 1 else 0
        if points + 3 * named > best_score and (points > 1 or named):
            best, best_score = i, points + 3 * named
    return best
