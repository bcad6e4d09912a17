"""The decisions in a returned sheet of reports: logged, or listed with their place."""

from __future__ import annotations

from collections import defaultdict

from review.ledger.keys import read_key
from review.model import Decision
from review.screening.answers import Meaning, decision_word, interpret
from review.screening.collector import Collector
from review.screening.extras import collect_extras
from review.screening.reading import Answer
from review.screening.titles import characters_lost, same_title
from review.screening.versions import words_of
from review.words import many


def collect_rows(c: Collector) -> None:
    """Read a returned sheet of reports."""
    usable = _usable(c)
    spoilt = any(characters_lost(a.title, c.rows[read_key(a.key, c.definition.id) or ""].title) for a in usable)
    for answer in usable:
        if spoilt and answer.decision and not answer.decision.strip("?"):
            c.quarantine("characters-lost", f"{answer.key}: “{answer.decision}” may have been a word: the program that saved "
                         "this file put question marks for letters that its encoding does not have (titles show it). Save it "
                         "as .xlsx or as “CSV UTF-8”, and collect that file.", answer.decision_cell)
        else:
            _row(c, answer)
    _ask_of_blanks(c)


def _usable(c: Collector) -> list[Answer]:
    """Answers whose row is surely the row of that report; the others are listed."""
    by_key: dict[str, list[Answer]] = defaultdict(list)
    for answer in c.reading.answers:
        if answer.trouble:          # the reading has listed it with its cell
            c.out.quarantined += 1
            continue
        key = read_key(answer.key, c.definition.id) if answer.key else None
        filled = any((answer.decision, answer.reason, answer.duplicate_of, answer.retrieval, answer.study))
        if key in c.rows:
            by_key[key or ""].append(answer)
        elif filled:
            c.out.quarantined += 1
            what = f"“{answer.key_raw}” is no key of this sheet" if answer.key_raw else "the row has no key"
            c.issue("bad-key", f"Row {answer.row}: {what}, so the decision “{answer.decision}” belongs to no "
                    "report. Copy the key from the sheet that was sent out.", answer.key_cell)
    out = []
    for key, answers in by_key.items():
        words = {(a.decision, a.reason, a.duplicate_of, a.retrieval, a.study) for a in answers}
        words.discard(("",) * 5)
        if len(words) > 1:
            cells = ", ".join(a.decision_cell for a in answers)
            c.issue("key-twice", f"{key} stands in several rows with different answers ({cells}). None was taken; "
                    "delete the wrong row.", answers[0].decision_cell)
            c.out.quarantined += 1
            continue
        answer = next((a for a in answers if any((a.decision, a.reason, a.duplicate_of, a.retrieval, a.study))),
                      answers[0])
        if _title_agrees(c, key, answer):
            out.append(answer)
    return out


def _title_agrees(c: Collector, key: str, answer: Answer) -> bool:
    """Whether the row's title is the title that went out with its key (a partly sorted sheet mixes them)."""
    sent = c.rows[key].title
    if not answer.title or same_title(answer.title, sent) or characters_lost(answer.title, sent):
        return True
    said = any((answer.decision, answer.reason, answer.duplicate_of, answer.retrieval, answer.study))
    if said or decision_word(answer.title):
        c.out.quarantined += 1
        c.issue("title-mismatch", f"Row {answer.row}: the key {key} went out with the title “{sent[:80]}”, and "
                f"the row says “{answer.title[:80]}”. The sheet was sorted in part, or the title was changed. "
                "The decision was not taken; sort the whole table by Key and look at this row.", answer.cell("title"))
    return False


def _row(c: Collector, answer: Answer) -> None:
    key = read_key(answer.key, c.definition.id) or ""
    if (c.sheet.sheet, answer.key) in c.torn:
        return                          # two files disagree about this row: nothing of it is taken from either
    current = c.state.resolve(key)
    _decision(c, key, current, answer)
    collect_extras(c, key, current, answer)


def _place(c: Collector, key: str) -> tuple[str, str, int, str, str]:
    return key, c.sheet.stage, c.sheet.round, c.kind, c.sheet.reviewer


def _decision(c: Collector, key: str, current: str, answer: Answer) -> None:
    meaning = interpret(answer.decision, answer.reason, c.reasons, c.sheet.stage)
    old = c.last.get(_place(c, key))
    if not meaning.readable:
        c.quarantine("unreadable", f"{key}: {meaning.message}", answer.decision_cell)
    elif not meaning.decision:
        if old is None and answer.note:
            c.issue("note-alone", f"{key}: a note without a decision stays in the sheet (“{answer.note[:60]}”).",
                    answer.cell("note"), "info")
        if old is not None and old.sheet == c.sheet.sheet:
            c.blanks.append((key, answer.decision_cell))
    elif old is not None and words_of(old) == words(meaning, answer):
        c.out.unchanged += 1
    elif old is not None and not c.newer and c.past.spoken(c.reading.sha256, _place(c, key), words(meaning, answer)):
        c.out.unchanged += 1         # this file's word was taken before, and the reviewer went on since
    elif c.sheet.stage == "full-text" and meaning.decision == "exclude" and not meaning.reason:
        cure = meaning.message.rstrip(".") or "Choose one from the list"
        c.quarantine("reason-missing", f"{key}: excluded at full text without a reason that can be read. {cure}. The decision "
                     "was not taken.", answer.decision_cell)
    elif _allowed(c, key, current, answer, meaning, old):
        _log(c, key, answer, meaning, old)


def _ask_of_blanks(c: Collector) -> None:
    """Ask about blanks where a decision was collected before. Not in a copy that holds nothing, nor in one under another
    name that says nothing new, nor where the file was read before anybody decided: those are older than the decision."""
    if not any(a.decision for a in c.reading.answers):
        if c.blanks:
            c.issue("blank-copy", "All rows are blank here; what was collected before stays: "
                    f"{many(len(c.blanks), 'decision')}.", "", "info")
        return
    told = any(d.file_sha == c.reading.sha256 for d in c.last.values())
    for key, cell in c.blanks:
        old, first = c.last[_place(c, key)], c.past.decisions.get(_place(c, key))
        if c.read_at and not (first and first[0].seq < c.read_at[-1]):
            continue
        if told or c.names.get(old.file_sha) == c.reading.name:
            c.issue("blank-over-decision", f"{key} is blank here, and “{old.decision}” was collected before. The "
                    "decision stays; type the new one, or leave it so.", cell, "warning")


def _allowed(c: Collector, key: str, current: str, answer: Answer, meaning: Meaning, old: Decision | None) -> bool:
    """Whether a new or changed decision may be logged; if not, it is listed."""
    if c.kind == "adjudicated" and old is None and current not in c.conflicts:
        c.quarantine("no-conflict", f"{key} is no conflict any more: the reviewers agree since. The verdict "
                     f"“{meaning.decision}” was not taken.", answer.decision_cell, "warning")
        return False
    now = c.state.round(c.groups[current], c.sheet.stage)
    if c.sheet.round not in (0, now):
        c.quarantine("old-round", f"{key}: this sheet is of round {c.sheet.round}, and the report was reopened for "
                     f"round {now} since. Decide in the newer sheet.", answer.decision_cell)
        return False
    other_file = old is not None and old.file_sha != c.reading.sha256 and (
        c.names.get(old.file_sha, c.reading.name) != c.reading.name)
    if old is not None and other_file and not c.newer:
        c.quarantine("two-versions", f"{key}: “{old.decision}” was collected from {c.names[old.file_sha]} "
                     f"({old.cell}), and {c.reading.name} says “{meaning.decision}”. Two versions of one sheet: the "
                     "earlier decision stays. If this file is the later word, collect it with --newer.",
                     answer.decision_cell)
        return False
    return True


def _log(c: Collector, key: str, answer: Answer, meaning: Meaning, old: Decision | None) -> None:
    decision, reason, note = words(meaning, answer)
    if meaning.message:
        c.issue("part-unreadable", f"{key}: {meaning.message} The decision “{decision}” was taken.",
                answer.decision_cell, "warning")
    if c.state.resolve(key) in c.outside:
        c.issue("not-in-flow", f"{key} is not in the flow any more (removed, its searches were withdrawn, or the previous "
                "version has it): the decision is kept and does not count.", answer.decision_cell, "warning")
    c.last[_place(c, key)] = c.tx.decide(
        report=key, stage=c.sheet.stage, round=c.sheet.round, reviewer=c.sheet.reviewer, kind=c.kind,
        decision=decision, reason=reason, note=note, raw=" | ".join(t for t in (answer.decision, answer.reason) if t),
        sheet=c.sheet.sheet, file_sha=c.reading.sha256, cell=answer.decision_cell,
        members=c.rows[key].members)
    c.out.decisions.append({"report": key, "reviewer": c.sheet.reviewer, "stage": c.sheet.stage,
                            "old": old.decision if old else "", "new": decision, "cell": answer.decision_cell})
    if old is None:
        c.out.new += 1
    else:
        c.out.changed += 1


def words(meaning: Meaning, answer: Answer) -> tuple[str, str, str]:
    """(decision, reason, note) as they are logged."""
    note = "; ".join(dict.fromkeys(t for t in (answer.note.strip(), meaning.note.strip()) if t))
    return meaning.decision, meaning.reason, note
