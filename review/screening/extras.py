"""What a row can say beside its decision: duplicate of, retrieved, studies."""

from __future__ import annotations

import unicodedata

from review.ledger import acts
from review.ledger.keys import read_key
from review.ledger.replay import State, own_study
from review.model import ReviewError
from review.screening.collector import Collector
from review.screening.reading import Answer

RETRIEVED = {
    "retrieved": ("yes", "y", "retrieved", "got it", "obtained", "是", "已获取"),
    "not-retrieved": ("no", "n", "not retrieved", "not found", "unavailable", "否", "未获取"),
    "pending": ("on loan", "loan", "pending", "ordered", "requested", "waiting", "sought", "在借"),
}
OWN = frozenset({"own", "=", "itself", "this"})


def collect_extras(collector: Collector, key: str, current: str, answer: Answer) -> None:
    """Log what else the row says."""
    if answer.duplicate_of:
        _duplicate(collector, key, current, answer)
        current = collector.state.resolve(key)
    if answer.retrieval:
        _retrieval(collector, key, current, answer)
    elif answer.retrieval_why:
        collector.quarantine("retrieved-blank", f"{key}: the sheet says why there is no full text "
                             f"(“{answer.retrieval_why[:60]}”), and Retrieved is blank. Type no, or on loan, there.",
                             answer.cell("retrieval"))
    if answer.study:
        _studies(collector, key, current, answer)


def _duplicate(c: Collector, key: str, current: str, answer: Answer) -> None:
    """A reviewer recognised a duplicate: the reports are joined, the lower key stays."""
    try:
        other = c.state.resolve(acts.known_key(c.state, c.definition.id, answer.duplicate_of))
    except ReviewError as error:
        if error.code == "bad-key":         # the reading has listed it with its cell
            c.out.quarantined += 1
            return
        c.quarantine("duplicate-of", f"{key}: duplicate of “{answer.duplicate_of}”: {error.message}", answer.cell("duplicate_of"))
        return
    if read_key(answer.duplicate_of, c.definition.id) == key:
        c.quarantine("bad-duplicate", f"{key}: Duplicate of holds the report's own key. Type the key of the other report there, "
                     "as it stands in the column Key.", answer.cell("duplicate_of"))
        return
    if other == c.state.resolve(key):
        return                          # joined since
    if acts.called_different(c.state, current, other):
        c.quarantine("duplicate-contradicted", f"{key}: a person said before that {current} and {other} are different. The "
                     f"reports stay apart; if they are the same after all: review link {current} --same {other}",
                     answer.cell("duplicate_of"))
        return
    kept = acts.call_same(c.tx, c.state, current, other, c.sheet.reviewer, f"marked as a duplicate in {c.sheet.sheet}")
    gone = other if kept == current else current
    c.issue("joined", f"{c.sheet.reviewer} calls {current} a duplicate of {other}: {gone} is part of {kept} from here on. If "
            f"that is wrong: review undo {gone} --reason …", answer.cell("duplicate_of"), severity="info")
    c.groups = c.state.groups()
    c.out.other += 1


def retrieval_value(text: str) -> str:
    """What a word under Retrieved is in the log; "" where it can't be read."""
    word = " ".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip(".")
    return next((value for value, words in RETRIEVED.items() if word in words), "")


def retrieved_before(state: State, key: str, reviewer: str, answer: Answer) -> bool:
    """Whether the reviewer's log holds what the row says of the full text."""
    said = (retrieval_value(answer.retrieval), " ".join(answer.retrieval_why.split()))
    group = state.groups().get(state.resolve(key), [key])
    return any((e.value, e.reason) == said and e.actor == reviewer for k in group for e in state.retrieval.get(k, ()))


def studies_wanted(state: State, review: str, key: str, text: str) -> set[str]:
    """The studies that a cell names: freely ("S1", "Wang 2020"), several with semicolons; a report's key or "own" is a study
    of that report alone."""
    wanted = set()
    for name in acts.study_names(state, [unicodedata.normalize("NFKC", text)]):
        as_key = read_key(name, review)
        wanted.add(own_study(state.resolve(key)) if name.casefold() in OWN else own_study(as_key) if as_key else name)
    return wanted


def linked_before(state: State, review: str, key: str, reviewer: str, text: str) -> bool:
    """Whether the reviewer linked the report to all these studies at some time."""
    group = state.groups().get(state.resolve(key), [key])
    linked = {link.target for link in state.log.links if link.source in group and link.type == "study" and link.op == "link"
              and link.actor == reviewer}
    return studies_wanted(state, review, key, text) <= linked


def _retrieval(c: Collector, key: str, current: str, answer: Answer) -> None:
    value = retrieval_value(answer.retrieval)
    if not value:
        c.quarantine("unreadable", f"{key}: “{answer.retrieval}” under Retrieved: write yes, no or on loan.",
                     answer.cell("retrieval"))
        return
    past = [e for k in c.groups[current] for e in c.state.retrieval.get(k, ())]
    last = max(past, key=lambda e: e.seq, default=None)
    mine = max((e for e in past if e.actor == c.sheet.reviewer), key=lambda e: e.seq, default=None)
    why = " ".join((answer.retrieval_why).split())
    if mine is not None and (mine.value, mine.reason) == (value, why):
        return
    if last is not None and (last.value, last.reason) == (value, why):
        return
    if not c.newer and mine is not None:
        if c.read_at and retrieved_before(c.state, key, c.sheet.reviewer, answer):
            return                      # this file's word was taken before, and the reviewer went on since
        if _two_versions(c, key, mine.seq, mine.transaction, f"“{mine.value}”", f"“{answer.retrieval}”",
                         answer.cell("retrieval")):
            return
    if last is not None and last.actor != c.sheet.reviewer and last.value == "retrieved":
        c.issue("retrieval-differs", f"{key}: {last.actor} has the full text, and this sheet says “{answer.retrieval}”. "
                "It counts as retrieved; share the file.", answer.cell("retrieval"), "warning")
        return
    if value == "not-retrieved" and any(d.report in c.groups[current] and d.stage == "full-text"
                                        for d in c.tx.pending().decisions):
        c.issue("retrieval-differs", f"{key}: somebody decided on the full text, and this sheet says "
                f"“{answer.retrieval}”. It counts as retrieved; share the file.", answer.cell("retrieval"), "warning")
        return
    acts.retrieved(c.tx, c.state, key, value, why, c.sheet.reviewer)
    c.out.other += 1


def _two_versions(c: Collector, key: str, seq: int, transaction: int, was: str, says: str, cell: str) -> bool:
    """Whether the reviewer's earlier word came from a file of another name; then this one is not taken, and listed."""
    name = c.past.file_of(seq, transaction)
    if not name or name == c.reading.name:
        return False
    c.quarantine("two-versions", f"{key}: {was} was collected from {name}, and {c.reading.name} says {says}. Two versions of one "
                 "sheet: the earlier word stays. If this file is the later word, collect it with --newer.", cell)
    return True


def _studies(c: Collector, key: str, current: str, answer: Answer) -> None:
    """Link the report to the studies that the row names."""
    wanted = studies_wanted(c.state, c.definition.id, key, answer.study)
    now = c.state.studies_of(c.groups[current])
    if wanted == set(now):
        return
    if not c.newer and c.read_at and linked_before(c.state, c.definition.id, key, c.sheet.reviewer, answer.study):
        return                          # this file's word was taken before, and the reviewer went on since
    if now and set(now.values()) - {c.sheet.reviewer}:
        c.issue("study-differs", f"{key}: linked to {', '.join(sorted(now))} already, and this sheet says "
                f"“{answer.study}”. The link stays; settle it with `review link {key} --study …`.",
                answer.cell("study"))
        return
    mine = [k for k in c.state.log.links if k.source in c.groups[current] and k.type == "study" and k.actor == c.sheet.reviewer]
    if now and mine and not c.newer and _two_versions(c, key, mine[-1].seq, mine[-1].transaction, ", ".join(sorted(now)),
                                                      f"“{answer.study}”", answer.cell("study")):
        return
    acts.link_studies(c.tx, c.state, key, wanted, c.sheet.reviewer, c.sheet.sheet)
    c.out.other += 1
