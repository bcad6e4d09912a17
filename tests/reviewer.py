"""What people do in tests: write export files, run commands, fill real workbooks."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import openpyxl

DEFINITION = """\
title = "A review for tests"
question = "Does the tool count right?"
combine = "topic"
databases = ["pubmed", "google-scholar"]

[concepts.topic]
terms = ["children"]

[eligibility]
include = ["Reports on children"]
[[eligibility.exclude]]
code = "wrong-population"
label = "Wrong population"
[[eligibility.exclude]]
code = "wrong-concept"
label = "Wrong concept"

[screening]
reviewers = ["AB", "CD"]
adjudicator = "EF"
"""


TREES = ["alder", "birch", "cedar", "dogwood", "elm", "fir", "ginkgo", "hazel", "ivy", "juniper", "kapok", "larch",
         "maple", "nutmeg", "oak", "pine", "quince", "rowan", "spruce", "teak", "umbrella", "viburnum", "willow",
         "yew", "zelkova", "acacia", "beech", "cherry", "date", "ebony"]


def workspace(folder: Path, name: str = "test", definition: str = DEFINITION) -> Path:
    """A workspace with one definition."""
    (folder / "queries").mkdir(parents=True, exist_ok=True)
    (folder / "queries" / f"{name}.toml").write_text(definition, encoding="utf-8")
    return folder


def command(folder: Path, *words: str, status: int | None = 0, env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run `review WORDS --json` in a process of its own; returns the object that it prints."""
    done = subprocess.run([sys.executable, "-m", "review", *words, "--json"], cwd=folder, capture_output=True,
                          text=True, env={**os.environ, **(env or {})}, timeout=300)
    assert "Traceback" not in done.stderr, done.stderr
    assert status is None or done.returncode == status, (words, done.returncode, done.stdout[-3000:], done.stderr[-2000:])
    return {**json.loads(done.stdout), "status_code": done.returncode}


def ris(path: Path, items: Iterable[Mapping[str, str]]) -> Path:
    """An export file; each item maps tags to values."""
    lines = []
    for item in items:
        lines.append("TY  - JOUR")
        lines += [f"{tag}  - {value}" for tag, value in item.items()]
        lines += ["ER  - ", ""]
    path.write_text("\r\n".join(lines), encoding="utf-8")
    return path


def item(number: int, **more: str) -> dict[str, str]:
    """A record that no other number resembles."""
    words = TREES
    digits = [words[(number // 30**i) % 30] for i in range(4)]
    return {"TI": f"{digits[0].title()} and {digits[1]} in the {digits[2]} {digits[3]} cohort of children, report {number}",
            "AU": f"{digits[1].title()}, {digits[0][0].upper()}.", "PY": str(1950 + number % 70),
            "JO": f"Journal of {digits[2].title()} {digits[3].title()}", "VL": str(number % 90 + 1),
            "SP": str(number * 7 % 9973 + 1), "DO": f"10.1234/test.{number}", **more}


def nbib(path: Path, numbers: Iterable[int]) -> Path:
    """A PubMed export with the PMIDs 1000000 + number."""
    out = []
    for number in numbers:
        it = item(number)
        out.append("\n".join([f"PMID- {1000000 + number}", f"TI  - {it['TI']}", f"FAU - {it['AU']}",
                              f"DP  - {it['PY']}", f"JT  - {it['JO']}", f"VI  - {it['VL']}", f"PG  - {it['SP']}",
                              f"LID - {it['DO']} [doi]", "PT  - Journal Article", ""]))
    path.write_text("\n".join(out) + "\n", encoding="utf-8")
    return path


Fill = Callable[[int, dict[str, Any]], Mapping[str, str] | None]


def fill(path: Path, answer: Fill, save_as: Path | None = None) -> Path:
    """Fill a workbook: `answer` gets the row's number (from 0) and its values by header, and gives what to type."""
    book = openpyxl.load_workbook(path, rich_text=False)
    for sheet in book.worksheets:
        headers = {str(c.value): c.column for c in sheet[1] if c.value}
        if "Key" not in headers or "Decision" not in headers:
            continue
        for number, row in enumerate(range(2, sheet.max_row + 1)):
            values = {h: sheet.cell(row, column).value for h, column in headers.items()}
            if not values["Key"]:
                continue
            for header, text in (answer(number, values) or {}).items():
                sheet.cell(row, headers[header]).value = text
    book.save(save_as or path)
    return save_as or path


def fill_csv(path: Path, answer: Fill) -> Path:
    """The same for long sheets, saved as CSV, which is many times faster: the table alone, beside the workspace."""
    from python_calamine import CalamineWorkbook

    headers, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Screening").to_python()
    target = path.parents[3] / f"{path.stem}.csv"
    with open(target, "w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(headers)
        for number, row in enumerate(rows):
            values = dict(zip(map(str, headers), row, strict=True))
            values.update(answer(number, values) or {})
            writer.writerow(values.values())
    return target


def books(folder: Path, *parts: str, name: str = "test") -> list[Path]:
    """The workbooks in screening/ whose names hold all of `parts`."""
    found = sorted((folder / "outputs" / name / "screening").glob("*.xlsx"))
    return [p for p in found if all(part in p.name for part in parts)]


def boxes(folder: Path, *words: str) -> dict[str, int]:
    """Box -> n, with the parts of each as `box/label`."""
    found = command(folder, "counts", *words)["boxes"]
    out = {key: box["n"] for key, box in found.items()}
    out.update({f"{key}/{label}": n for key, box in found.items() for label, n in box["parts"].items()})
    return out
