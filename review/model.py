"""The types that every room shares: frozen dataclasses, no input or output.

Words follow PRISMA 2020. A *record* is one hit of one search; a *report* is a document that one
or more records describe; a *study* is the investigation that one or more reports tell of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

from review.words import DATABASE_ARM, DECISIONS, METHODS, STAGES, Stage

# How long work tells where it stands: done, total (None while unknown), a few words.
Progress = Callable[[int, int | None, str], None]

def no_progress(done: int, total: int | None, text: str) -> None:
    """Tell nothing."""


class ReviewError(Exception):
    """Something a user can cause or cure. The message says what happened, where, and what to do.

    `status` is the exit status of the command line: 1 needs a person, 2 wrong use (or a file or disk that can't be read or
    written), 3 a source failed.
    """

    def __init__(self, message: str, *, code: str = "error", status: int = 2, file: str = "",
                 line: int | None = None, cell: str = "", issues: tuple[Issue, ...] = ()) -> None:
        super().__init__(message)
        self.message, self.code, self.status = message, code, status
        self.file, self.line, self.cell, self.issues = file, line, cell, issues

    def as_issue(self) -> Issue:
        """The same as an issue, for lists of them."""
        return Issue(self.code, self.message, file=self.file, line=self.line, cell=self.cell)


@dataclass(frozen=True, slots=True)
class Issue:
    """Something a person should know, with its place. Bad data becomes an issue, never an exception."""

    code: str                       # short and stable, e.g. "ris-no-end"
    message: str                    # for people: what, where, what to do
    file: str = ""
    line: int | None = None         # counted from 1
    cell: str = ""                  # a spreadsheet address, "D17"
    severity: Literal["error", "warning", "info"] = "warning"

    def as_dict(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {"code": self.code, "file": self.file, "line": self.line, "cell": self.cell,
                "message": self.message, "severity": self.severity}


@dataclass(frozen=True, slots=True)
class Record:
    """One hit of one search. Never changed, never deleted.

    Readers fill everything but `id`, `search` and `ordinal`, which are given when the search is sealed:
    `id` is `<search>/<six-digit ordinal>`.
    """

    id: str = ""
    search: str = ""
    ordinal: int = 0                                    # counted from 1 within the search
    native_id: str = ""                                 # the database's own key for it (PMID, EID, UT, cluster id)
    database: str = ""                                  # where one file holds several databases: which
    ids: Mapping[str, str] = field(default_factory=dict)  # doi, pmid, pmcid, pii, trial, ... normalised
    title: str = ""
    titles_other: tuple[str, ...] = ()                  # vernacular or translated titles
    authors: tuple[str, ...] = ()                       # "Family, Given"; collective names as they stand
    orcids: tuple[str, ...] = ()                        # "Family, Given: 0000-0002-1825-0097"
    year: int | None = None
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""                                     # pages or article number, as the source gave it
    abstract: str = ""
    snippet: str = ""                                   # a search engine's snippet; never an abstract
    summary: str = ""                                   # a compiler's own words; never an abstract
    keywords: tuple[str, ...] = ()
    mesh: tuple[str, ...] = ()                          # "Child/psychology", a major topic ends in "*"
    language: str = ""                                  # ISO 639-1 where known ("en", "zh"), else as given
    kind: str = ""                                      # journal-article, review, preprint, thesis, report, ...
    publication_types: tuple[str, ...] = ()             # as the source names them
    notices: tuple[str, ...] = ()                       # retracted, concern, erratum, commented, ...
    grants: tuple[str, ...] = ()                        # "number, agency, country", as far as given
    dates: Mapping[str, str] = field(default_factory=dict)  # entrez, electronic, print, ... ISO, as far as given
    url: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Fields that hold something, in the order above; the shape of a line in records.jsonl."""
        out: dict[str, Any] = {}
        for f in fields(self):
            value = getattr(self, f.name)
            if value in ("", None, (), {}) or (f.name == "ordinal" and not value):
                continue
            if isinstance(value, tuple):
                value = list(value)
            elif isinstance(value, Mapping):
                value = dict(sorted(value.items()))
            out[f.name] = value
        return out

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Record:
        """The inverse of `as_dict`; unknown keys are ignored (a later version may have written them)."""
        known: dict[str, Any] = {}
        for f in fields(cls):
            if f.name in data:
                value = data[f.name]
                known[f.name] = tuple(value) if isinstance(value, list) else value
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a reader yields for one record: the record, every tag as it stood, and its place in the file.

    `offset` and `length` are bytes of the file as received; where a container has no byte places
    (a workbook), `offset` is the row, counted from 1, and `length` is 0.
    """

    record: Record
    tags: tuple[tuple[str, str], ...] = ()
    offset: int = 0
    length: int = 0
    line: int | None = None


@dataclass(frozen=True, slots=True)
class SearchFile:
    """One file of a search, byte for byte as received."""

    name: str
    sha256: str
    role: Literal["records", "reply", "string", "beside"] = "records"     # beside: a page that a record describes
    format: str = ""
    encoding: str = ""
    in_file: int | None = None      # records counted by a means independent of the reader
    read: int | None = None         # records the reader gave


@dataclass(frozen=True, slots=True)
class Search:
    """One run of one string against one source, or one import of the files that one database gave."""

    id: str                                             # 20261121-pubmed-1
    source_search: str                                  # the id of its first run
    source: str                                         # pubmed, scholar, files, library
    database: str                                       # as people write it: "PubMed", "Google Scholar"
    platform: str = ""
    method: str = "database"
    definition_sha: str = ""
    string: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    limit: int | None = None
    hits: int | None = None                             # the server's figure
    state: Literal["open", "sealed"] = "open"
    use: Literal["counted", "trial", "superseded", "withdrawn", "baseline"] = "counted"
    searched_on: str = ""                               # ISO date
    opened: str = ""                                    # ISO time, UTC
    sealed: str = ""
    files: tuple[SearchFile, ...] = ()
    n: int = 0                                          # records
    warnings: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    not_confirmed: tuple[str, ...] = ()                 # of string, date, hits: what nobody stated

    def as_dict(self) -> dict[str, Any]:
        """The content of search.json."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Search:
        """The inverse of `as_dict`."""
        known = {f.name for f in fields(cls)}
        values = {k: v for k, v in data.items() if k in known}
        values["files"] = tuple(SearchFile(**f) for f in values.get("files", ()))
        for name in ("warnings", "not_confirmed"):
            values[name] = tuple(values.get(name, ()))
        return cls(**values)

    @property
    def arm(self) -> Literal["database", "other"]:
        """The arm of the flow that its records enter (PRISMA 2020, boxes 2 and 11)."""
        return "database" if self.method in DATABASE_ARM else "other"


# The four logs. Each row also says when it was written: seq (one sequence over all logs), transaction, time.

@dataclass(frozen=True, slots=True)
class Assignment:
    """Which report a record describes, and why."""

    seq: int
    transaction: int
    time: str
    record: str
    report: str
    op: Literal["assign", "join", "split", "undo", "same", "different"]
    actor: str                      # matcher@version, or a person's code
    rule: str = ""
    score: str = ""
    evidence_for: str = ""
    evidence_against: str = ""
    reason: str = ""

    @property
    def resembled(self) -> str:
        """The record that the matcher found this one to be like (`for` begins "with RECORD: "); "" where none."""
        first, _, rest = self.evidence_for.partition(": ")
        return first.removeprefix("with ") if rest and first.startswith("with ") else ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One reviewer's word on one report at one stage. Never rewritten."""

    seq: int
    transaction: int
    time: str
    report: str                     # the key as it was issued
    stage: str
    round: int                      # 0 is the pilot
    reviewer: str
    kind: Literal["independent", "adjudicated", "imported"]
    decision: str
    reason: str = ""
    note: str = ""
    raw: str = ""
    sheet: str = ""
    file_sha: str = ""
    cell: str = ""
    members: str = ""               # hash of the report's records when it was issued


@dataclass(frozen=True, slots=True)
class Link:
    """A relation between reports, or between a report and a study."""

    seq: int
    transaction: int
    time: str
    source: str                     # a report key (column `from`)
    target: str                     # a report key, or a study id (column `to`)
    type: Literal["study", "preprint-of", "erratum-of", "abstract-of", "part-of", "version-of",
                  "registration-of", "cites"]
    op: Literal["link", "unlink"]
    actor: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the review; `type` says what (see ledger.events)."""

    seq: int
    transaction: int
    time: str
    type: str
    subject: str
    value: str = ""
    reason: str = ""
    actor: str = ""


__all__ = [
    "DATABASE_ARM", "DECISIONS", "METHODS", "STAGES", "Assignment", "Decision", "Entry", "Event", "Issue",
    "Link", "Progress", "Record", "ReviewError", "Search", "SearchFile", "Stage", "replace",
]
