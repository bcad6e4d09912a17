"""What changed between two definitions, or between two versions of one: `review diff`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.definitions.trying import brief, indexed, read_records
from review.ledger import events
from review.ledger.paths import Workspace
from review.ledger.transaction import read
from review.model import Issue, Progress, ReviewError, no_progress
from review.query import Definition, load, loads_resolved
from review.query.difference import difference

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class _Version:
    """A version of a definition that was used, and since when."""

    sha: str
    date: str                           # ISO
    path: Path


def compare(first: str = "", second: str = "", *, on: Path | None = None, root: Path | None = None,
            progress: Progress = no_progress) -> dict[str, Any]:
    """Two definitions compared, in words and (`on` a file of records) in records gained and lost.

    Each is an id, an id@version (the beginning of its hash, or a date: the version in use then), or a file. With
    one: its last used version against the file as it stands; if it was never used, the one that it was copied from.
    """
    workspace = Workspace.find(root)
    if not second:
        first, second = _pair(workspace, first)
    old, new = _named(workspace, first), _named(workspace, second)
    issues: list[Issue] = []
    index = None
    if on:
        records, issues = read_records(on, progress)
        index = indexed(records, progress)
    found = difference(old, new, index)
    told: dict[str, Any] = {"old": first, "new": second, "changes": list(found.changes)}
    if index is not None:
        told |= {"of": len(index), "n_old": found.before, "n_new": found.before + len(found.gained) - len(found.lost),
                 "gained": [brief(r) for r in found.gained], "lost": [brief(r) for r in found.lost]}
    versions = [{"version": f"{new.id}@{v.sha[:8]}", "since": v.date} for v in (
        _versions(workspace, new.id) if new.id in workspace.reviews() else ())]
    return {**told, "versions": versions, "issues": [i.as_dict() for i in issues]}


def _pair(workspace: Workspace, word: str) -> tuple[str, str]:
    """What one word is compared with."""
    name = workspace.choose(word.partition("@")[0] or None)
    if "@" in word:
        return word, name
    if versions := _versions(workspace, name):
        return f"{name}@{versions[-1].sha[:8]}", name
    if origin := load(workspace.definition(name)).lineage:
        return origin, name
    raise ReviewError(f"{name} was not used yet and is not a copy of another definition, so there is nothing to compare "
                      f"it with. Name two: review diff OLD {name}.", code="nothing-to-compare")


def _named(workspace: Workspace, word: str) -> Definition:
    if word.endswith(".toml") and Path(word).is_file():
        return load(Path(word))
    name, at, version = word.partition("@")
    if not at:
        return load(workspace.definition(workspace.choose(name)))
    there = _versions(workspace, workspace.choose(name))
    chosen = [v for v in there if v.date <= version][-1:] if _DAY.fullmatch(version) else [
        v for v in there if version and v.sha.startswith(version)]
    if len({v.sha for v in chosen}) != 1:
        raise ReviewError(_no_version(name, version, there, bool(chosen)), code="no-such-version")
    return loads_resolved(chosen[0].path.read_text(encoding="utf-8"), name)


def _no_version(name: str, version: str, there: Sequence[_Version], several: bool) -> str:
    """Why no one version is meant, and which there are."""
    if not there:
        return f"{name} was not used yet, so it has no versions. Name another definition, or a file."
    if several:
        why = f"Several versions of {name} have a hash that begins with {version}"
    elif _DAY.fullmatch(version):
        why = f"{name} was not in use yet on {version}"
    else:
        why = f"No version of {name} has a hash that begins with “{version}”"
    return f"{why}. Used versions: {', '.join(f'{name}@{v.sha[:8]} (since {v.date})' for v in there)}."


def _versions(workspace: Workspace, name: str) -> list[_Version]:
    """The versions that were used, in the order of use."""
    folder = workspace.folder(name)
    log, _ = read(folder)
    return [_Version(e.subject, e.time[:10], folder.definitions / f"{e.subject}.toml")
            for e in log.events if e.type == events.DEFINITION]
