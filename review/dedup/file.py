"""Deduplicating export files without a review: tables of clusters, merges, possible and related pairs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from review import formats
from review.dedup import match
from review.dedup.merge import merged
from review.dedup.results import Matching
from review.model import Entry, Issue, Progress, Record, ReviewError, replace


@dataclass(frozen=True)
class Summary:
    """What `dedupe_file` did. Counts are of records, reports and pairs."""

    records: int
    reports: int
    possible: int
    related: int
    outputs: tuple[Path, ...]
    issues: tuple[Issue, ...]

    def as_dict(self) -> dict[str, object]:
        """As `--json` prints it."""
        return {"records": self.records, "reports": self.reports, "merged": self.records - self.reports,
                "possible": self.possible, "related": self.related, "outputs": [str(p) for p in self.outputs],
                "issues": [i.as_dict() for i in self.issues]}


def dedupe_file(paths: Sequence[str | Path], out: str | Path, progress: Progress | None = None) -> Summary:
    """Deduplicate the records of export files into the folder `out`.

    Writes clusters.csv, merges.csv, possible.csv, related.csv (UTF-8, LF, sorted, headers always) and
    `unique.<suffix>`: one record a report, the best of each field, in the format of the input (RIS where the
    files are of several formats, or of one that is not written). A record's id is its `ID` column where the
    file has one, else `<file name>:<ordinal>`. Raises ReviewError where a file can't be opened or holds no record.
    """
    from review.dedup.matcher import without_gc

    with without_gc():
        return _dedupe([Path(p) for p in paths], Path(out), progress)


def _dedupe(paths: list[Path], folder: Path, progress: Progress | None) -> Summary:
    records, kinds, issues = _read_all(paths)
    if not records:
        raise ReviewError("no record was found in " + ", ".join(str(p) for p in paths) + "; nothing was written",
                          code="no-records", file=str(paths[0]) if paths else "", issues=tuple(issues))
    matching = match(records, progress=progress)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        outputs = _write_all(folder, records, matching, _format_of(kinds))
    except OSError as error:
        raise ReviewError(f"cannot write to {folder}: {error.strerror}; choose another folder with --out",
                          code="cannot-write", file=str(folder)) from error
    return Summary(len(records), len(matching.groups), len(matching.possible), len(matching.related), outputs,
                   (*issues, *matching.notes))


def _read_all(paths: list[Path]) -> tuple[list[Record], list[str], list[Issue]]:
    """The records of all files under their ids, the files' formats, and what the readers reported."""
    names = [p.name for p in paths]
    records: dict[str, Record] = {}
    kinds: list[str] = []
    issues: list[Issue] = []
    for path in paths:
        name = path.name if names.count(path.name) == 1 else str(path)
        try:
            with path.open("rb") as stream:
                kinds.append(formats.describe(stream, path.name)[0] or "")
                stream.seek(0)
                _read_one(stream, name, records, issues)
        except OSError as error:
            raise ReviewError(f"cannot read {path}: {error.strerror}", code="cannot-read", file=str(path)) from error
    return list(records.values()), kinds, issues


def _read_one(stream: object, name: str, records: dict[str, Record], issues: list[Issue]) -> None:
    ordinal = 0
    for item in formats.read(stream, name=name):  # type: ignore[arg-type]
        if isinstance(item, Issue):
            issues.append(item)
            continue
        ordinal += 1
        own = _own_id(item)
        key = own or f"{name}:{ordinal}"
        if key in records:
            issues.append(Issue("id-twice", f"the ID {key!r} stands twice; the second record is called {name}:{ordinal}",
                                file=name, line=item.line))
            key = f"{name}:{ordinal}"
        records[key] = replace(item.record, id=key, ordinal=ordinal, journal=item.record.journal or _container(item))


def _own_id(entry: Entry) -> str:
    return next((value.strip() for tag, value in entry.tags if tag == "ID"), "") if entry.tags else ""


def _container(entry: Entry) -> str:
    """The book or meeting that a paper stands in, where a table has a column of its own for it."""
    return next((v.strip() for t, v in entry.tags if t.casefold().replace(" ", "") in ("booktitle", "conference")), "")


def _format_of(kinds: list[str]) -> str:
    return kinds[0] if len(set(kinds)) == 1 and kinds[0] in formats.writable() else "ris"


def _write_all(folder: Path, records: list[Record], matching: Matching, format: str) -> tuple[Path, ...]:
    by_id = {r.id: r for r in records}
    cluster_of = {r: g.records[0] for g in matching.groups for r in g.records}
    clusters = ((r, c, "1" if r == c else "0") for r, c in cluster_of.items())
    merges = ((cluster_of[v.a], v.a, v.b, v.rule, f"{v.score:.2f}", v.evidence_for, v.evidence_against) for v in matching.merges)
    possible = ((v.a, v.b, f"{v.score:.2f}", v.evidence_for, v.evidence_against) for v in matching.possible)
    related = ((v.source, v.target, v.type, v.evidence_for) for v in matching.related)
    outputs = [
        _table(folder / "clusters.csv", "record_id,cluster_id,keep", clusters),
        _table(folder / "merges.csv", "cluster_id,id_a,id_b,rule,score,for,against", merges),
        _table(folder / "possible.csv", "id_a,id_b,score,for,against", possible),
        _table(folder / "related.csv", "id_a,id_b,type,evidence", related),
    ]
    unique = folder / f"unique{formats.suffixes(format)[0]}"
    best = (merged([by_id[i] for i in g.records], g.records[:1])
            for g in sorted(matching.groups, key=lambda g: g.records[0]))
    partial = unique.with_name(unique.name + ".part")
    with partial.open("wb") as stream:
        formats.write(best, stream, format=format)
    partial.replace(unique)
    return (*outputs, unique)


def _table(path: Path, header: str, rows: Iterable[tuple[str, ...]]) -> Path:
    """A sorted CSV table, complete or not there at all."""
    partial = path.with_name(path.name + ".part")
    with partial.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(sorted(rows))
    partial.replace(path)
    return path
