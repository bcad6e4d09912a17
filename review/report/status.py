"""Where a review stands, who has what left to do, and what to do next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from review.dedup.assigning import open_pairs
from review.ledger.replay import State
from review.prisma import search_warnings
from review.prisma.box import Counts
from review.prisma.checks import NOT_SEARCHED
from review.query import databases
from review.query.definition import Definition
from review.report.next_steps import CONFLICTS, TO_DECIDE, inside, next_steps
from review.screening.consensus import Consensus
from review.words import ELSEWHERE


@dataclass
class Status:
    """What `review status` shows."""

    review: str
    title: str
    searches: list[dict[str, Any]] = field(default_factory=list)
    reviewers: list[dict[str, Any]] = field(default_factory=list)       # code, stage, decided, left
    pilots: list[dict[str, Any]] = field(default_factory=list)
    conflicts: int = 0
    possible_duplicates: int = 0
    warnings: list[str] = field(default_factory=list)
    to_acknowledge: list[dict[str, str]] = field(default_factory=list)  # those of a search: search, warning (its name)
    next: list[str] = field(default_factory=list)
    final: bool = False


def status(state: State, definition: Definition, counts: Counts,
           consensus: Mapping[tuple[str, str], Consensus], logged_sha: str,
           unread: Mapping[tuple[str, str], list[str]]) -> Status:
    """The status of a review; `logged_sha` is the version of the definition that was last used, `unread` the cells whose
    answer was not taken, by reviewer and stage."""
    out = Status(definition.id, definition.title, final=counts.final)
    for search in state.searches.values():
        out.searches.append({"id": search.id, "database": databases.title(search.database), "state": search.state,
                             "use": search.use, "records": search.n, "searched_on": search.searched_on,
                             "hits": search.hits})
    out.reviewers = _workload(state, consensus, {stage: inside(counts, *keys) for stage, keys in TO_DECIDE.items()})
    for row in out.reviewers:
        row["not_read"] = unread.get((row["reviewer"], row["stage"]), []) if row["left"] else []
    for sheet in state.sheets.values():
        if sheet.kind == "pilot":
            out.pilots.append({"reviewer": sheet.reviewer, "sheet": sheet.file, "sent": len(sheet.rows)})
    out.conflicts = sum(len(inside(counts, key)) for key in CONFLICTS.values())
    out.possible_duplicates = len(open_pairs(state))
    names = {check.message: {"search": s, "warning": name} for s, name, check in search_warnings.not_acknowledged(state)}
    out.to_acknowledge = list(names.values())
    out.warnings = [c.message + (" (settle it: review acknowledge {search} {warning} --reason …)".format(**names[c.message])
                                 if c.message in names else "")
                    for c in counts.checks if not c.ok and c.level == "warning"
                    and c.rule != NOT_SEARCHED]                         # which stands among what to do next
    if logged_sha and logged_sha != definition.sha:
        out.warnings.insert(0, "the definition has changed since it was last used; searches and sheets so far name the "
                               "version before")
    out.next = next_steps(state, definition, counts, consensus, out)
    return out


def _workload(state: State, consensus: Mapping[tuple[str, str], Consensus],
              open_now: Mapping[str, set[str]]) -> list[dict[str, Any]]:
    """Reviewer and stage -> how many reports were sent, decided, and are left; `open_now`: what the flow waits for at a
    stage (a report that was not retrieved, or that the previous version knows, is left for nobody)."""
    sent: dict[tuple[str, str], set[str]] = defaultdict(set)
    for d in state.log.decisions:           # who decided in another tool was sent the report there
        if d.sheet in ELSEWHERE and d.kind == "independent":
            sent[d.reviewer, d.stage].add(state.resolve(d.report))
    for sheet in state.sheets.values():
        if sheet.kind == "screening":
            for row in sheet.rows:
                sent[sheet.reviewer, sheet.stage].add(state.resolve(row.key))
    out = _pilots(state)
    for (reviewer, stage), keys in sorted(sent.items(), key=lambda i: (i[0][1] != "title-abstract", i[0][0])):
        known = [k for k in keys if (k, stage) in consensus]
        decided = sum(1 for k in known if any(d.reviewer == reviewer for d in consensus[k, stage].decisions))
        left = sum(1 for k in known if reviewer in consensus[k, stage].waiting and k in open_now[stage])
        out.append({"reviewer": reviewer, "stage": stage, "sent": len(keys), "decided": decided, "left": left,
                    "has_left_the_team": reviewer in state.left})
    return out


def _pilots(state: State) -> list[dict[str, Any]]:
    """The same for the pilot, which everybody decides whole."""
    said = {(d.reviewer, state.resolve(d.report)) for d in state.log.decisions if d.round == 0}
    out = []
    for sheet in state.sheets.values():
        if sheet.kind == "pilot":
            keys = {state.resolve(k) for k in sheet.keys}
            decided = sum((sheet.reviewer, k) in said for k in keys)
            gone = sheet.reviewer in state.left
            out.append({"reviewer": sheet.reviewer, "stage": f"{sheet.stage}, pilot", "sent": len(keys), "decided": decided,
                        "left": 0 if gone else len(keys) - decided, "has_left_the_team": gone})
    return out
