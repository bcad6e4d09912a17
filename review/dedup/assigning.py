"""Deduplication inside a review: the matcher's view of the ledger, and its answers as log rows.

The matcher assigns only records without a report. It joins two reports only while neither was issued or decided;
everything else that it believes becomes a possible pair, for a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from review.dedup import VERSION
from review.ledger import acts, events
from review.ledger.keys import make_key
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.ledger.transaction import Transaction
from review.model import Issue, Progress, Record

if TYPE_CHECKING:
    from review.dedup import Matching, Verdict

ACTOR = f"matcher@{VERSION}"


@dataclass(frozen=True)
class Summary:
    """What one run of the matcher did."""

    new_records: int
    new_reports: int
    merged: int                         # new records that went to a report with other records
    joined: int                         # reports made one
    possible: int                       # new pairs for a person
    related: int
    issues: tuple[Issue, ...]


def deduplicate(tx: Transaction, folder: Folder, state: State, records: Mapping[str, Record], review_id: str,
                progress: Progress | None = None) -> Summary:
    """Assign every record that has no report, and log what else the matcher believes."""
    from review.dedup.crew import Crew
    from review.dedup.matcher import match_features, without_gc
    from review.dedup.neighbours import to_match

    fresh = state.unassigned()
    # What people joined stays several reports to the matcher: a record that resembles one of them need not resemble
    # all. The answers are turned back into the reports as they are.
    assigned = {r: state.origin[r] for r in state.report_of if r in records}
    if not fresh:
        return Summary(0, 0, 0, 0, 0, 0, ())
    with without_gc(), Crew() as crew:
        features, frequency = to_match(folder, state, records, fresh, crew, progress)
        found = match_features(features, assigned=assigned, frozen=_frozen(state, assigned), different=_different(state),
                               frequency=frequency, progress=progress)
    keys = _assign(tx, state, found, review_id)
    for survivor, absorbed, why in found.joins:
        acts.join(tx, state, (survivor, absorbed), ACTOR, rule=why.rule, score=f"{why.score:.3f}",
                  evidence_for=why.evidence_for, evidence_against=why.evidence_against)
    possible = _possible(tx, state, found)
    related = _related(tx, state, found, keys)
    fresh_groups = sum(1 for g in found.groups if not g.report)
    return Summary(len(fresh), fresh_groups, len(fresh) - fresh_groups, len(found.joins), possible, related,
                   found.notes)


def _frozen(state: State, assigned: Mapping[str, str]) -> set[str]:
    """Reports that were issued, decided on or joined by people: nothing but a person joins them."""
    decided = {state.resolve(d.report) for d in state.log.decisions}
    bound = decided | {r.key for r in state.current() if r.issued is not None}
    return {k for k in assigned.values() if state.resolve(k) in bound or k in state.alias}


def _different(state: State) -> list[tuple[str, str]]:
    """Pairs of records that people called different; one record stands for a report."""
    return [(record, other) for record, key in state.different
            for other in state.reports[state.resolve(key)].records if other != record]


def _assign(tx: Transaction, state: State, found: Matching, review_id: str) -> dict[str, str]:
    """Log the report of each new record; new reports get numbers in the order of their first records."""
    edges: dict[str, list[Verdict]] = {}
    for verdict in found.merges:
        edges.setdefault(verdict.a, []).append(verdict)
        edges.setdefault(verdict.b, []).append(verdict)
    number = state.next_number()
    keys: dict[str, str] = {}
    for group in sorted(found.groups, key=lambda g: min(g.records)):
        key = state.resolve(group.report) if group.report else make_key(review_id, number)
        placed = set(state.reports[key].records) if group.report else set()
        number += 0 if group.report else 1
        for record in group.records:
            edge = next((e for e in edges.get(record, ()) if {e.a, e.b} - {record} <= placed), None)
            if edge is None and placed and edges.get(record):
                edge = edges[record][0]
            placed.add(record)
            keys[record] = key
            if edge is None:
                tx.assign(record, key, "assign", ACTOR, rule="new" if len(placed) == 1 else "same report")
            else:
                other = edge.b if edge.a == record else edge.a
                tx.assign(record, key, "assign", ACTOR, rule=edge.rule, score=f"{edge.score:.3f}",
                          evidence_for=f"with {other}: {edge.evidence_for}", evidence_against=edge.evidence_against)
    return keys


def _possible(tx: Transaction, state: State, found: Matching) -> int:
    """Log pairs that a person has to decide, each once."""
    logged = {frozenset((e.subject, e.value)) for e in state.log.events if e.type == events.POSSIBLE}
    count = 0
    for v in found.possible:
        if frozenset((v.a, v.b)) not in logged:
            why = f"{v.rule}; score {v.score:.3f}; for: {v.evidence_for}; against: {v.evidence_against}"
            tx.event(events.POSSIBLE, v.a, v.b, why, ACTOR)
            count += 1
    return count


def _related(tx: Transaction, state: State, found: Matching, keys: Mapping[str, str]) -> int:
    """Log links between related reports, each once."""
    linked = {(state.resolve(k.source), state.resolve(k.target)) for k in state.log.links if k.type != "study"}
    count = 0
    for v in found.related:
        source, target = v.source or v.a, v.target or v.b       # the preprint, and the article it is one of
        pair = (keys.get(source) or state.report_of[source], keys.get(target) or state.report_of[target])
        if pair[0] != pair[1] and pair not in linked and pair[::-1] not in linked:
            tx.link(*pair, v.type, "link", ACTOR, f"{v.rule}: {v.evidence_for}")
            linked.add(pair)
            count += 1
    return count


def open_pairs(state: State) -> list[tuple[str, str, str]]:
    """(key, key, why) of the possible pairs that nobody has decided: still two reports, not called different."""
    apart = {frozenset((state.report_of.get(record, ""), state.resolve(key))) for record, key in state.different}
    out: dict[frozenset[str], tuple[str, str, str]] = {}
    for event in state.log.events:
        if event.type == events.POSSIBLE:
            a, b = sorted((state.report_of.get(event.subject, ""), state.report_of.get(event.value, "")))
            pair = frozenset((a, b))
            if a and len(pair) == 2 and pair not in apart:
                out.setdefault(pair, (a, b, event.reason))
    return list(out.values())
