"""Pairs that matchers fall for: parts, errata, namesakes, cut titles, dates made of pages, and so on."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from review.dedup import match
from review.model import Record

PAIRS = list(csv.DictReader((Path(__file__).parent / "traps" / "pairs.csv").open(encoding="utf-8", newline="")))
CLASSES = sorted({row["class"] for row in PAIRS})


def record(row: dict[str, str], side: str) -> Record:
    def field(name: str) -> str:
        return row[f"{side}_{name}"]

    return Record(
        id=side, title=field("title"), titles_other=(field("titles_other"),) if field("titles_other") else (),
        authors=tuple(a.strip() for a in field("authors").split(";") if a.strip()),
        year=int(field("year")) if field("year") else None, journal=field("journal"), volume=field("volume"),
        issue=field("issue"), pages=field("pages"), abstract=field("abstract"), kind=field("kind"),
        language=field("language"), url=field("url"),
        ids={k: field(k) for k in ("doi", "pmid", "trial") if field(k)})


def answer(row: dict[str, str], first: str = "a", second: str = "b") -> str:
    found = match([record(row, first), record(row, second)])
    if len(found.groups) == 1:
        return "same"
    return "related" if found.related else "possible" if found.possible else "different"


def test_there_are_enough_of_them() -> None:
    assert len(PAIRS) >= 200
    assert len(CLASSES) >= 20


@pytest.mark.parametrize("name", CLASSES)
def test_nothing_is_merged_falsely_and_nothing_missed(name: str) -> None:
    wrong = [(row["why"], row["expect"], got) for row in PAIRS if row["class"] == name
             and (got := answer(row)) != row["expect"] and not (got == "possible" and row["expect"] != "same")]
    assert wrong == []


def test_few_go_to_a_person() -> None:
    answers = Counter(answer(row) for row in PAIRS)
    assert answers["possible"] <= len(PAIRS) * 0.05


def test_all_pairs_together_merge_no_others() -> None:
    """Side by side in one search the traps are harder: every record has look-alikes."""
    records = [r for n, row in enumerate(PAIRS) for side in "ab"
               if (r := record(row, side)) and (r := Record(**{**{f: getattr(r, f) for f in r.__slots__},
                                                               "id": f"{n:03d}{side}"}))]
    known = {r.id: r for r in records}
    apart = {(f"{n:03d}a", f"{n:03d}b") for n, row in enumerate(PAIRS) if row["expect"] != "same"}
    clusters = defaultdict(list)
    for n, group in enumerate(match(records).groups):
        clusters[n] = list(group.records)
    false = [(a, b) for a, b in apart for members in clusters.values() if a in members and b in members]
    assert [(known[a].title, known[b].title) for a, b in false] == []
