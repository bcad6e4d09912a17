"""Derived files: records.jsonl and reports.jsonl. Pure functions of the truth; delete them at any time.

`.derived.json` says from which searches records.jsonl was made, so that the files need not be read again.
"""

from __future__ import annotations

import json
from collections import defaultdict
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


def _made_from(state: State) -> dict[str, str]:
    """Each sealed search, with what its part of records.jsonl is made from: the program and the kept files."""
    return {s.id: sha256(json.dumps([review.__version__, s.sealed, [f.sha256 for f in s.files]]).encode())
            for s in state.searches.values() if s.state == "sealed"}


def records(folder: Folder, state: State, progress: Progress | None = None) -> dict[str, Record]:
    """Every record of every sealed search by id; those that records.jsonl has are not read from the kept files again."""
    wanted = _made_from(state)
    made_from, known = _known(folder)
    if made_from == wanted:
        return known
    by_search: dict[str, list[Record]] = defaultdict(list)
    for record in known.values():
        by_search[record.search].append(record)
    found: dict[str, Record] = {}
    for search, made in wanted.items():
        rows = by_search[search] if made_from.get(search) == made else load_records(folder, state, [search], progress)
        found.update((r.id, r) for r in rows)
    if found:
        data = b"".join(_line(r.as_dict()) for r in found.values())
        write_derived(folder.records, data)
        write_derived(folder.root / ".derived.json", (json.dumps({"from": wanted, "sha256": sha256(data)}) + "\n").encode())
    return found


def _known(folder: Folder) -> tuple[dict[str, str], dict[str, Record]]:
    """What records.jsonl was made from and holds; nothing where it is not as it was written."""
    stamp = folder.root / ".derived.json"
    if not stamp.exists() or not folder.records.exists():
        return {}, {}
    try:
        said = json.loads(stamp.read_bytes())
    except ValueError:
        return {}, {}
    data = folder.records.read_bytes()
    if not isinstance(said, dict) or said.get("sha256") != sha256(data) or not isinstance(said.get("from"), dict):
        return {}, {}
    return said["from"], {r.id: r for r in (Record.from_dict(json.loads(line)) for line in data.splitlines())}


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
