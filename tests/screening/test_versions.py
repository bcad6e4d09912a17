"""Several versions of one sheet: a mailed copy, last week's file, the file as it was sent out. Reported, never picked from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from review.screening.collector import Collected
from review.sources.files import ImportRequest
from review.workflow import Review, open_review
from tests.reviewer import fill, item, ris, workspace

Answers = Mapping[int, Mapping[str, str]]


class Desk:
    """A review whose sheet of AB is filled in several versions."""

    def __init__(self, folder: Path, stage: str = "title-abstract") -> None:
        self.folder = folder
        self.review: Review = open_review("test", workspace(folder))
        self.review.import_files(ImportRequest((ris(folder / "a.ris", [item(i) for i in range(6)]),), "Scopus"))
        self.review.dedupe()
        for sheet in self.review.sheets("title-abstract") if stage == "full-text" else ():
            fill(self.review.folder.screening / sheet.file, lambda n, _: {"Decision": "include"})
        self.review.collect() if stage == "full-text" else None
        self.sheet = next(s for s in self.review.sheets(stage) if s.reviewer == "AB")

    def version(self, answers: Answers, name: str = "") -> Path:
        """The sheet, filled so."""
        source = self.review.folder.screening / self.sheet.file
        home = self.folder / f"version{len(list(self.folder.glob('version*')))}"
        home.mkdir()
        return fill(source, lambda n, _: answers.get(n), home / (name or source.name))

    def said(self) -> list[str]:
        """The decisions that stand, by row."""
        last = {d.report: d.decision for d in self.review.state().log.decisions if d.sheet == self.sheet.sheet}
        return [last.get(key, "") for key in (row.key for row in self.sheet.rows)]


def word(text: str) -> dict[str, str]:
    return {"Decision": text}


def codes(found: Collected) -> list[str]:
    return [i.code for i in found.issues if i.severity != "info"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_what_the_message_advises_works_and_a_word_never_taken_is_reported_each_time(desk: Desk) -> None:
    mine = desk.version({0: word("include"), 1: word("exclude")})
    mailed = desk.version({0: word("exclude"), 1: word("exclude"), 2: word("maybe")}, "mailed.xlsx")
    desk.review.collect([mine])
    for _ in range(2):
        found = desk.review.collect([mailed])
        assert codes(found) == ["two-versions"] and "--newer" in found.issues[0].message
        assert desk.said()[:3] == ["include", "exclude", "maybe"]
    found = desk.review.collect([mailed], newer=True)
    assert (found.new, found.changed, codes(found)) == (0, 1, [])
    assert desk.said()[:3] == ["exclude", "exclude", "maybe"]
    for path in (mine, mailed):                     # what the older file says is old news now
        found = desk.review.collect([path])
        assert (found.new, found.changed, codes(found)) == (0, 0, [])
    assert codes(desk.review.collect([mine, mailed])) == []


def test_two_files_that_are_both_called_newer_are_not_picked_from(desk: Desk) -> None:
    one, two = desk.version({0: word("include")}), desk.version({0: word("exclude"), 1: word("maybe")}, "b.xlsx")
    for _ in range(2):
        found = desk.review.collect([one, two], newer=True)
        assert codes(found) == ["two-versions"] and desk.said()[:2] == ["", "maybe"]


def test_a_mind_changed_and_changed_back_is_followed(desk: Desk) -> None:
    first = desk.version({0: word("include")})
    desk.review.collect([first])
    desk.review.collect([desk.version({0: word("exclude")})])
    assert desk.review.collect([first]).changed == 0 and desk.said()[0] == "exclude"
    assert desk.review.collect([desk.version({0: word("include"), 1: word("?")})]).changed == 1
    assert desk.said()[:2] == ["include", "maybe"]


def test_the_untouched_original_beside_the_filled_copy_asks_nothing(desk: Desk) -> None:
    copy = desk.version({n: word("include") for n in range(6)})
    desk.review.collect([copy])
    found = desk.review.collect()                   # the sheet as it was sent out still lies in screening/
    assert codes(found) == [] and desk.said() == ["include"] * 6
    assert "what was collected before stays: 6 decisions" in next(i.message for i in found.issues if i.code == "blank-copy")


def test_an_older_copy_with_fewer_answers_asks_nothing_and_a_cleared_cell_does(desk: Desk) -> None:
    half = desk.version({0: word("include")})
    desk.review.collect([half])
    desk.review.collect([desk.version({0: word("include"), 1: word("exclude")})])
    assert codes(desk.review.collect([half])) == []
    for _ in range(2):
        found = desk.review.collect([desk.version({1: word("exclude"), 2: word("maybe")})])
        assert codes(found) == ["blank-over-decision"] and desk.said()[:3] == ["include", "exclude", "maybe"]
        assert next(i.cell for i in found.issues if i.code == "blank-over-decision") == "B2"


def test_an_older_file_takes_no_full_text_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "full-text")
    first = desk.version({0: {"Retrieved": "on loan", "Study": "S1"}})
    later = desk.version({0: {"Retrieved": "yes", "Study": "S1; S2"}})
    desk.review.collect([first])
    desk.review.collect([later])
    for path in (first, later, first):
        assert (desk.review.collect([path]).other, codes(desk.review.collect([path]))) == (0, [])
    mailed = desk.version({0: {"Retrieved": "no", "Not retrieved why": "lost", "Study": "S3"}}, "mailed.xlsx")
    found = desk.review.collect([mailed])
    assert found.other == 0 and codes(found) == ["two-versions"] * 2
    assert [i.cell for i in found.issues if i.code == "two-versions"] == ["B2", "H2"]
    assert desk.review.collect([mailed], newer=True).other == 2
    state = desk.review.state()
    key = desk.sheet.rows[0].key
    assert (state.retrieval[key][-1].value, set(state.studies[key])) == ("not-retrieved", {"S3"})


def test_question_marks_for_lost_letters_are_no_maybe(tmp_path: Path) -> None:
    """A program that saves text in an encoding without Chinese puts a question mark for each character."""
    review = open_review("test", workspace(tmp_path))
    items = [item(0), item(1, TI="农村留守儿童心理健康与政策支持研究")]
    review.import_files(ImportRequest((ris(tmp_path / "a.ris", items),), "CNKI"))
    review.dedupe()
    sheet = next(s for s in review.sheets("title-abstract") if s.reviewer == "AB")
    filled = fill(review.folder.screening / sheet.file, lambda n, _: word(("纳入", "exclude")[n]), tmp_path / "filled.xlsx")
    from openpyxl import load_workbook

    rows = load_workbook(filled)["Screening"].iter_rows(values_only=True)
    text = "\n".join(";".join(f'"{v or ""}"' for v in row) for row in rows)
    spoilt = tmp_path / "spoilt.csv"
    spoilt.write_bytes(text.encode("cp1252", "replace"))
    found = review.collect([spoilt])
    assert [(i.code, i.cell) for i in found.issues if i.severity != "info"] == [("characters-lost", "B2")]
    assert [d.decision for d in review.state().log.decisions] == ["exclude"]
