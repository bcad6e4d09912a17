"""Distinct records: what box 2 and box 11 count (DESIGN, "A search").

All runs of one source search are one search. In it, records with the same native id are one; a record without a
native id is one with a record of a *different* run that describes the same report; records of one run never
collapse. Records that belong to different reports are never one, whatever their ids say: a person may have
split them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from review.ledger.replay import Arm, State
from review.ledger.searches import IndexRow
from review.model import Search


@dataclass
class Hit:
    """One distinct record of a source search: the records of its runs that are the same."""

    search: Search                          # the run that found it first
    label: str                              # the database it counts for
    native_id: str
    report: str                             # current key; "" while unassigned
    records: list[str] = field(default_factory=list)
    runs: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        """The record that stands for it."""
        return self.records[0]

    @property
    def arm(self) -> Arm:
        """The arm of the flow of its search."""
        return self.search.arm


def distinct(state: State) -> list[Hit]:
    """The distinct records of every source search that counts, in the order in which they came."""
    by_source: dict[str, list[Search]] = defaultdict(list)
    for search in state.counted_searches():
        by_source[search.source_search].append(search)
    hits: list[Hit] = []
    for runs in by_source.values():
        found: list[Hit] = []
        for run in runs:
            _add_run(state, run, found)
        hits += found
    for hit in hits:
        hit.records.sort()
    return sorted(hits, key=lambda h: h.id)


def _add_run(state: State, run: Search, found: list[Hit]) -> None:
    """Put each record of a run to the hit that it repeats, or make a new one.

    The surest first, over the whole run, so that the order of a file changes nothing: the same native id; without
    one the same report by the matcher's word; then the same report by a person's.
    """
    here: dict[tuple[str, str], list[Hit]] = defaultdict(list)      # (label, report) -> hits of earlier runs
    by_id: dict[tuple[str, str, str], Hit] = {}                     # (label, report, native id) -> hit
    anywhere = {(hit.label, hit.native_id): hit for hit in reversed(found) if hit.native_id}
    for hit in found:
        here[hit.label, hit.report].append(hit)
        if hit.native_id:
            by_id[hit.label, hit.report, hit.native_id] = hit
    waiting: list[tuple[str, IndexRow]] = []
    for record, row in state.records_of(run.id):
        report, label = state.report_of.get(record, ""), row.database or run.database
        same = by_id.get((label, report, row.native_id)) if row.native_id else None
        if same is None and row.native_id and not report:
            same = anywhere.get((label, row.native_id))             # not deduplicated yet: ids are all there is
        if same is None:
            waiting.append((record, row))
        else:
            _put(same, record, row, run)
        if row.native_id and same is None:
            by_id[label, report, row.native_id] = _hit(run, record, row, report)
    for by_matcher in (True, False):
        left = []
        for record, row in waiting:
            report, label = state.report_of.get(record, ""), row.database or run.database
            own = by_id.get((label, report, row.native_id)) if row.native_id else None
            same = _free(state, here[label, report], record, row, run, by_matcher) if report else None
            if same is not None:
                if own is not None:                                 # its repetitions within the run go with it
                    same.records += own.records[1:]
                    by_id[label, report, row.native_id] = same
                _put(same, record, row, run)
            else:
                left.append((record, row))
        waiting = left
    for record, row in waiting:
        report, label = state.report_of.get(record, ""), row.database or run.database
        found.append(by_id[label, report, row.native_id] if row.native_id else _hit(run, record, row, report))


def _hit(run: Search, record: str, row: IndexRow, report: str) -> Hit:
    return Hit(run, row.database or run.database, row.native_id, report, [record], {run.id})


def _put(hit: Hit, record: str, row: IndexRow, run: Search) -> None:
    hit.native_id = hit.native_id or row.native_id
    hit.records.append(record)
    hit.runs.add(run.id)


def _free(state: State, hits: list[Hit], record: str, row: IndexRow, run: Search, by_matcher: bool) -> Hit | None:
    """A hit of the same report from other runs, where one of the two has no native id."""
    for hit in hits:
        if run.id in hit.runs or (row.native_id and hit.native_id):
            continue
        if not by_matcher or state.origin[record] in {state.origin[r] for r in hit.records}:
            return hit
    return None
