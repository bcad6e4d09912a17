"""From verdicts on pairs to reports: strongest first, and no report may hold records that contradict each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

FACES = 16                                              # members that stand for a large cluster


class Edge(NamedTuple):
    """A pair believed to be the same report; `order` breaks ties by content, never by place in a file."""

    score: float
    order: tuple[tuple[str, ...], tuple[str, ...]]
    i: int
    j: int


class Clusters:
    """Disjoint sets of positions with the report keys that a cluster holds.

    `faces` are the members that stand for a cluster when it is held against another: of equal content
    only one, and of a very large cluster a few that differ most.
    """

    def __init__(self, orders: Sequence[tuple[str, ...]], fixed: Sequence[str]) -> None:
        n = len(orders)
        self.orders = orders
        self.faces: dict[int, list[int]] = {i: [i] for i in range(n)}
        self.parent = list(range(n))
        self.members: dict[int, list[int]] = {i: [i] for i in range(n)}
        self.reports: dict[int, set[str]] = {i: ({fixed[i]} if fixed[i] else set()) for i in range(n)}

    def root(self, i: int) -> int:
        """The representative of i's cluster."""
        while self.parent[i] != i:
            self.parent[i] = self.parent[self.parent[i]]
            i = self.parent[i]
        return i

    def union(self, i: int, j: int) -> None:
        """Join two clusters."""
        x, y = self.root(i), self.root(j)
        if x == y:
            return
        if len(self.members[x]) < len(self.members[y]):
            x, y = y, x
        self.parent[y] = x
        self.members[x] += self.members.pop(y)
        self.reports[x] |= self.reports.pop(y)
        faces = list({self.orders[i]: i for i in (*self.faces[x], *self.faces.pop(y))}.values())
        if len(faces) > FACES:
            faces.sort(key=lambda i: self.orders[i])
            faces = [faces[n * (len(faces) - 1) // (FACES - 1)] for n in range(FACES)]
        self.faces[x] = faces


def grow(clusters: Clusters, edges: Iterable[Edge], allowed: Callable[[int, int, Edge], bool]) -> tuple[list[Edge], list[Edge]]:
    """Join along `edges`, best first, where `allowed(root, root, edge)`; the edges used, and those refused."""
    used, refused = [], []
    for edge in sorted(edges, key=lambda e: (-e.score, e.order, e.i, e.j)):
        x, y = clusters.root(edge.i), clusters.root(edge.j)
        if x == y:
            continue
        if allowed(x, y, edge):
            clusters.union(x, y)
            used.append(edge)
        else:
            refused.append(edge)
    return used, refused
