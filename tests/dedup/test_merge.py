"""The best of each field over a report's records."""

import pytest

from review.dedup.merge import merged
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
