"""Running a definition's searches: what has to run, what goes on, what is sealed.

A search that talks to a service opens in one transaction and is sealed in another: between them each reply is kept
as it arrives, so that a run that was stopped goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Literal

import review
from review.ledger.disk import sha256_file, write_atomic
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.ledger.searches import encode_search
from review.ledger.transaction import Transaction
from review.model import Issue, Progress, ReviewError, Search, SearchFile, no_progress
from review.query import compile, databases
from review.query.definition import Definition
from review.sources import DirectoryStore, Outcome, Request, for_database, library
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
    losses: int = 0


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

    def as_dict(self) -> dict[str, Any]:
        """DESIGN 6, `search`."""
        return {"id": self.id, "database": self.database, "status": self.status, "string": self.string,
                "hits": self.hits, "records": self.records, "missing": list(self.missing),
                "warnings": [w.as_dict() for w in self.warnings], "resume": self.resume}


@dataclass(frozen=True)
class Options:
    """How a person wants the searches run; no databases means all of the definition's."""

    databases: tuple[str, ...] = ()
    limit: int | None = None
    trial: bool = False
    update: bool = False
    libraries: Mapping[str, Path] = field(default_factory=dict)


Change = Callable[[str], AbstractContextManager[tuple[Transaction, State]]]


def search_all(folder: Folder, definition: Definition, options: Options, change: Change,
               progress: Progress | None) -> list[SearchResult]:
    """Run what the definition asks for. `change` opens a transaction: one opens a search, another seals it."""
    out: list[SearchResult] = []
    part_of: dict[str, str] = {}
    for job in jobs(definition, options.databases, options.libraries):
        if job.source is None:
            out.append(SearchResult(job.database, job.string, "manual", resume="run the string there, export all "
                                    f"records, then: review import {definition.id} FILE --database \"{job.database}\""))
            continue
        with change("search") as (tx, state):
            opened = open_search(tx, folder, state, job, definition, options, part_of.get(job.database, ""))
        search = opened.search
        part_of.setdefault(job.database, search.source_search)
        if opened.state == "already":
            out.append(SearchResult(job.database, job.string, "skipped", search.id, search.hits, search.n,
                                    resume=f"searched on {search.searched_on}; --update runs it again"))
            continue
        outcome = run(folder, search, job, progress or no_progress)
        with change("search") as (tx, _):
            search = finish(tx, folder, search, job, outcome)
        out.append(SearchResult(job.database, job.string, outcome.status, search.id, outcome.hits,
                                search.n or outcome.read, outcome.missing, outcome.warnings, outcome.resume))
    return out


def jobs(definition: Definition, names: tuple[str, ...], libraries: Mapping[str, Path]) -> list[Job]:
    """What a definition asks for, in the order of its databases; `names` () means all of them."""
    known = {databases.canonical(d): d for d in definition.databases}
    for name in (*names, *libraries):
        if databases.canonical(name) not in known:
            raise ReviewError(f"The definition does not name the database “{name}”. It names: "
                              f"{', '.join(definition.databases)}.", code="no-such-database")
    files = {databases.canonical(n): p for n, p in libraries.items()}
    wanted = [databases.canonical(n) for n in (*names, *libraries)] or list(known)
    out = []
    for name in dict.fromkeys(wanted):
        compiled = compile(definition, name)
        source: Source | None = library if name in files else for_database(name)
        for string in compiled.strings:
            params = dict(string.params)
            if name in files:
                params["file"] = str(files[name])
            out.append(Job(databases.title(known[name]), string.string, params, compiled.tree, source,
                           len(compiled.losses)))
    return out


def open_search(tx: Transaction, folder: Folder, state: State, job: Job, definition: Definition, options: Options,
                part_of: str = "") -> Opened:
    """Go on with an open search of the same string, find that it was run already, or open a new one.

    `part_of` is the first search of a split string, to which the other parts belong.
    """
    if job.source is None:
        raise ReviewError(f"{job.database} offers no interface to this program.", code="no-interface")
    use: Literal["trial", "counted"] = "trial" if options.trial else "counted"
    same = [s for s in state.searches.values() if s.source == job.source.NAME and s.string == job.string and s.use == use
            and databases.canonical(s.database) == databases.canonical(job.database)]
    for search in same:
        if search.state == "open":
            return Opened(search, "resumed")
    if same and not options.update and not options.trial:
        return Opened(same[-1], "already")
    new = search_id(state, job.database, tx.time[:10])
    first = same[0].source_search if same and options.update else part_of or new
    params = {k: v for k, v in job.params.items() if k != "file"}
    search = Search(id=new, source_search=first, source=job.source.NAME, database=job.database, platform="",
                    method="database", definition_sha=definition.sha, string=job.string, params=params, limit=options.limit,
                    use=use, searched_on=tx.time[:10], opened=tx.time, versions={"review": review.__version__})
    log_opened(tx, folder, search)
    return Opened(search, "new")


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
            readings.append(read_file(folder.searches / search.id / file.name, file.name, search.database, first=first))
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
