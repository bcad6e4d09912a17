"""Refer / EndNote import (`.enw`): `%T title`, as EndNote, Google Scholar and CNKI write it.

Facts: EndNote's tags (`%0` the type begins a record); the older refer of Unix has no `%0` and a blank
line between records. CNKI may put several `%A` on one line and marks its records with `%W CNKI`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.formats import compose, tagged
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue

TABLE = compose.Table.load("refer")
_TAG = re.compile(r"\n\ufeff?(%[^\s\w]|%[0-9A-Za-z])(?:[ \t]+|(?=\n)|\Z)")
TYPED = tagged.Grammar("refer", _TAG, start=rb"%0(?=[ \t\r\n]|\Z)", marks=b"%")
CLASSIC = tagged.Grammar("refer", _TAG, start=rb"(?!)", opens=rb"%\S(?=[ \t\r\n]|\Z)", marks=rb"\s",
                         end=tagged.BLANK, end_belongs=False)
_SEVERAL = re.compile(r"\s*%A\s+")


def sniff(head: str, name: str) -> float:
    """Lines of `%` and one character; `%0` and another make it certain."""
    tags = re.findall(r"(?:\A|[\r\n])\ufeff?(%[0-9A-Za-z@+&!?*~$^><=\[\]#])(?=[ \t\r\n]|\Z)", head)
    if "%0" in tags:
        return 0.95
    return 0.8 if len(set(tags) & set(TABLE.tags)) > 2 else 0.5 if tags and head.lstrip().startswith("%") else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    return tagged.read(source, _grammar(source), TABLE, prepare=_prepare)


def _grammar(source: Source) -> tagged.Grammar:
    """With `%0` anywhere near the start every record begins with it; else blank lines part them."""
    return TYPED if re.search(rb"(?:\A|[\r\n])(?:\xef\xbb\xbf)?%0[ \t\r\n]", source.peek()) else CLASSIC


def _prepare(tags: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Several authors of one line apart."""
    return [(tag, part) for tag, value in tags
            for part in (_SEVERAL.split(value) if tag == "%A" else [value])]


def count(source: Source) -> int:
    """`%0` lines, or where there are none, groups of tagged lines between blank ones."""
    typed = groups = 0
    inside = False
    for raw in source.lines():
        line = raw.lstrip(b"\xef\xbb\xbf")
        typed += line[:2] == b"%0" and not line[2:3].strip()
        if not line.strip():
            inside = False
        elif line[:1] == b"%" and not line[2:3].strip() and len(line) > 1 and not inside:
            groups, inside = groups + 1, True
    return typed or groups


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """The tags of one record's bytes."""
    return tuple(tagged.tags_of(source.decode(data), TYPED))


FORMAT = Format("refer", "EndNote / refer .enw (also CNKI)", (".enw", ".ref", ".txt"), sniff, read, count, tags)
