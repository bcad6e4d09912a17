"""Does a string find what it was made from? Real strategies, compiled, read back by the oracles, run over records.

A *piece* of a strategy is one of its terms, lines or groups, or a random choice of a group's members, that finds at
least one record. Each piece is compiled for a database; what the oracle reads in the string is run over the same
records. Where nothing is named as lost, both must find the same.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from review.model import ReviewError
from review.query import targets
from review.query.index import Index
from review.query.readers import Strategy
from review.query.tree import And, Fields, Heading, Near, Node, Not, Or, Term, change, children, flatten, leaves
from tests.query import oracles

# What a named loss makes of the records found: more, fewer, or either.
MORE = {"field-widened", "wildcard-widened", "explosion-forced", "major-dropped", "subheading-dropped", "order-lost",
        "limit-dropped", "date-widened", "concept-left-out", "exclusion-dropped", "years-dropped", "languages-dropped",
        "heading-parts-lost"}
FEWER = {"field-narrowed", "truncation-dropped", "truncation-shortened", "term-left-out", "wildcard-spelled",
         "explosion-lost"}


def published(folder: Path) -> Iterator[tuple[str, str, str]]:
    """(id, database, strategy) of the published strategies in seed-collection.jsonl and clef-tar-2017.jsonl."""
    for line in (folder / "seed-collection.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["id"], "pubmed", row["query"]
        yield row["id"] + " edited", "pubmed", row["edited_search"]
    for line in (folder / "clef-tar-2017.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        tagged = "[tw]" in row["query"] or "[tiab]" in row["query"]
        yield row["topic"], "pubmed" if tagged else "ovid-medline", row["query"]


def pieces(strategies: Iterable[Strategy], index: Index, wanted: int, seed: int = 1) -> list[Node]:
    """Terms, lines and groups that find something, then random choices within groups until there are `wanted`."""
    found: dict[Node, None] = {}
    groups: list[Node] = []
    for strategy in strategies:
        for node in (flatten(strategy.tree), *(flatten(line.tree) for line in strategy.lines)):
            for part in _all(node):
                if part not in found and index.count(part):
                    found[part] = None
                    if isinstance(part, (And, Or)) and len(part.children) > 2:
                        groups.append(part)
    dice = random.Random(seed)
    for _ in range(20 * wanted):
        if len(found) >= wanted or not groups:
            break
        group = dice.choice(groups)
        kept = tuple(sorted(dice.sample(range(len(group.children)), dice.randint(2, len(group.children) - 1))))
        piece = type(group)(tuple(group.children[i] for i in kept))
        if piece not in found and index.count(piece):
            found[piece] = None
    return list(found)


def _all(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, (And, Or, Not)):
        for below in children(node):
            yield from _all(below)


def asked_in(fields: Fields, node: Node) -> Node:
    """The same piece asked in other fields: those of a record that a database has too."""
    def moved(leaf: Node) -> Node:
        match leaf:
            case Term(text=text, mapped=mapped):
                return Term(text.replace("*", "") if mapped else text, fields)
            case Near(operands=below):
                return Near(tuple(asked_in(fields, o) for o in below), leaf.distance, leaf.ordered)
            case _:
                return leaf
    return change(node, moved)


@dataclass
class Table:
    """What one database made of the pieces."""

    named: int = 0                  # with a named loss
    named_run: int = 0              # of these: run too
    named_same: int = 0             # of these: the same records all the same
    against: list[str] = field(default_factory=list)    # of these: more although only less was named, or fewer
    same: int = 0                   # nothing lost: the same records, and the same headings with their explosion
    different: list[str] = field(default_factory=list)  # nothing lost, and yet others; or not read at all
    lines: list[str] = field(default_factory=list)      # numbered lines that find other records than the string
    nothing: int = 0                # refused by the compiler: only limits in it
    losses: Counter[str] = field(default_factory=Counter)

    @property
    def pieces(self) -> int:
        """How many pieces were compiled."""
        return self.named + self.same + len(self.different)


def compare(database: str, parts: Iterable[Node], index: Index, every: int = 1) -> Table:
    """Compile every piece for a database, read it back, run both.

    Of the pieces with a named loss, which may find other records, one of `every` is run, to see whether the
    difference goes the way that the loss says.
    """
    table = Table()
    target = targets.get(database)
    assert target is not None
    for part in parts:
        try:
            compiled = target.compile(part)
        except ReviewError:
            table.nothing += 1
            continue
        string = compiled.strings[0].string
        codes = {x.code for x in compiled.losses}
        table.losses.update(codes)
        try:
            again = oracles.read(database, string)
            together = oracles.read_lines(database, compiled.lines)
        except (oracles.Unreadable, ReviewError) as error:
            table.different.append(f"can't be read: {error}: {string[:300]}")
            continue
        table.named += bool(codes)
        if codes and table.named % every:
            continue
        rows = index.rows(again)
        if together != again and index.rows(together) != rows:
            table.lines.append("; ".join(compiled.lines)[:300])
        _count(table, part, again, rows, index.rows(part), codes, string)
    return table


def _count(table: Table, part: Node, again: Node, rows: frozenset[int], expected: frozenset[int], codes: set[str],
           string: str) -> None:
    """Put one comparison where it belongs."""
    more, fewer = len(rows - expected), len(expected - rows)
    said = f"+{more} -{fewer} {sorted(codes)}: {string[:300]}"
    if not codes:
        if rows == expected and _headings(part) == _headings(again):
            table.same += 1
        else:
            table.different.append(said)
        return
    table.named_run += 1
    table.named_same += rows == expected
    excludes = any(isinstance(x, Not) for x in _all(part))      # there, more excluded is fewer found
    if not excludes and (more and codes <= FEWER or fewer and codes <= MORE):
        table.against.append(said)


def _headings(node: Node) -> Counter[tuple[str, bool, bool]]:
    """Headings with their explosion, which running over records can't show."""
    return Counter({(x.text.casefold(), x.explode, x.major) for x in leaves(node) if isinstance(x, Heading)})


def share(tables: Mapping[str, Table]) -> float:
    """The share of pieces without a named loss that find the same records."""
    same = sum(t.same for t in tables.values())
    return same / (same + sum(len(t.different) for t in tables.values()))


__all__ = ["FEWER", "MORE", "Table", "asked_in", "compare", "pieces", "published", "share"]
