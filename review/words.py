"""The fixed words of the field (PRISMA 2020). Nothing is imported here but types, so that `review --help` is instant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


# Programs that take RIS, so that an export may be asked for by their names.
TAKE_RIS: tuple[str, ...] = ("EndNote", "Zotero", "Mendeley", "Rayyan", "Covidence")


def many(n: int, noun: str, plural: str = "") -> str:
    """“1 report”, “2 reports”, “1,000 studies”: a number with its noun; `plural` where it is neither -s nor -ies."""
    return f"{n:,} {noun if n == 1 else plural or _plural(noun)}"


def _plural(noun: str) -> str:
    return noun[:-1] + "ies" if noun[-1] == "y" and noun[-2] not in "aeiou" else noun + "s"


def code_among(said: str, codes: Iterable[str]) -> str:
    """The reviewer's code that somebody means: as it is written, or else in another case if only one fits; "" if none."""
    known = list(dict.fromkeys(filter(None, codes)))
    like = [code for code in known if code.casefold() == said.strip().casefold()]
    return said if said in known else like[0] if len(like) == 1 else ""


def agree(n: int, one: str, more: str) -> str:
    """The verb that goes with a number: agree(1, "tells", "tell") is “tells”."""
    return one if n == 1 else more


def were(n: int) -> str:
    """“was” of one, “were” of more, and of none."""
    return agree(n, "was", "were")


def and_list(words: Sequence[str]) -> str:
    """“AB”, “AB and CD”, “AB, CD and GH”; "" of none."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
