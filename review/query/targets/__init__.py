"""The databases that a definition compiles for: one module each, found by name.

A new target is one new file here with `TARGET = Dialect(...)` (or several: `TARGETS`), plus a folder of
fixture pairs under `tests/query/targets/`. Packages of third parties register theirs as entry points in
the group `review.targets`; a bundled target of the same name wins.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Protocol

from review.query.compiled import Compiled
from review.query.targets.compiling import Database
from review.query.targets.dialect import Dialect
from review.query.tree import Node

_NOT_TARGETS = {"compiling", "dialect", "lower", "reshape", "generic"}


class Target(Protocol):
    """What the compiler asks of a target."""

    @property
    def name(self) -> str:
        """Canonical name of the database."""

    @property
    def language(self) -> str:
        """Which terms of the definition it takes: "en" or "zh"."""

    @property
    def vocabularies(self) -> tuple[str, ...]:
        """The controlled vocabularies that it has."""

    def compile(self, tree: Node, years: tuple[int, int] | None = None,
                languages: tuple[str, ...] = ()) -> Compiled:
        """The strings of an expression, and every loss."""


@cache
def _bundled() -> dict[str, Target]:
    found: dict[str, Target] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        if module in _NOT_TARGETS:
            continue
        loaded = importlib.import_module(f"{__name__}.{module}")
        for target in getattr(loaded, "TARGETS", None) or (loaded.TARGET,):
            found[target.name] = _target(target)
    return found


def _target(found: Target | Dialect) -> Target:
    """What a module registers: its dialect, or a target that compiles in a way of its own."""
    return Database(found) if isinstance(found, Dialect) else found


@cache
def _others() -> dict[str, Target]:
    """Targets of other packages; looked for only when no bundled one has the name (it reads every package)."""
    from importlib.metadata import entry_points

    loaded = (point.load() for point in entry_points(group="review.targets"))
    return {target.name: _target(target) for target in loaded}


def names() -> tuple[str, ...]:
    """The canonical names of all databases that can be compiled for, in alphabetical order."""
    return tuple(sorted({**_others(), **_bundled()}))


def get(name: str) -> Target | None:
    """The target of a canonical name, or None."""
    return _bundled().get(name) or _others().get(name)
