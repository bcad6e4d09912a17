"""The demonstration: its numbers are counted here again from the bundled files alone, in a few lines of another kind."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import socket
import subprocess
import sys
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

import review.examples.demo as demo
from review.model import ReviewError
from review.workflow import Review, open_review
from tests.shared_data import shared

BUNDLED = Path(demo.__file__).parent
ID = "left-behind-children-demo"
STAGES = ("title-abstract", "full-text")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> demo.DemoResult:
    """The demonstration, once, without a network."""
    def refuse(*_: object) -> None:
        raise AssertionError("the demonstration must not talk to a network")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        return demo.run_demo(tmp_path_factory.mktemp("demo") / "review-demo")


@pytest.fixture(scope="module")
def finished(done: demo.DemoResult) -> Review:
    return open_review(ID, done.folder)


# Counting again -------------------------------------------------------------------------------

def ris_records(path: Path) -> list[dict[str, str]]:
    """Record number and text of each record: everything that its lines say."""
    out = []
    for block in path.read_text(encoding="utf-8").split("ER  - ")[:-1]:
        lines = [line.partition("  - ")[::2] for line in block.strip().splitlines()]
        note = next((json.loads(v.partition("] ")[2]) for t, v in lines if t == "N1"), {})
        out.append({"id": dict(lines)["AN"], "language": dict(lines).get("LA", ""),
                    "texts": [v for t, v in lines if t in ("TI", "TT", "KW", "T2", "AU")] + [note.get("summary", "")]})
    return out


def jsonl_records(path: Path) -> list[dict[str, str]]:
    out = []
    for line in path.read_text(encoding="utf-8").splitlines():
        r = json.loads(line)
        out.append({"id": r["native_id"], "language": r.get("language", ""),
                    "texts": [r["title"], *r.get("titles_other", ()), *r.get("keywords", ()), r.get("journal", ""),
                              r.get("summary", ""), *r.get("authors", ())]})
    return out


def csv_ids(name: str) -> list[str]:
    with (BUNDLED / name).open(encoding="utf-8", newline="") as stream:
        return [row["native_id"] for row in csv.DictReader(stream)]


def plain(text: str) -> str:
    return re.sub(r"[^\w*]+", " ", unicodedata.normalize("NFKC", text).casefold())


def found(record: dict, definition: dict) -> bool:
    """Population AND place, by regular expressions."""
    def concept(name: str) -> bool:
        said = definition["concepts"][name]
        words = [re.compile(r"\b" + plain(t).strip().replace("*", r"\w*") + r"\b") for t in said["terms"]]
        texts = [plain(t) for t in record["texts"]]
        return (record["language"] in said.get("languages", ())
                or any(w.search(t) for w in words for t in texts)
                or any(zh in t.replace(" ", "") for zh in said["zh"] for t in texts))

    return concept("population") and concept("place")


def decisions() -> list[dict[str, str]]:
    with (BUNDLED / "demo-decisions.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


class Again:
    """What the bundled files say, without the tool."""

    def __init__(self) -> None:
        definition = tomllib.loads((BUNDLED / f"{ID}.toml").read_text(encoding="utf-8"))
        self.a = [r["id"] for r in ris_records(BUNDLED / "practice-library-a.ris") if found(r, definition)]
        self.b = [r["id"] for r in jsonl_records(BUNDLED / "practice-library-b.jsonl") if found(r, definition)]
        self.web, self.org = csv_ids("websites.csv"), csv_ids("organisations.csv")
        rows = decisions()
        self.row = {record: i for i, row in enumerate(rows) for record in row["records"].split()}
        self.words = rows
        self.database = {self.row[r] for r in self.a + self.b}
        self.other = {self.row[r] for r in self.web + self.org} - self.database

    def verdict(self, i: int, stage: str) -> str:
        """exclude, advance, include, awaiting classification, or "" where nothing was said."""
        ab, cd, ef = (self.words[i][f"{who} {stage}"] for who in ("AB", "CD", "EF"))
        if ef:
            return ef.partition(":")[0]
        said = {ab.partition(":")[0], cd.partition(":")[0]}
        if stage == "title-abstract":
            assert said == {"exclude"} or "exclude" not in said, f"a conflict without an adjudication: {self.words[i]}"
            return "exclude" if said == {"exclude"} else "advance"
        assert len(said) == 1
        return said.pop()

    def through(self, rows: set[int]) -> set[int]:
        return {i for i in rows if self.verdict(i, "title-abstract") != "exclude"}

    def retrieved(self, rows: set[int]) -> set[int]:
        return {i for i in self.through(rows) if self.words[i]["retrieved"] == "yes"}

    def read(self, rows: set[int], verdict: str) -> set[int]:
        return {i for i in self.retrieved(rows) if self.verdict(i, "full-text") == verdict}

    def reasons(self, rows: set[int]) -> Counter[str]:
        """Code of the reason -> reports, at full text: the adjudicator's, else the one both gave."""
        given = [self.words[i]["EF full-text"] or self.words[i]["AB full-text"] for i in self.read(rows, "exclude")]
        return Counter(g.partition(": ")[2] for g in given)

    def pairs(self, stage: str) -> Counter[tuple[str, str]]:
        """The table of AB and CD."""
        seen = self.database | self.other
        asked = seen if stage == "title-abstract" else self.retrieved(seen)
        return Counter(tuple(self.words[i][f"{who} {stage}"].partition(":")[0].replace(" ", "-") for who in ("AB", "CD"))
                       for i in asked)


@pytest.fixture(scope="module")
def again() -> Again:
    return Again()


def test_box_2_and_3(done: demo.DemoResult, again: Again) -> None:
    parts = done.counts.boxes["database_results"].parts
    assert {name: len(ids) for name, ids in parts.items()} == {"Practice library A": len(again.a),
                                                               "Practice library B": len(again.b)}
    assert done.counts.n("database_results") == len(again.a) + len(again.b) > 150
    assert done.counts.n("duplicates") == len(again.a) + len(again.b) - len(again.database)
    assert set(again.a) & set(again.b), "the libraries overlap, as databases do"


def test_database_arm(done: demo.DemoResult, again: Again) -> None:
    n, rows = done.counts.n, again.database
    assert n("records_screened") == len(rows)
    assert n("records_excluded") == len(rows) - len(again.through(rows))
    assert n("dbr_sought_reports") == len(again.through(rows))
    assert n("dbr_notretrieved_reports") == len(again.through(rows)) - len(again.retrieved(rows)) == 4
    assert n("dbr_assessed") == len(again.retrieved(rows))
    assert n("dbr_excluded") == len(again.read(rows, "exclude"))
    assert n("awaiting_classification") == len(again.read(rows, "awaiting classification")) == 2


def test_reasons_at_full_text(done: demo.DemoResult, again: Again) -> None:
    definition = tomllib.loads((BUNDLED / f"{ID}.toml").read_text(encoding="utf-8"))
    codes = {e["label"]: e["code"] for e in definition["eligibility"]["exclude"]}
    for box, rows in (("dbr_excluded", again.database), ("other_excluded", again.other)):
        parts = done.counts.boxes[box].parts
        assert {codes[label]: len(ids) for label, ids in parts.items()} == again.reasons(rows)


def test_other_methods_arm(done: demo.DemoResult, again: Again) -> None:
    n, rows = done.counts.n, again.other
    assert (n("website_results"), n("organisation_results")) == (len(again.web), len(again.org))
    assert n("already_found") == len(again.web) + len(again.org) - len(rows)
    assert n("dropped_before_retrieval") == len(rows) - len(again.through(rows))
    assert n("other_sought_reports") == n("other_assessed") == len(again.through(rows))
    assert n("other_excluded") == len(again.read(rows, "exclude")) > 0


def test_included(done: demo.DemoResult, again: Again) -> None:
    included = again.read(again.database | again.other, "include")
    studies = {again.words[i]["study"] or f"row {i}" for i in included}
    assert done.counts.n("new_reports") == len(included)
    assert done.counts.n("new_studies") == len(studies) < len(included)    # preprint and article are one study


def test_flow_is_final_and_sound(done: demo.DemoResult, finished: Review) -> None:
    assert done.counts.final, done.counts.reasons
    assert [c for c in done.counts.checks if not c.ok and c.level == "error"] == []
    assert finished.check() == []


def test_agreement(done: demo.DemoResult, again: Again) -> None:
    assert [(a.stage, a.round, a.reviewers) for a in done.agreement] == [(s, 1, ("AB", "CD")) for s in STAGES]
    for told in done.agreement:
        table = again.pairs(told.stage)
        assert {pair: n for pair, n in told.table.items() if n} == table
        n = table.total()
        same = sum(count for (a, b), count in table.items() if a == b) / n
        used = {a for pair in table for a in pair}
        chance = sum(sum(c for (a, _), c in table.items() if a == word) * sum(c for (_, b), c in table.items() if b == word)
                     for word in used) / n**2
        assert told.percent.value == pytest.approx(same)
        assert told.kappa is not None and told.kappa.value == pytest.approx((same - chance) / (1 - chance))


def test_conflicts(done: demo.DemoResult, again: Again) -> None:
    seen = again.database | again.other
    for stage, count in done.conflicts:
        assert count == sum(1 for i in seen if again.words[i][f"EF {stage}"]) > 3


def test_no_report_mixes_two_and_none_is_kept_apart(finished: Review, again: Again) -> None:
    """The matcher's reports are those of the people who read the pages."""
    state = finished.state()
    native = {record: row.native_id for s in state.searches for record, row in state.records_of(s)}
    reports = [{again.row[native[r]] for r in report.records} for report in state.current()]
    assert all(len(rows) == 1 for rows in reports)
    assert len(reports) == len(again.database | again.other)


# The bundled files ----------------------------------------------------------------------------

def test_flow_includes_what_the_reader_of_the_pages_included(done: demo.DemoResult, finished: Review, again: Again) -> None:
    labels = {r["work"]: r for r in csv.DictReader(shared("left-behind-children/labels.csv").open(encoding="utf-8"))}
    work = {r["record"]: r["work"] for r in map(json.loads, shared("left-behind-children/records.jsonl").open(encoding="utf-8"))}
    state = finished.state()
    native = {record: row.native_id for s in state.searches for record, row in state.records_of(s)}
    included = {work[native[r]] for key in done.counts.boxes["new_reports"].ids for r in state.reports[key].records}
    assert {labels[w]["label"] for w in included} == {"include"}
    wanted = {work[r] for r in again.a + again.b + again.web + again.org if labels[work[r]]["label"] == "include"}
    missing = wanted - included
    assert len(missing) == 2                    # those that await classification
    for row in again.words:
        for record in row["records"].split():
            assert row["label"] == f"{labels[work[record]]['label']}: {labels[work[record]]['reason']}"


def test_libraries_hold_the_facts_of_the_pages() -> None:
    from review.formats import read
    from review.model import Entry

    facts = {r["record"]: r for r in map(json.loads, shared("left-behind-children/records.jsonl").open(encoding="utf-8"))}
    held = set()
    for name in ("practice-library-a.ris", "practice-library-b.jsonl", "websites.csv", "organisations.csv"):
        with (BUNDLED / name).open("rb") as stream:
            for entry in read(stream, name=name):
                assert isinstance(entry, Entry), entry
                record, fact = entry.record, facts[entry.record.native_id]
                held.add(record.native_id)
                assert record.title == fact["title"]
                assert record.authors == tuple(fact["authors"])
                assert (record.year, record.journal, record.volume) == (fact["year"], fact["journal"], fact["volume"])
                assert record.ids.get("doi", "") == fact["doi"].lower()
                assert record.ids.get("pmid", "") == fact["pmid"]
                assert (record.summary, record.abstract, record.url) == (fact["summary"], "", fact["url"])
                assert record.titles_other == tuple(filter(None, [fact["title_other_language"]]))
    assert len(held) > 350


def test_summaries_are_called_so_where_reviewers_read_them(finished: Review) -> None:
    book = openpyxl.load_workbook(finished.folder.screening / "title-abstract-AB-1.xlsx")
    texts = [str(cell.value) for row in book["Screening"].iter_rows(min_row=2) for cell in row
             if cell.value and len(str(cell.value)) > 60 and "summary" in str(cell.value)]
    assert len(texts) > 50
    assert all(text.startswith("[summary, not an abstract] ") for text in texts)


def test_log_and_readme_say_what_they_are(finished: Review) -> None:
    assert {d.note for d in finished.state().log.decisions} == {"demonstration decision"}
    readme = (BUNDLED / "README.md").read_text(encoding="utf-8")
    counts = {"practice-library-a.ris": len(ris_records(BUNDLED / "practice-library-a.ris")),
              "practice-library-b.jsonl": len(jsonl_records(BUNDLED / "practice-library-b.jsonl")),
              "websites.csv": len(csv_ids("websites.csv")), "organisations.csv": len(csv_ids("organisations.csv"))}
    assert {name: int(n) for name, n in re.findall(r"^\| `(.+)` \| (\d+) records", readme, re.M)} == counts


def test_output_says_what_the_libraries_are(done: demo.DemoResult) -> None:
    text = "\n".join(done.lines())
    assert "not retrievals from PubMed or Google Scholar" in text.replace("\n", " ")
    assert all(path.is_file() for _, path in done.files)
    assert any(path.name == "flow.svg" for _, path in done.files)
    json.dumps(done.as_dict())


# The folder -----------------------------------------------------------------------------------

def listing(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def test_other_folders_are_not_touched(tmp_path: Path) -> None:
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "mine.toml").write_text("title = 'mine'")
    before = listing(tmp_path)
    with pytest.raises(ReviewError, match="nothing in it was touched"):
        demo.run_demo(tmp_path)
    assert listing(tmp_path) == before
    with pytest.raises(ReviewError, match="is a file"):
        demo.run_demo(tmp_path / "queries" / "mine.toml")


def test_earlier_demo_is_replaced_and_the_result_is_the_same(done: demo.DemoResult, finished: Review, tmp_path: Path) -> None:
    first = tmp_path / "review-demo"
    (first / "queries").mkdir(parents=True)
    (first / "queries" / "my-own.toml").write_text("# a student's first try\n")
    (first / demo.MARKER).write_text(demo.FIRST_LINE)
    left_over = first / "outputs" / ID / "log" / "decisions.csv"
    left_over.parent.mkdir(parents=True)
    left_over.write_text("broken")
    result = demo.run_demo(first)
    assert (first / "queries" / "my-own.toml").exists()
    assert result.counts == done.counts
    once, twice = (Review(r.workspace, ID).state().log for r in (finished, open_review(ID, first)))
    assert [(d.report, d.stage, d.reviewer, d.decision, d.reason, d.cell) for d in once.decisions] == \
           [(d.report, d.stage, d.reviewer, d.decision, d.reason, d.cell) for d in twice.decisions]
    assert [(a.record, a.report, a.op, a.rule, a.score) for a in once.assignments] == \
           [(a.record, a.report, a.op, a.rule, a.score) for a in twice.assignments]


def test_command(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, "-m", "review", "demo", "--json"], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert told["counts"]["final"] is True
    assert (tmp_path / "review-demo" / "outputs" / ID / "prisma" / "flow.svg").is_file()
