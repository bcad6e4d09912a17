"""What a reader gives: the lines of a strategy, its expression, and what was put right on the way."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from review.model import Issue, ReviewError
from review.query.tree import And, Node, Not, Or, leaves


@dataclass(frozen=True)
class Line:
    """One line of a strategy: its label (as other lines name it), its text, what it says."""

    label: str
    text: str
    tree: Node


@dataclass(frozen=True)
class Strategy:
    """A strategy as read. `tree` is what the last line finds; `notes` name every repair and doubt."""

    lines: tuple[Line, ...]
    notes: tuple[Issue, ...]

    @property
    def tree(self) -> Node:
        """The expression of the last line."""
        return self.lines[-1].tree


_MOST_LEAVES = 50_000           # of a whole search; published ones have some hundreds


class Known(dict[str, Node]):
    """The lines read so far, by label; remembers which of them each line names."""

    def __init__(self) -> None:
        super().__init__()
        self._now: set[str] = set()
        self._named: dict[str, set[str]] = {}
        self._sizes: dict[str, int] = {}        # leaves of each line
        self._reached = 0                       # leaves of the lines that the line at hand names
        self.line = 1                           # where that line stands in the text

    def __getitem__(self, label: str) -> Node:
        self._now.add(label)
        self._reached += self._sizes[label]
        if self._reached > _MOST_LEAVES:        # 40 lines that each name the one before twice are a million million terms
            raise ReviewError(f"The search string, line {self.line}, character 1: with the lines that it names it would hold "
                              f"more than {_MOST_LEAVES:,} terms. Name each line once.", code="query-syntax", line=self.line,
                              cell=f"{self.line}:1")
        return super().__getitem__(label)

    def add(self, label: str, node: Node) -> None:
        """A line, once it is read."""
        self[label] = node
        self._named[label], self._now = self._now, set()
        self._sizes[label], self._reached = sum(1 for _ in leaves(node)), 0

    def unused(self) -> list[str]:
        """The lines that the last one doesn't come to, by whatever way."""
        waiting, reached = list(self)[-1:], set()
        while waiting:
            label = waiting.pop()
            if label not in reached:
                reached.add(label)
                waiting += self._named[label]
        return [label for label in self if label not in reached]

    def note_unused(self, notes: list[Issue], line: int) -> None:
        """Say which lines the search leaves out; people forget one when they combine them."""
        if unused := self.unused():
            which = f"{'line' if len(unused) == 1 else 'lines'} {', '.join(unused)}"
            notes.append(Issue("line-not-used", f"The last line doesn't use {which}, so what stands there is not searched. "
                               "Combine it in the last line if it belongs to the search.", line=line))


class Source:
    """A text under reading: its place, for messages, and the notes so far."""

    def __init__(self, text: str, line: int = 1, notes: list[Issue] | None = None) -> None:
        self.text, self.line = text, line
        self._starts: list[int] | None = None   # where each of its lines begins
        self.notes: list[Issue] = notes if notes is not None else []

    def place(self, at: int) -> tuple[int, int]:
        """Line and column (from 1) of a character."""
        if self._starts is None:                # text changes while it is read, the ends of its lines don't
            self._starts = [0, *(m.end() for m in re.finditer("\n", self.text))]
        row = bisect_right(self._starts, at) - 1
        return self.line + row, at - self._starts[row] + 1

    def fail(self, at: int, what: str, repair: str) -> ReviewError:
        """The error for a place: what is wrong there, and what to do."""
        line, column = self.place(at)
        shown = self.text[at:at + 30].split("\n")[0]
        near = f", at {shown!r}" if shown else ", at the end"
        return ReviewError(f"The search string, line {line}, character {column}{near}: {what}. {repair}",
                           code="query-syntax", line=line, cell=f"{line}:{column}")

    def note(self, at: int, code: str, message: str) -> None:
        """Something that was put right or read in one of two ways."""
        line, column = self.place(at)
        self.notes.append(Issue(code, message, line=line, cell=f"{line}:{column}"))


class Row:
    """Operands joined from left to right: one long row for each operator in turn, not a deep nest.

    Some published filters join a thousand terms.
    """

    def __init__(self, first: Node) -> None:
        self._parts, self._operator = [first], ""

    def add(self, operator: str, right: Node) -> bool:
        """One more operand behind AND, OR or NOT; whether another operator, or a NOT, stood before it."""
        before = self._operator
        new = operator != before or operator == "NOT"
        if new:
            self._parts, self._operator = [self.node()], operator
        self._parts.append(right)
        return new and before != ""

    def node(self) -> Node:
        """The expression so far."""
        if len(self._parts) == 1:
            return self._parts[0]
        if self._operator == "NOT":
            return Not(self._parts[0], self._parts[1])
        return (And if self._operator == "AND" else Or)(tuple(self._parts))
