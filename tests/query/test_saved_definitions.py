"""The definitions that come with the project: the seed review, its sister, and the demonstration."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.model import Record
from review.query import compile, evaluate, expression, load, loads_resolved

ROOT = Path(__file__).resolve().parents[2]
QUERIES = ROOT / "queries"
DEMO = ROOT / "review" / "examples" / "left-behind-children-demo.toml"
SAVED = [*sorted(QUERIES.glob("*.toml")), DEMO]

# The seed review's string as published, with straight quotes, capital OR and no outer brackets.
PUBLISHED = ('("left-behind children" OR "LBC") AND ("China" OR "Chinese") AND ("human rights" OR "mental health" '
             'OR "well-being") AND ("policy" OR "policies" OR "policymaking")')


@pytest.mark.parametrize("database", ["pubmed", "google-scholar", "PubMed", "Google Scholar", "googlescholar"])
def test_the_published_string_comes_out_character_for_character(database: str) -> None:
    compiled = compile(load(QUERIES / "left-behind-children-policy.toml"), database)
    assert [s.string for s in compiled.strings] == [PUBLISHED]
    assert compiled.strings[0].length == len(PUBLISHED) <= 256
    assert dict(compiled.strings[0].params) == {}
    assert compiled.losses == ()


def test_the_printed_form_stands_in_the_file() -> None:
    text = (QUERIES / "left-behind-children-policy.toml").read_text(encoding="utf-8")
    assert "(“left-behind children” OR “LBC”)" in text and "“policies” or “policymaking”" in text


@pytest.mark.parametrize("path", SAVED, ids=lambda p: p.stem)
def test_a_kept_version_is_the_same_definition(path: Path) -> None:
    definition = load(path)
    assert loads_resolved(definition.resolved, definition.id) == definition


@pytest.mark.parametrize("path", SAVED, ids=lambda p: p.stem)
def test_every_saved_definition_compiles_for_its_databases(path: Path) -> None:
    definition = load(path)
    for database in definition.databases:
        compiled = compile(definition, database)
        assert all(s.string.count("(") == s.string.count(")") for s in compiled.strings)


def test_both_reviews_take_the_shared_blocks() -> None:
    policy = load(QUERIES / "left-behind-children-policy.toml")
    sister = load(QUERIES / "left-behind-children-interventions.toml")
    assert policy.concepts["place"].terms == ("China", "Chinese") == sister.concepts["place"].terms
    block = policy.concepts["population"].terms
    assert sister.concepts["population"].terms[:len(block)] == block == ("left-behind children", "LBC")
    assert "留守儿童" in sister.concepts["population"].zh


def test_the_sister_review_fits_google_scholar_and_says_what_it_left_out() -> None:
    compiled = compile(load(QUERIES / "left-behind-children-interventions.toml"), "google-scholar")
    assert compiled.strings[0].length <= 256
    left_out = {x.term for x in compiled.losses if x.code == "term-left-out"}
    string = compiled.strings[0].string
    assert left_out and all(t.strip('"') not in string for t in left_out if " AND " not in t)


def test_the_demonstration_searches_summaries_titles_and_chinese() -> None:
    demo = load(DEMO)
    records = [
        Record(id="1", title="Left-behind children in rural China"),
        Record(id="2", title="A survey of schools", summary="Left-behind children in Hunan were lonelier."),
        Record(id="3", title="农村留守儿童心理健康", language="zh"),
        Record(id="4", title="No Child Left Behind in Texas"),
        Record(id="5", title="Left-behind children in Romania"),
    ]
    for name in demo.databases:
        found = [r.id for r in evaluate(compile(demo, name).tree, records)]
        assert found == ["1", "2", "3"]
    assert [r.id for r in evaluate(expression(demo), records)] == ["1", "2", "3"]
