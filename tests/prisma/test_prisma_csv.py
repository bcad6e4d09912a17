"""PRISMA.csv: what we write, the PRISMA2020 R package's rules read; what anyone wrote, we read."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.model import ReviewError
from review.prisma.keys import NAME_IN_FILE, OFFICIAL, OWN
from review.prisma.prisma_csv import changed_names, write_csv
from review.prisma.prisma_read import read_csv
from tests.prisma.flows import TEMPLATES, Number, counts, template
from tests.shared_data import shared

# Column `data` of the package's template; its reader searches these as substrings.
IN_TEMPLATE = (*OFFICIAL, "identification", "screening", "included")


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8"))))


def n_of(data: bytes) -> dict[str, str]:
    return {row[0]: row[7] for row in rows(data)[1:]}


def test_every_row_of_the_packages_template_stays() -> None:
    theirs = rows(shared("screening/PRISMA2020_template.csv").read_bytes())
    ours = rows(write_csv(template("new")))
    assert [row[0] for row in ours[:len(theirs)]] == [row[0] for row in theirs]
    for their, our in zip(theirs, ours, strict=False):
        assert [cell or "NA" for cell in their[:7]] == our[:7]


def test_a_reader_that_matches_substrings_finds_one_row_for_each_official_key() -> None:
    everything: dict[str, Number] = {key: 3 for key in (*OFFICIAL, *OWN) if "specific" not in key}
    data = write_csv(counts(everything, updated=True, other=True, final=False, reasons=("one conflict",)))
    names = [row[0] for row in rows(data)[1:]]
    for official in IN_TEMPLATE:
        found = [name for name in names if official in name]
        assert {name for name in found if name not in IN_TEMPLATE} == set(), official
    for key in OWN:
        assert NAME_IN_FILE.get(key, key) in names


def test_numbers_are_plain_and_lists_are_name_comma_number() -> None:
    n = n_of(write_csv(template("new", factor=100)))
    assert n["database_results"] == "65000"
    assert n["database_specific_results"] == "PubMed, 26200; Google Scholar, 38800"
    assert n["dbr_excluded"] == "Wrong population, 2000; Wrong concept, 1500"


def test_what_a_template_lacks_is_na() -> None:
    """All previous NA: the package draws no previous version; all of box 11 NA: no other methods."""
    n = n_of(write_csv(template("new")))
    for key in ("previous_studies", "previous_reports", "total_studies", "total_reports", "website_results",
                "organisation_results", "citations_results", "other_sought_reports", "other_excluded"):
        assert n[key] == "NA", key
    n = n_of(write_csv(template("updated-other")))
    assert (n["previous_studies"], n["total_reports"], n["citations_results"]) == ("17", "35", "9")


def test_a_single_reason_gets_the_padding_that_old_versions_need() -> None:
    n = n_of(write_csv(template("new", dbr_excluded={"Wrong concept": 35})))
    assert n["dbr_excluded"] == "Wrong concept, 35; Other, 0"
    assert read_csv(write_csv(template("new", dbr_excluded={"Wrong concept": 35}))).boxes["dbr_excluded"].parts == {
        "Wrong concept": 35}


def test_commas_and_semicolons_in_a_name_are_replaced_and_said() -> None:
    flow = template("new", dbr_excluded={"Not in China, Taiwan; Macao": 30, "=1+1": 5})
    data = write_csv(flow)
    assert n_of(data)["dbr_excluded"] == "Not in China / Taiwan / Macao, 30; '=1+1, 5"
    assert ["Not in China, Taiwan; Macao" in issue.message for issue in changed_names(flow)] == [True, False]
    assert read_csv(data).n("dbr_excluded") == 35


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("final", [True, False])
def test_read_back_equal(name: str, final: bool) -> None:
    flow = template(name, final=final, undecided_screening=12, oth_undecided=1, conflicts_full_text=2)
    back = read_csv(write_csv(flow))
    assert back.issues == ()
    assert {key: (box.n, dict(box.parts)) for key, box in back.boxes.items()} == {
        key: (box.n, {label: len(ids) for label, ids in box.parts.items()}) for key, box in flow.boxes.items()}
    assert ("draft" in back.texts) is not final


labels = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30).filter(
    lambda text: not set(text) & set(",;'") and text == " ".join(text.split()).strip(" /")
    and text[0] not in "=+-@" and text not in ("Other", "None"))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(labels, st.integers(0, 20_000), max_size=6),
       st.dictionaries(labels, st.integers(0, 20_000), max_size=4), st.integers(0, 200_000))
def test_whatever_is_written_is_read(reasons: dict[str, int], databases: dict[str, int], screened: int) -> None:
    flow = template("new", dbr_excluded=reasons, database_results=databases, records_screened=screened)
    back = read_csv(write_csv(flow))
    assert back.boxes["dbr_excluded"].parts == reasons
    assert back.boxes["database_results"].parts == databases
    assert back.n("database_results") == sum(databases.values())
    assert back.n("records_screened") == screened


def test_the_same_counts_give_the_same_bytes() -> None:
    assert write_csv(template("updated-other")) == write_csv(template("updated-other"))
    assert not write_csv(template("new")).startswith(b"\xef\xbb\xbf")


def test_the_template_itself_is_read_with_its_placeholders_named() -> None:
    flow = read_csv(shared("screening/PRISMA2020_template.csv").read_bytes(), "PRISMA.csv")
    assert flow.n("records_screened") == 0
    assert {(issue.code, issue.cell) for issue in flow.issues} == {
        ("flow-placeholder", "H7"), ("flow-placeholder", "H9"), ("flow-placeholder", "H24"),
        ("flow-placeholder", "H26")}


def test_other_peoples_files() -> None:
    text = ('\ufeffn;data\r\n"1,204";database_results\r\n1 000;records_screened\r\nabout 20;records_excluded\r\n'
            '"Wrong, very wrong, 4; Late 5";dbr_excluded\r\n7;records_screened\r\n3;hits_total\r\n')
    flow = read_csv(text.encode("utf-8"), "theirs.csv")
    assert (flow.n("database_results"), flow.n("records_screened")) == (1204, 1000)
    assert flow.n("records_excluded") is None
    assert "dbr_excluded" not in flow.boxes         # half a list would be a wrong sum
    assert [(issue.code, issue.line) for issue in flow.issues] == [
        ("flow-key-twice", 6), ("flow-key-unknown", 7), ("flow-number", 4), ("flow-comma", 5), ("flow-part", 5)]


def test_a_file_in_another_encoding_is_read_and_said() -> None:
    flow = read_csv("data,n\ndbr_excluded,\"Étude, 4\"\n".encode("cp1252"))
    assert flow.n("dbr_excluded") == 4
    assert [issue.code for issue in flow.issues] == ["flow-encoding"]
    assert read_csv("data,n\nduplicates,4\n".encode("utf-16")).n("duplicates") == 4


@pytest.mark.parametrize(("data", "code"), [
    (b"", "flow-columns"), (b"title,year\na,1999\n", "flow-columns"), (b"PK\x03\x04\0\0", "flow-binary"),
    (b"data,n\n" + b"x" * 5_000_001, "flow-size"),
])
def test_what_is_no_flow_is_refused_with_the_cure(data: bytes, code: str) -> None:
    with pytest.raises(ReviewError) as caught:
        read_csv(data, "theirs.csv")
    assert caught.value.code == code
    assert "theirs.csv" in caught.value.message and "Give" in caught.value.message


@pytest.mark.parametrize(("text", "n"), [
    ("4321", 4321), ("4,321", 4321), ("4.321", 4321), ("4 321", 4321), ("4\u202f321", 4321), ("4'321", 4321),
    ("1.234.567", 1234567), ("n = 4321", 4321), ("(n=4,321)", 4321), ("N=12", 12), ("[n = 3]", 3), ("12.0", 12),
    ("80 (51%)", 80), ("１２", 12), ("3100.5", None), ("93.5%", None), ("about 3100", None), ("-5", None), ("1,2", None),
    ("12.000", None),           # twelve thousand, or twelve with three decimals: not guessed
])
def test_numbers_as_people_write_them(text: str, n: int | None) -> None:
    flow = read_csv(table({"duplicates": text}))
    assert flow.n("duplicates") == n
    assert [issue.code for issue in flow.issues if issue.severity == "error"] == ([] if n is not None else ["flow-number"])


@pytest.mark.parametrize("text", ["", "NA", "n/a", "na", "#N/A", "-", "—"])
def test_what_is_not_given_is_no_issue(text: str) -> None:
    flow = read_csv(table({"duplicates": text}))
    assert (flow.n("duplicates"), flow.issues) == (None, ())


@pytest.mark.parametrize("text", [
    "Wrong group, 80; Wrong design, 1,058", "Wrong group (n = 80); Wrong design (n = 1058)",
    "Wrong group: 80; Wrong design: 1058", "Wrong group, 80 (7%); Wrong design, 1058 (93.0%)",
    "Wrong group，80；Wrong design，1058", "Wrong group, n=80\nWrong design, 1 058\n",
    "Wrong group [80]; Wrong design, 1.058;",
])
def test_lists_as_people_write_them(text: str) -> None:
    flow = read_csv(table({"dbr_excluded": text}))
    assert (flow.boxes["dbr_excluded"].parts, flow.issues) == ({"Wrong group": 80, "Wrong design": 1058}, ())


@pytest.mark.parametrize(("entry", "name", "n"), [
    ("Aged 5, 120", "Aged 5", 120), ("Phase 1, 2,300", "Phase 1", 2300), ("Ages 3, 5, 120", "Ages 3, 5", 120),
    ("Reason 1,120", "Reason 1", 120), ("Before 1998,120", "Before 1998", 120), ("A (n = 3), 7", "A (n = 3)", 7)])
def test_numbers_in_names_stay_in_the_names(entry: str, name: str, n: int) -> None:
    assert read_csv(table({"dbr_excluded": entry})).boxes["dbr_excluded"].parts == {name: n}


def test_a_flow_saved_as_a_workbook(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    notes = book.active
    assert notes is not None
    notes.append(["our flow"])
    page = book.create_sheet("flow")
    for row in rows(write_csv(template("updated-other"))):
        page.append([int(cell) if cell.isdigit() else cell for cell in row])
    book.save(tmp_path / "flow.xlsx")
    flow = read_csv((tmp_path / "flow.xlsx").read_bytes(), "flow.xlsx")
    assert flow.boxes == read_csv(write_csv(template("updated-other"))).boxes


def test_a_key_in_two_rows_needs_a_person_where_they_differ() -> None:
    for other, severity in (("4", "warning"), ("5", "error")):
        found = read_csv(f"data,n\nduplicates,4\nduplicates,{other}\n".encode()).issues
        assert [(issue.code, issue.severity) for issue in found] == [("flow-key-twice", severity)]


def table(numbers: dict[str, str]) -> bytes:
    """A file of two columns."""
    out = io.StringIO()
    csv.writer(out).writerows([("data", "n"), *numbers.items()])
    return out.getvalue().encode("utf-8")
