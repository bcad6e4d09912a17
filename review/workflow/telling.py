"""What a review tells: the flow, the report, where it stands, the life of one record, tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from review.ledger import events
from review.model import STAGES, Decision, Issue, Record
from review.workflow.base import Opened

if TYPE_CHECKING:
    import pandas

    from review.prisma.cells import Appearance
    from review.report.export import Exported
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
        found = status(state, self.definition, count(state, self.definition, cons=consensus), consensus, shas[-1] if shas else "",
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

    def export(self, format: str, box: str = "", path: Path | None = None, *, decisions: bool = True) -> Exported:
        """Write the records or reports of a box ("" all reports of the flow) in a format that others read; without
        `decisions`, nobody who screens them anew sees what was decided."""
        from review.report.export import export

        state = self.state()
        return export(self.folder, state, self._records(state), self.counts(), self.consensus(state), self.definition,
                      format, box, path, decisions=decisions)

    def records(self) -> pandas.DataFrame:
        """All records: one row a record, a column for each field of model.Record."""
        return _frame([_fields_of(r) for r in self._records(self.state()).values()])

    def reports(self) -> pandas.DataFrame:
        """All reports with where they stand: one row a report, columns as in reports.jsonl; what was decided at a
        stage has a column for status, decision and reason ("title-abstract decision")."""
        from review.report.refresh import report_table

        state = self.state()
        blank = {k: v for k, v in _fields_of(Record()).items() if k not in ("id", "search", "ordinal", "native_id", "database")}
        rows = []
        for row in report_table(state, self._records(state), self.definition):
            flat: dict[str, object] = {}
            for name, value in row.items():
                if name in STAGES and isinstance(value, Mapping):
                    flat.update({f"{name} {what}": said for what, said in value.items()})
                else:
                    flat[name] = value
            rows.append({**flat, **{k: v for k, v in blank.items() if k not in flat}})
        return _frame(rows)

    def decisions(self) -> pandas.DataFrame:
        """The decision log: one row a decision."""
        return _frame([_fields_of(d) for d in self.state().log.decisions])


def _fields_of(item: Record | Decision) -> dict[str, object]:
    """Every field of a record or decision, lists as lists."""
    values = {f.name: getattr(item, f.name) for f in fields(item)}
    return {k: list(v) if isinstance(v, tuple) else dict(v) if isinstance(v, Mapping) else v for k, v in values.items()}


def _frame(rows: list[dict[str, object]]) -> pandas.DataFrame:
    """A table; years are whole numbers, also where some are not known."""
    import pandas as pd

    found = pd.DataFrame(rows)
    return found.astype({"year": "Int64"}) if "year" in found else found
