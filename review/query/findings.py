"""What is wrong with a definition (a problem: it can't be used) or may be (a finding: something to look at)."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Finding:
    """One remark of the linter: nothing that stops a search, but may cost records or time."""

    code: str                       # short and stable, e.g. "one-term"
    severity: Severity
    path: tuple[str, ...]           # of the key in the definition: ("concepts", "population")
    message: str
    cure: str
    term: str = ""                  # the term that is meant, as written
    file: str = ""                  # file, line and column (from 1): see places.placed
    line: int | None = None
    column: int | None = None

    @property
    def where(self) -> str:
        """The place in words: "concepts.population: 'LBC'"."""
        return ".".join(self.path) + (f": {self.term!r}" if self.term else "")

    def as_dict(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {"code": self.code, "severity": self.severity, "where": self.where, "file": self.file,
                "line": self.line, "column": self.column, "message": self.message, "cure": self.cure}


@dataclass(frozen=True)
class Problem:
    """One mistake: the path of the key, what is wrong and the cure; `file` only if it is another file."""

    path: tuple[str, ...]
    message: str
    file: str = ""
    line: int | None = None


def did_you_mean(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """" Did you mean 'x'?" for the nearest known word, else "" (a leading blank, to be appended)."""
    near = difflib.get_close_matches(word, list(known), 1, cutoff)
    return f" Did you mean {near[0]!r}?" if near else ""


# Keys that people add at the end of the file, where they belong to the table that stands last.
_AT_THE_TOP = {"title", "question", "framework", "combine", "databases", "copied-from", "notes"}


def unknown_keys(table: Mapping[str, Any], known: Iterable[str], path: tuple[str, ...]) -> Iterator[Problem]:
    known = tuple(known)
    for key in table:
        if key not in known:
            hint = did_you_mean(key, known) or f" Known here: {', '.join(known)}."
            if path and key in _AT_THE_TOP:
                hint = (" If it is the definition's own, move it up, above the first [table]: TOML puts it into "
                        f"[{'.'.join(path)}].")
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
