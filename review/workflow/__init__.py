"""The `Review`: one method a command, in the order of the work. The command line is a thin skin on it.

    import review
    r = review.open("left-behind-children-policy")
    r.counts().n("records_screened")
    r.reports()                             # a pandas DataFrame
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from review.ledger.paths import Workspace
from review.workflow.reports import Reports
from review.workflow.screening import Screening
from review.workflow.searching import Searching
from review.workflow.telling import Telling


class Review(Searching, Reports, Screening, Telling):
    """One review: its definition, its ledger, and everything that can be done with them."""

    def run(self) -> dict[str, Any]:
        """Everything that can be done now, in order; what waits for whom stands in the status."""
        done: dict[str, Any] = {}
        if self.folder.log.exists() and self.state().unassigned():
            done["dedupe"] = self.dedupe()[0]
        done["collected"] = self.collect() if self.state().sheets else None
        if done["collected"] and self.state().unassigned():     # what other methods found came with a workbook
            done["dedupe"] = self.dedupe()[0]
        if self.state().searches and not self.state().unassigned():
            done["sheets"] = [] if self._pilot_first() else self.sheets()
            if self.definition.screening.adjudicator:
                done["sheets"] += self.sheets(conflicts=True)
        done["files"] = self.report()
        done["status"] = self.status()
        return done

    def _pilot_first(self) -> bool:
        """Whether the definition asks for a pilot that was not sent out: `run` leaves that to a person."""
        state = self.state()
        return bool(self.definition.screening.pilot) and not any(
            s.kind in ("pilot", "screening") for s in state.sheets.values())


def open_review(review_id: str | None = None, root: Path | str | None = None) -> Review:
    """The review of that id in the workspace at or above `root` (default: the current folder)."""
    workspace = Workspace.find(Path(root) if root is not None else None)
    return Review(workspace, workspace.choose(review_id))
