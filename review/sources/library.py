"""The offline library: a definition's expression run over a local file of records.

A library is not the database whose name it is counted under. What it is, is said in the outcome: the
file's name and hash, and that it was searched offline.

    hits.jsonl      the records found, in the library's order
    plan.json       what was asked
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from review import formats
from review.ledger.disk import readable
from review.model import Issue, Progress, Record, ReviewError
from review.query.evaluate import offline_losses
from review.sources.request import Outcome, Request, Store, keep_plan, kept_plan

NAME = "library"
DATABASES: tuple[str, ...] = ()  # it is named by the user (--library NAME=FILE), never found by a database
RECORD_FILES = "hits*.jsonl"
HITS = "hits.jsonl"
WORDS = "offline library: records compiled from a file, not retrieved from the database"


def run(request: Request, store: Store, *, progress: Progress) -> Outcome:
    """Evaluate the tree over the records of `params["file"]` and keep those found.

    Raises ReviewError where the file can't be read or the folder holds another search.
    """
    path = _path(request)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    # The plan names the file without its folder: a workspace may move between a stop and the next run.
    asked = replace(request, params={**request.params, "file": path.name})
    plan = kept_plan(asked, store)
    if plan is None:
        plan = keep_plan(asked, store, {"sha256": digest})
    if plan["sha256"] != digest:
        raise ReviewError(
            f"{path.name} has changed since this search was begun. Put the earlier file back, or run a new search.",
            code="library-changed",
            file=str(path),
        )
    issues: list[Issue] = []
    found = list(_found(request, path, issues, progress))
    kept = found if request.limit is None else found[: request.limit]
    if kept:  # a file without a record would be no file of records
        buffer = io.BytesIO()
        formats.write(kept, buffer, format="records-jsonl")
        if HITS not in store.names():
            store.write(HITS, buffer.getvalue(), "records")
    progress(len(kept), len(kept), "library searched")
    params = {key: value for key, value in request.params.items() if key != "file"}
    params |= {"library": path.name, "library_sha256": digest, "source": WORDS}
    return Outcome(
        "limited" if len(kept) < len(found) else "complete",
        len(found),
        len(kept),
        warnings=(*_losses(request), *issues),
        params=params,
    )


def count(request: Request) -> tuple[int, tuple[Issue, ...]]:
    """The number of records that the expression finds, and what was noticed while reading."""
    issues: list[Issue] = []
    hits = sum(1 for _ in _found(request, _path(request), issues, lambda *_: None))
    return hits, (*_losses(request), *issues)


def _path(request: Request) -> Path:
    if request.tree is None:
        raise ReviewError("A library is searched with a definition's expression, not with a bare string.",
                          code="library-tree")  # fmt: skip
    if request.since:
        raise ReviewError("A library knows no date of entry.", code="library-since")
    return readable(Path(str(request.params.get("file", ""))))


def before_search() -> tuple[Issue, ...]:
    """Nothing: no request goes out."""
    return ()


def _found(request: Request, path: Path, issues: list[Issue], progress: Progress) -> Iterator[Record]:
    from review.query.index import Index  # brings SQLite along

    low, high = request.params.get("year_low"), request.params.get("year_high")
    for record in Index(_records(path, issues, progress)).search(request.tree):
        # A record without a year is kept: whether it lies in the range is for a person to see.
        if record.year is None or (low or record.year) <= record.year <= (high or record.year):
            yield record


def _records(path: Path, issues: list[Issue], progress: Progress) -> Iterator[Record]:
    read = 0
    with path.open("rb") as stream:
        for item in formats.read(stream, name=path.name):
            if isinstance(item, Issue):
                if item.code == "format-unknown":
                    raise ReviewError(item.message, code=item.code, file=item.file)
                issues.append(item)
                continue
            read += 1
            if read % 500 == 0:
                progress(read, None, f"searching {path.name}")
            yield replace(item.record, id="", search="", ordinal=0)


def _losses(request: Request) -> tuple[Issue, ...]:
    return tuple(
        Issue(loss.code, f"The library can't {loss.cannot} ({loss.term}); searched instead: {loss.instead}.")
        for loss in offline_losses(request.tree)
    )
