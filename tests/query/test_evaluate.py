"""Running expressions over records: what is found, against a second, slower way of looking."""

from __future__ import annotations

import itertools
import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.model import Record
from review.query.evaluate import evaluate, offline_losses
from review.query.index import Index
from review.query.tree import (
    ALL,
    TIAB,
    TITLE,
    And,
    Fields,
    Heading,
    Language,
    Near,
    Node,
    Not,
    Or,
    Range,
    Term,
)
from review.query.words import words
from tests.query import expressions


def found(tree: Node, *records: Record) -> list[str]:
    return [r.title for r in evaluate(tree, records)]


@pytest.mark.parametrize(("term", "title", "hit"), [
    ("left-behind children", "Left behind children's health", True),
    ("left-behind children", "Children left behind", False),
    ("LBC", "lbc in China", True),
    ("LBC", "LBCs in China", False),
    ("polic*", "Policymaking", True),
    ("polic*", "Metropolic", False),
    ("wom?n", "Women and woman", True),
    ("colo?r", "color", True), ("colo?r", "colour", True), ("colo?r", "colouur", False),
    ("wom#n", "womn", False), ("wom#n", "women", True),
    ("child???", "childish", True), ("child???", "childishly", False),
    ("mental health*", "Mental healthcare", True),
    ("cafe", "Café culture", True), ("Café", "CAFE", True),
    ("留守儿童", "农村留守儿童心理健康", True), ("留守老人", "农村留守儿童", False), ("留守", "留守经历", True),
    ("留守*", "留守儿童", True), ("心理 健康", "心理健康", True),
    ("well-being", "Wellbeing", False), ("well-being", "well being", True),
    ("123I", "[123I]FP-CIT", True), ("ＡＢＣ", "ABC", True),
])
def test_terms_in_titles(term: str, title: str, hit: bool) -> None:
    assert bool(found(Term(term, TIAB), Record(title=title))) is hit


def test_a_phrase_never_runs_from_one_field_or_value_into_the_next() -> None:
    record = Record(title="Policy for left", abstract="behind children", keywords=("mental", "health"))
    for text in ("left behind", "mental health"):
        assert not found(Term(text, ALL), record)
        assert Index([record]).count(Term(text, ALL)) == 0


def test_where_a_term_is_looked_for() -> None:
    record = Record(title="t", titles_other=("留守儿童",), abstract="inside", keywords=("kw",), journal="Lancet",
                    summary="ours", snippet="theirs", authors=("Li, Wei",), mesh=("Child/psychology*",))
    for text, fields, hit in [
            ("inside", TIAB, True), ("inside", TITLE, False), ("kw", TIAB, True), ("留守儿童", TITLE, True),
            ("ours", TIAB, False), ("ours", ALL, True), ("theirs", ALL, True), ("Lancet", TIAB, False),
            ("Lancet", ALL, True), ("Wei", frozenset({"author"}), True), ("psychology", ALL, True)]:
        assert bool(found(Term(text, fields), record)) is hit, (text, fields)


def test_headings_are_the_indexers_own() -> None:
    record = Record(title="x", mesh=("Child/psychology*", "Child/nursing", "China"))
    hits = {
        Heading("child"): True, Heading("Child", major=True): True, Heading("China", major=True): False,
        Heading("Child", subheadings=("psychology",)): True, Heading("Child", subheadings=("surgery",)): False,
        Heading("Children"): False, Heading("psychology", "subheading"): True, Heading("China", "emtree"): False,
    }
    for heading, hit in hits.items():
        assert bool(found(heading, record)) is hit, heading
        assert (Index([record]).count(heading) == 1) is hit


def test_explosion_without_a_thesaurus_is_a_named_loss() -> None:
    tree = Or((Heading("Child"), Heading("China", explode=False), Term("x", TIAB)))
    assert [(x.code, x.term) for x in offline_losses(tree)] == [("explosion-lost", "Child")]


def test_words_near_each_other() -> None:
    def near(n: int, *texts: str, ordered: bool = False) -> Near:
        return Near(tuple(Term(t, TIAB) for t in texts), n, ordered)
    title = "children of many migrant parents left behind"
    for tree, hit in [
            (near(2, "children", "migrant"), True), (near(1, "children", "migrant"), False),
            (near(2, "migrant", "children"), True), (near(2, "migrant", "children", ordered=True), False),
            (near(0, "migrant parents", "left behind"), True), (near(1, "many migrant", "left"), True),
            (near(0, "many migrant", "left"), False), (near(3, "children", "migrant", "left"), True),
            (near(2, "children", "migrant", "left"), False)]:
        assert bool(found(tree, Record(title=title))) is hit, tree
    assert not found(near(0, "migrant", "migrant"), Record(title="migrant"))    # a word isn't near itself
    assert found(near(0, "migrant", "migrant"), Record(title="migrant migrant"))


def test_years_and_languages_keep_what_is_unknown_only_as_limits() -> None:
    old, new, none = Record(title="o", year=1999), Record(title="n", year=2005), Record(title="?")
    assert found(Range("2000", "2010"), old, new, none) == ["n"]
    assert found(Range("2000", "2010", keep_unknown=True), old, new, none) == ["n", "?"]
    assert found(Range("2000", ""), old, new) == ["n"]
    zh, en = Record(title="z", language="zh"), Record(title="e", language="en")
    assert found(Language(("zh",)), zh, en, none) == ["z"]
    assert found(Language(("zh",), keep_unknown=True), zh, en, none) == ["z", "?"]
    dated = Record(title="d", dates={"entrez": "2012-05-01"})
    assert found(Range("2012", "2013", "entrez"), dated) == ["d"]
    assert found(Range("2012/06", "2013", "entrez"), dated) == []


def _word_fits(pattern: str, word: str) -> bool:
    signs = {"*": "[^ ]*", "?": "[^ ]?", "#": "[^ ]"}
    return re.fullmatch("".join(signs.get(c, re.escape(c)) for c in pattern), word) is not None


def _values(record: Record, fields: Fields) -> list[list[str]]:
    own: dict[str, tuple[str, ...]] = {
        "title": (record.title, *record.titles_other), "abstract": (record.abstract,), "keywords": record.keywords,
        "heading": record.mesh, "journal": (record.journal,), "summary": (record.summary,), "author": record.authors,
        "publication-type": record.publication_types, "original-title": record.titles_other,
        "subheading": tuple(s for m in record.mesh for s in m.split("/")[1:])}
    every = "all" in fields
    wanted = [k for k in own if (k not in ("subheading", "original-title") if every else k in fields)]
    return [words(v) for k in wanted for v in own[k]]


def _spots(node: Node, value: list[str]) -> list[frozenset[int]]:
    """Every set of word places that an operand can take in a value."""
    if isinstance(node, Or):
        return [s for c in node.children for s in _spots(c, value)]
    assert isinstance(node, Term)
    cut = node.text.replace("é", "e").split()
    return [frozenset(range(i, i + len(cut))) for i in range(len(value) - len(cut) + 1)
            if all(_word_fits(p, w) for p, w in zip(cut, value[i:], strict=False))]


def _among_days(held: str, low: str, high: str) -> bool:
    """Whether a day of what is held (a year, a month, a day) lies between the first and the last day asked for."""
    def first(date: str) -> str:
        return date.replace("/", "-") + "0000-01-01"[len(date):]

    def last(date: str) -> str:
        return date.replace("/", "-") + "9999-12-31"[len(date):]

    return last(held) >= first(low) and first(held) <= last(high)


def obvious(node: Node, record: Record) -> bool:
    """The same answer by trying everything."""
    match node:
        case And(children=below):
            return all(obvious(c, record) for c in below)
        case Or(children=below):
            return any(obvious(c, record) for c in below)
        case Not(keep=keep, drop=drop):
            return obvious(keep, record) and not obvious(drop, record)
        case Term(text=text, fields=fields, mapped=True):
            return all(any(word in v for v in _values(record, fields)) for word in words(text))
        case Term(fields=fields):
            return any(_spots(node, v) for v in _values(record, fields))
        case Range(low=low, high=high, field=field, keep_unknown=keep):
            held = str(record.year or "") if field == "year" else record.dates.get(field, "")
            return _among_days(held, low, high) if held else keep
        case Language(codes=codes, keep_unknown=keep):
            return record.language in codes if record.language else keep
        case Heading(text=text, vocabulary="publication-type"):
            return text in record.publication_types
        case Heading(text=text, vocabulary="subheading"):
            return any(text in m.rstrip("*").split("/")[1:] for m in record.mesh)
        case Heading(vocabulary="emtree"):
            return False
        case Heading(text=text, major=major, subheadings=subs):
            return any(m.rstrip("*").split("/")[0] == text and (not major or m.endswith("*"))
                       and (not subs or set(subs) & set(m.rstrip("*").split("/")[1:])) for m in record.mesh)
        case Near(operands=operands, distance=distance, ordered=ordered):
            first = operands[0].children[0] if isinstance(operands[0], Or) else operands[0]
            assert isinstance(first, Term)
            for value in _values(record, first.fields):
                for chosen in itertools.product(*(_spots(o, value) for o in operands)):
                    taken = [p for c in chosen for p in c]
                    apart = len(taken) == len(set(taken))
                    in_order = all(max(a) < min(b) for a, b in itertools.pairwise(chosen))
                    between = max(taken) - min(taken) + 1 - len(taken)
                    if apart and between <= distance and (in_order or not ordered):
                        return True
            return False
    raise AssertionError(node)


@settings(max_examples=int(os.environ.get("REVIEW_EXAMPLES", "150")), deadline=None)
@given(expressions.offline_tree, expressions.offline_records)
def test_the_evaluator_finds_what_trying_everything_finds(tree: Node, records: list[Record]) -> None:
    expected = [obvious(tree, r) for r in records]
    held = set(map(id, evaluate(tree, records)))
    assert [id(r) in held for r in records] == expected


@settings(max_examples=int(os.environ.get("REVIEW_EXAMPLES", "150")), deadline=None)
@given(expressions.offline_tree, expressions.offline_records)
def test_the_index_finds_what_the_evaluator_finds(tree: Node, records: list[Record]) -> None:
    assert Index(records).search(tree) == list(evaluate(tree, records))


@given(st.text(st.characters(max_codepoint=0x2FF) | st.sampled_from("留守儿童ＡＢ\u0301")))
def test_words_are_cut_alike_whatever_the_script(text: str) -> None:
    """Plain ASCII goes a quicker way; a Chinese character in the text sends it the other way."""
    assert words(text + " 留") == [*words(text), "留"]


@pytest.mark.parametrize("text", ["a*", "aa*", "aaa?", "####", "*a", "aaaa", "?*a"])
def test_what_stands_between_the_values_of_a_field_is_no_word(text: str) -> None:
    records = [Record(title="one", authors=("Lind, M", "Gozi, I", "Devon, U")), Record(title="two", authors=("Abel, K",))]
    for fields in (frozenset({"author"}), ALL):
        tree = Term(text, fields)
        assert Index(records).search(tree) == list(evaluate(tree, records))
    assert Index(records).search(Term("a*", frozenset({"author"}))) == records[1:]
