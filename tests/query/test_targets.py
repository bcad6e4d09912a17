"""Strings for databases: pairs of a definition and what each database must be given."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from review.model import Record, ReviewError
from review.query import compile, evaluate, expression, load, targets
from review.query.readers import read
from review.query.targets import google_scholar
from review.query.tree import ALL, TIAB, TITLE, TITLE_ABSTRACT, And, Near, Node, Not, Or, Term, flatten
from tests.query import expressions
from tests.query.conftest import SMALL

HERE = Path(__file__).parent / "targets"


@dataclass
class Expected:
    database: str
    lines: list[str] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)


def expected(path: Path) -> list[Expected]:
    out: list[Expected] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            out.append(Expected(line[3:]))
        elif line.startswith("params "):
            out[-1].params = json.loads(line[7:])
        elif line.startswith("- "):
            out[-1].losses.append(line[2:])
        else:
            out[-1].lines.append(line)
    return out


CASES = [(path, case) for path in sorted(HERE.glob("*.toml")) for case in expected(path.with_suffix(".txt"))]


@pytest.mark.parametrize(("path", "case"), CASES, ids=[f"{p.stem}-{c.database}" for p, c in CASES])
def test_the_string_and_its_losses(path: Path, case: Expected) -> None:
    compiled = compile(load(path), case.database)
    assert compiled.strings[0].string == "\n".join(case.lines)
    assert dict(compiled.strings[0].params) == case.params
    assert [f"{x.code} {x.term}".strip() for x in compiled.losses] == case.losses


def test_the_fixtures_name_every_database() -> None:
    assert {c.database for p, c in CASES if p.stem == "plain"} == set(targets.names())


def test_a_database_that_nothing_compiles_for(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(SMALL, encoding="utf-8")
    with pytest.raises(ReviewError, match="Did you mean 'scopus'"):
        compile(load(path), "Scopuss")


def test_a_chinese_database_without_chinese_terms(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(SMALL, encoding="utf-8")
    with pytest.raises(ReviewError, match="no terms for CNKI.*population"):
        compile(load(path), "CNKI")


def scholar(tree: Node) -> Any:
    target = targets.get("google-scholar")
    assert target is not None
    return target.compile(tree)


def test_scholar_is_shortened_from_the_end_of_the_longest_concept() -> None:
    long = Or(tuple(Term(f"a term with number {n}", ALL) for n in range(10, 30)))
    compiled = scholar(And((long, Term("China", ALL))))
    string = compiled.strings[0].string
    assert len(string) <= 256 and string.endswith('AND "China"') and '"a term with number 10"' in string
    gone = [x for x in compiled.losses if x.code == "term-left-out"]
    kept = [n for n in range(10, 30) if f"number {n}" in string]
    # nothing goes unnamed, and not one term more than needed
    assert [x.term for x in gone] == [f'"a term with number {n}"' for n in range(29, kept[-1], -1)]
    assert len(string) + len(f' OR "{gone[-1].term}"') > 256


def test_scholar_leaves_whole_concepts_out_last() -> None:
    compiled = scholar(And(tuple(Term(f"{'word ' * 20}{n}", ALL) for n in range(4))))
    assert len(compiled.strings[0].string) <= 256
    assert [x.code for x in compiled.losses] == ["concept-left-out"] * 2


def test_scholar_is_given_the_beginning_of_a_single_phrase_that_is_too_long() -> None:
    compiled = scholar(Term("word " * 60, ALL))
    assert [x.code for x in compiled.losses] == ["too-long"]
    assert 245 < compiled.strings[0].length <= 256 and set(compiled.strings[0].string.strip('"').split()) == {"word"}


def test_scholar_shortens_what_is_left_of_a_concept_too() -> None:
    group = And(tuple(Or(tuple(Term(f"word {n}{m} of a group", ALL) for n in range(20))) for m in "ab"))
    compiled = scholar(Or((group, Term("x", ALL))))
    assert compiled.strings[0].length <= 256
    assert {x.code for x in compiled.losses} <= {"term-left-out", "nested-parentheses"}


def test_scholar_excludes_what_was_excluded_twice() -> None:
    a, b, c = (Term(x, ALL) for x in "abc")
    assert scholar(Not(Not(a, b), c)).strings[0].string == '"a" -"b" -"c"'


def test_a_split_into_too_many_searches_is_one_string_with_a_named_loss() -> None:
    blocks = tuple(Or(tuple(Term(f"quite a long term {n}{m}", ALL) for n in range(60))) for m in "abc")
    compiled = google_scholar.TARGET.compile(And(blocks), split=True)
    assert len(compiled.strings) == 1 and compiled.strings[0].length <= 256
    assert compiled.losses[0].code == "not-split"


def test_a_spelled_out_wildcard_stands_outside_a_proximity_without_alternatives() -> None:
    string = lowered("scopus", Near((Term("h?lth", TITLE), Term("child", TITLE)), 2)).strings[0].string
    assert string.startswith('TITLE(("hlth" W/2 "child") OR ("halth" W/2 "child")')


@pytest.mark.parametrize(("database", "tree", "code"), [
    ("web-of-science", Or(tuple(Term(f"word {n}", ALL) for n in range(52))), "too-long"),
    ("web-of-science", Or(tuple(Term(f"a long word with number {n}", TITLE) for n in range(600))), "too-long"),
    ("openalex", Or(tuple(Term(f"a long word with number {n}", TITLE_ABSTRACT) for n in range(200))), "too-long"),
])
def test_a_string_beyond_what_a_database_takes_is_named(database: str, tree: Node, code: str) -> None:
    assert [x.code for x in lowered(database, tree).losses] == [code]


def test_scholar_excludes_single_terms_only() -> None:
    a, b, c = (Term(x, ALL) for x in "abc")
    assert scholar(Not(a, Or((b, c)))).strings[0].string == '"a" -"b" -"c"'
    compiled = scholar(Not(a, And((b, c))))
    assert compiled.strings[0].string == '"a"'
    assert [x.code for x in compiled.losses] == ["exclusion-dropped"]
    assert list(evaluate(compiled.tree, [Record(title="a b c")]))


def lowered(database: str, tree: Node) -> Any:
    target = targets.get(database)
    assert target is not None
    return target.compile(tree)


@settings(max_examples=120, deadline=None)
@given(expressions.tree)
def test_what_pubmed_is_given_reads_back_as_it_was_meant(tree: Node) -> None:
    compiled = lowered("pubmed", tree)
    strategy = read(compiled.strings[0].string, "pubmed")
    assert strategy.tree == flatten(compiled.tree)
    assert strategy.notes == ()


@settings(max_examples=120, deadline=None)
@given(expressions.tree)
def test_what_ovid_is_given_reads_back_as_it_was_meant(tree: Node) -> None:
    compiled = lowered("ovid-medline", tree)
    again = read(compiled.strings[0].string, "ovid-medline")
    probe = [Record(title=t) for t in ("left behind children", "child policy", "migrant 留守 health")]
    assert [r.title for r in evaluate(again.tree, probe)] == [r.title for r in evaluate(compiled.tree, probe)]


NARROWER = {"truncation-dropped", "term-left-out", "field-narrowed", "field-changed", "explosion-lost", "too-long",
            "heading-as-words", "wildcard-spelled", "languages-dropped"}


@pytest.mark.parametrize("database", [n for n in targets.names() if n not in ("cnki", "wanfang")])
@settings(max_examples=25, deadline=None)
@given(tree=expressions.tree, records=expressions.records)
def test_nothing_changes_without_a_named_loss(database: str, tree: Node, records: list[Record]) -> None:
    compiled = lowered(database, tree)
    before = [id(r) for r in evaluate(tree, records)]
    after = [id(r) for r in evaluate(compiled.tree, records)]
    if not [x for x in compiled.losses if x.code != "explosion-lost"]:
        assert after == before


def test_every_saved_concept_is_in_the_offline_expression() -> None:
    root = Path(__file__).resolve().parents[2]
    sister = load(root / "queries" / "left-behind-children-interventions.toml")
    tree = expression(sister)
    assert list(evaluate(tree, [Record(title="留守儿童干预 在中国")]))
    assert list(evaluate(tree, [Record(title="Sandplay for left-behind children in China")]))
    assert not list(evaluate(tree, [Record(title="Sandplay for children in China")]))
    assert Term("x", TIAB) != Term("x", ALL)


@pytest.mark.parametrize(("database", "lines"), [
    ("pubmed", ['"left-behind children"[tiab] OR migrant*[tiab]', '"China"[tiab]', "#1 AND #2"]),
    ("ovid-medline", ['("left-behind children" or migrant*).ti,ab,kf.', '"China".ti,ab,kf.', "1 and 2"]),
    ("cinahl", ['(TI ("left-behind children" OR migrant*) OR AB ("left-behind children" OR migrant*))',
                '(TI ("China") OR AB ("China"))', "S1 AND S2"]),
    ("google-scholar", ['("left-behind children" OR "migrant") AND "China"']),
])
def test_numbered_lines_for_an_appendix(database: str, lines: list[str]) -> None:
    assert list(compile(load(HERE / "plain.toml"), database).lines) == lines


def test_limits_are_numbered_lines_too(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(SMALL + '[concepts.place]\nterms = ["China"]\n[limits]\nyears = [2000, 2026]\n'
                    'languages = ["en", "zh"]\n', encoding="utf-8")
    assert compile(load(path), "ovid-medline").lines == (
        '"left-behind children".ti,ab,kf.', '"China".ti,ab,kf.', "1 and 2", 'limit 3 to yr="2000-2026"',
        "limit 4 to (english or chinese)")


def test_numbered_lines_say_what_the_string_says() -> None:
    compiled = compile(load(HERE / "rich.toml"), "ovid-medline")
    assert compiled.lines[-1] == "1 not 2"
    assert read("\n".join(compiled.lines), "ovid-medline").tree == read(compiled.strings[0].string,
                                                                         "ovid-medline").tree


def test_brackets_in_a_term_are_not_taken_for_a_tag() -> None:
    assert lowered("pubmed", Term("[123I]PE2I", TIAB)).strings[0].string == '"123I PE2I"[tiab]'


LONG = Or(tuple(Term(f"a term with number {n}", ALL) for n in range(10, 40)))


@pytest.mark.parametrize("tree", [
    And((LONG, Or((Term("China", ALL), Term("Chinese", ALL))))), LONG, Not(And((LONG, Term("x", ALL))), Term("y", ALL)),
])
def test_a_split_search_covers_the_whole(tree: Node) -> None:
    target = google_scholar.TARGET
    compiled = target.compile(tree, (2000, 2026), split=True)
    assert len(compiled.strings) > 1 and compiled.losses == ()
    assert all(s.length <= 256 and s.params == {"year_low": 2000, "year_high": 2026} for s in compiled.strings)
    records = [Record(id=f"{n}", title=f"a term with number {n} {rest}") for n in range(5, 45)
               for rest in ("China", "Chinese x", "Nepal", "x", "x y China y")]
    whole = [id(r) for r in evaluate(tree, records)]
    strings = [s.string.replace(' -"', ' NOT "') for s in compiled.strings]
    parts = {id(r) for s in strings for r in evaluate(read(s, "pubmed").tree, records)}
    assert [id(r) for r in records if id(r) in parts] == whole


def test_what_fits_is_not_split() -> None:
    assert len(google_scholar.TARGET.compile(Term("x", ALL), split=True).strings) == 1
