"""Exports of any box, in a format that reference managers and other screening tools read."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from review import formats
from review.dedup.merge import merged
from review.ledger.disk import read_error, write_atomic, write_derived
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.model import Record, ReviewError, replace
from review.prisma.box import Counts
from review.query.definition import Definition
from review.screening.consensus import Consensus
from review.words import TAKE_RIS, and_list

_STAGES = (("title-abstract", "Title and abstract"), ("full-text", "Full text"))


@dataclass(frozen=True)
class Exported:
    """The files that were written (several, where the taker has a limit), and how many they hold of what: report or record."""

    paths: tuple[Path, ...]
    n: int
    unit: str


def export(folder: Folder, state: State, records: Mapping[str, Record], counts: Counts,
           consensus: Mapping[tuple[str, str], Consensus], definition: Definition, format: str, box: str,
           path: Path | None, *, decisions: bool = True) -> Exported:
    """Write the reports (or records) of a box; "" is every report of the flow. Each carries its key and, unless
    `decisions` is False (for people who screen anew), its verdicts. `format` may be a program that takes RIS; Covidence takes
    15,000 references a file, and gets as many files as that needs."""
    asked, format = format, formats.to_write(format) or ("ris" if format.strip().lower() in map(str.lower, TAKE_RIS) else "")
    if not format:
        raise ReviewError(f"“{asked}” is no format to write. Formats: {', '.join(formats.writable())}; "
                          f"{and_list(TAKE_RIS)} take ris.", code="bad-format")
    if path is not None and path.is_dir():
        raise read_error(IsADirectoryError(), path)
    ids = _ids(state, counts, box)
    chosen = [_record(state, records, i) for i in ids]
    extra = _extra(state, consensus, definition, tabular=format in ("csv", "xlsx"), decisions=decisions)
    limit = formats.COVIDENCE if asked.strip().lower() == "covidence" else len(chosen) + 1
    files = [io.BytesIO() for _ in range(0, max(len(chosen), 1), limit)]
    if not formats.write_parts(chosen, lambda n: files[n - 1], format=format, limit=limit, extra=extra):
        formats.write((), files[0], format=format, extra=extra)         # an empty box is an empty file
    suffix = formats.suffixes(format)[0]
    name = (box or "all") + ("" if decisions else "-without-decisions")
    whole = path or folder.exports / f"{name}{suffix if suffix.startswith('.') else '.' + suffix}"
    targets = [whole if len(files) == 1 else whole.with_name(f"{whole.stem}-{n}{whole.suffix}")
               for n in range(1, len(files) + 1)]
    for target in targets if path is not None else ():
        if target.exists():
            raise ReviewError(f"{target} exists already, and is not overwritten. Name another file.", code="exists",
                              file=str(target))
    for target, data in zip(targets, files, strict=True):
        (write_atomic if path else write_derived)(target, data.getvalue())
    return Exported(tuple(targets), len(chosen), "record" if ids and all(i in records for i in ids) else "report")


def _ids(state: State, counts: Counts, box: str) -> list[str]:
    if not box:
        counted = state.counted_records()
        return [r.key for r in state.current() if state.arm(r, counted) is not None]
    if box not in counts.boxes:
        raise counts.no_box(box)
    ids = list(counts.boxes[box].ids)
    if counts.boxes[box].unit != "studies":
        return ids
    reports = {"new_studies": ("new_reports",), "previous_studies": ("previous_reports",)}.get(box, ("total_reports",))
    return [i for name in reports if name in counts.boxes for i in counts.boxes[name].ids]


def _record(state: State, records: Mapping[str, Record], identity: str) -> Record:
    """A record by its id, or a report's merged record with the key in the place of the id."""
    if identity in records:
        return records[identity]
    key = state.resolve(identity)
    if key not in state.reports:
        raise ReviewError(f"{identity} belongs to the previous version and is in no search; it can't be exported.",
                          code="no-record", status=1)
    return replace(merged([records[r] for r in state.reports[key].records]), id=key)


def _extra(state: State, consensus: Mapping[tuple[str, str], Consensus], definition: Definition,
           tabular: bool, decisions: bool) -> Callable[[Record], Mapping[str, str]]:
    """What each record carries beside its fields; in a table every column, blank or not."""
    labels = {r.code: r.label for r in definition.reasons}

    def more(record: Record) -> dict[str, str]:
        key = record.id if record.id in state.reports else state.report_of.get(record.id, "")
        out = {"Report key": key}
        for stage, name in _STAGES if decisions else ():
            verdict = consensus.get((key, stage))
            shown = verdict is not None and verdict.status != "unissued"
            out[name] = (verdict.decision or verdict.status) if verdict and shown else ""
            out[f"{name}: reason"] = labels.get(verdict.reason, verdict.reason) if verdict and shown else ""
        return out if tabular else {k: v for k, v in out.items() if v}

    return more
