"""Acts of people on reports: joined, split, undone, called different, removed, reopened, linked to studies.

Each adds rows to a transaction; the rules are those of DESIGN, "Report keys".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from review.ledger import events
from review.ledger.keys import key_number, make_key, read_key
from review.ledger.replay import State, apply_assignment, apply_link
from review.ledger.transaction import Transaction
from review.model import ReviewError
from review.words import agree, were


def known_key(state: State, review_id: str, text: str) -> str:
    """The key that `text` means, as it was given (it may be an alias now); ReviewError if it is none of ours."""
    key = read_key(text, review_id)
    if key is None:
        raise ReviewError(f"“{text}” is not a report key of {review_id}. A key looks like "
                          f"{make_key(review_id, 1)}; check its last two characters.", code="bad-key")
    if key not in state.reports:
        raise ReviewError(f"{key} was never given in this review.", code="unknown-key")
    return key


def _assign(tx: Transaction, state: State, record: str, report: str, op: str, actor: str, **why: str) -> None:
    """Log the row and carry it out, so that the next act of the same command sees it."""
    apply_assignment(state, tx.assign(record, report, op, actor, **why))


def join(tx: Transaction, state: State, keys: Sequence[str], actor: str, rule: str = "person", reason: str = "",
         score: str = "", evidence_for: str = "", evidence_against: str = "") -> str:
    """Make the reports one. The lowest key survives; the others become its aliases for ever."""
    current = sorted({state.resolve(k) for k in keys}, key=key_number)
    survivor, absorbed = current[0], current[1:]
    for key in absorbed:
        for record in list(state.reports[key].records):
            _assign(tx, state, record, survivor, "join", actor, rule=rule, reason=reason, score=score,
                      evidence_for=evidence_for, evidence_against=evidence_against)
    return survivor


def split(tx: Transaction, state: State, review_id: str, records: Collection[str], actor: str, reason: str,
          of: str = "") -> str:
    """Move records out of their report (`of`, where it was named) into a new one. The key stays with the leading record."""
    for record in records if of else ():
        if state.report_of.get(record, "") != of:
            where = f"is of {state.report_of[record]}" if record in state.report_of else "is no record of this review"
            raise ReviewError(f"{record} {where}, not of {of}. `review trace {of}` lists the records of {of}.", code="split")
    homes = {state.report_of.get(r, "") for r in records}
    if len(homes) != 1 or "" in homes:
        raise ReviewError("A split takes records of one report. `review trace KEY` lists a report's records.",
                          code="split")
    home = state.reports[homes.pop()]
    if home.records[0] in records:
        raise ReviewError(f"{home.records[0]} leads {home.key} and keeps its key; name the records that leave it.",
                          code="split")
    key = make_key(review_id, state.next_number())
    for record in list(home.records):
        if record in records:
            _assign(tx, state, record, key, "split", actor, rule="person", reason=reason)
    return key


def undo(tx: Transaction, state: State, key: str, actor: str, reason: str) -> str:
    """Undo the join that took `key` in, or the split that made it. Returns the key that the records go to.

    Records that came later, because they are like those that the join brought, go with them.
    """
    if key in state.alias:
        moved = [r for r in state.moved[key] if state.report_of[r] == state.resolve(key)]
        origins = {state.origin[r] for r in moved}
        records = [r for r in state.reports[state.resolve(key)].records if r in moved or state.origin[r] in origins]
        if not records:
            raise ReviewError(f"The records of {key} have all gone elsewhere since; there is nothing to undo.",
                              code="undo")
        survivor, target = state.resolve(key), key
    elif key in state.split_from:
        survivor, target = "", state.resolve(state.split_from[key])
        records = list(state.reports[key].records)
    else:
        raise ReviewError(f"{key} was neither joined into another report nor split off one.", code="undo")
    for record in records:
        _assign(tx, state, record, target, "undo", actor, rule="person", reason=reason)
    if survivor:
        call_different(tx, state, target, survivor, actor, reason)   # or a sheet that is read again would rejoin them
    return target


def call_different(tx: Transaction, state: State, a: str, b: str, actor: str, reason: str = "") -> None:
    """Log for ever that two reports are not the same; it binds every later version of the matcher."""
    for key, other in ((a, b), (b, a)):
        for record in state.reports[key].records:
            _assign(tx, state, record, other, "different", actor, rule="person", reason=reason)


def call_same(tx: Transaction, state: State, a: str, b: str, actor: str, reason: str = "") -> str:
    """Log that two reports are the same, and join them."""
    _assign(tx, state, state.reports[a].records[0], b, "same", actor, rule="person", reason=reason)
    return join(tx, state, (a, b), actor, reason=reason)


def called_different(state: State, a: str, b: str) -> bool:
    """Whether a person said that the two reports are different."""
    return any({state.report_of.get(record, ""), state.resolve(key)} == {a, b} for record, key in state.different)


def link_studies(tx: Transaction, state: State, key: str, studies: Iterable[str], actor: str,
                 evidence: str = "") -> bool:
    """Set the studies that a report (with all that was joined into it) tells of. True if that changes anything."""
    current = state.resolve(key)
    group = state.groups().get(current, [current])
    wanted, now = set(studies), set(state.studies_of(group))
    if wanted == now:
        return False
    for member in group:
        for study in sorted(state.studies.get(member, ())):
            if member != current or study not in wanted:
                apply_link(state, tx.link(member, study, "study", "unlink", actor, evidence))
    for study in sorted(wanted - set(state.studies.get(current, ()))):
        apply_link(state, tx.link(current, study, "study", "link", actor, evidence))
    return True


def study_names(state: State, texts: Iterable[str]) -> list[str]:
    """The studies that people named: several with semicolons, blanks and case of a known name don't make a new one."""
    known = {s.casefold(): s for studies in state.studies.values() for s in studies}
    names = [" ".join(part.split()) for text in texts for part in re.split(r"[;；|]", text)]
    return list(dict.fromkeys(known.get(n.casefold(), n) for n in names if n))


def retrieved(tx: Transaction, state: State, key: str, value: str, reason: str, actor: str) -> None:
    """Log whether a full text was got; `value` is retrieved, not-retrieved or pending."""
    state.retrieval[key].append(tx.event(events.RETRIEVAL, key, value, reason, actor))


def remove(tx: Transaction, state: State, keys: Sequence[str], how: str, reason: str, actor: str) -> None:
    """Remove reports before screening (box 3); `how` is automation or other. Never after a decision, never twice."""
    again = [k for k in keys if k in state.removed]
    if again:
        raise ReviewError(f"{', '.join(again[:5])}: removed already; take that back with --restore first.",
                          code="removed", status=1)
    decided = {state.resolve(d.report) for d in state.log.decisions}
    late = [k for k in keys if k in decided]
    if late:
        raise ReviewError(f"{', '.join(late[:5])} {were(len(late))} decided on already; a removal comes before screening. "
                          f"Exclude {agree(len(late), 'it', 'them')} instead.", code="decided", status=1)
    for key in keys:
        tx.event(events.REMOVED, key, how, reason, actor)


def restore(tx: Transaction, state: State, keys: Sequence[str], how: str, reason: str, actor: str) -> None:
    """Take removals back; `how` doesn't matter, whatever it was."""
    never = [k for k in keys if k not in state.removed]
    if never:
        raise ReviewError(f"{', '.join(never[:5])}: not removed, so there is nothing to take back.", code="removed", status=1)
    for key in keys:
        tx.event(events.RESTORED, key, "", reason, actor)


def relate(tx: Transaction, state: State, key: str, *, studies: Sequence[str] = (), to: str = "", type: str = "",
           same: str = "", different: str = "", unlink: bool = False, reason: str = "", actor: str = "") -> None:
    """Log what a report is to another, or which studies it tells of. All keys are current ones."""
    if key in (to, same, different):
        raise ReviewError(f"{key} can't be related to itself; the two are one report already.", code="same-report")
    if studies:
        named = study_names(state, studies)
        if not named:
            raise ReviewError("A study needs a name: --study \"Wang 2020\".", code="usage")
        left = set(state.studies_of(state.groups()[key])) - set(named) if unlink else named
        link_studies(tx, state, key, left, actor, reason)
    if to:
        tx.link(key, to, type, "unlink" if unlink else "link", actor, reason)
    if same:
        call_same(tx, state, key, same, actor, reason)
    if different:
        call_different(tx, state, key, different, actor, reason)


def reopen(tx: Transaction, keys: Iterable[str], stage: str, reason: str, actor: str) -> None:
    """Start a new round for reports at a stage; the old decisions stay."""
    for key in keys:
        tx.event(events.REOPENED, key, stage, reason, actor)
