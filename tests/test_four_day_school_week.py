"""A published scoping review re-made from its files, through the command line: searches, duplicates, decisions, flow.

The data (CC BY 4.0) are those of a scoping review on the four-day school week. Expected numbers are counted from its
files; the publication's own are 5,088 citations, called unique, and 159 reports: both one too many, and the former a
count before deduplication.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.reviewer import boxes, command, workspace
from tests.shared_data import shared

REASONS = {"design": "Ineligible study design - not empirical research",
           "concept": "Ineligible concept - not four-day school week",
           "not-us": "Ineligible context - not in United States", "not-k12": "Ineligible context - not K-12 schools",
           "not-english": "Ineligible publication - not in English"}
EXCLUDED = (188, 159, 16, 9, 3)             # at full text, by reason
DEFINITION = """\
title = "The four-day school week: a scoping review"
question = "What is known of the four-day school week?"
combine = "topic"
databases = ["ebsco-eric"]
[concepts.topic]
terms = ["four-day school week"]
[eligibility]
include = ["Reports on four-day school weeks"]
""" + "".join(f'[[eligibility.exclude]]\ncode = "{c}"\nlabel = "{label}"\n' for c, label in REASONS.items()) + """
[screening]
reviewers = ["AB", "CD"]
adjudicator = "EF"
"""
MAPPINGS = {
    "search": 'Refid = "native_id"\n',
    "duplicates": '[columns]\nRefID = "native_id"\nReason = "duplicate_of"\n',
    "screening": '[columns]\nRefid = "native_id"\nstudy_screening_decision = "decision"\n'
                 '[decisions]\nKeep = "include"\nDrop = "exclude"\n',
    "full-text": '[columns]\nRefid = "native_id"\nstudy_screening_decision = ""\nstudy_eligibility_decision = "decision"\n'
                 'study_exclude_reason = "reason"\npdf_retrieved = "retrieval"\n'
                 '[decisions]\nEligible = "include"\n"Not Eligible" = "exclude"\n',
    "studies": '[columns]\nRefid = "native_id"\nStudy = "study"\n',
}
CLONE = "4099"
CLONE_OF = {CLONE: "93"}


def rows_of(path: Path) -> list[dict[str, str]]:
    """The first sheet of a workbook, or a CSV, as rows of text; headers without blanks at their ends."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return [{k.strip(): v for k, v in row.items()} for row in csv.DictReader(stream)]
    sheet = openpyxl.load_workbook(path, read_only=True).active
    table = [["" if v is None else str(v) for v in row] for row in sheet.iter_rows(values_only=True)]
    return [dict(zip([h.strip() for h in table[0]], row, strict=False)) for row in table[1:]]


def citation(row: Mapping[str, str]) -> dict[str, str]:
    """A formatted citation taken apart: authors (date). title journal, volume(issue), pages. doi"""
    whole = re.match(r"(.*?)\s*\(([^()]*)\)\.\s*(.*)$", row["Bibliography"], re.DOTALL)
    title = row["Title"].strip()
    if not whole:
        return {"Refid": row["Refid"], "Title": title}
    rest = whole[3].removeprefix(title)
    place = re.match(r"\s*(.*?),\s*([^(),]*)\((.*?)\),\s*(.*?)\.\s*(\S*)\s*$", rest, re.DOTALL)
    year = re.search(r"\d{4}", whole[2])
    out = {"Refid": row["Refid"], "Title": title, "Authors": whole[1], "Year": year[0] if year else ""}
    return {**out, **dict(zip(("Journal", "Volume", "Issue", "Pages", "DOI"), place.groups() if place else (), strict=False))}


def write(path: Path, rows: Iterable[Mapping[str, str]], columns: str) -> Path:
    """A CSV file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns.split(), restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


class Remade:
    """The review in a workspace; files of the publication by their names."""

    def __init__(self, folder: Path) -> None:
        data = shared("screening/four-day-school-week")
        self.folder = workspace(folder, "four-day", DEFINITION)
        for name, text in MAPPINGS.items():
            (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        self.citations = rows_of(data / "4dsw_all_citations.xlsx")
        self.duplicates = rows_of(data / "4dsw-duplicate-refs.csv")
        self.eligibility = data / "4dsw_eligibility_data.xlsx"
        self.linked = rows_of(data / "4dsw_linked_references.csv")
        self.studied = [row["Refid"] for row in rows_of(data / "4dsw_study_data.xlsx")]
        self.duplicate_file = data / "4dsw-duplicate-refs.csv"
        self.record: dict[str, str] = {}                # reference -> our record
        self.search: dict[str, str] = {}

    def imported(self, name: str, rows: list[dict[str, str]]) -> None:
        """One of the publication's lists as a search."""
        path = write(self.folder / f"{name}.csv", rows, "Refid Title Authors Year Journal Volume Issue Pages DOI")
        answer = command(self.folder, "import", str(path), "--database", name, "--mapping", "search.toml")
        assert (answer["in_file"], answer["read"]) == (len(rows), len(rows))
        self.search[name] = answer["search"]
        self.record |= {row["Refid"]: f"{answer['search']}/{n:06d}" for n, row in enumerate(rows, 1)}

    def collect(self, path: Path, stage: str, mapping: str, status: int = 0) -> dict[str, Any]:
        """Decisions of the publication."""
        return command(self.folder, "collect", str(path), "--from", "sheet", "--stage", stage, "--mapping", f"{mapping}.toml",
                       "--reviewer", "team", status=status)

    def reports(self) -> dict[str, list[str]]:
        """Key -> its records, as the log of assignments has them after deduplication."""
        out: dict[str, list[str]] = defaultdict(list)
        for row in rows_of(self.folder / "outputs/four-day/log/assignments.csv"):
            out[row["report"]].append(row["record"])
        return out

    def told_apart(self) -> dict[str, list[list[str]]]:
        """Key -> groups of its records that the reviewers hold for other documents than its leading one."""
        target = {r["RefID"]: r["Reason"].split()[-1] for r in self.duplicates}
        reference = {record: ref for ref, record in self.record.items()}

        def original(ref: str) -> str:
            seen: set[str] = set()                      # two are called duplicates of each other
            while target.get(ref) in self.record and ref not in seen:
                seen.add(ref)
                ref = target[ref]
            return "" if ref in target else CLONE_OF.get(ref, ref)      # "": a duplicate, it is not said of what

        out = {}
        for key, records in self.reports().items():
            groups: dict[str, list[str]] = defaultdict(list)
            for record in records:
                groups[original(reference[record])].append(record)
            out[key] = [g for ref, g in groups.items() if ref and records[0] not in g]
        return out


@pytest.fixture(scope="module")
def remade(tmp_path_factory: pytest.TempPathFactory) -> Remade:
    """Everything imported and deduplicated."""
    made = Remade(tmp_path_factory.mktemp("four-day"))
    screened = {row["Refid"] for row in rows_of(made.eligibility)}
    made.imported("citations", [citation(r) for r in made.citations if r["Refid"] in screened])
    made.imported("duplicates", [{"Refid": r["RefID"], "Title": r["Title"], "Authors": r["Author"]} for r in made.duplicates])
    made.imported("clone", [citation(r) for r in made.citations if r["Refid"] not in screened])
    command(made.folder, "dedupe")
    return made


@pytest.mark.proof
def test_the_publication_is_remade_and_its_mismatches_come_to_light(remade: Remade) -> None:
    """5,088 is a count before deduplication with a clone in it; 159 reports count the clone again."""
    folder = remade.folder
    assert boxes(folder)["database_results"] == 5088        # the publication's “unique citations”
    key = next(k for k, records in remade.reports().items() if remade.record[CLONE] in records)
    assert remade.record["93"] in remade.reports()[key]      # found without being told: the same document
    told = {r["record"] for r in command(folder, "trace", key)["records"]}
    assert {remade.record["93"], remade.record[CLONE]} <= told

    # the reviewers' word on duplicates binds: what they screened apart is apart, what they called duplicates is joined
    apart = [(key, records) for key, groups in remade.told_apart().items() for records in groups]
    assert len(apart) <= 20                                 # of 4,513: the matcher and the people nearly agree
    for key, records in apart:
        command(folder, "undo", key, *(word for r in records for word in ("--split", r)), "--reason", "screened apart")
    answer = remade.collect(remade.duplicate_file, "title-abstract", "duplicates", status=1)
    assert answer["matched"] == 574
    untold = {n["cell"] for n in answer["not_taken"]}
    assert len(untold) == 4 and {n["code"] for n in answer["not_taken"]} == {"duplicate-of"}    # it is not said of what
    twin = command(folder, "trace", remade.record["4154"])["key"], command(folder, "trace", remade.record["4059"])["key"]
    command(folder, "link", twin[0], "--same", twin[1], "--reason", "called the same study as 4059")
    found = boxes(folder)
    assert (found["database_results"], found["duplicates"], found["records_screened"]) == (5088, 575, 4513)

    # the clone is no citation of its own: 5,087
    command(folder, "withdraw", remade.search["clone"], "--reason", "clone of 93: two studies in one manuscript")
    found = boxes(folder)
    assert (found["database_results"], found["duplicates"], found["records_screened"]) == (5087, 574, 4513)

    # decisions, straight from the publication's workbook
    answer = remade.collect(remade.eligibility, "title-abstract", "screening")
    assert (answer["rows"], answer["matched"], answer["new"], answer["not_taken"]) == (4513, 4513, 4513, [])
    assert answer["reports_without_row"] == []
    answer = remade.collect(remade.eligibility, "full-text", "full-text", status=0)
    assert (answer["new"], answer["other"]) == (533, 552)
    assert len(answer["reports_without_row"]) == 0
    again = remade.collect(remade.eligibility, "full-text", "full-text")
    assert (again["new"], again["changed"], again["unchanged"], again["other"]) == (0, 0, 533, 0)

    # a linked reference without study data of its own tells of the studies that it is linked to
    told_by = defaultdict(set)
    for row in remade.linked:
        told_by[row["Linked Refid"]].add(row["Refid"])
    eligible = [r["Refid"] for r in rows_of(remade.eligibility) if r.get("study_eligibility_decision") == "Eligible"]
    studies = [{"Refid": ref, "Study": "; ".join(f"S{m}" for m in sorted({ref} if ref in remade.studied else told_by[ref]))}
               for ref in eligible]
    assert next(s for s in studies if s["Refid"] == "4570")["Study"] == "S80; S86; S93"     # one thesis, three studies
    answer = remade.collect(write(folder / "studies.csv", studies, "Refid Study"), "full-text", "studies", status=0)
    assert answer["other"] == 158

    found = boxes(folder)
    assert (found["records_excluded"], found["dbr_sought_reports"]) == (3961, 552)
    assert (found["dbr_notretrieved_reports"], found["dbr_assessed"], found["dbr_excluded"]) == (19, 533, 375)
    assert [found[f"dbr_excluded/{label}"] for label in REASONS.values()] == list(EXCLUDED)
    assert (found["new_reports"], found["new_studies"]) == (158, 133)
    counts = command(folder, "counts")
    assert not [c for c in counts["checks"] if c["level"] == "error" and not c["ok"]]
    assert not command(folder, "check")["issues"]


@pytest.mark.proof
def test_check_flow_explains_the_published_flow(tmp_path: Path) -> None:
    """The publication's two numbers among those of its files: both sums fail by one, and “unique” is questioned."""
    shared("screening/four-day-school-week")
    template = shared("screening/PRISMA2020_template.csv").read_text(encoding="utf-8-sig")
    numbers = {"database_results": "5088", "register_results": "0", "duplicates": "574", "excluded_automatic": "0",
               "excluded_other": "0", "records_screened": "4513", "records_excluded": "3961", "dbr_sought_reports": "552",
               "dbr_notretrieved_reports": "19", "dbr_assessed": "533", "new_studies": "133", "new_reports": "159",
               "dbr_excluded": "; ".join(f"{label}, {n}" for label, n in zip(REASONS.values(), EXCLUDED, strict=True))}
    rows = list(csv.DictReader(template.splitlines()))
    for row in rows:
        row["n"] = numbers.get(row["data"], "NA" if row["data"] in ("NA", "") else "0")
        if row["data"] == "database_results":
            row["boxtext"] = "unique citations"
    path = tmp_path / "published.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    answer = command(tmp_path, "check-flow", str(path), status=1)
    failed = {c["rule"]: c for c in answer["checks"] if not c["ok"]}
    identified = failed["identified - removed = screened"]
    assert (identified["left"], identified["right"]) == (4514, 4513)
    included = failed["assessed = excluded + included"]
    assert (included["left"], included["right"]) == (158, 159)
    assert "before" in failed["unique before deduplication"]["message"] or "afterwards" in failed[
        "unique before deduplication"]["message"]
    assert [r for r, c in failed.items() if c["level"] == "error"] == [identified["rule"], included["rule"]]
