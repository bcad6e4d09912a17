"""ClinicalTrials.gov's JSON (API version 2): `{"studies": [{"protocolSection": {...}}]}` or a list of studies.

A study of a register is a trial registration; its native id is the NCT number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from review.formats import compose, json_slices
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue, Record, replace

TABLE = compose.Table.load("trials_json")


def sniff(head: str, name: str) -> float:
    """By the section that every study has."""
    return 0.97 if head.lstrip("\ufeff \r\n\t")[:1] in ("[", "{") and '"protocolSection"' in head else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    for cut in json_slices.objects(source):
        pairs = _pairs(source.decode(cut.data))
        if not pairs:
            source.tell("json-object", "a study is not sound JSON", line=cut.line, severity="error")
        yield from source.drain()
        if pairs:
            yield Entry(_registration(compose.record(TABLE, pairs)), pairs, cut.offset, cut.length, cut.line)
    yield from source.remainder()


def _registration(made: Record) -> Record:
    return replace(made, kind="trial-registration")


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """(path, value) for every plain value, list items as repeated tags."""
    out: list[tuple[str, str]] = []
    try:
        _walk(json.loads(text), "", out)
    except (ValueError, RecursionError):
        return ()
    return tuple(out)


def _walk(value: Any, path: str, out: list[tuple[str, str]]) -> None:
    if isinstance(value, dict):
        for key, part in value.items():
            _walk(part, f"{path}/{key}" if path else str(key), out)
    elif isinstance(value, list):
        for part in value:
            _walk(part, path, out)
    elif value is not None:
        out.append((path, str(value)))


def count(source: Source) -> int:
    """Sections that each study has once."""
    return len(re.findall(rb'"protocolSection"\s*:', b"".join(source.chunks())))


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """The plain values of one study by path."""
    return _pairs(source.decode(data))


FORMAT = Format("clinicaltrials-json", "ClinicalTrials.gov JSON", (".json",), sniff, read, count, tags)
