"""A saved web page as one record, by the metadata embedded in it: grey literature, publishers' pages.

Facts: Highwire's `citation_*` names (what Google Scholar asks publishers for), Dublin Core (`DC.*`,
`dcterms.*`), schema.org JSON-LD, Open Graph, in this order of trust. A page without any is no record: then a
person writes its few fields.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from review.formats import compose
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue

TABLE = compose.Table.load("webpage")
_LARGEST = 1 << 25
# A value may hold a `>`; none is looked for beyond the next tag.
_META = re.compile(r"<meta\b((?:[^<>\"']|\"[^<\"]*\"|'[^<']*')*)>", re.I)
_NAMES_TITLE = re.compile(rb"citation_title|DC\.title|dcterms\.title|eprints\.title|og:title|twitter:title|"
                          rb"\"(?:name|headline)\"\s*:", re.I)
_ATTRIBUTE = re.compile(r"([A-Za-z:_-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_NAMED = re.compile(r"citation_|dc\.|dcterms\.|og:|article:|twitter:title|prism\.|bepress_citation_|eprints\.", re.I)
_LINKED = re.compile(r"\{\s*\"@(?:context|type|graph|id)\"\s*:")
_TYPES = frozenset({"Dataset", "ScholarlyArticle", "MedicalScholarlyArticle", "Article", "NewsArticle", "Report",
                    "Book", "Chapter", "Thesis", "BlogPosting", "WebPage", "CreativeWork", "GovernmentPublication",
                    "PresentationDigitalDocument", "TextDigitalDocument", "DigitalDocument", "ReportageNewsArticle",
                    "PublicationIssue", "Legislation", "PodcastEpisode", "VideoObject"})


def sniff(head: str, name: str) -> float:
    """Embedded metadata with a title; result lists have formats of their own."""
    if re.search(r"<meta\b[^<>]*(?:citation_title|DC\.title|dcterms\.title)", head, re.I):
        return 0.7
    if "schema.org" in head and _LINKED.search(head):
        return 0.65
    if re.search(r"<meta\b[^<>]*og:title", head, re.I):
        return 0.5
    # A page's metadata may begin beyond the head; a page is one record, or a told failure.
    return 0.3 if re.match(r"\s*(?:<!doctype html|<html)", head, re.I) else 0.2 if '"$Sreact' in head[:200] else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """The page's record, or what to do where it has none."""
    data = b"".join(_bounded(source))
    pairs = _pairs(source.decode(data))
    made = compose.record(TABLE, pairs)
    if made.title:
        yield Entry(made, pairs, 0, source.size(data), 1)
    else:
        source.tell("page-no-metadata", "the page says nothing about itself that can be read; say what it is (--fields"
                    " title=... authors=... year=... url=...), or name it in the column `file` of a table (CSV) and import"
                    " that: it is then kept beside its record", severity="error")
    yield from source.remainder()


def _bounded(source: Source) -> Iterator[bytes]:
    size = 0
    for chunk in source.chunks():
        size += len(chunk)
        yield chunk
        if size > _LARGEST:
            source.tell("page-too-large", "the page is larger than 32 MB; its end was not read")
            return


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    out: list[tuple[str, str]] = []
    for meta in _META.finditer(text):
        attributes = {a.lower(): html.unescape(x or y or z) for a, x, y, z in _ATTRIBUTE.findall(meta.group(1))}
        name = attributes.get("name") or attributes.get("property") or ""
        value = attributes.get("content", "").strip()
        if value and (_NAMED.match(name) or name.lower() in ("author", "description", "keywords", "date")):
            out.append((name.lower(), value))
    for item in _linked(text):
        out += _flat(item)
    if found := re.search(r"<html\b[^>]*\blang\s*=\s*[\"']([A-Za-z-]+)", text, re.I):
        out.append(("html@lang", found.group(1)))
    if found := re.search(r"<title\b[^>]*>([^<]+)</title>", text, re.I):
        out.append(("html/title", html.unescape(found.group(1))))
    if found := re.search(r"<link\b[^<>]*rel=[\"']canonical[\"'][^<>]*href=[\"']([^\"']+)", text, re.I):
        out.append(("canonical", html.unescape(found.group(1))))
    return tuple(out)


def _linked(text: str) -> list[dict[str, Any]]:
    """The page's main object in JSON-LD: the first of a type that is a document."""
    decoder, position = json.JSONDecoder(), 0
    found: list[dict[str, Any]] = []
    for _ in range(200):                        # pages have a few such objects
        start = _LINKED.search(text, position)
        if start is None:
            break
        try:
            value, position = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            position = start.end()
            continue
        stack = [value]
        while stack:
            item = stack.pop(0)
            if isinstance(item, list):
                stack = item + stack
            elif isinstance(item, dict):
                if isinstance(item.get("@graph"), list):
                    stack = item["@graph"] + stack
                elif _type(item) and isinstance(item.get("name") or item.get("headline"), str):
                    found.append(item)
    order = {"WebPage": 1, "CreativeWork": 1}
    return sorted(found, key=lambda item: order.get(_type(item), 0))[:1]


def _type(item: dict[str, Any]) -> str:
    named = item.get("@type")
    kinds = named if isinstance(named, list) else [named]
    return next((k for k in kinds if isinstance(k, str) and k in _TYPES), "")


def _flat(item: dict[str, Any]) -> list[tuple[str, str]]:
    out = [("ld:@type", _type(item))]
    whole = item.get("isPartOf")                # an issue of a volume of a journal, one within the other
    for _ in range(4):
        if isinstance(whole, list) and whole:
            whole = whole[0]
        if not isinstance(whole, dict):
            break
        out += [(f"ld:{key}", str(whole[key])) for key in ("volumeNumber", "issueNumber") if key in whole]
        out += [("ld:isPartOf", str(whole["name"]))] if isinstance(whole.get("name"), str) else []
        whole = whole.get("isPartOf")
    for key, value in item.items():
        if key == "isPartOf" and not isinstance(value, str):
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                text = part.get("name") or part.get("value") or part.get("@id") or part.get("url")
                if isinstance(part.get("familyName"), str):
                    text = ", ".join(str(part[k]) for k in ("familyName", "givenName") if part.get(k))
                if isinstance(text, str):
                    out.append((f"ld:{key}", text))
            elif isinstance(part, str | int | float) and key != "@type":
                out.append((f"ld:{key}", str(part)))
    return out


def count(source: Source) -> int | None:
    """One page is one record, if it names a title in any of the ways."""
    data = b"".join(_bounded(source))
    return 1 if _NAMES_TITLE.search(data) else 0


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """The page's metadata."""
    return _pairs(source.decode(data))


FORMAT = Format("webpage", "Saved web page with metadata", (".html", ".htm", ".txt"), sniff, read, count, tags)
