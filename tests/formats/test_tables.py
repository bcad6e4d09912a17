"""The tables that say what tags mean are sound: a mistake in one shows here, not in a review."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from review import formats
from review.formats import columns, compose
from review.formats import fields as f

FOLDER = Path(f.__file__).parent / "tables"
TAGGED = sorted(p.stem for p in FOLDER.glob("*.csv") if p.stem not in ("kinds", "languages", "dialects", "columns"))


@pytest.mark.parametrize("name", [*TAGGED, "columns", "kinds", "languages", "dialects"])
def test_every_row_has_its_columns(name: str) -> None:
    for row in f.table(name):
        assert None not in row, f"a cell too many, or a comma without quotes: {row}"
        assert None not in row.values(), f"a cell too few: {row}"


@pytest.mark.parametrize("name", TAGGED)
def test_every_role_is_known_and_every_pattern_compiles(name: str) -> None:
    assert compose.Table.load(name).roles


@pytest.mark.parametrize("name", [*TAGGED, "columns"])
def test_a_pattern_has_one_group_at_most(name: str) -> None:
    """The value is the group, or all that was found."""
    for row in f.table(name):
        assert re.compile(row["pattern"]).groups <= 1, row


@pytest.mark.parametrize("name", [*TAGGED, "columns"])
def test_no_pattern_begins_with_unbounded_blanks(name: str) -> None:
    r"""`\s*;` looks at every run of blanks again from each of its places: slow on hostile files. Values are trimmed
    anyway."""
    for row in f.table(name):
        for part in (row["split"], row["pattern"]):
            assert not re.match(r"\\s[*+](?!$)", part), row


def test_every_dialect_of_the_columns_is_told_by_its_names() -> None:
    told = {row["dialect"] for row in f.table("dialects")}
    used = {row["dialect"] for row in f.table("columns")} - {""}
    assert used <= told
    for row in f.table("dialects"):
        assert columns.dialect_of(set(row["needs"].split("|"))) == row["dialect"]
        assert all(f.key(name) == name for name in row["needs"].split("|"))


def test_kinds_are_those_that_records_may_have() -> None:
    assert {row["kind"] for row in f.table("kinds")} - {""} <= f.KINDS


@pytest.mark.parametrize(("value", "doi"), [
    ("https://doi.org/10.1002/ABC.Def.", "10.1002/abc.def"),
    ("doi: 10.1000/xyz [doi]", "10.1000/xyz"),
    ("10.1016/S0140-6736(99)12345-6", "10.1016/s0140-6736(99)12345-6"),
    ("10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
     "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2"),
    ("http://dx.doi.org/10.1000%2Fpercent", "10.1000/percent"),
    ("10.1038/s41467-024-48400-3     LK  - https://example.org", "10.1038/s41467-024-48400-3"),
    ("none", ""), ("", ""), ("10.5", ""),
])
def test_doi(value: str, doi: str) -> None:
    assert f.doi(value) == doi


@pytest.mark.parametrize(("value", "doi"), [
    ("see https://doi.org/10.1000/abc, and more", "10.1000/abc"),
    ("https://www.scopus.com/x?eid=2-s2.0-1&doi=10.1038%2fs41467-024-46843-2&partnerID=40", "10.1038/s41467-024-46843-2"),
    ("(10.1000/abc)", "10.1000/abc"),
    ("version 10.2 of 2001", ""),
])
def test_doi_in_text(value: str, doi: str) -> None:
    assert f.doi_in_text(value) == doi


@pytest.mark.parametrize(("value", "iso"), [
    ("2019/03/30 06:00", "2019-03-30"), ("20190330", "2019-03-30"), ("2019 Mar 30", "2019-03-30"), ("2019 Mar", "2019-03"),
    ("2019 Spring", "2019"), ("2018 Nov-Dec", "2018-11"), ("2018 Dec-2019 Jan", "2018-12"), ("1948/07//", "1948-07"),
    ("Aug 2018", "2018-08"), ("1 Dec 2024", "2024-12-01"), ("2017-04-01T08:00:00Z", "2017-04-01"), ("", ""), ("n.d.", ""),
])
def test_dates(value: str, iso: str) -> None:
    assert f.iso_date(value) == iso


@pytest.mark.parametrize(("value", "names"), [
    ("Doe, Jane; Roe, Richard; ", ["Doe, Jane", "Roe, Richard"]),
    ("Doe, Jane", ["Doe, Jane"]),
    ("Yang, Z. and Jiang, B.", ["Yang, Z.", "Jiang, B."]),
    ("Yang, Z., Jiang, B., Xu, J.", None),
    ("Alba Vicente|Josep Sanjuan", ["Alba Vicente", "Josep Sanjuan"]),
    ("王明，李红、张伟", ["王明", "李红", "张伟"]),
    ("王明,李红", ["王明", "李红"]),
    ("王明；李红；", ["王明", "李红"]),
    ("A Wang, BB Li", ["A Wang", "BB Li"]),
    ("van den Hoven,null;Smits,Maarten", ["van den Hoven", "Smits, Maarten"]),
    ("Longrich, N.R.\n and Bardet, N.\n", ["Longrich, N.R.", "Bardet, N."]),
])
def test_lists_of_authors(value: str, names: list[str] | None) -> None:
    expected = names if names is not None else ["Yang, Z.", "Jiang, B.", "Xu, J."]
    assert f.author_list(value) == expected


@pytest.mark.parametrize(("value", "names"), [
    ("Griffin DK, Larkin DM, O'Connor RE.", ["Griffin, DK", "Larkin, DM", "O'Connor, RE"]),
    ("Yang Z., McNamara M.E.", ["Yang, Z.", "McNamara, M.E."]),
    ("Pérez-de la Fuente R", ["Pérez-de la Fuente, R"]),
    ("The Study Group", ["The Study Group"]),
])
def test_lists_of_names_before_initials(value: str, names: list[str]) -> None:
    assert f.author_list(value, initials=True) == names


@pytest.mark.parametrize(("value", "code"), [
    ("eng", "en"), ("English", "en"), ("chi", "zh"), ("Chinese", "zh"), ("中文;", "zh"), ("zh-CN", "zh"), ("zh_TW", "zh"),
    ("English; French", "en"), ("Klingon", "Klingon"), ("de", "de"), ("English.", "en"),
])
def test_languages(value: str, code: str) -> None:
    assert f.language(value) == code


@pytest.mark.parametrize(("types", "kind", "notices"), [
    (["Journal Article", "Review"], "review", []),
    (["Journal Article", "Retracted Publication"], "journal-article", ["retracted"]),
    (["Retraction of Publication"], "retraction", ["retraction-notice"]),
    (["Published Erratum"], "erratum", ["erratum-notice"]),
    (["Article", "Proceedings Paper"], "conference-abstract", []),
    (["GEN", "Article"], "journal-article", []),
    (["Dissertation/Thesis"], "thesis", []),
    ([], "", []), (["Something else"], "", []),
])
def test_kinds(types: list[str], kind: str, notices: list[str]) -> None:
    assert f.kind_and_notices(types) == (kind, notices)


def test_an_abstract_with_commas_in_its_lines_is_no_lost_row() -> None:
    """A line of running text may have as many commas as the table has columns, and a year among them."""
    line = "METHODS: Sites, far apart, were visited, in 2023, by two teams, of nurses."
    table = f'title,authors,abstract,year,doi,url\nA title of some length,"A, B","AIM: to see.\n{line}\n{line}",2024,,\n'
    found = list(formats.read(io.BytesIO(table.encode()), name="a.csv"))
    assert [type(item).__name__ for item in found] == ["Entry"]
    assert formats.count(io.BytesIO(table.encode()), format="csv") == 1
