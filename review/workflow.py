"""The `Review`: one method a command, in the order of the work. The command line is a thin skin on it.

    import review
    r = review.open("left-behind-children-policy")
    r.counts().n("records_screened")
    r.reports()                             # a pandas DataFrame
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from review.ledger import acts, events
from review.ledger.disk import sha256
from review.ledger.paths import Workspace
from review.ledger.replay import State, own_study, replay
from review.ledger.transaction import Clock, Transaction, read, transaction, utc_now
from review.model import STAGES, Issue, Progress, Record, ReviewError, Search
from review.query import load, loads_resolved
from review.query.definition import Definition

if TYPE_CHECKING:
    import pandas

    from review.dedup.assigning import Summary
    from review.ledger.issued import IssuedSheet
    from review.prisma.box import Counts
    from review.report.status import Status
    from review.report.trace import Trace
    from review.screening.agreement import Agreement
    from review.screening.collect import Collected
    from review.screening.consensus import Consensus
    from review.sources.files import ImportRequest, ImportResult
    from review.sources.running import SearchResult


def open_review(review_id: str | None = None, root: Path | str | None = None) -> Review:
    """The review of that id in the workspace at or above `root` (default: the current folder)."""
    workspace = Workspace.find(Path(root) if root is not None else None)
    return Review(workspace, workspace.choose(review_id))


class Review:
    """One review: its definition, its ledger, and everything that can be done with them."""

    def __init__(self, workspace: Workspace, review_id: str, *, clock: Clock = utc_now,
                 progress: Progress | None = None) -> None:
        self.workspace, self.id, self.clock = workspace, review_id, clock
        self.folder = workspace.folder(review_id)
        self.progress = progress
        self.notes: list[Issue] = []            # what opening the review had to mend
        self._definition: Definition | None = None

    # The state of things

    @property
    def definition(self) -> Definition:
        """The definition as its file stands now."""
        if self._definition is None:
            self._definition = load(self.workspace.definition(self.id))
        return self._definition

    def state(self, as_of: str = "") -> State:
        """What the ledger tells, now or as of an ISO date or time."""
        log, issues = read(self.folder)
        self.notes += issues
        return replay(self.folder, log.as_of(as_of) if as_of else log)

    def definition_at(self, state: State) -> Definition:
        """The version of the definition that was in use in a past state."""
        shas = [e.subject for e in state.log.events if e.type == events.DEFINITION]
        if not shas:
            return self.definition
        path = self.folder.definitions / f"{shas[-1]}.toml"
        data = path.read_bytes() if path.exists() else b""
        if sha256(data) != shas[-1]:
            raise ReviewError(f"{path} {'was changed' if data else 'is missing'}. Put it back from a backup.",
                              code="definition-missing", status=1, file=str(path))
        return loads_resolved(data.decode("utf-8"), self.id)

    def _records(self, state: State) -> dict[str, Record]:
        from review.report.derived import records

        return records(self.folder, state, self.progress)

    @contextmanager
    def _change(self, command: str) -> Iterator[tuple[Transaction, State]]:
        """One command, one transaction. The version of the definition that it uses is kept and logged."""
        definition = self.definition
        with transaction(self.folder, command, self.clock) as tx:
            self.notes += tx.issues
            state = replay(self.folder, tx.log)
            shas = [e.subject for e in tx.log.events if e.type == events.DEFINITION]
            yield tx, state
            if not tx.empty and (not shas or shas[-1] != definition.sha):
                tx.keep(self.folder.definitions / f"{definition.sha}.toml", definition.resolved.encode("utf-8"))
                tx.event(events.DEFINITION, definition.sha, shas[-1] if shas else "")

    # Searching

    def search(self, databases: Sequence[str] = (), *, limit: int | None = None, trial: bool = False,
               update: bool = False, libraries: Mapping[str, Path] | None = None) -> list[SearchResult]:
        """Run the definition's searches; go on with those that were stopped."""
        from review.sources.running import Options, search_all

        options = Options(tuple(databases), limit, trial, update, libraries or {})
        return search_all(self.folder, self.definition, options, self._change, self.progress)

    def dry_run(self, databases: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Hits per database, per concept and for the whole, without fetching records (what PRESS asks for)."""
        from review.sources.counting import dry_run

        return dry_run(self.definition, tuple(databases))

    def import_files(self, request: ImportRequest) -> ImportResult:
        """The export files of one database become one search."""
        from review.sources.files import import_files

        with self._change("import") as (tx, state):
            return import_files(tx, self.folder, state, request, self.definition.sha, self.progress)

    def withdraw(self, search: str, reason: str, superseded_by: str = "") -> None:
        """A mistaken search stops counting; it stays on disk."""
        with self._change("withdraw") as (tx, state):
            self._search(state, search)
            if superseded_by == search:
                raise ReviewError(f"{search} can't take its own place.", code="usage")
            if superseded_by:
                self._search(state, superseded_by)
                tx.event(events.SUPERSEDED, search, superseded_by, reason)
            else:
                tx.event(events.WITHDRAWN, search, "", reason)

    def accept(self, search: str, reason: str) -> Search:
        """An incomplete search is accepted as it is, and counts."""
        from review.sources.files import accept

        with self._change("accept") as (tx, state):
            return accept(tx, self.folder, state, search, reason)

    def acknowledge(self, search: str, warning: str, reason: str) -> None:
        """A warning about a search was seen; `status` no longer repeats it."""
        with self._change("acknowledge") as (tx, state):
            self._search(state, search)
            tx.event(events.ACKNOWLEDGED, search, warning or "all", reason)

    def _search(self, state: State, name: str) -> Search:
        if name not in state.searches:
            raise ReviewError(f"There is no search {name}. Searches: {', '.join(state.searches) or 'none yet'}.",
                              code="no-such-search")
        return state.searches[name]

    # Reports

    def dedupe(self) -> tuple[Summary, IssuedSheet | None]:
        """Give every new record its report, and send out the sheet of possible duplicates."""
        from review.dedup.assigning import deduplicate

        with self._change("dedupe") as (tx, state):
            found = self._records(state)
            summary = deduplicate(tx, state, found, self.id, self.progress)
        return summary, self._issue_pairs()

    def _issue_pairs(self) -> IssuedSheet | None:
        from review.dedup.assigning import open_pairs
        from review.screening.issue import issue_pairs
        from review.screening.views import Views

        with self._change("dedupe") as (tx, state):
            views = Views(state, self._records(state), self.definition)
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
            acts.relate(tx, state, a, studies=studies, type=type, unlink=unlink, reason=reason, actor=actor or "author",
                        **others)
            return state.resolve(a)

    def link_own(self, actor: str = "") -> list[str]:
        """Confirm that each included report without a study is a study of its own."""
        bare = next((c.ids for c in self.counts().checks if c.rule == "studies confirmed"), ())
        with self._change("link") as (tx, state):
            for key in bare:
                acts.link_studies(tx, state, key, [own_study(key)], actor or "author", "confirmed: one study")
        return list(bare)

    def split(self, records: Sequence[str], reason: str, actor: str = "") -> str:
        """Records that do not belong to their report get a report of their own."""
        with self._change("undo") as (tx, state):
            return acts.split(tx, state, self.id, records, actor or "author", reason)

    def undo(self, key: str, reason: str, actor: str = "") -> str:
        """Undo the join that took `key` in, or the split that made it."""
        with self._change("undo") as (tx, state):
            return acts.undo(tx, state, acts.known_key(state, self.id, key), actor or "author", reason)

    def reopen(self, keys: Sequence[str], stage: str, reason: str, actor: str = "") -> list[str]:
        """Start a new round of decisions for reports, or for all the reports of a box; old decisions stay."""
        chosen = self._set(keys)
        with self._change("reopen") as (tx, state):
            chosen = list(dict.fromkeys(state.resolve(acts.known_key(state, self.id, k)) for k in chosen))
            acts.reopen(tx, chosen, stage, reason, actor or "author")
        return chosen

    def _set(self, words: Sequence[str]) -> list[str]:
        """Keys as given, or the reports in a box that is named."""
        boxes = self.counts().boxes
        out: list[str] = []
        for word in words:
            out += boxes[word].ids if word in boxes else [word]
        return out

    def reviewer(self, code: str, *, left: bool, reason: str = "") -> None:
        """A reviewer joins or leaves; what a leaver has not decided goes to others in the next batch."""
        known = (*self.definition.screening.reviewers, self.definition.screening.adjudicator)
        with self._change("reviewer") as (tx, state):
            if code not in (*known, *(s.reviewer for s in state.sheets.values())):
                raise ReviewError(f"Nobody is called “{code}” here. Codes: {', '.join(filter(None, known))}.",
                                  code="no-such-reviewer")
            tx.event(events.REVIEWER_LEFT if left else events.REVIEWER_JOINED, code, "", reason)

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

    # Screening

    def sheets(self, stage: str = "", *, conflicts: bool = False, pilot: bool = False, other_methods: bool = False,
               seed: int | None = None) -> list[IssuedSheet]:
        """Send out workbooks: everything that waits at `stage` ("" both), or the conflicts."""
        from review.screening.issue import Plan, issue_conflicts, issue_screening
        from review.screening.views import Views

        out: list[IssuedSheet] = []
        with self._change("sheets") as (tx, state):
            if state.unassigned():
                raise ReviewError(f"{len(state.unassigned()):,} records are not yet deduplicated. Run `review dedupe` "
                                  "first, or reviewers would screen the same report twice.", code="not-deduplicated",
                                  status=1)
            views = Views(state, self._records(state), self.definition)
            for at in [stage] if stage else STAGES:
                if conflicts:
                    out += issue_conflicts(tx, self.folder, state, self.definition, views, at)
                else:
                    out += issue_screening(tx, self.folder, state, self.definition, views,
                                           Plan(at, pilot, other_methods, seed))
                if pilot:
                    break
        return out

    def collect(self, paths: Sequence[Path] = (), *, dry_run: bool = False, newer: bool = False) -> Collected:
        """Read filled workbooks into the log; without `paths` all those in screening/."""
        from review.screening.collect import collect
        from review.screening.consensus import Rules, consensus

        for path in paths:
            if not path.is_file():
                raise ReviewError(f"There is no file {path}.", code="no-such-file", file=str(path))
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

    def consensus(self, state: State | None = None) -> dict[tuple[str, str], Consensus]:
        """(key, stage) -> where each report stands."""
        from review.screening.consensus import Rules, consensus

        return consensus(state or self.state(), Rules.of(self.definition))

    def agreement(self) -> list[Agreement]:
        """Agreement of each pair of reviewers, a stage and round, on independent decisions."""
        from review.screening.agreement import agreement

        return agreement(self.state())

    # Counting

    def counts(self, as_of: str = "") -> Counts:
        """PRISMA counts, now or as of a date."""
        from review.prisma.counts import count

        state = self.state(as_of)
        return count(state, self.definition_at(state) if as_of else self.definition, as_of=as_of)

    def flow(self) -> list[Path]:
        """Write the diagram and its files into prisma/."""
        from review.prisma.files import write_flow

        return write_flow(self.folder, self.counts())

    def report(self, appendices: bool = True) -> list[Path]:
        """Write the report, the flow, the tables that derive from the ledger, and the appendices that authors owe."""
        from review.report.refresh import refresh

        state = self.state()
        return refresh(self.folder, state, self._records(state), self.definition, self.counts(), appendices)

    def run(self) -> dict[str, Any]:
        """Everything that can be done now, in order; what waits for whom stands in the status."""
        done: dict[str, Any] = {}
        if self.folder.log.exists() and self.state().unassigned():
            done["dedupe"] = self.dedupe()[0]
        done["collected"] = self.collect() if self.state().sheets else None
        if self.state().searches and not self.state().unassigned():
            done["sheets"] = [] if self._pilot_first() else self.sheets()
            if self.definition.screening.adjudicator:
                done["sheets"] += self.sheets(conflicts=True)
        done["files"] = self.report()
        done["status"] = self.status()
        return done

    def _pilot_first(self) -> bool:
        """Whether the definition asks for a pilot that was not sent out: `run` leaves that to a person."""
        state = self.state()
        return bool(self.definition.screening.pilot) and not state.sheets

    def status(self) -> Status:
        """Where the review stands, and what to do next."""
        from review.report.status import status

        state = self.state()
        shas = [e.subject for e in state.log.events if e.type == events.DEFINITION]
        return status(state, self.definition, self.counts(), self.consensus(state), shas[-1] if shas else "")

    def trace(self, key: str) -> Trace:
        """The whole life of a record or a report."""
        from review.report.trace import trace

        state = self.state()
        return trace(state, self._records(state), self.definition, key)

    def check(self) -> list[Issue]:
        """Integrity of everything on disk, and the arithmetic of the flow."""
        from review.report.integrity import integrity

        state = self.state()
        found = [*self.notes, *integrity(self.folder, state, self.id, self.progress)]
        if state.searches:
            for c in self.counts().checks:
                sums = c.level == "error" and c.rule != "studies confirmed"
                if not c.ok and sums:
                    found.append(Issue("prisma", c.message, severity="error"))
        return found

    def export(self, format: str, box: str = "", path: Path | None = None) -> list[Path]:
        """Write the records or reports of a box ("" all reports of the flow) in a format that others read."""
        from review.report.export import export

        state = self.state()
        return export(self.folder, state, self._records(state), self.counts(), self.consensus(state), self.definition,
                      format, box, path)

    # Tables

    def records(self) -> pandas.DataFrame:
        """All records: one row a record, columns as in records.jsonl."""
        import pandas as pd

        return pd.DataFrame([r.as_dict() for r in self._records(self.state()).values()])

    def reports(self) -> pandas.DataFrame:
        """All reports with where they stand: one row a report, columns as in reports.jsonl."""
        import pandas as pd

        from review.report.refresh import report_table

        state = self.state()
        return pd.DataFrame(report_table(state, self._records(state), self.definition))

    def decisions(self) -> pandas.DataFrame:
        """The decision log: one row a decision."""
        import pandas as pd

        return pd.DataFrame([{f: getattr(d, f) for f in d.__dataclass_fields__} for d in self.state().log.decisions])
