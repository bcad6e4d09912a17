"""What is wrong with a definition, a finding each: shared by the checks of its parts."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One finding: the path of the key, what is wrong and the cure; `file` only if it is another file."""

    path: tuple[str, ...]
    message: str
    file: str = ""
    line: int | None = None


def did_you_mean(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """" Did you mean 'x'?" for the nearest known word, else "" (a leading blank, to be appended)."""
    near = difflib.get_close_matches(word, list(known), 1, cutoff)
    return f" Did you mean {near[0]!r}?" if near else ""


def unknown_keys(table: Mapping[str, Any], known: Iterable[str], path: tuple[str, ...]) -> Iterator[Problem]:
    known = tuple(known)
    for key in table:
        if key not in known:
            hint = did_you_mean(key, known) or f" Known here: {', '.join(known)}."
            yield Problem((*path, key), f"{'.'.join((*path, key))}: unknown key.{hint}")


def check_text(table: Mapping[str, Any], path: tuple[str, ...], *, needed: bool) -> Iterator[Problem]:
    """Whether the last key of `path` holds a text."""
    name, value = ".".join(path), table.get(path[-1])
    if value is None and not needed:
        return
    if not isinstance(value, str):
        what = "is missing" if value is None else "must be text between quotation marks"
        yield Problem(path, f"{name} {what}: write {path[-1]} = \"...\".")
    elif needed and not value.strip():
        yield Problem(path, f"{name} is empty: write {path[-1]} = \"...\".")


def check_texts(value: Any, path: tuple[str, ...], example: str) -> Iterator[Problem]:
    """Whether a value is a list of non-empty texts."""
    name = ".".join(path)
    if not isinstance(value, list):
        yield Problem(path, f"{name} must be a list of texts: {path[-1]} = [{example}].")
        return
    for number, item in enumerate(value, 1):
        if not isinstance(item, str) or not item.strip():
            yield Problem(path, f"{name}: item {number} ({item!r}) is not a text; put it between quotation "
                                f"marks: {path[-1]} = [{example}].")
