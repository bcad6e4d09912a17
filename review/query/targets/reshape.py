"""Expressions in other shapes that say the same (or, where the name says so, more)."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace
from typing import Any

from review.query.tree import And, Fields, Heading, Language, Near, Node, Not, Or, Range, Term, conjunction

_WORDS = re.compile(r"[\w*?#]+")


def once(tree: Node) -> Node:
    """Alternatives that differ in case only, each once (a heading's words may repeat a term)."""
    if isinstance(tree, (Term, Heading)):
        return tree
    if isinstance(tree, Or):
        kept: dict[Any, Node] = {}
        for child in map(once, tree.children):
            key = (child.text.casefold(), child.fields, child.mapped) if isinstance(child, Term) else child
            kept.setdefault(key, child)
        return Or(tuple(kept.values())) if len(kept) > 1 else next(iter(kept.values()))
    if isinstance(tree, And):
        return And(tuple(map(once, tree.children)))
    return Not(once(tree.keep), once(tree.drop)) if isinstance(tree, Not) else tree


def choices(near: Near) -> int:
    """How many proximities of single words it stands for."""
    return math.prod(len(o.children) if isinstance(o, Or) else 1 for o in near.operands)


def distributed(near: Near) -> tuple[Near, ...]:
    """One proximity for each choice among alternatives: (a OR b) NEAR c is (a NEAR c) OR (b NEAR c)."""
    choices = [o.children if isinstance(o, Or) else (o,) for o in near.operands]
    return tuple(replace(near, operands=chosen) for chosen in itertools.product(*choices))


def unnear(node: Node) -> Node:
    """The same with proximities inside turned into conjunctions."""
    match node:
        case Near(operands=below):
            return conjunction(tuple(map(unnear, below)))
        case Or(children=below):
            return Or(tuple(map(unnear, below)))
        case _:
            return node


def inside(near: Near) -> tuple[Node, ...]:
    """Operands, and the alternatives within them."""
    return tuple(x for o in near.operands for x in (o.children if isinstance(o, Or) else (o,)))


def in_fields(near: Near, fields: Fields) -> Near:
    """The same proximity with every term in `fields`."""
    def moved(node: Node) -> Node:
        match node:
            case Term():
                return replace(node, fields=fields)
            case Near(operands=below):
                return replace(node, operands=tuple(map(moved, below)))
            case Or(children=below):
                return Or(tuple(map(moved, below)))
            case _:
                return node
    return replace(near, operands=tuple(map(moved, near.operands)))


def split(text: str) -> list[str]:
    """Words of a term with their wildcards; hyphens and other signs separate."""
    return _WORDS.findall(text)


def lifted(tree: Node) -> tuple[Node, list[Range], tuple[str, ...]]:
    """A conjunction without its limits, and these: spans of years, and the languages of one limit."""
    if not isinstance(tree, And):
        return tree, [], ()
    spans = [c for c in tree.children if isinstance(c, Range) and c.field == "year" and not c.relative]
    spoken = [c for c in tree.children if isinstance(c, Language)][:1]
    kept = tuple(c for c in tree.children if c not in spans and c not in spoken)
    if not kept:
        return tree, [], ()
    return conjunction(kept), spans, spoken[0].codes if spoken else ()
