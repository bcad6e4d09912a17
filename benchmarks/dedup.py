#!/usr/bin/env python3
"""Run deduplication over labelled sets and score it: false and missed merges, seconds, memory.

usage: dedup.py DATA [--set NAME]... [--against bib-dedupe [--python PATH]]

DATA/<set>/records_pre_merged.csv      records, column ID
DATA/<set>/merged_record_ids.csv       labels as published (v1), column merged_ids: "a;b;c"
DATA/<set>/merged_record_ids_v2.csv    corrected labels (v2), with unsure_v2.csv: pairs that the fields don't settle

Each tool runs in a process of its own, from reading the file to writing clusters; seconds are those of the clock and
of the processor (all processes of the tool), memory is the most that all its processes together held at one time (pages
that they share count in each). FP and FN are counted by report
(false: joins of two reports; missed: pieces of one report less one) and by pair of records. Pairs called unsure count
nowhere. `--python` names an interpreter in which the other tool is installed; it is no part of this project.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

csv.field_size_limit(1 << 27)
OURS = "import sys; from review.dedup.file import dedupe_file; dedupe_file([sys.argv[1]], sys.argv[2])"
BIB_DEDUPE = """
import csv, sys
import pandas as pd
from bib_dedupe.bib_dedupe import block, cluster, match, prep
if __name__ == "__main__":
    records = pd.read_csv(sys.argv[1], dtype=str)
    prepared = prep(records.copy(), verbosity_level=0)
    groups = cluster(match(block(prepared, verbosity_level=0), verbosity_level=0), verbosity_level=0)
    import pathlib
    pathlib.Path(sys.argv[2]).mkdir(parents=True, exist_ok=True)
    with open(sys.argv[2] + "/clusters.csv", "w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["record_id", "cluster_id"])
        writer.writerows((i, n) for n, group in enumerate(groups) for i in group)
"""


class Cost(NamedTuple):
    """What a run took: seconds by the clock and of the processor, MB of memory."""

    wall: float
    cpu: float
    memory: float


class Gold(NamedTuple):
    """Labels: record id to report, and the pairs that count nowhere."""

    report: dict[str, str]
    unsure: set[frozenset[str]]


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def labels(folder: Path, version: str) -> Gold:
    """The labels of one set, "v1" or "v2"."""
    report = {r["ID"]: r["ID"] for r in table(folder / "records_pre_merged.csv")}
    for row in table(folder / ("merged_record_ids.csv" if version == "v1" else "merged_record_ids_v2.csv")):
        ids = [i.strip() for i in row["merged_ids"].split(";") if i.strip()]
        report.update(dict.fromkeys(ids, ids[0]))
    rows = table(folder / "unsure_v2.csv") if version == "v2" else []
    return Gold(report, {frozenset((r["id_a"], r["id_b"])) for r in rows})


def run(python: str, code: str, source: Path, out: Path) -> Cost:
    """Run one tool in a process of its own."""
    script = out.with_suffix(".py")
    script.write_text(code, encoding="utf-8")
    start = time.perf_counter()
    child = subprocess.Popen([python, str(script), str(source), str(out)], stdout=subprocess.DEVNULL)
    most, ended = 0.0, 0
    while not ended:
        most = max(most, held(child.pid))
        time.sleep(0.05)
        ended, status, usage = os.wait4(child.pid, os.WNOHANG)
    child.returncode = status
    if status:
        raise SystemExit(f"the tool failed on {source} (status {status})")
    return Cost(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, max(most, usage.ru_maxrss / 1024))


def held(process: int) -> float:
    """MB that a process and all that it started hold now (Linux; 0 elsewhere)."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:                                     # it has ended, or there is no /proc
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20) + sum(map(held, map(int, children)))


def clusters(path: Path, ids: Mapping[str, str]) -> dict[str, str]:
    """Record id to cluster; a record that is not named is a cluster of its own."""
    found = {r["record_id"]: "c" + r["cluster_id"] for r in table(path)}
    return {i: found.get(i, "s" + i) for i in ids}


def by_report(found: Mapping[str, str], gold: Gold) -> tuple[int, int]:
    """False and missed joins of reports; an unsure pair is no error either way."""
    report = dict(gold.report)
    members = defaultdict(set)
    for record, key in report.items():
        members[key].add(record)
    for a, b in sorted(map(sorted, gold.unsure)):
        x, y = report[a], report[b]
        if x != y and found[a] == found[b] and all(
                frozenset((i, j)) in gold.unsure for i in members[x] for j in members[y]):
            for record in members.pop(y):
                report[record] = x
                members[x].add(record)
    joint = {(report[r], c) for r, c in found.items()}
    return (sum(n - 1 for n in Counter(c for _, c in joint).values()),
            sum(n - 1 for n in Counter(g for g, _ in joint).values()))


def by_pair(found: Mapping[str, str], gold: Gold) -> tuple[int, int]:
    """False and missed pairs of records."""
    def pairs(counts: Counter[object]) -> int:
        return sum(n * (n - 1) // 2 for n in counts.values())

    both = pairs(Counter((gold.report[r], c) for r, c in found.items()))
    joined = pairs(Counter(found.values())) - sum(len({found[i] for i in pair}) == 1 for pair in gold.unsure)
    return joined - both, pairs(Counter(gold.report.values())) - both


def score(name: str, folder: Path, out: Path, cost: Cost, tool: str) -> dict[str, int]:
    """Print one row; the errors on v2 are given back."""
    cells, total = [], {}
    for version in ("v1", "v2"):
        gold = labels(folder, version)
        found = clusters(out / "clusters.csv", gold.report)
        (false, missed), (false_pairs, missed_pairs) = by_report(found, gold), by_pair(found, gold)
        cells.append(f"{false:4d} /{missed:4d}  {false_pairs:4d} /{missed_pairs:4d}")
        total = {"records": len(gold.report), "false": false, "missed": missed}
    print(f"{tool:12s} {name:20s} {total['records']:7d}  {cells[0]}    {cells[1]}   "
          f"{cost.wall:7.1f} {cost.cpu:7.1f} {cost.memory:7.0f}", flush=True)
    return total


def main() -> None:
    """Run the sets and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--set", action="append", dest="sets", metavar="NAME")
    parser.add_argument("--against", choices=["bib-dedupe"])
    parser.add_argument("--python", default=sys.executable, help="interpreter of the other tool")
    args = parser.parse_args()
    names = args.sets or sorted(p.parent.name for p in args.data.glob("*/records_pre_merged.csv"))
    tools = [("this project", sys.executable, OURS)]
    if args.against:
        tools.append((args.against, args.python, BIB_DEDUPE))
    print(f"{'':12s} {'set':20s} {'records':>7s}  v1 report    v1 pair        v2 report    v2 pair      "
          f"{'clock s':>7s} {'cpu s':>7s} {'MB':>7s}\n{'':43s}FP /  FN    FP /  FN      FP /  FN    FP /  FN")
    for tool, python, code in tools:
        sums: Counter[str] = Counter()
        for name in names:
            with tempfile.TemporaryDirectory() as folder:
                out = Path(folder) / "out"
                cost = run(python, code, (args.data / name / "records_pre_merged.csv").resolve(), out)
                sums.update(score(name, args.data / name, out, cost, tool))
        print(f"{tool:12s} {'all':20s} {sums['records']:7d}  on v2 by report: FP {sums['false']}, FN {sums['missed']}\n")


if __name__ == "__main__":
    main()
