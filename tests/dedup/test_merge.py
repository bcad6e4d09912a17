"""The best of each field over a report's records."""

import pytest

from review.dedup.merge import merged
from review.model import Record, replace
from tests.dedup.making import ARTICLE, record

FULL = record("pubmed/1", **ARTICLE, doi="10.1016/j.x.1", pmid="28111111", database="PubMed", keywords=("Child", "China"))
POOR = record("scholar/1", title="Parental migration and the psychological …", authors="Y Zhou", year=2016,
              journal="Child Youth Serv Rev", snippet="… migrant parents …", url="https://example.org/1", database="Scholar",
              keywords=("child", "Migration"))
CHINESE = record("cnki/1", title="父母外出务工与安徽农村儿童心理健康", authors="周玉明; 李梅; 王芳", abstract="摘要" * 40,
                 doi="10.3969/y.2")


def test_one_record_is_itself() -> None:
    assert merged([FULL]) is FULL


def test_best_of_each_field() -> None:
    best = merged([POOR, FULL, CHINESE])
    assert best.title == ARTICLE["title"]
    assert best.titles_other == (CHINESE.title,)
    assert best.authors == ("Zhou, Y.", "Li, M.", "Wang, F.")
    assert (best.year, best.volume, best.pages) == (2017, "79", "233-240")
    assert best.journal == "Children and Youth Services Review"
    assert best.abstract == CHINESE.abstract
    assert best.snippet == POOR.snippet
    assert best.url == "https://example.org/1"
    assert [k.casefold() for k in best.keywords] == ["child", "china", "migration"]


def test_all_ids_are_kept() -> None:
    best = merged([FULL, CHINESE])
    assert set(best.ids.values()) == {"10.1016/j.x.1", "10.3969/y.2", "28111111"}
    assert best.ids["doi"] == "10.1016/j.x.1"


@pytest.mark.parametrize("order", [["scholar/1"], ["Scholar", "PubMed"]])
def test_the_order_of_sources_says_which_record_leads(order: list[str]) -> None:
    assert merged([FULL, POOR], order).id == "scholar/1"
    assert merged([POOR, FULL]).id == "pubmed/1"


def test_nothing_to_merge() -> None:
    with pytest.raises(ValueError, match="at least one record"):
        merged([])


# A preprint and its article that a person called one: medRxiv's own citation, and the journal's.
PREPRINT = record("europepmc/7", title="Mindfulness for nurses: preliminary findings",
                  authors="Okafor, A.; Lind, B.; Adeyemi, T.", year=2021, journal="medRxiv",
                  doi="10.1101/2021.03.04.21252896", kind="preprint",
                  abstract="We report preliminary findings. " * 20, dates={"electronic": "2021-03-08"})
PUBLISHED = record("pubmed/7", title="Mindfulness training for hospital nurses", authors="Okafor, A.; Lind, B.", year=2023,
                   journal="Journal of Advanced Nursing", volume="79", issue="4", pages="1302-1315",
                   doi="10.1111/jan.15523", pmid="36478342")


def _reference(r: Record) -> tuple[object, ...]:
    return r.title, r.authors, r.year, r.journal, r.volume, r.issue, r.pages


@pytest.mark.parametrize("order", [[], ["europepmc/7"]])
@pytest.mark.parametrize("records", [[PREPRINT, PUBLISHED], [PUBLISHED, PREPRINT]])
def test_the_reference_of_a_preprint_joined_with_its_article_is_the_article_s(records: list[Record], order: list[str]) -> None:
    best = merged(records, order)
    assert _reference(best) == _reference(PUBLISHED)
    assert best.ids == {"doi": "10.1111/jan.15523", "doi_2": "10.1101/2021.03.04.21252896", "pmid": "36478342"}
    assert (best.titles_other, best.abstract, best.kind, best.dates) == ((PREPRINT.title,), PREPRINT.abstract, "", {})


def test_a_gap_in_the_article_s_place_is_not_filled_from_the_preprint() -> None:
    ahead = replace(PUBLISHED, volume="", issue="", pages="")
    best = merged([ahead, replace(PREPRINT, volume="3", pages="1-20", ids={**PREPRINT.ids, "issn": "1111-1119"})])
    assert _reference(best) == _reference(ahead)
    assert "issn" not in best.ids and best.ids["issn_2"] == "1111-1119"


def test_a_preprint_s_place_serves_where_no_other_record_has_one() -> None:
    best = merged([record("web/1", title=PREPRINT.title, year=2022), PREPRINT])
    assert (best.journal, best.year) == ("medRxiv", 2021)


def test_a_preprint_is_known_by_its_doi_or_its_server_too() -> None:
    for other in (replace(PREPRINT, kind=""), replace(PREPRINT, kind="", ids={}),
                  replace(PREPRINT, kind="", journal="", volume="9", pages="1-9")):
        assert _reference(merged([other, PUBLISHED])) == _reference(PUBLISHED)


def test_an_abstract_joined_with_its_paper_lends_it_no_volume_or_page() -> None:
    meeting = record("embase/3", title="Mindfulness training for hospital nurses", authors="Okafor, A.", year=2019,
                     journal="Annals of Behavioral Medicine", volume="53", issue="Suppl 1", pages="S212")
    paper = replace(PUBLISHED, issue="")
    best = merged([meeting, paper])
    assert _reference(best) == _reference(paper)


def test_gaps_are_filled_from_records_of_the_same_place() -> None:
    final = record("pubmed/8", title=PUBLISHED.title, year=2023, journal="J Adv Nurs", volume="79", pages="1302")
    fuller = record("scopus/8", title=PUBLISHED.title, authors="Okafor, Ada; Lind, Berit", year=2022,
                    journal="Journal of Advanced Nursing (Oxford)", volume="79", issue="4", pages="1302-15")
    other = record("web/8", title=PUBLISHED.title, year=2023, journal="Nursing Times", issue="12", pages="8-9")
    best = merged([other, fuller, replace(final, year=2023)])
    assert (best.year, best.volume, best.issue, best.pages) == (2023, "79", "4", "1302-15")
    assert best.journal.startswith("Journal of Advanced Nursing")
    assert best.authors == ("Okafor, Ada", "Lind, Berit")


def test_a_title_stands_with_its_own_authors() -> None:
    chinese = replace(CHINESE, authors=("周玉明", "李梅", "王芳", "赵敏"))
    best = merged([FULL, chinese])
    assert (best.title, best.authors) == (FULL.title, FULL.authors)
    assert merged([replace(FULL, authors=()), chinese]).authors == chinese.authors
