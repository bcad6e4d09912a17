"""What a database is given finds what the definition means, or a loss is named: real strategies over real records.

The whole matrix (5,000 pieces and more, every database) is printed by `benchmarks/query.py`; here is a bounded part.
"""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings

from review import formats
from review.model import Entry, ReviewError
from review.query import targets
from review.query.index import Index
from review.query.readers import read
from review.query.tree import TITLE, TITLE_ABSTRACT, And, Language, Node, Range, Term, leaves
from tests.query import agreement, expressions, oracles
from tests.shared_data import shared


@cache
def corpus() -> Index:
    """The first 4,000 of 30,000 PubMed records with headings."""
    path = shared("pubmed/pubmed20n0014.xml.gz")
    found = []
    with path.open("rb") as stream:
        for item in formats.read(stream, name=path.name):
            if isinstance(item, Entry):
                found.append(item.record)
            if len(found) == 4_000:
                break
    return Index(found)


@cache
def asked() -> list[Node]:
    """Pieces of the published strategies that find something there: as they stand, in the title alone (a field that
    nearly every database has), and in title and abstract (the only one that OpenAlex has)."""
    strategies = [read(text, database) for _, database, text in agreement.published(shared("queries"))]
    parts = agreement.pieces(strategies, corpus(), 1_500)[::3]
    moved = (agreement.asked_in(fields, part) for fields in (TITLE, TITLE_ABSTRACT) for part in parts)
    return [*parts, *(p for p in dict.fromkeys(moved) if corpus().count(p))]


@pytest.mark.proof
@pytest.mark.parametrize("database", targets.names())
def test_a_string_finds_what_was_meant_or_names_what_it_lost(database: str) -> None:
    table = agreement.compare(database, asked(), corpus())
    assert table.different == []
    assert table.against == []
    assert table.lines == []
    assert table.same > 30


def string_of(database: str, tree: Node) -> str:
    target = targets.get(database)
    assert target is not None
    return target.compile(tree).strings[0].string


@pytest.mark.parametrize("database", targets.names())
@settings(max_examples=60, deadline=None)
@given(tree=expressions.tree)
def test_every_string_and_its_lines_are_in_the_databases_own_syntax(database: str, tree: Node) -> None:
    target = targets.get(database)
    assert target is not None
    compiled = target.compile(tree)
    assert oracles.read(database, compiled.strings[0].string)
    assert oracles.read_lines(database, compiled.lines)


@pytest.mark.parametrize("database", targets.names())
def test_limits_stand_in_the_string_or_among_the_parameters_or_are_named(database: str) -> None:
    target = targets.get(database)
    assert target is not None
    compiled = target.compile(And((Term("child", TITLE), Term("policy", TITLE))), (2000, 2026), ("en", "zh"))
    found = set(leaves(oracles.read(database, compiled.strings[0].string)))
    together = set(leaves(oracles.read_lines(database, compiled.lines)))
    codes, params = {x.code for x in compiled.losses}, " ".join(compiled.strings[0].params)
    assert found == together
    assert (Range("2000", "2026") in found or {Range("2000", ""), Range("", "2026")} <= found or "year" in params
            or "years-dropped" in codes)
    spoken = {code for x in found if isinstance(x, Language) for code in x.codes}
    assert spoken == {"en", "zh"} or "languages" in params or "languages-dropped" in codes


@pytest.mark.parametrize(("database", "string"), [
    ("web-of-science", 'TS=("a") OR TS=("b") AND TS=("c")'), ("web-of-science", "TS=(ab*)"), ("scopus", 'TITLE-ABS-KEY("a"'),
    ("scopus", 'TITLE-ABS-KEY("a" W/3 ("b" OR "c"))'), ("cochrane", '"left behi*":ti'), ("europe-pmc", 'TITLE:("a" OR "b")'),
    ("cochrane", 'left NEXT behi* OR "c"'), ("embase", "'a':xx"), ("cinahl", 'TI "a" "b"'), ("openalex", '"a" or "b"'),
    ("web-of-science", '#4 AND TS=("a")'),
])
def test_the_oracles_refuse_what_a_database_would_not_read_so(database: str, string: str) -> None:
    with pytest.raises((oracles.Unreadable, ReviewError)):
        oracles.read(database, string)
