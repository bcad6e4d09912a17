"""Batches that people paste into one file, shares, and workbooks that try to do harm: through the review itself."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from review.model import ReviewError
from review.sources.files import ImportRequest
from review.workflow import Review, open_review
from tests.reviewer import DEFINITION, fill, item, ris, workspace


def made(tmp_path: Path, count: int, definition: str = DEFINITION) -> Review:
    review = open_review("test", workspace(tmp_path, definition=definition))
    review.import_files(ImportRequest((ris(tmp_path / "a.ris", [item(i) for i in range(count)]),), "Scopus"))
    review.dedupe()
    return review


def test_two_batches_pasted_into_one_file_count_each_for_its_own_sheet(tmp_path: Path) -> None:
    review = made(tmp_path, 10)
    one, two = (s for s in review.sheets("title-abstract", batch=6) if s.reviewer == "AB")
    for sheet in (one, two):
        fill(review.folder.screening / sheet.file, lambda n, _: {"Decision": "include"})
    book = load_workbook(review.folder.screening / one.file)
    more = load_workbook(review.folder.screening / two.file)["Screening"]
    for row in more.iter_rows(min_row=2, values_only=True):
        book["Screening"].append(row)
    book.save(tmp_path / "both.xlsx")
    out = review.collect([tmp_path / "both.xlsx"])
    assert (out.new, out.quarantined, [i.code for i in out.issues]) == (10, 0, ["several-sheets"])
    assert Counter(d.sheet for d in review.state().log.decisions) == {one.sheet: 6, two.sheet: 4}
    again = review.collect([tmp_path / "both.xlsx"])
    assert (again.new, again.unchanged) == (0, 10)
    alone = review.collect([review.folder.screening / two.file])
    assert (alone.new, alone.unchanged, alone.quarantined) == (0, 4, 0)


def test_a_pilot_for_all_a_share_twice_the_rest_divided_a_third_for_conflicts(tmp_path: Path) -> None:
    definition = DEFINITION.replace('["AB", "CD"]', '["AB", "CD", "GH"]\ndual = 0.2\npilot = 12')
    review = made(tmp_path, 100, definition)
    pilot = review.sheets(pilot=True, seed=7)
    assert [(s.reviewer, len(s.rows), s.round) for s in pilot] == [("AB", 12, 0), ("CD", 12, 0), ("GH", 12, 0)]
    assert len({s.keys for s in pilot}) == 1
    assert len({tuple(r.key for r in s.rows) for s in pilot}) == 3          # each in an order of their own
    rest = review.sheets("title-abstract", seed=7)
    times = Counter(row.key for sheet in rest for row in sheet.rows)
    assert set(times.values()) == {1, 2} and len(times) == 100
    twice = sum(n == 2 for n in times.values())
    assert 10 <= twice <= 30                                                # a fifth, drawn by key
    loads = [len(s.rows) for s in rest]
    assert sum(loads) == 100 + twice and max(loads) - min(loads) <= 1
    for sheet in rest:
        fill(review.folder.screening / sheet.file,
             lambda n, _, who=sheet.reviewer: {"Decision": "include" if who == "AB" else "exclude"})
    differ = review.collect().conflicts
    sent = review.sheets(conflicts=True)
    assert [(s.reviewer, len(s.rows)) for s in sent] == [("EF", differ)] and differ


def test_studies_that_are_known_are_offered_at_full_text(tmp_path: Path) -> None:
    review = made(tmp_path, 3)
    for sheet in review.sheets("title-abstract"):
        fill(review.folder.screening / sheet.file, lambda n, _: {"Decision": "include"})
    review.collect()
    key = review.state().current()[0].key
    review.link(key, studies=["Wang 2019"])
    (review.folder.screening / "pdf").mkdir()
    (review.folder.screening / "pdf" / "10.1234_test.0.pdf").write_bytes(b"%PDF-1.4")
    sheet = review.sheets("full-text")[0]
    book = load_workbook(review.folder.screening / sheet.file)
    assert book["Lists"]["D2"].value == "Wang 2019"
    assert [(c.value, c.hyperlink and c.hyperlink.target) for c in book["Screening"]["D"]][:3] == [
        ("PDF", None), ("10.1234_test.0.pdf", "pdf/10.1234_test.0.pdf"), (None, None)]
    with pytest.raises(ReviewError, match="no folder"):
        review.sheets("full-text", pdfs=tmp_path / "absent")


HARM = ("=cmd|'/c calc'!A0", "=HYPERLINK(\"http://example.org\",\"x\")", "=WEBSERVICE(\"http://example.org\")",
        "../../../etc/passwd", "file:///etc/passwd", "javascript:alert(1)", "<script>alert(1)</script>", "@SUM(1)", "-2+3|x!A1")


@pytest.mark.parametrize("text", HARM)
def test_what_tries_to_do_harm_in_a_cell_is_text_or_listed(text: str, tmp_path: Path) -> None:
    review = made(tmp_path, 3)
    sheet = next(s for s in review.sheets("title-abstract") if s.reviewer == "AB")
    path = fill(review.folder.screening / sheet.file, lambda n, _: {
        0: {"Decision": text}, 1: {"Decision": "exclude", "Note": text, "Reason": ""}, 2: {"Decision": "include",
                                                                                        "Duplicate of": text}}[n])
    before = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*"))
    out = review.collect([path])
    decided = {d.report: d for d in review.state().log.decisions}
    keys = [row.key for row in sheet.rows]
    assert keys[0] not in decided                                       # nothing is guessed from it
    assert len(review.state().current()) == 3                           # nothing was joined
    assert out.quarantined >= 2 and {i.cell for i in out.issues} >= {"B2"}
    written = {p.relative_to(tmp_path).parts[:3] for p in tmp_path.rglob("*")} - {p.parts[:3] for p in before}
    assert all(parts[:2] == ("outputs", "test") for parts in written)
    review.sheets("title-abstract")                                     # what comes of it can go out again


def test_a_workbook_that_names_parts_outside_itself_reads_no_other_file(tmp_path: Path) -> None:
    import zipfile

    review = made(tmp_path, 2)
    sheet = review.sheets("title-abstract")[0]
    (tmp_path / "secret.xml").write_text("<worksheet><sheetData/></worksheet>")
    source = review.folder.screening / sheet.file
    target = tmp_path / "evil.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/_rels/workbook.xml.rels":
                data = data.replace(b"/xl/worksheets/sheet2.xml", b"../../../../secret.xml")
            new.writestr(name, data)
        new.writestr("../../climbed.txt", "x")
    out = review.collect([target])
    assert out.new == 0 and [f.status for f in out.files] == ["refused"]
    assert not (tmp_path.parent / "climbed.txt").exists() and not (tmp_path / "climbed.txt").exists()


def test_a_workbook_with_dates_and_formulas_of_its_own_making_is_none_of_ours(tmp_path: Path) -> None:
    review = made(tmp_path, 2)
    review.sheets("title-abstract")
    book = Workbook()
    book.active.append(["Key", "Title", "Decision"])
    book.active.append([review.state().current()[0].key, "=1+1", "include"])
    book.save(tmp_path / "strange.xlsx")
    out = review.collect([tmp_path / "strange.xlsx"])
    assert (out.new, [f.status for f in out.files]) == (0, ["refused"])


def test_no_duplicate_may_be_said_in_words_and_what_names_none_is_listed_once(tmp_path: Path) -> None:
    review = made(tmp_path, 6)
    sheet = next(s for s in review.sheets("title-abstract") if s.reviewer == "AB")
    words = ("-", "no", "n/a", "无", "the one above", "R999999-zz")
    fill(review.folder.screening / sheet.file, lambda n, _: {"Decision": "include", "Duplicate of": words[n]})
    out = review.collect()
    assert (out.new, out.quarantined) == (6, 2)
    assert [(i.code, i.cell) for i in out.issues] == [("bad-duplicate", "E6"), ("bad-duplicate", "E7")]


def test_a_reports_own_key_as_its_duplicate_is_listed_with_its_cell(tmp_path: Path) -> None:
    review = made(tmp_path, 3)
    sheet = next(s for s in review.sheets("title-abstract") if s.reviewer == "AB")
    key = sheet.rows[1].key
    fill(review.folder.screening / sheet.file,
         lambda n, row: {"Decision": "include", "Duplicate of": key if row["Key"] == key else ""})
    out = review.collect()
    assert (out.new, out.quarantined, len(review.state().current())) == (3, 1, 3)
    assert [(i.code, i.cell) for i in out.issues] == [("bad-duplicate", "E3")]
    assert "own key" in out.issues[0].message and "the other report" in out.issues[0].message


def test_a_verdict_typed_over_a_reviewers_word_and_a_why_without_no_are_listed(tmp_path: Path) -> None:
    review = made(tmp_path, 4)
    for sheet in review.sheets("title-abstract"):
        fill(review.folder.screening / sheet.file,
             lambda n, _, who=sheet.reviewer: {"Decision": "exclude" if who == "CD" and n < 3 else "include"})
    review.collect()
    conflicts = review.sheets(conflicts=True)[0]
    fill(review.folder.screening / conflicts.file, lambda n, _: {"Reviewer 2": "include"} if n == 1 else {"Decision": "include"}
         if n == 2 else None)
    out = review.collect()
    assert [(i.code, i.cell) for i in out.issues] == [("misplaced", "E3")] and (out.new, out.conflicts) == (1, 2)
    for sheet in review.sheets("full-text"):
        fill(review.folder.screening / sheet.file, lambda n, _: {"Not retrieved why": "no library has it"})
    assert [(i.code, i.cell) for i in review.collect().issues if i.severity != "info"] == [
        ("misplaced", "E3"), *[("retrieved-blank", f"B{n}") for n in (2, 3)] * 2]
