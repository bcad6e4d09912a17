"""Which formats there are: every module of this package with a `FORMAT`, and those of other packages
that announce one under the entry point group `review.formats`."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import BinaryIO

from review.formats.source import Source
from review.model import Entry, Issue, Record

Extra = Callable[[Record], Mapping[str, str]]


@dataclass(frozen=True)
class Format:
    """One export format. Its functions are plain functions of its module.

    `sniff` answers 0 to 1 from a file's first text (for `binary` formats: its bytes as Latin-1);
    `count` gives the records in the file by a means the reader does not use.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    sniff: Callable[[str, str], float]
    read: Callable[[Source], Iterator[Entry | Issue]]
    count: Callable[[Source], int | None]
    tags: Callable[[bytes, Source], tuple[tuple[str, str], ...]]
    write: Callable[[Iterable[Record], BinaryIO, Extra | None], int] | None = None
    binary: bool = False            # a container of its own (a workbook), not text


@cache
def formats() -> Mapping[str, Format]:
    """All formats by name."""
    import review.formats as package

    found: dict[str, Format] = {}
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        if (item := getattr(import_module(f"review.formats.{module.name}"), "FORMAT", None)) is not None:
            found[item.name] = item
    for point in entry_points(group="review.formats"):
        item = point.load()
        found.setdefault(item.name, item)
    return found
