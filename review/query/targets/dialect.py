"""How one database writes an expression: a table of its fields and signs, and what it lacks.

Writing prints an expression that the database can say (see `lower`) and loses nothing. A target is a `Dialect` in
a file of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from review.query.targets.reshape import split
from review.query.tree import (
    ALL,
    And,
    Fields,
    Heading,
    Language,
    Near,
    Node,
    Not,
    Or,
    Range,
    Term,
)


@dataclass(frozen=True)
class Dialect:
    """One database's way of writing. Everything that it can't do is absent, and becomes a named loss."""

    name: str                                   # canonical name of the database
    fields: Mapping[Fields, str]                # set of atoms -> pattern, "{}[tiab]" or "TI({0}) OR AB({0})"
    language: str = "en"                        # which terms of the definition it takes: "en" or "zh"
    vocabularies: tuple[str, ...] = ()          # controlled vocabularies that it has
    grouped: bool = False                       # one pattern around a whole OR group
    quote_words: bool = False                   # single words between quotes too
    quotes: tuple[str, str] = ('"', '"')
    signs: Mapping[str, str] = field(default_factory=dict)    # wildcard -> what the database writes for it
    stem: int = 0                               # characters needed before a wildcard
    stem_inside: bool = True                    # they are needed before one inside a word too
    leading: bool = True                        # a wildcard may begin a word
    never_last: str = ""                        # wildcards that can't end a word, where they are no sign
    longest: int | None = None                  # characters that a * stands for at most; None: any number
    replaced: Mapping[Fields, Fields] = field(default_factory=dict)   # narrower fields that stand for others
    widens: Mapping[Fields, str] = field(default_factory=dict)  # what a field searches beyond its atoms
    approximates: Mapping[Fields, str] = field(default_factory=dict)  # what is searched in place of a field
    operators: tuple[str, str, str] = (" AND ", " OR ", " NOT ")
    inner_operators: tuple[str, str, str] | None = None          # within one pattern, if others
    near: Callable[[Near, tuple[str, ...]], str] | None = None  # written operands -> proximity
    near_ordered: bool = False                  # proximity can keep the order of words
    near_adjacent: bool = False                 # it can where no word stands between
    near_nested: bool = False                   # an operand may be a proximity again
    near_alternatives: bool = True              # an operand may be (a OR b)
    near_phrases: bool = True                   # an operand may be a phrase
    near_wild: bool = True                      # an operand may hold wildcards
    near_window: bool = False                   # three or more operands within one span
    near_fields: frozenset[Fields] | None = None  # fields in which proximity works; None for all
    near_counts: str = ""                       # doubt about what n counts; "" for none
    phrase_wild: bool = True                    # a phrase may hold wildcards
    heading: Callable[[Heading], str] | None = None
    can: frozenset[str] = frozenset()           # of: explode, no-explode, major, subheadings, types
    years: Callable[[Range], str] | None = None
    can_date: Callable[[Range], bool] = lambda span: span.field == "year"    # what `years` can write
    languages: Callable[[tuple[str, ...]], str] | None = None
    params: Callable[[Range | None, tuple[str, ...]], dict[str, Any]] | None = None
    word_forms: str = ""                        # forms that the database adds to every word by itself
    wild_phrase: Callable[[list[str]], str] | None = None       # a phrase with wildcards, in another form
    bare: Callable[[Term], bool] = lambda term: False           # terms that are never quoted
    line: str = ""                              # how a line names another, "#{}"; "" if it can't
    # What a string exceeds ("take more than ..."), "" if it fits.
    exceeds: Callable[[str], str] = lambda string: ""
    days: bool = False                          # dates to the day, not whole years only
    relative: bool = False                      # dates that count back from the day of the search
    # Limits as further lines of the strategy: spans of years ("" is an open end), names of languages, number of the line before.
    limit_lines: Callable[[list[tuple[str, str]], list[str], int], tuple[str, ...]] | None = None
    finish: Callable[[str], str] = lambda string: string        # around the whole string

    def written(self, tree: Node) -> tuple[str, tuple[str, ...]]:
        """The string, and the lines as an appendix prints them: each concept a line, then their combination.

        A database whose lines can't name others has one line.
        """
        both, _, without = self.operators
        if not self.line or not isinstance(tree, (And, Not)):
            string = self.write(tree, top=True)
            return string, (string,)
        keep = tree.keep if isinstance(tree, Not) else tree
        concepts = keep.children if isinstance(keep, And) else (keep,)
        lines = [self.write(c, top=True) for c in concepts]
        joined = both.join(self._enclosed(c, text) for c, text in zip(concepts, lines, strict=True))
        named = both.join(map(self.line.format, range(1, len(lines) + 1)))
        if isinstance(tree, Not):
            drop = self.write(tree.drop, top=True)
            several = len(concepts) > 1
            joined = f"({joined})" if several else joined
            named = f"({named})" if several else named
            return (f"{joined}{without}{self._enclosed(tree.drop, drop)}",
                    (*lines, drop, f"{named}{without}{self.line.format(len(lines) + 1)}"))
        return joined, (*lines, named)

    def _enclosed(self, node: Node, text: str) -> str:
        """A written expression as a part of another: between parentheses where it needs them."""
        if not isinstance(node, (And, Or, Not)) or self.grouped and isinstance(node, Or) and len(self._keys(node)) == 1:
            return text
        return f"({text})"

    def _keys(self, node: Or) -> dict[Fields | Node, list[Node]]:
        """Alternatives by their fields, in the order met; other nodes each by itself."""
        groups: dict[Fields | Node, list[Node]] = {}
        for child in node.children:
            key: Fields | Node = _fields_of(child) if isinstance(child, (Term, Near)) else child
            groups.setdefault(key, []).append(child)
        return groups

    # writing: from here on nothing is lost

    def write(self, node: Node, *, top: bool = False) -> str:
        """The string of an expression that this database can say."""
        if self.grouped and isinstance(node, Or):
            parts = self._groups(node)
            text = self.operators[1].join(parts)
            return text if top or len(parts) == 1 else f"({text})"
        match node:
            case And() | Or() | Not():
                text = self._join(node, self.write)
                return text if top else f"({text})"
            case Heading():
                assert self.heading is not None     # lowering left only headings that can be written
                return self.heading(node)
            case Range():
                assert self.years is not None
                return self.years(node)
            case Language(codes=codes):
                assert self.languages is not None
                return self.languages(codes)
            case Near():
                return self._field(_fields_of(node), self._bare_write(node), single=True)
            case Term():
                return self._field(node.fields, self._bare_write(node), single=True)

    def _groups(self, node: Or) -> list[str]:
        """Alternatives with one pattern around all terms of the same fields."""
        out = []
        for fields, members in self._keys(node).items():
            if isinstance(fields, frozenset) and len(members) > 1:
                inner = self._join(Or(tuple(members)), self._bare_write, self.inner_operators)
                out.append(self._field(fields, inner) if self.fields[fields] != "{}" else f"({inner})")
            else:
                out.append(self.write(members[0]))
        return out

    def _join(self, node: Node, write: Callable[[Node], str],
              operators: tuple[str, str, str] | None = None) -> str:
        """The operands of a Boolean node with its operator between them."""
        both, either, without = operators or self.operators
        match node:
            case And(children=below):
                return both.join(map(write, below))
            case Or(children=below):
                return either.join(map(write, below))
            case Not(keep=keep, drop=drop):
                return f"{write(keep)}{without}{write(drop)}"
            case _:
                return write(node)

    def _bare_write(self, node: Node) -> str:
        """Terms and proximities without their fields."""
        match node:
            case Term():
                return self._quoted(node)
            case Near(operands=operands):
                assert self.near is not None
                return self.near(node, tuple(map(self._bare_write, operands)))
            case _:
                return f"({self._join(node, self._bare_write)})"

    def _quoted(self, term: Term) -> str:
        """A term with its wildcards in this database's signs, between quotes where it needs them."""
        opening, closing = self.quotes
        truncated = term.truncated
        text = "".join([self.signs.get(c, c) for c in term.text]) if truncated else term.text
        if opening in text or closing in text or "  " in text:
            text = " ".join(text.replace(opening, " ").replace(closing, " ").split())
        if self.bare(term):
            return text
        if truncated and self.wild_phrase and len(split(text)) > 1:
            return self.wild_phrase(split(text))
        plain = (text.isalnum() or all(c.isalnum() or c in self.signs.values() for c in text)
                 if truncated or not self.quote_words else False)
        if plain:
            return text
        return f"{opening}{text}{closing}"

    def _field(self, fields: Fields, inner: str, *, single: bool = False) -> str:
        """The field's pattern around a written group, or a single term, which needs no parentheses of its own."""
        pattern = self.fields[fields]
        if single and pattern.startswith("({})"):
            pattern = pattern.replace("({})", "{}", 1)
        text = pattern.format(inner)
        return f"({text})" if pattern.count("{") > 1 else text


def _fields_of(node: Node) -> Fields:
    """The fields of a proximity: those of its first term."""
    match node:
        case Term(fields=fields):
            return fields
        case Near(operands=below) | Or(children=below) | And(children=below):
            return _fields_of(below[0])
        case _:
            return ALL


def words_between(sign: str, *, more: int = 0) -> Callable[[Near, tuple[str, ...]], str]:
    """Proximity written between its operands: `sign` with {n}, the number of words between plus `more`."""
    def write(node: Near, operands: tuple[str, ...]) -> str:
        return "(" + f" {sign.format(n=node.distance + more)} ".join(operands) + ")"
    return write


__all__ = ["Dialect", "words_between"]
