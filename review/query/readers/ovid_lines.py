"""The rows of an Ovid strategy as they are printed: numbers, captions, hit counts, comments in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.model import Issue
from review.query.readers.strategy import Source

_NUMBERED = re.compile(r"\s*#?([0-9]{1,5})(\s*[.):])?\s+(?=\S)")
_OPERATOR = re.compile(r"(?:and|or|not|adj\d*|use)\b(?!\s*/)", re.IGNORECASE)
# A single row that begins so has a number before it; "1 year mortality.tw." has none.
_SURELY_NUMBERED = re.compile(r"exp\s|[*(\"“]|[^.]*/\s*$", re.IGNORECASE)
# How many records a line found, at its end: (1,234), [1234], or bare behind something that is complete.
_HITS = re.compile(r"(?:\s*[\[(]\d[\d,. ]*[\])]|(?:\t\s*|(?<=[./)\]\"”])\s+|(?<=/[a-z][a-z])\s+)\d[\d,]*)\s*$")
_HITS_IN_COLUMN = re.compile(r"\s{2,}\d[\d,]*\s*$")
_HITS_OF_LINES = re.compile(r"(?<=\d)\s+(\d[\d,]*)\s*$")
_ONLY_LINES = re.compile(r"\s*(?:(?:or|and)/[\d,\s-]+|[(\d\s][()\d\s]*(?:(?:and|or|not)\s[()\d\s]+)+)$", re.IGNORECASE)
# A line by its number as other databases write it; in Ovid no word begins with a sign for a letter.
_LABEL_OF_A_LINE = re.compile(r"(?<![\w#*?$])#(?=\d{1,4}(?![\w*?$#./]))")
_BRACKETS = re.compile(r"\"[^\"]*\"|“[^”]*”|\[[^\]\[]*\]")
_OVIDS_OWN = re.compile(r"/\s*(?:[a-z]{2}(?:\s*,\s*[a-z]{2})*)?\s*$", re.IGNORECASE)


def lines(text: str, notes: list[Issue]) -> Iterator[Source]:
    """The lines of a strategy, each with its place; numbers, hit counts and comments are blanks there."""
    rows = list(enumerate(text.replace("\r\n", "\n").split("\n"), 1))
    starts = _starts(rows)
    for first, part in _parts(rows, starts, notes):
        source = Source("\n".join(part), first, notes)
        if starts:
            source.text = _NUMBERED.sub(lambda m: " " * len(m.group()), source.text, count=1)
        _take_hits(source, bool(starts), 1 + sorted(starts).index(first) if starts else 0)
        if starts:
            source.text = _LABEL_OF_A_LINE.sub(" ", source.text)
        _take_comments(source)
        yield source


def _starts(rows: list[tuple[int, str]]) -> set[int]:
    """The rows that begin with 1, 2, 3, ... in turn; none where lines have no numbers of their own."""
    found: list[int] = []
    for number, row in rows:
        match = _NUMBERED.match(row)
        if match and int(match.group(1)) == len(found) + 1 and not _OPERATOR.match(row, match.end()):
            found.append(number)
    if len(found) == 1:
        row = dict(rows)[found[0]]
        match = _NUMBERED.match(row)
        sure = match and (match.group(2) or "\t" in match.group() or _SURELY_NUMBERED.match(row, match.end()))
        return set(found) if sure else set()
    return set(found)


def _parts(rows: list[tuple[int, str]], starts: set[int], notes: list[Issue]) -> Iterator[tuple[int, list[str]]]:
    """The rows of each line with the number of its first; what stands before the first line is a caption."""
    first, part = 0, list[str]()
    for number, row in rows:
        if starts and number not in starts and (not first or not any(map(str.isalnum, row))):
            if any(map(str.isalnum, row)):
                notes.append(Issue("caption", f"Read as a caption, not searched: {row.strip()!r}.", line=number, severity="info"))
            elif part:
                part.append("")         # dashes or asterisks below a strategy
        elif starts and number not in starts:
            _in_turn(row, number, part, len([s for s in starts if s <= number]), notes)
            part.append(row)
        elif row.strip():
            if part:
                yield first, part
            first, part = number, [row]
    if part:
        yield first, part


def _in_turn(row: str, number: int, part: list[str], last: int, notes: list[Issue]) -> None:
    """A row without the number that is due goes on with the line before, unless that is complete."""
    match = _NUMBERED.match(row)
    held = "\n".join(part)
    if match and int(match.group(1)) > last and held.count("(") == held.count(")") and not _OPERATOR.match(row, match.end()):
        raise Source(row, number, notes).fail(match.start(1), f"the numbers of the lines go from {last} to {match.group(1)}",
                                              "Number them 1, 2, 3, ... without a gap.")


def _take_hits(source: Source, numbered: bool, label: int) -> None:
    """How many records a line found is no part of it."""
    text = source.text.rstrip()
    tail = max(0, len(text) - 200)          # only there, so that a long line costs no more than a short one
    match = _HITS.search(text, tail) or (_HITS_IN_COLUMN.search(text, tail) if numbered else None)
    if match is None and (last := _HITS_OF_LINES.search(text, tail)) and len(text) < 2000 and _ONLY_LINES.match(text):
        match = last if label and int(last.group(1).replace(",", "")) >= label else None
    source.text = text[:match.start()] if match else text


def _take_comments(source: Source) -> None:
    """Text between brackets, but for what Ovid itself prints: names of subheadings, [mp=title, ...]."""
    def blank(match: re.Match[str]) -> str:
        found = match.group()
        if not found.startswith("["):
            return found
        if not re.match(r"\[\s*\w+\s*=", found) and not _OVIDS_OWN.search(source.text, 0, match.start()):
            source.note(match.start(), "comment", f"Read as a comment, not searched: {found!r}.")
        return re.sub(r"[^\n]", " ", found)

    source.text = _BRACKETS.sub(blank, source.text).rstrip()
