"""The previous version of the review, frozen from this one (PRISMA 2020, box 1)."""

from __future__ import annotations

from review.ledger import baseline
from review.ledger.baseline import BaselineRow
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.ledger.transaction import Transaction
from review.model import ReviewError
from review.prisma.box import Counts


def freeze(tx: Transaction, folder: Folder, state: State, counts: Counts, reason: str) -> tuple[int, int]:
    """Every record with a report becomes known; the included ones with their studies are box 1 from now on."""
    if not counts.final:
        raise ReviewError("Only a finished flow can become the previous version. Still open: "
                          + "; ".join(counts.reasons) + ".", code="not-final", status=1)
    included = {*(counts.boxes["new_reports"].ids), *(counts.boxes["further_reports"].ids
                                                      if "further_reports" in counts.boxes else ())}
    old = {r.report: r for r in state.baseline.rows} if state.baseline else {}
    kept = state.baseline.reports() if state.baseline else {}
    gone = state.baseline.reduced if state.baseline else {}     # what was taken out stays out
    groups = state.groups()
    rows = []
    for report in state.current():
        earlier = next((old[k] for k in groups[report.key] if k in old), None)
        named = state.studies_of(groups[report.key]) or (earlier.studies if earlier else ())
        studies = tuple(sorted(s for s in named if s not in gone))
        part = report.key in included or (earlier is not None and earlier.report in kept)
        rows += [BaselineRow(r, report.key, studies, part) for r in report.records]
    return baseline.freeze(tx, folder, rows, "frozen", reason)
