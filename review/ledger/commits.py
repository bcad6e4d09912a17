"""Commit events: each closes a transaction with the length and hash of every log, and chains to the one before.

A commit's value reads `assignments.csv LENGTH SHA; ...; events.csv LENGTH SHA; previous DIGEST; digest DIGEST`. The
length of events.csv is where the commit row itself begins; `digest` covers the row, so that no part of it can change
unseen. `log/head.json` repeats the newest digest: without it, a dropped last commit would look like a torn tail.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from review.ledger.paths import LOGS
from review.model import Event


@dataclass(frozen=True)
class Commit:
    """A commit row, read."""

    event: Event
    lengths: dict[str, int]
    hashes: dict[str, str]
    previous: str
    digest: str


def _digest(seq: int, transaction: int, time: str, reason: str, actor: str, body: str) -> str:
    text = json.dumps([seq, transaction, time, reason, actor, body])
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def make_commit(seq: int, transaction: int, time: str, *, command: str, actor: str,
                lengths: dict[str, int], hashes: dict[str, str], previous: str) -> Event:
    """The commit event of a transaction; `command` is what the user ran."""
    body = "; ".join(f"{log} {lengths[log]} {hashes[log]}" for log in LOGS) + f"; previous {previous or '-'}"
    digest = _digest(seq, transaction, time, command, actor, body)
    return Event(seq, transaction, time, "commit", str(transaction), f"{body}; digest {digest}", command, actor)


def read_commit(event: Event) -> Commit | None:
    """The parts of a commit row; None if the row is not what was written."""
    body, _, digest = event.value.rpartition("; digest ")
    if digest != _digest(event.seq, event.transaction, event.time, event.reason, event.actor, body):
        return None
    if event.subject != str(event.transaction):
        return None
    parts = [part.split(" ") for part in body.split("; ")]      # the digest is right, so the form is ours
    lengths = {p[0]: int(p[1]) for p in parts if len(p) == 3}
    hashes = {p[0]: p[2] for p in parts if len(p) == 3}
    previous = parts[-1][1] if parts[-1][1] != "-" else ""
    return Commit(event, lengths, hashes, previous, digest)
