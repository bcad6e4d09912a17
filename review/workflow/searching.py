"""Searches: run, imported, withdrawn, accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from review.ledger import events
from review.ledger.replay import State
from review.model import Issue, ReviewError, Search
from review.workflow.base import Opened

if TYPE_CHECKING:
    from review.sources.files import ImportRequest, ImportResult
    from review.sources.running import SearchResult


class Searching(Opened):
    """What is done with searches."""

    def search(self, databases: Sequence[str] = (), *, limit: int | None = None, trial: bool = False,
               update: bool = False, libraries: Mapping[str, Path] | None = None, split: bool | None = None,
               slice_years: int | None = None) -> list[SearchResult]:
        """Run the definition's searches; go on with those that were stopped.

        `split` and `slice_years` divide Google Scholar's search; None: as the last one was.
        """
        from review.sources.running import Options, search_all

        options = Options(tuple(databases), limit, trial, update, libraries or {}, split, slice_years)
        return search_all(self.folder, self.definition, options, self._change, self.state(), self.progress)

    def dry_run(self, databases: Sequence[str] = (), *, split: bool | None = None,
                slice_years: int | None = None) -> list[dict[str, Any]]:
        """Hits per database, per concept and for the whole, without fetching records (what PRESS asks for)."""
        from review.sources.counting import dry_run
        from review.sources.running import Options

        return dry_run(self.definition, Options(tuple(databases), split=split, slice_years=slice_years), self.state(),
                       self.progress)

    def before_search(self, databases: Sequence[str] = ()) -> list[Issue]:
        """What a person should know before the first request goes out."""
        from review.sources.running import before_search

        return before_search(self.definition, tuple(databases))

    def import_files(self, request: ImportRequest) -> ImportResult:
        """The export files of one database become one search."""
        from review.sources.files import import_files

        with self._change("import") as (tx, state):
            return import_files(tx, self.folder, state, request, self.definition.sha, self.progress)

    def withdraw(self, search: str, reason: str, superseded_by: str = "") -> bool:
        """A mistaken search stops counting; it stays on disk. Returns whether the frozen previous version holds it."""
        with self._change("withdraw") as (tx, state):
            old = self._search(state, search).use == "baseline" or (
                state.baseline is not None and 0 < state.sealed_seq.get(search, 0) < state.baseline.seq)
            if superseded_by == search:
                raise ReviewError(f"{search} can't take its own place.", code="usage")
            if superseded_by:
                self._search(state, superseded_by)
                tx.event(events.SUPERSEDED, search, superseded_by, reason)
            else:
                tx.event(events.WITHDRAWN, search, "", reason)
        return old

    def accept(self, search: str, reason: str) -> Search:
        """An incomplete search is accepted as it is, and counts."""
        from review.sources.files import accept

        with self._change("accept") as (tx, state):
            return accept(tx, self.folder, state, search, reason)

    def acknowledge(self, search: str, warning: str, reason: str) -> list[str]:
        """A warning about a search was seen ("": all that it has); `status` no longer repeats it. Returns their names."""
        from review.prisma.search_warnings import ALL, warnings

        with self._change("acknowledge") as (tx, state):
            names = list(dict.fromkeys(name for name, _ in warnings(self._search(state, search))))
            if not names or warning not in ("", *names):
                raise ReviewError(f"The search {search} has no warning{f' “{warning}”' if warning else ''}. Its warnings: "
                                  f"{', '.join(names) or 'none'}.", code="no-such-warning")
            tx.event(events.ACKNOWLEDGED, search, warning or ALL, reason)
            return [warning] if warning else names

    def _search(self, state: State, name: str) -> Search:
        if name not in state.searches:
            raise ReviewError(f"There is no search {name}. Searches: {', '.join(state.searches) or 'none yet'}.",
                              code="no-such-search")
        return state.searches[name]
