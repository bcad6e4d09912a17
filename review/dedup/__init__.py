"""Deduplication: which records describe the same report, which reports are related, what a person must settle.

The verbs in their order: normalise (`features` and the modules it uses), `block`, `compare`, decide
(`rules`), `cluster`, `merge`. Only `assigning` and `neighbours`, which work inside a review, know the ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from review.dedup.results import Group, Matching, Verdict
from review.model import Progress, Record

if TYPE_CHECKING:
    from review.dedup.crew import Crew

VERSION = "1"
"""The matcher's version; its actor in the log is `matcher@<VERSION>`."""


def match(records: Iterable[Record], *, assigned: Mapping[str, str] | None = None, frozen: Collection[str] = (),
          different: Collection[tuple[str, str]] = (), same: Collection[tuple[str, str]] = (),
          source_search: Mapping[str, str] | None = None, crew: Crew | None = None,
          progress: Progress | None = None) -> Matching:
    """Put unassigned records into reports; see `review.dedup.matcher.match`."""
    from review.dedup import matcher

    return matcher.match(records, assigned=assigned, frozen=frozen, different=different, same=same,
                         source_search=source_search, crew=crew, progress=progress)


__all__ = ["VERSION", "Group", "Matching", "Verdict", "match"]
