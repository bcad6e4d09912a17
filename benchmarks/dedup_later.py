#!/usr/bin/env python3
"""What a later search costs in a review: `review dedupe` of its few new records, beside that of all earlier ones.

usage: dedup_later.py DATA [--sizes 5000,20000,50000] [--new 500]

DATA and the records are those of dedup_growth.py. The seconds are those of whole commands, reading the ledger and
saying what comes next among them.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from dedup_growth import COLUMNS, pool, records


def review(folder: Path, *words: str) -> float:
    """Run a command in a workspace; returns its seconds."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "review", *words], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"review {' '.join(words)}: {done.stderr}")
    return time.perf_counter() - start


def searched(folder: Path, rows: list[dict[str, str]], database: str) -> None:
    """The records as a search of a database, not yet deduplicated."""
    path = folder / f"{database}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    review(folder, "import", path.name, "--database", database)


def main() -> None:
    """Measure the sizes and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sizes", default="5000,20000,50000")
    parser.add_argument("--new", type=int, default=500)
    args = parser.parse_args()
    reports = pool(args.data)
    print(f"{'earlier':>8s} {'new':>6s} {'all earlier, s':>15s} {'then the new, s':>16s} {'ratio':>6s} {'status alone, s':>16s}")
    for size in map(int, args.sizes.split(",")):
        rows = list(islice(records(reports), size + args.new))
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            (folder / "queries").mkdir()
            review(folder, "new", "later")
            searched(folder, rows[:size], "scopus")
            whole = review(folder, "dedupe")
            searched(folder, rows[size:], "embase")
            later = review(folder, "dedupe")
            status = review(folder, "status")
        print(f"{size:8d} {args.new:6d} {whole:15.1f} {later:16.1f} {later / whole:6.2f} {status:16.1f}", flush=True)


if __name__ == "__main__":
    main()
