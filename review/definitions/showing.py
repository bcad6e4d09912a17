"""The strings of a definition for people: on the screen, and as files to paste from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from review.ledger.disk import write_atomic
from review.model import ReviewError
from review.query import Definition, compile, databases, lint
from review.query.places import placed


def strings(definition: Definition, names: Sequence[str] = (), *, split: bool = False,
            file: Path | None = None) -> dict[str, Any]:
    """DESIGN 6, `query`: targets with strings and losses, findings of the linter.

    `split` gives several strings where one would be too long for Google Scholar. `file` is the definition's own,
    for the places of the findings.
    """
    targets = [_target(definition, n, split) for n in names] or [
        _target(definition, n, split, all_of_them=True) for n in definition.databases]
    findings = lint(definition)
    return {"targets": targets,
            "findings": [f.as_dict() for f in (placed(findings, file) if file else findings)]}


def _target(definition: Definition, name: str, split: bool, all_of_them: bool = False) -> dict[str, Any]:
    """One database's strings. Among all of them, one that the definition has no terms for doesn't hide the others."""
    try:
        return {**compile(definition, name, split=split).as_dict(), "database": databases.title(name)}
    except ReviewError as error:
        if not all_of_them:
            raise
        return {"database": databases.title(name), "strings": [], "losses": [], "lines": [], "remarks": [],
                "error": error.message}


def write_strings(data: dict[str, Any], folder: Path) -> list[Path]:
    """Each string of `strings` as a text file of its own, ready to paste; -1, -2 where there are several."""
    written = []
    for target in data["targets"]:
        name, several = databases.canonical(target["database"]), len(target["strings"]) > 1
        for number, string in enumerate(target["strings"], 1):
            path = folder / (f"{name}-{number}.txt" if several else f"{name}.txt")
            write_atomic(path, (string["string"] + "\n").encode("utf-8"))
            written.append(path)
    return written
