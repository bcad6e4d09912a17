"""Trying a query on records at hand, and what a change of the definition gains and loses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from review.model import Record
from review.query import load
from review.query.difference import difference
from review.query.index import Index
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
    trial = try_definition(load(definition_file(TEXT)), Index(RECORDS))
    assert [r.id for r in trial.found] == ["a", "e", "f"] and (trial.hits, trial.of) == (3, 6)
    parts = {p.name: p for p in trial.parts}
    assert {n: p.hits for n, p in parts.items()} == {"population": 6, "place": 5, "other": 1}
    assert parts["population"].alternatives == (('"left-behind children"', 3), ("migrant*", 3))
    told = {s.key: (tuple(r.id for r in s.records), s.found, s.lost_by) for s in trial.sentinels}
    assert told == {
        "1": (("a",), True, ()),
        "2": (("b",), False, ("place",)),
        "9": ((), False, ()),
        "10.1/ABC": (("d",), False, ("limits.years",)),
        "Left-Behind Children, China: the elderly!": (("c",), False, ("NOT other",)),
    }


def test_what_loses_a_report_follows_the_combination(definition_file: Callable[..., Path]) -> None:
    """Of alternatives all are to blame, and only where none holds; of several concepts each that fails."""
    text = TEXT.replace("population AND place NOT other", "population AND (place OR other)").replace(
        'pmids = ["1", "2", "9"]', 'pmids = ["2", "7", "8"]').replace("[2000, 2020]", "[1900, 2020]")
    more = [Record(id="g", title="Old age", ids={"pmid": "7"}), Record(id="h", title="The elderly", ids={"pmid": "8"})]
    trial = try_definition(load(definition_file(text)), Index([*RECORDS, *more]))
    lost = {s.key: s.lost_by for s in trial.sentinels if s.records and not s.found}
    assert lost == {"2": ("place or other",), "7": ("population", "place or other"), "8": ("population",)}


@pytest.mark.parametrize("key", ["https://doi.org/10.1/ABC", "doi:10.1/abc", "10.1/ABC "])
def test_a_known_report_by_its_doi_however_written(definition_file: Callable[..., Path], key: str) -> None:
    trial = try_definition(load(definition_file(TEXT.replace("10.1/ABC", key))), Index(RECORDS))
    assert [r.id for s in trial.sentinels if s.key == key for r in s.records] == ["d"]


def test_a_definition_as_the_string_of_a_database(definition_file: Callable[..., Path]) -> None:
    """Google Scholar can't truncate: what migrant* alone finds is lost, and said; years are still limited."""
    trial = try_definition(load(definition_file(TEXT)), Index([*RECORDS, Record(id="g", title="A migrant in China")]),
                           "google-scholar")
    assert [r.id for r in trial.found] == ["a", "g"]
    assert "truncation-dropped" in {x.code for x in trial.losses}


def test_hits_of_the_lines_of_a_strategy() -> None:
    trial = try_strategy(read("migrant$.ti.\nChina.ti.\n1 and 2", "ovid-medline"), Index(RECORDS))
    assert {p.name: p.hits for p in trial.parts} == {"1. migrant$.ti.": 3, "2. China.ti.": 4, "3. 1 and 2": 2}
    assert [r.id for r in trial.found] == ["d", "e"]


def test_hits_of_the_parts_of_a_single_line() -> None:
    trial = try_strategy(read("(migrant*[ti] OR elderly[ti]) AND China[ti]", "pubmed"), Index(RECORDS))
    assert [(p.name, p.hits, p.alternatives) for p in trial.parts] == [
        ("migrant* OR elderly", 4, (("migrant*", 3), ("elderly", 1))), ("China", 4, ())]


def test_what_can_not_be_done_offline_is_named() -> None:
    text = "China AND Child[mh] AND (a[ad] OR b[tw]) AND Aspirin[nm] AND c[tiab]"
    losses = {(x.code, x.term) for x in try_strategy(read(text, "pubmed"), Index(RECORDS)).losses}
    assert losses == {("mapping-lost", "China"), ("explosion-lost", "Child"), ("vocabulary-missing", "Aspirin"),
                      ("field-missing", "affiliation"), ("field-missing", "substance")}


def test_what_changed_between_two_definitions(definition_file: Callable[..., Path]) -> None:
    old = load(definition_file(TEXT))
    changed = (TEXT.replace(' NOT other', '').replace('"migrant*"', '"children"').replace("[2000, 2020]", "[1980, 2020]")
               .replace('["pubmed"]', '["pubmed", "scopus"]').replace('["AB"]', '["CD"]'))
    result = difference(old, load(definition_file(changed)), Index(RECORDS))
    for sentence in ("databases: scopus was added", "population: children was added",
                     "population: migrant* was taken out",
                     "limits: all databases: 2000-2020 is now all databases: 1980-2020",
                     "screening.reviewers: AB is now CD"):
        assert sentence in result.changes
    assert result.before == 3
    assert [r.id for r in result.gained] == ["c"]
    assert [r.id for r in result.lost] == ["e", "f"]


@pytest.mark.parametrize(("before", "after", "sentence"), [
    ('terms = ["China"]', 'terms = ["China"]\nmesh = ["China"]', "place: China [MeSH] was added"),
    ('terms = ["China"]', 'terms = ["China"]\nmesh = [{ term = "China", explode = false, major = true, '
     'subheadings = ["epidemiology"] }]', "place: China/epidemiology [MeSH, not exploded, main points only] was added"),
    ('terms = ["China"]', 'terms = [{ text = "China", field = "title" }]', "place: China in title was added"),
    ('terms = ["China"]', 'terms = ["China"]\nnear = [{ words = ["rural", ["area", "left behind"]], within = 2 }]',
     'place: rural NEAR/2 (area OR "left behind") was added'),
    ('zh = ["中国"]', 'zh = ["中国", "农村"]', "place: 农村 was added"),
    ('[concepts.other]', '[concepts.old]', "concept other is now called old"),
    ('titles = [', 'titles = ["New", ', "sentinels: New was added"),
    ('[limits]', '[fields]\npubmed = "title"\n[limits]', "fields.pubmed: nothing is now “title”"),
    ('dual = 0', 'dual = 0\n[flow]\ncolour = false', "flow.colour: true is now false"),
    ('title = "Offline"', 'title = "Offline"\nnotes = "n"', "the notes changed"),
    ('terms = ["China"]', 'note = "n"\nterms = ["China"]', "place: the note changed"),
    ('title = "Offline"', 'title = "Online"', "title: “Offline” is now “Online”"),
    ('[limits]', '[library]\nx = "A file"\n[limits]', "library.x: nothing is now “A file”"),
])
def test_no_change_goes_unsaid(definition_file: Callable[..., Path], before: str, after: str, sentence: str) -> None:
    old = load(definition_file(TEXT))
    text = TEXT.replace(before, after)
    new = load(definition_file(text.replace("NOT other", "NOT old") if "[concepts.old]" in after else text))
    assert old.sha != new.sha
    assert sentence in difference(old, new).changes


def test_the_same_definition_has_no_difference(definition_file: Callable[..., Path]) -> None:
    definition = load(definition_file(TEXT))
    result = difference(definition, definition, Index(RECORDS))
    assert (result.changes, result.gained, result.lost) == ((), (), ())
