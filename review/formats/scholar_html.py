"""Kept result pages of Google Scholar.

Facts on the markup (what the scholarly library reads): a row is `div.gs_r.gs_or` with `data-cid` (the
cluster) and `data-rp` (its place); `h3.gs_rt` the title, `div.gs_a` "authors - venue, year - host",
`div.gs_rs` a snippet, links of `div.gs_fl` "Cited by N", `div.gs_ggs` a full text. Scholar shortens
titles, authors and venues with an ellipsis; what was shortened is noted, never guessed. A snippet is
not an abstract. Several pages may stand in one file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from review.formats import fields as f
from review.formats.registry import Format
from review.formats.source import Source
from review.formats.xml_slices import words
from review.model import Entry, Issue, Record

_ROW = re.compile(rb"<div\b(?=[^>]*(?:\bgs_scl\b|\sdata-cid=))"     # suggestions of other searches are gs_r gs_or too
                  rb"[^>]*\bclass=[\"'][^\"']*\bgs_r\b[^\"']*\bgs_or\b[^\"']*[\"'][^>]*>")
_ROW_END = re.compile(rb"<div\b|</div\s*>", re.I)
_ELLIPSIS = re.compile(r"\u2026|\.\.\.")
_MARKS = re.compile(r"^(?:\s*\[[A-Z\u4e00-\u9fff]+\])+\s*")     # [PDF], [HTML], [BOOK], [CITATION], [引用]
_YEAR = re.compile(r"(?:^|,\s*)\d{4}\s*$")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_LARGEST = 1 << 26


def sniff(head: str, name: str) -> float:
    """By the class names of a result page."""
    if "gs_res_ccl" in head or re.search(r"class=[\"'][^\"']*\bgs_or\b", head):
        return 0.97
    return 0.8 if "gs_top" in head and "<html" in head.lower() else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """The rows of all pages in the file, in their order."""
    data = b"".join(_bounded(source))
    for start, end in _rows(data):
        block = data[start:end]
        pairs = _pairs(source.decode(block))
        made = _record(dict(pairs))
        line = data.count(b"\n", 0, start) + 1
        if not made.title:
            source.tell("scholar-no-title", "a result has no title where one is looked for; the layout of the pages"
                        " may have changed", line=line)
        yield from source.drain()
        yield Entry(made, pairs, source.size(data[:start]), source.size(block), line)
    if b"gs_captcha" in data or b"recaptcha" in data:
        source.tell("scholar-captcha", "the file holds a page that asks for a CAPTCHA; results after it are missing",
                    severity="error")
    yield from source.remainder()


def _bounded(source: Source) -> Iterator[bytes]:
    size = 0
    for chunk in source.chunks():
        size += len(chunk)
        if size > _LARGEST:
            source.tell("scholar-too-large", "the file is larger than 64 MB; its end was not read", severity="error")
            return
        yield chunk


def _rows(data: bytes) -> Iterator[tuple[int, int]]:
    """Where each result's `div` begins and ends."""
    found = _ROW.search(data)
    while found:
        following = _ROW.search(data, found.end())
        depth, end = 0, following.start() if following else len(data)   # a row never holds another
        for tag in _ROW_END.finditer(data, found.start(), end):
            depth += 1 if not tag.group().startswith(b"</") else -1
            if depth == 0:
                end = tag.end()
                break
        yield found.start(), end
        found = following


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    from lxml import etree

    parser = etree.HTMLParser(no_network=True, huge_tree=False, remove_comments=True)
    try:
        row = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError):
        row = None
    if row is None:
        return ()
    top = row.find(".//div[@data-cid]")
    pairs: list[tuple[str, str]] = []

    def add(tag: str, value: str) -> None:
        if value:
            pairs.append((tag, value))

    if top is not None:
        add("cluster", top.get("data-cid", ""))
        add("place", top.get("data-rp", ""))
    heading = _class(row, "gs_rt")
    link = None if heading is None else heading.find(".//a")
    if heading is not None:
        marks = " ".join(words(e) for e in heading.xpath(".//span[contains(@class,'gs_ct')]"))
        add("mark", marks.split("]")[0].lstrip("[") if marks else "")
        add("title", _MARKS.sub("", words(link) if link is not None else words(heading)))
    if link is not None:
        add("url", link.get("href", ""))
        add("cluster-link", link.get("id", "") if not any(t == "cluster" for t, _ in pairs) else "")
    add("byline", words(_class(row, "gs_a")))
    add("snippet", words(_class(row, "gs_rs")))
    for a in row.xpath(".//div[contains(concat(' ',@class,' '),' gs_fl ')]//a"):
        href, label = a.get("href", ""), words(a)
        if "cites=" in href:
            add("cited-by", f.digits(label))
            add("cited-by-url", href)
        elif "cluster=" in href:
            add("versions", f.digits(label))
    for a in row.xpath(".//div[contains(@class,'gs_ggs') or contains(@class,'gs_or_ggsm')]//a[@href]"):
        add("full-text", a.get("href", ""))
    shortened = _shortened(dict(pairs))
    add("truncated", shortened)
    return tuple(pairs)


def _class(row: Any, name: str) -> Any:
    found = row.xpath(f".//*[contains(concat(' ',@class,' '),' {name} ')]")
    return found[0] if found else None


def _byline(text: str) -> tuple[str, str, str]:
    """`authors - venue, year - host` in its parts; a hyphen inside a name has no blanks around it."""
    parts = re.split(r"\s+-\s+|\s+\u2013\s+", text.replace("\xa0", " ").lstrip(" -\u2013"))
    if len(parts) == 1:
        return ("", "", parts[0]) if _HOST.fullmatch(parts[0]) else (parts[0], "", "")
    if _YEAR.search(parts[0]):              # no authors are named: no list of authors ends in a year
        parts.insert(0, "")
    if len(parts) == 2:
        return (parts[0], parts[1], "") if _YEAR.search(parts[1]) else (parts[0], "", parts[1])
    return parts[0], " - ".join(parts[1:-1]), parts[-1]


def _shortened(pairs: dict[str, str]) -> str:
    names, venue, _ = _byline(pairs.get("byline", ""))
    title = pairs.get("title", "")
    found = [("title", title.endswith(("\u2026", "..."))), ("authors", bool(_ELLIPSIS.search(names))),
             ("venue", bool(_ELLIPSIS.search(venue)))]
    return " ".join(name for name, cut in found if cut)


def _record(pairs: dict[str, str]) -> Record:
    names, venue, host = _byline(pairs.get("byline", ""))
    year = re.search(r"(?:^|,|\s)\s*((?:1[5-9]|20|21)\d\d)\s*$", venue)
    journal = venue[:year.start()].strip(" ,") if year else venue
    authors = [a for part in re.split(r"\s*[,、，;；]\s*", _ELLIPSIS.sub("", names)) if (a := f.clean(part))]
    url = pairs.get("url", "")
    ids = {"doi": doi} if (doi := f.doi_in_text(url)) else {}
    mark = pairs.get("mark", "").upper()
    kind = {"BOOK": "book", "B": "book", "图书": "book"}.get(mark, "")
    return Record(
        native_id=pairs.get("cluster") or pairs.get("cluster-link", ""), ids=ids,
        title=f.clean(_ELLIPSIS.sub("", pairs.get("title", ""))), authors=tuple(authors),
        year=int(year.group(1)) if year else None, journal=f.clean(_ELLIPSIS.sub("", journal)),
        snippet=pairs.get("snippet", ""), kind=kind, url=url,
    )


def count(source: Source) -> int:
    """Results, by the cluster that each carries."""
    data = b"".join(_bounded(source))
    return len(re.findall(rb"\sdata-cid=[\"']", data)) or len(re.findall(rb"<h3\b[^>]*\bgs_rt\b", data))


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """What one row says: cluster, place, title, byline, snippet, cited-by, links, truncated."""
    return _pairs(source.decode(data))


FORMAT = Format("scholar-html", "Google Scholar result pages", (".html", ".htm"), sniff, read, count, tags)
