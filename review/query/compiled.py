"""What a compilation gives: the strings for one database, and by name everything that was lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from review.query.tree import Node


@dataclass(frozen=True)
class Loss:
    """One thing that the target can't say, and what was said instead."""

    code: str                       # short and stable, e.g. "truncation-dropped"
    term: str                       # as the definition has it; "" for the whole string
    cannot: str
    instead: str

    def as_dict(self) -> dict[str, str]:
        """As `--json` prints it."""
        return {"code": self.code, "term": self.term, "cannot": self.cannot, "instead": self.instead}


@dataclass(frozen=True)
class Remark:
    """What the database does with every string by itself. No loss: no string could say it otherwise."""

    code: str                       # short and stable, e.g. "word-forms-added"
    message: str

    def as_dict(self) -> dict[str, str]:
        """As `--json` prints it."""
        return {"code": self.code, "message": self.message}


@dataclass(frozen=True)
class SearchString:
    """One string to search with. `params` are the source's own parameters (years, languages)."""

    string: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """Characters, operators included."""
        return len(self.string)

    def as_dict(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {"string": self.string, "length": self.length, "params": dict(self.params)}


@dataclass(frozen=True)
class Compiled:
    """A definition compiled for one database.

    `tree` is the expression that the string says: after the losses, so that running it over records shows
    what the losses cost. `lines` is the same search as an appendix prints it: a line a concept, then their
    combination by number.
    """

    database: str                   # canonical name
    strings: tuple[SearchString, ...]
    losses: tuple[Loss, ...]
    tree: Node
    lines: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As `--json` prints it (one of `targets`)."""
        return {"database": self.database, "strings": [s.as_dict() for s in self.strings],
                "losses": [x.as_dict() for x in self.losses], "lines": list(self.lines),
                "remarks": [r.as_dict() for r in self.remarks]}
