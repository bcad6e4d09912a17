"""PRISMA 2020 counts: every box as a list of ids, from the ledger alone.

`count` is a pure function of the state, the definition and nothing else; no number is stored anywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from review.ledger.replay import Arm, State, own_study
from review.model import Search
from review.prisma import checks, flow
from review.prisma.box import Box, Counts, Unit
from review.prisma.flow import Standing
from review.prisma.hits import Hit, distinct
from review.prisma.keys import (
    BEFORE,
    BY_TOOL,
    IN_DATABASES,
    IN_OTHERS,
    LATE,
    OTHER_REASONS,
    PREVIOUS,
    REMOVED_BEFORE,
)
from review.prisma.wording import STUDIES, cause_words
from review.query import databases
from review.query.definition import Definition
from review.screening.consensus import NO_REASON, Consensus, Rules, consensus, reason_label

# method -> box 11 key (the official boxes, then our own for what they have no line for)
METHOD_BOX = {"website": "website_results", "organisation": "organisation_results",
              "citation-searching": "citations_results", "contact": "contact_found",
              "handsearch": "handsearch_found", "other": "other_found"}


def count(state: State, definition: Definition, *, as_of: str = "",
          cons: Mapping[tuple[str, str], Consensus] | None = None) -> Counts:
    """All boxes, all checks, and whether the flow is final. `cons`: where each report stands, if it was worked out before."""
    cons = consensus(state, Rules.of(definition)) if cons is None else cons
    hits = distinct(state)
    standing = flow.standings(state, cons)
    boxes: dict[str, Box] = {}
    labels = {r.code: r.label for r in definition.reasons}
    _previous(boxes, state)
    _identified(boxes, hits)
    _removed(boxes, hits, standing)
    _screened(boxes, standing, labels, checks.people(state, definition, "title-abstract"))
    _other_start(boxes, hits, standing, labels)
    _retrieved(boxes, standing, "database", labels)
    _retrieved(boxes, standing, "other", labels)
    _included(boxes, state, standing)
    found = checks.check(state, definition, boxes, hits, standing, cons)
    pending = checks.not_final(state, boxes, found)
    return Counts(definition.id, definition.title, final=not pending, updated=state.baseline is not None,
                  other=any(h.arm == "other" for h in hits), as_of=as_of, boxes=boxes, checks=tuple(found),
                  reasons=tuple(cause_words(STUDIES, c) for c in pending), causes=tuple(pending),
                  hits=_service_hits(state), notes=checks.notes(state, definition, boxes, standing))


def _service_hits(state: State) -> dict[str, int]:
    """Database -> the services' own figures: of each string its latest run (by the day that was said), split strings added
    up. A run whose string nobody said is one of the string that its source search has."""
    told = [s for s in state.counted_searches() if s.hits is not None and s.arm == "database"]
    strings: dict[str, str] = {s.source_search: s.string for s in told if s.string}
    latest: dict[tuple[str, str], Search] = {}
    for search in sorted(told, key=lambda s: s.searched_on):
        latest[search.source_search, search.string or strings.get(search.source_search, "")] = search
    out: dict[str, int] = {}
    for search in latest.values():
        name = databases.title(search.database)
        out[name] = out.get(name, 0) + (search.hits or 0)
    return out


def _add(boxes: dict[str, Box], key: str, unit: Unit, parts: Mapping[str, Iterable[str]], *,
         show_parts: bool = True) -> None:
    """A box from its parts; ids in a fixed order. Those without a label are named as such where others have one."""
    kept = {label: tuple(sorted(ids)) for label, ids in parts.items()}
    if kept.get("") and any(ids for label, ids in kept.items() if label):
        kept[NO_REASON] = kept.pop("")
    ids = tuple(sorted(i for part in kept.values() for i in part))
    boxes[key] = Box(key, len(ids), unit, ids, {k: v for k, v in kept.items() if k and v} if show_parts else {})


def _plain(boxes: dict[str, Box], key: str, unit: Unit, ids: Iterable[str], *, optional: bool = False) -> None:
    ids = tuple(sorted(ids))
    if ids or not optional:
        boxes[key] = Box(key, len(ids), unit, ids)


def _previous(boxes: dict[str, Box], state: State) -> None:
    """Box 1: the previous version less what was taken out of it since."""
    if state.baseline is not None:
        _plain(boxes, "previous_studies", "studies", state.baseline.studies())
        _plain(boxes, "previous_reports", "reports", state.baseline.reports())


def _identified(boxes: dict[str, Box], hits: Sequence[Hit]) -> None:
    """Box 2: distinct records of each source search, by the database that they count for."""
    names = {label: databases.title(label) for label in {hit.label for hit in hits}}
    for method, key in (("database", "database_results"), ("register", "register_results")):
        parts: dict[str, list[str]] = defaultdict(list)
        for hit in hits:
            if hit.search.method == method:
                parts[names[hit.label]].append(hit.id)
        _add(boxes, key, "records", {name: parts[name] for name in sorted(parts, key=lambda n: (-len(parts[n]), n))})
    for arm, key in (("database", "awaiting_dedup"), ("other", "oth_awaiting_dedup")):
        _plain(boxes, key, "records", [h.id for h in hits if h.arm == arm and not h.report], optional=True)


def _removed(boxes: dict[str, Box], hits: Sequence[Hit], standing: Mapping[str, Standing]) -> None:
    """Box 3. Duplicates = box 2 less the reports of the database arm; the rest by what the log says."""
    early: list[str] = []
    late: list[str] = []
    lead: dict[str, str] = {}                       # report -> the record that stands for it
    by_report: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        if hit.arm == "database" and hit.report:
            by_report[hit.report].append(hit)
    for key, own in by_report.items():
        lead[key], more_early, more_late = _duplicates(own, standing[key])
        early += more_early
        late += more_late
    _add(boxes, "duplicates", "records", {BEFORE: early, LATE: late})
    tools, others = defaultdict(list), defaultdict(list)
    for key, s in standing.items():
        if s.arm == "database" and s.place == flow.TOOL:
            tools[s.reason or BY_TOOL].append(lead[key])
        elif s.arm == "database" and s.place == flow.REMOVED:
            others[s.reason or OTHER_REASONS].append(lead[key])
        elif s.arm == "database" and s.place == flow.KNOWN:
            others[PREVIOUS].append(lead[key])
    _add(boxes, "excluded_automatic", "records", tools)
    _add(boxes, "excluded_other", "records", others)


def _duplicates(hits: Sequence[Hit], standing: Standing) -> tuple[str, list[str], list[str]]:
    """(lead, duplicates before screening, duplicates found while screening) among one report's database records.

    A report that had been issued and was then joined gives one duplicate found while screening; what had been
    merged into it before stays a duplicate from before.
    """
    home = standing.report.home
    came = {record: number for number, record in enumerate(standing.report.records)}
    groups: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:                                # a hit came when its first record did; a re-run's may wait for dedupe
        groups[home.get(min(hit.records, key=lambda r: came.get(r, len(came))), "")].append(hit)
    lead, early, late = "", [], []
    own = groups.pop("", [])
    if standing.arm == "database":
        # Without a record of its own that counts, the first that came late stands for the report.
        first = (own or groups[min(groups)]).pop(0)
        lead = first.id
        groups = defaultdict(list, {k: g for k, g in groups.items() if g})
    early += [h.id for h in own]
    for group in groups.values():
        late.append(group[0].id)
        early += [h.id for h in group[1:]]
    return lead, early, late


def _screened(boxes: dict[str, Box], standing: Mapping[str, Standing], labels: Mapping[str, str],
              people: Mapping[str, set[str]]) -> None:
    """Boxes 4 and 5, and what is not settled yet (terms of the sums of a draft).

    PRISMA 2020 asks how many were excluded by a person and how many by a tool: by a tool are those on which no person
    decided.
    """
    mine = {k: s for k, s in standing.items() if s.arm == "database"}
    before = (flow.KNOWN, flow.TOOL, flow.REMOVED)
    _plain(boxes, "records_screened", "records", [k for k, s in mine.items() if s.place not in before])
    _add(boxes, "records_excluded", "records", _by_reason(mine, flow.EXCLUDED, labels))
    _plain(boxes, "excluded_by_tools", "records", [k for k in _at(mine, flow.EXCLUDED) if k not in people], optional=True)
    _plain(boxes, "undecided_screening", "records", _at(mine, flow.UNDECIDED), optional=True)
    _plain(boxes, "conflicts_screening", "records", _at(mine, flow.CONFLICT), optional=True)


def _other_start(boxes: dict[str, Box], hits: Sequence[Hit], standing: Mapping[str, Standing],
                 labels: Mapping[str, str]) -> None:
    """Box 11, and what lies between it and box 12: already found, dropped before retrieval, not settled."""
    found: dict[str, list[str]] = defaultdict(list)
    already: dict[str, list[str]] = defaultdict(list)
    led: set[str] = set()
    for hit in hits:
        if hit.arm != "other":
            continue
        found[METHOD_BOX[hit.search.method]].append(hit.id)
        s = standing.get(hit.report)
        if s is None:
            continue
        if s.arm == "database":
            already[IN_DATABASES].append(hit.id)
        elif hit.report in led:
            already[IN_OTHERS].append(hit.id)
        elif s.place == flow.KNOWN:
            already[PREVIOUS].append(hit.id)
        led.add(hit.report)
    for key in ("website_results", "organisation_results", "citations_results"):
        _plain(boxes, key, "records", found.get(key, ()))
    for key in ("contact_found", "handsearch_found", "other_found"):
        _plain(boxes, key, "records", found.get(key, ()), optional=True)
    mine = {k: s for k, s in standing.items() if s.arm == "other"}
    dropped = _by_reason(mine, flow.EXCLUDED, labels)
    for key, s in mine.items():
        if s.place in (flow.TOOL, flow.REMOVED):
            dropped.setdefault(s.reason or REMOVED_BEFORE, []).append(key)
    if already:
        _add(boxes, "already_found", "records", already)
    if any(dropped.values()):
        _add(boxes, "dropped_before_retrieval", "records", dropped)
    _plain(boxes, "oth_undecided", "records", _at(mine, flow.UNDECIDED), optional=True)
    _plain(boxes, "oth_conflicts", "records", _at(mine, flow.CONFLICT), optional=True)


# place -> key in the database arm, key in the arm of other methods
_PENDING = {
    flow.ON_LOAN: ("pending_retrieval", "oth_pending_retrieval"),
    flow.UNREAD: ("pending_full_text", "oth_pending_full_text"),
    flow.READ_CONFLICT: ("conflicts_full_text", "oth_conflicts_full_text"),
    flow.AWAITING: ("awaiting_classification", "oth_awaiting_classification"),
    flow.ONGOING: ("ongoing", "oth_ongoing"),
}


def _retrieved(boxes: dict[str, Box], standing: Mapping[str, Standing], arm: Arm, labels: Mapping[str, str]) -> None:
    """Boxes 6 to 9 (databases and registers) or 12 to 15 (other methods)."""
    mine = {k: s for k, s in standing.items() if s.arm == arm}
    short = "dbr" if arm == "database" else "other"
    _plain(boxes, f"{short}_sought_reports", "reports", [k for k, s in mine.items() if s.place in flow.SOUGHT])
    why: dict[str, list[str]] = defaultdict(list)
    for key in _at(mine, flow.NOT_RETRIEVED):
        why[mine[key].reason].append(key)
    _add(boxes, f"{short}_notretrieved_reports", "reports", why, show_parts=False)
    _plain(boxes, f"{short}_assessed", "reports", [k for k, s in mine.items() if s.place in flow.ASSESSED])
    _add(boxes, f"{short}_excluded", "reports", _by_reason(mine, flow.FULL_EXCLUDED, labels))
    for place, keys in _PENDING.items():
        _plain(boxes, keys[0] if arm == "database" else keys[1], "reports", _at(mine, place), optional=True)


def _included(boxes: dict[str, Box], state: State, standing: Mapping[str, Standing]) -> None:
    """Box 10 and box 16. A report of a study that the previous version had stands on a line of its own."""
    old = state.baseline.studies() if state.baseline else set()
    studies: set[str] = set()
    reports: list[str] = []
    further: list[str] = []
    groups = state.groups()
    for key in _at(standing, flow.INCLUDED):
        linked = set(state.studies_of(groups[key])) or {own_study(key)}
        (further if linked <= old else reports).append(key)
        studies |= linked - old
    _plain(boxes, "new_studies", "studies", studies)
    _plain(boxes, "new_reports", "reports", reports)
    if state.baseline is None:
        return
    _plain(boxes, "further_reports", "reports", further)
    previous = state.baseline.reports()
    _plain(boxes, "total_studies", "studies", state.baseline.studies() | studies)
    _plain(boxes, "total_reports", "reports", [*previous, *reports, *further])


def _at(standing: Mapping[str, Standing], place: str) -> list[str]:
    return [k for k, s in standing.items() if s.place == place]


def _by_reason(standing: Mapping[str, Standing], place: str, labels: Mapping[str, str]) -> dict[str, list[str]]:
    """Label of the reason -> reports at that place, in the definition's order of reasons."""
    found: dict[str, list[str]] = defaultdict(list)
    for key in _at(standing, place):
        found[reason_label(standing[key].reason, labels)].append(key)
    order = list(labels.values())
    if place == flow.EXCLUDED and not any(standing[k].reason for k in _at(standing, place)):
        return {"": _at(standing, place)}               # reasons are optional at title and abstract
    return {label: found[label] for label in
            sorted(found, key=lambda x: (order.index(x) if x in order else len(order), x))}
