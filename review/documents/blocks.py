"""The building blocks of a document, whatever it is written as."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 9."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `style` is one of Word's own names ("List Bullet", "Normal"); a note is small and close."""

    text: str
    style: str = "Normal"
    bold: bool = False
    note: bool = False


@dataclass(frozen=True)
class Code:
    """Text to be kept character by character, such as a search string."""

    text: str


@dataclass(frozen=True)
class Table:
    """A table whose first row is repeated on every page; `widths` are shares of the page's width."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
