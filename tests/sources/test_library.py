"""A definition run offline over a file of records."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from review import formats
from review.model import Entry, ReviewError
from review.query.evaluate import evaluate
from review.query.tree import ALL, TITLE, And, Near, Node, Not, Or, Range, Term
from review.sources import DirectoryStore, Request, library
from tests.sources.conftest import records, silent

RIS = """TY  - JOUR
TI  - Policy for left-behind children in China
AU  - Wang, F
PY  - 2015
DO  - 10.1000/one
ER  -
TY  - JOUR
TI  - 留守儿童的心理健康
PY  - 2018
ER  -
TY  - JOUR
TI  - Rivers of Europe
PY  - 2001
ER  -
TY  - JOUR
TI  - Left-behind children and their schools
ER  -
"""
TREE = Or((Term("left-behind children", ALL), Term("留守儿童", ALL)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small library."""
    path = tmp_path / "practice.ris"
    path.write_text(RIS, encoding="utf-8")
    return path


def titles(store: DirectoryStore) -> list[str]:
    return [record.title for record in records(store, library.RECORD_FILES)]


def test_the_records_that_the_expression_finds_are_kept(file: Path, store: DirectoryStore) -> None:
    outcome = library.run(Request("", {"file": str(file)}, tree=TREE), store, progress=silent)
    assert (outcome.status, outcome.hits, outcome.read) == ("complete", 3, 3)
    assert titles(store) == [
        "Policy for left-behind children in China",
        "留守儿童的心理健康",
        "Left-behind children and their schools",
    ]
    assert records(store, library.RECORD_FILES)[0].ids["doi"] == "10.1000/one"
    assert store.roles["hits.jsonl"] == "records"


@pytest.mark.parametrize("tree", [
    TREE, And((Term("left", TITLE), Not(Term("child*", ALL), Term("school*", ALL)))), Term("儿童", TITLE),
    Near((Term("left", TITLE), Term("children", TITLE)), 1), Range("2010", "2018"), Range("2010", "2018", keep_unknown=True),
])
def test_the_index_finds_what_the_plain_evaluator_finds(file: Path, store: DirectoryStore, tree: Node) -> None:
    held = [x.record for x in formats.read(io.BytesIO(RIS.encode()), name="practice.ris") if isinstance(x, Entry)]
    library.run(Request("", {"file": str(file)}, tree=tree), store, progress=silent)
    assert titles(store) == [r.title for r in evaluate(tree, held)]


def test_the_outcome_says_that_it_is_an_offline_library(file: Path, store: DirectoryStore) -> None:
    outcome = library.run(Request("", {"file": str(file)}, tree=TREE), store, progress=silent)
    assert outcome.params["library"] == "practice.ris"
    assert outcome.params["library_sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert "offline" in outcome.params["source"]
    assert str(file.parent) not in repr(outcome.params)  # no path of the machine


def test_years_keep_records_that_give_none(file: Path, store: DirectoryStore) -> None:
    params = {"file": str(file), "year_low": 2016, "year_high": 2020}
    library.run(Request("", params, tree=TREE), store, progress=silent)
    assert titles(store) == ["留守儿童的心理健康", "Left-behind children and their schools"]


def test_a_limit_takes_the_first(file: Path, store: DirectoryStore) -> None:
    outcome = library.run(Request("", {"file": str(file)}, limit=1, tree=TREE), store, progress=silent)
    assert (outcome.status, outcome.hits, outcome.read) == ("limited", 3, 1)
    assert titles(store) == ["Policy for left-behind children in China"]


def test_nothing_found_leaves_no_file_of_records(file: Path, store: DirectoryStore) -> None:
    tree = And((TREE, Term("zebra", ALL)))
    outcome = library.run(Request("", {"file": str(file)}, tree=tree), store, progress=silent)
    assert (outcome.status, outcome.hits, outcome.read) == ("complete", 0, 0)
    assert titles(store) == [] and "hits.jsonl" not in store.names()


def test_running_again_gives_the_same(file: Path, store: DirectoryStore) -> None:
    request = Request("", {"file": str(file)}, tree=TREE)
    first = library.run(request, store, progress=silent)
    assert library.run(request, store, progress=silent) == first


def test_a_library_that_changed_is_another(file: Path, store: DirectoryStore) -> None:
    request = Request("", {"file": str(file)}, tree=TREE)
    library.run(request, store, progress=silent)
    file.write_text(RIS + "\n", encoding="utf-8")
    with pytest.raises(ReviewError, match="has changed"):
        library.run(request, store, progress=silent)


def test_counting_keeps_nothing(file: Path) -> None:
    assert library.count(Request("", {"file": str(file)}, tree=TREE))[0] == 3


def test_a_missing_file_and_a_file_of_something_else_are_named(tmp_path: Path, store: DirectoryStore) -> None:
    with pytest.raises(ReviewError, match="There is no file"):
        library.run(Request("", {"file": str(tmp_path / "none.ris")}, tree=TREE), store, progress=silent)
    other = tmp_path / "notes.txt"
    other.write_text("milk, bread\n", encoding="utf-8")
    with pytest.raises(ReviewError, match=r"notes\.txt"):
        library.run(Request("", {"file": str(other)}, tree=TREE), store, progress=silent)
