"""Derived files: records.jsonl and reports.jsonl. Pure functions of the truth; delete them at any time.

`.derived.json` says from which searches records.jsonl was made, so that the files need not be read again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import review
from review.dedup.merge import merged
from review.ledger.disk import sha256, write_derived
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
  records.jsonl, reports.jsonl, .derived.json, prisma/, report.html, README.txt, the appendices in exports/
  (what `review export` wrote is made again by `review export`)
"""


def _line(data: Mapping[str, object]) -> bytes:
    return (json.dumps(data, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _made_from(state: State) -> str:
    """Names the searches and the program that records.jsonl was made from."""
    sealed = [(s.id, s.sealed, [f.sha256 for f in s.files]) for s in state.searches.values() if s.state == "sealed"]
    return sha256(json.dumps([review.__version__, sealed]).encode())


def records(folder: Folder, state: State, progress: Progress | None = None) -> dict[str, Record]:
    """Every record of every sealed search by id; from records.jsonl where that is up to date."""
    stamp = folder.root / ".derived.json"
    made_from = _made_from(state)
    if stamp.exists() and folder.records.exists():
        try:
            known = json.loads(stamp.read_bytes())
        except ValueError:
            known = {}
        data = folder.records.read_bytes()
        if isinstance(known, dict) and known.get("from") == made_from and known.get("sha256") == sha256(data):
            return {r.id: r for r in (Record.from_dict(json.loads(line)) for line in data.splitlines())}
    found = {r.id: r for r in load_records(folder, state, progress=progress)}
    if found:
        data = b"".join(_line(r.as_dict()) for r in found.values())
        write_derived(folder.records, data)
        write_derived(stamp, (json.dumps({"from": made_from, "sha256": sha256(data)}) + "\n").encode())
    return found


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
    write_derived(folder.reports, b"".join(_line(row) for row in rows))
    write_derived(folder.root / "README.txt", README.encode())
