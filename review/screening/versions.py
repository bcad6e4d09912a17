"""What a file said when it was collected before.

A word of it that was taken then, and replaced since, is old news; a word that was never taken is reported for as long as
it stands there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from review.ledger import events
from review.ledger.log import Log
from review.model import Decision

Place = tuple[str, str, int, str, str]      # report (as issued), stage, round, kind, reviewer


def words_of(decision: Decision) -> tuple[str, str, str]:
    """(decision, reason, note): what two versions are compared by."""
    return decision.decision, decision.reason, decision.note


def spoken(past: Sequence[Decision], read_at: Sequence[int], sha: str, says: Callable[[Decision], bool]) -> bool:
    """Whether a file's word was taken before: logged from this very file (`sha`), or the word that stood when the file was
    collected (`read_at`, places in the log). `past`: the decisions on that place, in the order of the log."""
    if any(d.file_sha == sha and says(d) for d in past):
        return True
    return any(says(before[-1]) for seq in read_at if (before := [d for d in past if d.seq < seq]))


class Past:
    """What was logged before this collection, by place, and when each file was read."""

    def __init__(self, log: Log) -> None:
        self.decisions: dict[Place, list[Decision]] = defaultdict(list)
        for d in log.decisions:
            self.decisions[d.report, d.stage, d.round, d.kind, d.reviewer].append(d)
        self.collected = [e for e in log.events if e.type == events.COLLECTED]
        self.read_at: dict[str, list[int]] = defaultdict(list)
        for event in self.collected:
            self.read_at[event.subject].append(event.seq)

    def spoken(self, sha: str, place: Place, words: tuple[str, str, str]) -> bool:
        """Whether these words of this file were taken before."""
        return spoken(self.decisions.get(place, ()), self.read_at.get(sha, ()), sha, lambda d: words_of(d) == words)

    def file_of(self, seq: int, transaction: int) -> str:
        """The name of the file from which a row of the log came; "" where it came from none. A file's rows stand before the
        event of its collection."""
        return next((e.reason for e in self.collected if e.transaction == transaction and e.seq > seq), "")
