"""What people find by other methods: written into a workbook, read back as records, counted in their arm of the flow."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from review.ledger.keys import make_key
from review.model import Issue
from review.workflow import Review, open_review
from tests.reviewer import command, item, ris, workspace

HEADERS = ["No.", "Method", "Where", "Who", "When", "Title", "Authors", "Year", "Source", "DOI", "Link", "How",
           "Seed report", "Direction", "Tool", "Abstract", "Note", "Sheet", "No. (again)"]
SITE = {"Method": "website", "Where": "UNICEF China", "Who": "AB", "When": "2026-03-05"}
CITED = {"Method": "citation searching", "Where": "Google Scholar", "Who": "CD", "When": "2026-03-06",
         "Seed report": make_key("test", 1), "Direction": "backward", "Tool": "citationchaser"}
ROWS: list[dict[str, Any]] = [
    {**SITE, "Title": "Children affected by migration", "Link": "https://example.org/a", "How": "searched for 留守儿童"},
    {**SITE, "Title": "农村留守儿童关爱保护政策评估", "Year": "2019"},
    {**CITED, "Title": item(3)["TI"], "DOI": item(3)["DO"], "Year": item(3)["PY"]},
    {**CITED, "Title": "=1+1 grandparents", "Authors": "Wang, L.; Li, M."},
    {"Method": "手工检索", "Where": "Journal of Children", "Who": "AB", "When": "2026/3/7", "Title": "An old report, 1999"},
]


@pytest.fixture
def review(tmp_path: Path) -> Review:
    """Ten records of a database, deduplicated."""
    folder = workspace(tmp_path)
    made = open_review("test", folder)
    from review.sources.files import ImportRequest
    made.import_files(ImportRequest((ris(tmp_path / "a.ris", [item(i) for i in range(10)]),), "Scopus"))
    made.dedupe()
    return made


def filled(review: Review, rows: list[dict[str, Any]], name: str = "back.xlsx", start: int = 0,
           change: Callable[[Any], None] | None = None) -> Path:
    """The workbook with these rows typed in (after `start` others), saved beside the workspace."""
    sent = next((s for s in review.state().sheets.values() if s.kind == "found"), None) or review.sheet_of_finds()
    target = review.workspace.root / name
    book = load_workbook(target if target.exists() else review.folder.screening / sent.file)
    page = book["Found"]
    columns = {cell.value: cell.column for cell in page[1]}
    for number, row in enumerate(rows, 2 + start):
        for header, text in row.items():
            cell = page.cell(number, columns[header])
            cell.value = text
            if isinstance(text, str):
                cell.data_type = "s"
    if change:
        change(page)
    book.save(target)
    return target


def told(issues: list[Issue]) -> list[tuple[str, str]]:
    return [(i.code, i.cell) for i in issues if i.severity != "info"]


def test_the_workbook_goes_out_empty_with_numbers_lists_and_who_it_is(review: Review) -> None:
    sent = review.sheet_of_finds()
    book = load_workbook(review.folder.screening / sent.file)
    page = book["Found"]
    assert book.sheetnames == ["Read me", "Found", "Lists"]
    assert [cell.value for cell in page[1]] == HEADERS
    assert (page["A2"].value, page["A201"].value, page.max_row, page["F2"].value) == ("F1-001", "F1-200", 201, None)
    assert {str(rule.sqref) for rule in page.data_validations.dataValidation} == {"B2:B201", "D2:D201", "N2:N201"}
    assert {p.name: p.value for p in book.custom_doc_props.props}["review.stage"] == "other-methods"
    again = review.sheet_of_finds()
    assert (again.file, again.rows[0].key) == ("found-by-other-methods-2.xlsx", "F2-001")


def test_each_row_becomes_a_record_of_a_search_with_who_when_and_how(review: Review) -> None:
    out = review.collect([filled(review, ROWS)])
    assert (out.other, out.quarantined, told(out.issues)) == (5, 0, [])
    searches = [s for s in review.state().searches.values() if s.method != "database"]
    assert [(s.method, s.database, s.searched_on, s.n, s.state) for s in searches] == [
        ("website", "UNICEF China", "2026-03-05", 2, "sealed"),
        ("citation-searching", "Google Scholar", "2026-03-06", 2, "sealed"),
        ("handsearch", "Journal of Children", "2026-03-07", 1, "sealed")]
    assert (searches[0].params["who"], searches[0].params["how"]) == ("AB", "searched for 留守儿童")
    assert [searches[1].params[k] for k in ("seeds", "direction", "tool")] == [make_key("test", 1), "backward", "citationchaser"]
    records = review._records(review.state())
    titles = [r.title for r in records.values() if r.search == searches[1].id]
    assert titles == [item(3)["TI"], "=1+1 grandparents"]
    with open(review.folder.searches / searches[0].id / "found.csv", encoding="utf-8", newline="") as stream:
        kept = list(csv.DictReader(stream))
    assert [(row["No."], row["File"], row["Cell"]) for row in kept] == [
        ("F1-001", "back.xlsx", "F2"), ("F1-002", "back.xlsx", "F3")]


def test_what_a_database_had_already_is_recognised_and_stays_in_its_arm(review: Review) -> None:
    review.collect([filled(review, ROWS)])
    review.dedupe()
    counts = review.counts()
    assert (counts.n("database_results"), counts.n("website_results"), counts.n("citations_results")) == (10, 2, 2)
    assert (counts.n("handsearch_found"), counts.n("records_screened")) == (1, 10)
    assert counts.boxes["already_found"].n == 1         # item 3, which Scopus gave


def test_reading_twice_changes_nothing_and_new_rows_are_a_further_run(review: Review) -> None:
    first = filled(review, ROWS)
    review.collect([first])
    assert (review.collect([first]).other, review.collect([first]).unchanged) == (0, 5)
    more = filled(review, [{**SITE, "Title": "A third page"}], start=5)
    out = review.collect([more])
    assert (out.other, out.unchanged) == (1, 5)
    runs = [s for s in review.state().searches.values() if s.method == "website"]
    assert [s.n for s in runs] == [2, 1] and len({s.source_search for s in runs}) == 1


def test_a_row_that_changed_since_is_listed_and_what_was_collected_stays(review: Review) -> None:
    review.collect([filled(review, ROWS)])
    out = review.collect([filled(review, [{**SITE, "Title": "Something else"}])])
    assert (out.other, told(out.issues)) == (0, [("found-changed", "F2")])
    assert "Children affected by migration" in out.issues[-1].message


def test_a_dry_run_logs_nothing(review: Review) -> None:
    path = filled(review, ROWS)
    assert review.collect([path], dry_run=True).other == 5
    assert len(review.state().searches) == 1
    assert sorted(p.name for p in review.folder.searches.iterdir()) == sorted(review.state().searches)


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"Title": ""}, "found-title", "F2"), ({"Method": "internet"}, "found-method", "B2"), ({"Method": ""}, "found-method", "B2"),
    ({"Where": ""}, "found-where", "C2"), ({"Where": "???"}, "found-where", "C2"), ({"Where": "x" * 81}, "found-where", "C2"),
    ({"Who": ""}, "found-who", "D2"), ({"When": ""}, "found-when", "E2"), ({"When": "03/04/2026"}, "found-when", "E2"),
    ({"When": "2026-02-30"}, "found-when", "E2"), ({"When": "2199-01-01"}, "found-when", "E2"),
    ({"When": "spring"}, "found-when", "E2"),
    ({**CITED, "Seed report": ""}, "found-seed", "M2"), ({**CITED, "Seed report": "R999999-zz"}, "found-seed", "M2"),
    ({**CITED, "Seed report": f"{make_key('test', 1)}; {make_key('test', 99)}"}, "found-seed", "M2"),
    ({**CITED, "Direction": "sideways"}, "found-direction", "N2")]


@pytest.mark.parametrize(("change", "code", "cell"), BAD)
def test_a_row_that_lacks_what_is_needed_is_listed_with_its_cell(
        change: dict[str, Any], code: str, cell: str, review: Review) -> None:
    out = review.collect([filled(review, [{**SITE, "Title": "A page", "Year": "2020", **change}, ROWS[1]])])
    assert (out.other, told(out.issues)) == (1, [(code, cell)])         # the other row is read all the same


@pytest.mark.parametrize("seed", ["10.1000/R123456-ab", "Wang 2020", "https://example.org/R123456-ab",
                                  make_key("test", 2).lower(), f"{make_key('test', 1)} and {make_key('test', 2)}, R&D"])
def test_a_seed_is_a_key_of_the_review_or_what_people_wrote(seed: str, review: Review) -> None:
    out = review.collect([filled(review, [{**CITED, "Title": "A page", "Seed report": seed}])])
    assert (out.other, told(out.issues)) == (1, [])


def _sorted(page: Any) -> None:
    rows = sorted(([c.value for c in row] for row in page.iter_rows(min_row=2)), key=lambda r: str(r[5] or "~"))
    for number, row in enumerate(rows, 2):
        for index, value in enumerate(row, 1):
            page.cell(number, index).value = value
            if isinstance(value, str):
                page.cell(number, index).data_type = "s"


def _header_below(page: Any) -> None:
    page.insert_rows(1, 3)
    page["A1"] = "What we found"


def _numbers_gone(page: Any) -> None:
    page.delete_cols(1)


def _renamed(page: Any) -> None:
    for cell in page[1]:
        cell.value = {"Title": "题名", "Method": "Found by", "When": "DATE:", "Link": "url"}.get(cell.value, cell.value)


def _columns_moved(page: Any) -> None:
    for row in page.iter_rows():
        values = [cell.value for cell in row][::-1]
        for cell, value in zip(row, values, strict=True):
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"


def _last_column_gone(page: Any) -> None:
    page.delete_cols(19)


def _own_column(page: Any) -> None:
    page.insert_cols(3)
    page["C1"] = "Ask EF?"
    page["C2"] = "yes"


def _dates(page: Any) -> None:
    import datetime
    for row in range(2, 5):
        value = page.cell(row, 5).value
        page.cell(row, 5).value = datetime.datetime.fromisoformat(value)


MUTATIONS: list[Callable[[Any], None]] = [_sorted, _header_below, _numbers_gone, _last_column_gone,
                                          _renamed, _columns_moved, _own_column, _dates]


@pytest.mark.parametrize("change", MUTATIONS)
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_what_people_do_to_the_workbook_loses_nothing(change: Callable[[Any], None], form: str, review: Review) -> None:
    path = filled(review, ROWS, change=change)
    if form == "csv":
        text = io.StringIO()
        writer = csv.writer(text)
        for row in load_workbook(path)["Found"].iter_rows(values_only=True):
            writer.writerow(["" if v is None else v for v in row])
        path = path.with_suffix(".csv")
        path.write_text(text.getvalue(), "utf-8-sig", newline="")
    out = review.collect([path])
    assert (out.other, told(out.issues)) == (5, [])
    assert sorted(r.title for r in review._records(review.state()).values() if "scopus" not in r.search) == sorted(
        row["Title"] for row in ROWS)


def test_numbers_that_disagree_show_a_table_sorted_in_part(review: Review) -> None:
    def first_column_sorted(page: Any) -> None:
        for row in range(2, 7):
            page.cell(row, 1).value = f"F1-{8 - row:03d}"

    out = review.collect([filled(review, ROWS, change=first_column_sorted)])
    assert (out.other, [code for code, _ in told(out.issues)]) == (0, ["found-number"] * 5)


def test_two_copies_of_the_workbook_in_one_go_give_each_row_once(review: Review) -> None:
    one = filled(review, ROWS)
    two = one.with_name("conflicted copy.xlsx")
    two.write_bytes(one.read_bytes())
    three = filled(review, [{**SITE, "Title": "Only in the second"}], start=5)
    out = review.collect([two, three])
    assert (out.other, out.unchanged, told(out.issues)) == (6, 5, [])


def test_rows_of_a_withdrawn_search_are_read_anew(review: Review) -> None:
    path = filled(review, ROWS)
    review.collect([path])
    wrong = next(s.id for s in review.state().searches.values() if s.method == "website")
    review.withdraw(wrong, "the wrong site was named")
    assert review.collect([path]).other == 2


def test_run_goes_on_from_the_workbook_to_the_sheets(review: Review) -> None:
    sent = review.sheet_of_finds()
    filled(review, ROWS).rename(review.folder.screening / "filled by AB.xlsx")
    done = review.run()
    assert done["collected"].other == 5 and not review.state().unassigned()
    assert {len(s.rows) for s in done["sheets"]} == {14}        # ten of the database, four that are new
    assert (review.folder.screening / sent.file).exists()


def test_rows_that_are_refused_are_counted_as_not_taken(review: Review) -> None:
    wrong = [{**SITE, "Title": "No such method", "Method": "telepathy"}, {**SITE, "Title": "No such day", "When": "soon"}]
    out = review.collect([filled(review, [*ROWS, *wrong])])
    assert (out.found, out.quarantined, out.files[0].rows) == (5, 2, 7)
    assert [code for code, _ in told(out.issues)] == ["found-method", "found-when"]


def test_the_command_says_what_the_workbook_brought(review: Review) -> None:
    path = filled(review, ROWS)
    done = command(review.workspace.root, "collect", str(path), "--dry-run")
    assert (done["found"], done["other"], done["new"]) == (5, 5, 0)
    shown = subprocess.run([sys.executable, "-m", "review", "collect", str(path)], cwd=review.workspace.root,
                           capture_output=True, text=True, timeout=60).stdout
    assert "5 finds of other methods were logged" in shown and "new decision" not in shown
