"""How the concepts are joined: `population AND place AND (outcome OR policy)`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from review.query.tree import And, Node, Not, Or, flatten

_WORDS = re.compile(r"\(|\)|[^\s()]+")
_DEEPEST = 100                  # parentheses
_OPERATORS = {"AND", "OR", "NOT"}


class CombineError(ValueError):
    """What is wrong with a combination, and where (characters from 1)."""


@dataclass(frozen=True)
class _Word:
    text: str
    at: int


def names(text: str) -> tuple[str, ...]:
    """The concepts that a combination names, each once, in order."""
    found = (w.text for w in _words(text) if w.text not in "()" and w.text.upper() not in _OPERATORS)
    return tuple(dict.fromkeys(found))


def build(text: str, concept: Callable[[str], Node]) -> Node:
    """The expression of a combination, with each name replaced by what `concept` gives for it.

    AND, OR and NOT in capitals or not; mixing OR with the others needs parentheses, so that nobody has to
    remember which binds first. CombineError says what is wrong and where.
    """
    words = list(_words(text))
    if not words:
        raise CombineError("it is empty: name the concepts, e.g. population AND place")
    if text.count("(") > _DEEPEST:
        raise CombineError(f"it has more than {_DEEPEST} parentheses: take some out")
    node, rest = _sequence(words, 0, concept)
    if rest < len(words):
        _fail(words[rest], "a closing parenthesis has no opening one" if words[rest].text == ")"
              else "an operator (AND, OR, NOT) is missing before it")
    return flatten(node)


def _words(text: str) -> Iterator[_Word]:
    for match in _WORDS.finditer(text):
        yield _Word(match.group(), match.start() + 1)


def _fail(word: _Word, what: str) -> NoReturn:
    raise CombineError(f"at {word.text!r} (character {word.at}): {what}")


def _sequence(words: list[_Word], at: int, concept: Callable[[str], Node]) -> tuple[Node, int]:
    """Operands joined by operators, from `at` to the closing parenthesis or the end."""
    node, at = _operand(words, at, concept)
    seen: set[str] = set()
    while at < len(words) and words[at].text != ")":
        operator = words[at].text.upper()
        if operator not in _OPERATORS:
            _fail(words[at], "an operator (AND, OR, NOT) is missing before it")
        seen.add(operator)
        if "OR" in seen and len(seen) > 1:
            _fail(words[at], "OR stands beside AND or NOT: put parentheses around one of them")
        right, after = _operand(words, at + 1, concept, words[at])
        node = _join(operator, node, right)
        at = after
    return node, at


def _join(operator: str, left: Node, right: Node) -> Node:
    if operator == "NOT":
        return Not(left, right)
    return And((left, right)) if operator == "AND" else Or((left, right))


def _operand(words: list[_Word], at: int, concept: Callable[[str], Node],
             before: _Word | None = None) -> tuple[Node, int]:
    """A concept's name, or a group between parentheses."""
    if at >= len(words):
        _fail(before or words[-1], "nothing follows it")
    word = words[at]
    if word.text == "(":
        node, end = _sequence(words, at + 1, concept)
        if end >= len(words):
            _fail(word, "this parenthesis is never closed")
        return node, end + 1
    if word.text == ")" or word.text.upper() in _OPERATORS:
        _fail(word, "a concept is missing before it")
    return concept(word.text), at + 1
