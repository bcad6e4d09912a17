"""What to do next, the first first: what `review status` ends with, and other commands when they have done their part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from review.ledger.replay import State
from review.prisma.box import Counts
from review.prisma.checks import NOT_SEARCHED
from review.prisma.keys import TWINS
from review.query import databases
from review.query.definition import Definition
from review.screening.agreement import agreement
from review.screening.consensus import Consensus
from review.screening.issue import Plan, conflicts_with, pilot_first, shares_of
from review.words import agree, and_list, many

if TYPE_CHECKING:
    from review.report.status import Status

Verdicts = Mapping[tuple[str, str], Consensus]
STAGE_WORDS = {"title-abstract": "title and abstract", "full-text": "full text"}
# Boxes of the database arm that say what a stage still waits for (those of other methods are their twins).
UNDECIDED = {"title-abstract": "undecided_screening", "full-text": "pending_full_text"}
CONFLICTS = {"title-abstract": "conflicts_screening", "full-text": "conflicts_full_text"}
TO_DECIDE = {"title-abstract": ("undecided_screening",), "full-text": ("pending_full_text", "pending_retrieval")}


def inside(counts: Counts, *keys: str) -> set[str]:
    """The reports in boxes of the database arm and in their twins of other methods."""
    return {i for key in keys for k in (key, TWINS[key]) if k in counts.boxes for i in counts.boxes[k].ids}


def next_steps(state: State, definition: Definition, counts: Counts, consensus: Verdicts, known: Status) -> list[str]:
    """What to do next. `known`: the rest of the status."""
    out = _searches(state, counts, definition)
    if state.unassigned():
        out.append("run `review dedupe`")
    if known.possible_duplicates:
        out.append(f"for a person: {many(known.possible_duplicates, 'possible duplicate')} (possible-duplicates-*.xlsx), "
                   "then `review collect`")
    for stage in STAGE_WORDS:
        out += _screening(state, definition, counts, consensus, known, stage)
        out += _conflicts(state, definition, counts, consensus, stage)
    if counts.n("new_reports") and any(c.rule == "studies confirmed" and not c.ok for c in counts.checks):
        out.append("name the study of each included report: the Study column, or `review link --own`")
    if counts.final:
        start = "else nothing" if out else "nothing"
        out.append(f"{start}: the flow is final. `review report` writes it, with the page and the appendices")
    return out or ["; ".join(counts.reasons)]


def _searches(state: State, counts: Counts, definition: Definition) -> list[str]:
    opened = [s for s in state.searches.values() if s.state == "open" and s.use in ("counted", "trial")]
    out = [f"the search {s.id} is not complete: run `review search` again, or `review accept {s.id} --reason …`"
           + (f". It was stopped: {why}" if (why := str(s.params.get("resume", ""))) else "") for s in opened]
    if state.counted_searches():
        missing = next((c.ids for c in counts.checks if c.rule == NOT_SEARCHED), ())
    else:
        missing = tuple(sorted({databases.title(d) for d in definition.databases}))
        if state.baseline:
            return out or ["the previous version is frozen; search for the update: `review search --update`, or "
                           "`review import FILE --database NAME`"]
        if not any(s.use == "counted" for s in state.searches.values()):
            return ["run `review search`, or `review import FILE --database NAME`"]
    missing = tuple(m for m in missing if m not in {databases.title(s.database) for s in opened})
    if missing:
        out.append(f"not searched yet: {', '.join(missing)} (or take it out of `databases` in the definition)")
    return out


def _screening(state: State, definition: Definition, counts: Counts, consensus: Verdicts, known: Status,
               stage: str) -> list[str]:
    """What waits to be sent out at a stage, what nobody is there for, who has something left."""
    out, words = [], STAGE_WORDS[stage]
    waiting = inside(counts, UNDECIDED[stage])
    lacking = {k for k in waiting if consensus[k, stage].unfilled and consensus[k, stage].status == "undecided"}
    fresh = {k for k in waiting if consensus[k, stage].status == "unissued"}
    shares = shares_of(state, definition, consensus, Plan(stage)) if waiting else {}
    ready = {k for keys in shares.values() for k in keys}
    after = ""
    if stage == "title-abstract" and fresh & ready:
        pilot = [f"a pilot of {many(definition.screening.pilot, 'report')} comes first: `review sheets --pilot`"] if pilot_first(
            state, definition) else _pilot_words(state, known) if _has_pilot(state) else []
        after = "after the pilot, " if pilot and "pilot is done" not in pilot[0] else ""
        out += pilot
    if not state.unassigned():
        if fresh & ready:
            out.append(f"{after}{many(len(fresh & ready), 'report')} to be sent out for {words}: `review sheets`")
        if lacking & ready:
            out.append(f"{many(len(lacking & ready), 'report')} without a reviewer ({words}): `review sheets` sends "
                       f"{agree(len(lacking & ready), 'it', 'them')} to somebody else")
        stuck = (lacking | fresh) - ready
        if stuck:
            out.append(f"{many(len(stuck), 'report')} without a reviewer ({words}), and nobody is left to take "
                       f"{agree(len(stuck), 'it', 'them')}: add a code to `reviewers` under [screening] in "
                       f"queries/{definition.id}.toml, then `review sheets`")
    left = [f"{r['reviewer']} {r['left']:,}" for r in known.reviewers if r["stage"] == stage and r["left"]
            and not r["has_left_the_team"]]
    if left:
        out.append(f"{words}: still to decide: {', '.join(left)}; then `review collect`")
    for row in known.reviewers:
        cells = row["not_read"] if row["stage"] == stage else []
        if cells:
            shown = ", ".join(cells[:8]) + (f" and {len(cells) - 8:,} more" if len(cells) > 8 else "")
            out.append(f"{many(len(cells), 'cell')} of {row['reviewer']} ({words}) held an answer that was not taken: {shown}. "
                       "`review collect --dry-run FILE` says why")
    return out


def _has_pilot(state: State) -> bool:
    """Whether a pilot was sent out in this version of the review: the one of the version before is over."""
    since = state.baseline.seq if state.baseline else 0
    return any(sheet.kind == "pilot" and sheet.seq > since for sheet in state.sheets.values())


def _pilot_words(state: State, known: Status) -> list[str]:
    """Who has yet to decide on the pilot; when all have, how they agreed (JBI: screening starts at 75%)."""
    left = [f"{r['reviewer']} {r['left']:,}" for r in known.reviewers if r["stage"].endswith(", pilot") and r["left"]]
    if left:
        return [f"pilot: still to decide: {', '.join(left)}; then `review collect`"]
    alike = [f"{and_list(a.reviewers)} {a.percent.value:.0%}" for a in agreement(state) if a.round == 0]
    return [f"the pilot is done: {'; '.join(alike)} alike (JBI: start at 75%, or talk and repeat)"] if alike else []


def _conflicts(state: State, definition: Definition, counts: Counts, consensus: Verdicts, stage: str) -> list[str]:
    """The conflicts at a stage: which the adjudicator has, and which were not sent yet."""
    clash = inside(counts, CONFLICTS[stage])
    if not clash:
        return []
    who, words = definition.screening.adjudicator, STAGE_WORDS[stage]
    holders = Counter(holder for key, holder in conflicts_with(state, consensus, stage).items() if key in clash)
    unsent = holders.pop("", 0)
    out = []
    if unsent and (not who or who in state.left):
        missing = f"{who}, who settles them, has left" if who else "nobody is named to settle them"
        out.append(f"{many(unsent, 'conflict')} ({words}), and {missing}: write `adjudicator` under [screening] in "
                   f"queries/{definition.id}.toml, then `review sheets --conflicts`")
    elif unsent:
        out.append(f"{many(unsent, 'conflict')} ({words}) not sent to {who} yet: `review sheets --conflicts`")
    return out + [f"{many(n, 'conflict')} ({words}) with {holder}; then `review collect`"
                  for holder, n in sorted(holders.items())]
