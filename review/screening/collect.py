"""Filled workbooks come back: every answer is either logged or listed with its place; nothing is guessed.

Three things are held against each other: what was issued, what the log says already, and what the file says.
Reading the same file twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from review.ledger import events
from review.ledger.issued import IssuedRow, IssuedSheet
from review.ledger.keys import read_key
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.ledger.transaction import Transaction
from review.model import Decision, Issue
from review.query.definition import Definition
from review.screening import extras, pairs
from review.screening.answers import Meaning, interpret
from review.screening.consensus import Rules, consensus
from review.screening.reading import Answer, Reading, read_file
from review.screening.titles import same_title

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
    other: int = 0                  # duplicates, retrievals, studies
    conflicts: int = 0              # after this collection; filled in by the workflow


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
            readings.append((path, reading))
    torn = _versions(readings, state, definition, out) if not newer else set()
    last: Last = {(d.report, d.stage, d.round, d.kind, d.reviewer): d for d in state.log.decisions}
    for path, reading in readings:
        Collector(tx, folder, state, definition, reading, out, torn, newer, last).file(path)
    return out


def _refusal(reading: Reading, state: State, review_id: str) -> Issue | None:
    """Why a file is not a workbook of this review, if it is not."""
    def say(code: str, message: str) -> Issue:
        return Issue(code, message, file=reading.name, severity="error")

    if not reading.tabular:
        first = reading.issues[0].message if reading.issues else "it holds no table with a Key and a Decision column"
        return say("not-a-sheet", f"{reading.name} is not a screening workbook: {first}. Nothing was read from it.")
    if reading.review and reading.review != review_id:
        return say("other-review", f"{reading.name} belongs to the review {reading.review}, not to {review_id}. "
                   f"Collect it there: review collect {reading.review} …")
    if not reading.sheet:
        return say("no-sheet-id", f"{reading.name} doesn't say which sheet it is: its first page, its properties and "
                   "its Sheet column are gone. Copy the decisions into the workbook that was sent out.")
    if reading.sheet not in state.sheets:
        return say("unknown-sheet", f"{reading.name} is the sheet {reading.sheet}, which this copy of the review never "
                   "sent out. If the review was copied and worked on in two places, collect it in the other copy.")
    return None


def _versions(readings: Sequence[tuple[Path, Reading]], state: State, definition: Definition,
              out: Collected) -> set[tuple[str, str]]:
    """(sheet, key) whose decision differs between two files of this collection: reported, never picked."""
    said: dict[tuple[str, str, str], dict[str, list[tuple[Reading, Answer]]]] = defaultdict(lambda: defaultdict(list))
    reasons = _reasons(definition)
    for _, reading in readings:
        sheet = state.sheets[reading.sheet]
        for answer in reading.answers:
            pair = sheet.kind == "duplicates"
            key = f"{answer.key} | {answer.duplicate_of}" if pair else answer.key
            meaning = interpret(answer.decision, answer.reason, reasons, sheet.stage)
            words = {"decision": f"{meaning.decision} {meaning.reason}".strip() if meaning.readable else "",
                     "duplicate": "" if pair else answer.duplicate_of, "retrieved": answer.retrieval, "study": answer.study}
            for what, word in words.items():
                if answer.key and word:
                    said[reading.sheet, key, what][word].append((reading, answer))
    torn: set[tuple[str, str]] = set()
    for (sheet_id, key, _), versions in said.items():
        place = (sheet_id, key)
        files = {r.sha256 for rows in versions.values() for r, _ in rows}
        if len(versions) > 1 and len(files) > 1 and place not in torn:
            torn.add(place)
            where = "; ".join(f"{what} in {r.name}, {a.decision_cell}" for what, rows in versions.items()
                              for r, a in rows)
            first = next(iter(versions.values()))[0]
            out.issues.append(Issue("two-versions", f"{place[1]}: two files of the sheet {place[0]} disagree: {where}. "
                                    "Neither was taken. Correct one of them, or collect the right file alone.",
                                    file=first[0].name, cell=first[1].decision_cell, severity="error"))
            out.quarantined += 1
    return torn


def _reasons(definition: Definition) -> Reasons:
    return tuple((r.code, r.label) for r in definition.reasons)


class Collector:
    """One file on its way into the log."""

    def __init__(self, tx: Transaction, folder: Folder, state: State, definition: Definition, reading: Reading,
                 out: Collected, torn: set[tuple[str, str]], newer: bool, last: Last) -> None:
        self.tx, self.folder, self.state, self.definition = tx, folder, state, definition
        self.reading, self.out, self.torn, self.newer = reading, out, torn, newer
        self.sheet: IssuedSheet = state.sheets[reading.sheet]
        self.rows: Mapping[str, IssuedRow] = {r.key: r for r in self.sheet.rows}
        self.reasons = _reasons(definition)
        self.kind = "adjudicated" if self.sheet.kind == "conflicts" else "independent"
        self.last = last                    # shared by all files of this collection
        self.names = {e.subject: e.reason for e in tx.pending().events if e.type == events.COLLECTED}
        self.groups = state.groups()
        self.seen = any(e.type == events.COLLECTED and e.subject == reading.sha256 for e in tx.log.events)
        counted = state.counted_records()
        self.outside = {r.key for r in state.current()
                        if state.arm(r, counted) is None or all(k in state.removed for k in self.groups[r.key])}
        self.conflicts = {key for (key, stage), c in consensus(state, Rules.of(definition)).items()
                          if c.status == "conflict" and stage == self.sheet.stage} if self.kind == "adjudicated" else set()

    def issue(self, code: str, message: str, cell: str, severity: str = "error") -> None:
        """List something with its place."""
        self.out.issues.append(Issue(code, message, file=self.reading.name, cell=cell,
                                     severity=severity))  # type: ignore[arg-type]

    def file(self, path: Path) -> None:
        """Read all rows; keep the file if it told us anything."""
        before = (self.out.new, self.out.changed, self.out.other)
        if self.reading.reviewer and self.sheet.reviewer and self.reading.reviewer != self.sheet.reviewer:
            self.issue("other-reviewer", f"The file says it is {self.reading.reviewer}'s; the sheet {self.sheet.sheet} "
                       f"was sent to {self.sheet.reviewer}, and the decisions count as theirs.", "", "warning")
        if self.sheet.kind == "duplicates":
            pairs.collect_pairs(self)
        else:
            for answer in self._usable():
                self._row(answer)
        told = (self.out.new, self.out.changed, self.out.other) != before
        if told:
            suffix = path.suffix.lower()[:6]
            kept = self.folder.received / f"{self.reading.sha256}{suffix}"
            if not kept.exists():
                self.tx.keep(kept, path.read_bytes())
            self.tx.event(events.COLLECTED, self.reading.sha256, self.sheet.sheet, self.reading.name,
                          self.sheet.reviewer)
        self.out.files.append(FileReport(self.reading.name, self.sheet.sheet, self.reading.sha256,
                                         len(self.reading.answers), "read" if told else "unchanged"))

    def _usable(self) -> list[Answer]:
        """Answers whose row is surely the row of that report; the others are listed."""
        by_key: dict[str, list[Answer]] = defaultdict(list)
        for answer in self.reading.answers:
            if answer.trouble:          # the reading has listed it with its cell
                self.out.quarantined += 1
                continue
            key = read_key(answer.key, self.definition.id) if answer.key else None
            filled = any((answer.decision, answer.reason, answer.duplicate_of, answer.retrieval, answer.study))
            if key in self.rows:
                by_key[key or ""].append(answer)
            elif filled:
                self.out.quarantined += 1
                what = f"“{answer.key_raw}” is no key of this sheet" if answer.key_raw else "the row has no key"
                self.issue("bad-key", f"Row {answer.row}: {what}, so the decision “{answer.decision}” belongs to no "
                           "report. Copy the key from the sheet that was sent out.", answer.key_cell)
        out = []
        for key, answers in by_key.items():
            words = {(a.decision, a.reason, a.duplicate_of, a.retrieval, a.study) for a in answers}
            words.discard(("",) * 5)
            if len(words) > 1:
                cells = ", ".join(a.decision_cell for a in answers)
                self.issue("key-twice", f"{key} stands in several rows with different answers ({cells}). None was taken; "
                           "delete the wrong row.", answers[0].decision_cell)
                self.out.quarantined += 1
                continue
            answer = next((a for a in answers if any((a.decision, a.reason, a.duplicate_of, a.retrieval, a.study))),
                          answers[0])
            if self._title_agrees(key, answer):
                out.append(answer)
        return out

    def _title_agrees(self, key: str, answer: Answer) -> bool:
        """Whether the row's title is the title that went out with its key (a partly sorted sheet mixes them)."""
        if not answer.title or same_title(answer.title, self.rows[key].title):
            return True
        if any((answer.decision, answer.reason, answer.duplicate_of, answer.retrieval, answer.study)):
            self.out.quarantined += 1
            sent = self.rows[key].title[:80]
            self.issue("title-mismatch", f"Row {answer.row}: the key {key} went out with the title “{sent}”, and "
                       f" the row says “{answer.title[:80]}”. The sheet was sorted in part, or the title was changed. "
                       "The decision was not taken; sort the whole table by Key and look at this row.", answer.key_cell)
        return False

    def _row(self, answer: Answer) -> None:
        key = read_key(answer.key, self.definition.id) or ""
        if (self.sheet.sheet, answer.key) in self.torn:
            return                          # two files disagree about this row: nothing of it is taken from either
        current = self.state.resolve(key)
        self._decision(key, current, answer)
        extras.collect_extras(self, key, current, answer)

    def _place(self, key: str) -> tuple[str, str, int, str, str]:
        return key, self.sheet.stage, self.sheet.round, self.kind, self.sheet.reviewer

    def _decision(self, key: str, current: str, answer: Answer) -> None:
        meaning = interpret(answer.decision, answer.reason, self.reasons, self.sheet.stage)
        old = self.last.get(self._place(key))
        if not meaning.readable:
            self.out.quarantined += 1
            self.issue("unreadable", f"{key}: {meaning.message}", answer.decision_cell)
        elif not meaning.decision:
            if old is None and answer.note:
                self.issue("note-alone", f"{key}: a note without a decision stays in the sheet (“{answer.note[:60]}”).",
                           answer.decision_cell, "info")
            if old is not None and old.sheet == self.sheet.sheet:
                self.issue("blank-over-decision", f"{key} is blank here, and “{old.decision}” was collected before. The "
                           "decision stays; type the new one, or leave it so.", answer.decision_cell, "warning")
        elif old is not None and (old.decision, old.reason, old.note) == _said(meaning, answer):
            self.out.unchanged += 1
        elif old is not None and self.seen:
            self.out.unchanged += 1         # this very file was collected before, and the reviewer went on since
        elif self.sheet.stage == "full-text" and meaning.decision == "exclude" and not meaning.reason:
            self.out.quarantined += 1
            self.issue("reason-missing", f"{key}: excluded at full text without a reason that can be read"
                       + (f" ({meaning.message})" if meaning.message else "") + ". Choose one from the list; the decision "
                       "was not taken.", answer.decision_cell)
        elif self._allowed(key, current, answer, meaning, old):
            self._log(key, answer, meaning, old)

    def _allowed(self, key: str, current: str, answer: Answer, meaning: Meaning, old: Decision | None) -> bool:
        """Whether a new or changed decision may be logged; if not, it is listed."""
        if self.kind == "adjudicated" and old is None and current not in self.conflicts:
            self.out.quarantined += 1
            self.issue("no-conflict", f"{key} is no conflict any more: the reviewers agree since. The verdict "
                       f"“{meaning.decision}” was not taken.", answer.decision_cell, "warning")
            return False
        now = self.state.round(self.groups[current], self.sheet.stage)
        if self.sheet.round not in (0, now):
            self.out.quarantined += 1
            self.issue("old-round", f"{key}: this sheet is of round {self.sheet.round}, and the report was reopened for "
                       f"round {now} since. Decide in the newer sheet.", answer.decision_cell)
            return False
        other_file = old is not None and old.file_sha != self.reading.sha256 and (
            self.names.get(old.file_sha, self.reading.name) != self.reading.name)
        if old is not None and other_file and not self.newer:
            self.out.quarantined += 1
            self.issue("two-versions", f"{key}: “{old.decision}” was collected from {self.names[old.file_sha]} "
                       f"({old.cell}), and {self.reading.name} says “{meaning.decision}”. Two versions of one sheet: the "
                       "earlier decision stays. If this file is the later word, collect it with --newer.",
                       answer.decision_cell)
            return False
        return True

    def _log(self, key: str, answer: Answer, meaning: Meaning, old: Decision | None) -> None:
        decision, reason, note = _said(meaning, answer)
        if meaning.message:
            self.issue("part-unreadable", f"{key}: {meaning.message} The decision “{decision}” was taken.",
                       answer.decision_cell, "warning")
        if self.state.resolve(key) in self.outside:
            self.issue("not-in-flow", f"{key} is not in the flow any more (removed, or its searches were withdrawn): the "
                       "decision is kept and does not count.", answer.decision_cell, "warning")
        self.last[self._place(key)] = self.tx.decide(
            report=key, stage=self.sheet.stage, round=self.sheet.round, reviewer=self.sheet.reviewer, kind=self.kind,
            decision=decision, reason=reason, note=note, raw=" | ".join(t for t in (answer.decision, answer.reason) if t),
            sheet=self.sheet.sheet, file_sha=self.reading.sha256, cell=answer.decision_cell,
            members=self.rows[key].members)
        self.out.decisions.append({"report": key, "reviewer": self.sheet.reviewer, "stage": self.sheet.stage,
                                   "old": old.decision if old else "", "new": decision, "cell": answer.decision_cell})
        if old is None:
            self.out.new += 1
        else:
            self.out.changed += 1


def _said(meaning: Meaning, answer: Answer) -> tuple[str, str, str]:
    """(decision, reason, note) as they are logged."""
    note = "; ".join(dict.fromkeys(t for t in (answer.note.strip(), meaning.note.strip()) if t))
    return meaning.decision, meaning.reason, note
