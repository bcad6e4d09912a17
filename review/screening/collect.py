"""Filled workbooks come back: every answer is either logged or listed with its place; nothing is guessed.

Three things are held against each other: what was issued, what the log says already, and what the file says.
Reading the same file twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from review.ledger import events
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.ledger.transaction import Transaction
from review.model import Issue
from review.query.definition import Definition
from review.screening.collector import Collected, Collector, FileReport, Last
from review.screening.decisions import collect_rows
from review.screening.found_collect import collect_found
from review.screening.pairs import collect_pairs
from review.screening.reading import Answer, Reading, read_file
from review.screening.two_versions import torn_rows
from review.screening.versions import Past

_ELSEWHERE = "Decisions made in another tool are read with --from and --stage: see `review collect --help`."


def collect(tx: Transaction, folder: Folder, state: State, definition: Definition, paths: Sequence[Path], *,
            newer: bool = False) -> Collected:
    """Read the files into the transaction. `newer`: these files' words are later than what other copies said."""
    out = Collected()
    readings = []
    for path in paths:
        reading = read_file(path)
        refusal = _refusal(reading, state, definition.id)
        # a file that is not ours may hold anything; what is said of its cells is of no use to anybody
        out.issues += (refusal,) if refusal else reading.issues
        if refusal:
            out.files.append(FileReport(reading.name, reading.sheet, reading.sha256, len(reading.answers), "refused"))
        else:
            readings += [(path, part) for part in _parts(reading, state)]
    past = Past(state.log)
    torn = torn_rows([reading for _, reading in readings], state, definition, past, out, newer)
    last: Last = {(d.report, d.stage, d.round, d.kind, d.reviewer): d for d in state.log.decisions}
    for path, reading in readings:
        _file(Collector(tx, folder, state, definition, reading, out, torn, newer, last, past), path)
    return out


def _parts(reading: Reading, state: State) -> list[Reading]:
    """The reading, parted by the sheets that its rows come from: people paste several batches into one file."""
    answers: dict[str, list[Answer]] = {reading.sheet: []}
    for answer in reading.answers:
        own = answer.sheet in state.sheets and not answer.trouble
        answers.setdefault(answer.sheet if own else reading.sheet, []).append(answer)
    return [replace(reading, sheet=sheet, answers=tuple(some)) for sheet, some in answers.items()]


def _file(c: Collector, path: Path) -> None:
    """Read all rows; keep the file if it told us anything."""
    before = (c.out.new, c.out.changed, c.out.other)
    if c.reading.reviewer and c.sheet.reviewer and c.reading.reviewer != c.sheet.reviewer:
        c.issue("other-reviewer", f"The file says it is {c.reading.reviewer}'s; the sheet {c.sheet.sheet} was sent to "
                f"{c.sheet.reviewer}, and the decisions count as theirs.", "", "warning")
    if c.sheet.kind == "duplicates":
        collect_pairs(c)
    elif c.sheet.kind == "found":
        collect_found(c)
    else:
        collect_rows(c)
    told = (c.out.new, c.out.changed, c.out.other) != before
    if told:
        suffix = path.suffix.lower()[:6]
        kept = c.folder.received / f"{c.reading.sha256}{suffix}"
        if not kept.exists():
            c.tx.keep(kept, path.read_bytes())
        c.tx.event(events.COLLECTED, c.reading.sha256, c.sheet.sheet, c.reading.name, c.sheet.reviewer)
    rows = len(c.reading.answers) + len(c.reading.found) + c.reading.refused
    c.out.files.append(FileReport(c.reading.name, c.sheet.sheet, c.reading.sha256, rows, "read" if told else "unchanged"))


def _refusal(reading: Reading, state: State, review_id: str) -> Issue | None:
    """Why a file is not a workbook of this review, if it is not."""
    def say(code: str, message: str) -> Issue:
        return Issue(code, message, file=reading.name, severity="error")

    if not reading.tabular:
        first = reading.issues[0].message if reading.issues else "it holds no table with a Key and a Decision column"
        return say("not-a-sheet", f"{reading.name} is not a screening workbook: {first.rstrip('.')}. Nothing was read from it. "
                   + _ELSEWHERE)
    if reading.review and reading.review != review_id:
        return say("other-review", f"{reading.name} belongs to the review {reading.review}, not to {review_id}. "
                   f"Collect it there: review collect {reading.review} …")
    if not reading.sheet:
        return say("no-sheet-id", f"{reading.name} doesn't say which sheet it is: its first page, its properties and "
                   "its Sheet column are gone. Copy the decisions into the workbook that was sent out. " + _ELSEWHERE)
    if reading.sheet not in state.sheets:
        return say("unknown-sheet", f"{reading.name} is the sheet {reading.sheet}, which this copy of the review never "
                   "sent out. If the review was copied and worked on in two places, collect it in the other copy.")
    return None
