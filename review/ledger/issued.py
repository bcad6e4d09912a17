"""What was sent out: `screening/issued/<sheet>.csv`, one row a report, kept for ever as issued."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from review.ledger import events
from review.ledger.disk import sha256
from review.ledger.log import Log
from review.ledger.paths import Folder
from review.model import Event, ReviewError

COLUMNS = ("sheet", "kind", "stage", "round", "batch", "reviewer", "definition", "key", "members", "title")


@dataclass(frozen=True, slots=True)
class IssuedRow:
    """One report of an issued sheet: its key, the hash of its records then, its title then.

    In a sheet of possible duplicates `key` and `members` hold the two keys of a pair.
    """

    key: str
    members: str
    title: str


@dataclass(frozen=True)
class IssuedSheet:
    """A sheet as issued. `kind` is screening, conflicts, duplicates or pilot."""

    sheet: str
    kind: str
    stage: str
    round: int
    batch: int
    reviewer: str
    definition: str
    rows: tuple[IssuedRow, ...]
    file: str = ""
    seq: int = 0

    @property
    def keys(self) -> frozenset[str]:
        """The report keys on it."""
        return frozenset(r.key for r in self.rows)


def members_hash(records: Iterable[str]) -> str:
    """A short hash of a report's records, whatever their order."""
    return hashlib.sha256("\n".join(sorted(records)).encode()).hexdigest()[:16]


def encode_issued(sheet: IssuedSheet) -> bytes:
    """The CSV of an issued sheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in sheet.rows:
        title = " ".join(row.title.split())
        writer.writerow([sheet.sheet, sheet.kind, sheet.stage, sheet.round, sheet.batch, sheet.reviewer,
                         sheet.definition, row.key, row.members, title])
    return text.getvalue().encode("utf-8", "replace")


def decode_issued(data: bytes, file: str = "", seq: int = 0) -> IssuedSheet:
    """The inverse of `encode_issued`; the file's name and the issue's place in the log come from its event."""
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8"))))
    first = rows[0]
    return IssuedSheet(first["sheet"], first["kind"], first["stage"], int(first["round"]), int(first["batch"]),
                       first["reviewer"], first["definition"],
                       tuple(IssuedRow(r["key"], r["members"], r["title"]) for r in rows), file, seq)


def sheet_id(prefix: str, rows: Sequence[IssuedRow], salt: str) -> str:
    """An id that two copies of a review would give only to the same sheet: it ends in a hash of what is on it."""
    text = salt + "\n" + "\n".join(f"{r.key} {r.members} {r.title}" for r in rows)
    return f"{prefix}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


def load_issued(folder: Folder, log: Log) -> dict[str, IssuedSheet]:
    """Every sheet the log says was issued, in order. ReviewError if one is not what was issued."""
    return {e.subject: _load(folder, e) for e in log.events if e.type == events.ISSUED}


def _load(folder: Folder, event: Event) -> IssuedSheet:
    path = folder.issued / f"{event.subject}.csv"
    data = path.read_bytes() if path.exists() else b""
    if sha256(data) != event.value:
        what = "is not what was issued" if data else "is not there"
        raise ReviewError(f"{path} {what}. It says which reports were sent out; put it back from a backup.",
                          code="issued-damaged", status=1, file=str(path))
    return decode_issued(data, event.reason, event.seq)
