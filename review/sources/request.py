"""What every source speaks: a request goes in, files go to a store, an outcome comes out."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from review.ledger.disk import sync_folder, writing
from review.model import Issue, Progress, ReviewError

Role = Literal["records", "reply"]
Status = Literal["complete", "limited", "open"]


@dataclass(frozen=True)
class Request:
    """One search string for one source, with what the source takes beside the string."""

    string: str
    params: Mapping[str, Any] = field(default_factory=dict)
    limit: int | None = None  # records at most; None is no limit of ours
    tree: Any = None  # the query tree, which the library source evaluates
    since: str | None = None  # ISO date; only records that entered the database on that day or later


@dataclass(frozen=True)
class Outcome:
    """What became of a request. The records themselves lie in the store, in the order of the files' names."""

    status: Status
    hits: int | None  # the server's figure
    read: int  # distinct records in the kept files
    missing: tuple[str, ...] = ()  # native ids that the server named and did not give
    warnings: tuple[Issue, ...] = ()  # everything the server said, and what we noticed
    resume: str = ""  # where `status` is open: what happened, and what to do
    translation: str = ""  # the query as the server understood it
    params: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    interrupted: bool = False  # by a person (Ctrl-C)


class Store(Protocol):
    """The files of one search. A resumed run sees the files of the earlier one."""

    def names(self) -> list[str]:
        """Names of the files, sorted."""

    def read(self, name: str) -> bytes:
        """The bytes of one file."""

    def write(self, name: str, data: bytes, role: Role) -> None:
        """Keep a new file byte for byte: whole or not at all, and on the disk when the call returns."""


class Source(Protocol):
    """What a module of this package offers to be found by the registry."""

    NAME: str  # pubmed, scholar, library: `Search.source`
    DATABASES: tuple[str, ...]  # the databases it searches, by canonical name
    RECORD_FILES: str  # pattern (fnmatch) of the kept files that hold records

    def run(self, request: Request, store: Store, *, progress: Progress) -> Outcome:
        """Retrieve, or go on retrieving; raises ReviewError (status 3) where nothing at all came."""

    def count(self, request: Request) -> tuple[int, tuple[Issue, ...]]:
        """The number of hits without the records, and what the server said."""

    def before_search(self) -> tuple[Issue, ...]:
        """What a person should know before the first request."""


class DirectoryStore:
    """A store that is a folder. Names of files that are being written start with a dot."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.roles: dict[str, Role] = {}

    def names(self) -> list[str]:
        """Names of the files, sorted; unfinished ones are not among them."""
        if not self.folder.is_dir():
            return []
        return sorted(p.name for p in self.folder.iterdir() if p.is_file() and not p.name.startswith("."))

    def read(self, name: str) -> bytes:
        """The bytes of one file."""
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise _damaged(str(self.folder / name), f"can't be read ({error.strerror})") from error

    def write(self, name: str, data: bytes, role: Role) -> None:
        """Write beside, flush to the disk, then rename: a kill leaves the whole file or none of it."""
        with writing(self.folder / name):
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary = self.folder / f".{name}.part"
            with open(temporary, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(self.folder / name)
            sync_folder(self.folder)
        self.roles[name] = role


def no_progress(done: int, total: int | None, text: str) -> None:
    """Say nothing."""


class MemoryStore:
    """A store that forgets: for a look at the number of hits."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def names(self) -> list[str]:
        """Names of the files, sorted."""
        return sorted(self.files)

    def read(self, name: str) -> bytes:
        """The bytes of one file."""
        return self.files[name]

    def write(self, name: str, data: bytes, role: Role) -> None:
        """Keep it as long as this object lives."""
        self.files[name] = data


def _damaged(name: str, what: str) -> ReviewError:
    return ReviewError(
        f"{name} {what}. Restore it from a copy, or withdraw the search and run it anew.",
        code="damaged-file",
        file=name,
    )


PLAN = "plan.json"


def asked(request: Request) -> dict[str, Any]:
    """What a plan says was asked for, as JSON gives it back."""
    words = {"string": request.string, "params": dict(request.params), "limit": request.limit, "since": request.since}
    return cast(dict[str, Any], json.loads(json.dumps(words)))


def kept_plan(request: Request, store: Store) -> dict[str, Any] | None:
    """The plan that an earlier run left. Raises ReviewError where it is the plan of another search."""
    if PLAN not in store.names():
        return None
    try:
        plan = cast(dict[str, Any], json.loads(store.read(PLAN)))
        begun = plan["asked"]
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(PLAN, "is damaged") from error
    if begun != asked(request):
        raise ReviewError(
            "This folder holds the search of another string or limit, so it can't be gone on with. It was begun "
            f"with: {begun['string']} (limit {begun['limit']}).",
            code="other-search",
            file=PLAN,
        )
    return plan


def keep_plan(request: Request, store: Store, found: Mapping[str, Any]) -> dict[str, Any]:
    """Write down what was asked and found; from here on the search can be gone on with."""
    plan = {"asked": asked(request), **found}
    store.write(PLAN, json.dumps(plan, ensure_ascii=False, indent=1).encode("utf-8"), "reply")
    return plan
