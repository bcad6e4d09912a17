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
        from review.screening.issue import pilot_first

        done: dict[str, Any] = {}
        if self.folder.log.exists() and self.state().unassigned():
            done["dedupe"] = self.dedupe()[0]
        done["collected"] = self.collect() if self.state().sheets else None
        if done["collected"] and self.state().unassigned():     # what other methods found came with a workbook
            done["dedupe"] = self.dedupe()[0]
        state, screening = self.state(), self.definition.screening
        if state.searches and not state.unassigned():
            # a pilot, and a judge or reviewers who left, are for a person to see to
            team = set(screening.reviewers) - state.left
            done["sheets"] = self.sheets() if team and not pilot_first(state, self.definition) else []
            if screening.adjudicator and screening.adjudicator not in state.left:
                done["sheets"] += self.sheets(conflicts=True)
        done["files"] = self.report()
        done["status"] = self.status()
        return done


def open_review(review_id: str | None = None, root: Path | str | None = None) -> Review:
    """The review of that id in the workspace at or above `root` (default: the current folder)."""
    workspace = Workspace.find(Path(root) if root is not None else None)
    return Review(workspace, workspace.choose(review_id))
