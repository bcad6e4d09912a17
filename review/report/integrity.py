"""`review check`: is everything on disk what the log says it is?

The logs themselves are checked whenever they are opened (ledger.log); here come the files they name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from review.ledger import events
from review.ledger.disk import sha256_file
from review.ledger.keys import read_key
from review.ledger.log import Log
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.ledger.searches import record_id
from review.model import Issue, Progress, ReviewError
from review.sources.sealing import read_file
from review.words import ELSEWHERE, many, were

_CLOCK_SLACK = timedelta(hours=1)       # clocks are corrected all the time; only more can change a date


def integrity(folder: Folder, state: State, review_id: str, progress: Progress | None = None) -> list[Issue]:
    """Everything that is not as it was logged; [] when all is well."""
    found: list[Issue] = []
    for part in (_log(folder, state, review_id), _searches(folder, state, progress), _strangers(folder, state),
                 _kept(folder, state)):
        found += part
    return found


def _error(code: str, message: str, file: object = "") -> Issue:
    return Issue(code, message, file=str(file), severity="error")


def _log(folder: Folder, state: State, review_id: str) -> Iterator[Issue]:
    """Rows that no command writes: the hashes guard against changes, this against mixed-up copies."""
    log = state.log
    numbers = [*(a.seq for a in log.assignments), *(d.seq for d in log.decisions), *(k.seq for k in log.links),
               *(e.seq for e in log.events)]
    if sorted(numbers) != list(range(1, len(numbers) + 1)):
        yield _error("sequence", "The rows of the logs are not numbered one after the other. Put log/ back from a backup.")
    if numbers and not (folder.log / "head.json").exists():
        yield Issue("head-missing", "log/head.json is missing, which tells a dropped last transaction from an unfinished "
                    "one. Put it back from a backup; the next command that writes makes it anew.")
    yield from _clock(log)
    known = {record_id(s, row.ordinal) for s, index in state.index.items() for row in index}
    strange = sorted({a.record for a in log.assignments} - known)
    if strange:
        yield _error("unknown-record", f"In log/assignments.csv, {many(len(strange), 'record')} of no search, the first "
                     f"{strange[0]}. A search's folder is missing, or two copies of the review were mixed.")
    founded = Counter(a.report for a in log.assignments if a.op == "assign" and a.rule == "new")
    for key, times in founded.items():
        if times > 1:
            yield _error("key-twice", f"{key} was given to {times} different reports: two copies of this review were "
                         "worked on apart and brought together. Keep one copy's folder whole; collect the other "
                         "copy's workbooks there, and import its searches again.")
        if read_key(key, review_id) != key:
            yield _error("key-foreign", f"{key} is not a key of the review {review_id}: its check characters are "
                         "another review's. Was the definition's file renamed? Name it as it was.")
    issued = {(row.key, sheet.sheet) for sheet in state.sheets.values() for row in sheet.rows}
    brought = {(e.subject, e.value) for e in log.events if e.type == events.COLLECTED and e.value in ELSEWHERE}
    for decision in log.decisions:
        if (decision.report, decision.sheet) not in issued and (decision.file_sha, decision.sheet) not in brought:
            yield _error("decision-unissued", f"The decision {decision.seq} on {decision.report} came in the sheet "
                         f"{decision.sheet}, which did not hold that report.")


def _clock(log: Log) -> Iterator[Issue]:
    """Order is by sequence, so that no number depends on a clock; but counts as of a date do."""
    latest = None
    for event in log.events:
        if event.type != events.COMMIT:
            continue
        now = datetime.fromisoformat(event.time)
        if latest is not None and now < latest - _CLOCK_SLACK:
            yield Issue("clock-back", f"The clock went back before transaction {event.transaction}: it says {event.time}, and "
                        f"an earlier one {latest:%Y-%m-%dT%H:%M:%SZ}. No number of today depends on it; counts as of a date "
                        "between the two show what was logged up to the later of them.")
        latest = now if latest is None else max(now, latest)


def _searches(folder: Folder, state: State, progress: Progress | None) -> Iterator[Issue]:
    """Every kept file is the one that was kept, and the reader finds the same records in it."""
    for number, search in enumerate(state.searches.values(), start=1):
        if progress:
            progress(number, len(state.searches), f"checking {search.id}")
        if search.state != "sealed":
            continue
        index = {(row.file, row.offset, row.length): row for row in state.index[search.id]}
        first = 1
        for file in search.files:
            path = folder.searches / search.id / file.name
            if not path.exists() or sha256_file(path) != file.sha256:
                what = "was changed" if path.exists() else "is missing"
                yield _error("file-changed", f"{path} {what}. Put it back from a backup.", path)
                continue
            if file.role != "records":
                continue
            try:
                reading = read_file(path, file.name, search.database, encoding=file.encoding, first=first,
                                    last=search.limit and max(search.limit, len(index)),
                                    mapping=search.params.get("mapping"), format=file.format)
            except ReviewError as error:
                yield error.as_issue()
                continue
            first += len(reading.rows)
            wrong = [row for row in reading.rows
                     if (old := index.get((row.file, row.offset, row.length))) is None or old.sha256 != row.sha256
                     or old.ordinal != row.ordinal]
            if wrong or file.read is not None and reading.file.read != file.read:
                yield _error("reader-changed", f"{path}: {many(file.read or 0, 'record')} {were(file.read or 0)} sealed, "
                             f"and this version reads {reading.file.read:,}, {len(wrong):,} of them elsewhere. It was sealed by "
                             f"{dict(search.versions)}; use that version, and report the file.", path)


def _strangers(folder: Folder, state: State) -> Iterator[Issue]:
    """Folders and sheets that the log does not know: from another copy of the review, perhaps."""
    for path in sorted(folder.searches.glob("*")) if folder.searches.exists() else []:
        if path.is_dir() and path.name not in state.searches:
            yield _error("search-unknown", f"{path} is not in the log, so its records do not count. If it comes from "
                         "another copy of this review, move it away and import its files with `review import`.", path)
    for path in sorted(folder.issued.glob("*.csv")):
        if path.stem not in state.sheets:
            yield _error("sheet-unknown", f"{path} was not sent out by this copy of the review. If the review was copied "
                         "and worked on in two places, keep one copy's folder whole and collect the other's "
                         "workbooks where they were sent out.", path)


def _kept(folder: Folder, state: State) -> Iterator[Issue]:
    """Content-addressed files are what their names say."""
    for path in _named_by_hash(folder):
        if path.is_file() and sha256_file(path) != path.stem:
            yield _error("file-changed", f"{path} was changed: its content is not what its name says. Put it back from "
                         "a backup.", path)
    for event in state.log.events:
        if event.type == events.DEFINITION and not (folder.definitions / f"{event.subject}.toml").exists():
            yield _error("definition-missing", f"The version {event.subject[:12]} of the definition is missing from "
                         "log/definitions/. Put it back from a backup.", folder.definitions)
        if event.type == events.COLLECTED and not list(folder.received.glob(f"{event.subject}.*")):
            yield _error("received-missing", f"{event.reason}, collected on {event.time[:10]}, is missing from "
                         "screening/received/. Put it back from a backup.", folder.received)


def _named_by_hash(folder: Folder) -> Iterable[Path]:
    return (*sorted(folder.definitions.glob("*.toml")), *sorted(folder.received.glob("*.*")),
            *sorted(folder.baselines.glob("*.csv")))
