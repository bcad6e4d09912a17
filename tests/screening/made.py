"""A small screening workbook as reviewers get it, filled as they fill it, and how to hold a reading against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from review.ledger.keys import make_key
from review.screening.answers import interpret
from review.screening.reading import Reading, title_sign
from review.screening.sheet_info import SheetInfo, SheetRow
from review.screening.workbook import write_workbook

REVIEW = "left-behind-children-policy"
REASONS = (("wrong-population", "Wrong population"), ("not-china", "Not in China"),
           ("no-policy", "No policy or programme"))

# Titles that spreadsheets like to spoil, and everyday ones.
TITLES = (
    "Policies for left-behind children: a review", "农村留守儿童心理健康与政策支持研究", "=SUM(A1:A9) in titles",
    "00012", "1E5", "Café, “quotes”; semicolons\tand tabs", "+1 intervention", "-2 points", "@home schooling",
    "Part 1, literal _x000D_ escape", "Part 2: a 12-month follow-up", "3/4", "留守儿童关爱保护政策评估",
    "Emoji 🎓 and Greek α, β", "TRUE", "A title\nover two lines",
)

# What a reviewer typed, and what it means. One blank among them, and none that can't be read.
TYPED = (
    ("include", "include"), ("exclude", "exclude"), ("maybe", "maybe"), ("Y", "include"), ("incl", "include"),
    ("excl - wrong pop", "exclude"), ("N (not China)", "exclude"), ("?", "maybe"), ("Ｙ", "include"), ("是", "include"),
    ("排除", "exclude"), ("", ""), (" include ", "include"), ("待定", "maybe"), ("No.", "exclude"), ("I", "include"),
)
Truth = Mapping[str, tuple[str, str]]       # key -> (decision, title)


def info(**changes: Any) -> SheetInfo:
    """What the workbook is for."""
    standard = SheetInfo(
        review=REVIEW, stage="title-abstract", reviewer="AB", sheet="TA-AB-1-k3fz9q", round=1, batch=1,
        definition_sha="3f9a2c", title="Policies for left-behind children", question="Which policies are described?",
        include=("Children under 18", "Mainland China"), reasons=REASONS, terms=("left-behind", "child*", "留守儿童"))
    return replace(standard, **changes)


def rows(titles: Sequence[str] = TITLES, **changes: Any) -> list[SheetRow]:
    """A row a title; keys are numbered from 1."""
    made = []
    for number, title in enumerate(titles, 1):
        row = SheetRow(
            key=make_key(REVIEW, number), title=title, authors="A Study Group; Another Group", year="2019",
            source="Journal of Children", text="Left-behind children in China, and a policy.", text_kind="abstract",
            language="en", links=(("DOI", f"https://doi.org/10.1000/{number}"),), found_in="PubMed")
        made.append(replace(row, **changes))
    return made


def truth() -> dict[str, tuple[str, str]]:
    """What the filled workbook says, by key."""
    return {make_key(REVIEW, n): (meaning, title) for n, ((_, meaning), title) in
            enumerate(zip(TYPED, TITLES, strict=True), 1)}


def filled(path: Path) -> Path:
    """The workbook as it comes back, saved by another program."""
    from openpyxl import load_workbook

    fresh = path.with_name(f"fresh-{path.name}")
    write_workbook(info(), rows(), fresh)
    book = load_workbook(fresh)
    page = book["Screening"]
    column = next(cell.column for cell in page[1] if cell.value == "Decision")
    for number, (typed, _) in enumerate(TYPED, 2):
        page.cell(number, column).value = typed or None
    book.save(path)
    fresh.unlink()
    return path


def judge(reading: Reading, expected: Truth) -> dict[str, list[str]]:
    """Keys by what became of their decisions: right, listed (with its place), wrong, lost.

    A row counts as the collecting command counts it: without trouble, and with the title that went out with its key.
    """
    places = {issue.cell for issue in reading.issues if issue.severity != "info"}
    found: dict[str, list[str]] = {"right": [], "listed": [], "wrong": [], "lost": []}
    read: dict[str, str] = {}
    listed = set()
    for answer in reading.answers:
        meaning = interpret(answer.decision, answer.reason, REASONS, "title-abstract")
        agrees = answer.title == "" or title_sign(answer.title) == title_sign(expected.get(answer.key, ("", ""))[1])
        if answer.trouble or not agrees or not meaning.readable or answer.key not in expected:
            listed.add(answer.key)
        elif meaning.decision:
            assert answer.key not in read, f"{answer.key} was read twice"
            read[answer.key] = meaning.decision
    for key, (decision, _) in expected.items():
        if key in read:
            found["right" if read[key] == decision else "wrong"].append(key)
        elif decision:
            found["listed" if key in listed or places else "lost"].append(key)
    return found
