"""Running a definition's searches: what has to run, what goes on, what is sealed.

A search that talks to a service opens in one transaction and is sealed in another: between them each reply is kept
as it arrives, so that a run that was stopped goes on where it was. The parts of one search (a string that was split,
slices of years) are all opened before the first of them runs: one that was not reached is open, never forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Literal

import review
from review.ledger.disk import readable, sha256_file, write_atomic
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.ledger.searches import encode_search
from review.ledger.transaction import Transaction
from review.model import Issue, Progress, ReviewError, Search, SearchFile, no_progress
from review.query import compile, databases
from review.query.definition import Definition
from review.sources import DirectoryStore, Outcome, Request, for_database, library, scholar
from review.sources.request import Source
from review.sources.sealing import log_opened, read_file, seal, search_id


@dataclass(frozen=True)
class Job:
    """One string for one source."""

    database: str                       # as people write it
    string: str
    params: Mapping[str, Any]
    tree: Any
    source: Source | None               # None: no interface; a person runs the string and imports the export
    way: Mapping[str, Any] = field(default_factory=dict)    # how a person had it divided: split, slice_years, part


@dataclass(frozen=True)
class Opened:
    """A search that is ready to run, or that need not."""

    search: Search
    state: str                          # new, resumed, already


@dataclass(frozen=True)
class SearchResult:
    """What became of one string."""

    database: str
    string: str
    status: str                         # complete, limited, open, skipped, manual
    id: str = ""
    hits: int | None = None
    records: int = 0
    missing: tuple[str, ...] = ()
    warnings: tuple[Issue, ...] = ()
    resume: str = ""
    source_search: str = ""
    part: str = ""                      # "2 of 3" where the source search has several parts
    translation: str = ""               # the string as the server understood it
    interrupted: bool = False           # by a person: no further search is begun

    def unfinished(self) -> Issue:
        """Why it is open."""
        return Issue("search-open", f"{self.id or self.database}: {self.resume}", severity="error")

    def as_dict(self) -> dict[str, Any]:
        """DESIGN 6, `search`."""
        return {"id": self.id, "database": self.database, "status": self.status, "string": self.string,
                "hits": self.hits, "records": self.records, "missing": list(self.missing),
                "warnings": [w.as_dict() for w in self.warnings], "resume": self.resume,
                "source_search": self.source_search, "part": self.part, "translation": self.translation}


@dataclass(frozen=True)
class Options:
    """How a person wants the searches run; no databases means all of the definition's."""

    databases: tuple[str, ...] = ()
    limit: int | None = None
    trial: bool = False
    update: bool = False
    libraries: Mapping[str, Path] = field(default_factory=dict)
    split: bool | None = None           # Google Scholar: several strings instead of a shortened one; None: as before
    slice_years: int | None = None      # Google Scholar: years a slice, 0 for none; None: as before


# What a source asks for beside the string: two searches of one string that differ here are two searches.
ASKED = ("year_low", "year_high", "mindate", "maxdate", "datetype", "reldate")
Change = Callable[[str], AbstractContextManager[tuple[Transaction, State]]]


def search_all(folder: Folder, definition: Definition, options: Options, change: Change, state: State,
               progress: Progress | None) -> list[SearchResult]:
    """Run what the definition asks for. `change` opens a transaction: one opens searches, another seals each."""
    by_database: dict[str, list[Job]] = {}
    planned, out = jobs(definition, options, state)
    for job in planned:
        by_database.setdefault(job.database, []).append(job)
    for parts in by_database.values():
        if any(result.interrupted for result in out):
            out += [SearchResult(job.database, job.string, "open", resume="not begun; run the search again")
                    for job in parts]
        elif parts[0].source is None:
            out += [SearchResult(job.database, job.string, "manual", resume="run the string there, export all records, "
                                 f"then: review import {definition.id} FILE --database \"{job.database}\"") for job in parts]
        else:
            out += _run_parts(folder, definition, options, change, parts, progress or no_progress)
    return out


def _run_parts(folder: Folder, definition: Definition, options: Options, change: Change, parts: Sequence[Job],
               progress: Progress) -> list[SearchResult]:
    """The searches of one database, one after another. Where one is stopped, those after it are left for later."""
    out: list[SearchResult] = []
    opened: list[Opened] = []
    with change("search") as (tx, state):
        for job in parts:
            opened.append(open_search(tx, folder, state, job, definition, options,
                                      opened[0].search.source_search if opened else ""))
            state.searches.setdefault(opened[-1].search.id, opened[-1].search)     # its number is taken
        doubts = _other_strings(state, [o.search for o in opened if o.state == "new"])
    stopped = ""
    for job, (search, how) in zip(parts, ((o.search, o.state) for o in opened), strict=True):
        told = SearchResult(job.database, job.string, "open", search.id, source_search=search.source_search,
                            part=str(job.way.get("part", "")))
        if how == "already":
            out.append(replace(told, status="skipped", hits=search.hits, records=search.n,
                               resume=f"searched on {search.searched_on}; --update runs it again"))
        elif stopped:
            out.append(replace(told, resume=f"not begun, since {stopped} was stopped; run the search again"))
        else:
            outcome = _outcome(folder, search, job, progress)
            with change("search") as (tx, _):
                search = finish(tx, folder, search, job, outcome)
            stopped = search.id if outcome.status == "open" else ""
            out.append(replace(told, status=outcome.status, hits=outcome.hits, records=search.n or outcome.read,
                               missing=outcome.missing, warnings=(*doubts, *outcome.warnings), resume=outcome.resume,
                               translation=outcome.translation, interrupted=outcome.interrupted))
            doubts = ()
    return out


def _outcome(folder: Folder, search: Search, job: Job, progress: Progress) -> Outcome:
    """What became of a run. A service that failed leaves an open search, and the other databases their turn."""
    try:
        return run(folder, search, job, progress)
    except KeyboardInterrupt:
        return Outcome("open", search.hits, search.n, resume="It was interrupted. What came is kept; run the search "
                       "again to go on.", interrupted=True)
    except ReviewError as error:
        if error.status != 3 or error.code in ("disk", "locked"):
            raise
        said = Issue(error.code, error.message, file=error.file, severity="error")
        return Outcome("open", search.hits, search.n, warnings=(said,), resume=error.message)


def _other_strings(state: State, new: Sequence[Search]) -> tuple[Issue, ...]:
    """A warning where a new search counts beside one of the same database with another string."""
    if not new or new[0].use != "counted":
        return ()
    ours = {s.source_search for s in new}
    name = databases.canonical(new[0].database)
    before = [s for s in state.counted_searches() if s.source_search not in ours and s.source == new[0].source
              and databases.canonical(s.database) == name]
    return tuple(Issue("other-string", f"{new[0].database} was searched before with another string ({s.id}, {s.n:,} records), "
                       f"and both count. If the new search takes its place: review withdraw {s.id} --superseded-by "
                       f"{new[0].id} --reason …") for s in before)


def jobs(definition: Definition, options: Options, state: State) -> tuple[list[Job], list[SearchResult]]:
    """What a definition asks for, in the order of its databases; and the databases for which it has no string.

    ReviewError where that holds of all of them, or of one that was asked for by name.
    """
    names, libraries = options.databases, options.libraries
    known = {databases.canonical(d): d for d in definition.databases}
    for name in (*names, *libraries):
        if databases.canonical(name) not in known:
            listed = ", ".join(f'"{d}"' for d in (*definition.databases, name))
            also = f', and say what it is under [library]: "{name}" = "our library of 2019"' if name in libraries else ""
            raise ReviewError(f"The definition does not name the database “{name}”. Add it there, databases = [{listed}]{also}; "
                              "or name one of those.", code="no-such-database")
    files = {databases.canonical(n): readable(p) for n, p in libraries.items()}     # before a search is opened for one
    wanted = [databases.canonical(n) for n in (*names, *libraries)] or list(known)
    out: list[Job] = []
    without: list[SearchResult] = []
    for name in dict.fromkeys(wanted):
        source: Source | None = library if name in files else for_database(name)
        try:
            out += _jobs_of(definition, known[name], source, files.get(name), options, state)
        except ReviewError as error:            # one without a string doesn't hold up the others
            if names or libraries or len(without) + 1 == len(known):
                raise
            without.append(SearchResult(databases.title(known[name]), "", "skipped", warnings=(error.as_issue(),)))
    return out, without


def _jobs_of(definition: Definition, database: str, source: Source | None, file: Path | None, options: Options,
             state: State) -> list[Job]:
    """The strings of one database: usually one; several where Google Scholar's is split, or sliced by years."""
    way = division(state, database, options) if source and source.NAME == scholar.NAME else {}
    compiled = compile(definition, database, split=bool(way.get("split")))
    asked = [(s.string, params) for s in compiled.strings
             for params in scholar.in_slices(s.params, int(way.get("slice_years", 0)))]
    if len(asked) == 1:
        way = {}
    return [Job(databases.title(database), string, {**params, **({"file": str(file)} if file else {})}, compiled.tree,
                source, {**way, "part": f"{number} of {len(asked)}"} if way else {})
            for number, (string, params) in enumerate(asked, 1)]


def before_search(definition: Definition, names: tuple[str, ...]) -> list[Issue]:
    """What a person should know before the first request to the services of these databases (() means all) goes out."""
    wanted = {databases.canonical(n) for n in names}
    sources = [for_database(d) for d in definition.databases if not wanted or databases.canonical(d) in wanted]
    return [issue for source in sources if source for issue in source.before_search()]


def division(state: State, database: str, options: Options) -> dict[str, Any]:
    """How Google Scholar's search is divided: as asked for now, else as the last search that counts was."""
    name = databases.canonical(database)
    before = [s.params for s in state.searches.values()
              if s.source == scholar.NAME and s.use == "counted" and databases.canonical(s.database) == name]
    last = before[-1] if before else {}
    way = {"split": last.get("split", False) if options.split is None else options.split,
           "slice_years": last.get("slice_years", 0) if options.slice_years is None else options.slice_years}
    return {k: v for k, v in way.items() if v}


def open_search(tx: Transaction, folder: Folder, state: State, job: Job, definition: Definition, options: Options,
                part_of: str = "") -> Opened:
    """Go on with an open search of the same string, find that it was run already, or open a new one.

    `part_of` is the first search of a divided one, to which the other parts belong.
    """
    if job.source is None:
        raise ReviewError(f"{job.database} offers no interface to this program.", code="no-interface")
    use: Literal["trial", "counted"] = "trial" if options.trial else "counted"
    same = [s for s in state.searches.values() if s.source == job.source.NAME and s.string == job.string and s.use == use
            and databases.canonical(s.database) == databases.canonical(job.database)
            and all(s.params.get(k) == job.params.get(k) for k in ASKED)]
    for search in same:
        if search.state == "open":
            _same_limit(search, options.limit)
            return Opened(search, "resumed")
    if same and not options.update and not options.trial:
        return Opened(same[-1], "already")
    new = search_id(state, job.database, tx.time[:10])
    first = same[0].source_search if same and options.update else part_of or new
    params = {**{k: v for k, v in job.params.items() if k != "file"}, **job.way}
    limit = options.limit if options.limit is not None else getattr(job.source, "DEFAULT_LIMIT", None)
    search = Search(id=new, source_search=first, source=job.source.NAME, database=job.database, platform="",
                    method="database", definition_sha=definition.sha, string=job.string, params=params, limit=limit,
                    use=use, searched_on=tx.time[:10], opened=tx.time, versions={"review": review.__version__})
    log_opened(tx, folder, search)
    return Opened(search, "new")


def _same_limit(search: Search, limit: int | None) -> None:
    if limit is not None and search.limit != limit:
        begun = "no limit" if search.limit is None else f"the limit {search.limit:,}"
        raise ReviewError(f"{search.id} was begun with {begun} and is not complete. Go on without --limit; or withdraw it "
                          f"(review withdraw {search.id} --reason …) and search anew.", code="other-limit")


def run(folder: Folder, search: Search, job: Job, progress: Progress) -> Outcome:
    """Retrieve; every reply is kept in the search's folder as it arrives."""
    import filelock

    if job.source is None:
        raise ReviewError(f"{job.database} offers no interface to this program.", code="no-interface")
    lock = filelock.FileLock(folder.searches / search.id / ".running.lock", timeout=0)
    try:
        with lock:
            request = Request(job.string, job.params, search.limit, job.tree)
            return job.source.run(request, DirectoryStore(folder.searches / search.id), progress=progress)
    except filelock.Timeout:
        raise ReviewError(f"{search.id} is being retrieved by another command. Wait until it has ended.",
                          code="locked") from None


def finish(tx: Transaction, folder: Folder, search: Search, job: Job, outcome: Outcome) -> Search:
    """Seal a search that is complete (or limited by the user); note on an open one what happened."""
    warnings = tuple(f"{w.code}: {w.message}" for w in outcome.warnings)
    params = {**search.params, **outcome.params}
    if outcome.translation:
        params["translation"] = outcome.translation
    search = replace(search, hits=outcome.hits, warnings=warnings, params=params,
                     versions={**search.versions, **outcome.versions})
    if outcome.status == "open":
        kept = replace(search, files=tuple(_files(folder, search, job)), params={**params, "missing": list(outcome.missing),
                                                                      "resume": outcome.resume})
        write_atomic(folder.searches / search.id / "search.json", encode_search(kept))
        return kept
    readings, first = [], 1
    for file in _files(folder, search, job):
        if file.role == "records":
            readings.append(read_file(folder.searches / search.id / file.name, file.name, search.database, first=first,
                                      last=search.limit))
            first += len(readings[-1].rows)
    found = first - 1
    if found != outcome.read:
        raise ReviewError(f"{search.id}: {outcome.read:,} records were received, and {found:,} can be read from the "
                          "kept files. The search stays open; please report the files.", code="records-lost", status=3)
    return seal(tx, folder, search, readings, [f for f in _files(folder, search, job) if f.role != "records"])


def _files(folder: Folder, search: Search, job: Job) -> list[SearchFile]:
    """The kept files of a search, in the order of their names."""
    store = DirectoryStore(folder.searches / search.id)
    pattern = job.source.RECORD_FILES if job.source else "*"
    return [SearchFile(name, sha256_file(folder.searches / search.id / name),
                       "records" if fnmatch(name, pattern) else "reply")
            for name in store.names() if name not in ("search.json", "index.csv")]
