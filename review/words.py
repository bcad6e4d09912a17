"""The fixed words of the field (PRISMA 2020). Nothing is imported here but types, so that `review --help` is instant."""

from __future__ import annotations

from typing import Literal

Stage = Literal["title-abstract", "full-text"]
STAGES: tuple[Stage, ...] = ("title-abstract", "full-text")

# Decisions a reviewer can take, by stage.
DECISIONS: dict[str, tuple[str, ...]] = {
    "title-abstract": ("include", "exclude", "maybe"),
    "full-text": ("include", "exclude", "maybe", "awaiting-classification", "ongoing"),
}

# How a source was searched; the first two form the database arm of the flow (PRISMA 2020, box 2),
# the others the "other methods" arm (box 11).
METHODS: tuple[str, ...] = (
    "database", "register", "website", "organisation", "citation-searching", "contact", "handsearch", "other",
)
DATABASE_ARM = frozenset({"database", "register"})

# Where decisions may have been made that are brought in: other screening tools, and plain sheets.
ELSEWHERE: tuple[str, ...] = ("rayyan", "covidence", "asreview", "eppi", "sheet")


def many(n: int, noun: str, plural: str = "") -> str:
    """“1 report”, “2 reports”, “1,000 studies”: a number with its noun."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"
