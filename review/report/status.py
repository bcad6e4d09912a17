"""Where a review stands, who has what left to do, and what to do next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from review.dedup.assigning import open_pairs
from review.ledger import events
from review.ledger.replay import State
from review.prisma import search_warnings
from review.prisma.box import Counts
from review.query import databases
from review.query.definition import Definition
from review.screening.agreement import agreement
from review.screening.consensus import Consensus
from review.words import ELSEWHERE, many


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
           consensus: Mapping[tuple[str, str], Consensus], logged_sha: str) -> Status:
    """The status of a review; `logged_sha` is the version of the definition that was last used."""
    out = Status(definition.id, definition.title, final=counts.final)
    for search in state.searches.values():
        out.searches.append({"id": search.id, "database": databases.title(search.database), "state": search.state,
                             "use": search.use, "records": search.n, "searched_on": search.searched_on,
                             "hits": search.hits})
    lost = {*counts.boxes["dbr_notretrieved_reports"].ids, *counts.boxes["other_notretrieved_reports"].ids}
    out.reviewers = _workload(state, consensus, lost)
    for sheet in state.sheets.values():
        if sheet.kind == "pilot":
            out.pilots.append({"reviewer": sheet.reviewer, "sheet": sheet.file, "sent": len(sheet.rows)})
    out.conflicts = sum(1 for c in consensus.values() if c.status == "conflict")
    out.possible_duplicates = len(open_pairs(state))
    names = {check.message: {"search": s, "warning": name} for s, name, check in search_warnings.not_acknowledged(state)}
    out.to_acknowledge = list(names.values())
    out.warnings = [c.message + (" (settle it: review acknowledge {search} {warning} --reason …)".format(**names[c.message])
                                 if c.message in names else "")
                    for c in counts.checks if not c.ok and c.level == "warning"]
    if logged_sha and logged_sha != definition.sha:
        out.warnings.insert(0, "the definition has changed since it was last used; searches and sheets so far name the "
                               "version before")
    out.next = _next(state, definition, counts, consensus, out)
    return out


def _workload(state: State, consensus: Mapping[tuple[str, str], Consensus], lost: set[str]) -> list[dict[str, Any]]:
    """Reviewer and stage -> how many reports were sent, decided, and are left; `lost`: not retrieved, so not left."""
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
        left = sum(1 for k in known if reviewer in consensus[k, stage].waiting
                   and not (stage == "full-text" and k in lost))
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


def _next(state: State, definition: Definition, counts: Counts, consensus: Mapping[tuple[str, str], Consensus],
          known: Status) -> list[str]:
    """What to do next, the first first."""
    out = []
    open_searches = [s.id for s in state.searches.values() if s.state == "open"]
    for name in open_searches:
        out.append(f"the search {name} is not complete: run `review search` again, or `review accept {name} --reason …`")
    if not state.searches:
        out.append("run `review search`, or `review import FILE --database NAME`")
    missing = sorted({databases.title(d) for d in definition.databases}
                     - {databases.title(s.database) for s in state.searches.values() if s.use != "withdrawn"})
    if state.searches and missing:
        out.append(f"not searched yet: {', '.join(missing)}")
    if state.unassigned():
        out.append("run `review dedupe`")
    if known.possible_duplicates:
        out.append(f"for a person: {many(known.possible_duplicates, 'possible duplicate')} (possible-duplicates-*.xlsx), "
                   "then `review collect`")
    out += _next_screening(state, counts, consensus, known, definition.screening.pilot)
    if counts.n("new_reports") and any(c.rule == "studies confirmed" and not c.ok for c in counts.checks):
        out.append("name the study of each included report: the Study column, or `review link --own`")
    if not out:
        out.append("nothing: the flow is final. `review report` writes it, with the page and the appendices" if counts.final
                   else "; ".join(counts.reasons))
    return out


def _pilot_words(state: State, known: Status) -> list[str]:
    """Who has yet to decide on the pilot; when all have, how they agreed (JBI: screening starts at 75%)."""
    left = [f"{r['reviewer']} {r['left']:,}" for r in known.reviewers if r["stage"].endswith(", pilot") and r["left"]]
    if left:
        return [f"pilot: still to decide: {', '.join(left)}; then `review collect`"]
    return [f"the pilot is done: {' and '.join(a.reviewers)} {a.percent.value:.0%} alike (JBI: start at 75%, or talk and repeat)"
            for a in agreement(state) if a.round == 0]


def _next_screening(state: State, counts: Counts, consensus: Mapping[tuple[str, str], Consensus],
                    known: Status, pilot: int) -> list[str]:
    out = []
    for stage, words in (("title-abstract", "title and abstract"), ("full-text", "full text")):
        pending = ("undecided_screening", "oth_undecided") if stage == "title-abstract" else (
            "pending_full_text", "oth_pending_full_text")
        inside = {k for box in pending if box in counts.boxes for k in counts.boxes[box].ids}
        fresh = sum(1 for k in inside if consensus[k, stage].status == "unissued")
        again = sum(1 for k in inside if consensus[k, stage].status == "undecided" and consensus[k, stage].unfilled)
        if fresh and stage == "title-abstract" and pilot and not known.pilots:
            out.append(f"a pilot of {many(pilot, 'report')} comes first: `review sheets --pilot`")
        if fresh and stage == "title-abstract" and known.pilots:
            out += _pilot_words(state, known)
        if fresh and not state.unassigned():
            out.append(f"{many(fresh, 'report')} to be sent out for {words}: `review sheets`")
        if again and not state.unassigned():
            out.append(f"{many(again, 'report')} without a reviewer ({words}): `review sheets` sends them to somebody else")
        left = [f"{r['reviewer']} {r['left']:,}" for r in known.reviewers if r["stage"] == stage and r["left"]
                and not r["has_left_the_team"]]
        if left:
            out.append(f"{words}: still to decide: {', '.join(left)}; then `review collect`")
        clash = sum(1 for (k, s), c in consensus.items() if s == stage and c.status == "conflict")
        if clash:
            sent = any(e.type == events.ISSUED and state.sheets[e.subject].kind == "conflicts"
                       and state.sheets[e.subject].stage == stage for e in state.log.events)
            out.append(f"{many(clash, 'conflict')} ({words}): " + ("with the adjudicator; `review sheets --conflicts` sends new "
                       "ones" if sent else "`review sheets --conflicts`"))
    return out
