"""Answers to possible duplicates: same joins for ever, different keeps apart for ever, unsure leaves the pair open."""

from __future__ import annotations

from review.ledger import acts
from review.ledger.keys import read_key
from review.screening.answers import interpret
from review.screening.collector import Collector
from review.screening.reading import Answer


def collect_pairs(c: Collector) -> None:
    """Read a returned sheet of possible duplicates."""
    for answer in c.reading.answers:
        if answer.trouble:
            c.out.quarantined += 1
        elif answer.decision:
            _pair(c, answer)


def _pair(c: Collector, answer: Answer) -> None:
    meaning = interpret(answer.decision, "", (), "duplicates")
    if not meaning.readable:
        c.quarantine("unreadable", f"{answer.key_raw}: {meaning.message}", answer.decision_cell)
        return
    keys = [read_key(k, c.definition.id) or "" for k in (answer.key, answer.duplicate_of)]
    if (c.sheet.sheet, f"{answer.key} | {answer.duplicate_of}") in c.torn:
        return
    if f"{keys[0]} | {keys[1]}" not in c.rows:
        c.quarantine("bad-key", f"Row {answer.row}: the keys {answer.key_raw} and {answer.duplicate_of} are no pair of this "
                     "sheet.", answer.key_cell)
        return
    a, b = (c.state.resolve(k) for k in keys)
    if meaning.decision == "unsure" or not meaning.decision:
        return
    apart = a != b and acts.called_different(c.state, a, b)
    wanted_same = meaning.decision == "same"
    if (wanted_same and a == b) or (not wanted_same and apart):
        c.out.unchanged += 1
    elif a == b or apart:
        c.out.quarantined += 1
        how = f"`review undo {max(keys)}`" if a == b else f"`review link {a} --same {b}`"
        c.issue("verdict-stands", f"{keys[0]} and {keys[1]}: the opposite was decided before. Verdicts hold until a person "
                f"takes them back: {how}.", answer.decision_cell)
    else:
        note = answer.note or f"answered in {c.sheet.sheet}"
        (acts.call_same if wanted_same else acts.call_different)(c.tx, c.state, a, b, c.sheet.reviewer or "author", note)
        c.groups = c.state.groups()
        c.out.other += 1
