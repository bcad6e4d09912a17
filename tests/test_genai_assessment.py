"""A published screening by two automatic reviewers and people, brought in step by step and counted.

The data (CC BY 4.0) are those of a scoping review on generative AI in workplace-based assessment: 745 database records and
two from citation searching; decisions on titles, on abstracts, on full texts, "uncertain" among them. Expected numbers are
counted from the file by other means.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.reviewer import boxes, command, workspace
from tests.shared_data import shared

DEFINITION = """\
title = "Generative AI in workplace-based assessment"
question = "How is generative AI used in workplace-based assessment?"
combine = "topic"
databases = ["pubmed"]
[concepts.topic]
terms = ["generative AI"]
[eligibility]
include = ["Workplace-based assessment"]
[screening]
reviewers = ["A1", "A2", "TK"]
adjudicator = "EF"
title-abstract = "advance"
"""
MAPPING = """\
[columns]
one = "decision A1"
two = "decision A2"
person = "decision TK"
final = "decision"
[decisions]
uncertain = "maybe"
"""
WHO = {"ai:claude": "one", "ai:codex": "two", "TK": "person", "human:TK": "person"}


def write(path: Path, rows: Iterable[Mapping[str, Any]], columns: str) -> Path:
    """A CSV file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns.split(), restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.proof
def test_the_steps_of_the_screening_are_counted(tmp_path: Path) -> None:
    """707 screened, 673 excluded, 34 assessed, 22 excluded, 12 included; 13 with the one from citation searching."""
    yaml = pytest.importorskip("yaml", reason="the data is YAML")
    data = yaml.load(shared("screening/genai-wba/reviews.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    articles = data["articles"]
    folder = workspace(tmp_path, "genai", DEFINITION)
    (folder / "words.toml").write_text(MAPPING, encoding="utf-8")
    article_of: dict[str, int] = {}                         # record -> article
    about = "title doi pmid authors year abstract"
    for source, method in (("pubmed", "database"), ("eric", "database"), ("scopus", "database"), ("arxiv", "database"),
                           ("forward-citation", "citation-searching")):
        found = [a for a in articles if any(m["source"] == source for m in a["mergedFrom"])]
        path = write(folder / f"{source}.csv", found, about)
        answer = command(folder, "import", str(path), "--database", source, "--method", method)
        assert answer["read"] == len(found)
        article_of |= {f"{answer['search']}/{n:06d}": articles.index(a) for n, a in enumerate(found, 1)}
    command(folder, "dedupe")
    # three papers that ERIC writes otherwise were screened twice; the reviewers' word binds
    apart = screened_twice(folder, article_of)
    assert len(apart) == 3 and boxes(folder)["duplicates"] == 41
    for key, records in apart.items():
        command(folder, "undo", key, "--split", *records, "--reason", "screened twice")
    found = boxes(folder)
    assert (found["database_results"], found["duplicates"], found["records_screened"]) == (745, 38, 707)

    def step(basis: str, stage: str, status: int = 0) -> dict[str, Any]:
        rows = []
        for article in articles:
            said = {WHO[r["reviewer"]]: r["decision"] for r in article["reviews"] if r.get("basis") == basis}
            if said:
                rows.append({**article, **said})
        path = write(folder / f"{basis}.csv", rows, f"{about} one two person")
        return command(folder, "collect", str(path), "--from", "sheet", "--stage", stage, "--mapping", "words.toml",
                       status=status)

    answer = step("title", "title-abstract")
    assert (answer["rows"], answer["matched"], answer["new"]) == (707, 707, 1414)
    found = boxes(folder)
    assert (found["records_excluded"], found["dbr_sought_reports"]) == (299, 408)
    command(folder, "reopen", "dbr_sought_reports", "--reason", "abstracts are read now")
    answer = step("abstract", "title-abstract")
    assert answer["matched"] == answer["rows"] == 410       # 408 and the two from citations
    found = boxes(folder)
    assert (found["records_excluded"], found["dbr_sought_reports"]) == (673, 34)
    full_text(folder, articles, step)
    found = boxes(folder)
    assert (found["dbr_assessed"], found["dbr_excluded"], found["new_reports"]) == (34, 22, 13)
    assert (found["citations_results"], found["dropped_before_retrieval"], found["other_assessed"]) == (2, 1, 1)
    assert not command(folder, "check")["issues"]

    told = {(a["stage"], a["round"]): a for a in command(folder, "agreement")["agreement"] if a["reviewers"] == ["A1", "A2"]}
    titles = told["title-abstract", 1]
    table = {tuple(row["decisions"]): row["n"] for row in titles["table"]}
    assert table["exclude", "exclude"] == 299 and table["maybe", "maybe"] == 272 and titles["n"] == 707
    assert titles["percent"]["value"] == pytest.approx((299 + 272) / 707)
    assert told["full-text", 1]["n"] == 35


def screened_twice(folder: Path, article_of: Mapping[str, int]) -> dict[str, list[str]]:
    """Key -> the record that is another article than the leading one."""
    reports: dict[str, list[str]] = defaultdict(list)
    with (folder / "outputs/genai/log/assignments.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            reports[row["report"]].append(row["record"])
    found = {key: [r for r in records if article_of[r] != article_of[records[0]]] for key, records in reports.items()}
    return {key: records for key, records in found.items() if records}


def full_text(folder: Path, articles: list[dict[str, Any]], step: Callable[..., dict[str, Any]]) -> None:
    """Full texts: the two differ on two reports; the final list, which names nobody, settles these."""
    assert step("fulltext", "full-text", status=1)["conflicts"] == 2
    path = write(folder / "final.csv", [{**a, "final": a["finalDecision"]} for a in articles
                                        if any(r.get("basis") == "fulltext" for r in a["reviews"])], "title doi pmid final")
    words = ("collect", str(path), "--from", "sheet", "--stage", "full-text", "--mapping", "words.toml",
             "--reviewer", "team")
    answer = command(folder, *words, status=1)
    assert [n["code"] for n in answer["not_taken"]] == ["differs"] * 2 and answer["conflicts"] == 2
    assert command(folder, *words, "--newer")["conflicts"] == 0
