"""Derived files: records.jsonl and reports.jsonl. Pure functions of the truth; delete them at any time.

`.records.json` says from which searches records.jsonl was made, so that the kept files need not be read again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from review.dedup.merge import merged
from review.ledger import parts
from review.ledger.disk import write_derived
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.model import Progress, Record
from review.prisma.flow import Standing
from review.screening.consensus import Consensus
from review.sources.sealing import load_records

README = """\
This folder is one review. Keep, back up and never edit by hand:
  searches/            what each search returned, byte for byte
  log/                 every assignment, decision, link and event (append-only)
  screening/issued/    what was sent out
  screening/received/  what came back
  screening/*.xlsx     workbooks that people are still filling
Made from these, and made again by `review run`; delete freely:
  records.jsonl, reports.jsonl, prisma/, report.html, README.txt, the appendices in exports/
  .records.json, .keys.jsonl, .keys.json (what makes later commands quick)
  (what `review export` wrote is made again by `review export`)
"""


class Records(Mapping[str, Record]):
    """Records by id, in the order of the searches. A line is read when its record is first asked for."""

    def __init__(self, found: dict[str, bytes | Record]) -> None:
        self._found = found

    def __getitem__(self, id: str) -> Record:
        found = self._found[id]
        if isinstance(found, bytes):
            found = self._found[id] = Record.from_dict(json.loads(found))
        return found

    def __contains__(self, id: object) -> bool:
        return id in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def records(folder: Folder, state: State, progress: Progress | None = None) -> Mapping[str, Record]:
    """Every record of every sealed search by id; those that records.jsonl has are not read from the kept files again."""
    wanted = parts.made_from(state)
    made_from, known = parts.read(folder.records)
    found: dict[str, bytes | Record] = {}
    for search, made in wanted.items():
        if made_from.get(search) == made:
            found.update((parts.record_of(line), line) for line in known[search])
        else:
            found.update((r.id, r) for r in load_records(folder, state, [search], progress))
    if found and made_from != wanted:
        parts.write(folder.records, wanted, (r if isinstance(r, bytes) else parts.line(r.as_dict()) for r in found.values()))
    return Records(found)


def report_rows(state: State, found: Mapping[str, Record], standing: Mapping[str, Standing],
                consensus: Mapping[tuple[str, str], Consensus], labels: Mapping[str, str]) -> Iterable[dict[str, object]]:
    """One mapping a report, in the order of the keys: what it is, where it stands, what was decided."""
    groups = state.groups()
    for report in state.current():
        record = merged([found[r] for r in report.records])
        stand = standing.get(report.key)
        row: dict[str, object] = {"key": report.key, "aliases": groups[report.key][1:], "records": list(report.records),
                                  "arm": stand.arm if stand else "", "place": stand.place if stand else "not counted"}
        for stage in ("title-abstract", "full-text"):
            verdict = consensus[report.key, stage]
            row[stage] = {"status": verdict.status, "decision": verdict.decision,
                          "reason": labels.get(verdict.reason, verdict.reason)}
        row["studies"] = sorted(state.studies_of(groups[report.key]))
        skip = ("id", "search", "ordinal", "native_id", "database")
        row.update({k: v for k, v in record.as_dict().items() if k not in skip})
        yield row


def write_reports(folder: Folder, rows: Iterable[Mapping[str, object]]) -> None:
    """reports.jsonl, and the README of the folder."""
    write_derived(folder.reports, b"".join(parts.line(row) for row in rows))
    write_derived(folder.root / "README.txt", README.encode())
