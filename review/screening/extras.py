"""What a row can say beside its decision: duplicate of, retrieved, studies."""

from __future__ import annotations

import unicodedata

from review.ledger import acts
from review.ledger.keys import read_key
from review.ledger.replay import own_study
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
    if answer.study:
        _studies(collector, key, current, answer)


def _duplicate(c: Collector, key: str, current: str, answer: Answer) -> None:
    """A reviewer recognised a duplicate: the reports are joined, the lower key stays."""
    try:
        other = c.state.resolve(acts.known_key(c.state, c.definition.id, answer.duplicate_of))
    except ReviewError as error:
        c.quarantine("duplicate-of", f"{key}: duplicate of “{answer.duplicate_of}”: {error.message}", answer.decision_cell)
        return
    if other == c.state.resolve(key):
        return
    if acts.called_different(c.state, current, other):
        c.quarantine("duplicate-contradicted", f"{key}: a person said before that {current} and {other} are different. The "
                     f"reports stay apart; if they are the same after all: review link {current} --same {other}",
                     answer.decision_cell)
        return
    acts.call_same(c.tx, c.state, current, other, c.sheet.reviewer, f"marked as a duplicate in {c.sheet.sheet}")
    c.groups = c.state.groups()
    c.out.other += 1


def _retrieval(c: Collector, key: str, current: str, answer: Answer) -> None:
    word = " ".join(unicodedata.normalize("NFKC", answer.retrieval).casefold().split()).rstrip(".")
    value = next((v for v, words in RETRIEVED.items() if word in words), "")
    if not value:
        c.quarantine("unreadable", f"{key}: “{answer.retrieval}” under Retrieved: write yes, no or on loan.",
                     answer.decision_cell)
        return
    past = [e for k in c.groups[current] for e in c.state.retrieval.get(k, ())]
    last = max(past, key=lambda e: e.seq, default=None)
    mine = max((e for e in past if e.actor == c.sheet.reviewer), key=lambda e: e.seq, default=None)
    why = " ".join((answer.retrieval_why).split())
    if mine is not None and (mine.value, mine.reason) == (value, why):
        return
    if last is not None and (last.value, last.reason) == (value, why):
        return
    if last is not None and last.actor != c.sheet.reviewer and last.value == "retrieved":
        c.issue("retrieval-differs", f"{key}: {last.actor} has the full text, and this sheet says “{answer.retrieval}”. "
                "It counts as retrieved; share the file.", answer.decision_cell, "warning")
        return
    if value == "not-retrieved" and any(d.report in c.groups[current] and d.stage == "full-text"
                                        for d in c.tx.pending().decisions):
        c.issue("retrieval-differs", f"{key}: somebody decided on the full text, and this sheet says "
                f"“{answer.retrieval}”. It counts as retrieved; share the file.", answer.decision_cell, "warning")
        return
    acts.retrieved(c.tx, c.state, key, value, why, c.sheet.reviewer)
    c.out.other += 1


def _studies(c: Collector, key: str, current: str, answer: Answer) -> None:
    """Studies are named freely ("S1", "Wang 2020"), several with semicolons; "own" makes a study of this report."""
    wanted = set()
    for name in acts.study_names(c.state, [unicodedata.normalize("NFKC", answer.study)]):
        as_key = read_key(name, c.definition.id)
        wanted.add(own_study(current) if name.casefold() in OWN else own_study(as_key) if as_key else name)
    now = c.state.studies_of(c.groups[current])
    if wanted == set(now):
        return
    if now and set(now.values()) - {c.sheet.reviewer}:
        c.issue("study-differs", f"{key}: linked to {', '.join(sorted(now))} already, and this sheet says "
                f"“{answer.study}”. The link stays; settle it with `review link {key} --study …`.",
                answer.decision_cell)
        return
    acts.link_studies(c.tx, c.state, key, wanted, c.sheet.reviewer, c.sheet.sheet)
    c.out.other += 1
