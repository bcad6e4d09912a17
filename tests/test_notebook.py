"""What a person sees in a notebook: counts as `review counts` prints them, tables as DataFrames."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import review
from review.model import Record, ReviewError
from tests.reviewer import books, command, fill, item, ris, workspace


@pytest.fixture
def screened(tmp_path: Path) -> Path:
    folder = workspace(tmp_path)
    command(folder, "import", str(ris(folder / "a.ris", [item(0), item(1), item(2, PY="")])), "--database", "scopus")
    command(folder, "dedupe")
    command(folder, "sheets")
    for code in ("AB", "CD"):
        fill(books(folder, code)[0], lambda n, _: {"Decision": "exclude" if n == 0 else "include"})
    command(folder, "collect")
    return folder


def test_counts_read_as_the_command_prints_them(screened: Path) -> None:
    printed = subprocess.run([sys.executable, "-m", "review", "counts"], cwd=screened, capture_output=True, text=True).stdout
    r = review.open("test", root=screened)
    assert repr(r.counts()) == printed.rstrip("\n")
    assert (r.counts().n("records_screened"), r.counts().n("ongoing")) == (3, 0)
    assert repr(r).startswith("Review('test'")


def test_a_name_that_no_box_has_and_a_date_that_is_none_are_refused(screened: Path) -> None:
    """0 would be a number, and today's counts under another date a wrong one."""
    r = review.open("test", root=screened)
    with pytest.raises(ReviewError, match="records_screened"):
        r.counts().n("screened")
    with pytest.raises(ReviewError, match="2026-11-21"):
        r.counts("yesterday")
    assert command(screened, "counts", "--list", "ongoing")["ids"] == []


def test_tables(screened: Path) -> None:
    """Every field has its column, lists are lists, and a year is a whole number where it is known."""
    r = review.open("test", root=screened)
    records, reports, decisions = r.records(), r.reports(), r.decisions()
    assert list(records.columns) == list(Record.__dataclass_fields__)
    assert str(records["year"].dtype) == "Int64" and records["year"].isna().sum() == 1
    assert reports["keywords"].map(type).unique().tolist() == [list]
    assert sorted(reports["title-abstract decision"]) == ["exclude", "include", "include"]
    assert len(decisions) == 6 and set(decisions["reviewer"]) == {"AB", "CD"}
