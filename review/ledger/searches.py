"""Searches on disk: `searches/<id>/` with search.json, the files as received, and index.csv once sealed.

index.csv freezes the record ids: ordinal, native id, and the place of the record in the kept files. What changes
about a search afterwards (sealed, accepted, withdrawn) is in the events, never in search.json.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from review.ledger import events
from review.ledger.disk import sha256
from review.ledger.log import Log
from review.ledger.paths import Folder
from review.model import Event, ReviewError, Search

INDEX_COLUMNS = ("ordinal", "native_id", "database", "file", "offset", "length", "sha256")


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One record of a sealed search: where it stands in the kept file (bytes), and the hash of that stretch."""

    ordinal: int
    native_id: str
    database: str
    file: str
    offset: int
    length: int
    sha256: str


def record_id(search: str, ordinal: int) -> str:
    """`<search id>/<six-digit ordinal>`."""
    return f"{search}/{ordinal:06d}"


def encode_search(search: Search) -> bytes:
    """search.json: readable, one key a line, the same bytes for the same search."""
    return (json.dumps(search.as_dict(), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")


def encode_index(index: Sequence[IndexRow]) -> bytes:
    """index.csv."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(INDEX_COLUMNS)
    writer.writerows([[getattr(row, c) for c in INDEX_COLUMNS] for row in index])
    return text.getvalue().encode("utf-8")


def decode_index(data: bytes) -> tuple[IndexRow, ...]:
    """The inverse of `encode_index`."""
    reader = csv.DictReader(io.StringIO(data.decode("utf-8")))
    return tuple(IndexRow(int(r["ordinal"]), r["native_id"], r["database"], r["file"], int(r["offset"]),
                          int(r["length"]), r["sha256"]) for r in reader)


def sealed_value(search_json: bytes, index_csv: bytes, n: int) -> str:
    """The value of a `search-sealed` event."""
    return f"n {n}; search.json {sha256(search_json)}; index.csv {sha256(index_csv)}"


def _parts(value: str) -> dict[str, str]:
    return dict(part.split(" ", 1) for part in value.split("; "))


def load_searches(folder: Folder, log: Log) -> tuple[dict[str, Search], dict[str, tuple[IndexRow, ...]]]:
    """All searches the log knows, with state and use after its events, and the index of each sealed one.

    Raises ReviewError where search.json or index.csv is not what was sealed: no number may rest on it.
    """
    searches: dict[str, Search] = {}
    indexes: dict[str, tuple[IndexRow, ...]] = {}
    for event in log.events:
        if event.type == events.OPENED:
            searches[event.subject] = _read(folder.searches / event.subject, event.subject)
        elif event.type == events.SEALED:
            search, index = _sealed(folder.searches / event.subject, event)
            searches[event.subject], indexes[event.subject] = search, index
        elif event.type == events.WITHDRAWN:
            searches[event.subject] = replace(searches[event.subject], use="withdrawn")
        elif event.type == events.SUPERSEDED:
            searches[event.subject] = replace(searches[event.subject], use="superseded")
    return searches, indexes


def _read(folder: Path, search_id: str, data: bytes | None = None) -> Search:
    path = folder / "search.json"
    try:
        return replace(Search.from_dict(json.loads(data or path.read_bytes())), state="open", sealed="")
    except FileNotFoundError:
        raise ReviewError(f"The log knows the search {search_id}, but {path} is not there. Put the folder back from a "
                          "backup.", code="search-missing", status=1, file=str(path)) from None
    except (ValueError, TypeError, KeyError) as error:
        raise ReviewError(f"{path} can't be read ({error}). Put it back from a backup.", code="search-damaged",
                          status=1, file=str(path)) from error


def _sealed(folder: Path, event: Event) -> tuple[Search, tuple[IndexRow, ...]]:
    parts = _parts(event.value)
    content = {}
    for name in ("search.json", "index.csv"):
        path = folder / name
        if not path.exists():
            raise ReviewError(f"The search {event.subject} was sealed, but {path} is not there. Put the folder back "
                              "from a backup.", code="search-missing", status=1, file=str(path))
        content[name] = path.read_bytes()
        if sha256(content[name]) != parts[name]:
            raise ReviewError(f"{path} is not what was sealed on {event.time}. Put it back from a backup; no number "
                              "is given until then.", code="search-damaged", status=1, file=str(path))
    search = _read(folder, event.subject, content["search.json"])
    return replace(search, state="sealed", sealed=event.time), decode_index(content["index.csv"])
