"""Trying a query on records at hand: hits per concept and per term, known reports found or lost, and by what.

    trial = try_definition(definition, Index(records))
    trial.hits, trial.parts[0].hits, trial.sentinels[0].lost_by
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from review.model import Record
from review.query import combine
from review.query.compile import compile, concept_node, expression
from review.query.compiled import Loss
from review.query.definition import Definition
from review.query.evaluate import offline_losses
from review.query.index import Index, Rows
from review.query.notation import describe
from review.query.readers import Strategy
from review.query.tree import And, Node, Not, Or, Range, Term, children, flatten
from review.query.words import words


@dataclass(frozen=True)
class Part:
    """A concept or a line: how many records it finds alone, and each of its alternatives."""

    name: str
    hits: int
    alternatives: tuple[tuple[str, int], ...]       # in words, hits


@dataclass(frozen=True)
class Sentinel:
    """A known report: whether the records hold it, whether the query finds it, and which concepts lose it."""

    key: str                                        # as the definition names it
    records: tuple[Record, ...]                     # the records that it is; () if none
    found: bool
    lost_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trial:
    """What a query found among the records."""

    of: int                                         # records
    found: tuple[Record, ...]
    parts: tuple[Part, ...]
    sentinels: tuple[Sentinel, ...]
    losses: tuple[Loss, ...]                        # of the database's string, and what can't be done offline

    @property
    def hits(self) -> int:
        """How many records were found."""
        return len(self.found)


def try_definition(definition: Definition, index: Index, database: str = "") -> Trial:
    """A definition over records: what it means, or (`database`) what its string for one database finds."""
    limits = tuple(c for c in children(expression(definition, database)) if getattr(c, "keep_unknown", False))
    compiled = compile(definition, database) if database else None
    tree = flatten(And((compiled.tree, *limits))) if compiled else expression(definition)
    nodes = {name: node for name, concept in definition.concepts.items()
             if (node := concept_node(definition, concept, database)) is not None}
    found = index.rows(tree)
    return Trial(len(index), tuple(index.search(tree)), tuple(_part(n, node, index) for n, node in nodes.items()),
                 _sentinels(definition, {**nodes, **{_limit_name(x): x for x in limits}}, index, found),
                 (*(compiled.losses if compiled else ()), *offline_losses(tree)))


def try_strategy(strategy: Strategy, index: Index) -> Trial:
    """A published strategy over records: its lines, or the parts that a single line joins with AND."""
    tree = flatten(strategy.tree)
    if len(strategy.lines) > 1:
        parts = [_part(f"{x.label}. {' '.join(x.text.split())}", flatten(x.tree), index) for x in strategy.lines]
    else:
        below = tree.children if isinstance(tree, And) else (tree,)
        parts = [_part(describe(c), c, index) for c in below]
    return Trial(len(index), tuple(index.search(tree)), tuple(parts), (), offline_losses(tree))


def _part(name: str, node: Node, index: Index) -> Part:
    below = node.children if isinstance(node, Or) else ()
    return Part(name, index.count(node), tuple((describe(b), index.count(b)) for b in below))


def _limit_name(limit: Node) -> str:
    return "limits.years" if isinstance(limit, Range) else "limits.languages"


def _sentinels(definition: Definition, nodes: Mapping[str, Node], index: Index, found: Rows) -> tuple[Sentinel, ...]:
    """Each known report, and what loses it: concepts, or a limit, which stands beside them."""
    parts = {name: index.rows(node) for name, node in nodes.items()}
    names = combine.build(definition.combine, Term)         # a leaf for each concept
    tree = And((names, *(Term(n) for n in nodes if n.startswith("limits."))))
    out = []
    for key, rows in _known(definition, index):
        records = tuple(index.records[row] for row in sorted(rows))
        lost = _lost_by(tree, min(rows), parts) if rows and not rows & found else ()
        out.append(Sentinel(key, records, bool(rows & found), lost))
    return tuple(out)


def _known(definition: Definition, index: Index) -> list[tuple[str, Rows]]:
    """The sentinels, and the records that each of them is."""
    held: dict[tuple[str, str], set[int]] = {}
    for row, record in enumerate(index.records if any(definition.sentinels.values()) else ()):
        held.setdefault(("pmids", record.ids.get("pmid", "")), set()).add(row)
        held.setdefault(("dois", record.ids.get("doi", "").casefold()), set()).add(row)
        held.setdefault(("titles", " ".join(words(record.title))), set()).add(row)
    return [(key, frozenset(held.get((kind, _folded(kind, key)), ())))
            for kind in ("pmids", "dois", "titles") for key in definition.sentinels.get(kind, ())]


def _folded(kind: str, key: str) -> str:
    """A sentinel as records are compared with it; a DOI may stand in its address, a PMID behind its name."""
    if kind == "titles":
        return " ".join(words(key))
    plain = key.strip().casefold().removesuffix("/")
    return plain.rpartition("doi.org/")[2].removeprefix("doi:").removeprefix("pmid:").strip()


def _lost_by(tree: Node, row: int, parts: Mapping[str, Rows]) -> tuple[str, ...]:
    """The names in a combination that keep a record out, e.g. ("place", "outcome or policy", "NOT elderly")."""
    match tree:
        case Term(text=name):
            return (name,)
        case And(children=below):
            return tuple(x for c in below if not _holds(c, row, parts) for x in _lost_by(c, row, parts))
        case Or(children=below):
            return (" or ".join(x for c in below for x in _lost_by(c, row, parts)),)
        case Not(keep=keep, drop=drop):
            lost = () if _holds(keep, row, parts) else _lost_by(keep, row, parts)
            return (*lost, f"NOT {describe(drop)}") if _holds(drop, row, parts) else lost
    raise AssertionError(tree)          # combinations hold nothing else


def _holds(tree: Node, row: int, parts: Mapping[str, Rows]) -> bool:
    """Whether a combination of names holds for a record."""
    match tree:
        case Term(text=name):
            return row in parts.get(name, ())
        case And(children=below):
            return all(_holds(c, row, parts) for c in below)
        case Or(children=below):
            return any(_holds(c, row, parts) for c in below)
        case Not(keep=keep, drop=drop):
            return _holds(keep, row, parts) and not _holds(drop, row, parts)
    raise AssertionError(tree)
