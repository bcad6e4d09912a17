"""TOML with places: syntax errors at the line that caused them, the line of any key, one canonical form.

The standard library reads TOML, but names the place where reading broke off, often lines below the
mistake, and forgets where keys stood. Both matter to somebody who edits the file by hand.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from review.model import ReviewError

_HEADER = re.compile(r"^\s*\[(\[)?\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_PART = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
_KEY = re.compile(rf"^\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_LONG = 100                     # characters of a list in one line
_CURLY = "“”„‟‘’＂"


def parse(data: bytes | str, file: str = "") -> dict[str, Any]:
    """The content of a TOML text; ReviewError (code "definition") with the mistake's line and its cure."""
    text = _decode(data, file) if isinstance(data, bytes) else data
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:    # numbers of thousands of digits, thousands of brackets
        line = _culprit(text, error)
        lines = text.splitlines()
        shown = lines[line - 1].strip() if line <= len(lines) else ""
        raise ReviewError(
            f"{file or 'the definition'}, line {line}: this is not valid TOML: {_plain(str(error))}. "
            f"The line reads: {shown[:100]!r}. {_cure(shown, str(error))}",
            code="definition", file=file, line=line) from None


def _decode(data: bytes, file: str) -> str:
    """UTF-8 (with or without a byte order mark) as text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[:error.start].count(b"\n") + 1
        raise ReviewError(
            f"{file or 'the definition'}, line {line}: the file is not UTF-8 text (byte {error.start}). "
            "Save it as UTF-8 in the editor and run again.",
            code="definition", file=file, line=line) from None
    return text.replace("\r\n", "\n")


def _culprit(text: str, error: Exception) -> int:
    """The line (from 1) where the statement starts that broke the reading.

    An unclosed bracket or quote is reported far below; so the longest beginning of the file that is valid
    by itself is found, and the statement after it is the one to look at.
    """
    told = re.search(r"at line (\d+)", str(error))
    lines = text.split("\n")
    limit = int(told.group(1)) if told else len(lines)
    start = next(end for end in range(limit - 1, -1, -1) if _valid("\n".join(lines[:end])))
    while start < len(lines) - 1 and (not lines[start].strip() or lines[start].lstrip().startswith("#")):
        start += 1
    return start + 1


def _valid(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _plain(message: str) -> str:
    """The library's message without its own idea of the place."""
    return re.sub(r"\s*\(at [^)]*\)", "", message)


def _cure(line: str, message: str) -> str:
    """What to do about it, for the mistakes that people make."""
    if any(c in _CURLY for c in line):
        return "Replace the curly quotes (“ ”) with straight ones (\")."
    if "overwrite" in message or "twice" in message or "Cannot declare" in message:
        return "The same key or [table] stands twice: keep one of them."
    if "array" in message.lower() or (line.count("[") != line.count("]") and "=" in line):
        return "A list needs its closing ] and a comma between its items: [\"a\", \"b\"]."
    if line.count('"') % 2:
        return "A quotation mark is missing: every text stands between two of them."
    if line.startswith("[") and not line.rstrip().endswith("]"):
        return "A table's name stands between brackets: [concepts.population]."
    if "=" not in line:
        return "A line is either key = value, a [table], or a # comment."
    if re.search(r"=\s*(true|false)\b", line, re.IGNORECASE):
        return "true and false are written in small letters, without quotes."
    return "Write text between quotation marks, lists between brackets, numbers bare."


def lines_of(text: str) -> dict[tuple[str, ...], int]:
    """The line (from 1) of every table header and key: ("concepts", "population", "terms") -> 12.

    Tables of an array ([[eligibility.exclude]]) count from 0: ("eligibility", "exclude", "0", "code").
    """
    places: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    fence = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if fence:
            fence = "" if fence in line else fence
            continue
        if header := _HEADER.match(line):
            table = _split(header.group(2))
            if header.group(1):
                counts[table] = counts.get(table, -1) + 1
                table = (*table, str(counts[table]))
            for end in range(1, len(table) + 1):
                places.setdefault(table[:end], number)
        elif key := _KEY.match(line):
            path = (*table, *_split(key.group(1)))
            for end in range(len(table) + 1, len(path) + 1):
                places.setdefault(path[:end], number)
        for mark in ('"""', "'''"):
            if line.count(mark) % 2:
                fence = mark
    return places


def line_of(places: Mapping[tuple[str, ...], int], path: tuple[str, ...]) -> int | None:
    """The line of a key, or of the nearest table around it; None for the file as a whole."""
    for end in range(len(path), 0, -1):
        if path[:end] in places:
            return places[path[:end]]
    return None


def _split(dotted: str) -> tuple[str, ...]:
    """The parts of a dotted key, without quotes."""
    return tuple(p.strip().strip("\"'") for p in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", dotted))


def dump(data: Mapping[str, Any]) -> str:
    """One canonical TOML text of a nested mapping: same content, same bytes. Order is the mapping's.

    Tables inside lists are written as [[tables]] at the top levels and as inline tables below a list.
    """
    out: list[str] = []
    _dump_table(data, (), out)
    return "\n".join(out).strip("\n") + "\n"


def _dump_table(table: Mapping[str, Any], path: tuple[str, ...], out: list[str]) -> None:
    later: list[tuple[str, Any]] = []
    for key, value in table.items():
        if isinstance(value, Mapping) or _is_tables(path, key, value):
            later.append((key, value))
        else:
            out.append(f"{_key(key)} = {_lines(value)}")
    for key, value in later:
        below = (*path, key)
        name = ".".join(map(_key, below))
        if isinstance(value, Mapping):
            out.extend(["", f"[{name}]"])
            _dump_table(value, below, out)
        else:
            for item in value:
                out.extend(["", f"[[{name}]]"])
                _dump_table(item, below, out)


def _is_tables(path: tuple[str, ...], key: str, value: Any) -> bool:
    """Whether a list is written as [[tables]]: only the reasons are (decided once: stable bytes)."""
    return path == ("eligibility",) and key == "exclude" and isinstance(value, list)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else quoted(key)


def _lines(value: Any) -> str:
    """A value; a long list has an item a line, so that a change is a line too."""
    text = _value(value)
    if isinstance(value, list) and len(text) > _LONG:
        return "[\n" + "".join(f"  {_value(v)},\n" for v in value) + "]"
    return text


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    return "[" + ", ".join(map(_value, value)) + "]"


def quoted(text: str) -> str:
    """A text as a basic TOML string; control characters escaped (TOML 1.0, Strings)."""
    short = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}
    return '"' + "".join(
        short.get(c) or (f"\\u{ord(c):04X}" if ord(c) < 0x20 or ord(c) == 0x7F else c) for c in text) + '"'
