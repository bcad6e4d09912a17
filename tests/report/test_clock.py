"""A computer's clock may be wrong: numbers don't depend on it, and `review check` tells when it went back."""

from __future__ import annotations

from pathlib import Path

from review.sources.files import ImportRequest
from review.workflow import open_review
from tests.reviewer import item, ris, workspace


def test_a_clock_that_was_set_back(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    review = open_review("test", folder)
    times = ["2026-11-20T10:00:00Z", "2026-11-20T09:30:00Z", "2026-03-01T00:00:00Z"]
    review.clock = iter(times).__next__
    for number in range(len(times)):
        review.import_files(ImportRequest((ris(folder / f"{number}.ris", [item(number)]),), f"Source {number}"))
    assert review.counts().n("database_results") == 3
    told = [issue for issue in review.check() if issue.code == "clock-back"]
    assert [(issue.severity, "2026-03-01T00:00:00Z" in issue.message) for issue in told] == [("warning", True)]
