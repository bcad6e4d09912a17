"""Where records come from: one file a source, found by name; third parties add theirs by entry points.

A source is a module with NAME, DATABASES, RECORD_FILES, `run` and `count` (see `request.Source`). Another
package offers one under the entry point group `review.sources`.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import cast

from review.model import Progress
from review.sources.request import (
    DirectoryStore,
    Outcome,
    Request,
    Source,
    Store,
    no_progress,
)


@cache
def all_sources() -> tuple[Source, ...]:
    """The sources of this package and those of installed packages. Importing them loads no heavy library."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = [import_module(f"{__name__}.{name}") for name in names]
    found += [point.load() for point in entry_points(group="review.sources")]
    return tuple(cast(Source, module) for module in found if hasattr(module, "DATABASES"))


def for_database(name: str) -> Source | None:
    """The source that searches a database, by its canonical name ("pubmed", "google-scholar").

    None for a database that offers no interface: its string is run by hand and its export imported.
    """
    wanted = _plain(name)
    for source in all_sources():
        if wanted in map(_plain, source.DATABASES):
            return source
    return None


def _plain(name: str) -> str:
    """Database names compare without case, blanks and hyphens."""
    return "".join(c for c in name.casefold() if c not in " -_")


__all__ = [
    "DirectoryStore",
    "Outcome",
    "Progress",
    "Request",
    "Source",
    "Store",
    "all_sources",
    "for_database",
    "no_progress",
]
