"""Matching records to reports: normalise, block, compare, decide, cluster."""

from __future__ import annotations

import gc
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

from review.dedup import block, cluster, explain, rules
from review.dedup.compare import Comparison, compare, worth_comparing
from review.dedup.crew import Crew
from review.dedup.features import Features, all_features
from review.dedup.results import Group, Matching, Verdict
from review.dedup.ruling import DIFFERENT, Ruling, irreconcilable
from review.model import Issue, Progress, Record, no_progress

_COLUMN = 4                                             # reports under one title that are no accident


@dataclass
class _State:
    """What one run knows: the records' features, what people said, and the rulings on pairs so far."""

    records: list[Features]
    fixed: list[str]
    frozen: frozenset[str]
    apart: frozenset[tuple[str, str]]
    together: frozenset[tuple[str, str]]
    apart_at: list[tuple[int, int]] = field(default_factory=list)
    rulings: dict[tuple[int, int], Ruling] = field(default_factory=dict)
    compared: dict[tuple[int, int], Comparison] = field(default_factory=dict)

    def ruling(self, i: int, j: int) -> Ruling:
        """The verdict on a pair, made once."""
        pair = (i, j) if i < j else (j, i)
        found = self.rulings.get(pair)
        if found is None:
            a, b = self.records[pair[0]], self.records[pair[1]]
            found = self._person(*pair)
            if found is None and worth_comparing(a, b):
                compared = compare(a, b)
                found = rules.decide(compared)
                if found.kind != "different":
                    self.compared[pair] = compared
            found = found or DIFFERENT
            self.rulings[pair] = found
        return found

    def _names(self, i: int) -> tuple[str, ...]:
        return (self.records[i].id, self.fixed[i]) if self.fixed[i] else (self.records[i].id,)

    def _person(self, i: int, j: int) -> Ruling | None:
        if not self.apart and not self.together:
            return None
        for x in self._names(i):
            for y in self._names(j):
                pair = (x, y) if x < y else (y, x)
                if pair in self.apart:
                    return Ruling("apart", "person", 1.0)
                if pair in self.together:
                    return Ruling("same", "person", 2.0)
        return None

    def clash(self, i: int, j: int) -> bool:
        """Whether two records contradict each other so that no third one can bring them together."""
        ruling = self.ruling(i, j)
        if ruling.kind in ("same", "related"):
            return ruling.kind == "related"
        return irreconcilable(compare(self.records[i], self.records[j]))

    def verdict(self, i: int, j: int, ruling: Ruling, kind: str = "") -> Verdict:
        """The ruling with its evidence, for people."""
        if i > j:                                       # rulings are on pairs in the order of ids
            i, j = j, i
        compared = self.compared.get((i, j)) or compare(self.records[i], self.records[j])
        speaks, against = explain.evidence(compared)
        a, b = self.records[i].id, self.records[j].id
        chosen = kind or ruling.kind
        return Verdict(a, b, chosen, ruling.rule, round(min(ruling.score, 1.0), 2), speaks, against,  # type: ignore[arg-type]
                       ruling.type if chosen == "related" else "", (a, b)[ruling.source] if chosen == "related" else "")


@contextmanager
def without_gc() -> Iterator[None]:
    """No search for cycles meanwhile: records and features make none, and looking takes a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def match(records: Iterable[Record], *, assigned: Mapping[str, str] | None = None, frozen: Collection[str] = (),
          different: Collection[tuple[str, str]] = (), same: Collection[tuple[str, str]] = (),
          source_search: Mapping[str, str] | None = None, crew: Crew | None = None,
          progress: Progress | None = None) -> Matching:
    """Put unassigned records into reports.

    `assigned` maps record ids to the report keys they have; these never change, except that two reports
    of which neither is in `frozen` may be joined. `different` and `same` are what people said of pairs of
    report keys or record ids, and always bind. `source_search` maps record ids to source searches: two
    records of one source search with the same native id are one report. The partition is the same whatever
    the order of `records`, and however many processes the `crew` has.
    """
    with without_gc(), nullcontext(crew) if crew else Crew() as workers:
        found = read_fields(records, source_search or {}, workers, progress)
        return match_features(found, assigned=assigned or {}, frozen=frozen, different=different, same=same, progress=progress)


def read_fields(records: Iterable[Record], source_search: Mapping[str, str], crew: Crew,
                progress: Progress | None = None) -> list[Features]:
    """The features of the records, in the order of their ids."""
    found = []
    for n, f in enumerate(all_features(records, source_search, crew)):
        found.append(f)
        if progress and n % 2000 == 0:
            progress(n, None, "reading fields")
    return sorted(found, key=lambda f: f.id)


def match_features(found: list[Features], *, assigned: Mapping[str, str], frozen: Collection[str],
                   different: Collection[tuple[str, str]], same: Collection[tuple[str, str]] = (),
                   frequency: Counter[str] | None = None, progress: Progress | None = None) -> Matching:
    """`match`, of records whose fields were read, in the order of their ids; `frequency` as in `block.candidates`."""
    state = _State(found, [assigned.get(f.id, "") for f in found], frozenset(frozen), _both(different), _both(same))
    pairs, notes = block.candidates(found, {i for i, key in enumerate(state.fixed) if key}, frequency)
    said = set(_positions(state, same))
    for pair in said:
        pairs.add(*pair)
    state.apart_at = list(_positions(state, different))
    edges, possible, related = _judge(state, pairs, said, progress or no_progress)
    clusters = cluster.Clusters([f.order for f in found], state.fixed)
    _gather(clusters, state.fixed)
    used, refused = cluster.grow(clusters, edges, lambda x, y, e: _allowed(state, clusters, x, y, e))
    possible += [(e.i, e.j) for e in refused]
    possible = [(i, j) for i, j in possible if not _parted(state, clusters, clusters.root(i), clusters.root(j))]
    return _result(state, clusters, used, possible, related, notes)


def _both(pairs: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    return frozenset((a, b) if a < b else (b, a) for a, b in pairs)


def _positions(state: _State, named: Collection[tuple[str, str]]) -> Iterable[tuple[int, int]]:
    """Positions of pairs that people named by record ids or report keys (a key stands for its first record)."""
    at: dict[str, int] = {}
    for i, f in enumerate(state.records):
        at.setdefault(f.id, i)
        if state.fixed[i]:
            at.setdefault(state.fixed[i], i)
    for x, y in named:
        if x in at and y in at and at[x] != at[y]:
            i, j = at[x], at[y]
            yield (i, j) if i < j else (j, i)


def _judge(state: _State, pairs: block.Pairs, said: set[tuple[int, int]], tell: Progress) -> tuple[
        list[cluster.Edge], list[tuple[int, int]], list[tuple[int, int]]]:
    """The rulings on all candidate pairs, sorted by kind."""
    edges, possible, related = [], [], []
    unsaid = not state.apart and not state.together
    for n, (i, j) in enumerate(pairs):
        if n % 20_000 == 0:
            tell(n, len(pairs), "comparing")
        if state.fixed[i] and state.fixed[j] and (state.fixed[i] == state.fixed[j] or (i, j) not in said):
            continue                                    # what exists stays as it is
        if unsaid and not worth_comparing(state.records[i], state.records[j]):
            continue                                    # most pairs; not worth remembering
        ruling = state.ruling(i, j)
        if ruling.kind == "same":
            x, y = state.records[i].order, state.records[j].order
            edges.append(cluster.Edge(ruling.score, (x, y) if x <= y else (y, x), i, j))
        elif ruling.kind == "possible":
            possible.append((i, j))
        elif ruling.kind == "related":
            related.append((i, j))
    return edges, possible, related


def _gather(clusters: cluster.Clusters, fixed: Sequence[str]) -> None:
    """Begin with the reports that exist."""
    first: dict[str, int] = {}
    for i, report in enumerate(fixed):
        if report:
            clusters.union(first.setdefault(report, i), i)


def _allowed(state: _State, clusters: cluster.Clusters, x: int, y: int, edge: cluster.Edge) -> bool:
    """Whether two clusters may be joined: reports that are fixed, then people's words, then contradictions."""
    if clusters.reports[x] and clusters.reports[y] and (clusters.reports[x] | clusters.reports[y]) & state.frozen:
        return False
    if _parted(state, clusters, x, y):
        return False
    if edge.score > 1:                                  # a person said that they are the same
        return True
    return not any(state.clash(i, j) for i in clusters.faces[x] for j in clusters.faces[y])


def _parted(state: _State, clusters: cluster.Clusters, x: int, y: int) -> bool:
    """Whether a person said that the two reports are different: then it is no longer a question."""
    return any({clusters.root(i), clusters.root(j)} == {x, y} for i, j in state.apart_at)


def _result(state: _State, clusters: cluster.Clusters, used: list[cluster.Edge], possible: list[tuple[int, int]],
            related: list[tuple[int, int]], notes: list[Issue]) -> Matching:
    tree: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for e in used:
        tree[e.i].append((e.j, e.i, e.j))
        tree[e.j].append((e.i, e.i, e.j))
    groups, joins, merges = [], [], []
    for root in sorted(clusters.members, key=lambda r: min(clusters.members[r])):
        members, keys = clusters.members[root], clusters.reports[root]
        fresh = [i for i in members if not state.fixed[i]]
        if not keys:
            fresh = sorted(fresh, key=lambda i: _rank(state.records[i]))
        start = fresh[0] if not keys else min(i for i in members if state.fixed[i] == min(keys))
        arrived = _walk(state, tree, start, members)
        for i, edge in arrived:
            if not state.fixed[i]:
                merges.append(state.verdict(*edge, state.ruling(*edge)))
        survivor = min(keys) if keys else ""
        for key in sorted(keys - {survivor}):
            edge = next(edge for i, edge in arrived if state.fixed[i] == key)
            joins.append((survivor, key, state.verdict(*edge, state.ruling(*edge))))
        if fresh:                                       # in the order in which the edges reach them
            placed = [i for i in (start, *(i for i, _ in arrived)) if not state.fixed[i]]
            groups.append(Group(survivor, tuple(state.records[i].id for i in placed)))
    possible, columns = _without_columns(state, clusters, possible)
    return Matching(tuple(groups), tuple(joins), tuple(merges), _open(state, clusters, possible, "possible"),
                    _open(state, clusters, related, "related"), (*notes, *columns))


def _without_columns(state: _State, clusters: cluster.Clusters, pairs: list[tuple[int, int]]) -> tuple[
        list[tuple[int, int]], list[Issue]]:
    """A title that many reports bear is a column's or a yearbook's, a DOI that many bear is a supplement's: a note,
    instead of all their pairs."""
    ties = [_tie(state, i, j) for i, j in pairs]
    bearers: dict[tuple[str, str], set[int]] = defaultdict(set)
    for tie, pair in zip(ties, pairs, strict=True):
        if tie[1]:
            bearers[tie].update(map(clusters.root, pair))
    crowds = {tie for tie, roots in bearers.items() if len(roots) >= _COLUMN}
    kept = [pair for tie, pair in zip(ties, pairs, strict=True) if tie not in crowds]
    notes = [Issue(f"dedup-recurring-{'title' if what == 'title' else 'place'}", f"{len(bearers[what, value])} reports bear the "
                   f"{what} “{value[:60]}” and differ in {'place' if what == 'title' else 'title'}; they were kept apart and "
                   "are not asked about.", severity="info") for what, value in sorted(crowds)]
    return kept, notes


def _tie(state: _State, i: int, j: int) -> tuple[str, str]:
    """What a possible pair has in common, in kind and value."""
    a, b = state.records[i], state.records[j]
    if a.order[0] == b.order[0]:
        return "title", a.order[0]
    ruling = state.ruling(i, j)
    if ruling.kind == "possible" and ruling.rule == "same-doi":
        return "DOI", a.doi
    return ("pages", " ".join((a.journal.name, *a.volume, a.pages.first))) if ruling.rule == "place" else ("", "")


def _walk(state: _State, tree: Mapping[int, list[tuple[int, int, int]]], start: int,
          members: list[int]) -> list[tuple[int, tuple[int, int]]]:
    """The members in the order in which the edges reach them from `start`, each with the edge that did;
    records of a report that existed are reached together."""
    together: dict[str, list[int]] = defaultdict(list)
    for i in members:
        if state.fixed[i]:
            together[state.fixed[i]].append(i)
    seen = {start}
    queue = [start]
    arrived: list[tuple[int, tuple[int, int]]] = []
    while queue:
        at = queue.pop(0)
        for i in together.get(state.fixed[at], ()) if state.fixed[at] else ():
            if i not in seen:
                seen.add(i)
                queue.append(i)
        for other, i, j in sorted(tree[at]):
            if other not in seen:
                seen.add(other)
                queue.append(other)
                arrived.append((other, (i, j)))
    return arrived


def _rank(f: Features) -> tuple[object, ...]:
    """The order in which records may lead their report: what is most complete first, then by content."""
    known = sum(map(bool, (f.abstract_text, f.doi, f.pmid, f.pages.first, f.volume, f.authors.people, f.year, f.journal.words)))
    return (not f.title.forms, -known, -len(f.authors.people), f.order, f.id)


def _open(state: _State, clusters: cluster.Clusters, pairs: list[tuple[int, int]], kind: str) -> tuple[Verdict, ...]:
    """One verdict for each two reports that a pair ties, the strongest."""
    best: dict[tuple[int, int], tuple[tuple[float, tuple[str, ...], tuple[str, ...]], int, int]] = {}
    for i, j in pairs:
        x, y = clusters.root(i), clusters.root(j)
        if x == y:
            continue
        low, high = sorted((state.records[i].order, state.records[j].order))
        value = ((-state.ruling(i, j).score, low, high), i, j)
        between = (min(x, y), max(x, y))
        if between not in best or value < best[between]:
            best[between] = value
    verdicts = [state.verdict(i, j, state.ruling(i, j), kind) for _, i, j in best.values()]
    return tuple(sorted(verdicts, key=lambda v: (v.a, v.b)))
