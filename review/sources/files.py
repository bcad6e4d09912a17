"""Imports: the export files that one database gave become one search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import review
from review.ledger import events
from review.ledger.disk import readable, sha256_file
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.ledger.transaction import Transaction
from review.model import METHODS, Issue, Progress, ReviewError, Search
from review.query import databases
from review.sources.sealing import FileReading, log_opened, read_file, seal, search_id
from review.words import many


@dataclass(frozen=True)
class ImportRequest:
    """What a person says about export files; what is not said stays not confirmed."""

    files: tuple[Path, ...]
    database: str
    platform: str = ""
    method: str = "database"
    date: str = ""                  # ISO; when the search was run
    string: str = ""                # exactly as run
    hits: int | None = None         # what the database said
    trial: bool = False
    same_as: str = ""               # a search that this one is a further run or part of
    encoding: str = ""
    mapping: Mapping[str, str] | None = None
    details: Mapping[str, str] | None = None    # other methods: who, how, seed reports, direction, tool


@dataclass(frozen=True)
class ImportResult:
    """What an import did; `as_dict` is what `--json` prints."""

    search: Search
    already: bool
    readings: tuple[FileReading, ...]
    issues: tuple[Issue, ...]

    @property
    def in_file(self) -> int:
        """Records in the files, counted independently of the readers (a file without such a count: as read)."""
        return sum(r.file.read or 0 if r.file.in_file is None else r.file.in_file for r in self.readings)

    @property
    def read(self) -> int:
        """Records that the readers gave."""
        return sum(r.file.read or 0 for r in self.readings)

    @property
    def complete(self) -> bool:
        """Whether every record of the files was read, and no file was damaged."""
        return self.in_file == self.read and not any(i.severity == "error" for r in self.readings for i in r.issues)

    def as_dict(self, review_id: str) -> dict[str, Any]:
        """DESIGN 6, `import`."""
        return {"review": review_id, "search": self.search.id, "database": databases.title(self.search.database),
                "state": self.search.state, "use": self.search.use, "in_file": self.in_file, "read": self.read,
                "already": self.already,
                "files": [{"name": r.file.name, "sha256": r.file.sha256, "format": r.file.format,
                           "encoding": r.file.encoding, "in_file": r.file.in_file, "read": r.file.read}
                          for r in self.readings]}


def import_files(tx: Transaction, folder: Folder, state: State, request: ImportRequest, definition_sha: str,
                 progress: Progress | None = None) -> ImportResult:
    """Make the files one search: sealed at once where every record was read, else open until accepted."""
    _check(request, state)
    twin, fresh = _already(state, request)
    if twin is not None and not fresh:
        readings = [read_file(p, p.name, request.database, encoding=request.encoding, mapping=request.mapping)
                    for p in request.files]
        return ImportResult(twin, True, tuple(readings), ())
    new_id = search_id(state, request.database, tx.time[:10])
    readings = _keep(tx, folder, new_id, fresh, request, progress)
    issues = [i for r in readings for i in r.issues]
    hashes = {r.file.sha256 for r in readings}
    for other in state.searches.values():
        if other.use == "counted" and hashes & {f.sha256 for f in other.files}:
            issues.append(Issue("file-elsewhere", f"The same file counts already in {other.id} ({other.database}). If that "
                                "was a mistake: review withdraw.", file=other.id))
    if request.hits is not None and request.hits != sum(len(r.rows) for r in readings):
        issues.append(Issue("hits-differ", f"The database reported {many(request.hits, 'hit')}, and the files hold "
                            f"{many(sum(len(r.rows) for r in readings), 'record')}. Was the export cut off?"))
    skipped = [p.name for p in request.files if p not in fresh]
    if skipped and twin is not None:
        issues.append(Issue("file-already", f"{', '.join(skipped)}: already imported in {twin.id}; left out here.",
                            severity="info"))
    result = ImportResult(_search(new_id, tx, state, request, definition_sha, readings), False, tuple(readings),
                          tuple(issues))
    log_opened(tx, folder, result.search)
    if not result.complete:
        lost = Issue("records-lost", f"The files hold {many(result.in_file, 'record')}, {result.read:,} were read"
                     f"{'' if result.in_file != result.read else ', and a file is damaged'}. The search {new_id} stays open "
                     "and does not count. Look at the issues above, or accept it as it is with "
                     f"`review accept {new_id} --reason …`.", severity="error")
        return replace(result, issues=(*result.issues, lost))
    return replace(result, search=seal(tx, folder, result.search, readings))


def _check(request: ImportRequest, state: State) -> None:
    if request.method not in METHODS:
        raise ReviewError(f"“{request.method}” is no method. Methods: {', '.join(METHODS)}.", code="bad-method")
    if request.same_as and request.same_as not in state.searches:
        known = ", ".join(state.searches) or "none yet"
        raise ReviewError(f"There is no search {request.same_as} to join. Searches: {known}.", code="no-such-search")
    if request.same_as:
        first = state.searches[request.same_as]
        if (databases.canonical(first.database), first.method) != (databases.canonical(request.database), request.method):
            raise ReviewError(f"{first.id} searched {first.database} by the method {first.method}; another database or "
                              "method is a search of its own. Leave --same-as out.", code="not-the-same", status=2)
    if not databases.canonical(request.database):
        raise ReviewError("--database needs the name of a database.", code="usage")
    if request.date > date.today().isoformat():
        raise ReviewError(f"{request.date} is still to come; say when the search was run.", code="bad-date")
    for path in request.files:
        if readable(path).stat().st_size == 0:
            raise ReviewError(f"{path} is empty. Export it again; a search with no hits is imported from the empty "
                              "list that the database exports.", code="file-empty", file=str(path))


def _already(state: State, request: ImportRequest) -> tuple[Search | None, list[Path]]:
    """The search that holds these files already, if any, and the files that are new."""
    use = "trial" if request.trial else "counted"
    held: dict[str, Search] = {}
    for search in state.searches.values():
        if search.use == use and databases.canonical(search.database) == databases.canonical(request.database):
            held.update({f.sha256: search for f in search.files})
    hashes = {path: sha256_file(path) for path in request.files}
    twins = [held[h] for h in hashes.values() if h in held]
    fresh, seen = [], set(held)
    for path, sha in hashes.items():
        if sha not in seen:
            fresh.append(path)
        seen.add(sha)
    return (twins[0] if twins else None), fresh


def _keep(tx: Transaction, folder: Folder, new_id: str, paths: Sequence[Path], request: ImportRequest,
          progress: Progress | None) -> list[FileReading]:
    """Copy the files byte for byte, and read the copies."""
    readings: list[FileReading] = []
    names: set[str] = {"search.json", "index.csv"}
    first = 1
    for path in paths:
        name = free_name(path.name, names)
        copy = tx.copy(path, folder.searches / new_id / name)
        reading = read_file(copy, name, request.database, encoding=request.encoding, first=first,
                            mapping=request.mapping, progress=progress)
        if not reading.rows and reading.file.in_file is None:
            raise ReviewError(f"{path} holds no records that could be read. "
                              + " ".join(i.message for i in reading.issues[:3]), code="no-records", file=str(path),
                              issues=reading.issues)
        readings.append(reading)
        first += len(reading.rows)
    return readings


def free_name(name: str, names: set[str]) -> str:
    """The file's own name, made safe and different from the others of the search."""
    safe = "".join(c if c.isprintable() and c not in '/\\:*?"<>|' else "_" for c in name).lstrip(".") or "file"
    safe = safe[-150:]
    stem, dot, suffix = safe.rpartition(".")
    number, free = 2, safe
    while free.lower() in names:
        free = f"{stem or suffix}-{number}{dot and '.' + suffix}"
        number += 1
    names.add(free.lower())
    return free


def _search(new_id: str, tx: Transaction, state: State, request: ImportRequest, definition_sha: str,
            readings: Sequence[FileReading]) -> Search:
    missing = tuple(what for what, said in (("string", request.string), ("date", request.date),
                                            ("hits", request.hits is not None)) if not said)
    if request.method not in ("database", "register"):
        missing = tuple(m for m in missing if m == "date")      # no string and no hits outside databases
    source = state.searches[request.same_as].source_search if request.same_as else new_id
    params: dict[str, Any] = {}
    if request.mapping:
        params["mapping"] = dict(request.mapping)
    if request.details:
        params.update({k: v for k, v in request.details.items() if v})
    return Search(
        id=new_id, source_search=source, source="files", database=request.database, platform=request.platform,
        method=request.method, definition_sha=definition_sha, string=request.string, params=params,
        hits=request.hits, use="trial" if request.trial else "counted", searched_on=request.date, opened=tx.time,
        files=tuple(r.file for r in readings), n=sum(len(r.rows) for r in readings),
        versions={"review": review.__version__}, not_confirmed=missing)


def accept(tx: Transaction, folder: Folder, state: State, name: str, reason: str) -> Search:
    """Seal an open search as it is; the reason is logged and shown wherever its number stands."""
    search = state.searches.get(name)
    if search is None:
        raise ReviewError(f"There is no search {name}. Searches: {', '.join(state.searches) or 'none yet'}.",
                          code="no-such-search")
    if search.state == "sealed":
        raise ReviewError(f"{name} is sealed already, with {search.n:,} records.", code="sealed")
    readings, first = [], 1
    for file in search.files:
        if file.role == "records":
            reading = read_file(folder.searches / name / file.name, file.name, search.database, encoding=file.encoding,
                                first=first, mapping=search.params.get("mapping"), format=file.format)
            readings.append(reading)
            first += len(reading.rows)
    tx.event(events.ACCEPTED, name, str(sum(len(r.rows) for r in readings)), reason)
    return seal(tx, folder, search, readings, [f for f in search.files if f.role != "records"])
