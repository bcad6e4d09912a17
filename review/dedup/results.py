"""What matching gives: verdicts on pairs, groups of records, and what a person has to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from review.model import Issue


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the matcher believes of two records, and why. `a` and `b` are record ids, a < b.

    For related reports `type` says how one is tied to the other (preprint-of, erratum-of, abstract-of,
    part-of, version-of, registration-of, cites), and `source` names the record that *is* it: the
    preprint, the erratum, the abstract, the later part or version, the registration, the reply.
    """

    a: str
    b: str
    kind: Literal["same", "related", "possible"]
    rule: str
    score: float                    # 0..1
    evidence_for: str = ""
    evidence_against: str = ""
    type: str = ""
    source: str = ""

    @property
    def target(self) -> str:
        """The other record of a relation."""
        return self.b if self.source == self.a else self.a


@dataclass(frozen=True, slots=True)
class Group:
    """Records that were put into a report now; `report` is empty where it is a new one (its leading record first).

    Each further record follows one that its edge in `Matching.merges` ties it to, or one of the existing report.
    """

    report: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """The outcome of one run of the matcher."""

    groups: tuple[Group, ...] = ()
    joins: tuple[tuple[str, str, Verdict], ...] = ()        # surviving key, absorbed key, the reason
    merges: tuple[Verdict, ...] = ()                        # the edge that brought each record into its report
    possible: tuple[Verdict, ...] = ()
    related: tuple[Verdict, ...] = ()
    notes: tuple[Issue, ...] = ()
