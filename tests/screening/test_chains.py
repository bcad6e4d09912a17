"""Several things done to one file, one after the other: still no decision lost, wrong or guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from . import made
from .mutations import HARMFUL, SAFE
from .test_mutations import TEXT_FORMATS, returned_as

# Left out: decisions changed on purpose, which is no spoiling; a mark in the last cell, which makes each later step
# crawl; what openpyxl itself does not carry along when rows are inserted (merged cells) or text can't hold.
LEFT_OUT = {"sheet_copied_and_gone_on", "rows_doubled_with_another_word", "cells_far_away", "coloured", "decisions_merged",
            "titles_merged_across", "formulas_for_decisions"}
CHAINED = {name: f for name, f in {**SAFE, **HARMFUL}.items() if name not in LEFT_OUT}
# What no reader could tell, as it is the same as sorting the decisions alone: two partial sortings that move all but the
# decisions; first keys and decisions parted from titles and last keys, and then the first keys gone.
IN_PART = {"keys_sorted_alone", "keys_and_decisions_sorted", "titles_sorted_alone", "rest_sorted"}
KEYS_GONE = {"first_key_column_deleted", "both_key_columns_deleted", "renamed_Key_Anything"}


def can_be_told(chain: list[str]) -> bool:
    """Whether the file still holds what shows a partial sorting."""
    parted = [n for n, name in enumerate(chain) if name in ("keys_and_decisions_sorted", "rest_sorted")]
    return sum(name in IN_PART for name in chain) < 2 and not (parted and KEYS_GONE & set(chain[parted[0]:]))


chains = st.lists(st.sampled_from(sorted(CHAINED)), min_size=5, max_size=5).filter(can_be_told)
forms = st.sampled_from(["xlsx", "xlsx", *TEXT_FORMATS])
slow = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.filled(tmp_path_factory.mktemp("filled") / "sheet.xlsx")


def hold(original: Path, folder: Path, chain: list[str], form: str) -> None:
    book = load_workbook(original)
    for name in chain:
        CHAINED[name](book)
    reading = returned_as(book, folder, form)
    found = made.judge(reading, made.truth())
    assert (found["wrong"], found["lost"]) == ([], []), (reading.issues, found)


@given(chains, forms)
@settings(max_examples=30, deadline=None, suppress_health_check=slow, derandomize=True,
          phases=[Phase.generate])
def test_chains_of_five(original: Path, tmp_path: Path, chain: list[str], form: str) -> None:
    hold(original, tmp_path, chain, form)


@pytest.mark.proof
@given(chains, forms)
@settings(max_examples=300, deadline=None, suppress_health_check=slow)
def test_many_chains_of_five(original: Path, tmp_path: Path, chain: list[str], form: str) -> None:
    hold(original, tmp_path, chain, form)
