"""Decisions made elsewhere come in: in another screening tool, or in a sheet that this program never sent out.

A file that names its reviewers gives each one's own word: a vote like any other. A list of Covidence names nobody and
gives what was settled there: kind `imported`, the team's; of another file that names nobody the user says whose word it
is. No file changes a decision that was logged
before unless the user says that it is the later word. Names of people never reach the log, codes do.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from review.formats.table import defused
from review.ledger import events
from review.ledger.disk import read_error, write_atomic
from review.ledger.issued import members_hash
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.ledger.transaction import Transaction
from review.model import Decision, Issue, Progress, Record, ReviewError
from review.query.definition import Definition
from review.screening import elsewhere_more
from review.screening.answers import Meaning, interpret
from review.screening.consensus import TEAM, Rules, consensus
from review.screening.elsewhere_match import Match, Matcher
from review.screening.elsewhere_read import Request, Row, Table, Vote, read_table, request
from review.screening.reasons import match_reason
from review.screening.versions import spoken
from review.sheets.text import plain
from review.words import agree, many

__all__ = ["Brought", "Request", "bring_in", "request", "write_list"]

_MOST = 256 << 20           # bytes of a file; 50,000 rows with abstracts are about 100 MB


@dataclass
class Brought:
    """What an import of decisions did, or would do. Counts are of decisions but for rows and matched (rows)."""

    name: str
    sha256: str
    rows: int = 0
    matched: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    other: int = 0                          # duplicates, retrievals, studies
    nameless: int = 0                       # decisions of people who have no code; told once a name
    conflicts: int = 0                      # after this import; filled in by the workflow
    decisions: list[dict[str, Any]] = field(default_factory=list)   # report, reviewer, stage, old, new, cell
    not_taken: list[dict[str, str]] = field(default_factory=list)   # cell, title, report, code, message
    reports_without_row: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


def write_list(path: Path, found: Brought) -> None:
    """Both sides that did not match as CSV: rows that were not taken and why, then reports without a row."""
    if path.exists():
        raise ReviewError(f"{path} exists already, and is not overwritten. Name another file.", code="exists", file=str(path))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("cell", "report", "title", "code", "message"))
    rows = [(n["cell"], n["report"], n["title"], n["code"], n["message"]) for n in found.not_taken]
    rows += [("", key, "", "no-row", "the file says nothing of this report") for key in found.reports_without_row]
    writer.writerows([defused(cell) for cell in row] for row in rows)
    write_atomic(path, text.getvalue().encode("utf-8-sig"))


def bring_in(tx: Transaction, folder: Folder, state: State, records: Mapping[str, Record], definition: Definition,
             asked: Request, progress: Progress | None = None) -> Brought:
    """Read the file into the transaction. ReviewError where the request can't be right; else everything is listed."""
    data = _bytes(asked.path)
    table = read_table(asked, data)
    out = Brought(table.name, table.sha256, len(table.rows), issues=list(table.issues))
    _refuse(table, asked)
    importer = _Import(tx, state, definition, asked, table, out)
    matches = Matcher(state, records, definition.id, "native_id" in asked.words.columns.values())
    found = matches.find(table.rows, progress)
    importer.unmatched(found)
    by_report = [(row, match) for row, match in zip(table.rows, found, strict=True) if match.report]
    out.other = elsewhere_more.take(tx, state, matches, by_report, asked.reviewer or asked.tool, importer.not_taken)
    importer.votes(by_report)
    if any(row.votes for row in table.rows):
        importer.without_row([m.report for _, m in by_report])
    if out.new or out.changed or out.other:
        tx.keep(folder.received / f"{table.sha256}{asked.path.suffix.lower()[:6]}", data)
        tx.event(events.COLLECTED, table.sha256, asked.tool, table.name, asked.reviewer)
    return out


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST:
            raise ReviewError(f"{path} is larger than {_MOST >> 20} MB; that is no list of decisions.", code="too-large",
                              file=str(path))
        return path.read_bytes()
    except OSError as error:
        raise read_error(error, path) from error


def _refuse(table: Table, request: Request) -> None:
    """A file without a single decision is a wrong file, or the wrong tool was named; one person's word names one person."""
    people = {v.who for row in table.rows for v in row.votes}
    if request.reviewer and len(people) > 1:
        names = ", ".join(sorted(people - {""}))
        raise ReviewError(f"{table.name} holds the decisions of several people ({names}), not of one. Say --reviewer "
                          "\"NAME=CODE\" for each.", code="several-reviewers", file=table.name)
    if "" in people and not request.reviewer and request.tool != "covidence":
        raise ReviewError(f"{table.name} names nobody. Whose decisions are these? --reviewer CODE, or --reviewer {TEAM} for what "
                          "was settled there by all who screened.", code="which-reviewer", file=table.name)
    if not table.rows:
        why = " ".join(i.message for i in table.issues[:3]) or "it holds no rows"
        raise ReviewError(f"{table.name}: nothing could be read: {why}", code="no-records", file=table.name,
                          issues=table.issues)
    if not any(row.votes or row.more for row in table.rows):
        say = {"covidence": "A Covidence export is one list: say which, --decision include or --decision exclude",
               "rayyan": "Rayyan writes them into the notes: tick the decisions in its export dialogue",
               "asreview": "The label column holds neither 1 nor 0",
               "eppi": "There is no code that begins with include or exclude",
               "sheet": "Name the column in a mapping file ([columns] \"Verdict\" = \"decision\"), or, if the file is a list of "
                        "one decision, say --decision"}[request.tool]
        raise ReviewError(f"{table.name} holds {many(len(table.rows), 'row')} and no decision. {say}.", code="no-decisions",
                          file=table.name)


class _Import:
    """One file on its way into the log."""

    def __init__(self, tx: Transaction, state: State, definition: Definition, request: Request, table: Table,
                 out: Brought) -> None:
        self.tx, self.state, self.definition, self.request, self.table, self.out = tx, state, definition, request, table, out
        self.screening = definition.screening
        self.reasons = tuple((r.code, r.label) for r in definition.reasons)
        self.rules = Rules.of(definition)
        self.strange: Counter[str] = Counter()          # names without a code
        self.unread: Counter[str] = Counter()           # reasons that are none of ours
        self.read_at = [e.seq for e in tx.log.events if e.type == events.COLLECTED and e.subject == table.sha256]
        for code in filter(None, (request.reviewer, *request.names.values(), *request.words.reviewers.values())):
            if code not in (*self._codes(), TEAM):
                raise ReviewError(f"“{code}” is no reviewer of this review; its codes are {', '.join(self._codes())}. Add the "
                                  "code to [screening] in the definition first.", code="no-such-reviewer")

    def _codes(self) -> list[str]:
        known = (*self.screening.reviewers, self.screening.adjudicator, *(s.reviewer for s in self.state.sheets.values()))
        return [c for c in dict.fromkeys(known) if c]

    def not_taken(self, row: Row, code: str, message: str, report: str = "") -> None:
        """List a row, or a word of it, that was not taken."""
        self.out.not_taken.append({"cell": row.place, "title": row.record.title[:120], "report": report, "code": code,
                                   "message": message})

    def unmatched(self, found: Sequence[Match]) -> None:
        """Rows without a report, each with its why."""
        for row, match in zip(self.table.rows, found, strict=True):
            if match.report:
                self.out.matched += 1
            else:
                self.not_taken(row, match.code, match.message)

    def _who(self, vote: Vote) -> str | None:
        """The code of a vote's reviewer; TEAM where the file names nobody; None where a name has no code."""
        if self.request.reviewer:
            return self.request.reviewer
        if not vote.who:
            return TEAM
        names = {**self.request.words.reviewers, **self.request.names}
        return names.get(vote.who) or (vote.who if vote.who in self._codes() else None)

    def _kind(self, who: str) -> str:
        if who == TEAM:
            return "imported"
        adjudicates = who == self.screening.adjudicator and who not in self.screening.reviewers
        return "adjudicated" if adjudicates else "independent"

    def votes(self, matched: Sequence[tuple[Row, Match]]) -> None:
        """All votes, report by report; those of the adjudicator last, when the conflicts are known."""
        said: dict[tuple[str, str], list[tuple[Row, Vote, Meaning]]] = defaultdict(list)
        for row, match in matched:
            for vote in row.votes:
                who = self._who(vote)
                if who is None:
                    self.strange[vote.who] += 1
                    continue
                meaning = self._meaning(vote)
                if meaning.readable and meaning.decision:
                    said[self.state.resolve(match.report), who].append((row, vote, meaning))
                elif not meaning.readable:
                    self.not_taken(row, "unreadable", meaning.message, match.report)
        self.groups = self.state.groups()
        self._last()
        own = {place: rows for place, rows in said.items() if self._kind(place[1]) != "adjudicated"}
        for (key, who), rows in own.items():
            self._take(key, who, rows)
        rest = [place for place in said if place not in own]
        standing = consensus(replace(self.state, log=self.tx.pending()), self.rules) if rest else {}
        for key, who in rest:
            if standing[key, self.request.stage].status in ("conflict", "adjudicated"):
                self._take(key, who, said[key, who])
            else:
                self.not_taken(said[key, who][0][0], "no-conflict", f"{who} settles conflicts, and {key} is none "
                               f"({standing[key, self.request.stage].status})", key)
        self._notes()

    def _meaning(self, vote: Vote) -> Meaning:
        """The vote in our words; reasons by the mapping, then by the definition's codes and labels."""
        words, stage = self.request.words, self.request.stage
        if plain(vote.decision) in words.decisions:
            decision = words.decisions[plain(vote.decision)]
        else:
            read = interpret(vote.decision, "", self.reasons, stage)
            if not read.readable or not read.decision:
                return read
            decision = read.decision
            vote = replace(vote, reasons=vote.reasons or ((read.reason,) if read.reason else ()),
                           note="; ".join(t for t in (vote.note, read.note) if t))
        if decision != "exclude":
            rest = "; ".join((vote.note, *vote.reasons)) if vote.reasons else vote.note
            return Meaning(decision, note=rest.strip("; "))
        return self._with_reason(vote)

    def _with_reason(self, vote: Vote) -> Meaning:
        """An exclude and its reason: at full text one is needed; of several the first in the definition's order counts
        only if the definition says so."""
        order = [code for code, _ in self.reasons]
        codes: list[str] = []
        strange: list[str] = []
        for text in vote.reasons:
            code = self.request.words.reasons.get(plain(text)) or match_reason(text, self.reasons)
            (codes if code in order else strange).append(code if code in order else text)
        for text in strange:
            self.unread[text] += 1
        note = "; ".join(t for t in (vote.note, *strange, ", ".join(codes) if len(set(codes)) > 1 else "") if t)
        codes = sorted(set(codes), key=order.index)
        if len(codes) == 1 or codes and self.rules.first_reason:
            return Meaning("exclude", codes[0], note)
        if self.request.stage == "title-abstract" or not order:
            return Meaning("exclude", "", note)
        if codes:
            return Meaning("", readable=False, message=f"more than one reason ({', '.join(codes)}), and one counts. Name it in "
                           "the file, or write full-text = \"first\" under [screening]")
        said = f"“{'; '.join(strange)}” is none of the review's reasons" if strange else "an exclude at full text needs a reason"
        return Meaning("", readable=False, message=f"{said} ({', '.join(order)}). Say which it is under [reasons] of a mapping")

    def _last(self) -> None:
        """The last logged word of each reviewer on each report at this stage and round."""
        stage = self.request.stage
        self.last: dict[str, dict[str, Decision]] = defaultdict(dict)     # report -> reviewer -> decision
        self.past: dict[str, list[Decision]] = defaultdict(list)          # all of them, in the order of the log
        for d in self.tx.pending().decisions:
            if d.stage == stage and d.round == self.state.round(self.groups.get(self.state.resolve(d.report), [d.report]), stage):
                self.last[self.state.resolve(d.report)][d.reviewer] = d
                self.past[self.state.resolve(d.report)].append(d)

    def _take(self, key: str, who: str, rows: Sequence[tuple[Row, Vote, Meaning]]) -> None:
        """One reviewer's word on one report; several rows must say the same."""
        row, vote, meaning = rows[0]
        if len({(m.decision, m.reason) for _, _, m in rows}) > 1:
            said = "; ".join(f"{m.decision} {m.reason}".strip() + f" in {r.place}" for r, _, m in rows)
            for r, _, _ in rows:
                self.not_taken(r, "rows-disagree", f"{who} says different things of {key}: {said}. None was taken; correct "
                               "the file, or decide in a workbook (`review sheets`)", key)
            return
        old = self.last[key].get(who)
        same = old is not None and old.decision == meaning.decision and meaning.reason in (old.reason, "")
        if old is not None and same and (old.note == meaning.note or not self.request.newer):
            self.out.unchanged += 1                     # a file that gives no reason says nothing against the one given
        elif old is not None and not self.request.newer and self._taken_before(key, who, meaning):
            self.out.unchanged += 1                     # this file's word was taken before, and the reviewer went on since
        elif old is not None and not self.request.newer:
            self.not_taken(row, "differs", f"{who} decided {_said(old)} ({old.sheet}, {old.cell}), the file says "
                           f"{meaning.decision} {meaning.reason}".strip() + ". The earlier decision stays; if the file is the "
                           "later word: --newer", key)
        elif who == TEAM and not self.request.newer and (other := self._other(key, meaning)):
            self.not_taken(row, "differs", other, key)
        else:
            self._log(key, who, row, vote, meaning, old)

    def _taken_before(self, key: str, who: str, meaning: Meaning) -> bool:
        past = [d for d in self.past[key] if d.reviewer == who] if self.read_at else []
        return spoken(past, self.read_at, self.table.sha256,
                      lambda d: d.decision == meaning.decision and meaning.reason in (d.reason, ""))

    def _other(self, key: str, meaning: Meaning) -> str:
        """Whether reviewers' own decisions speak against what the file calls settled."""
        against = [d for who, d in self.last[key].items() if who != TEAM and d.decision != meaning.decision]
        said = ", ".join(f"{d.reviewer} {_said(d)}" for d in against)
        return (f"the file says {meaning.decision}, and the log: {said}. Their decisions stay; if the file is the later word: "
                "--newer") if against else ""

    def _log(self, key: str, who: str, row: Row, vote: Vote, meaning: Meaning, old: Decision | None) -> None:
        stage = self.request.stage
        self.last[key][who] = self.tx.decide(
            report=key, stage=stage, round=self.state.round(self.groups[key], stage), reviewer=who, kind=self._kind(who),
            decision=meaning.decision, reason=meaning.reason, note=meaning.note,
            raw=" | ".join((vote.decision, *vote.reasons)), sheet=self.request.tool, file_sha=self.table.sha256,
            cell=row.place, members=members_hash(self.state.reports[key].records))
        self.out.decisions.append({"report": key, "reviewer": who, "stage": stage, "old": old.decision if old else "",
                                   "new": meaning.decision, "cell": row.place})
        if old is None:
            self.out.new += 1
        else:
            self.out.changed += 1

    def without_row(self, matched: Sequence[str]) -> None:
        """Reports of the flow that wait at this stage and that the file says nothing of."""
        counted = self.state.counted_records()
        here = {self.state.resolve(k) for k in matched}
        standing = consensus(replace(self.state, log=self.tx.pending()), self.rules)
        for report in self.state.current():
            inside = self.state.arm(report, counted) is not None and not self.state.known_before(report) and not all(
                k in self.state.removed for k in self.groups[report.key])
            wanted = self.request.stage == "title-abstract" or standing[report.key, "title-abstract"].advances
            if inside and wanted and report.key not in here:
                self.out.reports_without_row.append(report.key)

    def _notes(self) -> None:
        """What concerns many rows, said once."""
        for name, n in self.strange.items():
            self._say("unknown-reviewer", f"“{name}” decided on {many(n, 'row')} and has no code here, so nothing of that was "
                      f"taken. Say whose it is: --reviewer \"{name}=CODE\" (names are not logged, codes are).", "error")
        self.out.nameless = sum(self.strange.values())
        for text, n in self.unread.items():
            self._say("reason-unknown", f"“{text}” ({many(n, 'row')}) is none of the review's reasons. Under [reasons] of a "
                      "mapping say which it is; until then it stands in the note.")
        ahead = self._not_advanced()
        if ahead:
            self._say("not-advanced", f"{many(ahead, 'report')} {agree(ahead, 'has', 'have')} a full-text decision and did not "
                      f"advance at title and abstract; it counts once {agree(ahead, 'it does', 'they do')}.")
        if self.out.new and any(d["reviewer"] != TEAM for d in self.out.decisions):
            self._say("independent", "Agreement takes these decisions as independent: made without knowing the other's, and not "
                      "changed when conflicts were talked over.", "info")

    def _not_advanced(self) -> int:
        if self.request.stage != "full-text":
            return 0
        standing = consensus(replace(self.state, log=self.tx.pending()), self.rules)
        counted = self.state.counted_records()
        keys = {d["report"] for d in self.out.decisions}
        return sum(not standing[k, "title-abstract"].advances and self.state.arm(self.state.reports[k], counted) == "database"
                   for k in keys)

    def _say(self, code: str, message: str, severity: str = "warning") -> None:
        self.out.issues.append(Issue(code, message, file=self.table.name, severity=severity))  # type: ignore[arg-type]


def _said(decision: Decision) -> str:
    return decision.decision + (f" ({decision.reason})" if decision.reason else "")
