"""Decisions made elsewhere: what the exports of other screening tools say, row by row.

Each tool tells decisions in its own way; here they all become votes. Nothing is interpreted that a row doesn't say:
a row without a decision has no vote.

Facts about the exports: Rayyan puts everything into the notes, `RAYYAN-INCLUSION: {"name"=>"Included"} |
RAYYAN-LABELS: ... | RAYYAN-EXCLUSION-REASONS: a,b | USER-NOTES: {"name"=>["text"]}`; Covidence exports one list at a
time, names no reviewers and writes `Exclusion reason: ...;` into Notes; ASReview's label is 1, 0, or blank (-1 in old
versions) for what was not seen; EPPI-Reviewer's codes begin with include or exclude, in a table or in its JSON report.
"""

from __future__ import annotations

import hashlib
import io
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from review import formats
from review.ledger.disk import readable
from review.model import Entry, Issue, Record, ReviewError, replace
from review.screening import elsewhere_eppi
from review.screening.columns import BY_NAME, field_of
from review.sheets.text import plain
from review.words import DECISIONS, ELSEWHERE

Tags = Sequence[tuple[str, str]]

# What a mapping may call a column beside the fields of a record.
OWN_FIELDS = frozenset({"key", "decision", "reason", "note", "reviewer", "retrieval", "retrieval_why", "study",
                        "duplicate_of"})
_REVIEWER_HEADERS = frozenset(map(plain, ("Reviewer", "Screener", "Screened by", "Rater", "审稿人", "筛选人")))
_LABELS = frozenset(map(plain, ("asreview_label", "included", "label", "final_included", "label_included", "included_label",
                                "included_final", "included_flag", "include")))     # ASReview's documentation
_SECTION = re.compile(r"(?:^|\|)\s*(RAYYAN-[A-Z-]+|USER-NOTES)\s*:\s*")
_RAYYAN_COLUMNS = frozenset({"RAYYAN-INCLUSION", "RAYYAN-LABELS", "RAYYAN-EXCLUSION-REASONS", "USER-NOTES"})
_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"\s*=>\s*(?:"((?:[^"\\]|\\.)*)"|\[((?:[^\]"]|"(?:[^"\\]|\\.)*")*)\])')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_COVIDENCE_REASON = re.compile(r"Exclusion reason:\s*([^;|\n]+)", re.IGNORECASE)
_CODE = re.compile(r"\s*(include|exclude)d?\b[\s:,\-\u2013\u2014]*(?:based on|on the|on|for)?\s*(.*)", re.IGNORECASE | re.DOTALL)
_LATE = frozenset(DECISIONS["full-text"]) - frozenset(DECISIONS["title-abstract"])
_TICKED = frozenset({"1", "x", "yes", "y", "true", "✓", "✔"})


@dataclass(frozen=True)
class Vote:
    """What one person, or nobody by name (`who` is ""), says of a row. Texts as they stand in the file."""

    who: str
    decision: str
    reasons: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Row:
    """One row of the file: its place, its record, what identifies it, its votes, and what else it tells."""

    place: str                                  # "row 12", as a log's cell
    record: Record
    key: str = ""                               # one of our keys, if it has a column for them
    votes: tuple[Vote, ...] = ()
    more: Mapping[str, str] = field(default_factory=dict)   # retrieval, retrieval_why, study, duplicate_of


@dataclass(frozen=True)
class Words:
    """A mapping file: what the words of the other tool are called here.

    `columns`: header -> field of a record or of OWN_FIELDS ("decision AB": the decision of AB; "": nothing).
    `decisions`, `reasons`, `reviewers`: the tool's word -> ours; compared without case, blanks and punctuation, but for
    reviewers, who are taken as they stand.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    reviewers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What the user says of a file. `reviewer`: whose word the whole file is; `names`: name in the file -> code."""

    path: Path
    tool: str                               # one of words.ELSEWHERE
    stage: str
    reviewer: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    decision: str = ""                      # for a list that is itself the decision
    words: Words = field(default_factory=Words)
    encoding: str = ""
    newer: bool = False                     # this file is a later word than what is logged


def request(path: Path, tool: str, stage: str, reviewers: Sequence[str] = (), *, decision: str = "",
            mapping: str | None = None, encoding: str = "", newer: bool = False) -> Request:
    """What the user says, put together. `reviewers`: one code, or "name in the file=code" several times."""
    if not stage:
        raise ReviewError("At which stage were these decisions made? Say --stage title-abstract or --stage full-text.",
                          code="usage")
    readable(path)
    if decision and decision not in DECISIONS[stage]:
        raise ReviewError(f"“{decision}” is no decision at {stage}.", code="usage")
    whole = [text for text in reviewers if "=" not in text]
    names = {name.strip(): code.strip() for name, _, code in (t.rpartition("=") for t in reviewers if "=" in t)}
    if len(whole) > 1 or whole and names:
        raise ReviewError("Say one --reviewer CODE, whose word the whole file is; or --reviewer \"NAME=CODE\" for each name "
                          "in it.", code="usage")
    words = read_words(Path(mapping)) if mapping else Words()
    return Request(path, tool, stage, whole[0] if whole else "", names, decision, words, encoding, newer)


def read_words(path: Path) -> Words:
    """Read a mapping file (TOML: tables columns, decisions, reasons, reviewers). ReviewError says what is wrong."""
    def wrong(what: str) -> ReviewError:
        return ReviewError(f"{path}: {what}. It may hold the tables [columns], [decisions], [reasons] and [reviewers], each "
                           'with lines "their word" = "our word".', code="mapping", file=str(path))

    try:
        data = tomllib.loads(readable(path, pipe=True).read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise wrong(f"it can't be read ({error})") from error
    for name, table in data.items():
        if name not in ("columns", "decisions", "reasons", "reviewers") or not isinstance(table, dict):
            raise wrong(f"“{name}” is none of its tables")
        if not all(isinstance(v, str) for v in table.values()):
            raise wrong(f"[{name}] holds something that is no text")
    bad = [v for v in data.get("decisions", {}).values() if v not in (*DECISIONS["full-text"], "")]
    if bad:
        raise wrong(f"“{bad[0]}” is no decision (they are {', '.join(DECISIONS['full-text'])}, or \"\" for none yet)")
    return Words(data.get("columns", {}), {plain(k): v for k, v in data.get("decisions", {}).items()},
                 {plain(k): v for k, v in data.get("reasons", {}).items()}, data.get("reviewers", {}))


@dataclass(frozen=True)
class Table:
    """What a file holds, and what a person should know of the reading."""

    name: str
    sha256: str
    rows: tuple[Row, ...]
    issues: tuple[Issue, ...]


def read_table(asked: Request, data: bytes) -> Table:
    """Read a file of that tool; a list that says nothing row by row says everywhere what the user says of it."""
    words, listed_as = asked.words, asked.decision
    fields = {h: f for h, f in words.columns.items() if f and f.split(" ")[0] not in OWN_FIELDS}
    # So that a table of keys, of titles or of identifiers alone is a table.
    known = {"Key": "native_id", "Report key": "native_id", "Title": "title", "DOI": "doi", "PMID": "pmid", **fields}
    titles = {header: "title" for header in BY_NAME["title"].aliases if asked.tool == "sheet"}
    known = {**titles, **known}
    reader = _READERS[asked.tool]
    table = elsewhere_eppi.as_table(data) if asked.tool == "eppi" else None
    name = asked.path.name if table is None else f"{asked.path.stem}.csv"
    rows: list[Row] = []
    issues: list[Issue] = []
    for item in formats.read(io.BytesIO(data if table is None else table), name=name, encoding=asked.encoding or None,
                             mapping=known):
        if isinstance(item, Issue):
            issues.append(item)
            continue
        own = _own_columns(item.tags, words, asked.tool)
        votes = reader(item.tags, own)
        if asked.stage == "title-abstract":             # a tag that only says something of a full text
            votes = [replace(v, decision="") if v.decision in _LATE else v for v in votes]
        if listed_as and not any(v.decision for v in votes):
            votes = [Vote("", listed_as, votes[0].reasons, votes[0].note)] if votes else [Vote("", listed_as)]
        place = _place(item, len(rows) + 1) if table is None else f"record {len(rows) + 1}"
        rows.append(Row(place, replace(item.record, id=f"row/{len(rows) + 1:07d}"),
                        own.get("key", ""), tuple(v for v in votes if v.decision),
                        {k: own[k] for k in ("retrieval", "retrieval_why", "study", "duplicate_of") if own.get(k)}))
    return Table(asked.path.name, hashlib.sha256(data).hexdigest(), tuple(rows), tuple(issues))


def _place(entry: Entry, ordinal: int) -> str:
    """Where a row is found again: its line, its row of a workbook, or its number."""
    if entry.line:
        return f"line {entry.line}"
    return f"row {entry.offset}" if not entry.length and entry.offset else f"record {ordinal}"


def _own_columns(tags: Tags, words: Words, tool: str) -> dict[str, str]:
    """What a row's columns say beside the record: by the mapping, else by their usual names. In the exports of a tool few
    names mean what they do in a sheet (Covidence's Study is the author and year)."""
    usual = OWN_FIELDS if tool == "sheet" else {"key", "reviewer", "note"}
    mapped = {plain(h): f for h, f in words.columns.items()}
    out: dict[str, str] = {}
    for header, value in tags:
        name = mapped.get(plain(header))
        if name is None:
            name = "reviewer" if plain(header) in _REVIEWER_HEADERS else field_of(header)[0]
            name = name if name in usual else ""
        if name.split(" ")[0] in OWN_FIELDS and value.strip():
            out.setdefault(name, value.strip())
    return out


def _sheet(tags: Tags, own: Mapping[str, str]) -> list[Vote]:
    """A plain sheet: a decision a row, with a reviewer or without; or a column "decision AB" for each reviewer."""
    out = [Vote(own.get("reviewer", ""), own.get("decision", ""), _given(own.get("reason", "")), own.get("note", ""))]
    for name, value in own.items():
        what, _, who = name.partition(" ")
        if what == "decision" and who:
            out.append(Vote(who, value, _given(own.get(f"reason {who}", "")), own.get(f"note {who}", "")))
    return [v for v in out if v.decision or v.reasons or v.note]


def _given(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _rayyan(tags: Tags, own: Mapping[str, str]) -> list[Vote]:
    """Everything stands in the notes, or in columns of these names; reasons and labels belong to the row, and reasons to
    those who excluded it."""
    text = " | ".join(f"{header}: {value}" if header in _RAYYAN_COLUMNS else value for header, value in tags
                      if header in _RAYYAN_COLUMNS or "RAYYAN-" in value or "USER-NOTES" in value)
    parts = _SECTION.split(text)
    said: dict[str, str] = {}
    for name, value in zip(parts[1::2], parts[2::2], strict=False):
        said[name] = f"{said[name]}, {value.strip(' |')}" if name in said else value.strip(" |")
    reasons = tuple(t.strip() for t in said.get("RAYYAN-EXCLUSION-REASONS", "").split(",") if t.strip())
    labels = said.get("RAYYAN-LABELS", "")
    notes = {who: "; ".join(_plain(t) for t in _QUOTED.findall(many)) or _plain(one)
             for who, one, many in _PAIR.findall(said.get("USER-NOTES", ""))}
    out = []
    for who, word, _ in _PAIR.findall(said.get("RAYYAN-INCLUSION", "")):
        if word.casefold() not in ("", "undecided"):
            note = "; ".join(t for t in (notes.get(who, ""), f"labels: {labels}" if labels else "") if t)
            excluded = word.casefold().startswith("exclu")
            out.append(Vote(_plain(who), word, reasons if excluded else (), note))
    return out


def _plain(text: str) -> str:
    """A quoted text without its backslashes."""
    return re.sub(r"\\(.)", r"\1", text).strip()


def _covidence(tags: Tags, own: Mapping[str, str]) -> list[Vote]:
    """The list is the decision (`--decision`); a row adds its reason, and the two tags that Covidence itself counts."""
    notes = " ".join(v for h, v in tags if plain(h) in ("notes", "n1", "note"))
    labels = next((v for h, v in tags if plain(h) == "tags"), "")
    found = {t.strip().casefold() for t in labels.split(";")}
    decision = "ongoing" if "ongoing study" in found else "awaiting-classification" if "awaiting classification" in found else ""
    reasons = tuple(m.strip() for m in _COVIDENCE_REASON.findall(notes))
    rest = "; ".join(t for t in (_COVIDENCE_REASON.sub("", notes).strip(" ;|"), f"tags: {labels}" if labels else "") if t)
    return [Vote("", own.get("decision", decision), reasons or _given(own.get("reason", "")), rest)]


def _asreview(tags: Tags, own: Mapping[str, str]) -> list[Vote]:
    """A label column of 1 and 0, or in RIS a note."""
    note = next((v for h, v in tags if plain(h) in ("asreviewnote", "exportednotes0")), "")
    words = {"1": "include", "0": "exclude", "1.0": "include", "0.0": "exclude"}
    columns = {plain(h): v.strip() for h, v in tags if plain(h) in _LABELS}
    label = columns.get("asreviewlabel") or next(iter(columns.values()), "")
    marks = {v.strip().casefold() for _, v in tags}
    if "asreview_relevant" in marks or "asreview_irrelevant" in marks:
        label = "1" if "asreview_relevant" in marks else "0"
    return [Vote(own.get("reviewer", ""), words[label], (), note)] if label in words else []


def _eppi(tags: Tags, own: Mapping[str, str]) -> list[Vote]:
    """Codes, each beginning with include or exclude: in a column of codes, or as columns that are ticked."""
    codes = [c for h, v in tags if plain(h) in ("codes", "code", "decision") for c in re.split(r"[;\n|]", v)]
    codes += [h for h, v in tags if _CODE.match(h) and len(h.split()) > 1 and v.strip().casefold() in _TICKED]
    found = [m for m in map(_CODE.match, codes) if m]
    if not found:
        return []
    said = {m[1].casefold() for m in found}
    decision = said.pop() if len(said) == 1 else " and ".join(sorted(said))     # both: nothing that can be read
    reasons = tuple(m[2].strip() for m in found if m[1].casefold() == "exclude" and m[2].strip())
    return [Vote(own.get("reviewer", ""), decision, reasons if decision == "exclude" else (), own.get("note", ""))]


_READERS: Mapping[str, Callable[[Tags, Mapping[str, str]], list[Vote]]] = dict(
    zip(ELSEWHERE, (_rayyan, _covidence, _asreview, _eppi, _sheet), strict=True))
