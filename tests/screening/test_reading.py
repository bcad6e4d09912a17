"""From a returned file to answers: who it is from, which row is which report, what can't be trusted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.comments import Comment

from review.ledger.keys import make_key
from review.screening.reading import Reading, read_file, read_key, read_keys, title_sign
from review.screening.sheet_info import PairRow, SheetRow
from review.screening.workbook import write_pairs, write_workbook

from . import made


def returned(path: Path, change: Callable[[Any], None], **info: Any) -> Reading:
    """A workbook written, changed in another program and read back."""
    fresh = path / "fresh.xlsx"
    write_workbook(made.info(**info), made.rows(("First report on children", "Second report", "Third report")), fresh)
    book = load_workbook(fresh)
    change(book["Screening"])
    book.save(path / "back.xlsx")
    return read_file(path / "back.xlsx")


def key(number: int) -> str:
    return make_key(made.REVIEW, number)


def codes(reading: Reading) -> list[tuple[str, str]]:
    return [(issue.code, issue.cell) for issue in reading.issues]


def test_answers_with_their_cells_and_who_they_are_from(tmp_path: Path) -> None:
    def fill(page: Any) -> None:
        page["B2"], page["C2"], page["D2"], page["E3"] = " excl ", "Wrong population", "a note\r\nin lines", key(1)

    reading = returned(tmp_path, fill)
    assert (reading.review, reading.stage, reading.reviewer, reading.sheet, reading.round, reading.batch) == (
        made.REVIEW, "title-abstract", "AB", "TA-AB-1-k3fz9q", 1, 1)
    assert (reading.name, reading.definition_sha, reading.tabular, reading.issues) == ("back.xlsx", "3f9a2c", True, ())
    first, second, _ = reading.answers
    assert (first.key, first.key_cell, first.row, first.decision, first.decision_cell, first.reason, first.note) == (
        key(1), "A2", 2, "excl", "B2", "Wrong population", "a note\nin lines")
    assert (first.title, first.trouble, first.sheet, dict(first.extra)) == ("First report on children", "", "TA-AB-1-k3fz9q", {})
    assert (second.decision, second.duplicate_of) == ("", key(1))


def test_full_text_answers(tmp_path: Path) -> None:
    def fill(page: Any) -> None:
        texts = ("no", "closed library", "exclude", "No policy", "a note", "study 7; S2")
        for letter, text in zip("BCEFGH", texts, strict=True):
            page[f"{letter}2"] = text

    answer = returned(tmp_path, fill, stage="full-text", sheet="FT-AB-1-abc").answers[0]
    assert (answer.retrieval, answer.retrieval_why, answer.decision, answer.reason, answer.note, answer.study) == (
        "no", "closed library", "exclude", "No policy", "a note", "study 7; S2")


def test_pairs_come_back_with_both_keys(tmp_path: Path) -> None:
    one, two, three = made.rows(("one", "two", "three"))
    write_pairs(made.info(stage="duplicates", sheet="PD-AB-1-abc"), [PairRow(one, two), PairRow(one, three)], tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    book["Screening"]["C2"], book["Screening"]["C3"] = "same", "different"
    book["Screening"]["B3"] = 12        # eaten by a spreadsheet
    book.save(tmp_path / "b.xlsx")
    reading = read_file(tmp_path / "b.xlsx")
    assert [(a.key, a.duplicate_of, a.decision, a.trouble) for a in reading.answers] == [
        (key(1), key(2), "same", ""), (key(1), key(3), "different", "")]
    assert reading.stage == "duplicates" and reading.issues == ()


def test_a_pair_answered_twice_differently_is_not_counted(tmp_path: Path) -> None:
    one, two = made.rows(("one", "two"))
    write_pairs(made.info(stage="duplicates"), [PairRow(one, two), PairRow(one, two)], tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    book["Screening"]["C2"], book["Screening"]["C3"] = "same", "different"
    book.save(tmp_path / "b.xlsx")
    assert [a.trouble for a in read_file(tmp_path / "b.xlsx").answers] == ["key-repeated", "key-repeated"]


@pytest.mark.parametrize(("text", "found"), [
    (key(12), key(12)), (key(12).lower(), key(12)), (f"  {key(12).upper()}\n", key(12)), (key(12).replace("-", "–"), key(12)),
    (key(12).replace("-", "−"), key(12)), ("“" + key(12) + "”", key(12)), (key(12).replace("R", "Ｒ"), key(12)),
    (key(12).replace("-", " - "), key(12)), ("'" + key(12), key(12)),
    ("R000012", ""), ("12", ""), ("1E5", ""), ("", ""), ("R000012-zz", ""), (key(12) + "x", ""), ("x" + key(12), ""),
    ("RR000012-kc", ""),
])
def test_keys_as_people_and_spreadsheets_write_them(text: str, found: str) -> None:
    assert read_key(text, made.REVIEW) == found


def test_keys_within_a_text() -> None:
    assert read_keys(f"same as {key(3).lower()}, see {key(1)}; {key(3)}", made.REVIEW) == (key(3), key(1))
    assert read_keys("no key, R123", made.REVIEW) == ()


def test_titles_agree_whatever_a_format_did_to_them() -> None:
    assert title_sign("Ｐart 1: “left‐behind”\nchildren") == title_sign("Part 1 \"left-behind\" children")
    assert title_sign("Part 1") != title_sign("Part 2")
    assert title_sign("留守儿童：研究") == title_sign("留守儿童 研究")


def test_keys_that_disagree_mean_a_table_sorted_in_part(tmp_path: Path) -> None:
    def sort(page: Any) -> None:
        page["A2"], page["A3"] = page["A3"].value, page["A2"].value
        page["B2"] = "include"

    reading = returned(tmp_path, sort)
    assert [a.trouble for a in reading.answers] == ["keys-disagree", "keys-disagree", ""]
    assert codes(reading) == [("keys-disagree", "A2"), ("keys-disagree", "A3")]
    assert key(2) in reading.issues[0].message and key(1) in reading.issues[0].message


def test_a_key_eaten_in_the_first_column_is_read_from_the_last(tmp_path: Path) -> None:
    def eat(page: Any) -> None:
        page["A2"], page["B2"] = 100000, "include"

    reading = returned(tmp_path, eat)
    assert (reading.answers[0].key, reading.answers[0].key_cell, reading.answers[0].trouble) == (key(1), "O2", "")
    assert codes(reading) == [("key-repaired", "A2")] and reading.issues[0].severity == "info"


def test_rows_without_any_readable_key_are_listed(tmp_path: Path) -> None:
    def eat(page: Any) -> None:
        page["A2"], page["O2"], page["B2"] = 100000, 100000, "include"
        page["A3"], page["O3"], page["B3"] = None, None, "include"

    reading = returned(tmp_path, eat)
    assert [(a.key, a.trouble) for a in reading.answers] == [("", "bad-key"), ("", "no-key"), (key(3), "")]
    assert codes(reading) == [("bad-key", "A2"), ("no-key", "A3")]


def test_a_decision_in_a_row_of_its_own_is_listed_and_a_tally_is_not(tmp_path: Path) -> None:
    def add(page: Any) -> None:
        page["B8"] = "include"
        page["A9"], page["B9"] = "Total", 3
        page["A10"], page["B10"] = "include", "=COUNTIF(B2:B4,\"include\")"

    reading = returned(tmp_path, add)
    assert codes(reading) == [("no-key", "B8"), ("stray", "A9")]
    assert "A9, A10" in reading.issues[1].message and reading.issues[1].severity == "info"


def test_merged_decisions_count_for_the_first_row_only(tmp_path: Path) -> None:
    def merge(page: Any) -> None:
        page["B2"] = "exclude"
        page.merge_cells("B2:B3")

    reading = returned(tmp_path, merge)
    assert [(a.decision, a.trouble) for a in reading.answers] == [("exclude", ""), ("", "merged"), ("", "")]
    assert codes(reading) == [("merged", "B3")] and "B2:B3" in reading.issues[0].message


def test_formulas_without_results_and_error_values_are_not_believed(tmp_path: Path) -> None:
    def compute(page: Any) -> None:
        page["B2"] = '="incl"&"ude"'
        page["B3"], page["B3"].data_type = "#REF!", "e"

    reading = returned(tmp_path, compute)
    assert reading.answers[0].trouble == "formula-without-value"
    assert (reading.answers[1].decision, reading.answers[1].trouble) == ("#REF!", "")       # no word that is known
    assert codes(reading) == [("formula-without-value", "B2")]


def test_comments_are_kept_with_the_row(tmp_path: Path) -> None:
    def comment(page: Any) -> None:
        page["B2"], page["B2"].comment = "include", Comment("ask CD first", "AB")

    reading = returned(tmp_path, comment)
    assert reading.answers[0].extra == {"comment": "ask CD first"}
    assert codes(reading) == [("comments", "B2")]


def test_columns_of_ones_own_are_kept(tmp_path: Path) -> None:
    def add(page: Any) -> None:
        page["P1"], page["P2"] = "Relevance", "high"
        page["R3"] = "beside the table"

    reading = returned(tmp_path, add)
    assert [dict(a.extra) for a in reading.answers] == [{"Relevance": "high"}, {"column R": "beside the table"}, {}]
    assert [issue.severity for issue in reading.issues] == ["info"]


def test_a_column_of_decisions_under_an_unknown_header_is_named_but_not_guessed(tmp_path: Path) -> None:
    def rename(page: Any) -> None:
        page["B1"], page["B2"], page["B3"] = "Vote", "include", "exclude"

    reading = returned(tmp_path, rename)
    assert {a.trouble for a in reading.answers} == {"no-decision-column"}
    assert codes(reading)[0] == ("no-decision-column", "B1") and "B1 (“Vote”) looks like it" in reading.issues[0].message


def test_a_column_that_looks_like_decisions_beside_the_real_one_is_pointed_out(tmp_path: Path) -> None:
    def add(page: Any) -> None:
        page["P1"], page["P2"], page["P3"] = "CD says", "include", "N"

    assert codes(returned(tmp_path, add))[0] == ("like-decisions", "P1")


def test_two_decision_columns(tmp_path: Path) -> None:
    def double(page: Any) -> None:
        page["P1"] = "Decision"
        page["B2"], page["P2"] = "include", "include"
        page["B3"], page["P3"] = "include", "exclude"
        page["P4"] = "maybe"

    reading = returned(tmp_path, double)
    assert [(a.decision, a.trouble) for a in reading.answers] == [("include", ""), ("", "header-twice"), ("maybe", "")]
    assert codes(reading)[0] == ("header-twice", "B1")


def test_a_column_known_by_another_name_that_says_something_else_stops_the_row(tmp_path: Path) -> None:
    def both(page: Any) -> None:
        page["B1"], page["P1"] = "My decision", "Decision"
        page["B2"], page["P2"] = "include", "exclude"
        page["B3"], page["P3"] = "include", "Y"
        page["B4"], page["P4"] = "boring", "maybe"

    reading = returned(tmp_path, both)
    assert [(a.decision, a.trouble) for a in reading.answers] == [
        ("exclude", "decisions-disagree"), ("Y", ""), ("maybe", "")]
    assert ("decisions-disagree", "B2") in codes(reading)


def test_one_key_in_several_rows(tmp_path: Path) -> None:
    def copy_rows(page: Any) -> None:
        rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2, max_row=4)]
        for row, (first, second) in zip(rows, (("include", "exclude"), ("maybe", "maybe"), ("include", None)), strict=True):
            page.append([row[0], second, *row[2:]])
            page.cell(rows.index(row) + 2, 2).value = first

    reading = returned(tmp_path, copy_rows)
    assert [(a.row, a.decision, a.trouble) for a in reading.answers] == [
        (2, "include", "key-repeated"), (3, "maybe", ""), (4, "include", ""), (5, "exclude", "key-repeated")]
    assert [code for code, _ in codes(reading)] == ["key-repeated", "key-repeated-alike", "key-repeated-alike"]


def test_rows_of_another_reviewer_are_not_counted(tmp_path: Path) -> None:
    def paste(page: Any) -> None:
        page["B2"] = "include"
        page["N2"] = page["N2"].value.replace("| AB |", "| CD |").replace("TA-AB-1-k3fz9q", "TA-CD-1-aaaaaa")

    reading = returned(tmp_path, paste)
    assert [(a.sheet, a.trouble) for a in reading.answers][:2] == [("TA-CD-1-aaaaaa", "row-of-another"), ("TA-AB-1-k3fz9q", "")]
    assert codes(reading) == [("row-of-another", "A2")]


def test_rows_of_two_batches_in_one_file_keep_their_sheets(tmp_path: Path) -> None:
    def paste(page: Any) -> None:
        page["N2"] = page["N2"].value.replace("k3fz9q", "other2").replace("| 1 | 1 |", "| 1 | 2 |")

    reading = returned(tmp_path, paste)
    assert [a.sheet for a in reading.answers] == ["TA-AB-1-other2", "TA-AB-1-k3fz9q", "TA-AB-1-k3fz9q"]
    assert {a.trouble for a in reading.answers} == {""} and [i.severity for i in reading.issues] == ["info"]


def test_the_identity_is_read_from_the_first_sheet_where_nothing_else_is_left(tmp_path: Path) -> None:
    path = made.filled(tmp_path / "sheet.xlsx")
    book = load_workbook(path)
    for name in list(book.custom_doc_props.names):
        del book.custom_doc_props[name]
    book["Screening"].delete_cols(14)
    book.save(path)
    reading = read_file(path)
    assert (reading.sheet, reading.reviewer, reading.stage, reading.round) == ("TA-AB-1-k3fz9q", "AB", "title-abstract", 1)
    del book["Read me"]
    book.save(path)
    reading = read_file(path)
    assert (reading.sheet, reading.tabular) == ("", True)
    assert "not-ours" in [issue.code for issue in reading.issues]


def test_a_table_of_another_tool_is_read_without_keys(tmp_path: Path) -> None:
    reading = read_file(tmp_path / "rayyan.csv", b"key,title,year,notes,decision\nrayyan-1,A title,2019,,Included\n")
    assert (reading.tabular, reading.sheet, reading.review) == (True, "", "")
    assert [(a.title, a.decision, a.trouble) for a in reading.answers] == [("A title", "Included", "bad-key")]


@pytest.mark.parametrize("data", [b"", b"just a letter\n", b"\x00\x01\x02", b"PK\x03\x04rest", b"<html></html>", b"a,b\n1,2\n"])
def test_what_is_no_table_says_so(data: bytes, tmp_path: Path) -> None:
    reading = read_file(tmp_path / "x.xlsx", data)
    assert (reading.tabular, reading.answers) == (False, ())
    assert reading.issues and reading.issues[-1].severity == "error"


def test_a_text_file_of_the_first_sheet_only_says_what_to_save(tmp_path: Path) -> None:
    reading = read_file(tmp_path / "readme.csv", b"Our review,\nSheet,TA-AB-1-k3fz9q\nReview,left-behind-children-policy\n")
    assert (reading.tabular, reading.sheet) == (False, "TA-AB-1-k3fz9q")
    assert "save it again from the sheet Screening" in reading.issues[0].message


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    path = made.filled(tmp_path / "sheet.xlsx")
    assert read_file(path) == read_file(path)


texts = st.text(alphabet=st.characters(codec=None), max_size=60)


@given(st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_record_holds_the_sheet_can_be_written_and_read(
        tmp_path: Path, contents: list[tuple[str, str, str]]) -> None:
    path = tmp_path / "any.xlsx"
    path.unlink(missing_ok=True)
    rows = [SheetRow(key(number), title, (other,), text=text, text_kind="abstract", related=(other,), authors=text,
                     links=(("DOI", f"https://doi.org/{other}"),))
            for number, (title, text, other) in enumerate(contents, 1)]
    write_workbook(made.info(terms=("a*", "留守")), rows, path)
    reading = read_file(path)
    assert [a.key for a in reading.answers] == [row.key for row in rows]
    assert [title_sign(a.title) for a in reading.answers] == [title_sign(row.title) for row in rows]
    assert [i for i in reading.issues if i.severity == "error"] == []
