"""Everything that derives from the ledger, made again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from review.ledger.paths import Folder
from review.ledger.replay import State
from review.model import Record
from review.prisma.box import Counts
from review.prisma.files import write_flow
from review.prisma.flow import standings
from review.query.definition import Definition
from review.report.derived import report_rows, write_reports
from review.screening.consensus import Rules, consensus


def report_table(state: State, records: Mapping[str, Record], definition: Definition) -> list[Mapping[str, object]]:
    """The rows of reports.jsonl."""
    verdicts = consensus(state, Rules.of(definition))
    labels = {r.code: r.label for r in definition.reasons}
    return list(report_rows(state, records, standings(state, verdicts), verdicts, labels))


def refresh(folder: Folder, state: State, records: Mapping[str, Record], definition: Definition,
            counts: Counts) -> list[Path]:
    """Write reports.jsonl, README.txt and prisma/. Returns what is worth opening."""
    write_reports(folder, report_table(state, records, definition))
    return write_flow(folder, counts)
