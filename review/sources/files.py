"""Imports: the export files that one database gave become one search."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import review
from review import formats
from review.ledger import events
from review.ledger.dates import iso_date
from review.ledger.disk import readable, sha256_file
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.ledger.transaction import Transaction
from review.model import METHODS, Issue, Progress, ReviewError, Search, SearchFile
from review.query import databases
from review.sources import beside
from review.sources.request import DirectoryStore
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
    fields: Mapping[str, str] | None = None     # a person's words on the one file given, which is kept beside them
    pages: bool = True              # whether the column `file` of a table names pages to keep beside it
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
                          for r in self.readings],
                "beside": [f.name for f in self.search.files if f.role == "beside"]}


def import_files(tx: Transaction, folder: Folder, state: State, request: ImportRequest, definition_sha: str,
                 progress: Progress | None = None) -> ImportResult:
    """Make the files one search: sealed at once where every record was read, else open until accepted."""
    _check(request, state)
    with tempfile.TemporaryDirectory() as folder_of_table:
        if request.fields is not None:
            table = beside.table_for(request.files[0], request.fields, Path(folder_of_table))
            given = beside.Sorted((table,), request.files)
        else:
            given = beside.sort(request.files) if request.pages else beside.Sorted(request.files)
        return _import(tx, folder, state, replace(request, files=given.exports), given, definition_sha, progress)


def _import(tx: Transaction, folder: Folder, state: State, request: ImportRequest, given: beside.Sorted,
            definition_sha: str, progress: Progress | None) -> ImportResult:
    twin, fresh = _already(state, request)
    if twin is not None and not fresh:
        readings = [read_file(p, p.name, request.database, encoding=request.encoding, mapping=request.mapping)
                    for p in request.files]
        return ImportResult(twin, True, tuple(readings), _not_taken(request, twin))
    new_id = search_id(state, request.database, tx.time[:10])
    names = {"search.json", "index.csv"}
    readings = _keep(tx, folder, new_id, fresh, names, request, progress)
    if request.hits and not any(r.rows for r in readings):
        raise ReviewError(f"The database reported {request.hits:,} hits, and the files hold no record. Export them again; "
                          "nothing was imported.", code="no-records", status=1, file=str(fresh[0]))
    pages = _keep_beside(tx, folder, new_id, given.beside, names)
    issues = [*given.issues, *(i for r in readings for i in r.issues)]
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
    result = ImportResult(_search(new_id, tx, state, request, definition_sha, readings, pages), False, tuple(readings),
                          tuple(issues))
    log_opened(tx, folder, result.search)
    if not result.complete:
        lost = Issue("records-lost", f"The files hold {many(result.in_file, 'record')}, {result.read:,} were read"
                     f"{'' if result.in_file != result.read else ', and a file is damaged'}. The search {new_id} stays open "
                     "and does not count. Look at the issues above, or accept it as it is with "
                     f"`review accept {new_id} --reason …`.", severity="error")
        return replace(result, issues=(*result.issues, lost))
    return replace(result, search=seal(tx, folder, result.search, readings, pages))


def _not_taken(request: ImportRequest, search: Search) -> tuple[Issue, ...]:
    """Of files that are imported already: what is said of them now and was not said then, or otherwise."""
    said = {"platform": (request.platform, search.platform), "date": (request.date, search.searched_on),
            "string": (request.string, search.string), "hits": (request.hits, search.hits)}
    other = [what for what, (now, then) in said.items() if now not in ("", None, then)]
    if not other:
        return ()
    verb = "was" if len(other) == 1 and other != ["hits"] else "were"
    return (Issue("not-taken", f"{search.id} is sealed and stays as it was imported; the {' and '.join(other)} given now "
                  f"{verb} not taken. To have it with them: review withdraw {search.id} "
                  "--reason …, then import the file again.", file=search.id),)


def _read_as_said(reading: FileReading, path: Path, encoding: str) -> None:
    """ReviewError where the encoding that was said leaves no title at all: it is another, and nothing is kept."""
    if encoding and reading.untitled and reading.untitled == len(reading.rows):
        with open(path, "rb") as stream:
            used = formats.describe(stream, reading.file.name)[1]
        raise ReviewError(f"{reading.file.name} can't be read as {encoding}: none of its {many(len(reading.rows), 'record')} has "
                          f"a title then. Nothing was imported. Leave --encoding out (the file looks like {used}).",
                          code="wrong-encoding", file=reading.file.name)


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
    if not request.database.strip():
        raise ReviewError("--database needs the name of a database.", code="usage")
    if iso_date(request.date) > date.today().isoformat():
        raise ReviewError(f"{request.date} is still to come; say when the search was run.", code="bad-date")
    if request.fields is not None and len(request.files) != 1:
        raise ReviewError("--fields describes one file. For several write a table (CSV) with a column `file` that names "
                          "them, and import that.", code="usage")
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


def _keep_beside(tx: Transaction, folder: Folder, new_id: str, paths: Sequence[Path], names: set[str]
                 ) -> list[SearchFile]:
    """Copy pages and documents that records describe, byte for byte."""
    kept = []
    for path in paths:
        name = free_name(path.name, names)
        copy = tx.copy(path, folder.searches / new_id / name)
        kept.append(SearchFile(name, sha256_file(copy), "beside"))
    return kept


def _keep(tx: Transaction, folder: Folder, new_id: str, paths: Sequence[Path], names: set[str], request: ImportRequest,
          progress: Progress | None) -> list[FileReading]:
    """Copy the files byte for byte, and read the copies."""
    readings: list[FileReading] = []
    first = 1
    for path in paths:
        name = free_name(path.name, names)
        copy = tx.copy(path, folder.searches / new_id / name)
        reading = read_file(copy, name, request.database, encoding=request.encoding, first=first,
                            mapping=request.mapping, progress=progress)
        if not reading.rows and not reading.file.in_file and (
                reading.file.in_file is None or any(i.severity == "error" for i in reading.issues)):
            raise ReviewError(f"{path} holds no records that could be read. "
                              + " ".join(i.message for i in reading.issues[:3]), code="no-records", file=str(path),
                              issues=reading.issues)
        _read_as_said(reading, path, request.encoding)
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
            readings: Sequence[FileReading], pages: Sequence[SearchFile]) -> Search:
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
        files=(*(r.file for r in readings), *pages), n=sum(len(r.rows) for r in readings),
        versions={"review": review.__version__}, not_confirmed=missing)


def accept(tx: Transaction, folder: Folder, state: State, name: str, reason: str) -> Search:
    """Seal an open search as it is; the reason is logged and shown wherever its number stands."""
    search = state.searches.get(name)
    if search is None:
        raise ReviewError(f"There is no search {name}. Searches: {', '.join(state.searches) or 'none yet'}.",
                          code="no-such-search")
    if search.state == "sealed":
        raise ReviewError(f"{name} is sealed already, with {search.n:,} records.", code="sealed")
    _all_noted(folder, search)
    readings, first = [], 1
    for file in search.files:
        if file.role == "records":
            reading = read_file(folder.searches / name / file.name, file.name, search.database, encoding=file.encoding,
                                first=first, last=search.limit, mapping=search.params.get("mapping"), format=file.format)
            readings.append(reading)
            first += len(reading.rows)
    if not any(r.rows for r in readings):
        raise ReviewError(f"No record ever came for {name}, so there is nothing to accept: that would count as a search "
                          f"with 0 hits. Run it again, or leave it out: review withdraw {name} --reason …",
                          code="nothing-came", status=1, file=name)
    tx.event(events.ACCEPTED, name, str(sum(len(r.rows) for r in readings)), reason)
    return seal(tx, folder, search, readings, [f for f in search.files if f.role != "records"])


def _all_noted(folder: Folder, search: Search) -> None:
    """A run that was killed leaves files that search.json does not name yet; accepted so, their records would be lost."""
    noted = {"search.json", "index.csv", *(file.name for file in search.files)}
    if kept := [n for n in DirectoryStore(folder.searches / search.id).names() if n not in noted]:
        raise ReviewError(f"{search.id} was cut off before what it had received was noted ({len(kept):,} files). Run "
                          "review search once more; what is there will not be fetched again. Then accept it, if it is "
                          "still open.", code="cut-off")
