"""Screening: workbooks out and back, agreement, who takes part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from review.ledger import events
from review.ledger.disk import readable
from review.model import STAGES, Issue, ReviewError
from review.words import code_among, many
from review.workflow.base import Opened

if TYPE_CHECKING:
    from review.ledger.issued import IssuedSheet
    from review.screening.agreement import Agreement
    from review.screening.collector import Collected
    from review.screening.elsewhere import Brought, Request
    from review.screening.fulltexts import Matched


class Screening(Opened):
    """What is done with sheets and decisions."""

    pdfs: Matched | None = None         # how the folder of full texts fitted the sheets sent last, where one was named

    def sheets(self, stage: str = "", *, conflicts: bool = False, pilot: bool = False, other_methods: bool = False,
               seed: int | None = None, pdfs: Path | None = None, batch: int | None = None) -> list[IssuedSheet]:
        """Send out workbooks: everything that waits at `stage` ("" both), or the conflicts.

        `pdfs` is a folder of full texts named by key, DOI or PMID; None: the folder pdf beside the workbooks. `batch` is
        the most rows that a workbook holds. How a folder that was named fits the reports is in `self.pdfs` then.
        """
        from review.screening.fulltexts import FOLDER, FullTexts
        from review.screening.issue import BATCH, Plan, issue_conflicts, issue_screening, pilot_first
        from review.screening.views import Views

        out: list[IssuedSheet] = []
        with self._change("sheets") as (tx, state):
            if state.unassigned():
                raise ReviewError(f"Not yet deduplicated: {many(len(state.unassigned()), 'record')}. Run `review dedupe` "
                                  "first, or reviewers would screen the same report twice.", code="not-deduplicated",
                                  status=1)
            if pdfs is not None and not pdfs.is_dir():
                raise ReviewError(f"There is no folder {pdfs}.", code="no-such-folder", file=str(pdfs))
            full_texts = FullTexts(pdfs or self.folder.screening / FOLDER, self.folder.screening)
            views = Views(state, self._records(state), self.definition, full_texts)
            for at in [stage] if stage else STAGES:
                if conflicts:
                    out += issue_conflicts(tx, self.folder, state, self.definition, views, at)
                else:
                    out += issue_screening(tx, self.folder, state, self.definition, views,
                                           Plan(at, pilot, other_methods, seed, min(batch or BATCH, BATCH)))
                if pilot:
                    break
            if pdfs is not None:
                sent = {k for s in out if s.stage == "full-text" for k in s.keys}
                self.pdfs = full_texts.matched(sent, {r.key: views.record(r.key) for r in state.current()})
            skipped = not (pilot or conflicts) and any(s.stage == "title-abstract" for s in out)
            if skipped and pilot_first(state, self.definition):
                self.notes.append(Issue("pilot-skipped", f"The definition asks for a pilot of {self.definition.screening.pilot} "
                                        "reports before screening, and it was not sent out: these workbooks hold everything. "
                                        "Write `pilot = 0` under [screening] if no pilot is wanted; else it can only take "
                                        "reports that come later (`review sheets --pilot`)."))
        return out

    def sheet_of_finds(self) -> IssuedSheet:
        """Send out an empty workbook in which people write down what they find by other methods."""
        from review.screening.found import issue_found

        with self._change("sheets") as (tx, state):
            return issue_found(tx, self.folder, state, self.definition)

    def collect(self, paths: Sequence[Path] = (), *, dry_run: bool = False, newer: bool = False) -> Collected:
        """Read filled workbooks into the log; without `paths` all those in screening/."""
        from review.screening.collect import collect
        from review.screening.consensus import Rules, consensus

        for path in paths:
            readable(path)
        files = list(paths) or sorted(p for p in self.folder.screening.glob("*")
                                      if p.is_file() and not p.name.startswith((".", "~$")))
        with self._change("collect") as (tx, state):
            out = collect(tx, self.folder, state, self.definition, files, newer=newer)
            after = replace(state, log=tx.pending())
            cons = consensus(after, Rules.of(self.definition))
            out.conflicts = sum(1 for c in cons.values() if c.status == "conflict")
            if dry_run:
                tx.forget()
        return out

    def bring_in(self, request: Request, *, dry_run: bool = False) -> Brought:
        """Read decisions made in another tool into the log."""
        from review.screening.consensus import Rules, consensus
        from review.screening.elsewhere import bring_in

        with self._change("collect") as (tx, state):
            if state.unassigned() or not state.reports:
                raise ReviewError("Decisions need reports to belong to: import the searches (`review import`) and run "
                                  "`review dedupe` first.", code="not-deduplicated", status=1)
            out = bring_in(tx, self.folder, state, self._records(state), self.definition, request, self.progress)
            cons = consensus(replace(state, log=tx.pending()), Rules.of(self.definition))
            out.conflicts = sum(1 for c in cons.values() if c.status == "conflict")
            if dry_run:
                tx.forget()
        return out

    def agreement(self) -> list[Agreement]:
        """Agreement of each pair of reviewers, a stage and round, on independent decisions."""
        from review.screening.agreement import agreement

        return agreement(self.state())

    def reviewer(self, code: str, *, left: bool, reason: str = "") -> str:
        """A reviewer joins or leaves; what a leaver has not decided goes to others in the next batch. The code, as the
        definition writes it."""
        known = (*self.definition.screening.reviewers, self.definition.screening.adjudicator)
        with self._change("reviewer") as (tx, state):
            found = code_among(code, (*known, *(s.reviewer for s in state.sheets.values())))
            if not found:
                cure = "" if left else (f" Somebody new is first added to `reviewers` under [screening] in "
                                        f"queries/{self.id}.toml; that alone makes them one of the team.")
                raise ReviewError(f"Nobody is called “{code}” here. Codes: {', '.join(filter(None, known))}.{cure}",
                                  code="no-such-reviewer")
            tx.event(events.REVIEWER_LEFT if left else events.REVIEWER_JOINED, found, "", reason)
        return found
