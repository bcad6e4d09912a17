"""Deduplicating export files without a review: tables of clusters, merges, possible and related pairs."""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from review import formats
from review.dedup import match
from review.dedup.crew import Crew, chunked
from review.dedup.merge import merged
from review.dedup.results import Matching
from review.ledger.disk import readable, writing
from review.model import Entry, Issue, Progress, Record, ReviewError, replace
from review.words import many, were


@dataclass(frozen=True)
class Summary:
    """What `dedupe_file` did. Counts are of records, reports and pairs."""

    records: int
    reports: int
    possible: int
    related: int
    outputs: tuple[Path, ...]
    issues: tuple[Issue, ...]

    @property
    def complete(self) -> bool:
        """Whether every file was read, with every record that it holds."""
        return all(i.severity != "error" for i in self.issues)

    def as_dict(self) -> dict[str, object]:
        """As `--json` prints it."""
        return {"records": self.records, "reports": self.reports, "merged": self.records - self.reports,
                "possible": self.possible, "related": self.related, "outputs": [str(p) for p in self.outputs],
                "issues": [i.as_dict() for i in self.issues]}


def dedupe_file(paths: Sequence[str | Path], out: str | Path, progress: Progress | None = None,
                workers: int | None = None) -> Summary:
    """Deduplicate the records of export files into the folder `out`.

    Writes clusters.csv, merges.csv, possible.csv, related.csv (UTF-8, LF, sorted, headers always) and
    `unique.<suffix>` (an earlier run's is removed): one record a report, the best of each field, in the format of
    the input (RIS where the files are of several formats, or of one that is not written). A record's id is its `ID`
    column where the file has one, else `<file name>:<ordinal>`. The work is shared by `workers` processes (default:
    one a core); what comes out is the same. Raises ReviewError where a file can't be opened or holds no record.
    """
    from review.dedup.matcher import without_gc

    with without_gc(), Crew(workers) as crew:
        return _dedupe([Path(p) for p in paths], Path(out), progress, crew)


def _dedupe(paths: list[Path], folder: Path, progress: Progress | None, crew: Crew) -> Summary:
    read = _Read()
    matching = match(read.all(paths), crew=crew, progress=progress)
    if not read.records:
        raise ReviewError("no record was found in " + ", ".join(str(p) for p in paths) + "; nothing was written",
                          code="no-records", file=str(paths[0]) if paths else "", issues=tuple(read.issues))
    if progress:
        progress(0, None, "writing")
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _remove_earlier(folder, paths)
        outputs = _write_all(folder, read, matching, crew)
    return Summary(len(read.records), len(matching.groups), len(matching.possible), len(matching.related), outputs,
                   (*read.issues, *matching.notes))


def _remove_earlier(folder: Path, inputs: list[Path]) -> None:
    """Remove an earlier run's unique records, which may have another suffix. ReviewError where they are an input now."""
    ours = {folder / f"unique{formats.suffixes(name)[0]}" for name in formats.writable()}
    if taken := next((p for p in inputs if p.resolve() in {o.resolve() for o in ours}), None):
        raise ReviewError(f"{taken} would be replaced by what comes out of it. Choose another folder with --out; nothing was "
                          "written.", code="input-replaced", file=str(taken))
    if (folder / "clusters.csv").is_file():
        for old in ours:
            old.unlink(missing_ok=True)


@dataclass
class _Read:
    """What the files held: records under their ids, formats, and what the readers reported."""

    records: dict[str, Record] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def all(self, paths: list[Path]) -> Iterator[Record]:
        """The records of all files, each given on as soon as it is read."""
        once: dict[Path, Path] = {}
        for path in paths:
            if once.setdefault(path.resolve(), path) is not path:
                self.issues.append(Issue("file-twice", f"{path} was given twice and read once.", file=str(path)))
        names = [p.name for p in once.values()]
        for path in once.values():
            name = path.name if names.count(path.name) == 1 else str(path)
            with readable(path).open("rb") as stream:
                kind = formats.describe(stream, path.name)[0] or ""
                self.kinds.append(kind)
                stream.seek(0)
                before = len(self.records)
                yield from self._one(stream, name)
                stream.seek(0)
                self._all_there(stream, name, kind, len(self.records) - before)

    def _all_there(self, stream: BinaryIO, name: str, format: str, read: int) -> None:
        """Tell where a file holds another number of records, counted independently of the reader."""
        held = formats.count(stream, format=format, name=name) if format else None
        if held is not None and held != read:
            self.issues.append(Issue("records-lost", f"{name} holds {many(held, 'record')}, and {read:,} "
                                     f"{were(read)} read.", file=name,
                                     severity="error"))

    def _one(self, stream: BinaryIO, name: str) -> Iterator[Record]:
        ordinal = 0
        for item in formats.read(stream, name=name):
            if isinstance(item, Issue):
                self.issues.append(item)
                continue
            ordinal += 1
            own = _own_id(item)
            key = own or f"{name}:{ordinal}"
            if key in self.records:
                free = f"{name}:{ordinal}"
                while free in self.records:
                    free += "'"
                self.issues.append(Issue("id-twice", f"the ID {key!r} stands twice; the second record is called {free}",
                                         file=name, line=item.line))
                key = free
            found = replace(item.record, id=key, ordinal=ordinal, journal=item.record.journal or _container(item),
                            native_id=item.record.native_id or own)
            self.records[key] = found
            yield found


def _own_id(entry: Entry) -> str:
    return next((value.strip() for tag, value in entry.tags if tag == "ID"), "") if entry.tags else ""


def _container(entry: Entry) -> str:
    """The book or meeting that a paper stands in, where a table has a column of its own for it."""
    return next((v.strip() for t, v in entry.tags if t.casefold().replace(" ", "") in ("booktitle", "conference")), "")


def _format_of(kinds: list[str]) -> str:
    return kinds[0] if len(set(kinds)) == 1 and kinds[0] in formats.writable() else "ris"


def _write_all(folder: Path, read: _Read, matching: Matching, crew: Crew) -> tuple[Path, ...]:
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
    format = _format_of(read.kinds)
    unique = folder / f"unique{formats.suffixes(format)[0]}"
    groups = ([read.records[i] for i in g.records] for g in sorted(matching.groups, key=lambda g: g.records[0]))
    incomplete = unique.with_name(unique.name + ".part")
    with incomplete.open("wb") as stream:
        _write_unique(groups, stream, format, crew)
    incomplete.replace(unique)
    return (*outputs, unique)


def _write_unique(groups: Iterable[list[Record]], stream: BinaryIO, format: str, crew: Crew) -> None:
    """One record a report. Parts are made by the crew where a file of the format is its head and then its records."""
    head = _text_of([], format)
    first = _text_of([[Record(title="x")]], format)
    if not first.startswith(head) or _text_of([[Record(title="x")]] * 2, format) != first + first[len(head):]:
        formats.write(map(_best, groups), stream, format=format)
        return
    stream.write(head)
    for text in crew.map(partial(_text_of, format=format), chunked(groups)):
        stream.write(text[len(head):])


def _best(group: list[Record]) -> Record:
    return merged(group, [group[0].id])


def _text_of(groups: list[list[Record]], format: str) -> bytes:
    """The merged records of these groups, as a file of the format; lines end in LF and no mark begins it (DESIGN 6)."""
    out = io.BytesIO()
    formats.write(map(_best, groups), out, format=format)
    return out.getvalue() if format == "xlsx" else out.getvalue().removeprefix(BOM_UTF8).replace(b"\r\n", b"\n")


def _table(path: Path, header: str, rows: Iterable[tuple[str, ...]]) -> Path:
    """A sorted CSV table, complete or not there at all."""
    incomplete = path.with_name(path.name + ".part")
    with incomplete.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(sorted(rows))
    incomplete.replace(path)
    return path
