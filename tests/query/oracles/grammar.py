"""What the databases' languages share: operands, operators, parentheses, fields before or behind a group."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from review.query.tree import ALL, And, Fields, Near, Node, Not, Or, Term, flatten

NOWHERE: Fields = frozenset()       # of a term whose field is still to come
TITLE: Fields = frozenset({"title"})
ABSTRACT: Fields = frozenset({"abstract"})
KEYWORDS: Fields = frozenset({"keywords"})
INDEX: Fields = frozenset({"heading", "subheading", "substance"})     # what indexers wrote


class Unreadable(Exception):
    """The database would refuse the string, or read it in an order that nobody wrote down."""


@dataclass(frozen=True)
class Sign:
    """An operator: AND, OR, NOT or NEAR with its distance in words between."""

    kind: str
    distance: int = 0
    ordered: bool = False


@dataclass(frozen=True)
class Grammar:
    """One database's language.

    `operators` are patterns with what they mean; `special` are patterns of whole operands (headings, limits);
    `before` and `behind` are its field names, with the patterns in which they stand.
    """

    operators: Sequence[tuple[str, Callable[[re.Match[str]], Sign]]]
    before: Mapping[str, Fields] = field(default_factory=dict)
    before_sign: str = ""                       # between the field's name and its group: "=", ":", or blank
    before_groups: bool = True                  # the field may stand before parentheses
    behind: Mapping[str, Fields] = field(default_factory=dict)      # :ti,ab,kw
    default: Fields = ALL
    quotes: str = '"'
    wildcards: Mapping[str, str] = field(default_factory=dict)      # the database's sign -> ours
    quoted_wildcards: bool = True
    stem: int = 0                               # characters that a wildcard at the end needs before it
    special: Sequence[tuple[str, Callable[[re.Match[str]], Node]]] = ()
    line: str = ""                              # how a line is named; group 1 is its number
    minus: bool = False                         # -term excludes it

    def read(self, string: str, lines: Sequence[Node] = ()) -> Node:
        """The expression of a whole string."""
        return flatten(_Walk(self, string, lines).whole())


class _Walk:
    """One walk over a string; `at` stands behind what was read."""

    def __init__(self, grammar: Grammar, text: str, lines: Sequence[Node]) -> None:
        self.grammar, self.text, self.lines, self.at = grammar, text, lines, 0

    def whole(self) -> Node:
        node = self.level()
        if self.at < len(self.text):
            raise Unreadable(f"{self.text[self.at:self.at + 40]!r} can't follow")
        return _placed(node, self.grammar.default)

    def match(self, pattern: str) -> re.Match[str] | None:
        """The pattern at hand, after blanks; read if it is there."""
        found = re.compile(r"\s*(?:" + pattern + ")").match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def sign(self) -> Sign | None:
        for pattern, meaning in self.grammar.operators:
            if found := self.match(pattern):
                return meaning(found)
        return None

    def level(self) -> Node:
        """Operands of one level of parentheses, all joined by one and the same operator."""
        operands, seen = [self.operand()], []
        while sign := self.sign():
            seen.append(sign)
            operands.append(self.operand())
        node = operands[0]
        if len(set(seen)) > 1:
            raise Unreadable(f"{' and '.join(sorted({s.kind for s in seen}))} without parentheses: {self.text[:60]}")
        for sign, right in zip(seen, operands[1:], strict=True):
            node = _joined(sign, node, right)
        while self.grammar.minus and self.match(r"-(?=\S)"):
            node = Not(node, self.operand())
        return node

    def operand(self) -> Node:
        grammar = self.grammar
        for pattern, meaning in grammar.special:
            if found := self.match(pattern):
                return meaning(found)
        if grammar.line and (found := self.match(grammar.line)):
            number = int(found.group(1))
            if not 0 < number <= len(self.lines):
                raise Unreadable(f"no line {number}")
            return self.lines[number - 1]
        names = "|".join(sorted(map(re.escape, grammar.before), key=len, reverse=True))
        if names and (found := self.match(f"({names}){grammar.before_sign}")):
            if not grammar.before_groups and re.match(r"\s*\(", self.text[self.at:]):
                raise Unreadable("this field can't stand before a group")
            return self.behind(_placed(self.atom(), grammar.before[found.group(1)]))
        return self.behind(self.atom())

    def behind(self, node: Node) -> Node:
        """The operand in the fields that stand right behind it."""
        if self.grammar.behind and (found := re.compile(r":([a-z]+(?:,[a-z]+)*)").match(self.text, self.at)):
            self.at = found.end()
            names = found.group(1).split(",")
            if unknown := [n for n in names if n not in self.grammar.behind]:
                raise Unreadable(f"no field {unknown[0]}")
            return _placed(node, frozenset().union(*(self.grammar.behind[n] for n in names)))
        return node

    def atom(self) -> Node:
        """A group between parentheses, a quoted phrase, or a bare word."""
        if self.match(r"\("):
            node = self.level()
            if not self.match(r"\)"):
                raise Unreadable(f"a parenthesis is not closed at {self.text[self.at:self.at + 30]!r}")
            return node
        quote = re.escape(self.grammar.quotes)
        if found := self.match(f"{quote}([^{quote}]*){quote}"):
            return Term(self.words(found.group(1), quoted=True), NOWHERE)
        if found := self.match(rf"[^\s():,={quote}]+"):
            return Term(self.words(found.group(), quoted=False), NOWHERE)
        raise Unreadable(f"no operand at {self.text[self.at:self.at + 40]!r}")

    def words(self, text: str, *, quoted: bool) -> str:
        """A term with our wildcards in place of the database's."""
        grammar = self.grammar
        if quoted and not grammar.quoted_wildcards and any(w in text for w in grammar.wildcards):
            raise Unreadable(f"no wildcards between quotes: {text}")
        signs = "".join(map(re.escape, grammar.wildcards))
        for word in text.split():
            if signs and (end := re.fullmatch(f"([^{signs}]*)[{signs}]+", word)) and len(end.group(1)) < grammar.stem:
                raise Unreadable(f"{word}: at least {grammar.stem} characters before a wildcard")
        # A sign that means nothing to the database separates words, as any other sign does.
        return "".join(grammar.wildcards.get(c, " " if c in "*?#$" else c) for c in text).strip()


def _joined(sign: Sign, left: Node, right: Node) -> Node:
    match sign.kind:
        case "AND":
            return And((left, right))
        case "OR":
            return Or((left, right))
        case "NOT":
            return Not(left, right)
        case _:
            for side in (left, right):
                if not _close(side):
                    raise Unreadable("only words, phrases and alternatives can stand beside each other")
            return Near((left, right), sign.distance, sign.ordered)


def _close(node: Node) -> bool:
    return isinstance(node, (Term, Near)) or (isinstance(node, Or) and all(map(_close, node.children)))


def _placed(node: Node, fields: Fields) -> Node:
    """Terms that have no field yet, in these."""
    match node:
        case Term(fields=own):
            return node if own else replace(node, fields=fields)
        case And(children=below):
            return And(tuple(_placed(c, fields) for c in below))
        case Or(children=below):
            return Or(tuple(_placed(c, fields) for c in below))
        case Not(keep=keep, drop=drop):
            return Not(_placed(keep, fields), _placed(drop, fields))
        case Near(operands=below):
            return replace(node, operands=tuple(_placed(c, fields) for c in below))
        case _:
            return node


def boolean(both: str = "AND", either: str = "OR", without: str = "NOT",
            ) -> list[tuple[str, Callable[[re.Match[str]], Sign]]]:
    """The three operators as words of their own."""
    def kind(name: str) -> Callable[[re.Match[str]], Sign]:
        return lambda match: Sign(name)

    end = r"(?=[\s(\"'])"
    return [(without + end, kind("NOT")), (both + end, kind("AND")), (either + end, kind("OR"))]


def proximity(pattern: str, *, more: int = 0, ordered: bool = False) -> tuple[str, Callable[[re.Match[str]], Sign]]:
    """An operator with its number in group 1; `more` is what it counts beyond the words between."""
    return pattern + r"(?=[\s(\"'])", lambda match: Sign("NEAR", int(match.group(1)) - more, ordered)


def group(text: str, *names: str) -> str:
    """A pattern for one of several names, longest first."""
    return text.format("|".join(sorted(map(re.escape, names), key=len, reverse=True)))
