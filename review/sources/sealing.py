"""Sealing a search: its files are read once, every record gets its ordinal and place, and nothing changes after."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from review import formats
from review.formats import archive
from review.ledger import events
from review.ledger.disk import sha256_file
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.ledger.searches import IndexRow, encode_index, encode_search, record_id, sealed_value
from review.ledger.transaction import Transaction
from review.model import Entry, Issue, Progress, Record, ReviewError, Search, SearchFile
from review.query import databases

# Databases whose own key is the PMID, whichever export format carried it.
PMID_DATABASES = frozenset({"pubmed", "medline"})


@dataclass(frozen=True)
class FileReading:
    """What one file of a search holds: its description, the places of its records, and what was noticed."""

    file: SearchFile
    rows: tuple[IndexRow, ...]
    issues: tuple[Issue, ...]
    untitled: int = 0               # records without a title


def search_id(state: State, database: str, day: str) -> str:
    """`20261121-pubmed-1`: the day (ISO), the database, and a number that was not given yet."""
    slug = re.sub(r"[^\w]+", "-", databases.canonical(database)).strip("-") or "source"
    prefix = f"{day.replace('-', '')}-{slug}-"
    used = [int(i[len(prefix):]) for i in state.searches if i.startswith(prefix) and i[len(prefix):].isdigit()]
    return f"{prefix}{max(used, default=0) + 1}"


def native_id(record: Record, database: str) -> str:
    """The database's own key of a record: what the reader found, or the PMID where the database keys by it."""
    if databases.canonical(database) in PMID_DATABASES:
        return record.ids.get("pmid", "") or record.native_id
    return record.native_id


def entries(path: Path, *, format: str = "", encoding: str = "",
            mapping: Mapping[str, str] | None = None, name: str = "") -> Iterator[Entry | Issue]:
    """What the reader makes of a kept file."""
    with open(path, "rb") as stream:
        yield from formats.read(stream, name=name or path.name, format=format or None, encoding=encoding or None,
                                mapping=mapping)


def read_file(path: Path, name: str, database: str, *, encoding: str = "", first: int = 1, last: int | None = None,
              mapping: Mapping[str, str] | None = None, format: str = "", progress: Progress | None = None,
              ) -> FileReading:
    """Read a file as part of a search; ordinals count on from `first`. Nothing of it stays in memory but places.

    What lies beyond the ordinal `last` (a limit that was reached within a page) is read, and is no record of the search.
    """
    with open(path, "rb") as stream:
        found, used = formats.describe(stream, name)
    found = format or found or ("csv" if mapping else None)
    if found is None:
        told = next((i for i in entries(path, encoding=encoding, name=name) if isinstance(i, Issue)), None)
        if told is not None and told.code.startswith("archive-"):
            raise ReviewError(told.message, code=told.code, file=name)
        raise ReviewError(f"{name}: this is no export file that can be read (its content fits no known format). "
                          "Export it again as RIS or CSV; for a table with unusual column names give --mapping FILE. "
                          "What a page or a document is can be said by --fields title=... authors=... year=... url=...; "
                          "it is then kept beside its record.",
                          code="format-unknown", file=name)
    rows: list[IndexRow] = []
    issues: list[Issue] = []
    bare: list[int] = []
    with open(path, "rb") as raw:
        contents = _Contents(raw, name)
        for item in entries(path, format=found, encoding=encoding, mapping=mapping, name=name):
            if isinstance(item, Issue):
                issues.append(item)
                continue
            rows.append(IndexRow(first + len(rows), native_id(item.record, database), item.record.database, name,
                                 item.offset, item.length, contents.sha256(item)))
            if not item.record.title and not item.record.titles_other:
                bare.append(rows[-1].ordinal)
            if progress and len(rows) % 500 == 0:
                progress(len(rows), None, name)
        raw.seek(0)
        in_file = formats.count(raw, format=found, encoding=encoding or None, name=name, mapping=mapping)
    if bare:
        issues.append(Issue("no-title", f"{name}: {len(bare):,} of {len(rows):,} records have no title (record "
                            f"{', '.join(map(str, bare[:5]))}{', …' if len(bare) > 5 else ''}); reviewers will see a row "
                            "without one. Is it the right file, exported with its titles?", file=name))
    file = SearchFile(name, sha256_file(path), "records", found, encoding or used, in_file, len(rows))
    return FileReading(file, tuple(rows[:None if last is None else max(last + 1 - first, 0)]), tuple(issues), len(bare))


class _Contents:
    """The bytes of a file's contents, from which places are counted; a compressed file is read forwards only."""

    def __init__(self, raw: BinaryIO, name: str) -> None:
        self.stream, self.at = archive.opened(raw, name), 0

    def sha256(self, entry: Entry) -> str:
        """The hash of a record's bytes; where a container has no byte places, of its tags."""
        try:
            data = self._bytes(entry.offset, entry.length) if entry.length else b""
        except ReviewError:                 # a damaged archive; the reader says so
            data = b""
        whole = entry.length and len(data) == entry.length
        return hashlib.sha256(data if whole else json.dumps(entry.tags).encode()).hexdigest()

    def _bytes(self, offset: int, length: int) -> bytes:
        if self.stream.seekable():
            self.stream.seek(offset)
            return self.stream.read(length)
        if offset < self.at:                # passed already
            return b""
        self._forward(offset - self.at)
        return self._forward(length)

    def _forward(self, length: int) -> bytes:
        out = bytearray()
        while len(out) < length and (part := self.stream.read(min(length - len(out), 1 << 20))):
            out += part
        self.at += len(out)
        return bytes(out)


def log_opened(tx: Transaction, folder: Folder, search: Search) -> None:
    """Log that a search exists; from here on its folder belongs to the review."""
    tx.keep(folder.searches / search.id / "search.json", encode_search(search))
    tx.event(events.OPENED, search.id)


def seal(tx: Transaction, folder: Folder, search: Search, readings: Iterable[FileReading],
         replies: Iterable[SearchFile] = ()) -> Search:
    """Freeze a search: search.json and index.csv are written, and their hashes go into the log."""
    readings = list(readings)
    rows = [row for reading in readings for row in reading.rows]
    files = (*(r.file for r in readings), *replies)
    search = replace(search, state="sealed", sealed=tx.time, files=files, n=len(rows))
    body, index = encode_search(search), encode_index(rows)
    tx.keep(folder.searches / search.id / "search.json", body)
    tx.keep(folder.searches / search.id / "index.csv", index)
    tx.event(events.SEALED, search.id, sealed_value(body, index, len(rows)))
    return search


def load_records(folder: Folder, state: State, searches: Iterable[str] | None = None,
                 progress: Progress | None = None) -> Iterator[Record]:
    """The records of sealed searches, read again from the kept files, with the ids that were frozen.

    ReviewError where a file is not what was kept, or a reader gives another number of records than was sealed.
    """
    for name in searches if searches is not None else state.searches:
        search = state.searches[name]
        if search.state == "sealed":
            yield from _records(folder, state, search, progress)


def _records(folder: Folder, state: State, search: Search, progress: Progress | None) -> Iterator[Record]:
    frozen = state.index[search.id]
    mapping = search.params.get("mapping")
    ordinal = 0
    for file in search.files:
        if file.role != "records":
            continue
        path = folder.searches / search.id / file.name
        if not path.exists() or sha256_file(path) != file.sha256:
            raise ReviewError(f"{path} is not the file that was kept. Put it back from a backup.",
                              code="search-damaged", status=1, file=str(path))
        for item in entries(path, format=file.format, encoding=file.encoding, mapping=mapping):
            if isinstance(item, Issue):
                continue
            if search.limit is not None and ordinal == len(frozen) >= search.limit:
                break                           # a whole page may hold more than was asked for
            ordinal += 1
            if ordinal > len(frozen):
                break
            yield replace(item.record, id=record_id(search.id, ordinal), search=search.id, ordinal=ordinal,
                          native_id=frozen[ordinal - 1].native_id, database=frozen[ordinal - 1].database)
            if progress and ordinal % 500 == 0:
                progress(ordinal, search.n, f"reading {search.id}")
    if ordinal != len(frozen):
        raise ReviewError(f"{search.id} was sealed with {len(frozen):,} records, and this version's reader gives "
                          f"another number. Use the version that sealed it ({dict(search.versions)}), and report "
                          "the file.", code="reader-changed", status=1, file=search.id)
