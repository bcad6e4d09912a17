"""Trying a query on records at hand, and what a change of the definition gains and loses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from review.model import Record
from review.query import load
from review.query.difference import difference
from review.query.offline import try_definition, try_strategy
from review.query.readers import read

TEXT = '''
title = "Offline"
databases = ["pubmed"]
combine = "population AND place NOT other"
[concepts.population]
terms = ["left-behind children", "migrant*"]
[concepts.place]
terms = ["China"]
zh = ["中国"]
[concepts.other]
terms = ["elderly"]
[limits]
years = [2000, 2020]
[sentinels]
pmids = ["1", "2", "9"]
dois = ["10.1/ABC"]
titles = ["Left-Behind Children, China: the elderly!"]
[screening]
reviewers = ["AB"]
dual = 0
'''
RECORDS = [
    Record(id="a", title="Left-behind children in China", ids={"pmid": "1"}, year=2010),
    Record(id="b", title="Left-behind children in Romania", ids={"pmid": "2"}, year=2010),
    Record(id="c", title="Left behind children, China: the elderly", year=2010),
    Record(id="d", title="Migrants in China", ids={"doi": "10.1/abc"}, year=1990),
    Record(id="e", title="Migrants in China"),
    Record(id="f", title="留守 migrant 中国", year=2020),
]


def test_hits_of_concepts_terms_and_known_reports(definition_file: Callable[..., Path]) -> None:
    trial = try_definition(load(definition_file(TEXT)), RECORDS)
    assert [r.id for r in trial.found] == ["a", "e", "f"] and (trial.hits, trial.of) == (3, 6)
    assert trial.concepts["population"].hits == 6
    assert trial.concepts["population"].alternatives == (('"left-behind children"', 3), ("migrant*", 3))
    assert trial.concepts["place"].hits == 5 and trial.concepts["other"].hits == 1
    told = {s.key: (s.records, s.found, s.lost_by) for s in trial.sentinels}
    assert told == {
        "1": (("a",), True, ()),
        "2": (("b",), False, ("place",)),
        "9": ((), False, ()),
        "10.1/ABC": (("d",), False, ("limits (years)",)),
        "Left-Behind Children, China: the elderly!": (("c",), False, ("NOT other",)),
    }


def test_hits_of_the_lines_of_a_strategy() -> None:
    trial = try_strategy(read("migrant$.ti.\nChina.ti.\n1 and 2", "ovid-medline"), RECORDS)
    assert {k: p.hits for k, p in trial.concepts.items()} == {"1": 3, "2": 4, "3": 2}
    assert [r.id for r in trial.found] == ["d", "e"]


def test_what_changed_between_two_definitions(definition_file: Callable[..., Path]) -> None:
    old = load(definition_file(TEXT))
    changed = (TEXT.replace(' NOT other', '').replace('"migrant*"', '"children"').replace("[2000, 2020]", "[1980, 2020]")
               .replace('["pubmed"]', '["pubmed", "scopus"]').replace('["AB"]', '["CD"]'))
    result = difference(old, load(definition_file(changed)), RECORDS)
    for sentence in ("databases: scopus was added", "population: children was added",
                     "population: migrant* was taken out",
                     "limits: all databases: 2000-2020 is now all databases: 1980-2020",
                     "screening.reviewers: ('AB',) is now ('CD',)"):
        assert sentence in result.changes
    assert [r.id for r in result.gained] == ["c"]
    assert [r.id for r in result.lost] == ["e", "f"]


def test_the_same_definition_has_no_difference(definition_file: Callable[..., Path]) -> None:
    definition = load(definition_file(TEXT))
    result = difference(definition, definition, RECORDS)
    assert (result.changes, result.gained, result.lost) == ((), (), ())
