"""Google Scholar: at most 256 characters, no truncation, no fields but intitle:, author: and source:.

It searches whole texts and matches word stems by itself. Years are parameters of the page. A string too
long is shortened: the last terms of the longest concepts go first, then whole concepts, each named.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from typing import Any

from review.query.compiled import Compiled, SearchString
from review.query.notation import describe
from review.query.targets.compiling import limited, remarks
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
    alternatives,
    conjunction,
    depth,
    flatten,
)

MAX = 256
MOST_STRINGS = 100              # searches that a split string may become


def _params(years: Range | None, languages: tuple[str, ...]) -> dict[str, Any]:
    return {"year_low": int(years.low), "year_high": int(years.high)} if years else {}


_DIALECT = Dialect(
    name="google-scholar",
    fields={ALL: "{}", TITLE: "intitle:{}", frozenset({"author"}): "author:{}",
            frozenset({"journal"}): "source:{}"},
    quote_words=True,
    word_forms="Google Scholar adds other forms of words by itself, and doesn't say which.",
    params=_params,
)


@dataclass(frozen=True)
class _Scholar:
    """Lowering as everywhere, then exclusion by minus signs, then shortening."""

    name: str = "google-scholar"
    language: str = "en"
    vocabularies: tuple[str, ...] = ()

    def compile(self, tree: Node, years: tuple[int, int] | None = None,
                languages: tuple[str, ...] = (), *, split: bool = False) -> Compiled:
        """One string of at most 256 characters; years as parameters.

        With `split`, as many strings as it takes: together they find all that the expression does (but for
        the other losses), and they are one search of the source.
        """
        lowering = Lowering(_DIALECT)
        lowered = flatten(lowering.lower(flatten(tree)))
        lowered, params = limited(_DIALECT, lowered, years, languages, lowering)
        lowered = _excluding(lowered, lowering)
        whole = _split(lowered) if split else ()
        if len(whole) > MOST_STRINGS:
            lowering.lose("not-split", "", f"be covered by {MOST_STRINGS} searches or fewer",
                          "one string, shortened: leave terms out, or search this source by hand")
        elif len(whole) > 1:
            parts = tuple(_shortened(part, lowering) for part in whole)
            strings = tuple(SearchString(_write(part), params) for part in parts)
            tree = lowered if parts == whole else alternatives(parts)
            return Compiled(self.name, strings, lowering.losses, tree, tuple(s.string for s in strings),
                            remarks(_DIALECT, tree))
        lowered = _shortened(lowered, lowering)
        if depth(lowered) > 2:
            lowering.lose("nested-parentheses", "", "be relied on with parentheses inside parentheses",
                          "the string as it is: compare its hits with a simpler one")
        string = _write(lowered)
        return Compiled(self.name, (SearchString(string, params),), lowering.losses, lowered, (string,),
                        remarks(_DIALECT, lowered))


TARGET = _Scholar()


def _excluding(tree: Node, lowering: Lowering) -> Node:
    """Only terms can be excluded, and only from the whole: -"a" -"b". Other exclusions are left out."""
    if isinstance(tree, Not):
        drop = tree.drop.children if isinstance(tree.drop, Or) else (tree.drop,)
        keep = _excluding(tree.keep, lowering)
        if all(isinstance(d, Term) for d in drop):
            if isinstance(keep, Not):           # a without b, without c: a -b -c
                return Not(keep.keep, alternatives((*_alternatives(keep.drop), *drop)))
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
        return " ".join([_DIALECT.write(tree.keep), *(f"-{_DIALECT.write(d)}" for d in _alternatives(tree.drop))])
    return _DIALECT.write(tree, top=True)


def _alternatives(tree: Node) -> tuple[Node, ...]:
    return tree.children if isinstance(tree, Or) else (tree,)


def _split(tree: Node) -> tuple[Node, ...]:
    """Expressions that fit, or can't be split further, whose union is this one: (a OR b) AND c is a AND c, b AND c.

    The concept that takes most room is halved, again and again; it ends once there are more than MOST_STRINGS.
    """
    fit: list[Node] = []
    waiting = [tree]
    while waiting and len(fit) + len(waiting) <= MOST_STRINGS:
        part = waiting.pop()
        halves = _halves(part) if len(_write(part)) > MAX else ()
        waiting.extend(reversed(halves))
        if not halves:
            fit.append(part)
    return (*fit, *waiting)


def _halves(tree: Node) -> tuple[Node, ...]:
    """The expression in two, by the concept that takes most room; () if none has alternatives."""
    keep = tree.keep if isinstance(tree, Not) else tree
    concepts = list(keep.children if isinstance(keep, And) else (keep,))
    at = max(range(len(concepts)), key=lambda i: (isinstance(concepts[i], Or), len(_write(concepts[i])), -i))
    widest = concepts[at]
    if not isinstance(widest, Or):
        return ()
    middle = (len(widest.children) + 1) // 2
    parts = [flatten(conjunction((*concepts[:at], alternatives(half), *concepts[at + 1:])))
             for half in (widest.children[:middle], widest.children[middle:])]
    return tuple(Not(part, tree.drop) if isinstance(tree, Not) else part for part in parts)


def _shortened(tree: Node, lowering: Lowering) -> Node:
    """The same with pieces taken out until the string fits, one loss for each.

    First what is excluded (without it more is found), then the last term of the longest concept, again and
    again, then whole concepts from the end.
    """
    if len(_write(tree)) <= MAX:
        return tree
    keep = tree.keep if isinstance(tree, Not) else tree
    if isinstance(tree, Not):
        lowering.lose("exclusion-dropped", describe(tree.drop), f"take more than {MAX} characters",
                      "nothing excluded, which finds more")
    concepts = [list(_alternatives(c)) for c in (keep.children if isinstance(keep, And) else (keep,))]
    room = _Room(concepts)
    while room.size > MAX:
        at = room.longest()
        only = concepts[at][0]
        if len(concepts[at]) > 1:
            room.without_term(at)
            lowering.lose("term-left-out", describe(concepts[at].pop()), f"take more than {MAX} characters",
                          "left out, which finds fewer")
        elif isinstance(only, And):             # what is left of a concept is a group: its parts are concepts now
            concepts[at:at + 1] = [list(_alternatives(c)) for c in only.children]
            room = _Room(concepts)
        elif len(concepts) > 1:
            room.without_last()
            lowering.lose("concept-left-out", describe(concepts.pop()[0]), f"take more than {MAX} characters",
                          "left out, which finds more")
        else:
            concepts[0] = [_cut(only, lowering)]
            break
    return conjunction(tuple(c[0] if len(c) == 1 else Or(tuple(c)) for c in concepts))


class _Room:
    """How many characters concepts take: " OR " and parentheses within one, " AND " between them."""

    def __init__(self, concepts: list[list[Node]]) -> None:
        self._sizes = [[len(_DIALECT.write(a)) for a in concept] for concept in concepts]
        self._sums = [sum(sizes) for sizes in self._sizes]
        self._heap = [self._key(at) for at in range(len(self._sizes))]
        heapify(self._heap)
        each = [total + 4 * (len(sizes) - 1) + self._parentheses(sizes)
                for total, sizes in zip(self._sums, self._sizes, strict=True)]
        self.size = sum(each) + 5 * (len(each) - 1)

    def _parentheses(self, sizes: list[int]) -> int:
        return 2 if len(sizes) > 1 and len(self._sizes) > 1 else 0

    def _key(self, at: int) -> tuple[int, int, int]:
        return -len(self._sizes[at]), -self._sums[at], -at

    def longest(self) -> int:
        """The concept with most terms, among these the one that takes most room, among these the last."""
        while -self._heap[0][2] >= len(self._sizes) or self._heap[0] != self._key(-self._heap[0][2]):
            heappop(self._heap)             # what was true of a concept before it was shortened
        return -self._heap[0][2]

    def without_term(self, at: int) -> None:
        """The last term of a concept goes."""
        sizes = self._sizes[at]
        before = self._parentheses(sizes)
        gone = sizes.pop()
        self._sums[at] -= gone
        self.size -= gone + 4 + before - self._parentheses(sizes)
        heappush(self._heap, self._key(at))

    def without_last(self) -> None:
        """The last concept goes, which has a single term as all others have then."""
        self._sizes.pop()
        self.size -= self._sums.pop() + 5


def _cut(node: Node, lowering: Lowering) -> Node:
    """A single phrase that is too long: as many of its first words as fit."""
    if not isinstance(node, Term) or not node.words:
        return node
    kept = list(node.words)[:MAX]           # each takes a character at least
    while len(kept) > 1 and len(_DIALECT.write(replace(node, text=" ".join(kept)))) > MAX:
        kept.pop()
    short = replace(node, text=" ".join(kept) if len(kept) > 1 else kept[0][:MAX - 20])
    lowering.lose("too-long", describe(node), f"take more than {MAX} characters", f"its beginning, {short.text!r}, which "
                  "finds more")
    return short
