"""What a sheet made elsewhere tells beside decisions: duplicates, retrieval, studies."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from review.ledger import acts
from review.ledger.replay import State, own_study
from review.ledger.transaction import Transaction
from review.screening.answers import interpret_retrieval
from review.screening.elsewhere_match import Match, Matcher
from review.screening.elsewhere_read import Row
from review.screening.extras import OWN

_VALUES = {"yes": "retrieved", "no": "not-retrieved", "on loan": "pending"}
_DUPLICATE = re.compile(r"(?:duplicate of|dup of|same as|重复于)[\s:#]*(\S+)", re.IGNORECASE)

# Lists what was not taken: (row, code, message, report).
Say = Callable[[Row, str, str, str], None]


def take(tx: Transaction, state: State, matches: Matcher, rows: Sequence[tuple[Row, Match]], actor: str, say: Say) -> int:
    """Log everything but decisions; returns how many acts. Duplicates come first: they change whose rows these are."""
    done = sum(_duplicate(tx, state, matches, row, match, actor, say) for row, match in rows if "duplicate_of" in row.more)
    groups = state.groups()
    for row, match in rows:
        key = state.resolve(match.report)
        if "retrieval" in row.more:
            done += _retrieval(tx, state, row, groups[key], actor, say)
        if "study" in row.more:
            done += _study(tx, state, row, groups[key], actor, say)
    return done


def _duplicate(tx: Transaction, state: State, matches: Matcher, row: Row, match: Match, actor: str, say: Say) -> int:
    """The row's report is another's duplicate, by a person's word."""
    text = row.more["duplicate_of"]
    said = _DUPLICATE.search(text)
    other, key = matches.by_name(said[1] if said else text), state.resolve(match.report)
    if not other:
        say(row, "duplicate-of", f"“{text}” names no report of this review", key)
    elif other == key:
        return 0
    elif acts.called_different(state, key, other):
        say(row, "duplicate-contradicted", f"a person said before that {key} and {other} are different; if they are the same "
            f"after all: review link {key} --same {other}", key)
    else:
        acts.call_same(tx, state, key, other, actor, f"called a duplicate in {row.place} of a file")
        return 1
    return 0


def _retrieval(tx: Transaction, state: State, row: Row, group: list[str], actor: str, say: Say) -> int:
    """Whether the full text was got; the last word that is logged stays unless the file says something else."""
    key, meaning = group[0], interpret_retrieval(row.more["retrieval"])
    if not meaning.readable:
        say(row, "unreadable", meaning.message, key)
        return 0
    if not meaning.decision:
        return 0
    value, why = _VALUES[meaning.decision], row.more.get("retrieval_why", "")
    last = max((e for k in group for e in state.retrieval.get(k, ())), key=lambda e: e.seq, default=None)
    if last is not None and (last.value, last.reason) == (value, why):
        return 0
    if last is not None and last.actor != actor:
        say(row, "retrieval-differs", f"{last.actor or 'somebody'} said “{last.value}”, the file says “{value}”; the earlier "
            "word stays. Change it in the full-text workbook", key)
        return 0
    acts.retrieved(tx, state, key, value, why, actor)
    return 1


def _study(tx: Transaction, state: State, row: Row, group: list[str], actor: str, say: Say) -> int:
    """The studies that the report tells of: names with semicolons; "own" is a study of this report alone."""
    key, now = group[0], state.studies_of(group)
    names = acts.study_names(state, [unicodedata.normalize("NFKC", row.more["study"])])
    wanted = {own_study(key) if n.casefold() in OWN else n for n in names}
    if now and set(now) != wanted and set(now.values()) - {actor}:
        say(row, "study-differs", f"linked to {', '.join(sorted(now))} already, and the file says “{row.more['study']}”. The "
            f"link stays; settle it with `review link {key} --study …`", key)
        return 0
    return int(acts.link_studies(tx, state, key, wanted, actor, f"{row.place} of a file"))
