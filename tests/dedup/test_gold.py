"""Against sets that people labelled (they lie beside the project; without them these tests are skipped).

Errors are counted by report: a false one joins two reports of the gold, a missed one leaves a report in pieces.
Pairs that the gold calls unsure count nowhere.
"""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

from review import formats
from review.dedup import match
from review.model import Entry, Record, replace
from tests.shared_data import shared

SETS = ("cardiac", "cytology_screening", "diabetes", "haematology", "stroke")


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def read(path: Path) -> list[Record]:
    with path.open("rb") as stream:
        return [replace(e.record, id=next(v for t, v in e.tags if t == "ID"))
                for e in formats.read(stream, name=path.name) if isinstance(e, Entry)]


def errors(found: Mapping[str, int], gold: Mapping[str, str], unsure: set[frozenset[str]]) -> tuple[int, int]:
    """False and missed joins, by report."""
    report = dict(gold)
    members = defaultdict(set)
    for record, key in report.items():
        members[key].add(record)
    for pair in unsure:
        a, b = sorted(pair)
        x, y = report[a], report[b]
        if x != y and found[a] == found[b] and all(frozenset((i, j)) in unsure for i in members[x] for j in members[y]):
            for record in members.pop(y):
                report[record] = x
                members[x].add(record)
    joint = {(report[r], found[r]) for r in found}
    return (sum(n - 1 for n in Counter(c for _, c in joint).values()),
            sum(n - 1 for n in Counter(g for g, _ in joint).values()))


@pytest.mark.parametrize("name", SETS)
def test_labelled_sets(name: str) -> None:
    """The goal over all five: nothing merged falsely, at most eight missed."""
    folder = shared(f"dedup/{name}")
    records = read(folder / "records_pre_merged.csv")
    gold = {r.id: r.id for r in records}
    for row in table(folder / "merged_record_ids_v2.csv"):
        ids = row["merged_ids"].split(";")
        gold.update(dict.fromkeys(ids, ids[0]))
    unsure = {frozenset((row["id_a"], row["id_b"])) for row in table(folder / "unsure_v2.csv")}
    found = {r: n for n, g in enumerate(match(records).groups) for r in g.records}
    false, missed = errors(found, gold, unsure)
    assert false == 0
    assert missed <= 2


def test_web_and_repository_records() -> None:
    """Records read off web pages, many without authors or year: one work, one report; preprints stay apart."""
    rows = [json.loads(line) for line in shared("left-behind-children/records.jsonl").open(encoding="utf-8")]
    records = [Record(
        id=r["record"], title=r["title"], titles_other=tuple(filter(None, [r["title_other_language"]])),
        authors=tuple(r["authors"]), year=r["year"], journal=r["journal"], volume=r["volume"], issue=r["issue"],
        pages=r["pages"], language=r["language"], kind=r["type"], url=r["url"], summary=r["summary"],
        ids={k: r[k] for k in ("doi", "pmid", "pmcid") if r[k]}) for r in rows]
    work = {r["record"]: r["record"] if r["relation"].startswith("preprint-of") else r["work"] for r in rows}
    found = {r: n for n, g in enumerate(match(records).groups) for r in g.records}
    gold_pairs = {(a, b) for a in work for b in work if a < b and work[a] == work[b]}
    found_pairs = {(a, b) for a in found for b in found if a < b and found[a] == found[b]}
    assert found_pairs <= gold_pairs
    assert len(found_pairs & gold_pairs) / len(gold_pairs) >= 0.97


def test_a_search_of_one_database_has_no_duplicates() -> None:
    """PubMed gives an article once: all of its records are reports of their own."""
    with shared("pubmed/china_child_mental.xml").open("rb") as stream:
        records = [replace(e.record, id=f"{n:04d}") for n, e in enumerate(formats.read(stream, name="china_child_mental.xml"))
                   if isinstance(e, Entry)]
    assert len(match(records).groups) == len(records) > 200
