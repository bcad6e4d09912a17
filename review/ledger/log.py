"""Reading the logs: what is committed, what is torn, and whether anything was changed.

Only bytes up to the last commit count. What lies behind it was never finished (`torn`); a log that does not match
its last commit was changed by something other than this program, and then nothing is read at all.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from review.ledger import rows
from review.ledger.commits import Commit, read_commit
from review.ledger.disk import sha256
from review.ledger.paths import LOGS, Folder
from review.model import Assignment, Decision, Event, Link, ReviewError


@dataclass(frozen=True)
class Log:
    """The committed rows of a review, and the torn bytes behind them."""

    assignments: tuple[Assignment, ...] = ()
    decisions: tuple[Decision, ...] = ()
    links: tuple[Link, ...] = ()
    events: tuple[Event, ...] = ()
    lengths: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LOGS, 0))
    torn: dict[str, bytes] = field(default_factory=dict)
    digest: str = ""                # of the last commit: names this state of the ledger
    transaction: int = 0            # the last one
    seq: int = 0                    # the last one given

    def until(self, transaction: int) -> Log:
        """The log as it stood after `transaction`."""
        return Log(tuple(r for r in self.assignments if r.transaction <= transaction),
                   tuple(r for r in self.decisions if r.transaction <= transaction),
                   tuple(r for r in self.links if r.transaction <= transaction),
                   tuple(r for r in self.events if r.transaction <= transaction),
                   transaction=transaction, digest=self.digest, seq=self.seq)

    def as_of(self, moment: str) -> Log:
        """The log as it stood at `moment`, an ISO date (its end, UTC) or time.

        Order is by sequence, never by clock: all transactions up to the last one that was logged by then.
        """
        limit = moment if "T" in moment else moment + "T23:59:59Z"
        last = max((e.transaction for e in self.events if e.type == "commit" and e.time <= limit), default=0)
        return self.until(last)


def load(folder: Folder) -> Log:
    """The committed log of a review; an empty one where nothing was logged yet. ReviewError if it was changed."""
    data = {log: _bytes(folder, log) for log in LOGS}
    last = None
    for last in _commits(data["events.csv"]):
        if last.commit is None or last.commit.lengths.get("events.csv") != last.offset:
            raise _damaged(folder, data)
    head = _head(folder)
    if last is None or last.commit is None:
        if head is not None:
            raise _damaged(folder, data)
        return Log(torn={log: d for log, d in data.items() if d})
    commit = last.commit
    if any(sha256(data[log][:commit.lengths[log]]) != commit.hashes[log] for log in LOGS):
        raise _damaged(folder, data)
    if head is not None and not _head_agrees(head, commit):
        raise _damaged(folder, data)
    lengths = {**commit.lengths, "events.csv": last.end}
    try:
        read = {log: tuple(rows.decode(log, data[log][:lengths[log]])) for log in LOGS}
    except (ValueError, csv.Error) as error:
        raise ReviewError(f"A log of {folder.root} can't be read, though its hash is right: {error}. It was written "
                          "by another version of this program.", code="damaged-log", status=1) from error
    torn = {log: data[log][lengths[log]:] for log in LOGS if len(data[log]) > lengths[log]}
    return Log(read["assignments.csv"], read["decisions.csv"], read["links.csv"], read["events.csv"], lengths, torn,
               commit.digest, commit.event.transaction, commit.event.seq)


@dataclass(frozen=True)
class _Line:
    offset: int
    end: int
    commit: Commit | None           # None: it looks like a commit but is not what was written


def _commits(events: bytes) -> Iterator[_Line]:
    """The finished lines that are, or look like, commit rows. A line without its newline was never finished."""
    offset = 0
    for line in events.split(b"\n")[:-1]:
        end = offset + len(line) + 1
        if b",commit," in line:
            event = _parse(line)
            if event is None or event.type == "commit":
                yield _Line(offset, end, read_commit(event) if event else None)
        offset = end


def _parse(line: bytes) -> Event | None:
    try:
        event: Event = rows.decode("events.csv", rows.header("events.csv") + line + b"\n")[0]
    except (ValueError, csv.Error, IndexError):
        return None
    return event


def _bytes(folder: Folder, log: str) -> bytes:
    path = folder.log / log
    return path.read_bytes() if path.exists() else b""


def _head(folder: Folder) -> dict[str, object] | None:
    """What log/head.json says; None where there is none. A head that can't be read agrees with nothing."""
    path = folder.log / "head.json"
    if not path.exists():
        return None
    try:
        head = json.loads(path.read_bytes())
    except ValueError:
        return {}
    return head if isinstance(head, dict) else {}


def _head_agrees(head: dict[str, object], last: Commit) -> bool:
    """The head names the last commit, or the one before it (the program stopped between the two writes)."""
    for digest, transaction in ((last.digest, last.event.transaction), (last.previous, last.event.transaction - 1)):
        if head == {"transaction": transaction, "digest": digest}:
            return True
    return False


def _damaged(folder: Folder, data: dict[str, bytes]) -> ReviewError:
    """Say where the first damage lies, whether two copies were mixed, and what to do."""
    good: Commit | None = None
    seen: dict[str, int] = {}
    forked = 0
    where = "before its first transaction was finished"
    intact = True
    for line in _commits(data["events.csv"]):
        commit = line.commit
        if commit is None:
            intact = False
            continue
        if commit.previous in seen:
            forked = forked or commit.event.transaction
        seen[commit.previous] = commit.event.transaction
        wrong = [log for log in LOGS if sha256(data[log][:commit.lengths[log]]) != commit.hashes[log]]
        if intact and not wrong and commit.lengths["events.csv"] == line.offset:
            good = commit
        elif intact:
            intact = False
            where = f"in {', '.join('log/' + log for log in wrong) or 'log/events.csv'}"
    if good is not None:
        where = f"after transaction {good.event.transaction} ({good.event.reason}, {good.event.time})" + (
            f", {where}" if where.startswith("in ") else "")
    if forked:
        what = (f"Two copies of this review were worked on apart and then brought together: both wrote a transaction "
                f"{forked}. Keep one copy's folder whole; from the other copy take the files in "
                "screening/ and searches/ and bring them in with `review collect` and `review import`.")
    else:
        what = ("Put log/ back from a backup or from version control; nothing was read from it, so no number was "
                "changed. The files in searches/ and screening/ are not touched.")
    return ReviewError(f"The log of {folder.root.name} was changed outside this program, {where}. {what}",
                       code="forked-log" if forked else "damaged-log", status=1, file=str(folder.log))
