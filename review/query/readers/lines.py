"""Strategies of several lines in PubMed syntax, as appendices print them: labels, captions, combinations."""

from __future__ import annotations

import re

from review.model import Issue, ReviewError
from review.query.readers import pubmed
from review.query.readers.strategy import Known, Line, Source, Strategy

_LABEL_ALONE = re.compile(r"^#?(\d+[a-z]?|[A-Z])\s*[.:)]?$")
_LABELLED = re.compile(r"^#?(\d+[a-z]?|[A-Z])\s*[.:)]?\s+(.+)$")
_REFERENCE = re.compile(r"^\(*#?(\d+[a-z]?|[A-Z])\)*$")
_GOES_ON = re.compile(r"(AND|OR|NOT)\b")
_COMMENT_LINE = re.compile(r"^[ \t]*(?:#|//)(?!\w)[^\n]*", re.MULTILINE)
# "Search" before a line, as PubMed's history shows it; how many records a line found, behind it.
_SEARCH = re.compile(r"^Search:?\s+(?=\S)")
_HITS = re.compile(r"(?:\t\s*| {2,}|(?<=[\])\"”]) )\(?\d[\d,]*\)?$")
_HITS_OF_LINES = re.compile(r"^(\(*#?\d+\)*(?:\s+(?:AND|OR|NOT)\s+\(*#?\d+\)*)+)\s+\(?\d[\d,]*\)?$")
_QUERY_SIGN = re.compile(r"\[[^\]]+\]|[\"“”*]|\b(?:AND|OR|NOT)\b")


def read(text: str) -> Strategy:
    """A PubMed string, or a strategy of labelled lines; its last line is what it finds."""
    source = Source(text.replace("\r\n", "\n"))
    _blank_comments(source)
    rows = list(enumerate(source.text.split("\n"), 1))
    numbered = _numbered(rows)
    if not numbered and not any(_LABEL_ALONE.match(r.strip()) or _starts_line(r.strip()) for _, r in rows):
        source.text = re.sub(r"\A\s*Search:\s+", lambda m: " " * len(m.group()), source.text)
        return Strategy((Line("1", text.strip(), pubmed.parse(source)),), tuple(source.notes))
    return _labelled(_forwards(rows), numbered, source.notes)


def _blank_comments(source: Source) -> None:
    """Comments, which PubMed doesn't know, become blanks, so that places stay what they are."""
    at = 0
    while (start := source.text.find("/*", at)) >= 0 and (end := source.text.find("*/", start + 2)) >= 0:
        _blank(source, start, at := end + 2)
    for match in _COMMENT_LINE.finditer(source.text):
        _blank(source, *match.span())


def _blank(source: Source, start: int, end: int) -> None:
    comment = source.text[start:end]
    source.note(start, "comment", f"Read as a comment, not searched: {' '.join(comment.split())!r}.")
    source.text = source.text[:start] + re.sub(r"[^\n]", " ", comment) + source.text[end:]


def _numbered(rows: list[tuple[int, str]]) -> frozenset[int]:
    """The rows that begin with 1, 2, 3, ... in turn; none if only one does (it may be a number to look for)."""
    found: list[int] = []
    for number, row in rows:
        match = re.match(r"(\d+)\s+(.+)", row.strip())
        if match and int(match.group(1)) == len(found) + 1 and not _GOES_ON.match(match.group(2)):
            found.append(number)
    return frozenset(found if len(found) > 1 else ())


def _forwards(rows: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The rows, the first line first: PubMed's history shows the last one first."""
    held = [(n, r) for n, r in rows if r.strip()]
    labels = [m.group(1) for _, r in held if (m := re.match(r"#(\d+)\b", r.strip()))]
    backwards = len(labels) == len(held) > 1 and all(int(a) > int(b) for a, b in zip(labels, labels[1:], strict=False))
    return held[::-1] if backwards else rows


def _starts_line(row: str) -> bool:
    """Whether a row begins with a label: "#1 term", "2. Population:", "A. 1a and 2a"."""
    match = _LABELLED.match(row)
    if not match or _GOES_ON.match(match.group(2)):
        return False
    return bool(row.startswith("#") or re.match(r"^\S+?[.:)]\s", row) or not _QUERY_SIGN.search(match.group(2)))


def _combines(text: str, labels: set[str]) -> bool:
    """Whether a text joins earlier lines and holds nothing else."""
    words = text.split()
    operands = [w for w in words if w.upper() not in ("AND", "OR", "NOT")]
    names = [m.group(1) for w in operands if (m := _REFERENCE.match(w))]
    return len(operands) > 1 and len(names) == len(operands) and set(names) <= labels


def _goes_on(held: str, row: str) -> bool:
    """Whether a row continues the one before: an operator at the seam, or a group still open."""
    return bool(held) and (held.count("(") > held.count(")") or bool(re.search(r"\b(AND|OR|NOT)\s*$", held))
                           or bool(_GOES_ON.match(row)))


def _without_hits(text: str) -> str:
    """A line without the number of records that it found; it stands in the last characters, if at all."""
    start = max(0, len(text) - 200)
    if match := _HITS.search(text, start):
        return text[:match.start()]
    return _HITS_OF_LINES.sub(r"\1", text) if len(text) < 2000 else text


def _labelled(rows: list[tuple[int, str]], numbered: frozenset[int], notes: list[Issue]) -> Strategy:
    strategy = _Labelled(_named([row for _, row in rows]), numbered, notes)
    for number, raw in rows:
        if raw.strip():
            strategy.row(raw.strip(), number)
    strategy.close()
    if not strategy.lines:
        raise ReviewError("The search string holds captions only. Write at least one line with a term.",
                          code="query-syntax", line=1, cell="1:1")
    strategy.known.note_unused(notes, rows[-1][0])
    return Strategy(tuple(strategy.lines), tuple(notes))


def _named(rows: list[str]) -> set[str]:
    """The labels that a combination names: what stands there is a line, even if it looks like a caption."""
    labelled = [m for m in map(_LABELLED.match, map(str.strip, rows)) if m]
    labels = {m.group(1) for m in labelled}
    return {name.group(1) for m in labelled if _combines(m.group(2), labels)
            for word in m.group(2).split() if (name := _REFERENCE.match(word))}


class _Labelled:
    """The lines so far, and the one that is being gathered; `named` are labels that later lines name."""

    def __init__(self, named: set[str], numbered: frozenset[int], notes: list[Issue]) -> None:
        self.named, self.numbered = named, numbered
        self.notes = notes
        self.lines: list[Line] = []
        self.known = Known()
        self.label, self.held, self.start = "", "", 0

    def close(self) -> None:
        """Read what was gathered."""
        if self.held:
            self.known.line = self.start
            self.held = _without_hits(self.held.rstrip())
            node = pubmed.parse(Source(self.held, self.start, self.notes), self.known)
            name = self.label or f"line {self.start}"
            self.lines.append(Line(name, self.held, node))
            self.known.add(name, node)
        self.held, self.label = "", ""

    def row(self, row: str, number: int) -> None:
        """One row: a label, a caption, a query with or without a label, or more of the query before."""
        if _goes_on(self.held, row):
            self.held = f"{self.held}\n{row}"
            return
        labels = {*self.known, self.label}
        tail = row.partition(":")[2].strip()
        if alone := _LABEL_ALONE.match(row):
            self.close()
            self.label = alone.group(1)
        elif _combines(row, labels) or _combines(tail, labels):
            self.close()
            self.held, self.start = (row if _combines(row, labels) else tail), number
        elif (labelled := _LABELLED.match(row)) and (number in self.numbered or _starts_line(row)):
            self.close()
            self.label, text = labelled.group(1), _SEARCH.sub("", labelled.group(2))
            if (_QUERY_SIGN.search(text) or _combines(text, {*self.known})
                    or (self.label in self.named and ":" not in text)):
                self.held, self.start = text, number
            else:
                self.caption(row, number)
        elif _QUERY_SIGN.search(row) or (self.label and not self.held):
            if self.held:
                self.close()
            self.held, self.start = row, number
        else:
            self.caption(row, number)

    def caption(self, row: str, number: int) -> None:
        self.notes.append(Issue("caption", f"Read as a caption, not searched: {row!r}.", line=number,
                                severity="info"))
