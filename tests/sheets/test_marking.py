"""Terms are found as databases find them, and differences as a reader sees them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.sheets.book import Marked
from review.sheets.marking import differences, marker


def hits(terms: list[str], text: str) -> list[str]:
    marked = marker(terms)(text)
    return [run for run, hit in marked.runs if hit] if isinstance(marked, Marked) else []


@pytest.mark.parametrize(("terms", "text", "found"), [
    (["child*"], "Children and a child, not grandchildren", ["Children", "child"]),
    (["left-behind children"], "Left behind children; left‐behind  children", ["Left behind children", "left‐behind  children"]),
    (["china"], "China, Chinese, INDOCHINA", ["China"]),
    (["留守儿童", "child"], "农村留守儿童child", ["留守儿童"]),
    (["policy", "policies", "polic*"], "policymakers and policies", ["policymakers", "policies"]),
    (["well-being", "well"], "well, well-being", ["well", "well-being"]),
    (["behavio?r"], "behavior and behaviour", ["behavior", "behaviour"]),
    (['"mental health"'], "Mental health", ["Mental health"]),
    (["c++", "(x)", "*", "-", ""], "c++ (x) * -", ["c++", "(x)"]),
    (["straße"], "STRASSE und Straße", ["Straße"]),
    (["ist"], "İstanbul ist", ["ist"]),
])
def test_terms_are_marked(terms: list[str], text: str, found: list[str]) -> None:
    assert hits(terms, text) == found


def test_text_without_terms_stays_plain_text() -> None:
    assert marker(["x"])("nothing here") == "nothing here"
    assert marker([])("anything") == "anything"


@given(st.lists(st.text(max_size=12), max_size=8), st.text(max_size=200))
def test_marking_never_changes_the_text(terms: list[str], text: str) -> None:
    marked = marker(terms)(text)
    assert (marked.text if isinstance(marked, Marked) else marked) == text


def test_differing_words_are_marked_on_both_sides() -> None:
    left, right = differences("Policy in China, part 1", "policy in Chile, part 2 (2019)")
    assert [run for run, hit in left.runs if hit] == ["China", "1"]
    assert [run for run, hit in right.runs if hit] == ["Chile", "2 (2019)"]


def test_chinese_differs_by_the_character() -> None:
    left, right = differences("农村留守儿童心理健康研究", "农村留守儿童心理卫生研究")
    assert [run for run, hit in left.runs if hit] == ["健康"]
    assert [run for run, hit in right.runs if hit] == ["卫生"]


def test_long_texts_that_have_little_in_common_stay_unmarked() -> None:
    long = "Survey of children in twelve provinces, with more insomnia and loneliness among those whose parents left. "
    other = "School counselling was offered to pupils; grade, income and distance mattered, teachers said at the end. "
    assert [hit for side in differences(long * 3, other * 3) for _, hit in side.runs] == [False, False]
    near = differences(long * 3, long * 2 + other)
    assert any(hit for side in near for _, hit in side.runs)


@given(st.text(max_size=80), st.text(max_size=80))
def test_differences_keep_both_texts(left: str, right: str) -> None:
    a, b = differences(left, right)
    assert (a.text, b.text) == (left, right)
