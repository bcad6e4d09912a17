"""records.jsonl: what it has is not read again, and what it is made of step by step is what it is made of at once."""

from __future__ import annotations

from pathlib import Path

import pytest

import review
from review.report import derived
from tests.reviewer import command, item, ris, workspace


def test_only_a_new_searchs_files_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = workspace(tmp_path)
    first = command(folder, "import", str(ris(folder / "a.ris", [item(0), item(1)])), "--database", "scopus")["search"]
    assert len(review.open("test", root=folder).records()) == 2
    second = command(folder, "import", str(ris(folder / "b.ris", [item(2)])), "--database", "embase")["search"]
    read, load = [], derived.load_records
    monkeypatch.setattr(derived, "load_records", lambda f, s, names, p: read.extend(names) or load(f, s, names, p))
    assert list(review.open("test", root=folder).records()["search"]) == [first, first, second]
    assert read == [second]
    step_by_step = (folder / "outputs" / "test" / "records.jsonl").read_bytes()
    (folder / "outputs" / "test" / "records.jsonl").write_bytes(step_by_step[:-5])      # no longer as it was written
    review.open("test", root=folder).records()
    assert (read, (folder / "outputs" / "test" / "records.jsonl").read_bytes()) == ([second, first, second], step_by_step)
