"""What the HTML report tells, gathered from the ledger in one pass: reports with all that stands behind them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from review.dedup.merge import merged
from review.ledger import events
from review.ledger.replay import Report, State
from review.model import Assignment, Decision, Record, Search
from review.prisma.box import Counts
from review.prisma.flow import standings
from review.query import databases
from review.query.definition import Definition
from review.report.status import status
from review.screening.agreement import Agreement, agreement
from review.screening.consensus import Rules, consensus
from review.words import many

# Where a report stands in the flow, as people read it.
PLACES: Mapping[str, str] = {
    "known": "in the previous version", "removed-by-tool": "removed before screening by a tool",
    "removed": "removed before screening", "undecided": "title and abstract: not yet decided",
    "conflict": "title and abstract: in conflict", "excluded": "excluded on title and abstract",
    "not-retrieved": "not retrieved", "pending-retrieval": "not yet retrieved",
    "pending": "full text: not yet decided", "conflict-full-text": "full text: in conflict",
    "excluded-full-text": "excluded on full text", "awaiting": "awaiting classification",
    "ongoing": "ongoing study", "included": "included", "": "outside the flow",
}


@dataclass(frozen=True)
class RecordRow:
    """A record of a report, with the name of the source that it counts for."""

    id: str
    source: str
    native_id: str
    counted: bool


@dataclass(frozen=True)
class ReportRow:
    """A report, and what stands behind it: records, decisions, merges, links, what happened to it."""

    key: str
    record: Record                              # the best of each field over its records
    records: tuple[RecordRow, ...]
    place: str                                  # a key of PLACES
    arm: str = ""                               # "database", "other"
    reason: str = ""
    aliases: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    merges: tuple[Assignment, ...] = ()
    studies: tuple[str, ...] = ()
    related: tuple[tuple[str, str], ...] = ()   # (type of link, the other report's key)
    happened: tuple[tuple[str, str], ...] = ()  # (time, what)

    @cached_property
    def joins(self) -> tuple[Assignment, ...]:
        """What made it one, a row for each record that did not come first; what was undone is not among them."""
        stood: dict[str, list[Assignment]] = defaultdict(list)      # record -> its joins that stand
        for row in sorted(self.merges, key=lambda row: row.seq):
            if row.op in ("assign", "join"):
                stood[row.record].append(row)
            elif row.op == "undo" and stood[row.record]:
                stood[row.record].pop()
            elif row.op == "split":
                stood[row.record].clear()
        return tuple(rows[-1] for rows in stood.values() if rows)

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The sources whose counted records describe it, each once."""
        return tuple(dict.fromkeys(r.source for r in self.records if r.counted))


@dataclass(frozen=True)
class ReportData:
    """All that the HTML report and the authors' papers show.

    `reviewers`: code, stage, sent, decided, left. `amendments`: changes of the definition and new rounds, (time,
    what). `matchers`: who joined records, "matcher@1" or a person's code, with the number of joins.
    Both begin after the previous version, where there is one; `since` is the last row of its log. `earlier`: the
    searches of the previous version, which counted then and are not in this flow.
    """

    counts: Counts
    reports: tuple[ReportRow, ...]
    searches: tuple[Search, ...] = ()
    agreement: tuple[Agreement, ...] = ()
    reviewers: tuple[Mapping[str, Any], ...] = ()
    definition: Definition | None = None
    amendments: tuple[tuple[str, str], ...] = ()
    matchers: Mapping[str, int] = field(default_factory=dict)
    earlier: frozenset[str] = frozenset()
    since: int = 0

    @cached_property
    def counted(self) -> tuple[Search, ...]:
        """The searches that feed the flow."""
        return tuple(s for s in self.searches if s.use == "counted" and s.state == "sealed" and s.id not in self.earlier)

    @cached_property
    def before(self) -> tuple[Search, ...]:
        """The searches of the previous version, and the list that stands for them where it was imported."""
        return tuple(s for s in self.searches if s.id in self.earlier or s.use == "baseline")

    def databases_of(self, search: Search) -> dict[str, int]:
        """The databases that the files of a search name, with the records that count; {} where it is one database."""
        found: dict[str, int] = {}
        for key in ("database_results", "register_results"):
            box = self.counts.boxes.get(key)
            for label, ids in (box.parts if box else {}).items():
                n = sum(1 for record in ids if record.startswith(search.id + "/"))
                if label and n:
                    found[label] = n
        return found if len(found) > 1 else {}

    @property
    def question(self) -> str:
        """The review's question, where the definition has one."""
        return self.definition.question if self.definition else ""


def gather(state: State, records: Mapping[str, Record], definition: Definition, counts: Counts) -> ReportData:
    """The data of the report, in the order of the reports' keys."""
    verdicts = consensus(state, Rules.of(definition))
    standing = standings(state, verdicts)
    labels = {reason.code: reason.label for reason in definition.reasons}
    groups = state.groups()
    behind = _Behind(state, labels)
    counted = state.counted_records()
    rows = []
    for report in state.current():
        stand = standing.get(report.key)
        rows.append(ReportRow(
            report.key, merged([records[r] for r in report.records]),
            tuple(_record_row(state, records[r], r in counted) for r in report.records),
            stand.place if stand else "", stand.arm if stand else "",
            labels.get(stand.reason, stand.reason) if stand else "", tuple(groups[report.key][1:]),
            **behind.of(report, groups[report.key])))
    since = state.baseline.seq if state.baseline else 0
    reviewers = status(state, definition, counts, verdicts, "", {}).reviewers
    return ReportData(counts, tuple(rows), tuple(state.searches.values()), tuple(agreement(state)),
                      tuple(reviewers), definition, _amendments(state),
                      Counter(row.actor for report in rows for row in report.joins if row.seq > since), _earlier(state),
                      since)


def _earlier(state: State) -> frozenset[str]:
    """Sealed searches that would count, had a later baseline not taken their place."""
    now = {search.id for search in state.counted_searches()}
    return frozenset(i for i, s in state.searches.items() if s.state == "sealed" and s.use == "counted" and i not in now)


def _amendments(state: State) -> tuple[tuple[str, str], ...]:
    """What changed after the start, or after the previous version was frozen: versions of the definition, and rounds
    that were opened anew."""
    out: dict[tuple[str, str], int] = {}
    since = state.baseline.seq if state.baseline else 0
    first = True
    for event in state.log.events:
        if event.type == events.DEFINITION:
            if not first and event.seq > since:
                why = f": {event.reason}" if event.reason else ""
                out[event.time, f"the definition changed to version {event.subject[:12]}{why}"] = 1
            first = False
        elif event.type == events.REOPENED and event.seq > since:
            key = event.time, f"a new round at {event.value}: {event.reason or 'no reason given'}"
            out[key] = out.get(key, 0) + 1
    return tuple((time, f"{what} ({many(n, 'report')})" if "a new round" in what else what)
                 for (time, what), n in out.items())


def _record_row(state: State, record: Record, counted: bool) -> RecordRow:
    search = state.searches[record.search]
    return RecordRow(record.id, databases.title(record.database or search.database), record.native_id, counted)


class _Behind:
    """What the logs say about each report, indexed once."""

    def __init__(self, state: State, labels: Mapping[str, str]) -> None:
        self.state, self.labels = state, labels
        self.decisions = _by(state.log.decisions, lambda d: d.report)
        self.merges = _by((a for a in state.log.assignments if a.rule or a.evidence_for or a.reason),
                          lambda a: state.report_of.get(a.record, ""))
        self.events = _by((e for e in state.log.events if e.type in (
            events.RETRIEVAL, events.REMOVED, events.RESTORED, events.REOPENED)), lambda e: e.subject)
        self.links: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
        for link in state.log.links:
            if link.type != "study":
                self._link(link.source, link.type, link.target, link.op == "link")
                self._link(link.target, f"{link.type} (the other way)", link.source, link.op == "link")

    def _link(self, key: str, kind: str, other: str, on: bool) -> None:
        place = self.links[self.state.resolve(key)]
        if on:
            place[kind, self.state.resolve(other)] = None
        else:
            place.pop((kind, self.state.resolve(other)), None)

    def of(self, report: Report, group: Sequence[str]) -> dict[str, Any]:
        """The fields of a ReportRow that come from the logs."""
        said = sorted((d for key in group for d in self.decisions.get(key, ())), key=lambda d: d.seq)
        done = sorted((e for key in group for e in self.events.get(key, ())), key=lambda e: e.seq)
        return {
            "decisions": tuple(said), "merges": tuple(self._merges(report)),
            "studies": tuple(sorted(self.state.studies_of(list(group)))),
            "related": tuple(self.links.get(report.key, ())),
            "happened": tuple((e.time, " ".join(filter(None, (e.type, e.value, e.reason and f"({e.reason})"))))
                              for e in done),
        }


    def _merges(self, report: Report) -> list[Assignment]:
        """Why its records belong together; that a single record made a new report says nothing."""
        rows: list[Assignment] = self.merges.get(report.key, [])
        return [row for row in rows if row.op != "assign" or row.evidence_for or row.reason]


def _by(items: Iterable[Any], key: Any) -> dict[str, list[Any]]:
    """Items by a key, in their order."""
    out: dict[str, list[Any]] = defaultdict(list)
    for item in items:
        out[key(item)].append(item)
    return out
