"""MEDLINE's tagged form: PubMed's `.nbib` and "PubMed" text, ERIC's `.nbib`, Ovid's with `UI  -`.

Facts: NLM, "MEDLINE/PubMed Data Element (Field) Descriptions": tags of up to four characters, a hyphen
in the fifth place, continuation lines indented by six blanks, a blank line between records.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import BinaryIO

from review.formats import compose, tagged
from review.formats import fields as f
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue, Record, replace

TABLE = compose.Table.load("medline")
GRAMMAR = tagged.Grammar(
    "medline", re.compile(r"\n\ufeff?([A-Z][A-Z0-9]{1,3}) {0,2}-[ \t]*"), marks=rb"PU\s",
    start=rb"(?:PMID *|UI  )-", opens=rb"[A-Z][A-Z0-9]{1,3} {0,2}-", end=tagged.BLANK, end_belongs=False)

_CORRECTIONS = {"RIN": "retracted", "ECI": "concern", "EIN": "erratum"}


def sniff(head: str, name: str) -> float:
    """Certain where a line begins with `PMID-`; likely where several lines carry tags in MEDLINE's width."""
    if re.search(r"(?:\A|[\r\n])\ufeff?(?:PMID *|UI  )- *\d", head):
        return 0.97
    tags = re.findall(r"(?:\A|[\r\n])\ufeff?([A-Z][A-Z0-9]{1,3} {0,2})- ", head)
    wide = [t for t in tags if len(t) == 4]
    if re.search(r"(?:\A|[\r\n])(?:TY|ER) {1,2}-", head) or len(wide) < 3:
        return 0.3 if re.search(r"(?:\A|[\r\n])(?:PMID?|PMC|PMCR) *-", head) else 0.0
    return 0.9 if {"OWN ", "FAU ", "OID ", "PMC ", "PMCR", "STAT"} & set(wide) else 0.4


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    return tagged.read(source, GRAMMAR, TABLE, prepare=_prepare, finish=_finish)


def _prepare(tags: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Headings as this program writes them: one a qualifier, a star at the end of the major ones."""
    out = []
    for tag, value in tags:
        if tag == "MH":
            out += [("MH", heading) for heading in headings(f.clean(value))]
        else:
            out.append((tag, value))
    return out


def headings(value: str) -> list[str]:
    """`Women, Working/*history/psychology` as its headings with one qualifier each; `*Software` as `Software*`."""
    name, *qualifiers = value.split("/")
    star = "*" if name.startswith("*") else ""
    name = name.lstrip("*")
    if not qualifiers:
        return [name + star] if name else []
    return [f"{name}/{q.lstrip('*')}{'*' if q.startswith('*') else star}" for q in qualifiers]


def _finish(made: Record, tags: compose.Tags) -> Record:
    """Notices come as tags of their own; a preliminary record's `print` date is the one of its issue."""
    notices = list(made.notices)
    notices += [n for t, n in _CORRECTIONS.items() if n not in notices and any(tag == t for tag, _ in tags)]
    return replace(made, notices=tuple(notices)) if len(notices) > len(made.notices) else made


def count(source: Source) -> int:
    """`PMID-` (Ovid: `UI  -`) lines, and groups of tagged lines between blank lines that have none."""
    n = 0
    group = named = False
    for raw in source.lines():
        line = raw.lstrip(b"\xef\xbb\xbf")
        tag = line[:5].partition(b"-")[0].rstrip()
        if not line.strip():
            n, group, named = n + (group and not named), False, False
        elif line[:1] != b" " and b"-" in line[:5] and 2 <= len(tag) <= 4 and tag.isalnum() and tag.isupper():
            if tag in (b"PMID", b"UI"):
                n, named = n + 1 + (group and not named), True
            group = True
    return n + (group and not named)


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """The tags of one record's bytes."""
    return tuple(tagged.tags_of(source.decode(data), GRAMMAR))


def write(records: Iterable[Record], stream: BinaryIO,
          extra: Callable[[Record], Mapping[str, str]] | None = None) -> int:
    """MEDLINE text, UTF-8; what it has no tag for goes into a general note (`GN`)."""
    n = 0
    for item in records:
        n += 1
        lines = _lines(item)
        again = _finish(compose.record(TABLE, _prepare(lines)), lines)
        if note := compose.more(item, again):
            lines.append(("GN", note))
        lines += [("GN", f.clean(f"{k}: {v}")) for k, v in (extra(item) if extra else {}).items()]
        text = "".join(f"{tag:<4}- {value}\n" for tag, value in lines) + "\n"
        stream.write(text.encode("utf-8", "replace"))
    return n


def _lines(item: Record) -> list[tuple[str, str]]:
    ids, dates = item.ids, item.dates
    stars = [f"*{h[:-1]}" if h.endswith("*") and "/" not in h else
             f"{h.partition('/')[0]}/*{h.partition('/')[2][:-1]}" if h.endswith("*") else h for h in item.mesh]
    pairs = [
        ("PMID", ids.get("pmid", "")), ("OWN", item.database or "-"), ("IS", ids.get("issn", "")),
        ("VI", item.volume), ("IP", item.issue),
        ("DP", dates.get("print", "").replace("-", " ") or str(item.year or "")),
        ("TI", item.title), ("PG", item.pages), ("LID", f"{ids['doi']} [doi]" if "doi" in ids else ""),
        ("AB", item.abstract), *(("FAU", a) for a in item.authors), ("LA", item.language),
        *(("PT", t) for t in item.publication_types), ("DEP", dates.get("electronic", "").replace("-", "")),
        ("JT", item.journal), *(("MH", h) for h in stars), *(("OT", k) for k in item.keywords),
        *(("TT", t) for t in item.titles_other), ("PMC", ids.get("pmcid", "")),
        ("EDAT", dates.get("entrez", "").replace("-", "/")), ("CRDT", dates.get("created", "").replace("-", "/")),
        ("AID", f"{ids['pii']} [pii]" if "pii" in ids else ""), ("URL", item.url),
    ]
    return [(tag, value) for tag, raw in pairs if (value := f.clean(raw))]


FORMAT = Format("medline", "MEDLINE / PubMed .nbib", (".nbib", ".txt"), sniff, read, count, tags, write)
