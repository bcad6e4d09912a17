"""Records as databases really give them: nothing raises, nothing is merged for want of fields, and blocks stay bounded."""

import unicodedata

import pytest

from review.dedup import block, match
from review.model import Record
from tests.dedup.making import ARTICLE, record


def test_no_records() -> None:
    found = match([])
    assert found.groups == found.possible == ()


def test_empty_records_stay_apart() -> None:
    assert len(match([Record(id=f"r{n}") for n in range(50)]).groups) == 50


def test_empty_titles_with_one_year_stay_apart() -> None:
    assert len(match([record(f"r{n}", year=2010, journal="Gut") for n in range(200)]).groups) == 200


def test_a_thousand_editorials() -> None:
    records = [record(f"r{n:04d}", "Editorial", year=2000 + n % 20, journal=f"Journal {n % 50}", volume=str(n % 40),
                      pages=str(n)) for n in range(1000)]
    found = match(records)
    assert len(found.groups) == 1000
    assert any(i.code == "dedup-block" and "1000" in i.message for i in found.notes)


def test_thousands_of_look_alikes_are_bounded_and_it_is_said() -> None:
    n = 1500
    records = [record(f"r{i:05d}", f"Annual report of the district health office number {i}", "Health Office", 2001,
                      "Reports", pages=str(i)) for i in range(n)]
    from review.dedup.features import features

    pairs, _ = block.candidates([features(r) for r in records])
    assert len(pairs) < n * 3 * block.LARGEST
    found = match(records)
    assert len(found.groups) == n
    assert any(i.code == "dedup-block" and str(n) in i.message for i in found.notes)


def test_equal_records_in_a_crowd_are_found() -> None:
    """Cutting up a large block loses no true pair that a further field tells."""
    crowd = [record(f"r{i:04d}", "Book reviews", f"Author{chr(97 + i % 26)}{chr(97 + i // 26)}, B.", 1990 + i % 30,
                    "Social Forces", str(i % 60), "1", f"{i + 1}-{i + 3}") for i in range(300)]
    twice = [Record(**{**{k: getattr(r, k) for k in r.__slots__}, "id": "x" + r.id}) for r in crowd[:20]]
    found = match([*crowd, *twice])
    assert sum(len(g.records) == 2 for g in found.groups) == 20
    assert len(found.groups) == 300


def test_a_column_is_a_note_not_a_heap_of_questions() -> None:
    records = [record(f"r{n}", "Gateways to new therapies in rheumatology", "Bauer, F.", 2000 + n, "Methods Today",
                      str(20 + n), pages=f"{100 * n + 1}-{100 * n + 9}") for n in range(8)]
    found = match(records)
    assert len(found.groups) == 8
    assert found.possible == ()
    assert any(i.code == "dedup-recurring-title" for i in found.notes)


def test_abstracts_under_one_doi_are_a_note_not_a_heap_of_questions() -> None:
    """A supplement's DOI on every abstract of it: numbers in their titles tell them apart."""
    records = [record(f"r{n:03d}", f"Presentation {n} on the care of children whose parents migrate", "Lind, A.; Marsh, B.",
                      2012, "Journal of Migration Health", doi="10.1000/supplement.1") for n in range(11, 91)]
    found = match(records)
    assert len(found.groups) == 80
    assert found.possible == ()
    assert any(i.code == "dedup-recurring-place" and "10.1000/supplement.1" in i.message for i in found.notes)


def test_papers_of_one_group_on_the_same_pages_are_told_apart_by_their_numbers() -> None:
    records = [record(f"r{n:03d}", f"Village {n} and its school after the reform", "Lind, A.", 2012, "Rural Papers", "3", "1",
                      "1-9") for n in range(111, 999, 77)]
    found = match(records)
    assert len(found.groups) == len(records)
    assert any(i.code == "dedup-recurring-place" for i in found.notes)


@pytest.mark.parametrize("title", ["x" * 100_000, "[" * 5000, "(a" * 5000, "<" * 5000, "\\" * 5000, "a…" * 3000, "&amp;" * 5000,
                                   "\u202e\u200f" * 100, "\x00\x01", "题" * 20_000, "Part " * 4000, "- " * 5000, ". " * 5000])
def test_absurd_titles(title: str) -> None:
    found = match([record("a", title), record("b", title[:-1] + "!"), record("c", **ARTICLE)])
    assert {i for g in found.groups for i in g.records} == {"a", "b", "c"}


@pytest.mark.parametrize("field", ["title", "journal", "volume", "issue", "pages", "abstract", "url", "language", "kind"])
def test_absurd_fields(field: str) -> None:
    for value in ("9" * 30_000, "(" * 5000, "a, " * 5000, "١٢٣", "²³", "Ⅷ", "½", "－"):
        one = Record(id="a", **{"title": "A", field: value})
        assert len(match([one, Record(id="b", title="B")]).groups) == 2


def test_absurd_authors_and_ids() -> None:
    one = Record(id="a", title="A", authors=tuple(f"Author {n}" for n in range(3000)), ids={"doi": "10." * 9000, "pmid": "x"})
    two = Record(id="b", title="B", authors=(",", ";", " ", "et al.", "…", "." * 999, "and"), ids={"doi": "10.1/", "pmcid": "-"})
    assert len(match([one, two]).groups) == 2


@pytest.mark.parametrize("year", [0, -5, 99999, 20])
def test_years_that_are_none(year: int) -> None:
    assert len(match([record("a", **{**ARTICLE, "year": year}), record("b", **ARTICLE)]).groups) == 1


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_unicode_forms(form: str) -> None:
    title = "L’éducation des enfants d’immigrés à l’école élémentaire"
    one = record("a", title, "Bélanger, M.", 2010, "Revue française de pédagogie")
    other = record("b", unicodedata.normalize(form, title), unicodedata.normalize(form, "Bélanger, M."), 2010)
    assert len(match([one, other]).groups) == 1


def test_mixed_scripts_and_direction_marks() -> None:
    one = record("a", "دراسة عن الهجرة والأسرة في المناطق الريفية الفقيرة", "حسن, ع.", 2012)
    other = record("b", "\u200fدراسة عن الهجرة والأسرة في المناطق الريفية الفقيرة\u200f", "حسن, ع.", 2012)
    assert len(match([one, other]).groups) == 1


def test_two_records_under_one_id() -> None:
    """A caller's mistake; every record is still placed."""
    found = match([record("a", **ARTICLE), record("a", **ARTICLE)])
    assert sum(len(g.records) for g in found.groups) == 2


def test_thousands_of_equal_records_are_one_report() -> None:
    """The same export imported again and again: work grows with the records, not with their square."""
    records = [record(f"r{n:05d}", **ARTICLE) for n in range(1500)]
    assert len(match(records).groups) == 1


@pytest.mark.parametrize("field", ["title", "abstract", "journal", "pages", "authors"])
def test_a_field_of_a_megabyte_costs_no_more_than_its_reading(field: str) -> None:
    """Such a field is damage: its beginning is looked at, and the rest of the record counts as ever."""
    huge = "lorem ipsum dolor sit amet " * 40_000
    damaged = {**ARTICLE, "authors": str(ARTICLE["authors"]), field: huge}
    found = match([record("a", **damaged, doi="10.1016/j.childyouth.2017.06.001"), record("b", **damaged),
                   record("c", **ARTICLE, doi="10.1016/j.childyouth.2017.06.001")])
    assert {i for g in found.groups for i in g.records} == {"a", "b", "c"}
    assert all(len(v.evidence_for) + len(v.evidence_against) < 5000 for v in (*found.merges, *found.possible))
    if field in ("abstract", "pages"):
        assert len(found.groups) == 1


def test_pages_and_numbers_of_ten_thousand_digits() -> None:
    """Python makes no number of so many digits; nobody prints so many pages."""
    damaged = {**ARTICLE, "pages": "9" * 10_000 + "-" + "9" * 10_001, "volume": "7" * 10_000}
    found = match([record("a", **damaged, doi="10.1002/14651858.cd001234.pub" + "9" * 10_000), record("b", **damaged)])
    assert len(found.groups) == 1


def test_look_alikes_are_no_one_report_however_many() -> None:
    """One group's papers: alike in title, authors, year, journal; each at a page of its own."""
    records = [record(f"r{i:05d}", f"Growth of maize under shade in plot {i} of the northern trial", "Okoye, C.; Brandt, T.",
                      2011, "Field Crops", "12", pages=f"{3 * i + 1}-{3 * i + 3}") for i in range(400)]
    found = match(records)
    assert len(found.groups) == 400
    assert len(found.possible) <= 4


def test_records_without_year_or_author_join_by_a_whole_title_only() -> None:
    title = str(ARTICLE["title"])
    found = match([record("a", title), record("b", title), record("c", title.replace("Anhui", "Henan")),
                   record("d", "Introduction"), record("e", "Introduction")])
    assert {frozenset(g.records) for g in found.groups} == {frozenset("ab"), frozenset("c"), frozenset("d"), frozenset("e")}


TRADITIONAL, SIMPLIFIED = "農村留守兒童的心理健康與學業成績關係研究", "农村留守儿童的心理健康与学业成绩关系研究"


def test_traditional_and_simplified_characters() -> None:
    one = record("a", TRADITIONAL, "陳國強; 劉麗華", 2012, "教育研究與發展", "8", "2", "15-24")
    other = record("b", SIMPLIFIED, "陈国强; 刘丽华", 2012, "教育研究与发展", "8", "2", "15-24")
    assert len(match([one, other]).groups) == 1
    bare = match([record("a", TRADITIONAL, "陳國強; 劉麗華", 2012), record("b", SIMPLIFIED, "陈国强; 刘丽华", 2012)])
    assert len(bare.groups) == 1 or bare.possible


def test_two_chinese_titles_that_differ_in_one_character_stay_apart() -> None:
    one = record("a", "农村留守男童的心理健康与学业成绩关系研究", "陈国强", 2012, "教育研究", "8", "2", "15-24")
    other = record("b", "农村留守女童的心理健康与学业成绩关系研究", "陈国强", 2012, "教育研究", "8", "3", "33-41")
    assert len(match([one, other]).groups) == 2


def test_full_width_forms() -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in str(ARTICLE["title"]))
    wide_record = record("b", **{**ARTICLE, "title": wide, "pages": "２３３－２４０", "volume": "７９"})
    found = match([record("a", **ARTICLE), wide_record])
    assert len(found.groups) == 1
    assert found.merges[0].rule == "place-title"


def test_direction_marks_and_mixed_scripts_in_one_title() -> None:
    title = "Migration und Familie: دراسة عن الهجرة in 留守儿童 villages of Αττική"
    marked = title.replace(" ", " \u200f\u202a").replace("دراسة", "\u2067دراسة\u2069")
    assert len(match([record("a", title, "Weber, K.", 2012), record("b", marked, "Weber, K.", 2012)]).groups) == 1
