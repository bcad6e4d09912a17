"""Grey literature without metadata: a person's few fields become the record, and the page or document lies beside it.

The fields come from the command line for one file, or from a table whose column `file` names the files.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from review import formats
from review.model import Entry, Issue, ReviewError

COLUMN = "file"                     # of a table: the page or document that a row describes
FIELDS = ("title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "abstract", "keywords",
          "language", "kind", "url", "publisher")
_NAMED = re.compile(r"[\s\"',;|\t]file[\s\"',;|\t]|\Afile\b", re.I)
_TABLES = frozenset({"csv", "xlsx"})


@dataclass(frozen=True)
class Sorted:
    """The files of an import: exports that are read, and what is only kept beside them."""

    exports: tuple[Path, ...]
    beside: tuple[Path, ...] = ()
    issues: tuple[Issue, ...] = field(default=())


def table_for(page: Path, fields: Mapping[str, str], folder: Path) -> Path:
    """A table of one row in `folder` that describes a page or document by a person's fields."""
    unknown = [name for name in fields if name not in FIELDS]
    if unknown or not fields.get("title", "").strip():
        what = f"{', '.join(unknown)} can't be said of a record" if unknown else "the title is missing"
        raise ReviewError(f"--fields: {what}. Write for example --fields title=\"...\" authors=\"Doe, J; Roe, R\" "
                          f"year=2019 url=https://...; fields: {', '.join(FIELDS)}.", code="fields")
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*fields, COLUMN])
    writer.writerow([*(" ".join(value.split()) for value in fields.values()), page.name])
    path = folder / f"{page.stem}-fields.csv"
    path.write_bytes(text.getvalue().encode())
    return path


def sort(files: Sequence[Path]) -> Sorted:
    """Which files are exports, and which a table among them names in its column `file`; of the latter also those
    that lie beside the table without being given."""
    given = {path.name: path for path in files}
    beside: dict[Path, None] = {}
    issues: list[Issue] = []
    for table in files:
        missing = []
        for name in _names(table):
            path = given.get(Path(name).name) or _below(table.parent, name)
            if path is None:
                missing.append(name)
            elif path != table:
                beside[path] = None
        if missing:
            issues.append(Issue("file-not-beside", f"{table.name}: the column `file` names {', '.join(missing[:5])}"
                                f"{f' and {len(missing) - 5} more' if len(missing) > 5 else ''}, which is not there; put"
                                " it beside the table, or give it too", file=table.name))
    return Sorted(tuple(p for p in files if p not in beside), tuple(beside), tuple(issues))


def _names(table: Path) -> Iterator[str]:
    """What a table has in its column `file`; nothing for any other export."""
    with open(table, "rb") as stream:
        head = stream.read(formats.HEAD)
        format, encoding = formats.describe(head, table.name)
        if format not in _TABLES or format == "csv" and not _NAMED.search(head.decode(encoding or "utf-8", "replace")):
            return
        stream.seek(0)
        for item in formats.read(stream, name=table.name, format=format):
            if isinstance(item, Entry):
                yield from (value.strip() for name, value in item.tags if name.strip().lower() == COLUMN)


def _below(folder: Path, name: str) -> Path | None:
    """A file by its name in the table's folder or below; never one that lies elsewhere."""
    try:
        path = folder / name
        inside = path.resolve().is_relative_to(folder.resolve())
        return path if inside and path.is_file() else None
    except (OSError, ValueError):               # no name that a file can have
        return None
