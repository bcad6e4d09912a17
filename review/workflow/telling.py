"""What a review tells: the flow, the report, where it stands, the life of one record, tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from review.ledger import events
from review.model import Issue
from review.workflow.base import Opened

if TYPE_CHECKING:
    import pandas

    from review.prisma.cells import Appearance
    from review.report.status import Status
    from review.report.trace import Trace


class Telling(Opened):
    """What can be read off a review."""

    def flow(self) -> list[Path]:
        """Write the diagram and its files into prisma/."""
        from review.prisma.files import write_flow

        return write_flow(self.folder, self.counts(), self._appearance())

    def report(self, appendices: bool = True) -> list[Path]:
        """Write the report, the flow, the tables that derive from the ledger, and the appendices that authors owe."""
        from review.report.refresh import refresh

        state = self.state()
        return refresh(self.folder, state, self._records(state), self.definition, self.counts(), self._appearance(),
                       appendices)

    def _appearance(self) -> Appearance:
        """How the definition wants the diagram; a table of words may lie in queries/wordings/."""
        from review.prisma.cells import Appearance
        from review.prisma.wording import load
        from review.query.schema_flow import LAYERS

        spec = self.definition.flow
        return Appearance(load(spec.wording, self.workspace.queries / "wordings"), spec.colour,
                          [layer for layer in LAYERS if layer not in spec.without])

    def status(self) -> Status:
        """Where the review stands, and what to do next."""
        from review.prisma.counts import count
        from review.report.status import status
        from review.screening.unread import unread

        state = self.state()
        shas = [e.subject for e in state.log.events if e.type == events.DEFINITION]
        consensus = self.consensus(state)
        found = status(state, self.definition, count(state, self.definition), consensus, shas[-1] if shas else "",
                       unread(state, self.folder, self.id, consensus))
        renamed = self.left_behind()
        if renamed:
            found.warnings.insert(0, renamed.message)
        return found

    def trace(self, key: str) -> Trace:
        """The whole life of a record or a report."""
        from review.report.trace import trace

        state = self.state()
        return trace(state, self._records(state), self.definition, key)

    def check(self) -> list[Issue]:
        """Integrity of everything on disk, and the arithmetic of the flow."""
        from review.report.integrity import integrity

        state = self.state()
        renamed = self.left_behind()
        found = [*self.notes, *integrity(self.folder, state, self.id, self.progress), *([renamed] if renamed else [])]
        if state.searches:
            for c in self.counts().checks:
                sums = c.level == "error" and c.rule != "studies confirmed"
                if not c.ok and sums:
                    found.append(Issue("prisma", c.message, severity="error"))
        return found

    def export(self, format: str, box: str = "", path: Path | None = None) -> list[Path]:
        """Write the records or reports of a box ("" all reports of the flow) in a format that others read."""
        from review.report.export import export

        state = self.state()
        return export(self.folder, state, self._records(state), self.counts(), self.consensus(state), self.definition,
                      format, box, path)

    def records(self) -> pandas.DataFrame:
        """All records: one row a record, columns as in records.jsonl."""
        import pandas as pd

        return pd.DataFrame([r.as_dict() for r in self._records(self.state()).values()])

    def reports(self) -> pandas.DataFrame:
        """All reports with where they stand: one row a report, columns as in reports.jsonl."""
        import pandas as pd

        from review.report.refresh import report_table

        state = self.state()
        return pd.DataFrame(report_table(state, self._records(state), self.definition))

    def decisions(self) -> pandas.DataFrame:
        """The decision log: one row a decision."""
        import pandas as pd

        return pd.DataFrame([{f: getattr(d, f) for f in d.__dataclass_fields__} for d in self.state().log.decisions])
