"""What a reviewer opens: columns in order, drop-downs that refuse nothing, colours, links, criteria, progress."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText

from review.model import ReviewError
from review.screening.sheet_info import PairRow, SheetRow
from review.screening.workbook import write_pairs, write_workbook

from . import made


def headers(path: Path) -> list[str]:
    return [str(cell.value) for cell in load_workbook(path)["Screening"][1]]


def column(path: Path, header: str) -> str:
    page = load_workbook(path)["Screening"]
    return next(str(cell.column_letter) for cell in page[1] if cell.value == header)


def test_columns_for_titles_and_abstracts(tmp_path: Path) -> None:
    write_workbook(made.info(), made.rows(), tmp_path / "a.xlsx")
    assert headers(tmp_path / "a.xlsx") == [
        "Key", "Decision", "Reason", "Note", "Duplicate of", "Title", "Abstract", "Year", "Authors", "Source", "Language", "DOI",
        "Found by", "Sheet", "Key (again)"]


def test_columns_that_only_some_rows_need(tmp_path: Path) -> None:
    rows = made.rows(flags=("retracted",), titles_other=("译名", "Titre"), related=("preprint of R000012-xy, decided: include",),
                     hint="round 1: exclude", links=(("Page", "https://x.org"), ("Scholar", "https://s.org"), ("DOI", "https://d.org")))
    write_workbook(made.info(), rows, tmp_path / "a.xlsx")
    assert headers(tmp_path / "a.xlsx") == [
        "Key", "Decision", "Reason", "Note", "Duplicate of", "Flags", "Title", "Translated title", "Abstract", "Related",
        "Earlier decision", "Year", "Authors", "Source", "Language", "DOI", "Scholar", "Page", "Found by", "Sheet", "Key (again)"]
    row = [cell.value for cell in load_workbook(tmp_path / "a.xlsx")["Screening"][2]]
    assert row[5] == "retracted" and row[7] == "译名\nTitre" and row[10] == "round 1: exclude"


def test_full_texts_have_retrieval_and_studies_too(tmp_path: Path) -> None:
    rows = made.rows(pdf="pdf/R000001-rb.pdf")
    write_workbook(made.info(stage="full-text", studies=("S1", "S2")), rows, tmp_path / "a.xlsx")
    assert headers(tmp_path / "a.xlsx")[:9] == ["Key", "Retrieved", "Not retrieved why", "PDF", "Decision", "Reason", "Note",
                                                "Study", "Duplicate of"]
    book = load_workbook(tmp_path / "a.xlsx")
    cell = book["Screening"]["D2"]
    assert (cell.value, cell.hyperlink.target) == ("R000001-rb.pdf", "pdf/R000001-rb.pdf")
    lists = [[c.value for c in column if c.value] for column in book["Lists"].columns]
    assert lists == [["Decisions", "include", "exclude", "maybe", "awaiting classification", "ongoing"],
                     ["Reasons", *(label for _, label in made.REASONS)], ["Retrieved", "yes", "no", "on loan"],
                     ["Studies", "S1", "S2"]]
    assert {str(rule.sqref) for rule in book["Screening"].data_validations.dataValidation} == {
        "B2:B17", "E2:E17", "F2:F17", "H2:H17"}


def test_drop_downs_offer_words_and_refuse_none(tmp_path: Path) -> None:
    write_workbook(made.info(), made.rows(), tmp_path / "a.xlsx")
    rules = load_workbook(tmp_path / "a.xlsx")["Screening"].data_validations.dataValidation
    assert {(str(r.sqref), r.formula1, bool(r.showErrorMessage)) for r in rules} == {
        ("B2:B17", "Lists!$A$2:$A$4", False), ("C2:C17", "Lists!$B$2:$B$4", False)}


def test_reasons_that_share_a_label_are_offered_by_code(tmp_path: Path) -> None:
    write_workbook(made.info(reasons=(("a", "Other"), ("b", "Other"), ("c", ""), ("d", "Age"))), made.rows(), tmp_path / "a.xlsx")
    assert [c.value for c in load_workbook(tmp_path / "a.xlsx")["Lists"]["B"]] == ["Reasons", "a", "b", "c", "Age"]


def test_terms_are_marked_in_title_and_abstract(tmp_path: Path) -> None:
    write_workbook(made.info(), made.rows(), tmp_path / "a.xlsx")
    page = load_workbook(tmp_path / "a.xlsx", rich_text=True)["Screening"]
    marked = [str(run) for run in page["F2"].value if not isinstance(run, str) and run.font.b]
    assert isinstance(page["G2"].value, CellRichText)
    assert marked == ["left-behind", "children"]
    assert "留守儿童" in [str(run) for run in page["F3"].value]


def test_what_is_no_abstract_says_so(tmp_path: Path) -> None:
    rows = made.rows(("one", "two", "three"))
    kinds = (("summary", "A summary."), ("snippet", "... a snippet ..."), ("", ""))
    rows = [SheetRow(row.key, row.title, text=text, text_kind=kind) for row, (kind, text) in zip(rows, kinds, strict=True)]
    write_workbook(made.info(terms=()), rows, tmp_path / "a.xlsx")
    letter = column(tmp_path / "a.xlsx", "Abstract")
    assert [c.value for c in load_workbook(tmp_path / "a.xlsx")["Screening"][letter][1:]] == [
        "[summary, not an abstract] A summary.", "[search engine's snippet, not an abstract] ... a snippet ...", None]


def test_links_are_real_and_keys_are_text_at_both_ends(tmp_path: Path) -> None:
    write_workbook(made.info(), made.rows(), tmp_path / "a.xlsx")
    page = load_workbook(tmp_path / "a.xlsx")["Screening"]
    link = page[f"{column(tmp_path / 'a.xlsx', 'DOI')}2"]
    assert (link.value, link.hyperlink.target) == ("DOI", "https://doi.org/10.1000/1")
    for row in page.iter_rows(min_row=2):
        assert row[0].value == row[-1].value
        assert (row[0].data_type, row[0].number_format) == ("s", "@")
    assert page.column_dimensions["B"].number_format == "@"         # what is typed stays text
    assert (page.freeze_panes, page.auto_filter.ref, page.protection.sheet) == ("C2", "A1:O17", False)


def test_the_first_sheet_has_criteria_progress_and_who_it_is_for(tmp_path: Path) -> None:
    write_workbook(made.info(round=0), made.rows(), tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    page = book["Read me"]
    texts = [cell.value for row in page.iter_rows() for cell in row if cell.value is not None]
    assert book.sheetnames == ["Read me", "Screening", "Lists"] and book.active.title == "Read me"
    assert "Titles and abstracts · reviewer AB · pilot 1" in texts
    for text in ("Children under 18", "Mainland China", "Wrong population", "not-china", "Which policies are described?",
                 "TA-AB-1-k3fz9q"):
        assert text in texts
    progress = next(text for text in texts if str(text).startswith("=COUNTA("))
    assert "COUNTA(Screening!$B$2:$B$17)" in progress and 'COUNTIF(Screening!$B$2:$B$17,"include")' in progress
    assert {p.name: p.value for p in book.custom_doc_props.props} == {
        "review.sheet": "TA-AB-1-k3fz9q", "review.review": made.REVIEW, "review.stage": "title-abstract", "review.reviewer": "AB",
        "review.round": "0", "review.batch": "1", "review.definition": "3f9a2c"}


def test_conflicts_show_the_votes_side_by_side(tmp_path: Path) -> None:
    votes = (("Reviewer 1", "include", "", "fits"), ("Reviewer 2", "exclude", "Wrong population", ""))
    named = (("AB", "include", "", ""), ("CD", "maybe", "", "short abstract"))
    rows = [*made.rows(("one",), votes=votes), *made.rows(("two",), votes=named)]
    write_workbook(made.info(stage="conflicts", conflict_stage="title-abstract", sheet="CF-EF-1-abc"), rows, tmp_path / "a.xlsx")
    assert headers(tmp_path / "a.xlsx")[:7] == ["Key", "Decision", "Reason", "Note", "Reviewer 1", "Reviewer 2", "Title"]
    page = load_workbook(tmp_path / "a.xlsx")["Screening"]
    assert [page["E2"].value, page["F2"].value] == ["include\nfits", "exclude\nWrong population"]
    assert [page["E3"].value, page["F3"].value] == ["include (AB)", "maybe (CD)\nshort abstract"]


def test_a_pair_is_one_row_with_its_differences_marked(tmp_path: Path) -> None:
    one, two, three = made.rows(("Policy for children, 2019", "Policy for children, 2020", "same title"))
    four = made.rows(("x", "y", "z", "same title"))[3]
    pairs = [PairRow(one, two, "0.91", "title 0.95", "year"), PairRow(three, four)]
    write_pairs(made.info(stage="duplicates", sheet="PD-AB-1-abc"), pairs, tmp_path / "a.xlsx")
    assert headers(tmp_path / "a.xlsx") == [
        "Key A", "Key B", "Decision", "Note", "Title", "Authors", "Year", "Source", "Speaks for", "Speaks against", "Score",
        "Abstract", "DOI A", "DOI B", "Sheet", "Keys (again)"]
    page = load_workbook(tmp_path / "a.xlsx", rich_text=True)["Screening"]
    assert str(page["E2"].value) == "A  Policy for children, 2019\nB  Policy for children, 2020"
    assert [str(run) for run in page["E2"].value if getattr(getattr(run, "font", None), "color", None) is not None
            and str(run.font.color.rgb) == "FF9C4A00"] == ["2019", "2020"]
    assert page["E3"].value == "A = B  same title"
    assert page["P2"].value == f"{one.key} {two.key}"
    rule, = page.data_validations.dataValidation
    assert str(rule.sqref) == "C2:C3"


def test_the_same_sheet_gives_the_same_bytes_and_overwrites_nothing(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(made.info(), made.rows(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with pytest.raises(ReviewError, match="exists already"):
        write_workbook(made.info(), made.rows(), tmp_path / "a.xlsx")


def test_a_sheet_without_rows_can_be_written(tmp_path: Path) -> None:
    write_workbook(made.info(), [], tmp_path / "a.xlsx")
    write_workbook(made.info(stage="conflicts"), [], tmp_path / "b.xlsx")
    write_pairs(made.info(stage="duplicates"), [], tmp_path / "c.xlsx")
    assert load_workbook(tmp_path / "a.xlsx")["Screening"].max_row == 1


def test_the_pilot_says_what_it_is_for_and_whether_it_counts(tmp_path: Path) -> None:
    def first_page(**changes: object) -> str:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.xlsx"
        write_workbook(made.info(**changes), made.rows(), path)
        return "\n".join(str(cell.value) for row in load_workbook(path)["Read me"].iter_rows() for cell in row if cell.value)

    assert "pilot" not in first_page()
    pilot = first_page(round=0)
    assert "reviewer AB · pilot 1" in pilot and "Everybody on the team gets the same 16 reports" in pilot
    assert "don't count in the review" in pilot
    assert "These decisions count in the review" in first_page(round=0, pilot_counts=True)


def test_the_first_page_of_possible_duplicates_names_no_reviewer_and_no_exclude(tmp_path: Path) -> None:
    one, two = made.rows(("One title", "Another title"))
    write_pairs(made.info(stage="duplicates", reviewer=""), [PairRow(one, two)], tmp_path / "a.xlsx")
    texts = [str(cell.value) for row in load_workbook(tmp_path / "a.xlsx")["Read me"].iter_rows() for cell in row if cell.value]
    assert "Possible duplicates · for one of the team · batch 1" in texts
    assert not any("exclude" in text for text in texts)
