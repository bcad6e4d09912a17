"""Google Scholar: at most 256 characters, no truncation, no fields but intitle:, author: and source:.

It searches whole texts and matches word stems by itself. Years are parameters of the page. A string too
long is shortened: the last terms of the longest concepts go first, then whole concepts, each named.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from review.query.compiled import Compiled, SearchString
from review.query.notation import describe
from review.query.targets.dialect import Dialect
from review.query.targets.lower import Lowering
from review.query.tree import (
    ALL,
    TITLE,
    And,
    Node,
    Not,
    Or,
    Range,
    Term,
    conjunction,
    depth,
    flatten,
    leaves,
)

MAX = 256


def _params(years: Range | None, languages: tuple[str, ...]) -> dict[str, Any]:
    return {"year_low": int(years.low), "year_high": int(years.high)} if years else {}


_DIALECT = Dialect(
    name="google-scholar",
    fields={ALL: "{}", TITLE: "intitle:{}", frozenset({"author"}): "author:{}",
            frozenset({"journal"}): "source:{}"},
    quote_words=True,
    params=_params,
)


@dataclass(frozen=True)
class _Scholar:
    """Lowering as everywhere, then exclusion by minus signs, then shortening."""

    name: str = "google-scholar"
    language: str = "en"
    vocabularies: tuple[str, ...] = ()

    def compile(self, tree: Node, years: tuple[int, int] | None = None,
                languages: tuple[str, ...] = ()) -> Compiled:
        """One string of at most 256 characters; years as parameters."""
        lowering = Lowering(_DIALECT)
        lowered = flatten(lowering.lower(flatten(tree)))
        lowered, params = _DIALECT._limited(lowered, years, languages, lowering)
        lowered = _excluding(lowered, lowering)
        lowered = _shortened(lowered, lowering)
        if depth(lowered) > 2:
            lowering.lose("nested-parentheses", "", "be relied on with parentheses inside parentheses",
                          "the string as it is: compare its hits with a simpler one")
        return Compiled(self.name, (SearchString(_write(lowered), params),), lowering.losses, lowered)


TARGET = _Scholar()


def _excluding(tree: Node, lowering: Lowering) -> Node:
    """Only terms can be excluded, and only from the whole: -"a" -"b". Other exclusions are left out."""
    if isinstance(tree, Not):
        drop = tree.drop.children if isinstance(tree.drop, Or) else (tree.drop,)
        keep = _excluding(tree.keep, lowering)
        if all(isinstance(d, Term) for d in drop):
            return Not(keep, tree.drop)
        lowering.lose("exclusion-dropped", describe(tree.drop), "exclude anything but single terms",
                      "nothing excluded, which finds more")
        return keep
    if isinstance(tree, (And, Or)):
        below = tuple(_inner(c, lowering) for c in tree.children)
        return And(below) if isinstance(tree, And) else Or(below)
    return tree


def _inner(tree: Node, lowering: Lowering) -> Node:
    """The same for what stands inside a group, where no exclusion can stand at all."""
    if isinstance(tree, Not):
        lowering.lose("exclusion-dropped", describe(tree.drop), "exclude inside a group",
                      "nothing excluded, which finds more")
        return _inner(tree.keep, lowering)
    if isinstance(tree, (And, Or)):
        below = tuple(_inner(c, lowering) for c in tree.children)
        return And(below) if isinstance(tree, And) else Or(below)
    return tree


def _write(tree: Node) -> str:
    if isinstance(tree, Not):
        drop = tree.drop.children if isinstance(tree.drop, Or) else (tree.drop,)
        return " ".join([_DIALECT.write(tree.keep), *(f"-{_DIALECT.write(d)}" for d in drop)])
    return _DIALECT.write(tree, top=True)


def _shortened(tree: Node, lowering: Lowering) -> Node:
    """The same with terms taken out until the string fits, one loss for each."""
    while len(_write(tree)) > MAX:
        shorter, gone = _shorter(tree)
        if shorter is None:
            lowering.lose("too-long", gone, f"take more than {MAX} characters",
                          "the string is longer and will not run: shorten the term itself")
            return tree
        concept = isinstance(tree, And) and isinstance(shorter, (And, Or, Term)) and (
            not isinstance(shorter, And) or len(shorter.children) < len(tree.children))
        lowering.lose("concept-left-out" if concept else "term-left-out", gone,
                      f"take more than {MAX} characters",
                      "left out, which finds more" if concept else "left out, which finds fewer")
        tree = shorter
    return tree


def _shorter(tree: Node) -> tuple[Node | None, str]:
    """One piece less, and what went: the last term of the longest group, else a concept."""
    if isinstance(tree, Not):
        if isinstance(tree.drop, Or):
            return Not(tree.keep, _fewer(tree.drop)), describe(tree.drop.children[-1])
        keep, gone = _shorter(tree.keep)
        return (tree.keep, f"NOT {describe(tree.drop)}") if keep is None else (Not(keep, tree.drop), gone)
    if isinstance(tree, Or):
        return _fewer(tree), describe(tree.children[-1])
    if not isinstance(tree, And):
        return None, describe(tree)
    groups = [i for i, c in enumerate(tree.children) if isinstance(c, Or)]
    if groups:
        below = tree.children
        at = max(groups, key=lambda i: (len(list(leaves(below[i]))), len(_write(below[i])), i))
        group = tree.children[at]
        assert isinstance(group, Or)
        below = (*below[:at], _fewer(group), *below[at + 1:])
        return replace(tree, children=below), describe(group.children[-1])
    return conjunction(tree.children[:-1]), describe(tree.children[-1])


def _fewer(group: Or) -> Node:
    """A group without its last alternative."""
    kept = group.children[:-1]
    return kept[0] if len(kept) == 1 else Or(kept)
