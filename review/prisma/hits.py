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
        by_report: dict[str, list[Hit]] = defaultdict(list)
        for run in runs:
            rows = list(state.records_of(run.id))
            # native ids first: a record without one must not take the place of one that has it
            for record, row in sorted(rows, key=lambda r: not r[1].native_id):
                report = state.report_of.get(record, "")
                hit = _same(by_report[report], row, run.id) if report else None
                if hit is None:
                    hit = Hit(run, row.database or run.database, row.native_id, report)
                    by_report[report].append(hit)
                    hits.append(hit)
                hit.native_id = hit.native_id or row.native_id
                hit.records.append(record)
                hit.runs.add(run.id)
    for hit in hits:
        hit.records.sort()
    return sorted(hits, key=lambda h: h.id)


def _same(hits: list[Hit], row: IndexRow, run: str) -> Hit | None:
    """The hit of the same report that this record repeats, if any."""
    if row.native_id:
        for hit in hits:
            if hit.native_id == row.native_id:
                return hit
    for hit in hits:
        if run not in hit.runs and not (row.native_id and hit.native_id):
            return hit
    return None
