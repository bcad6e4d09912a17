"""What a reader gives: the lines of a strategy, its expression, and what was put right on the way."""

from __future__ import annotations

from dataclasses import dataclass

from review.model import Issue, ReviewError
from review.query.tree import And, Node, Not, Or


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


class Source:
    """A text under reading: its place, for messages, and the notes so far."""

    def __init__(self, text: str, line: int = 1, notes: list[Issue] | None = None) -> None:
        self.text, self.line = text, line
        self.notes: list[Issue] = notes if notes is not None else []

    def place(self, at: int) -> tuple[int, int]:
        """Line and column (from 1) of a character."""
        before = self.text[:at]
        return self.line + before.count("\n"), at - (before.rfind("\n") + 1) + 1

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
