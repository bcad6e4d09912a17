"""What a workbook is for, and its rows as reviewers see them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SheetInfo:
    """What a workbook is for. `round` 0 is the pilot; `reasons` are (code, label) pairs."""

    review: str
    stage: str                          # title-abstract, full-text, conflicts, duplicates
    reviewer: str
    sheet: str                          # the sheet's id, "TA-AB-1-k3fz"
    round: int
    batch: int
    definition_sha: str
    title: str
    question: str
    include: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]
    terms: tuple[str, ...]              # to highlight in titles and abstracts
    studies: tuple[str, ...] = ()       # offered in the drop-down under Study
    conflict_stage: str = ""            # the stage whose conflicts these are
    blind: bool = True                  # votes are shown without the reviewers' codes
    pilot_counts: bool = False          # of a pilot: whether its decisions count in the review

    @property
    def answer_stage(self) -> str:
        """The stage that the answers belong to."""
        return self.conflict_stage or "title-abstract" if self.stage == "conflicts" else self.stage


@dataclass(frozen=True)
class SheetRow:
    """A report as a reviewer sees it. Texts may hold anything; what a cell can't hold is replaced."""

    key: str
    title: str
    titles_other: tuple[str, ...] = ()
    authors: str = ""
    year: str = ""
    source: str = ""
    text: str = ""
    text_kind: str = ""                 # abstract, snippet, summary, or "" where there is no text
    language: str = ""
    links: tuple[tuple[str, str], ...] = ()     # (label, address): DOI, PubMed, Scholar, page
    flags: tuple[str, ...] = ()         # retracted, concern, preprint with a later version
    related: tuple[str, ...] = ()       # "preprint of R000012-xy, decided: include"
    found_in: str = ""
    hint: str = ""                      # an earlier decision
    votes: tuple[tuple[str, str, str, str], ...] = ()   # (reviewer, decision, reason, note), for conflicts
    decision: str = ""
    pdf: str = ""                       # the full text's file: relative to the workbook, or absolute


@dataclass(frozen=True)
class PairRow:
    """Two reports that may be one, and why."""

    a: SheetRow
    b: SheetRow
    score: str = ""
    evidence_for: str = ""
    evidence_against: str = ""
