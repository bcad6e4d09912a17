"""EndNote's XML, also written by Zotero, Mendeley and Rayyan users' EndNote.

Facts: `<xml><records><record>`; the text of a field may sit in nested `<style>` elements, so all text
inside a field is its value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

from review.formats import compose
from review.formats import fields as f
from review.formats.registry import Format
from review.formats.source import Source
from review.formats.xml_slices import flat, parse, slices
from review.model import Entry, Issue, Record

TABLE = compose.Table.load("endnote_xml")
_TYPES = {"journal-article": ("Journal Article", 17), "book": ("Book", 6), "book-chapter": ("Book Section", 5),
          "thesis": ("Thesis", 32), "report": ("Report", 27),
          "policy-document": ("Government Document", 46), "conference-abstract": ("Conference Paper", 47),
          "news": ("Newspaper Article", 23), "dataset": ("Dataset", 59), "preprint": ("Unpublished Work", 34)}


def sniff(head: str, name: str) -> float:
    """`<record>` within `<records>`, with elements that only EndNote has."""
    if "<records>" not in head and not re.search(r"<xml>\s*<records", head):
        return 0.0
    return 0.97 if re.search(r"<(?:ref-type|source-app|contributors|rec-number)[\s>]", head) else 0.3


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    for cut in slices(source, ("record",)):
        root = parse(source.decode(cut.data), source, cut.line)
        yield from source.drain()
        if root is None:
            continue
        pairs = _pairs(root)
        yield Entry(compose.record(TABLE, pairs), pairs, cut.offset, cut.length, cut.line)
    yield from source.remainder()


def _pairs(root: Any) -> tuple[tuple[str, str], ...]:
    """(path, text); styles are no part of the path, and the parts of a text in several styles one text."""
    for element in list(root.iter()):
        if any(child.tag == "style" for child in element):
            text = "".join(element.itertext())
            for child in list(element):
                element.remove(child)
            element.text = text
    return flat(root)


def count(source: Source) -> int:
    """Reference types: each record has one; without them, the ends of records."""
    types = ends = 0
    rest = b""
    for chunk in source.chunks():
        data = rest + chunk
        cut = data.rfind(b"<")
        data, rest = (data[:cut], data[cut:]) if cut > 0 else (data, b"")
        types += len(re.findall(rb"<ref-type[\s>/]", data))
        ends += data.count(b"</record>")
    types += len(re.findall(rb"<ref-type[\s>/]", rest))
    return max(types, ends + rest.count(b"</record>"))


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """Every text of one record by path, styles left out."""
    root = parse(source.decode(data))
    return () if root is None else _pairs(root)


def write(records: Iterable[Record], stream: BinaryIO,
          extra: Callable[[Record], Mapping[str, str]] | None = None) -> int:
    """EndNote XML, UTF-8; what it has no field for goes into the notes."""
    stream.write(b'<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n')
    n = 0
    for item in records:
        n += 1
        body = _body(item)
        again = compose.record(TABLE, _pairs(parse(f"<record>{body}</record>")))
        note = compose.more(item, again)        # ASCII, its blanks count
        body += f"<notes>{escape(note)}</notes>" if note else ""
        body += "".join(_element("notes", f"{k}: {v}") for k, v in (extra(item) if extra else {}).items())
        stream.write(f"<record>{body}</record>\n".encode("utf-8", "replace"))
    stream.write(b"</records></xml>\n")
    return n


def _element(name: str, value: str) -> str:
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", " ", f.clean(value))
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _body(item: Record) -> str:
    name, number = _TYPES.get(item.kind, ("Journal Article", 17) if item.journal else ("Generic", 13))
    ids = item.ids

    def group(outer: str, *inner: str) -> str:
        return f"<{outer}>{''.join(inner)}</{outer}>" if any(inner) else ""

    return "".join([
        f"<ref-type name={quoteattr(name)}>{number}</ref-type>",
        group("contributors", group("authors", *(_element("author", a) for a in item.authors))),
        group("titles", _element("title", item.title), _element("secondary-title", item.journal),
              *(_element("translated-title", t) for t in item.titles_other)),
        group("periodical", _element("full-title", item.journal)),
        _element("pages", item.pages), _element("volume", item.volume), _element("number", item.issue),
        group("keywords", *(_element("keyword", k) for k in item.keywords)),
        group("dates", _element("year", str(item.year or ""))),
        _element("isbn", ids.get("issn", "") or ids.get("isbn", "")),
        _element("accession-num", item.native_id), _element("abstract", item.abstract),
        group("urls", group("related-urls", _element("url", item.url))),
        _element("electronic-resource-num", ids.get("doi", "")), _element("custom2", ids.get("pmcid", "")),
        _element("remote-database-name", item.database), _element("language", item.language),
        *(_element("work-type", t) for t in item.publication_types),
    ])


FORMAT = Format("endnote-xml", "EndNote XML", (".xml",), sniff, read, count, tags, write)
