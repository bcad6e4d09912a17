"""The previous version of the review: a list, frozen once and kept under its hash (PRISMA 2020, box 1)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from review.ledger import events
from review.ledger.disk import sha256
from review.ledger.paths import Folder
from review.ledger.transaction import Transaction
from review.model import ReviewError


@dataclass(frozen=True)
class BaselineRow:
    """One record of the previous version: what it was part of, and whether it was included."""

    record: str
    report: str                                 # a label that stays, whatever is joined later
    studies: tuple[str, ...]
    included: bool


@dataclass(frozen=True)
class Baseline:
    """The previous version of the review. `seq`: searches sealed before it no longer feed box 2."""

    sha: str
    seq: int
    rows: tuple[BaselineRow, ...]
    reduced: Mapping[str, str]                  # study or report label -> why it was taken out

    @cached_property
    def records(self) -> frozenset[str]:
        """Every record the previous version knew, included or not."""
        return frozenset(row.record for row in self.rows)

    def reports(self) -> dict[str, tuple[str, ...]]:
        """Included reports still in the previous version -> their studies still in it (box 1)."""
        out = {}
        for row in self.rows:
            studies = tuple(s for s in row.studies if s not in self.reduced)
            gone = row.report in self.reduced or (row.studies and not studies)
            if row.included and not gone:
                out[row.report] = studies
        return out

    def studies(self) -> set[str]:
        """Studies still in the previous version (box 1)."""
        return {study for studies in self.reports().values() for study in studies}


COLUMNS = ("record", "report", "studies", "included")


def encode(rows: list[BaselineRow]) -> bytes:
    """The CSV that a baseline is kept in, under its hash."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([[r.record, r.report, "; ".join(r.studies), "yes" if r.included else "no"] for r in rows])
    return text.getvalue().encode("utf-8")


def load(folder: Folder, sha: str) -> tuple[BaselineRow, ...]:
    """The list of that hash. ReviewError if it is not what was frozen."""
    path = folder.baselines / f"{sha}.csv"
    data = path.read_bytes() if path.exists() else b""
    if sha256(data) != sha:
        raise ReviewError(f"{path}, which holds the previous version of the review, is missing or was changed. Put "
                          "it back from a backup.", code="baseline-damaged", status=1, file=str(path))
    return tuple(BaselineRow(r["record"], r["report"], tuple(s for s in r["studies"].split("; ") if s),
                             r["included"] == "yes") for r in csv.DictReader(io.StringIO(data.decode("utf-8"))))


def freeze(tx: Transaction, folder: Folder, rows: list[BaselineRow], how: str, reason: str) -> tuple[int, int]:
    """Keep the list and log it. Returns how many (studies, reports) it includes."""
    data = encode(rows)
    sha = sha256(data)
    tx.keep(folder.baselines / f"{sha}.csv", data)
    tx.event(events.FROZEN, sha, how, reason)
    part = [r for r in rows if r.included]
    return len({s for r in part for s in r.studies}), len({r.report for r in part})
