r"""BibTeX and BibLaTeX: `@article{key, title = {...}, author = "A and B", month = jan # " 3"}`.

Facts: the BibTeX grammar (btxdoc): text between entries is comment, `@string` defines names, values
are braced, quoted, bare numbers or names, joined by `#`; braces balance. LaTeX spelling is decoded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import BinaryIO, NamedTuple

from review.formats import compose, latex
from review.formats import fields as f
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue, Record

TABLE = compose.Table.load("bibtex")
_HEAD = re.compile(rb"@[ \t]*([A-Za-z]+)\s*[{(]")
_NEXT = re.compile(rb"[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(][^={}]*,?\s*$")
_BRACE = re.compile(rb"\\.|[{}]", re.S)
_BRACE_OR_PAREN = re.compile(rb"\\.|[{}()\"]", re.S)
_LONGEST = 1 << 24
_NO_RECORD = frozenset({"string", "comment", "preamble", "set", "xdata"})
_OWN = "scopingreview"              # the field of what BibTeX has no field for
_AND = re.compile(r"\band\b", re.I)
_MONTHS = {m: m.capitalize() for m in ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
                                       "dec")}
_NAME = re.compile(r"\s*([^\s=,{}\"#()]+)\s*=\s*")


def sniff(head: str, name: str) -> float:
    """`@word{key,` at the start of a line."""
    found = re.search(r"(?:\A|[\r\n])\ufeff?[ \t]*@[ \t]*([A-Za-z]+)\s*[{(]\s*[^\s={}]*\s*,", head)
    if found and found.group(1).lower() not in _NO_RECORD:
        return 0.95
    return 0.6 if re.search(r"(?:\A|[\r\n])\ufeff?[ \t]*@(?:string|comment|preamble)[ \t]*\{", head, re.I) else 0.0


def _entries(source: Source) -> Iterator[tuple[str, bytes, int, int]]:
    """(kind, bytes, offset, line) of everything that begins with `@word{`."""
    held = b""
    state = _State()
    offset = at = begin_line = 0
    kind = ""
    for number, line in enumerate(source.lines(), start=1):
        rest, place = line, offset
        offset += source.size(line)
        while rest:
            if not held:
                found = _HEAD.search(rest)
                if not found:
                    break
                place += source.size(rest[:found.start()])
                rest = rest[found.start():]
                held, at, begin_line = b"", place, number
                state = _State(round=found.group().endswith(b"("))
                kind = found.group(1).decode().lower()
            elif _NEXT.match(rest):
                source.tell("bibtex-unbalanced", "the braces of an entry do not balance; it was closed where the next"
                            " one begins", line=begin_line)
                yield kind, held, at, begin_line
                held = b""
                continue
            end, state = _end(rest, state)
            if end is None:
                held += rest
                if len(held) > _LONGEST:
                    source.tell("bibtex-too-long", "an entry is longer than 16 MB; it was cut", line=begin_line)
                    yield kind, held, at, begin_line
                    held = b""
                break
            yield kind, held + rest[:end], at, begin_line
            place += source.size(rest[:end])
            rest, held = rest[end:], b""
    if held:
        source.tell("bibtex-unbalanced", "the last entry is not closed; the file may be cut off", line=begin_line)
        yield kind, held, at, begin_line


class _State(NamedTuple):
    """Where in an entry the reading stands: braces (for an entry in parentheses: and those) that are open."""

    round: bool = False             # whether the entry stands in parentheses
    braces: int = 0
    parens: int = 0
    quoted: bool = False            # within a value in quotation marks; looked at in parentheses only


def _end(data: bytes, state: _State) -> tuple[int | None, _State]:
    """Where in `data` the entry ends, if it does, and the state after it."""
    is_round, braces, parens, quoted = state
    for found in (_BRACE_OR_PAREN if is_round else _BRACE).finditer(data):
        token = found.group()
        if token in (b"{", b"}"):
            braces += 1 if token == b"{" else -1
            if not is_round and braces <= 0:
                return found.end(), _State()
        elif token == b'"' and braces == 0:
            quoted = not quoted
        elif token in (b"(", b")") and braces == 0 and not quoted:
            parens += 1 if token == b"(" else -1
            if parens <= 0:
                return found.end(), _State()
    return None, _State(is_round, braces, parens, quoted)


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    names = dict(_MONTHS)
    for kind, data, offset, line in _entries(source):
        text = source.decode(data)
        if kind == "string":
            names.update((k.lower(), v) for k, v in _fields(text[text.index("{" if "{" in text else "(") + 1:], names))
        if kind in _NO_RECORD:
            continue
        pairs = _pairs(kind, text, names)
        yield from source.drain()
        made = compose.record(TABLE, _prepare(pairs))
        yield Entry(made, _pairs(kind, text, {}), offset, source.size(data), line)
    yield from source.remainder()


def _pairs(kind: str, text: str, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The type, the key and the fields as they stand, names of strings replaced by what they stand for."""
    body = re.sub(r"^\s*@\s*[A-Za-z]+\s*[{(]", "", text)
    key = re.match(r"\s*([^,={}\"]*?)\s*(?:,|\}\s*$|$)", body)
    if key:
        body = body[key.end():]
    return (("entrytype", kind), ("key", key.group(1) if key else ""), *_fields(body, names))


def _fields(body: str, names: Mapping[str, str]) -> list[tuple[str, str]]:
    out = []
    position = 0
    while found := _NAME.search(body, position):
        value, position = _value(body, found.end(), names)
        out.append((found.group(1).lower(), value))
    return out


def _value(body: str, i: int, names: Mapping[str, str]) -> tuple[str, int]:
    """A value and where it ends: parts in braces or quotes, numbers, names, joined by `#`."""
    parts = []
    while i < len(body):
        if body[i].isspace():
            i += 1
        elif body[i] == "{":
            end = _closing(body, i)
            parts.append(body[i + 1:end])
            i = end + 1
        elif body[i] == '"':
            end = _quote(body, i)
            parts.append(body[i + 1:end])
            i = end + 1
        elif body[i] in ",})":
            break
        elif body[i] == "#":
            i += 1
        else:
            found = re.compile(r"[^\s,#{}\"]+").match(body, i)
            if not found:
                break
            parts.append(names.get(found.group().lower(), found.group()))
            i = found.end()
    return "".join(parts), i


def _closing(text: str, i: int) -> int:
    depth = 0
    for found in re.compile(r"\\.|[{}]", re.S).finditer(text, i):
        if found.group() == "{":
            depth += 1
        elif found.group() == "}":
            depth -= 1
            if depth == 0:
                return found.start()
    return len(text)


def _quote(text: str, i: int) -> int:
    depth = 0
    for found in re.compile(r"\\.|[{}\"]", re.S).finditer(text, i + 1):
        if found.group() == "{":
            depth += 1
        elif found.group() == "}":
            depth -= 1
        elif found.group() == '"' and depth == 0:
            return found.start()
    return len(text)


def _prepare(pairs: compose.Tags) -> list[tuple[str, str]]:
    """Decoded values; names apart; page ranges with one hyphen; an arXiv number is a preprint's."""
    out = []
    for tag, value in pairs:
        if tag in ("author", "editor"):
            out += [(tag, latex.decode(name)) for name in _names(value)]
        elif tag == "pages":
            out.append((tag, re.sub(r"\s*(?:-{2,}|–|—)\s*", "-", latex.decode(value))))
        elif tag in ("doi", "url", "eprint", "file"):
            out.append((tag, value.replace("\\_", "_").replace("\\%", "%").replace("\\&", "&").strip("{}")
                        if "textb" not in value and "textas" not in value else latex.decode(value)))
        else:
            out.append((tag, latex.decode(value)))
    return out


def _names(value: str) -> list[str]:
    """Names of a list: `and` between them, but not within braces."""
    parts, depth, start = [], 0, 0
    for found in re.finditer(r"\\.|[{}]|\s+and\s+", value, re.S):
        token = found.group()
        if token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
        elif token.strip() == "and" and depth <= 0:
            parts.append(value[start:found.start()])
            start = found.end()
    parts.append(value[start:])
    return [p for p in parts if p.strip() and p.strip().lower() != "others"]


def count(source: Source) -> int:
    """Lines, or places after a closing brace, where `@word{` opens an entry that is a record."""
    n = 0
    for line in source.lines():
        for found in re.finditer(rb"(?:^(?:\xef\xbb\xbf)?|\})\s*@\s*([A-Za-z]+)\s*[{(]", line):
            n += found.group(1).decode().lower() not in _NO_RECORD
    return n


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """Type, key and fields of one entry's bytes."""
    text = source.decode(data)
    found = re.match(r"\s*@\s*([A-Za-z]+)", text)
    return _pairs(found.group(1).lower() if found else "", text, {})


_TYPES = {"journal-article": "article", "review": "article", "editorial": "article", "letter": "article",
          "comment": "article", "book": "book", "book-chapter": "incollection", "thesis": "phdthesis",
          "report": "techreport", "policy-document": "techreport", "conference-abstract": "inproceedings",
          "preprint": "unpublished"}


def write(records: Iterable[Record], stream: BinaryIO,
          extra: Callable[[Record], Mapping[str, str]] | None = None) -> int:
    """BibTeX, UTF-8; keys are `ref1`, `ref2`, ... unless the record has an id. What has no field goes into one of this
    program's own, which no style prints (`note` would be)."""
    n = 0
    for item in records:
        n += 1
        kind = _TYPES.get(item.kind, "misc")
        fields = _lines(item, kind)
        text = _entry(kind, item, n, fields)
        note = compose.more(item, compose.record(TABLE, _prepare(_pairs(kind, text, {}))))
        fields += [(_OWN, latex.encode(note))] if note else []
        added = "; ".join(f"{k}: {v}" for k, v in (extra(item) if extra else {}).items())
        fields += [("annote", latex.encode(f.clean(added)))] if added else []
        stream.write(_entry(kind, item, n, fields).encode("utf-8", "replace"))
    return n


def _entry(kind: str, item: Record, n: int, fields: list[tuple[str, str]]) -> str:
    key = re.sub(r"[^A-Za-z0-9:_-]", "-", item.id) or f"ref{n}"
    return f"@{kind}{{{key},\n" + "".join(f"  {name} = {{{value}}},\n" for name, value in fields) + "}\n\n"


def _lines(item: Record, kind: str) -> list[tuple[str, str]]:
    ids = item.ids
    names = " and ".join(latex.encode(a) if ", " in a and not _AND.search(a) else f"{{{latex.encode(a)}}}"
                         for a in item.authors)
    venue = {"incollection": "booktitle", "inproceedings": "booktitle"}.get(kind, "journal")
    pairs = [
        ("author", names), ("title", f"{{{latex.encode(item.title)}}}" if item.title else ""),
        (venue, latex.encode(item.journal)), ("year", str(item.year or "")), ("volume", latex.encode(item.volume)),
        ("number", latex.encode(item.issue)), ("pages", latex.encode(item.pages)),
        ("doi", _verbatim(ids.get("doi", ""))), ("pmid", ids.get("pmid", "")), ("pmcid", ids.get("pmcid", "")),
        ("issn", ids.get("issn", "")), ("isbn", ids.get("isbn", "")), ("url", _verbatim(item.url)),
        ("abstract", latex.encode(item.abstract)), ("keywords", latex.encode("; ".join(item.keywords))),
        ("language", latex.encode(item.language)), ("accession", latex.encode(item.native_id)),
    ]
    # A blank line in a value ends a paragraph, which some styles can't take.
    return [(name, f.clean(value)) for name, value in pairs if value]


def _verbatim(value: str) -> str:
    """Addresses and DOIs stand as they are (biblatex, hyperref and reference managers read them so), unless braces
    would get out of balance."""
    return latex.encode(value) if set(value) & set("{}\\") else value


FORMAT = Format("bibtex", "BibTeX / BibLaTeX", (".bib", ".bibtex"), sniff, read, count, tags, write)
