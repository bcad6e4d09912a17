"""Consensus: the decision that counts, from everything the reviewers decided (DESIGN, "Consensus", "Rounds").

Title and abstract: include and maybe advance; exclude by all excludes; include or maybe against exclude is a conflict,
or advances where the definition says so. Full text: maybe is pending; different decisions are a conflict; so are
different reasons, unless the definition says that the first in its order counts.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from review.ledger import events
from review.ledger.replay import State
from review.model import STAGES, Decision
from review.query.definition import Definition

NO_REASON = "No reason given"              # the label where a reviewer gave none
Status = Literal["unissued", "undecided", "conflict", "agreed", "adjudicated"]
TEAM = "team"                   # whose decision is that was settled in another tool, which names nobody (kind imported)


@dataclass(frozen=True)
class Rules:
    """What the definition says about the way to a consensus."""

    advance_on_conflict: bool = False           # title and abstract
    first_reason: bool = False                  # full text: differing reasons
    reasons: tuple[str, ...] = ()               # codes in the definition's order
    pilot_counts: bool = False
    team: frozenset[str] = frozenset()          # who screens now; nobody waits for others
    dual: float = 1.0                           # share of reports that two people screen

    def needed(self, key: str) -> int:
        """How many people decide on a report: two, or one outside the share that is screened twice. The choice depends
        on the key alone, so that it is the same whenever it is asked."""
        if self.dual >= 1:
            return 2
        place = int.from_bytes(hashlib.sha256(key.encode()).digest()[:6], "big") / 2**48
        return 2 if place < self.dual else 1

    def places(self, needed: int) -> int:
        """How many of those can be filled: nobody waits for more people than there are."""
        return min(needed, len(self.team)) if self.team else needed

    @classmethod
    def of(cls, definition: Definition) -> Rules:
        """The rules of a definition."""
        screening = definition.screening
        return cls(screening.title_abstract == "advance", screening.full_text == "first",
                   tuple(r.code for r in definition.reasons), screening.pilot_counts,
                   frozenset(screening.reviewers), screening.dual)


@dataclass(frozen=True)
class Consensus:
    """Where one report stands at one stage, in the round that counts now."""

    key: str
    stage: str
    round: int
    status: Status
    decision: str = ""                          # "" unless agreed or adjudicated
    reason: str = ""
    decisions: tuple[Decision, ...] = ()        # the current ones, one a reviewer where they don't clash
    waiting: tuple[str, ...] = ()               # reviewers who have yet to decide
    why: str = ""                               # for a conflict: what differs
    unfilled: int = 0                           # further reviewers that it needs and nobody was named for yet

    @property
    def advances(self) -> bool:
        """Whether the report goes on to the next stage."""
        return self.decision in ("include", "maybe")


def consensus(state: State, rules: Rules, stages: Iterable[str] = STAGES) -> dict[tuple[str, str], Consensus]:
    """(current key, stage) -> its consensus, for every report that has records."""
    decided: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    for decision in state.log.decisions:
        decided[decision.report, decision.stage].append(decision)
    gone = {e.subject: e.seq for e in state.log.events if e.type == events.REVIEWER_LEFT}
    sent: dict[tuple[str, str], list[tuple[int, str, bool]]] = defaultdict(list)
    for sheet in state.sheets.values():
        if sheet.kind in ("screening", "pilot"):
            spare = sheet.seq < gone.get(sheet.reviewer, 0)
            for row in sheet.rows:
                sent[row.key, sheet.stage].append((sheet.round, sheet.reviewer, spare))
    asked_ever = {sheet.reviewer for sheet in state.sheets.values()}
    left = state.left | (asked_ever - rules.team if rules.team else set())
    out = {}
    for key, group in state.groups().items():
        for stage in stages:
            number = state.round(group, stage)
            rounds = {number, 0} if rules.pilot_counts and number == 1 else {number}
            rows = [d for k in group for d in decided.get((k, stage), ()) if d.round in rounds]
            asked = {who: spare for k in group for r, who, spare in sent.get((k, stage), ()) if r in rounds}
            needed = rules.needed(key)
            if rows or asked:
                out[key, stage] = _one(state, rules, key, stage, number, rows, asked, needed, left)
            else:
                out[key, stage] = Consensus(key, stage, number, "unissued", unfilled=rules.places(needed))
    return out


def _one(state: State, rules: Rules, key: str, stage: str, number: int, rows: Sequence[Decision],
         asked: Mapping[str, bool], needed: int, left: set[str]) -> Consensus:
    """The consensus of one report at one stage, from the decisions of its group of keys in this round.

    `asked`: to whom it was sent, and whether they left since (they may be back).

    A report that took others in may have been decided under several keys: equal outcomes collapse, differing ones are
    a conflict, until somebody decides in a sheet that was sent out after the join.
    """
    rows = sorted(rows, key=lambda d: d.seq)
    joined = max((seq for k, seq in state.joined.items() if k in state.alias and state.resolve(k) == key), default=0) \
        if any(d.report != key for d in rows) else 0
    fresh = [d for d in rows if _sent(state, d) > joined] if joined else rows
    if not joined or any(d.kind == "adjudicated" for d in fresh):
        return _settle(key, stage, number, rows, rows, asked, needed, rules, left)
    again = {d.reviewer for d in fresh}
    parts = {k: [d for d in rows if d.report == k and d.reviewer not in again] for k in {d.report for d in rows}}
    outcomes = [_settle(key, stage, number, part, part, dict.fromkeys((d.reviewer for d in part), False), 1, rules, left)
                for part in parts.values() if part]
    said = {(_effect(o), o.reason if stage == "full-text" else "") for o in outcomes if o.decision}
    votes = tuple(sorted({(d.reviewer, d.report): d for d in rows}.values(), key=lambda d: d.seq))
    if len(said) > 1 or any(o.status == "conflict" for o in outcomes):
        return Consensus(key, stage, number, "conflict", decisions=votes,
                         why="reports that were joined had been decided differently")
    old = [d for part in parts.values() for d in part]
    if not fresh and len(said) == 1 and all(o.status == "adjudicated" for o in outcomes):
        return replace(next(o for o in outcomes if o.decision), decisions=votes)
    both = sorted([*old, *fresh], key=lambda d: d.seq)
    return _settle(key, stage, number, both, both, asked, needed, rules, left)


def _sent(state: State, decision: Decision) -> int:
    """When the sheet of a decision was sent out (seq); an imported decision speaks for the time of its import."""
    sheet = state.sheets.get(decision.sheet)
    return sheet.seq if sheet else decision.seq


def _effect(outcome: Consensus) -> str:
    return "advance" if outcome.advances and outcome.stage == "title-abstract" else outcome.decision


def _settle(key: str, stage: str, number: int, rows: Sequence[Decision], shown: Sequence[Decision],
            asked: Mapping[str, bool], needed: int, rules: Rules, left: set[str]) -> Consensus:
    """The outcome of decisions on one report: each reviewer's last word, or the adjudicator's."""
    votes = {d.reviewer: d for d in rows if d.kind != "adjudicated"}
    current = tuple(sorted({d.reviewer: d for d in shown if d.kind != "adjudicated"}.values(), key=lambda d: d.reviewer))
    verdicts = [d for d in rows if d.kind != "independent"]
    if verdicts and _stands(verdicts[-1], rows) and not (verdicts[-1].decision == "maybe" and stage == "full-text"):
        status: Status = "adjudicated" if verdicts[-1].kind == "adjudicated" else "agreed"
        return Consensus(key, stage, number, status, verdicts[-1].decision, verdicts[-1].reason, current)
    places = rules.places(needed)
    waiting = _waiting({who: spare for who, spare in asked.items() if who not in votes and who not in left},
                       places - len(votes))
    gone = set(asked) - set(votes) - set(waiting)
    unfilled = max(0, places - len(votes) - len(waiting)) if gone or not asked else 0
    if not votes:
        return Consensus(key, stage, number, "undecided" if asked else "unissued", waiting=waiting, unfilled=unfilled)
    if not waiting and unfilled:            # a leaver's place, or the second reviewer of a decision made elsewhere
        return Consensus(key, stage, number, "undecided", decisions=current, unfilled=unfilled)
    if waiting:
        return Consensus(key, stage, number, "undecided", decisions=current, waiting=waiting, unfilled=unfilled)
    last = [votes[who] for who in sorted(votes)]
    judge = _title_abstract if stage == "title-abstract" else _full_text
    status, decision, reason, why = judge(last, rules)
    slow = tuple(d.reviewer for d in last if d.decision == "maybe") if status == "undecided" else ()
    return Consensus(key, stage, number, status, decision, reason, current, slow, why)


def _waiting(asked: Mapping[str, bool], places: int) -> tuple[str, ...]:
    """Who has yet to decide. Those who left and came back fill the places that nobody took over meanwhile."""
    sure = [who for who, spare in asked.items() if not spare]
    back = sorted(who for who, spare in asked.items() if spare)
    return tuple(sorted((*sure, *back[:max(0, places - len(sure))])))


def _stands(verdict: Decision, rows: Sequence[Decision]) -> bool:
    """An adjudication stands until a reviewer changes a decision after it (DESIGN: that reopens the conflict)."""
    before: dict[tuple[str, str], tuple[str, str]] = {}
    for decision in rows:
        if decision.kind == "adjudicated":
            continue
        value = (decision.decision, decision.reason)
        if decision.seq > verdict.seq and before.get((decision.reviewer, decision.report)) != value:
            return False
        before[decision.reviewer, decision.report] = value
    return True


_Judgement = tuple[Status, str, str, str]


def _title_abstract(last: Sequence[Decision], rules: Rules) -> _Judgement:
    said = {d.decision for d in last}
    if said == {"exclude"}:
        return "agreed", "exclude", _first_reason(last, rules), ""
    if "exclude" not in said:
        return "agreed", "include" if "include" in said else "maybe", "", ""
    if rules.advance_on_conflict:
        return "agreed", "maybe", "", ""
    return "conflict", "", "", "decisions differ"


def _full_text(last: Sequence[Decision], rules: Rules) -> _Judgement:
    said = {d.decision for d in last}
    if "maybe" in said:
        return "undecided", "", "", ""
    if len(said) > 1:
        return "conflict", "", "", "decisions differ"
    decision = said.pop()
    if decision == "exclude" and len({d.reason for d in last}) > 1 and not rules.first_reason:
        return "conflict", "", "", "reasons differ"
    return "agreed", decision, _first_reason(last, rules) if decision == "exclude" else "", ""


def _first_reason(last: Sequence[Decision], rules: Rules) -> str:
    """The first of the reasons given, in the definition's order (the order is the hierarchy)."""
    given = {d.reason for d in last if d.reason}
    return min(given, key=lambda r: (rules.reasons.index(r) if r in rules.reasons else len(rules.reasons), r),
               default="")


def reason_label(code: str, labels: Mapping[str, str]) -> str:
    """What people read for a reason's code."""
    return labels.get(code, code) or NO_REASON
