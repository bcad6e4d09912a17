"""What follows from the log: which report each record describes, aliases, rounds, removals, arms.

A pure function of the log, the sealed searches and the issued sheets; the matcher is never run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from review.ledger import events
from review.ledger.baseline import Baseline
from review.ledger.baseline import load as load_baseline
from review.ledger.issued import IssuedSheet, load_issued
from review.ledger.keys import key_number
from review.ledger.log import Log
from review.ledger.paths import Folder
from review.ledger.searches import IndexRow, load_searches, record_id
from review.model import Assignment, Decision, Event, Link, Search
from review.words import ELSEWHERE

OWN_STUDY = "study of "


def own_study(key: str) -> str:
    """The name of the study that only this report tells of."""
    return OWN_STUDY + key


Arm = Literal["database", "other"]


@dataclass
class Report:
    """A document: the records that describe it now, and what happened to it.

    `home` tells, for a record that came by a join after its report had been issued, which key that was: such a
    join is a duplicate "found while screening" (DESIGN, "Arms").
    """

    key: str
    records: list[str] = field(default_factory=list)
    issued: int | None = None                   # seq of the first issue
    issued_records: frozenset[str] = frozenset()
    home: dict[str, str] = field(default_factory=dict)


@dataclass
class State:
    """The review as its ledger tells it."""

    log: Log
    searches: dict[str, Search]
    index: dict[str, tuple[IndexRow, ...]]
    sheets: dict[str, IssuedSheet]
    report_of: dict[str, str] = field(default_factory=dict)         # record id -> current key
    reports: dict[str, Report] = field(default_factory=dict)        # every key ever given
    alias: dict[str, str] = field(default_factory=dict)             # absorbed key -> the key that took it in
    joined: dict[str, int] = field(default_factory=dict)            # absorbed key -> seq of the join
    moved: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # absorbed key -> its records then
    origin: dict[str, str] = field(default_factory=dict)            # record -> its report apart from people's joins
    split_from: dict[str, str] = field(default_factory=dict)        # key made by a split -> where its records were
    different: list[tuple[str, str]] = field(default_factory=list)  # (record id, report key): a person said so
    removed: dict[str, tuple[str, str]] = field(default_factory=dict)   # key -> (automation or other, reason)
    retrieval: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    reopened: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))  # (key, stage) -> times
    left: set[str] = field(default_factory=set)                     # reviewers who are no longer with us
    studies: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))  # key -> study -> who
    baseline: Baseline | None = None
    sealed_seq: dict[str, int] = field(default_factory=dict)        # search id -> seq of its sealing

    def resolve(self, key: str) -> str:
        """The key under which `key` goes on now."""
        while key in self.alias:
            key = self.alias[key]
        return key

    def groups(self) -> dict[str, list[str]]:
        """Every current key -> itself and all that were joined into it."""
        out: dict[str, list[str]] = {k: [k] for k, r in self.reports.items() if k not in self.alias and r.records}
        for key in sorted(self.alias):
            out.setdefault(self.resolve(key), []).append(key)
        return out

    def studies_of(self, group: list[str]) -> dict[str, str]:
        """Study -> who said so, for a group of keys. A report that is its own study keeps one when others join it."""
        out: dict[str, str] = {}
        for key in group:
            for study, who in self.studies.get(key, {}).items():
                own = study.removeprefix(OWN_STUDY)
                out[own_study(self.resolve(own)) if study.startswith(OWN_STUDY) else study] = who
        return out

    def relations(self) -> list[tuple[str, str, str]]:
        """(key, key, type) of the relations between reports that stand now; studies are not among them."""
        out: dict[tuple[str, str, str], None] = {}
        for link in self.log.links:
            relation = (self.resolve(link.source), self.resolve(link.target), link.type)
            if link.type == "study" or relation[0] == relation[1]:
                continue
            if link.op == "link":
                out[relation] = None
            else:
                out.pop(relation, None)
        return list(out)

    def current(self) -> list[Report]:
        """The reports that have records now, by key number."""
        return sorted((r for k, r in self.reports.items() if r.records and k not in self.alias),
                      key=lambda r: key_number(r.key))

    def next_number(self) -> int:
        """The number of the next new report; numbers are never given twice."""
        return max((key_number(k) for k in self.reports), default=0) + 1

    def round(self, group: list[str], stage: str) -> int:
        """The round that counts now for a group of keys: 1, and one more for each time it was reopened here."""
        return 1 + max(self.reopened.get((k, stage), 0) for k in group)

    def counted_searches(self) -> list[Search]:
        """Sealed, counted searches in the order of their sealing; after a baseline only later ones (box 2)."""
        since = self.baseline.seq if self.baseline else 0
        return [s for i, s in self.searches.items()
                if s.state == "sealed" and s.use == "counted" and self.sealed_seq[i] > since]

    def records_of(self, search: str) -> Iterator[tuple[str, IndexRow]]:
        """(record id, index row) of a sealed search, in order."""
        for row in self.index.get(search, ()):
            yield record_id(search, row.ordinal), row

    def counted_records(self) -> dict[str, Arm]:
        """Every record that counts now -> the arm of its search."""
        return {rid: s.arm for s in self.counted_searches() for rid, _ in self.records_of(s.id)}

    def assignable(self) -> list[Search]:
        """Searches whose records get reports: sealed, and counted or of the previous version."""
        return [s for s in self.searches.values() if s.state == "sealed" and s.use in ("counted", "baseline")]

    def unassigned(self) -> list[str]:
        """Records of such searches that have no report yet."""
        return [rid for s in self.assignable() for rid, _ in self.records_of(s.id) if rid not in self.report_of]

    def arm(self, report: Report, counted: Mapping[str, Arm]) -> Arm | None:
        """The arm of the flow; None where no record of the report counts (it leaves the flow).

        A report is in the database arm if a counted record that it had when it was first issued came from a
        database or register; records that came later move nothing. Before issue, or where none of those counts
        any more: if any record does.
        """
        arms = {counted[r] for r in report.records if r in report.issued_records and r in counted}
        arms = arms or {counted[r] for r in report.records if r in counted}
        return None if not arms else "database" if "database" in arms else "other"

    def known_before(self, report: Report) -> bool:
        """Whether the previous version of the review knew this report."""
        return self.baseline is not None and not self.baseline.records.isdisjoint(report.records)


def replay(folder: Folder, log: Log) -> State:
    """The state that a log leads to."""
    searches, index = load_searches(folder, log)
    state = State(log, searches, index, load_issued(folder, log))
    elsewhere = [d for d in log.decisions if d.sheet in ELSEWHERE]
    rows: list[Assignment | Event | Decision] = [*log.assignments, *log.events, *elsewhere]
    for row in sorted(rows, key=lambda r: r.seq):
        if isinstance(row, Assignment):
            apply_assignment(state, row)
        elif isinstance(row, Decision):
            _went_out(state, row.report, row.seq)   # who decided on it in another tool had it
        else:
            _event(state, folder, row)
    for link in log.links:
        apply_link(state, link)
    return state


def apply_link(state: State, link: Link) -> None:
    """Carry a link to a study out on the state, as the replay does."""
    if link.type == "study":
        studies = state.studies[link.source]
        if link.op == "link":
            studies[link.target] = link.actor
        else:
            studies.pop(link.target, None)


def apply_assignment(state: State, row: Assignment) -> None:
    """Carry one assignment row out on the state, as the replay does."""
    if row.op == "different":
        state.different.append((row.record, row.report))
        return
    if row.op == "same":
        return                          # the joins that follow it carry it out
    report = state.reports.setdefault(row.report, Report(row.report))
    before = state.report_of.get(row.record)
    if state.alias.pop(row.report, None) is not None:   # a key that gets a record lives again
        state.moved.pop(row.report, None)
    if before is not None:
        if row.op == "join":
            state.moved[before].append(row.record)
        elif row.op == "split":
            state.split_from[row.report] = before
        old = state.reports[before]
        old.records.remove(row.record)
        late = before if row.op == "join" and old.issued is not None else ""
        home = old.home.pop(row.record, late)
        if row.op == "join" and old.issued is not None and report.issued is None:
            # what was issued under the absorbed key was issued: the survivor is as bound by it
            report.issued, report.issued_records = old.issued, old.issued_records
        if row.op in ("join", "undo") and home and home != row.report:
            report.home[row.record] = home
        if not old.records:
            state.alias[before], state.joined[before] = row.report, row.seq
    if row.op == "undo":
        report.home = {r: h for r, h in report.home.items() if h != row.report}
    if row.op != "join" or row.actor.startswith("matcher"):
        like = row.resembled if row.op == "assign" else ""      # it may be like a part that people joined to this report
        state.origin[row.record] = state.origin[like] if like in report.records else row.report
    report.records.append(row.record)
    state.report_of[row.record] = row.report


def _went_out(state: State, key: str, seq: int) -> None:
    """A report is with the reviewers from now on; what it holds the first time decides its arm."""
    report = state.reports.get(state.resolve(key))
    if report is not None and report.issued is None:
        report.issued, report.issued_records = seq, frozenset(report.records)


def _event(state: State, folder: Folder, row: Event) -> None:
    if row.type == events.SEALED:
        state.sealed_seq[row.subject] = row.seq
    elif row.type == events.ISSUED:
        for issued in state.sheets[row.subject].rows:
            if state.sheets[row.subject].kind != "duplicates":
                _went_out(state, issued.key, row.seq)
    elif row.type == events.REMOVED:
        state.removed[row.subject] = (row.value, row.reason)
    elif row.type == events.RESTORED:
        state.removed.pop(row.subject, None)
    elif row.type == events.RETRIEVAL:
        state.retrieval[row.subject].append(row)
    elif row.type == events.REOPENED:
        state.reopened[row.subject, row.value] += 1
    elif row.type == events.REVIEWER_LEFT:
        state.left.add(row.subject)
    elif row.type == events.REVIEWER_JOINED:
        state.left.discard(row.subject)
    elif row.type == events.FROZEN:
        state.baseline = Baseline(row.subject, row.seq, load_baseline(folder, row.subject), {})
    elif row.type == events.REDUCED and state.baseline is not None:
        old = state.baseline
        state.baseline = Baseline(old.sha, old.seq, old.rows, {**old.reduced, row.subject: row.reason})
