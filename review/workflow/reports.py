"""Reports: records joined and told apart, linked, removed, reopened; the previous version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from review.ledger import acts, events
from review.ledger.replay import own_study
from review.model import Record, ReviewError
from review.workflow.base import Opened

if TYPE_CHECKING:
    from review.dedup.assigning import Summary
    from review.ledger.issued import IssuedSheet


class Reports(Opened):
    """What is done with reports before and beside screening."""

    def dedupe(self) -> tuple[Summary, IssuedSheet | None]:
        """Give every new record its report, and send out the sheet of possible duplicates."""
        from review.dedup.assigning import deduplicate

        with self._change("dedupe") as (tx, state):
            found = self._records(state)
            summary = deduplicate(tx, self.folder, state, found, self.id, self.progress)
        return summary, self._issue_pairs(found)

    def _issue_pairs(self, found: Mapping[str, Record]) -> IssuedSheet | None:
        from review.dedup.assigning import open_pairs
        from review.screening.issue import issue_pairs
        from review.screening.views import Views

        with self._change("dedupe") as (tx, state):
            if not all(record in found for record in state.report_of):     # another command came between the two changes
                found = self._records(state)
            views = Views(state, found, self.definition)
            return issue_pairs(tx, self.folder, state, self.definition, views, open_pairs(state))

    def remove(self, keys: Sequence[str], how: str, reason: str, actor: str = "", restore: bool = False) -> list[str]:
        """Remove reports before screening (box 3): by automation, or for another reason; or take a removal back."""
        with self._change("remove") as (tx, state):
            chosen = list(dict.fromkeys(state.resolve(acts.known_key(state, self.id, k)) for k in keys))
            (acts.restore if restore else acts.remove)(tx, state, chosen, how, reason, actor)
            return chosen

    def link(self, key: str, *, studies: Sequence[str] = (), to: str = "", type: str = "", same: str = "",
             different: str = "", unlink: bool = False, reason: str = "", actor: str = "") -> str:
        """Say what a report is to another, or which studies it tells of. Returns the key that it has now."""
        with self._change("link") as (tx, state):
            a = state.resolve(acts.known_key(state, self.id, key))
            others = {w: state.resolve(acts.known_key(state, self.id, k)) if k else "" for w, k in
                      (("to", to), ("same", same), ("different", different))}
            acts.relate(tx, state, a, studies=studies, type=type, unlink=unlink, reason=reason,
                        actor=actor or self.by or "author", **others)
            return state.resolve(a)

    def link_own(self, actor: str = "") -> list[str]:
        """Confirm that each included report without a study is a study of its own."""
        bare = next((c.ids for c in self.counts().checks if c.rule == "studies confirmed"), ())
        with self._change("link") as (tx, state):
            for key in bare:
                acts.link_studies(tx, state, key, [own_study(key)], actor or self.by or "author", "confirmed: one study")
        return list(bare)

    def split(self, records: Sequence[str], reason: str, actor: str = "", *, of: str = "") -> str:
        """Records that do not belong to their report (`of`, where it is named) get a report of their own."""
        with self._change("undo") as (tx, state):
            home = state.resolve(acts.known_key(state, self.id, of)) if of else ""
            return acts.split(tx, state, self.id, records, actor or self.by or "author", reason, home)

    def undo(self, key: str, reason: str, actor: str = "") -> str:
        """Undo the join that took `key` in, or the split that made it."""
        with self._change("undo") as (tx, state):
            return acts.undo(tx, state, acts.known_key(state, self.id, key), actor or self.by or "author", reason)

    def stage_of(self, words: Sequence[str]) -> str:
        """The stage whose decisions put reports into these boxes; of keys title-abstract. ReviewError where they differ."""
        from review.prisma.keys import OF_FULL_TEXT

        boxes = self.counts().boxes
        stages = {"full-text" if word in OF_FULL_TEXT else "title-abstract" for word in words if word in boxes}
        if len(stages) > 1 or (stages and not all(word in boxes for word in words)):
            raise ReviewError("Say which decisions are asked for again: --stage title-abstract or --stage full-text.",
                              code="usage")
        return stages.pop() if stages else "title-abstract"

    def reopen(self, keys: Sequence[str], stage: str, reason: str, actor: str = "") -> list[str]:
        """Start a new round of decisions for reports, or for all the reports of a box; old decisions stay."""
        chosen = self._set(keys)
        with self._change("reopen") as (tx, state):
            chosen = list(dict.fromkeys(state.resolve(acts.known_key(state, self.id, k)) for k in chosen))
            closed = [k for k in chosen if state.known_before(state.reports[k])]
            if closed:
                raise ReviewError(f"{', '.join(closed[:5])}: in the previous version of the review, whose decisions are "
                                  "closed. `review baseline --reduce` takes out what must no longer count; what the previous "
                                  "version left open and is settled now is told in the text.", code="previous-version")
            acts.reopen(tx, chosen, stage, reason, actor or self.by or "author")
        return chosen

    def baseline_freeze(self, reason: str = "") -> tuple[int, int]:
        """The review as it stands becomes the previous version. Returns its (studies, reports)."""
        from review.prisma.baseline import freeze

        counts = self.counts()
        with self._change("baseline") as (tx, state):
            return freeze(tx, self.folder, state, counts, reason)

    def baseline_import(self, path: Path, mapping: Mapping[str, str] | None = None) -> tuple[int, int]:
        """A list of the previous version's records becomes the baseline. Returns its (studies, reports)."""
        from review.sources.previous import import_baseline

        with self._change("baseline") as (tx, state):
            return import_baseline(tx, self.folder, state, path, self.definition.sha, mapping)

    def baseline_reduce(self, label: str, reason: str) -> None:
        """Take a study or a report out of the previous version (retracted, say)."""
        with self._change("baseline") as (tx, state):
            known = {x for r in (state.baseline.rows if state.baseline else ()) for x in (r.report, *r.studies)}
            if label not in known:
                raise ReviewError(f"The previous version has no study or report “{label}”. It has: "
                                  f"{', '.join(sorted(known)[:20]) or 'nothing; import or freeze it first'}.",
                                  code="no-such-study")
            tx.event(events.REDUCED, label, "", reason)
