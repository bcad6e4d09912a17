"""A published strategy becomes a definition, and the definition the same strategy again."""

from __future__ import annotations

import json
import random
from functools import lru_cache
from pathlib import Path

import pytest

from review.model import Entry, ReviewError
from review.query import compile, expression, load
from review.query.from_strategy import syntax_of, text_from_strategy
from review.query.index import Index
from review.query.readers import read
from review.query.tree import And, Leaf, Node, Not, Or, flatten, leaves
from tests.query.test_readers import published
from tests.shared_data import shared

RECORDS = 1_500


def holds(node: Node, true: set[Leaf]) -> bool:
    """The value of an expression whose leaves are true or not."""
    match node:
        case And(children=below):
            return all(holds(c, true) for c in below)
        case Or(children=below):
            return any(holds(c, true) for c in below)
        case Not(keep=keep, drop=drop):
            return holds(keep, true) and not holds(drop, true)
        case _:
            return node in true


def there_and_back(text: str, database: str, tmp_path: Path) -> tuple[Node, Node, Node]:
    """What a string says, what the definition made of it says, what that definition's string says."""
    written, strategy = text_from_strategy(text, database, "x")
    (tmp_path / "x.toml").write_text(written, encoding="utf-8")
    definition = load(tmp_path / "x.toml")
    again = read(compile(definition, database).strings[0].string, database)
    return flatten(strategy.tree), expression(definition, database, limits=False), flatten(again.tree)


def test_definitions_of_published_strategies_mean_the_same(tmp_path: Path) -> None:
    """Every strategy, with its leaves true and false in 200 random ways: string, definition and string agree."""
    dice, same = random.Random(5), 0
    for database, name, text in published():
        first, second, third = there_and_back(text, database, tmp_path)
        ours = list(dict.fromkeys(leaves(first)))
        assert set(ours) == set(leaves(second)), name
        written_alike = set(ours) == set(leaves(third))         # else some leaf stands in other words
        same += written_alike
        for _ in range(200):
            true = {x for x in ours if dice.random() < dice.choice((0.02, 0.1, 0.5, 0.9))}
            assert holds(first, true) == holds(second, true), name
            assert not written_alike or holds(first, true) == holds(third, true), name
    assert same >= 30


@lru_cache(maxsize=1)
def sample() -> Index:
    """The first records of a PubMed baseline file."""
    from review import formats

    found = []
    with shared("pubmed/pubmed20n0014.xml.gz").open("rb") as stream:
        for item in formats.read(stream, name="pubmed20n0014.xml.gz"):
            if isinstance(item, Entry):
                found.append(item.record)
            if len(found) == RECORDS:
                break
    return Index(found)


def test_definitions_of_published_strategies_find_the_same(tmp_path: Path) -> None:
    """On real records, whole and leaf by leaf (whole strategies of today seldom hit in records of the 1970s)."""
    hits = 0
    for database, name, text in published():
        first, second, third = there_and_back(text, database, tmp_path)
        expected = sample().rows(first)
        assert sample().rows(second) == expected == sample().rows(third), name
        each = {sample().rows(x) for x in leaves(first)}
        assert each == {sample().rows(x) for x in leaves(second)}, name
        hits += sum(map(bool, each))
    assert hits > 300


@pytest.mark.parametrize(("text", "said", "syntax"), [
    ("a[tiab]", "", "pubmed"), ("a and b", "", "pubmed"), ("a.ti.", "Ovid MEDLINE", "ovid-medline"),
    ('{"search_string": "a", "platform": "PubMed"}', "", "pubmed"),
    ('{"search_string": "a", "platform": "wos"}', "", "web-of-science"), ('{"search_string": "a"}', "", "pubmed"),
    ('{"search_string": "a", "platform": "wos"}', "pubmed", "pubmed"), ("{broken", "", "pubmed"),
])
def test_whose_syntax_a_string_is_in(text: str, said: str, syntax: str) -> None:
    assert syntax_of(text, said) == syntax


@pytest.mark.parametrize("text", ["exp Child/", "1. exp Child/\n2. 1 and x", "child$.ti,ab.", "(a adj3 b).tw."])
def test_an_ovid_strategy_is_not_taken_for_one_of_pubmed(text: str) -> None:
    with pytest.raises(ReviewError, match="--database ovid-medline"):
        syntax_of(text, "")


def test_a_search_file_names_its_own_platform() -> None:
    text = json.dumps({"search_string": "TS=(a)", "platform": "wos"})
    with pytest.raises(ReviewError, match="Web of Science can't be read"):
        read(text, syntax_of(text, ""))
