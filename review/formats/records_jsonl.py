"""This program's own records: one JSON object a line (`Record.as_dict`). The offline library, too.

Objects of similar tables are taken as well: `doi`, `pmid`, `pmcid` beside `ids`, `type` for `kind`,
`title_other_language` for `titles_other`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from review.formats import fields as f
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue, Record

_BLANK = Record()
_TUPLES = frozenset(n for n in Record.__slots__ if isinstance(getattr(_BLANK, n), tuple))
_IDS = {"doi": f.doi, "pmid": f.digits, "pmcid": f.pmcid}


def sniff(head: str, name: str) -> float:
    """Where the first line is a JSON object with a title."""
    first = head.lstrip("\ufeff \r\n").partition("\n")[0].strip()
    if not first.startswith("{") or '"title"' not in first:
        return 0.0
    if len(head) > len(first) + 8 or first.endswith("}"):
        try:
            data = json.loads(first)
        except (ValueError, RecursionError):
            return 0.2 if "\n" not in head else 0.0
        return 0.95 if isinstance(data, dict) and isinstance(data.get("title"), str) else 0.0
    return 0.2


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one a line."""
    offset = 0
    for number, raw in enumerate(source.lines(), start=1):
        here, length = offset, source.size(raw)
        offset += length
        text = source.decode(raw).strip("\ufeff \t\r\n")
        if not text:
            continue
        try:
            data = json.loads(text)
            made = of(data)
        except (ValueError, RecursionError) as error:
            source.tell("jsonl-line", f"a line is no JSON object of a record ({error})", line=number, severity="error")
            yield from source.drain()
            continue
        yield Entry(made, _pairs(data), here, length, number)
    yield from source.remainder()


def of(data: Any) -> Record:
    """The record in one object; ValueError where it is none."""
    if not isinstance(data, dict):
        raise ValueError("not an object")
    values: dict[str, Any] = {}
    ids = {str(k): str(v) for k, v in data["ids"].items() if v} if isinstance(data.get("ids"), dict) else {}
    for name, normal in _IDS.items():
        if name not in ids and (found := normal(str(data.get(name) or ""))):
            ids[name] = found
    for name in Record.__slots__:
        value = data.get(name)
        if value in (None, "", [], {}) or name == "ids":
            continue
        if name in _TUPLES:
            values[name] = tuple(str(v) for v in value) if isinstance(value, list) else (str(value),)
        elif name == "dates":
            values[name] = {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {}
        elif name == "year":
            values[name] = value if isinstance(value, int) else f.year(str(value))
        elif name == "ordinal":
            values[name] = value if isinstance(value, int) else 0
        else:
            values[name] = str(value)
    if (other := data.get("title_other_language")) and "titles_other" not in values:
        values["titles_other"] = (str(other),)
    if isinstance(data.get("type"), str) and "kind" not in values:
        values["kind"] = data["type"] if data["type"] in f.KINDS else f.kind_and_notices([data["type"]])[0]
    if isinstance(data.get("record"), str) and "native_id" not in values:
        values["native_id"] = data["record"]
    return Record(**values, ids=ids)


def _pairs(data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    out: list[tuple[str, str]] = []
    for key, value in data.items():
        for item in value if isinstance(value, list) else [value]:
            out.append((str(key), item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)))
    return tuple(out)


def count(source: Source) -> int:
    """Lines that open an object."""
    return sum(1 for line in source.lines() if re.match(rb"(?:\xef\xbb\xbf)?\s*\{", line))


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """The members of one line's object, lists as repeated tags."""
    try:
        found = json.loads(source.decode(data).strip("\ufeff \t\r\n"))
    except (ValueError, RecursionError):
        return ()
    return _pairs(found) if isinstance(found, dict) else ()


def write(records: Iterable[Record], stream: BinaryIO,
          extra: Callable[[Record], Mapping[str, str]] | None = None) -> int:
    """One object a line, UTF-8, LF; `extra` adds members of other names."""
    n = 0
    for item in records:
        n += 1
        data = {**(dict(extra(item)) if extra else {}), **item.as_dict()}
        stream.write(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    return n


FORMAT = Format("records-jsonl", "Records, one JSON object a line", (".jsonl",), sniff, read, count, tags, write)
