"""Cutting large XML files into records without reading them as one tree.

The elements that are records are found by their tags in the bytes and parsed one by one. So places
are exact, joined or damaged files lose at most the damaged record, memory stays small, and no
document type is ever read: entities and external files can't do harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from os.path import commonprefix
from typing import Any

from review.formats import encodings
from review.formats.source import Source

LONGEST = 1 << 25                   # bytes of one record


@dataclass(frozen=True)
class Slice:
    """The bytes of one record element."""

    data: bytes
    offset: int
    length: int
    line: int


def slices(source: Source, names: tuple[str, ...]) -> Iterator[Slice]:
    """The elements of these names, in order; one that never ends is told and left out."""
    alternatives, prefix = "|".join(names).encode(), commonprefix(names).encode()
    mark = re.compile(rb"<(/?)(?:" + alternatives + rb")(?=[\s/>])[^<>]*>")
    buffer = b""
    base = line = scanned = 0       # place and line of the buffer's first byte; how far it was searched
    start: int | None = None
    for chunk in source.chunks():
        buffer += chunk
        if not base and not line and b"<!ENTITY" in buffer[:1 << 16]:
            source.tell("xml-entities", "the file declares entities of its own; they are not read")
        done = 0
        for found in _marks(mark, prefix, buffer, scanned):
            closing = bool(found.group(1))
            if not closing:
                if start is not None:
                    _cut(source, line + 1)
                start = found.start()
                line += buffer.count(b"\n", done, start)
                base += source.size(buffer[done:start])
                done = start
                if not found.group().endswith(b"/>"):
                    continue
            if start is None:
                continue
            data = buffer[start:found.end()]
            length = source.size(data)
            yield Slice(data, base, length, line + 1)
            line += data.count(b"\n")
            base += length
            done, start = found.end(), None
        keep = start if start is not None else max(done, buffer.rfind(b"<"))
        if len(buffer) - keep > LONGEST:
            source.tell("xml-too-long", "an element is longer than 32 MB; it was left out", line=line + 1,
                        severity="error")
            keep, start = len(buffer), None
        line += buffer.count(b"\n", done, keep)
        base += source.size(buffer[done:keep])
        # An unfinished tag at the end of the buffer is looked at again; what was searched is not.
        tail = buffer.rfind(b"<")
        scanned = (tail if tail > keep else len(buffer)) - keep if start is not None else 0
        if start is not None:
            scanned = max(scanned, 1)
        buffer, start = buffer[keep:], 0 if start is not None else None
    if start is not None:
        _cut(source, line + 1)


def _marks(mark: re.Pattern[bytes], prefix: bytes, buffer: bytes, at: int) -> Iterator[re.Match[bytes]]:
    """The tags in their order. Where names begin is looked for first: the pattern would be tried at every tag."""
    begins = [b"<" + prefix, b"</" + prefix]
    places = [buffer.find(begin, at) for begin in begins]
    while (place := min((p for p in places if p >= 0), default=-1)) >= 0:
        which = places.index(place)
        places[which] = buffer.find(begins[which], place + 1)
        if found := mark.match(buffer, place):
            yield found


def _cut(source: Source, line: int) -> None:
    source.tell("xml-cut", "a record is cut off in the middle and was left out; fetch or export the file again",
                line=line, severity="error")


@cache
def _parser(recover: bool) -> Any:
    from lxml import etree

    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
                           recover=recover, remove_comments=True, remove_pis=True, collect_ids=False)


def parse(data: str | bytes, source: Source | None = None, line: int | None = None) -> Any:
    """One element (bytes: in UTF-8) as an lxml tree, None where nothing of it can be read. No entities, network, DTD."""
    from lxml import etree

    if isinstance(data, bytes):
        try:
            return etree.fromstring(data, _parser(False))
        except (etree.XMLSyntaxError, ValueError):
            text = encodings.decode(data, "utf-8")
    else:
        text = data
    try:
        return etree.fromstring(text, _parser(False))
    except (etree.XMLSyntaxError, ValueError):
        pass
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", " ", text)
    try:
        tree = etree.fromstring(text, _parser(True))
    except (etree.XMLSyntaxError, ValueError):
        tree = None
    if source is not None:
        source.tell("xml-broken", "a record is not well-formed XML; what could be read was kept", line=line)
    return tree


def flat(element: Any) -> tuple[tuple[str, str], ...]:
    """Every text and attribute of an element as (path, value); markup inside a text stays part of it."""
    out: list[tuple[str, str]] = []
    _walk(element, "", out)
    return tuple(out)


def _walk(element: Any, path: str, out: list[tuple[str, str]]) -> None:
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = child.tag.rpartition("}")[2]
        here = f"{path}/{name}" if path else name
        out += [(f"{here}@{key.rpartition('}')[2]}", value) for key, value in child.attrib.items()]
        if not len(child) or (child.text and not child.text.isspace()):
            if value := "".join(child.itertext()).strip():
                out.append((here, value))
        else:
            _walk(child, here, out)


def words(element: Any) -> str:
    """All text in an element on one line, "" for None."""
    if element is None:
        return ""
    text = "".join(element.itertext()) if len(element) else element.text
    if not text:
        return ""
    if text.isprintable() and "  " not in text:         # usual, and quicker than taking it apart
        return str(text).strip(" ")
    return " ".join(text.split())
