"""Sheets go out: who gets which reports, what was sent, and the workbooks.

A batch is issued once and kept as issued. Reports that come later, or that were reopened, go into a new batch.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from review.ledger import events
from review.ledger.disk import sha256
from review.ledger.issued import IssuedRow, IssuedSheet, encode_issued, members_hash, sheet_id
from review.ledger.paths import Folder
from review.ledger.replay import OWN_STUDY, Arm, State
from review.ledger.transaction import Transaction
from review.model import ReviewError
from review.query.definition import Definition
from review.screening.consensus import Consensus, Rules, consensus
from review.screening.sheet_info import SheetInfo
from review.screening.views import Views
from review.screening.workbook import write_pairs, write_workbook
from review.words import many

BATCH = 5000                    # rows a workbook: a spreadsheet holds 65,530 links a sheet
SHORT = {"title-abstract": "TA", "full-text": "FT"}


@dataclass(frozen=True)
class Plan:
    """What to send out."""

    stage: str = "title-abstract"
    pilot: bool = False
    other_methods: bool = False         # only reports from other methods; at full text also unscreened ones
    seed: int | None = None             # shuffle the rows; None keeps the order of the keys
    batch: int = BATCH


def issue_screening(tx: Transaction, folder: Folder, state: State, definition: Definition, views: Views,
                    plan: Plan) -> list[IssuedSheet]:
    """One workbook a reviewer (and batch) with the reports that this stage waits for. [] where none does."""
    cons = consensus(state, Rules.of(definition))
    shares = shares_of(state, definition, cons, plan)
    if not shares and not _team(state, definition) and _due(state, cons, plan):
        raise ReviewError("All reviewers of the definition have left. Name one under [screening].", code="no-reviewer")
    out = []
    for reviewer, keys in shares.items():
        if plan.seed is not None:
            random.Random(f"{plan.seed} {reviewer}").shuffle(keys)
        by_round: dict[int, list[str]] = {}
        for key in keys:
            by_round.setdefault(0 if plan.pilot else cons[key, plan.stage].round, []).append(key)
        for number, some in sorted(by_round.items()):
            for start in range(0, len(some), plan.batch):
                out.append(_send(tx, folder, state, definition, views, "pilot" if plan.pilot else "screening",
                                 plan.stage, number, reviewer, some[start:start + plan.batch], cons))
    return out


def shares_of(state: State, definition: Definition, cons: Mapping[tuple[str, str], Consensus],
              plan: Plan) -> dict[str, list[str]]:
    """Reviewer -> keys that would go out to them now. A report that waits and is in no share has nobody to go to."""
    due = _due(state, cons, plan)
    return _allocate(state, definition, cons, _pilot(state, definition, cons, due, plan) if plan.pilot else due, plan)


def pilot_first(state: State, definition: Definition) -> bool:
    """Whether the definition asks for a pilot, and nobody was sent titles or decided on them yet."""
    at = "title-abstract"
    return bool(definition.screening.pilot) and not any(d.stage == at for d in state.log.decisions) and not any(
        s.stage == at and s.kind in ("pilot", "screening") for s in state.sheets.values())


def _team(state: State, definition: Definition) -> list[str]:
    return [r for r in definition.screening.reviewers if r not in state.left]


def _in_flow(state: State) -> dict[str, Arm]:
    """Current key -> arm of the reports that screening is about, by key number."""
    counted, groups = state.counted_records(), state.groups()
    return {r.key: arm for r in state.current() if (arm := state.arm(r, counted)) is not None
            and not state.known_before(r) and not all(k in state.removed for k in groups[r.key])}


def _due(state: State, cons: Mapping[tuple[str, str], Consensus], plan: Plan) -> list[str]:
    """Keys of the reports that wait at this stage, by key number."""
    groups = state.groups()
    out = []
    for key, arm in _in_flow(state).items():
        if plan.other_methods and arm != "other":
            continue
        first = cons[key, "title-abstract"]
        straight = arm == "other" and first.status == "unissued" and (
            cons[key, "full-text"].status != "unissued" or any(k in state.retrieval for k in groups[key]))
        if plan.stage == "title-abstract" and straight:
            continue                    # it went to full text without a screening of titles
        if plan.stage == "full-text" and not first.advances and not (
                plan.other_methods and first.status == "unissued"):
            continue
        out.append(key)
    return out


def _pilot(state: State, definition: Definition, cons: Mapping[tuple[str, str], Consensus], due: Sequence[str],
           plan: Plan) -> list[str]:
    """A random sample for the whole team (JBI: 25 records), of reports that nobody was sent.

    A pilot that is still out goes to those of the team who lack it; when all have decided, another sample may follow.
    """
    size = definition.screening.pilot
    if not size:
        raise ReviewError("The definition asks for no pilot. Write `pilot = 25` under [screening].", code="no-pilot")
    sheets = [s for s in state.sheets.values() if s.kind == "pilot" and s.reviewer not in state.left]
    said = {(d.reviewer, state.resolve(d.report)) for d in state.log.decisions if d.round == 0}
    known = {state.resolve(k) for s in sheets for k in s.keys}.intersection(due)
    if any((s.reviewer, k) not in said for s in sheets for k in map(state.resolve, s.keys) if k in known):
        return [k for k in due if k in known]
    seen = {state.resolve(k) for s in state.sheets.values() if s.kind in ("pilot", "screening") for k in s.keys}
    fresh = [k for k in due if k not in seen and cons[k, plan.stage].status == "unissued"]
    return sorted(random.Random(plan.seed or 0).sample(fresh, min(size, len(fresh))))


def _allocate(state: State, definition: Definition, cons: Mapping[tuple[str, str], Consensus], due: Iterable[str],
              plan: Plan) -> dict[str, list[str]]:
    """Reviewer -> keys that are new for them.

    A report needs two reviewers, or one where it is not in the share that is screened twice. Those whom it was
    sent to in this round count, unless they left before they decided; the rest comes from the least loaded.
    """
    team = _team(state, definition)
    groups, rules = state.groups(), Rules.of(definition)
    sent: dict[tuple[str, int], set[str]] = {}
    for sheet in state.sheets.values():
        if sheet.stage == plan.stage and sheet.kind in ("screening", "pilot"):
            for row in sheet.rows:
                sent.setdefault((row.key, sheet.round), set()).add(sheet.reviewer)
    load: Counter[str] = Counter()
    shares: dict[str, list[str]] = {r: [] for r in team}
    for key in due:
        standing = cons[key, plan.stage]
        if any(d.kind == "imported" for d in standing.decisions):
            continue                    # settled in another tool, by whoever screened there
        number = 0 if plan.pilot else standing.round
        have = set().union(*(sent.get((k, number), set()) for k in groups[key]))
        decided = {d.reviewer for d in standing.decisions}
        have = {r for r in have if r in team or r in decided} | (decided if not plan.pilot else set())
        needed = len(team) if plan.pilot else rules.needed(key)
        for reviewer in sorted((r for r in team if r not in have), key=lambda r: (load[r], team.index(r))):
            if len(have) >= needed:
                break
            shares[reviewer].append(key)
            load[reviewer] += 1
            have.add(reviewer)
    return {r: keys for r, keys in shares.items() if keys}


def issue_conflicts(tx: Transaction, folder: Folder, state: State, definition: Definition, views: Views,
                    stage: str) -> list[IssuedSheet]:
    """A workbook of the conflicts at a stage that the adjudicator was not sent yet."""
    cons = consensus(state, Rules.of(definition))
    due = [key for key, holder in conflicts_with(state, cons, stage).items() if not holder]
    if not due:
        return []
    who = definition.screening.adjudicator
    if not who or who in state.left:
        missing = f"{who}, who settles them, has left" if who else "the definition names nobody to settle them"
        raise ReviewError(f"Open: {many(len(due), 'conflict')}, and {missing}. Write `adjudicator = \"CODE\"` with "
                          f"somebody's code under [screening] in queries/{definition.id}.toml.", code="no-adjudicator")
    by_round: dict[int, list[str]] = {}
    for key in sorted(due):
        by_round.setdefault(cons[key, stage].round, []).append(key)
    return [_send(tx, folder, state, definition, views, "conflicts", stage, number, who, keys[i:i + BATCH], cons)
            for number, keys in sorted(by_round.items()) for i in range(0, len(keys), BATCH)]


def conflicts_with(state: State, cons: Mapping[tuple[str, str], Consensus], stage: str) -> dict[str, str]:
    """Key of each conflict at a stage -> who was sent it since it arose and is still there; "" where nobody has it."""
    sent: dict[tuple[str, int], IssuedSheet] = {}           # (key, round) -> the last sheet that held it
    for sheet in state.sheets.values():
        if sheet.kind == "conflicts" and sheet.stage == stage and sheet.reviewer not in state.left:
            sent.update({(row.key, sheet.round): sheet for row in sheet.rows})
    groups, inside = state.groups(), _in_flow(state)
    out = {}
    for (key, at), verdict in cons.items():
        if at == stage and verdict.status == "conflict" and key in inside:
            latest = max((d.seq for d in verdict.decisions), default=0)
            joined = max((state.joined.get(k, 0) for k in groups[key][1:]), default=0)
            last = sent.get((key, verdict.round))
            out[key] = last.reviewer if last and last.seq > max(latest, joined) else ""
    return out


def _send(tx: Transaction, folder: Folder, state: State, definition: Definition, views: Views, kind: str, stage: str,
          number: int, reviewer: str, keys: Sequence[str], cons: Mapping[tuple[str, str], Consensus]) -> IssuedSheet:
    """Stage the workbook and its CSV, and log that they went out."""
    issued = tuple(IssuedRow(k, members_hash(state.reports[k].records), views.title(k)) for k in keys)
    prefix = {"screening": "", "pilot": "pilot-", "conflicts": "conflicts-"}[kind] + f"{stage}-{reviewer}"
    batch, name = free_number(folder, tx, state, prefix)
    short = {"screening": "", "pilot": "P-", "conflicts": "C-"}[kind] + f"{SHORT[stage]}-{reviewer}-{batch}"
    sheet = IssuedSheet(sheet_id(short, issued, f"{definition.id} {kind} {number}"), kind, stage, number, batch,
                        reviewer, definition.sha, issued, name)
    known = {study for some in state.studies.values() for study in some if not study.startswith(OWN_STUDY)}
    info = replace(sheet_info(definition, sheet), studies=tuple(sorted(known)))
    write_workbook(info, [views.row(k, stage, reviewer, cons, votes=kind == "conflicts") for k in keys],
                   tx.stage(folder.screening / name))
    log_issued(tx, folder, sheet)
    return sheet


def sheet_info(definition: Definition, sheet: IssuedSheet) -> SheetInfo:
    """What stands on a workbook's first page and in its properties."""
    from review.query import highlight_terms

    return SheetInfo(
        review=definition.id, stage="conflicts" if sheet.kind == "conflicts" else sheet.stage,
        reviewer=sheet.reviewer, sheet=sheet.sheet, round=sheet.round, batch=sheet.batch,
        definition_sha=definition.sha, title=definition.title, question=definition.question,
        include=definition.eligibility_include,
        reasons=tuple((r.code, r.label) for r in definition.reasons if not r.retired),
        terms=highlight_terms(definition), conflict_stage=sheet.stage if sheet.kind == "conflicts" else "",
        blind=definition.screening.blind, pilot_counts=definition.screening.pilot_counts)


def log_issued(tx: Transaction, folder: Folder, sheet: IssuedSheet) -> None:
    """Keep what was sent out, and log it."""
    data = encode_issued(sheet)
    tx.keep(folder.issued / f"{sheet.sheet}.csv", data)
    tx.event(events.ISSUED, sheet.sheet, sha256(data), sheet.file)


def free_number(folder: Folder, tx: Transaction, state: State, prefix: str) -> tuple[int, str]:
    """The next batch number whose file name is free: a file that people may have edited is never written to."""
    taken = {s.file for s in state.sheets.values()}
    number = 1
    while True:
        name = f"{prefix}-{number}.xlsx"
        path = folder.screening / name
        if name not in taken and not path.exists() and not tx.stage(path).exists():
            return number, name
        number += 1


def issue_pairs(tx: Transaction, folder: Folder, state: State, definition: Definition, views: Views,
                pairs: Sequence[tuple[str, str, str]]) -> IssuedSheet | None:
    """The workbook of possible duplicates that nobody was asked about yet."""
    asked = {row.key for s in state.sheets.values() if s.kind == "duplicates" for row in s.rows}
    due = [p for p in pairs if f"{p[0]} | {p[1]}" not in asked]
    if not due:
        return None
    issued = tuple(IssuedRow(f"{a} | {b}", members_hash(state.reports[a].records) + " | "
                             + members_hash(state.reports[b].records), views.title(a)) for a, b, _ in due)
    batch, name = free_number(folder, tx, state, "possible-duplicates")
    sheet = IssuedSheet(sheet_id(f"DUP-{batch}", issued, definition.id), "duplicates", "duplicates", 1, batch, "",
                        definition.sha, issued, name)
    info = replace(sheet_info(definition, sheet), stage="duplicates")
    write_pairs(info, [views.pair(a, b, why) for a, b, why in due], tx.stage(folder.screening / name))
    log_issued(tx, folder, sheet)
    return sheet


