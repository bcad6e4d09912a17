"""Trying a query on a file of records: `review try`."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from review import formats
from review.definitions.saved import read_text
from review.ledger.disk import readable
from review.ledger.paths import ID, Workspace
from review.model import Issue, Progress, Record, ReviewError, no_progress
from review.query import databases, load, readers
from review.query.definition import Definition
from review.query.findings import did_you_mean
from review.query.from_strategy import syntax_of
from review.query.index import Index
from review.query.offline import Part, Sentinel, Trial, try_definition, try_strategy
from review.query.readers import Strategy

_EVERY = 500                    # records between two words on how far it is


def read_records(path: Path, progress: Progress = no_progress) -> tuple[list[Record], list[Issue]]:
    """The records of any file that `formats` reads, and what was noticed; ReviewError if there are none."""
    records: list[Record] = []
    issues: list[Issue] = []
    with readable(path).open("rb") as stream:
        for item in formats.read(stream, name=path.name):
            if isinstance(item, Issue):
                issues.append(item)
                continue
            records.append(item.record)
            if len(records) % _EVERY == 0:
                progress(len(records), None, "reading records")
    if not records:
        raise ReviewError(f"{path} holds no records that can be read. " + " ".join(i.message for i in issues[:3]),
                          code="no-records", file=str(path))
    return records, issues


def indexed(records: list[Record], progress: Progress = no_progress) -> Index:
    """The records made searchable."""
    def told(each: Iterable[Record]) -> Iterator[Record]:
        for done, record in enumerate(each):
            if done % _EVERY == 0:
                progress(done, len(records), "indexing records")
            yield record

    return Index(told(records))


def try_query(query: str, path: Path, *, database: str = "", progress: Progress = no_progress) -> dict[str, Any]:
    """What a query finds in a file of records.

    `query` is the id of a saved definition, a definition's file, a file with a search string, or the string
    itself in the syntax of `database` (default PubMed); "" is the definition of the workspace. A definition with
    a `database` is tried as the string for it, with its losses.
    """
    definition = _definition(query)
    # The query is read first: a slip in it should not wait for the records.
    strategy = None if definition else _strategy(query, database)
    begun = time.perf_counter()
    records, issues = read_records(path, progress)
    read = time.perf_counter()
    index = indexed(records, progress)
    made = time.perf_counter()
    if strategy:
        trial, notes = try_strategy(strategy, index), [*strategy.notes, *_mistaken(query)]
    elif definition:
        trial, notes = try_definition(definition, index, database), []
    seconds = {"read": read - begun, "index": made - read, "query": time.perf_counter() - made}
    return {"query": query, "review": definition.id if definition else "",
            "database": databases.title(database) if database else "", **_told(trial),
            "seconds": {k: round(v, 4) for k, v in seconds.items()},
            "issues": [i.as_dict() for i in (*notes, *issues)]}


def _told(trial: Trial) -> dict[str, Any]:
    return {"n": trial.hits, "of": trial.of, "lines": [_part(p) for p in trial.parts],
            "sentinels": [_sentinel(s) for s in trial.sentinels], "losses": [x.as_dict() for x in trial.losses],
            "records": [brief(r) for r in trial.found]}


def _part(part: Part) -> dict[str, Any]:
    return {"line": part.name, "n": part.hits, "alternatives": [{"term": t, "n": n} for t, n in part.alternatives]}


def _sentinel(sentinel: Sentinel) -> dict[str, Any]:
    status = "found" if sentinel.found else "lost" if sentinel.records else "not in the file"
    return {"key": sentinel.key, "status": status, "lost_by": list(sentinel.lost_by),
            "title": sentinel.records[0].title if sentinel.records else ""}


def brief(record: Record) -> dict[str, Any]:
    """A record in a list: what it is called, and by what it is known."""
    ids = record.ids
    known = f"PMID {ids['pmid']}" if "pmid" in ids else ids.get("doi", "") or record.native_id or record.id
    return {"id": known, "title": record.title, "year": record.year}


def _definition(query: str) -> Definition | None:
    """The saved definition that is meant; None for a search string."""
    if query.endswith(".toml") and _is_file(query):
        return load(Path(query))
    try:
        workspace = Workspace.find()
    except ReviewError:
        if query:
            return None
        raise
    if not query or query in workspace.reviews():
        return load(workspace.definition(workspace.choose(query or None)))
    return None


def _strategy(query: str, database: str) -> Strategy:
    """The search string, as given or as a file of that name holds it."""
    text = read_text(Path(query)) if _is_file(query) else query
    return readers.read(text, syntax_of(text, database))


def _is_file(query: str) -> bool:
    """Whether a query is a file's name; a search string may be too long for one."""
    return len(query) < 1000 and "\0" not in query and Path(query).is_file()


def _mistaken(query: str) -> list[Issue]:
    """A word that was searched, though it may have been meant as the name of a definition or of a file."""
    if not ID.fullmatch(query) or _is_file(query):
        return []
    try:
        known = Workspace.find().reviews()
    except ReviewError:
        known = []
    return [Issue("searched-as-words", f"There is no review of the name “{query}”; it was read as a search string."
                  f"{did_you_mean(query, known, 0.7)}")]
