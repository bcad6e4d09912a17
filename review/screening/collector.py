"""One file on its way into the log: what it is held against, and what the collection has found so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from review.ledger import events
from review.ledger.issued import IssuedRow, IssuedSheet
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.ledger.transaction import Transaction
from review.model import Decision, Issue
from review.query.definition import Definition, loads_resolved
from review.screening.consensus import Rules, consensus
from review.screening.reading import Reading
from review.screening.versions import Past

Reasons = Sequence[tuple[str, str]]
Last = dict[tuple[str, str, int, str, str], Decision]   # (report, stage, round, kind, reviewer) -> the last one logged


@dataclass(frozen=True)
class FileReport:
    """What became of one file."""

    name: str
    sheet: str
    sha256: str
    rows: int
    status: str                     # read, unchanged, refused


@dataclass
class Collected:
    """What a collection did, or would do; `as_dict` is what `--json` prints."""

    files: list[FileReport] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)   # report, reviewer, stage, old, new, cell
    issues: list[Issue] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    quarantined: int = 0
    other: int = 0                  # duplicates, retrievals, studies, finds
    found: int = 0                  # of these: what other methods found
    conflicts: int = 0              # after this collection; filled in by the workflow


def reasons_of(definition: Definition) -> Reasons:
    """(code, label) of every reason, retired ones too."""
    return tuple((r.code, r.label) for r in definition.reasons)


def kind_of(sheet: IssuedSheet) -> str:
    """The kind of the decisions in a sheet."""
    return "adjudicated" if sheet.kind == "conflicts" else "independent"


class Collector:
    """One file on its way into the log."""

    def __init__(self, tx: Transaction, folder: Folder, state: State, definition: Definition, reading: Reading,
                 out: Collected, torn: set[tuple[str, str]], newer: bool, last: Last,
                 past: Past) -> None:
        self.tx, self.folder, self.state, self.definition = tx, folder, state, definition
        self.reading, self.out, self.torn, self.newer = reading, out, torn, newer
        self.sheet: IssuedSheet = state.sheets[reading.sheet]
        self.rows: Mapping[str, IssuedRow] = {r.key: r for r in self.sheet.rows}
        self.reasons = self._reasons()
        self.kind = kind_of(self.sheet)
        self.past = past
        self.read_at = past.read_at.get(reading.sha256, [])     # when this very file was collected before
        self.blanks: list[tuple[str, str]] = []                 # (key, cell): blank here, decided in the log
        self.last = last                    # shared by all files of this collection
        self.names = {e.subject: e.reason for e in tx.pending().events if e.type == events.COLLECTED}
        self.groups = state.groups()
        counted = state.counted_records()
        self.outside = {r.key for r in state.current()
                        if state.arm(r, counted) is None or all(k in state.removed for k in self.groups[r.key])}
        self.conflicts = {key for (key, stage), c in consensus(state, Rules.of(definition)).items()
                          if c.status == "conflict" and stage == self.sheet.stage} if self.kind == "adjudicated" else set()

    def _reasons(self) -> Reasons:
        """The reasons as the sheet's list words them, then as the definition does now: a label may have been changed since
        the sheet was sent out."""
        now = reasons_of(self.definition)
        kept = self.folder.definitions / f"{self.sheet.definition}.toml"
        if self.sheet.definition == self.definition.sha or not kept.exists():
            return now
        codes = {code for code, _ in now}
        sent = loads_resolved(kept.read_text(encoding="utf-8"), self.definition.id)
        then = tuple(pair for pair in reasons_of(sent) if pair[0] in codes)
        labels = {label for _, label in then}
        return (*then, *(pair for pair in now if pair[1] not in labels))

    def issue(self, code: str, message: str, cell: str, severity: str = "error") -> None:
        """List something with its place."""
        level = cast(Literal["error", "warning", "info"], severity)
        self.out.issues.append(Issue(code, message, file=self.reading.name, cell=cell, severity=level))

    def quarantine(self, code: str, message: str, cell: str, severity: str = "error") -> None:
        """List an answer that was not taken."""
        self.out.quarantined += 1
        self.issue(code, message, cell, severity)
