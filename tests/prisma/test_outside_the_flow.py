"""Decisions on reports that no box shows are told: a search was withdrawn, or the previous version settled them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.reviewer import books, command, fill, item, ris, workspace

IN_FULL = {"Retrieved": "yes", "Decision": "include", "Study": "S"}


def warnings(folder: Path) -> dict[str, list[str]]:
    """Rule -> ids, of the two warnings on decisions that no box shows."""
    return {c["rule"]: c["ids"] for c in command(folder, "counts")["checks"]
            if not c["ok"] and c["rule"] in ("included, in no search", "excluded, in the previous version")}


def screened(folder: Path, method: str, judge: Any) -> str:
    """Four reports that one search found, all read in full. Returns the search."""
    file = str(ris(folder / "a.ris", [item(i) for i in range(4)]))
    search = command(folder, "import", file, "--database", "a source", "--method", method)["search"]
    command(folder, "dedupe")
    for stage, answers in (("title-abstract", lambda n, _: {"Decision": "include"}), ("full-text", judge)):
        command(folder, "sheets", "--stage", stage)
        for who in ("AB", "CD"):
            fill(books(folder, stage, who)[0], answers)
        command(folder, "collect")
    return str(search)


def test_included_reports_of_a_withdrawn_search(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    search = screened(folder, "website", lambda n, _: IN_FULL if n < 3 else {"Decision": "exclude", "Reason": "Wrong concept"})
    assert warnings(folder) == {}
    included = command(folder, "counts", "--list", "new_reports")["ids"]
    command(folder, "withdraw", search, "--reason", "the wrong site")
    assert warnings(folder) == {"included, in no search": included}


def test_what_the_previous_version_left_open_is_included_later(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    screened(folder, "database", lambda n, _: IN_FULL if n < 3 else {"Decision": "awaiting classification"})
    waiting = command(folder, "counts", "--list", "awaiting_classification")["ids"]
    included = command(folder, "counts", "--list", "new_reports")["ids"]
    command(folder, "baseline", "--freeze", "--reason", "published")
    assert warnings(folder) == {}
    for who in ("AB", "CD"):
        fill(books(folder, "full-text", who)[0], lambda n, _: {0: {"Decision": "exclude", "Reason": "Wrong concept"},
                                                               3: {"Decision": "include", "Study": "Late"}}.get(n))
    command(folder, "collect", status=1)
    assert warnings(folder) == {"included, in no search": waiting, "excluded, in the previous version": included[:1]}
    command(folder, "import", str(ris(folder / "b.ris", [item(3)])), "--database", "PubMed")        # it is found again
    command(folder, "dedupe")
    assert warnings(folder)["included, in no search"] == waiting
