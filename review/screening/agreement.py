"""Agreement between reviewers: how often, and how far beyond chance, they decided alike before they talked.

Told a stage and a round (round 0 is the pilot), for each pair of reviewers, and for the team where more than two
decided. Independent decisions only: of each reviewer the last one before the conflicts were sent out
(DESIGN, "Consensus").
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

from review.ledger.replay import State
from review.model import DECISIONS, STAGES
from review.screening import statistics as st
from review.screening.statistics import Estimate

# From the lowest to the highest, for coefficients that know an order.
ORDER = ("exclude", "maybe", "include")
ADVANCE = "include or maybe"


@dataclass(frozen=True)
class Agreement:
    """How a pair, or a team of more than two, agreed at one stage in one round.

    Of a pair, `table` has a count for each (first reviewer's decision, second's), noughts too. Of a team, for each
    row of decisions that occurs, in the reviewers' order, "" where one did not decide. A coefficient is None where
    it does not apply or can't be told; `note` then says why. `kappa` and `pabak` are for pairs, `fleiss` (reports that all
    decided) for teams; `alpha` and, at title and abstract, `alpha_ordinal` (exclude, maybe, include in that order) for both.
    """

    stage: str
    round: int
    reviewers: tuple[str, ...]
    n: int                                      # reports that two of them or more decided
    categories: tuple[str, ...]                 # of the table, in the order of the stage
    table: st.Units
    percent: Estimate                           # 0 to 1; of a team: the mean over its pairs
    kappa: Estimate | None = None
    pabak: Estimate | None = None
    ac1: Estimate | None = None
    fleiss: Estimate | None = None
    alpha: Estimate | None = None
    alpha_ordinal: Estimate | None = None
    advance: Agreement | None = None            # title and abstract: include and maybe together against exclude
    note: str = ""

    def coefficients(self) -> dict[str, Estimate]:
        """Those that could be told, by their names."""
        named = {"kappa": self.kappa, "PABAK": self.pabak, "AC1": self.ac1, "Fleiss' kappa": self.fleiss,
                 "Krippendorff's alpha": self.alpha, "ordinal alpha": self.alpha_ordinal}
        return {name: found for name, found in named.items() if found is not None}

    def summary(self) -> str:
        """In a line: "143 reports, 93.7% alike (88.5 to 96.6), kappa 0.87 (0.79 to 0.95), …"; 95% intervals."""
        parts = [f"{self.n:,} report{'s' if self.n != 1 else ''}", _words("", self.percent, 100, 1, "% alike")]
        parts += [_words(f"{name} ", found, 1, 2) for name, found in self.coefficients().items()]
        if self.advance is not None and self.advance.percent.value != self.percent.value:
            parts.append(f"{self.advance.percent.value * 100:.1f}% alike where include and maybe are one")
        return ", ".join(parts) + (f". {self.note}" if self.note else "")

    def as_dict(self) -> dict[str, Any]:
        """As `--json` prints it: the table as rows of decisions and their count; shares from 0 to 1."""
        return {"stage": self.stage, "round": self.round, "reviewers": list(self.reviewers), "n": self.n,
                "categories": list(self.categories),
                "table": [{"decisions": list(words), "n": count} for words, count in self.table.items()],
                "percent": asdict(self.percent),
                "coefficients": {name: asdict(found) for name, found in self.coefficients().items()},
                "advance": self.advance.as_dict() if self.advance else None, "note": self.note}


def _words(name: str, found: Estimate, scale: int, places: int, unit: str = "") -> str:
    """"kappa 0.87 (0.79 to 0.95)"."""
    text = f"{name}{found.value * scale:.{places}f}{unit}"
    if found.low is None or found.high is None:
        return text
    return f"{text} ({found.low * scale:.{places}f} to {found.high * scale:.{places}f})"


def agreement(state: State) -> list[Agreement]:
    """All agreement, by stage, round and reviewers; a team follows its pairs. Pairs without a common report are
    left out."""
    said: dict[tuple[str, int], dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    sent = _conflicts_sent(state)
    for d in state.log.decisions:               # in the order of seq: a later word replaces an earlier one
        if d.kind == "independent" and d.seq < _until(state, sent, d.report, d.stage, d.round):
            said[d.stage, d.round][d.report][d.reviewer] = d.decision
    out = []
    for stage, number in sorted(said, key=lambda at: (STAGES.index(at[0]), at[1])):
        out += _of_round(stage, number, list(said[stage, number].values()))
    return out


def _conflicts_sent(state: State) -> dict[tuple[str, str, int], int]:
    """(key as issued, stage, round) -> seq of the first conflicts sheet that held it."""
    out: dict[tuple[str, str, int], int] = {}
    for sheet in state.sheets.values():
        if sheet.kind == "conflicts":
            for key in sheet.keys:
                place = (key, sheet.stage, sheet.round)
                out[place] = min(sheet.seq, out.get(place, sheet.seq))
    return out


def _until(state: State, sent: Mapping[tuple[str, str, int], int], key: str, stage: str, number: int) -> float:
    """The seq at which decisions on a report stop being independent. A report that was joined into another went
    to the adjudicator under the other's key, if that was sent out after the join."""
    until = float(sent.get((key, stage, number), float("inf")))
    while key in state.alias:
        joined, key = state.joined[key], state.alias[key]
        seq = sent.get((key, stage, number))
        if seq is not None and seq > joined:
            until = min(until, seq)
    return until


def _of_round(stage: str, number: int, said: Sequence[Mapping[str, str]]) -> list[Agreement]:
    """Every pair of one round, then the team. `said`: of each report, reviewer -> decision."""
    team = tuple(sorted({who for votes in said for who in votes}))
    out = []
    for a, b in combinations(team, 2):
        counts: Counter[tuple[str, ...]] = Counter((votes[a], votes[b]) for votes in said if a in votes and b in votes)
        if counts:
            out.append(_pair(stage, number, (a, b), counts))
    if len(team) > 2:
        units: Counter[tuple[str, ...]] = Counter(tuple(votes.get(who, "") for who in team) for votes in said
                                                  if len(votes) > 1)
        if units:
            out.append(_team(stage, number, team, units))
    return out


def _in_order(stage: str, used: Sequence[str]) -> tuple[str, ...]:
    """The decisions in use, as the stage lists them."""
    return tuple(c for c in DECISIONS[stage] if c in used) + tuple(c for c in used if c not in DECISIONS[stage])


def _pair(stage: str, number: int, who: tuple[str, str], counts: st.Units) -> Agreement:
    """The agreement of two; at title and abstract the table has all three decisions, used or not."""
    used = st.categories(counts)
    shown = DECISIONS[stage] if stage == "title-abstract" else _in_order(stage, used)
    full = _measured(stage, number, who, shown, counts)
    if stage != "title-abstract":
        return full
    merged: Counter[tuple[str, ...]] = Counter()
    for (a, b), count in counts.items():
        merged[_merged(a), _merged(b)] += count
    return replace(full, advance=_measured(stage, number, who, (ADVANCE, "exclude"), merged))


def _merged(decision: str) -> str:
    return "exclude" if decision == "exclude" else ADVANCE


def _measured(stage: str, number: int, who: tuple[str, str], shown: Sequence[str],
              counts: st.Units) -> Agreement:
    """One table and its coefficients."""
    table: dict[tuple[str, ...], int] = {(a, b): counts.get((a, b), 0) for a in shown for b in shown}
    ordered = stage == "title-abstract" and set(shown) <= set(ORDER)
    found = Agreement(stage, number, who, sum(counts.values()), tuple(shown), table, st.percent(counts),
                      st.cohen_kappa(counts), st.pabak(counts), st.gwet_ac1(counts), alpha=st.krippendorff_alpha(counts),
                      alpha_ordinal=st.krippendorff_alpha(counts, ORDER, st.ordinal) if ordered else None)
    return replace(found, note=_pair_note(found, counts))


def _pair_note(found: Agreement, counts: st.Units) -> str:
    """What a table without the usual spread can't tell."""
    first, second = ({row[i] for row, count in counts.items() if count} for i in (0, 1))
    if found.kappa is None:
        return (f"Both decided “{first.pop()}” on every report, so chance can't be told from agreement: only the "
                "percentage stands.")
    if found.percent.value == 1:
        return ("They agreed on every report, so the data give no interval for kappa and AC1; that of the percentage "
                "shows how much is known.")
    if found.n < 2:
        return "One report is too few for AC1 and for intervals."
    for who, words in zip(found.reviewers, (first, second), strict=True):
        if len(words) == 1:
            return f"{who} decided “{words.pop()}” on every report; kappa is then 0 whatever the agreement. See AC1."
    return ""


def _team(stage: str, number: int, who: tuple[str, ...], units: st.Units) -> Agreement:
    """The agreement of more than two, each report decided by two of them or more."""
    used = st.categories(units)
    n = sum(units.values())
    fleiss = st.fleiss_kappa(units)
    alpha = st.krippendorff_alpha(units)
    ordered = st.krippendorff_alpha(units, ORDER, st.ordinal) if stage == "title-abstract" else None
    notes = []
    if alpha is None:
        notes.append(f"All decided “{used[0]}” on every report, so chance can't be told from agreement: only the "
                     "percentage stands.")
    elif fleiss is None:
        notes.append("Fleiss' kappa needs reports that all of them decided, with more than one decision; "
                     "Krippendorff's alpha does without.")
    return Agreement(stage, number, who, n, _in_order(stage, used), dict(sorted(units.items())),
                     st.team_percent(units), ac1=st.gwet_ac1(units), fleiss=fleiss, alpha=alpha,
                     alpha_ordinal=ordered, note=" ".join(notes))
