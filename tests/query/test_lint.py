"""Findings of the linter, each on a definition that has just that flaw (PRESS 2015)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from review.query import lint, load
from review.query.findings_of_terms import covers, redundant
from review.query.words import patterns

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
    ('["nurse", "nurses", "people who care for others daily"]', "long-phrase"),
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
    ('[screening]', '[override.pubmed]\nstring = "x"\n[screening]', "override"),
    ('[screening]', '[override.scopus]\nstring = "x"\n[screening]', "override-unused"),
    ('[screening]', '[fields]\npubmedd = "title"\n[screening]', "setting-unused"),
    ('dual = 0', 'adjudicator = "AB"\ndual = 0', "adjudicator-screens"),
])
def test_the_definition_as_a_whole(definition_file: Callable[..., Path], old: str, new: str, code: str) -> None:
    assert old in CLEAN
    assert codes(definition_file(CLEAN.replace(old, new))) == [code]


def test_a_concept_that_combine_forgets(definition_file: Callable[..., Path]) -> None:
    text = CLEAN.replace('title = "Clean"', 'title = "Clean"\ncombine = "population"').replace(
        "[sentinels]", '[concepts.spare]\nterms = ["carer", "carers"]\nmesh = ["Caregivers"]\n[sentinels]')
    findings = lint(load(definition_file(text)))
    assert [(f.code, f.severity, f.where) for f in findings] == [("concept-unused", "error", "concepts.spare")]


def test_a_concept_of_one_term(definition_file: Callable[..., Path]) -> None:
    text = CLEAN.replace(TERMS, '["nurse"]').replace('mesh = ["Nurses"]', "mesh = []")
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
    assert list(redundant(["Nurse", "nurse"])) == [("nurse", "Nurse")]
