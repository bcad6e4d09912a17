"""RIS, in all the dialects that databases and reference managers write.

Facts: the RIS format specification (Research Information Systems; 2011 revision), and what real
exports do: a record begins at `TY`, or at the first tag after `ER`; `TY` without `ER` before it
closes that record; text between records (headers of Ovid, Cochrane, JSTOR; counters) is not part
of any; text within a record continues the tag before it. What a tag means is in `tables/ris.csv`.
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

TABLE = compose.Table.load("ris")

# A tag stands at the start of a line: two characters, two blanks, a hyphen, a blank. Real files also have
# a tab for the blanks, and no blank or several after the hyphen. One blank before it is not enough: running
# text such as "UK - based" would be cut.
GRAMMAR = tagged.Grammar(
    "ris", re.compile(r"\n\ufeff?[ ]{0,3}([A-Z][A-Z0-9])(?:  |\t|[ ]\t)-[ \t]*"), marks=b"TE ",
    start=rb"[ ]{0,3}TY(?:  -|\t-|[ ]\t-|[ ]?-[ ]*[A-Z]{3,8}" + tagged.EOL + rb")",
    opens=rb"[ ]{0,3}[A-Z][A-Z0-9](?:  |\t|[ ]\t)-",
    end=rb"[ ]{0,3}ER(?:  -|\t-|[ ]\t-|[ ]?-?" + tagged.EOL + rb")", needs_end=True,
    alone=re.compile(rb"(?<![^\r\n])[ ]{0,3}(?:TI|T1|BT)[ \t]{1,2}-"))

_INITIALS_APART = re.compile(r"^([^,]+?) ((?:[A-Z]\.? ?)+)$")
_INITIALS = re.compile(r"(?:[A-Z]\.? ?)+$")
_KIND_TY = {"journal-article": "JOUR", "review": "JOUR", "preprint": "UNPB", "thesis": "THES", "report": "RPRT",
            "book": "BOOK", "book-chapter": "CHAP", "conference-abstract": "CPAPER", "news": "NEWS",
            "dataset": "DATA", "editorial": "JOUR", "letter": "JOUR", "comment": "JOUR", "erratum": "JOUR",
            "retraction": "JOUR", "protocol": "JOUR", "policy-document": "GOVDOC"}


def sniff(head: str, name: str) -> float:
    """Certain with a `TY` and another tag; possible with a few tags and an `ER`."""
    tags = re.findall(r"(?:\A|[\r\n])\ufeff?[ ]{0,3}([A-Z][A-Z0-9])(?:  -|\t-|[ ]\t-)", head)
    if not tags:
        return 0.0
    if "TY" in tags:
        return 0.95
    if "ER" in tags and len(tags) > 1:
        return 0.85
    return 0.3 if len(tags) > 2 and not re.search(r"(?:\A|[\r\n])PMID-", head) else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    return tagged.read(source, GRAMMAR, TABLE, finish=_finish)


def _finish(made: Record, tags: compose.Tags) -> Record:
    """What a table can't say: a number in `ID` is a database's key only where a database is named (else a
    program's counter); PubMed's and MEDLINE's accession number is the PMID; MeSH terms that this program wrote among the
    keywords are not keywords too; EPPI-Reviewer, which marks its exports, writes `Doe J R`."""
    if made.native_id.isdigit() and not made.database and not any(tag == "AN" for tag, _ in tags):
        made = replace(made, native_id="")
    if made.native_id.isdigit() and "pmid" not in made.ids and _from_pubmed(tags):
        made = replace(made, ids={**made.ids, "pmid": made.native_id})
    if made.keywords and made.keywords[0].startswith("eppi-reviewer"):
        made = replace(made, authors=tuple(_eppi_names(made.authors)))
    n = len(made.mesh)
    if n and made.keywords[-n:] == made.mesh:
        before = [value for tag, value in tags if tag == "KW"][:-n]     # a keyword may be a MeSH term too
        return replace(made, keywords=made.keywords[:-n] + tuple(k for k in made.mesh if k in before))
    return made


def _eppi_names(names: Iterable[str]) -> list[str]:
    """`Doe J R` as `Doe, J R`; of a family name of several words EPPI-Reviewer makes two authors, `Dos Reis` and `H B`."""
    out: list[str] = []
    for name in names:
        if out and ", " not in out[-1] and _INITIALS.match(name):
            out[-1] = f"{out[-1]}, {name}"
        else:
            out.append(_INITIALS_APART.sub(r"\1, \2", name))
    return out


def _from_pubmed(tags: compose.Tags) -> bool:
    """Whether the database is PubMed or MEDLINE, on any platform: there the accession number is the PMID."""
    return any(tag in ("DB", "DP") and value.strip().upper() in ("PUBMED", "NLM")
               or tag == "DB" and re.match(r"\s*(?:Ovid )?MEDLINE", value, re.I) for tag, value in tags)


def count(source: Source) -> int:
    """`TY` lines, plus groups of tags without one that end in `ER` or name a title; counted line by line."""
    n = 0
    typed = tags = title = False
    for raw in source.lines():
        line = raw.lstrip(b"\xef\xbb\xbf ")
        tag, gap = line[:2], line[2:].partition(b"-")[0]
        if gap not in (b"  ", b"\t", b" \t"):
            if tag == b"ER" and not line[2:].strip(b" -\r\n\t"):
                n, typed, tags, title = n + (tags and not typed), False, False, False
            continue
        if tag == b"TY":
            n, typed, tags, title = n + 1 + (title and not typed), True, False, False
        elif tag == b"ER":
            n, typed, tags, title = n + (tags and not typed), False, False, False
        elif tag.isalnum() and tag.isupper():
            tags, title = True, title or tag in (b"TI", b"T1", b"BT")
    return n + (title and not typed)


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """The tags of one record's bytes."""
    return tuple(tagged.tags_of(source.decode(data), GRAMMAR))


def write(records: Iterable[Record], stream: BinaryIO,
          extra: Callable[[Record], Mapping[str, str]] | None = None) -> int:
    """RIS as Zotero, EndNote, Covidence and Rayyan take it: UTF-8, CRLF, no counters.

    What RIS has no tag for goes into one note that `read` understands. Returns the records written.
    """
    n = 0
    for item in records:
        n += 1
        lines = _lines(item)
        again = _finish(compose.record(TABLE, lines), lines)
        if note := compose.more(item, again):
            lines.append(("N1", note))
        for label, value in (extra(item) if extra else {}).items():
            lines.append(("N1", f.clean(f"{label}: {value}")))
        lines.append(("ER", ""))
        text = "".join(f"{tag}  - {value}\r\n" for tag, value in lines) + "\r\n"
        stream.write(text.encode("utf-8", "replace"))
    return n


def _lines(item: Record) -> list[tuple[str, str]]:
    start, _, end = item.pages.partition("-")
    many = [("AU", a) for a in item.authors] + [("KW", k) for k in (*item.keywords, *item.mesh)]
    ids = item.ids
    pairs = [
        ("TY", _KIND_TY.get(item.kind, "GEN")), ("TI", item.title), *(("TT", t) for t in item.titles_other),
        *many[:len(item.authors)], ("PY", "" if item.year is None else str(item.year)),
        ("DA", item.dates.get("print", "").replace("-", "/")),
        ("T2", item.journal), ("VL", item.volume), ("IS", item.issue),
        ("SP", start if end and " " not in item.pages and "-" not in end else item.pages),
        ("EP", end if end and " " not in item.pages and "-" not in end else ""),
        ("AB", item.abstract), *many[len(item.authors):], ("LA", item.language), ("DO", ids.get("doi", "")),
        ("C2", f"PMID: {ids['pmid']}" if "pmid" in ids else ""), ("C3", ids.get("pmcid", "")),
        ("SN", ids.get("issn", "") or ids.get("isbn", "")), ("AN", item.native_id), ("DB", item.database),
        ("M3", item.publication_types[0] if item.publication_types else ""), ("UR", item.url),
    ]
    return [(tag, value) for tag, raw in pairs if (value := f.clean(raw))]


FORMAT = Format("ris", "RIS (Zotero, EndNote, Embase, Scopus, Ovid, ...)", (".ris", ".txt"), sniff, read, count,
                tags, write)
