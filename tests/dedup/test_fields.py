"""Each field brought to one form, however a database writes it."""

import pytest

from review.dedup import identifiers, names, pinyin, places, text, titles


@pytest.mark.parametrize(("given", "expected"), [
    ("CO&lt;sub&gt;2&lt;/sub&gt; and <i>E. coli</i>", ["co2", "and", "e", "coli"]),
    ("β-catenin in Müller cells", ["beta", "catenin", "in", "muller", "cells"]),
    (r"$\beta$-catenin in M{\"u}ller cells", ["beta", "catenin", "in", "muller", "cells"]),
    ("Eﬃcient use – Łódź, Øresund", ["efficient", "use", "lodz", "oresund"]),
    ("e\u0301cole", ["ecole"]),
    ("\u200f留守儿童 mental\u200b health", ["留", "守", "儿", "童", "mental", "health"]),
    ("H₂S", ["h2s"]),
    ("EducaciÃ³n en MÃ©xico â€“ studentsâ€™ views", ["educacion", "en", "mexico", "students", "views"]),
    ("\u00c3lgebra, S\u00e3o Paulo", ["algebra", "sao", "paulo"]),
    ("Хирургия рака бронха", ["khirurgiia", "raka", "bronkha"]),
    ("From C++ to C#", ["from", "cplusplus", "to", "csharp"]),
    ("", []),
])
def test_words(given: str, expected: list[str]) -> None:
    assert text.words(given) == expected


@pytest.mark.parametrize(("given", "first", "last"), [
    ("532-43", "532", "543"), ("1107-1107", "1107", "1107"), ("123-9", "123", "129"), ("S42", "42", ""),
    ("e505", "505", ""), ("284-+", "284", ""), ("pp. 12–15", "12", "15"), ("H1106-H1112", "1106", "1112"),
    ("S4-76-S4-101", "76", "101"), ("Article 1725", "1725", ""), ("xii-xv", "xii", "xv"),
    ("No Pagination Specified", "", ""), ("62 p", "", ""), ("", "", ""), ("12(4): 123-30", "123", "130"),
])
def test_pages(given: str, first: str, last: str) -> None:
    found = places.pages(given)
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize(("damaged", "meant"), [
    ("01-Jun", ("1", "6")), ("6-Jan", ("1", "6")), ("Mar-47", ("3", "47")), ("21-Aug", ("21", "28")),
    ("Nov-16", ("11", "16")), ("11-Jun", ("11", "16")), ("2012-09-05", ("5", "9")),
])
def test_pages_that_a_spreadsheet_made_a_date(damaged: str, meant: tuple[str, str]) -> None:
    assert meant in places.pages(damaged).also


@pytest.mark.parametrize(("one", "other"), [
    ("New England Journal of Medicine", "N Engl J Med"), ("The Lancet (London, England)", "Lancet"),
    ("Proceedings of the National Academy of Sciences of the United States of America", "Proc Natl Acad Sci U S A"),
    ("Journal of the American Medical Association", "JAMA"), ("Obstetrics & Gynecology", "Obstetrics and Gynecology"),
    ("Stroke (00392499)", "Stroke; a journal of cerebral circulation"),
    ("Int. J. Environ. Res. Public Health", "International Journal of Environmental Research and Public Health"),
    ("Journal of clinical …", "Journal of Clinical Nursing"), ("American Journal o…", "American Journal of Physiology"),
    ("Хирургия", "Khirurgiia"),
])
def test_one_journal(one: str, other: str) -> None:
    assert places.same_journal(places.journal(one), places.journal(other)) >= 0.85


@pytest.mark.parametrize("host", ["academia.edu", "www.researchgate.net", "eprints.example.ac.uk", "https://osf.io/ab3cd"])
def test_a_host_is_no_journal(host: str) -> None:
    assert places.journal(host) == places.Journal()


@pytest.mark.parametrize("name", ["Am.J.Med", "Plant, Cell & Env.", "First Monday", "Nature"])
def test_a_journal_is_no_host(name: str) -> None:
    assert places.journal(name).words


@pytest.mark.parametrize(("one", "other"), [
    ("Circulation", "Circulation Research"), ("Basic Research in Cardiology", "Circulation Research"),
    ("Journal of Pediatrics", "Pediatrics International"), ("Sleep", "Sleep Medicine"),
    ("The Journal of Bone and Joint Surgery. A", "The Journal of Bone and Joint Surgery. B"), ("Physical Review A", "Phys Rev B"),
    ("The Journal of bone and joint surgery. American volume", "The Journal of bone and joint surgery. British volume"),
    ("Child Development", "Children and Youth Services Review"),
])
def test_two_journals(one: str, other: str) -> None:
    assert places.same_journal(places.journal(one), places.journal(other)) < 0.85


@pytest.mark.parametrize("given", [
    ("Zhou, Yuming", "Li, Mei"), ("Yuming Zhou", "Mei Li"), ("Y Zhou, M Li",), ("Zhou Y.Li M.",), ("Zhou, Y. and Li, M.",),
    ("Zhou YM; Li M",), ("周玉明", "李梅"), ("周玉明;李梅",), ("ZHOU, Y.", "LI, M."), ("Zhou, Y., Li, M., et al.",),
])
def test_authors_however_written(given: tuple[str, ...]) -> None:
    found, plain = names.authors(given), names.authors(("Zhou, Yu-Ming", "Li, Mei"))
    assert len(found.people) == 2
    assert names.overlap(found, plain) == 1.0


def test_authors_that_differ() -> None:
    assert names.overlap(names.authors(("Wang, Li",)), names.authors(("Wang, Kai",))) < 1
    assert names.overlap(names.authors(("Li, Wei",)), names.authors(("Zhang, Wei",))) == 0
    assert names.authors(("Smith, J.", "et al.")).more


@pytest.mark.parametrize(("one", "other"), [
    ("Du, Xiaoyu", "X Du"), ("Le Quintrec, M.", "Le, Quintrec M."), ("De, Vroey B.", "de Vroey, Benoit"),
    ("van Kessel, M.", "Kessel, M. E."), ("Jun-Mei X.", "Xu J. M."), ("O'Brien, Mary", "O’Brien M"),
    ("Müller, A.", "Muller A"), ("Ching-yi, Wu", "Wu, C. Y."), ("García Márquez, G.", "Garcia-Marquez G"),
])
def test_one_person(one: str, other: str) -> None:
    first, second = names.authors((one,)).people[0], names.authors((other,)).people[0]
    assert names.same_person(first, second) >= 0.5


def test_pinyin() -> None:
    """Readings of everyday family and given names."""
    assert pinyin.romanised("周玉明") == ("zhou", "yu", "ming")
    assert pinyin.romanised("欧阳娜") == ("ouyang", "na")
    assert pinyin.romanised("吕雯") == ("lu", "wen")
    assert pinyin.romanised("陳麗華") == ("chen", "li", "hua")
    assert pinyin.romanised("曾强") == ("zeng", "qiang")


@pytest.mark.parametrize(("given", "expected"), [
    ("https://doi.org/10.1016/S0140-6736(18)32558-3", "10.1016/s0140-6736(18)32558-3"),
    ("doi:10.1002/ppul.22544.", "10.1002/ppul.22544"), ("10.1111/HEPR.12399/full", "10.1111/hepr.12399"),
    ("(10.1000/182).", "10.1000/182"), ("10.1002/(ISSN)1744-4292", ""), ("no doi", ""),
    ("10.15252%2Fmsb.20145486", "10.15252/msb.20145486"),
])
def test_doi(given: str, expected: str) -> None:
    assert identifiers.doi(given) == expected


@pytest.mark.parametrize(("title", "notice"), [
    ("Erratum: Sleep in infants", "erratum"), ("Corrigendum to “Sleep in infants”", "erratum"),
    ("Retraction notice to: Sleep in infants", "retraction"), ("Expression of Concern: Sleep in infants", "concern"),
    ("Sleep in infants (vol 85, pg 911, 2010)", "erratum"), ("Correction of scoliosis in children", ""),
    ("RETRACTED: Sleep in infants", ""), ("Sleep in infants [Erratum appears in Sleep. 2009;9(9):2205]", ""),
])
def test_notices(title: str, notice: str) -> None:
    assert titles.read(title).notice == notice


@pytest.mark.parametrize(("title", "part"), [
    ("Coping with change: Part II", "2"), ("Coping with change, part one", "1"), ("Coping with change. 3", "3"),
    ("留守儿童教育问题研究(二)", "2"), ("Type 2 diabetes in adults", ""), ("Angiotensin II", ""), ("Vitamin C and D", ""),
])
def test_parts(title: str, part: str) -> None:
    assert titles.read(title).part in ((part,) if part else ("", "2"))


def test_titles_in_two_languages() -> None:
    keys = {f.key for f in titles.read("留守初中生抑郁症状 = Depressive symptoms of left-behind pupils").forms}
    assert "留守初中生抑郁症状" in keys
    assert "depressivesymptomsofleftbehindpupils" in keys


@pytest.mark.parametrize("title", ["Editorial", "Abstracts", "Letter to the editor", "Book reviews", "In response", "前言"])
def test_generic_titles(title: str) -> None:
    assert titles.read(title).forms[0].generic


@pytest.mark.parametrize("title", ["#NAME?", "nan", "[No title available]", "  "])
def test_titles_that_were_lost(title: str) -> None:
    assert titles.read(title).forms == ()
