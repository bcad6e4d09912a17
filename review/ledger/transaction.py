"""Writing to the ledger: one command, one transaction, under one lock a review.

Files of the transaction (workbooks, searches, definitions) wait in `.staging/<transaction>/`; rows wait in memory.
Committing appends the rows, then the commit event, and only then moves the files to their places. Whoever opens the
review after a crash finishes the moves of a committed transaction and throws away those of an unfinished one.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import review
from review.ledger import rows
from review.ledger.commits import make_commit
from review.ledger.disk import append, disk_error, sha256, write_atomic, writing
from review.ledger.log import Log, load
from review.ledger.paths import LOGS, Folder
from review.model import Assignment, Decision, Event, Issue, Link, ReviewError

Clock = Callable[[], str]


def utc_now() -> str:
    """The time as the logs write it: UTC, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def locked(folder: Folder, wait: float = 3.0) -> Iterator[None]:
    """Hold the review's lock; ReviewError if another command holds it for longer than `wait` seconds."""
    import filelock

    try:
        folder.root.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder.lock, timeout=wait)
        lock.acquire()
    except filelock.Timeout:
        raise ReviewError(f"Another command is at work on {folder.root.name}. Wait until it has ended, then run this "
                          "one again. (Nothing was changed.)", code="locked") from None
    except OSError as error:
        raise disk_error(error, folder.root) from error
    try:
        yield
    finally:
        lock.release()


def read(folder: Folder) -> tuple[Log, list[Issue]]:
    """The committed log, after finishing what a crash left (where nobody is writing and the disk lets us)."""
    if not folder.log.exists() and not folder.staging.exists():
        return Log(), []
    try:
        with locked(folder, wait=0):
            return recover(folder)
    except ReviewError as error:
        if error.code not in ("locked", "disk"):
            raise
        busy = error.code == "locked"
    try:
        return load(folder), []
    except ReviewError:
        if not busy:
            raise
    with locked(folder):                # the writer stood between its logs and the head: look again when it has ended
        return recover(folder)


def recover(folder: Folder) -> tuple[Log, list[Issue]]:
    """Under the lock: put torn bytes aside, finish or throw away staged files. What was done is told as issues."""
    log = load(folder)
    issues = []
    for name, data in log.torn.items():
        aside = folder.torn / f"{log.transaction + 1:06d}-{sha256(data)[:8]}-{name}"
        write_atomic(aside, data)
        with open(folder.log / name, "r+b") as stream:
            stream.truncate(log.lengths[name])
            os.fsync(stream.fileno())
        issues.append(Issue("torn-log", f"An earlier command was interrupted before it finished; its {len(data)} "
                            f"unfinished bytes of {name} were put aside in log/torn/. Nothing that was finished is "
                            "lost. Run that command again.", file=str(aside), severity="info"))
    if log.torn:
        log = load(folder)
    for staged in sorted(folder.staging.glob("*")) if folder.staging.exists() else []:
        if staged.name.isdigit() and int(staged.name) <= log.transaction:
            _place(staged, folder)
        shutil.rmtree(staged, ignore_errors=True)
    return log, issues


def _place(staged: Path, folder: Folder) -> None:
    """Move the files of a committed transaction to their places. A place that is taken keeps what it has, unless
    it is part of an open search, which the transaction sealed."""
    for source in sorted(p for p in staged.rglob("*") if p.is_file()):
        target = folder.root / source.relative_to(staged)
        if target.exists() and target.parent.parent != folder.searches:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)


class Transaction:
    """What one command writes. Made by `transaction`; nothing reaches the logs before the block ends well."""

    def __init__(self, folder: Folder, log: Log, command: str, clock: Clock, issues: list[Issue]) -> None:
        self.folder, self.log, self.command, self.issues = folder, log, command, issues
        self.number, self.time = log.transaction + 1, clock()
        self.by = ""                            # the code of the person who acts, where one said so
        self._seq = log.seq
        self._rows: dict[str, list[rows.Row]] = {name: [] for name in LOGS}
        self._staged = folder.staging / str(self.number)

    def _next(self) -> dict[str, Any]:
        self._seq += 1
        return {"seq": self._seq, "transaction": self.number, "time": self.time}

    def assign(self, record: str, report: str, op: str, actor: str, **why: str) -> Assignment:
        """Log which report a record describes."""
        row = Assignment(**self._next(), record=record, report=report, op=op, actor=actor, **why)  # type: ignore[arg-type]
        self._rows["assignments.csv"].append(row)
        return row

    def decide(self, **values: Any) -> Decision:
        """Log one reviewer's decision; the fields of model.Decision."""
        row = Decision(**self._next(), **values)
        self._rows["decisions.csv"].append(row)
        return row

    def link(self, source: str, target: str, type: str, op: str, actor: str, evidence: str = "") -> Link:
        """Log a relation between reports, or of a report to a study."""
        row = Link(**self._next(), source=source, target=target, type=type, op=op, actor=actor,  # type: ignore[arg-type]
                   evidence=evidence)
        self._rows["links.csv"].append(row)
        return row

    def event(self, type: str, subject: str, value: str = "", reason: str = "", actor: str = "") -> Event:
        """Log that something happened."""
        row = Event(**self._next(), type=type, subject=subject, value=value, reason=reason, actor=actor or self.by)
        self._rows["events.csv"].append(row)
        return row

    def stage(self, path: Path) -> Path:
        """Where to write a file that shall lie at `path` (inside the review's folder) once this is committed."""
        staged = self._staged / path.relative_to(self.folder.root)
        with writing(path):
            staged.parent.mkdir(parents=True, exist_ok=True)
        return staged

    def keep(self, path: Path, data: bytes) -> None:
        """Stage a file with this content."""
        write_atomic(self.stage(path), data)

    def copy(self, source: Path, path: Path) -> Path:
        """Stage a copy of a file, byte for byte; returns where it waits."""
        staged = self.stage(path)
        with writing(path):
            shutil.copyfile(source, staged)
        return staged

    @property
    def empty(self) -> bool:
        """Whether nothing is to be logged."""
        return not any(self._rows.values())

    def pending(self) -> Log:
        """The log as it will stand, for deciding what else this command has to write."""
        more = self._rows
        return Log(self.log.assignments + tuple(more["assignments.csv"]),     # type: ignore[arg-type]
                   self.log.decisions + tuple(more["decisions.csv"]),         # type: ignore[arg-type]
                   self.log.links + tuple(more["links.csv"]),                 # type: ignore[arg-type]
                   self.log.events + tuple(more["events.csv"]),               # type: ignore[arg-type]
                   transaction=self.number, seq=self._seq)

    def forget(self) -> None:
        """Drop every row: a dry run."""
        for rows_of_log in self._rows.values():
            rows_of_log.clear()

    def discard(self) -> None:
        """Throw away what was staged."""
        shutil.rmtree(self._staged, ignore_errors=True)

    def commit(self) -> None:
        """Append the rows and the commit event, then move the staged files to their places."""
        if self.empty:
            self.discard()
            return
        lengths, hashes, tails = {}, {}, {}
        for name in LOGS:
            path = self.folder.log / name
            before = path.read_bytes() if path.exists() else b""
            tail = b"".join(rows.encode(r) for r in self._rows[name])
            if tail and not before:
                tail = rows.header(name) + tail
            if name == "events.csv" and not before and not tail:
                tail = rows.header(name)
            tails[name] = tail
            lengths[name], hashes[name] = len(before) + len(tail), sha256(before + tail)
        self._seq += 1
        event = make_commit(self._seq, self.number, self.time, command=self.command,
                            actor=f"review {review.__version__}", lengths=lengths, hashes=hashes,
                            previous=self.log.digest)
        tails["events.csv"] += rows.encode(event)
        try:
            for name in LOGS:               # events.csv comes last, and its last line is the commit
                if tails[name]:
                    append(self.folder.log / name, tails[name])
        except ReviewError:
            self._take_back()
            raise
        digest = event.value.rpartition("; digest ")[2]
        head = {"transaction": self.number, "digest": digest}
        write_atomic(self.folder.log / "head.json", (json.dumps(head) + "\n").encode())
        _place(self._staged, self.folder)
        self.discard()

    def _take_back(self) -> None:
        """After a failed append: cut the logs to what was committed, as far as the disk lets us."""
        for name in LOGS:
            path = self.folder.log / name
            if path.exists() and path.stat().st_size > self.log.lengths[name]:
                os.truncate(path, self.log.lengths[name])


@contextmanager
def transaction(folder: Folder, command: str, clock: Clock = utc_now) -> Iterator[Transaction]:
    """Lock, recover, let the caller add rows and files, commit. An exception leaves everything as it was."""
    with locked(folder):
        log, issues = recover(folder)
        current = Transaction(folder, log, command, clock, issues)
        current.discard()
        try:
            yield current
        except BaseException:
            current.discard()
            raise
        try:
            current.commit()
        except ReviewError:
            current.discard()
            raise
