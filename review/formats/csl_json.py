"""CSL-JSON, as Zotero, Mendeley, Crossref and citation processors exchange it.

Facts: the CSL data schema 1.0: a list of items with `type`, `author: [{family, given}]`,
`issued: {date-parts: [[2019, 3, 1]]}`, `container-title`, `page`, `DOI`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from review.formats import compose, json_slices
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue, Record

TABLE = compose.Table.load("csl_json")
_TYPES = {"journal-article": "article-journal", "review": "article-journal", "book": "book",
          "book-chapter": "chapter", "thesis": "thesis", "report": "report",
          "policy-document": "report", "conference-abstract": "paper-conference",
          "news": "article-newspaper",
          "dataset": "dataset", "preprint": "manuscript"}


# Texts may hold the markup that citation processors know, abstracts of Crossref that of JATS.
_MARKED = frozenset({"title", "container-title", "abstract", "original-title", "title-short"})
_MARKUP = re.compile(r"</?(?:i|b|em|strong|sub|sup|sc|scp|p|span|jats:[a-z-]+)(?:\s[^<>]{0,80})?/?>")


def sniff(head: str, name: str) -> float:
    """A JSON list (or `items`) of objects with CSL's names."""
    start = head.lstrip("\ufeff \r\n\t")[:1]
    if start not in ("[", "{"):
        return 0.0
    names = set(re.findall(r'"(container-title|date-parts|issued|family|literal|title|citation-key|type|id)"\s*:', head))
    if "title" not in names:
        return 0.0
    strong = names & {"container-title", "date-parts", "issued", "family", "literal", "citation-key"}
    listed = start == "[" or re.search(r'"(?:items|references)"\s*:\s*\[', head[:2048])
    if listed:
        return 0.9 if strong else 0.6 if {"type", "id"} <= names else 0.0
    return 0.6 if strong and "type" in names else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    for cut in json_slices.objects(source):
        try:
            pairs = _pairs(json.loads(source.decode(cut.data)))
            made = _made(pairs)
        except (ValueError, RecursionError) as error:
            source.tell("json-object", f"an item is not sound JSON ({error})", line=cut.line, severity="error")
            yield from source.drain()
            continue
        yield from source.drain()
        yield Entry(made, pairs, cut.offset, cut.length, cut.line)
    yield from source.remainder()


def _made(pairs: compose.Tags) -> Record:
    return compose.record(TABLE, [(name, _MARKUP.sub("", value)) if name in _MARKED else (name, value)
                                  for name, value in pairs])


def _pairs(item: Any) -> tuple[tuple[str, str], ...]:
    out: list[tuple[str, str]] = []
    for key, value in item.items() if isinstance(item, dict) else ():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict) and ("family" in part or "literal" in part or "given" in part):
                out.append((key, _name(part)))
            elif isinstance(part, dict) and "date-parts" in part:
                out.append((key, _date(part)))
            elif isinstance(part, dict) and "raw" in part:
                out.append((key, str(part["raw"])))
            elif isinstance(part, dict | list):
                out.append((key, json.dumps(part, ensure_ascii=False)))
            elif part is not None:
                out.append((key, str(part)))
    return tuple(out)


def _name(part: Mapping[str, Any]) -> str:
    if part.get("literal"):
        return str(part["literal"])
    family = " ".join(str(part[k]) for k in ("non-dropping-particle", "dropping-particle", "family") if part.get(k))
    return ", ".join(x for x in (family, str(part.get("given") or ""), str(part.get("suffix") or "")) if x)


def _date(part: Mapping[str, Any]) -> str:
    found = part["date-parts"]
    first = found[0] if isinstance(found, list) and found and isinstance(found[0], list) else []
    digits = [str(x) for x in first if str(x).isdigit()]
    return "-".join(d.zfill(2) for d in digits)


def count(source: Source) -> int | None:
    """Items, by parsing the whole file as one tree."""
    try:
        data = json.loads(source.decode(b"".join(source.chunks())).lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    if isinstance(data, dict):
        lists = [v for v in data.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
        data = lists[0] if lists and "title" not in data else [data]
    return len(data) if isinstance(data, list) else 0


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """The members of one item, lists as repeated tags."""
    try:
        return _pairs(json.loads(source.decode(data)))
    except (ValueError, RecursionError):
        return ()


def write(records: Iterable[Record], stream: BinaryIO,
          extra: Callable[[Record], Mapping[str, str]] | None = None) -> int:
    """A CSL-JSON list, UTF-8; what CSL has no name for goes into `note`."""
    n = 0
    stream.write(b"[")
    for item in records:
        n += 1
        data = _item(item, n)
        note = compose.more(item, _made(_pairs(data)))
        added = "; ".join(f"{k}: {v}" for k, v in (extra(item) if extra else {}).items())
        data |= {k: v for k, v in (("note", note), ("annote", added)) if v}
        stream.write((b",\n" if n > 1 else b"\n") + json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))
    stream.write(b"\n]\n")
    return n


def _item(item: Record, n: int) -> dict[str, Any]:
    ids = item.ids
    names = [{"family": a.partition(", ")[0], "given": a.partition(", ")[2]} if ", " in a else {"literal": a}
             for a in item.authors]
    data: dict[str, Any] = {
        "id": item.id or f"ref{n}", "type": _TYPES.get(item.kind, "document"), "title": item.title, "author": names,
        "issued": {"date-parts": [[item.year]]} if item.year else None, "container-title": item.journal,
        "volume": item.volume, "issue": item.issue, "page": item.pages, "abstract": item.abstract,
        "DOI": ids.get("doi"), "PMID": ids.get("pmid"), "PMCID": ids.get("pmcid"), "ISSN": ids.get("issn"),
        "ISBN": ids.get("isbn"), "URL": item.url, "language": item.language, "keyword": "; ".join(item.keywords),
        "genre": "; ".join(item.publication_types), "archive": item.database, "call-number": item.native_id,
    }
    return {k: v for k, v in data.items() if v}


FORMAT = Format("csl-json", "CSL-JSON (Zotero, Mendeley, Crossref)", (".json",), sniff, read, count, tags, write)
