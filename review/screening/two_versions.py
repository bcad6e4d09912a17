"""Two files of one sheet that are collected together and disagree: reported with both places, never picked from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from review.ledger.keys import read_key
from review.ledger.replay import State
from review.model import Issue
from review.query.definition import Definition
from review.screening import extras
from review.screening.answers import interpret
from review.screening.collector import Collected, kind_of, reasons_of
from review.screening.decisions import words
from review.screening.reading import Answer, Reading
from review.screening.versions import Past

Row = tuple[str, str]           # sheet, key (of pairs both)


def torn_rows(readings: Sequence[Reading], state: State, definition: Definition, past: Past, out: Collected,
              newer: bool) -> set[Row]:
    """Rows about which two of the files say different things, told as issues. A word that its file said before, and that
    was taken then, is no rival of a later one; but where all files are called newer, all their words count."""
    said: dict[tuple[Row, str], dict[str, list[tuple[Reading, Answer]]]] = defaultdict(lambda: defaultdict(list))
    for reading in readings if len(readings) > 1 else ():
        for answer in reading.answers:
            for what, word in _fresh(reading, answer, state, definition, past, newer).items():
                key = f"{answer.key} | {answer.duplicate_of}" if state.sheets[reading.sheet].kind == "duplicates" else answer.key
                said[(reading.sheet, key), what][word].append((reading, answer))
    torn: set[Row] = set()
    for (row, what), versions in said.items():
        files = {reading.sha256 for rows in versions.values() for reading, _ in rows}
        if len(versions) > 1 and len(files) > 1 and row not in torn:
            torn.add(row)
            out.issues.append(_issue(row, what, versions))
            out.quarantined += 1
    return torn


def _issue(row: Row, what: str, versions: Mapping[str, Sequence[tuple[Reading, Answer]]]) -> Issue:
    where = "; ".join(f"{word} in {reading.name}, {answer.cell(what)}" for word, rows in versions.items()
                      for reading, answer in rows)
    reading, answer = next(iter(versions.values()))[0]
    return Issue("two-versions", f"{row[1]}: two files of the sheet {row[0]} disagree: {where}. Neither was taken. Correct one "
                 "of them, or collect the right file alone.", file=reading.name, cell=answer.cell(what), severity="error")


def _fresh(reading: Reading, answer: Answer, state: State, definition: Definition, past: Past, newer: bool) -> dict[str, str]:
    """What a row says, by column, without what is old news."""
    sheet = state.sheets[reading.sheet]
    key = read_key(answer.key, definition.id) if answer.key else None
    if key is None or answer.trouble:
        return {}
    meaning = interpret(answer.decision, answer.reason, reasons_of(definition), sheet.stage)
    pair = sheet.kind == "duplicates"
    found = {"decision": f"{meaning.decision} {meaning.reason}".strip() if meaning.readable else "",
             "duplicate_of": "" if pair else answer.duplicate_of,
             "retrieval": extras.retrieval_value(answer.retrieval) or answer.retrieval,
             "study": "; ".join(sorted(extras.studies_wanted(state, definition.id, key, answer.study)))}
    if not newer and reading.sha256 in past.read_at:
        place = (key, sheet.stage, sheet.round, kind_of(sheet), sheet.reviewer)
        old = {"decision": past.spoken(reading.sha256, place, words(meaning, answer)),
               "retrieval": extras.retrieved_before(state, key, sheet.reviewer, answer),
               "study": extras.linked_before(state, definition.id, key, sheet.reviewer, answer.study)}
        found = {what: word for what, word in found.items() if not old.get(what)}
    return {what: word for what, word in found.items() if word}
