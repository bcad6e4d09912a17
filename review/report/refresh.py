"""Everything that derives from the ledger, made again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from review.ledger.disk import write_derived
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.model import Record
from review.prisma.box import Counts
from review.prisma.cells import USUAL, Appearance
from review.prisma.files import write_flow
from review.prisma.flow import standings
from review.query.definition import Definition
from review.report.derived import report_rows, write_reports
from review.report.gather import gather
from review.report.html import report_html
from review.report.papers import papers
from review.screening.consensus import Rules, consensus


def report_table(state: State, records: Mapping[str, Record], definition: Definition) -> list[Mapping[str, object]]:
    """The rows of reports.jsonl."""
    verdicts = consensus(state, Rules.of(definition))
    labels = {r.code: r.label for r in definition.reasons}
    return list(report_rows(state, records, standings(state, verdicts), verdicts, labels))


def refresh(folder: Folder, state: State, records: Mapping[str, Record], definition: Definition,
            counts: Counts, appearance: Appearance = USUAL, appendices: bool = True) -> list[Path]:
    """Write reports.jsonl, README.txt, prisma/, report.html and the appendices. Returns what is worth opening."""
    write_reports(folder, report_table(state, records, definition))
    paths = write_flow(folder, counts, appearance)
    data = gather(state, dict(records), definition, counts)
    files = {folder.root / "report.html": report_html(data, appearance).encode("utf-8", "replace")}
    if appendices:
        files.update({folder.exports / name: body for name, body in papers(data).items()})
    for path, body in files.items():
        write_derived(path, body)
    return [folder.root / "report.html", *paths, *list(files)[1:]]
