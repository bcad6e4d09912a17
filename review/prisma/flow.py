"""Where each report stands in the flow: exactly one place, or outside it.

A pure function of the ledger's state and the definition; boxes and sums are made from it in `counts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from review.ledger.replay import Arm, Report, State
from review.model import Event
from review.screening.consensus import Consensus

# Places, in the order of the flow.
KNOWN, TOOL, REMOVED = "known", "removed-by-tool", "removed"
UNDECIDED, CONFLICT, EXCLUDED = "undecided", "conflict", "excluded"
NOT_RETRIEVED, ON_LOAN, UNREAD, READ_CONFLICT = "not-retrieved", "pending-retrieval", "pending", "conflict-full-text"
FULL_EXCLUDED, AWAITING, ONGOING, INCLUDED = "excluded-full-text", "awaiting", "ongoing", "included"

SOUGHT = (NOT_RETRIEVED, ON_LOAN, UNREAD, READ_CONFLICT, FULL_EXCLUDED, AWAITING, ONGOING, INCLUDED)
ASSESSED = (FULL_EXCLUDED, AWAITING, ONGOING, INCLUDED)


@dataclass(frozen=True)
class Standing:
    """One report in the flow."""

    report: Report
    arm: Arm
    place: str
    reason: str = ""                            # a code (exclusions) or words (removals, retrieval)
    retrieval_clash: bool = False               # called not retrieved, and yet decided on


def standings(state: State, consensus: Mapping[tuple[str, str], Consensus]) -> dict[str, Standing]:
    """Current key -> where the report stands. Reports without a counted record are not in the flow."""
    counted = state.counted_records()
    groups = state.groups()
    out = {}
    for report in state.current():
        arm = state.arm(report, counted)
        if arm is not None:
            out[report.key] = _stand(state, report, arm, groups[report.key], consensus)
    return out


def _stand(state: State, report: Report, arm: Arm, group: list[str],
           consensus: Mapping[tuple[str, str], Consensus]) -> Standing:
    if state.known_before(report):
        return Standing(report, arm, KNOWN)
    if all(k in state.removed for k in group):      # joined with one that was not removed, it is not removed either
        how, reason = state.removed[report.key]
        return Standing(report, arm, TOOL if how == "automation" else REMOVED, reason)
    first, second = consensus[report.key, "title-abstract"], consensus[report.key, "full-text"]
    # A report from other methods may go to full text without a screening of titles (PRISMA 2020, box 12).
    straight = arm == "other" and first.status == "unissued" and (
        second.status != "unissued" or any(k in state.retrieval for k in group))
    if not straight:
        if first.status == "conflict":
            return Standing(report, arm, CONFLICT)
        if first.decision == "exclude":
            return Standing(report, arm, EXCLUDED, first.reason)
        if not first.advances:
            return Standing(report, arm, UNDECIDED)
    return _full_text(report, arm, second, _last_retrieval(state, group))


def _last_retrieval(state: State, group: list[str]) -> Event | None:
    return max((e for k in group for e in state.retrieval.get(k, ())), key=lambda e: e.seq, default=None)


def _full_text(report: Report, arm: Arm, verdict: Consensus, retrieval: Event | None) -> Standing:
    said = retrieval.value if retrieval else ""
    clash = said == "not-retrieved" and bool(verdict.decisions)
    places = {"include": INCLUDED, "exclude": FULL_EXCLUDED, "awaiting-classification": AWAITING, "ongoing": ONGOING}
    if verdict.decision in places:
        return Standing(report, arm, places[verdict.decision], verdict.reason, clash)
    if verdict.status == "conflict":
        return Standing(report, arm, READ_CONFLICT, "", clash)
    if said == "not-retrieved" and not verdict.decisions:
        return Standing(report, arm, NOT_RETRIEVED, retrieval.reason if retrieval else "")
    if said == "pending" and not verdict.decisions:
        return Standing(report, arm, ON_LOAN, retrieval.reason if retrieval else "")
    return Standing(report, arm, UNREAD, "", clash)
