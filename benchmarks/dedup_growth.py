#!/usr/bin/env python3
"""How the cost of deduplication grows with the records: seconds and memory at several sizes.

usage: dedup_growth.py DATA [--sizes 5000,10000,...] [--keep FOLDER]

DATA is that of dedup.py. The records of all labelled sets are one pool; reports are drawn from it whole, so that
duplicates stay together. Where a size needs more than the pool holds, the pool is told again in other words: every
word of titles, abstracts and names gives way to another that is as frequent, numbers move on, identifiers get an
end. Block sizes, lengths, gaps and duplicates so stay those of real records, and no two tellings share a report.
Titles of one or two words ("Editorial") stay: their blocks grow with the records, as they really do.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from dedup import OURS, labels, run, table

_WORD = re.compile(r"[^\W\d_]{2,}")
_COMMON = 400                       # the most frequent words: grammar, and what a field writes about
_BAND = 50                          # words of like frequency that stand for each other
_TOLD = ("author", "title", "abstract")
COLUMNS = ("ID", "author", "year", "title", "journal", "volume", "number", "pages", "abstract", "doi")


def pool(data: Path) -> list[list[dict[str, str]]]:
    """All records of all sets, a list for each report, in an order of chance that is always the same."""
    reports: dict[tuple[str, str], list[dict[str, str]]] = {}
    for folder in sorted(p.parent for p in data.glob("*/records_pre_merged.csv")):
        gold = labels(folder, "v2")
        for row in table(folder / "records_pre_merged.csv"):
            row["ID"] = f"{folder.name}-{row['ID']}"
            reports.setdefault((folder.name, gold.report[row["ID"].partition("-")[2]]), []).append(row)
    found = list(reports.values())
    random.Random(1).shuffle(found)
    return found


def bands(reports: list[list[dict[str, str]]]) -> dict[str, list[str]]:
    """For each word the words that are as frequent as it, in a fixed order."""
    frequency = Counter(w for rows in reports for row in rows for field in _TOLD
                        for w in _WORD.findall(row.get(field, "").lower()))
    ranked = [w for w, _ in sorted(frequency.items(), key=lambda p: (-p[1], p[0]))]
    out = {w: [w] for w in ranked[:_COMMON]}
    for start in range(_COMMON, len(ranked), _BAND):
        band = ranked[start:start + _BAND]
        out.update((w, band[i:] + band[:i]) for i, w in enumerate(band))
    return out


def told_again(row: dict[str, str], telling: int, alike: dict[str, list[str]]) -> dict[str, str]:
    """A record in other words; the same telling turns a word into the same other word everywhere."""
    def other(match: re.Match[str]) -> str:
        word = match.group()
        band = alike.get(word.lower(), [word])
        new = band[telling % len(band)] if len(band) > 1 else word
        return new.upper() if word.isupper() else new.capitalize() if word[0].isupper() else new

    if not telling:
        return row
    out = {**row, "ID": f"{row['ID']}-{telling}"}
    for field in _TOLD:
        if field != "title" or len(row[field].split()) > 2:
            out[field] = _WORD.sub(other, row.get(field, ""))
    out["pages"] = re.sub(r"\d+", lambda m: str(int(m.group()) + 13 * telling) if len(m.group()) < 9 else m.group(), row["pages"])
    out["doi"] = f"{row['doi']}.{telling}" if row.get("doi") else ""
    return out


def records(reports: list[list[dict[str, str]]]) -> Iterator[dict[str, str]]:
    """Records without end: the pool, then the pool told again and again."""
    alike = bands(reports)
    for telling in count():
        for rows in reports:
            yield from (told_again(row, telling, alike) for row in rows)


def main() -> None:
    """Measure the sizes and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sizes", default="5000,10000,20000,50000,100000")
    parser.add_argument("--keep", type=Path, help="a folder for the files that were made and what came of them")
    args = parser.parse_args()
    reports = pool(args.data)
    print(f"{'records':>8s} {'reports':>8s} {'clock s':>8s} {'cpu s':>8s} {'MB':>6s} {'ms a record':>12s}")
    for size in map(int, args.sizes.split(",")):
        with tempfile.TemporaryDirectory() as scratch:
            folder = args.keep or Path(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            source = folder / f"records-{size}.csv"
            with source.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, COLUMNS, extrasaction="ignore")
                writer.writeheader()
                writer.writerows(islice(records(reports), size))
            out = folder / f"out-{size}"
            cost = run(sys.executable, OURS, source, out)
            found = len({r["cluster_id"] for r in table(out / "clusters.csv")})
        print(f"{size:8d} {found:8d} {cost.wall:8.1f} {cost.cpu:8.1f} {cost.memory:6.0f} {1000 * cost.wall / size:12.2f}",
              flush=True)


if __name__ == "__main__":
    main()
