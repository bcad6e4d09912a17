"""Trying a query on records at hand: hits per concept and per term, known reports found or lost, and by what.

    result = try_definition(definition, records)
    result.hits, result.concepts["population"].hits, result.sentinels[0].lost_by
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from review.model import Record
from review.query.compile import concept_node, expression
from review.query.compiled import Loss
from review.query.definition import Definition
from review.query.evaluate import offline_losses
from review.query.index import Index
from review.query.notation import describe
from review.query.readers import Strategy
from review.query.tree import Node, Not, Or, Range, children, flatten
from review.query.words import words


@dataclass(frozen=True)
class Part:
    """A concept or a line: how many records it finds alone, and each of its alternatives."""

    hits: int
    alternatives: tuple[tuple[str, int], ...]       # in words, hits


@dataclass(frozen=True)
class Sentinel:
    """A known report: whether the records hold it, whether the query finds it, and which concepts lose it."""

    key: str                                        # as the definition names it
    records: tuple[str, ...]                        # ids of the records that it is; () if none
    found: bool
    lost_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trial:
    """What a query found among the records."""

    of: int                                         # records
    found: tuple[Record, ...]
    concepts: Mapping[str, Part]
    sentinels: tuple[Sentinel, ...]
    losses: tuple[Loss, ...]                        # what can't be done offline

    @property
    def hits(self) -> int:
        """How many records were found."""
        return len(self.found)


def try_definition(definition: Definition, records: Iterable[Record] | Index) -> Trial:
    """A definition's expression over records (or an index made before, for several tries)."""
    index = records if isinstance(records, Index) else Index(records)
    tree = expression(definition)
    nodes = {name: node for name, concept in definition.concepts.items()
             if (node := concept_node(definition, concept)) is not None}
    # A limit loses reports as a concept does; it stands beside them under its own name.
    limits = {f"limits ({'years' if isinstance(c, Range) else 'languages'})": c for c in children(tree)
              if getattr(c, "keep_unknown", False)}
    found = index.rows(tree)
    excluded = _excluded(tree)
    sentinels = tuple(_sentinel(key, rows, index, found, {**nodes, **limits}, excluded)
                      for key, rows in _known(definition, index))
    return Trial(len(index), tuple(index.search(tree)), {n: _part(node, index) for n, node in nodes.items()},
                 sentinels, offline_losses(tree))


def try_strategy(strategy: Strategy, records: Iterable[Record] | Index) -> Trial:
    """A published strategy over records; its lines take the place of concepts."""
    index = records if isinstance(records, Index) else Index(records)
    tree = flatten(strategy.tree)
    return Trial(len(index), tuple(index.search(tree)), {x.label: _part(x.tree, index) for x in strategy.lines},
                 (), offline_losses(tree))


def _part(node: Node, index: Index) -> Part:
    below = node.children if isinstance(node, Or) else (node,)
    return Part(index.count(node), tuple((describe(b), index.count(b)) for b in below))


def _excluded(tree: Node) -> tuple[Node, ...]:
    """What stands after a NOT: finding a report there is what loses it."""
    own = (tree.drop,) if isinstance(tree, Not) else ()
    return own + tuple(x for c in children(tree) for x in _excluded(c))


def _known(definition: Definition, index: Index) -> list[tuple[str, frozenset[int]]]:
    """The sentinels, and the records that each of them is."""
    held: dict[tuple[str, str], set[int]] = {}
    for row, record in enumerate(index.records):
        held.setdefault(("pmids", record.ids.get("pmid", "")), set()).add(row)
        held.setdefault(("dois", record.ids.get("doi", "").casefold()), set()).add(row)
        held.setdefault(("titles", " ".join(words(record.title))), set()).add(row)
    return [(key, frozenset(held.get((kind, _folded(kind, key)), ())))
            for kind in ("pmids", "dois", "titles") for key in definition.sentinels.get(kind, ())]


def _folded(kind: str, key: str) -> str:
    """A sentinel as records are compared with it."""
    return " ".join(words(key)) if kind == "titles" else key.strip().casefold()


def _sentinel(key: str, rows: frozenset[int], index: Index, found: frozenset[int], parts: Mapping[str, Node],
              excluded: tuple[Node, ...]) -> Sentinel:
    ids = tuple(index.records[row].id for row in sorted(rows))
    if not rows or rows & found:
        return Sentinel(key, ids, bool(rows & found))
    lost = [name for name, node in parts.items() if node not in excluded and not rows & index.rows(node)]
    lost += [f"NOT {name}" for name, node in parts.items() if node in excluded and rows & index.rows(node)]
    return Sentinel(key, ids, False, tuple(lost))
