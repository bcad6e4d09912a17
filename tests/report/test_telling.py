"""What the terminal says after a command: whether the flow is final, why nothing went out, a report's life in clean lines."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.reviewer import books, command, fill, item, ris, workspace


def said(folder: Path, *words: str, columns: int = 100) -> str:
    """What a person reads."""
    done = subprocess.run([sys.executable, "-m", "review", *words], cwd=folder, capture_output=True, text=True, timeout=300,
                          env={**os.environ, "COLUMNS": str(columns)})
    return done.stdout


def screened(folder: Path) -> list[str]:
    """Three reports: the first excluded on its title, the second not retrieved, the third included, a study of its own."""
    command(folder, "import", str(ris(folder / "a.ris", [item(i) for i in range(3)])), "--database", "pubmed")
    command(folder, "dedupe")
    keys = command(folder, "counts", "--list", "records_screened")["ids"]
    command(folder, "sheets")
    for book in books(folder, "title-abstract"):
        fill(book, lambda n, row: {"Decision": "exclude" if row["Key"] == keys[0] else "include"})
    command(folder, "collect")
    command(folder, "sheets")
    for book in books(folder, "full-text"):
        fill(book, lambda n, row: {"Retrieved": "no"} if row["Key"] == keys[1] else
             {"Retrieved": "yes", "Decision": "include"})
    command(folder, "collect")
    return list(keys)


def test_the_flow_says_whether_it_is_final(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    screened(folder)
    for what in ("flow", "report"):
        assert re.fullmatch(r"DRAFT because included reports that name no study: 1 .*\.", said(folder, what).splitlines()[-1])
    draft = command(folder, "flow")
    assert draft["final"] is False and len(draft["reasons"]) == 1
    command(folder, "link", "--own")
    assert said(folder, "flow").splitlines()[-1] == "The flow is final."
    assert command(folder, "report")["final"] is True


def test_a_trace_begins_with_where_the_report_stands(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    keys = screened(folder)
    for key, now in zip(keys, ("excluded on title and abstract", "full text not retrieved", "included; study not named yet"),
                        strict=True):
        assert said(folder, "trace", key).splitlines()[1] == f"now: {now}"
    command(folder, "link", "--own")
    lines = said(folder, "trace", keys[2]).splitlines()
    assert lines[1] == "now: included; study: a study of its own" == f"now: {command(folder, 'trace', keys[2])['now']}"
    command(folder, "link", keys[2], "--study", "Wang 2020")
    lines = said(folder, "trace", keys[2]).splitlines()
    assert lines[1] == "now: included; study: Wang 2020"
    assert [line for line in lines if "no longer: " in line and "is a study of its own" in line]
    assert [line for line in lines if line.endswith("full text retrieved (by AB)")]
    whole = "\n".join(lines)
    assert not re.search(r"; \)|\(by ?\)|unR|  \(by|study study", whole), whole


def test_nothing_sent_out_says_why(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    command(folder, "import", str(ris(folder / "a.ris", [item(1)])), "--database", "pubmed")
    assert "review sheets" in said(folder, "dedupe")
    assert "then `review collect`" in said(folder, "sheets").splitlines()[-1]
    again = said(folder, "sheets")
    assert again.startswith("Nothing was sent out.") and "still to decide: AB 1, CD 1" in again
    assert "still to decide: AB 1, CD 1" in said(folder, "dedupe")
    assert said(folder, "reopen", "records_excluded", "--reason", "criteria").strip() == (
        "Nothing was reopened: no report stands in records_excluded.")


def test_a_narrow_terminal_cuts_no_id_and_no_number(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    file = str(ris(folder / "a.ris", [item(1)]))
    name = command(folder, "import", file, "--database", "A library of unusual length", "--date", "2026-11-21")["search"]
    for columns in (30, 60):
        shown = said(folder, "status", columns=columns)
        row = next(line for line in shown.splitlines() if line.startswith(name + " "))
        assert row.endswith("2026-11-21") and "sealed" in row and "…" in row


def test_a_trace_shows_the_title_that_the_derived_reports_show(tmp_path: Path) -> None:
    """Also where the first record of a joined report is a preprint's under another title."""
    folder = workspace(tmp_path)
    early = {"TI": "Mindfulness for nurses: preliminary findings", "AU": "Okafor, A.", "PY": "2021", "JO": "medRxiv",
             "DO": "10.1101/2021.03.04.21252896"}
    late = {"TI": "Training hospital staff in attention", "AU": "Lind, B.", "PY": "2023", "VL": "79",
            "JO": "Journal of Advanced Nursing", "SP": "1302", "EP": "1315", "DO": "10.1111/jan.15523"}
    command(folder, "import", str(ris(folder / "a.ris", [early, late])), "--database", "pubmed")
    command(folder, "dedupe")
    first, second = [json.loads(line)["key"] for line in reports(folder)]
    command(folder, "link", first, "--same", second)
    row = json.loads(reports(folder)[0])
    assert (row["title"], row["year"], row["journal"], row["pages"]) == (late["TI"], 2023, late["JO"], "1302-1315")
    assert command(folder, "trace", first)["title"] == late["TI"]


def reports(folder: Path) -> list[str]:
    command(folder, "report")
    return next((folder / "outputs").glob("*/reports.jsonl")).read_text("utf-8").splitlines()
