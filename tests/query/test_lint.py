"""Findings of the linter, each on a definition that has just that flaw (PRESS 2015)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from review.query import lint, load
from review.query.definition import TermSpec
from review.query.findings_of_terms import redundant
from review.query.from_strategy import text_from_strategy
from review.query.places import placed
from review.query.variants import singular, slips
from review.query.words import covers, patterns
from tests.query.test_readers import published

CLEAN = '''
title = "Clean"
databases = ["pubmed"]
[concepts.population]
terms = ["nurse", "nurses"]
mesh = ["Nurses"]
[sentinels]
pmids = ["1"]
[eligibility]
include = ["Nurses"]
[[eligibility.exclude]]
code = "other"
label = "Other"
[screening]
reviewers = ["AB"]
dual = 0
'''
TERMS = '["nurse", "nurses"]'


def codes(path: Path) -> list[str]:
    return [f.code for f in lint(load(path))]


def test_nothing_is_found_in_a_clean_definition(definition_file: Callable[..., Path]) -> None:
    assert codes(definition_file(CLEAN)) == []


@pytest.mark.parametrize(("terms", "code"), [
    ('["nurse", "nurses", "“midwife”"]', "curly-quotes"),
    ('["nurse", "nurses", "carer OR midwife"]', "operator-in-term"),
    ('["nurse", "nurses", "carer[tiab]"]', "tag-in-term"),
    ('["nurse", "nurses", "carer.ti,ab."]', "tag-in-term"),
    ('["nurse", "nurses", "护士"]', "chinese-in-terms"),
    ('["nurse", "nurses", "car*"]', "truncation-too-short"),
    ('["nurse", "nurses", "*care"]', "truncation-in-front"),
    ('["nurse", "nurses", "RN"]', "abbreviation"),
    ('["nurse", "nurses", "carer at (home"]', "unbalanced"),
    ('["nurse", "nurses", "carer\\"s aid"]', "unbalanced"),
    ('["nurse", "nurses", "exp Nurse Education/"]', "heading-in-term"),       # not redundant beside "nurse" too
    ('["nurse", "nurses", "aid or help"]', "operator-in-term"),
    ('["nurse", "nurses", "care adj3 home"]', "operator-in-term"),
    ('["nurse", "nurses", "care near/3 home"]', "operator-in-term"),
    ('["nurse", "nurses", "exp Caregiving/"]', "heading-in-term"),
    ('["nurse", "nurses", "people who care for others daily"]', "phrase-index"),
    ('["nurse", "nurses", "quality of"]', "phrase-index"),
    ('["nurse", "nurses", "policies*"]', "truncation-after-plural"),
    ('["nurse", "nurses", "midwife"]', "missing-plural"),
    ('["nurse", "nurses", "clinical trial"]', "missing-plural"),
    ('["nurse", "nurses", "adolescence", "adolecsence"]', "misspelling"),
    ('["nurse", "nurses", "school nurse"]', "redundant-term"),
    ('["nurs*", "nurse"]', "redundant-term"),
    ('["nurse", "nurses", "behaviour"]', "spelling-variant"),
    ('["nurse", "nurses", "pediatric"]', "spelling-variant"),
    ('["nurse", "nurses", "well-being"]', "hyphen-variant"),
    ('["nurse", "nurses", "midwives"]', "missing-singular"),
    ('["nurse", "nurses", "carers"]', "missing-singular"),
])
def test_terms(definition_file: Callable[..., Path], terms: str, code: str) -> None:
    assert codes(definition_file(CLEAN.replace(TERMS, terms))) == [code]


@pytest.mark.parametrize(("old", "new", "code"), [
    ('mesh = ["Nurses"]\n', "", "no-headings"),
    ('pmids = ["1"]', "pmids = []", "no-sentinels"),
    ('include = ["Nurses"]', "include = []", "no-criteria"),
    ('[[eligibility.exclude]]\ncode = "other"\nlabel = "Other"\n', "", "no-reasons"),
    ('title = "Clean"', 'title = "Clean"\ncombine = "population NOT population"', "not-operator"),
    ('[screening]', '[limits]\nlanguages = ["en"]\n[screening]', "language-limit"),
    ('[screening]', '[limits]\nyears = [2000, 2020]\n[screening]', "year-limit"),
    ('[screening]', '[fields]\npubmed = "all"\n[screening]', "all-fields"),
    ('["pubmed"]', '["pubmed", "cnki"]', "no-terms-for-database"),
    ('["pubmed"]', '["google-scholar"]', "scholar-alone"),
    ('[screening]', '[fields]\npubmed = "title"\n[screening]', "title-only"),
    ('databases = ["pubmed"]', 'databases = ["pubmed", "scopus"]\nfields = { default = "title" }', "title-only"),
    ('pmids = ["1"]', 'pmids = ["PMC1"]', "sentinel-odd"),
    ('pmids = ["1"]', 'pmids = ["1"]\ndois = ["abc"]', "sentinel-odd"),
    ('mesh = ["Nurses"]', 'mesh = ["Nurse*"]', "sign-in-heading"),
    ('mesh = ["Nurses"]', 'mesh = ["Nurses/education"]', "sign-in-heading"),
    ('mesh = ["Nurses"]', 'mesh = [{ term = "Nurses", major = true }]', "major-only"),
    ('terms = ["nurse", "nurses"]', "", "unindexed-records"),
    ('mesh = ["Nurses"]', 'mesh = ["Nurses"]\nnear = [{ words = ["a", "b"], within = 12 }]', "near-wide"),
    ('title = "Clean"', 'title = "Clean"\nquestion = "What is known about ...?"', "placeholder"),
    ('include = ["Nurses"]', 'include = ["Reports on ..."]', "placeholder"),
    ('[screening]', '[override.pubmed]\nstring = "x"\n[screening]', "override"),
    ('[screening]', '[override.scopus]\nstring = "x"\n[screening]', "override-unused"),
    ('[screening]', '[fields]\npubmedd = "title"\n[screening]', "setting-unused"),
    ('dual = 0', 'adjudicator = "AB"\ndual = 0', "adjudicator-screens"),
])
def test_the_definition_as_a_whole(definition_file: Callable[..., Path], old: str, new: str, code: str) -> None:
    assert old in CLEAN
    assert codes(definition_file(CLEAN.replace(old, new))) == [code]


@pytest.mark.parametrize(("database", "string", "code"), [
    ("pubmed", "(nurse[tiab] OR carer[tiab]", "override-syntax"),
    ("pubmed", "nurse[tiab] OR carer[tiab] AND china[tiab]", "mixed-operators"),
    ("pubmed", "nurse[tiab] or carer[tiab]", "lower-case-operator"),
    ("pubmed", "“school nurse”[tiab]", "curly-quotes"),
    ("ovid-medline", "(nurse or carer.ti.", "override-syntax"),
    ("scopus", "TITLE-ABS-KEY(nurse", "unbalanced"), ("scopus", 'TITLE-ABS-KEY("nurse)', "unbalanced"),
    ("scopus", "TITLE-ABS-KEY(“nurse”)", "curly-quotes"),
])
def test_a_string_written_by_hand_is_read(definition_file: Callable[..., Path], database: str, string: str,
                                          code: str) -> None:
    text = CLEAN.replace('["pubmed"]', f'["{database}"]').replace(
        "[screening]", f"[override.{database}]\nstring = '{string}'\n[screening]")
    assert code in codes(definition_file(text))


# Words that resemble a flaw and have none.
@pytest.mark.parametrize("term", [
    "colorectal", "laboratory", "organism*", "socialist", "hemisphere", "cancer*", "[123I]PE2I", "stenos*", "atheroscleros*",
    "analysis", "arthritis", "ethics", "anti-LDL", "counsel", "mental health", "beta-(1-3)-glucan", "hypnosis", "virus",
])
def test_no_false_alarms(definition_file: Callable[..., Path], term: str) -> None:
    assert codes(definition_file(CLEAN.replace(TERMS, f'["nurse", "nurses", "{term}"]'))) == []


def test_spellings_and_endings_are_no_slips() -> None:
    alike = ["counselling", "counseling", "randomised", "randomized", "adolescent", "adolescents", "hypertension",
             "hypotension", "paediatric", "pediatric", "prenatal", "perinatal", "neonatal", "neonates", "tumours", "tumors"]
    assert list(slips(alike)) == []


def with_animals(tail: str) -> str:
    return CLEAN.replace("[concepts.population]", f'combine = "population NOT {tail}"\n[concepts.population]', 1).replace(
        "[sentinels]", '[concepts.animals]\nmesh = ["Animals"]\n[concepts.humans]\nmesh = ["Humans"]\n[sentinels]')


def test_taking_out_animals_without_humans_is_no_fault(definition_file: Callable[..., Path]) -> None:
    assert codes(definition_file(with_animals("(animals NOT humans)"))) == []
    assert codes(definition_file(with_animals("(animals OR humans)"))) == []
    assert "not-operator" in codes(definition_file(CLEAN.replace(
        "[concepts.population]", 'combine = "population NOT carer"\n[concepts.population]', 1).replace(
        "[sentinels]", '[concepts.carer]\nterms = ["carer"]\n[sentinels]')))


def test_an_idea_of_several_concepts_is_looked_at_as_one(definition_file: Callable[..., Path]) -> None:
    """(words OR headings) is one idea: neither half lacks what the other gives."""
    text = CLEAN.replace("[concepts.population]", 'combine = "population OR by-heading"\n[concepts.population]', 1).replace(
        'mesh = ["Nurses"]', '[concepts.by-heading]\nmesh = ["Nurses"]')
    assert codes(definition_file(text)) == []


def test_a_term_that_fulfils_two_ideas(definition_file: Callable[..., Path]) -> None:
    text = CLEAN.replace("[sentinels]", '[concepts.work]\nterms = ["ward", "nurse"]\nmesh = ["Work"]\n[sentinels]')
    assert codes(definition_file(text)) == ["missing-plural", "same-term-twice"]


def test_many_ideas(definition_file: Callable[..., Path]) -> None:
    more = "".join(f'[concepts.c{n}]\nterms = ["{w}", "{w}ed"]\nmesh = ["X"]\n'
                   for n, w in enumerate(("walk", "talk", "look", "jump")))
    assert codes(definition_file(CLEAN.replace("[sentinels]", more + "[sentinels]"))) == ["many-concepts"]


def test_every_finding_has_a_place_also_in_a_block(definition_file: Callable[..., Path]) -> None:
    text = CLEAN.replace(TERMS, '["nurse", "nurses"]\nblock = "carers"').replace(
        "[sentinels]", '[limits]\nlanguages = ["en"]         # "carers"\n[sentinels]')
    path = definition_file(text, carers='# the "carers"\ntitle = "Carers"\nterms = ["aide", "carers"]\n')
    found = {f.code: (Path(f.file).name, f.line, f.column) for f in placed(lint(load(path)), path)}
    assert found == {"missing-singular": ("carers.toml", 3, 18), "language-limit": ("small.toml", 9, None)}


def test_a_concept_that_combine_forgets(definition_file: Callable[..., Path]) -> None:
    text = CLEAN.replace('title = "Clean"', 'title = "Clean"\ncombine = "population"').replace(
        "[sentinels]", '[concepts.spare]\nterms = ["carer", "carers"]\nmesh = ["Caregivers"]\n[sentinels]')
    findings = lint(load(definition_file(text)))
    assert [(f.code, f.severity, f.where) for f in findings] == [("concept-unused", "error", "concepts.spare")]


def test_a_concept_of_one_term(definition_file: Callable[..., Path]) -> None:
    text = CLEAN.replace(TERMS, '["nursing"]').replace('mesh = ["Nurses"]', "mesh = []")
    assert codes(definition_file(text)) == ["one-term", "no-headings"]


@pytest.mark.parametrize(("wide", "narrow", "answer"), [
    ("children", "left-behind children", True), ("left-behind children", "children", False),
    ("polic*", "policymaking", True), ("polic*", "public policies", True), ("policy*", "polic*", False),
    ("polic*", "policy*", True), ("wom?n", "woman", True), ("child", "children", False), ("留守", "留守儿童", True),
    ("behind children", "left-behind childrens", False),
])
def test_which_term_finds_all_that_another_finds(wide: str, narrow: str, answer: bool) -> None:
    assert covers(patterns(wide), patterns(narrow)) is answer


def test_equal_terms_are_told_once() -> None:
    assert list(redundant([TermSpec("Nurse"), TermSpec("nurse")])) == [("nurse", "Nurse")]


def test_a_term_is_redundant_only_where_the_other_looks_too() -> None:
    def pairs(*specs: TermSpec) -> list[tuple[str, str]]:
        return list(redundant(specs))

    assert pairs(TermSpec("school nurse", "tiab"), TermSpec("nurse", "title")) == []
    assert pairs(TermSpec("school nurse", "title"), TermSpec("nurse", "tiab")) == [("school nurse", "nurse")]
    assert pairs(TermSpec("nurse", "all", mapped=True), TermSpec("nurse", "all")) == [("nurse", "nurse")]
    assert pairs(TermSpec("school nurse", "all", mapped=True), TermSpec("nurse", "all")) == []


def test_published_strategies_raise_few_alarms(tmp_path: Path) -> None:
    """Librarians wrote these: nothing in them is an error, and at most one remark in ten is a warning."""
    path, found = tmp_path / "x.toml", []
    for database, _, text in published():
        path.write_text(text_from_strategy(text, database, "x")[0], encoding="utf-8")
        found += [f for f in lint(load(path)) if f.code != "placeholder"]
    assert [f for f in found if f.severity == "error"] == []
    assert 10 * sum(f.severity == "warning" for f in found) <= len(found) <= 15 * 48


@pytest.mark.parametrize(("plural", "one"), [
    ("placeboes", "placebo"), ("mosquitoes", "mosquito"), ("paralyses", "paralysis"), ("analyses", "analysis"),
    ("erysipelas", ""), ("pancreas", ""), ("forceps", ""), ("therapies", "therapy"), ("classes", "class"), ("nurses", "nurse"),
])
def test_the_singular_of_a_plural(plural: str, one: str) -> None:
    assert singular(plural) == one
