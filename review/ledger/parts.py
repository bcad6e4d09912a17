"""A derived file with a line for each record, in parts: a search's part stays while what it is made from does.

A stamp beside it (`.records.json` beside records.jsonl) says from what its parts were made, and its hash: a file that
is not as it was written is made again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import review
from review.ledger.disk import sha256, write_derived
from review.ledger.replay import State

_BEFORE_ID = b'{"id": "'


def made_from(state: State, *also: str) -> dict[str, str]:
    """Each sealed search, with a hash of what its part is made from: the program, the kept files, and `also`."""
    return {s.id: sha256(json.dumps([review.__version__, s.sealed, [f.sha256 for f in s.files], *also]).encode())
            for s in state.searches.values() if s.state == "sealed"}


def line(data: Mapping[str, object]) -> bytes:
    """One record's line; `id` comes first."""
    return (json.dumps(data, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def record_of(text: bytes) -> str:
    """The record that a line is about, without reading the rest."""
    start = len(_BEFORE_ID)
    return text[start:text.index(b'"', start)].decode("utf-8")


def read(path: Path) -> tuple[dict[str, str], dict[str, list[bytes]]]:
    """What each part of the file was made from, and its lines; nothing where the file is not as it was written."""
    try:
        said, data = json.loads(_stamp(path).read_bytes()), path.read_bytes()
        if said["sha256"] != sha256(data):
            return {}, {}
        made_from = dict(said["from"])
        parts: dict[str, list[bytes]] = defaultdict(list)
        for text in data.splitlines(keepends=True):
            parts[record_of(text).partition("/")[0]].append(text)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):  # missing, damaged, or not as this version writes it
        return {}, {}
    return made_from, {search: parts[search] for search in made_from}


def write(path: Path, sources: Mapping[str, str], lines: Iterable[bytes]) -> None:
    """Write the file and say from what its parts were made; the lines of one search follow each other."""
    data = b"".join(lines)
    write_derived(path, data)
    write_derived(_stamp(path), (json.dumps({"from": dict(sources), "sha256": sha256(data)}) + "\n").encode())


def _stamp(path: Path) -> Path:
    return path.with_name(f".{path.stem.lstrip('.')}.json")
