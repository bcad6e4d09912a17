"""The saved definitions: a new one, a copy, one out of a published string, and the list of them all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from review.ledger.disk import readable, write_atomic
from review.ledger.paths import Workspace, valid_id
from review.model import Issue, ReviewError, replace
from review.query import databases, load, templates, tomltext
from review.query.from_strategy import syntax_of, text_from_strategy


def read_text(path: Path) -> str:
    """A text file that people wrote; ReviewError where there is none, or it is not UTF-8."""
    try:
        return readable(path, pipe=True).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReviewError(f"{path} is not UTF-8 text (byte {error.start:,}). Save it as UTF-8 and try again.",
                          code="encoding", file=str(path)) from error


def create(review_id: str, *, source: str | None = None, string_file: str | None = None,
           database: str = "", root: Path | None = None) -> tuple[Path, tuple[Issue, ...]]:
    """Write a new definition; makes the workspace in an empty folder. Never overwrites one.

    With a published string also what was put right while reading it, or could be read in two ways.
    """
    valid_id(review_id)
    here = (root or Path.cwd()).resolve()
    try:
        workspace = Workspace.find(here)
    except ReviewError:
        workspace = Workspace(here)
    path = workspace.definition(review_id)
    notes: tuple[Issue, ...] = ()
    _not_there(path)
    if source:
        text = _copy(workspace, source, review_id)
    elif string_file:
        text, notes = _from_string(Path(string_file), database, review_id)
    else:
        text = templates.new_text(review_id)
    write_atomic(path, text.encode("utf-8"))
    load(path)
    return path, notes


def _not_there(path: Path) -> None:
    """Whether the name is free; on many computers "Review" and "review" are one file."""
    taken = [p for p in path.parent.glob("*.toml") if p.name.casefold() == path.name.casefold()]
    if taken:
        raise ReviewError(f"{taken[0]} exists already and is not overwritten. Choose another id, or edit that file.",
                          code="exists", file=str(taken[0]))


def _copy(workspace: Workspace, source: str, review_id: str) -> str:
    original = workspace.definition(workspace.choose(source))
    load(original)                      # a copy of a broken definition would be a second broken one
    return templates.copy_text(read_text(original), source, review_id)


def _from_string(file: Path, database: str, review_id: str) -> tuple[str, tuple[Issue, ...]]:
    text = read_text(file)
    try:
        written, strategy = text_from_strategy(text, syntax_of(text, database), review_id)
    except ReviewError as error:
        error.file = str(file)
        raise
    return written, strategy.notes


def listing(workspace: Workspace) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[Issue]]:
    """The definitions and the shared blocks, a mapping each; what can't be read comes as issues."""
    rows: list[dict[str, Any]] = []
    issues: list[Issue] = []
    for name in workspace.reviews():
        try:
            rows.append(_row(workspace, name, issues))
        except ReviewError as error:
            issues += _broken(error)
    return rows, _blocks(workspace, rows, issues), issues


def _broken(error: ReviewError) -> tuple[Issue, ...]:
    """What is wrong with a definition: an error, whether one thing is or several."""
    return error.issues or (replace(error.as_issue(), severity="error"),)


def _row(workspace: Workspace, name: str, issues: list[Issue]) -> dict[str, Any]:
    """One definition."""
    from review.ledger.transaction import read

    path = workspace.definition(name)
    definition = load(path)
    log, notes = read(workspace.folder(name))
    issues += notes
    runs = [e.time[:10] for e in log.events if e.type == "search-opened"]
    concepts = tomltext.parse(path.read_bytes(), str(path))["concepts"]
    return {"review": name, "title": definition.title, "framework": definition.framework,
            "databases": ", ".join(databases.title(d) for d in definition.databases), "last run": max(runs, default=""),
            "from": definition.lineage,
            "blocks": list(dict.fromkeys(c["block"] for c in concepts.values() if "block" in c))}


def _blocks(workspace: Workspace, rows: Sequence[dict[str, Any]], issues: list[Issue]) -> list[dict[str, Any]]:
    """The shared blocks, what they hold, and which definitions take them."""
    out = []
    for path in sorted((workspace.queries / "blocks").glob("*.toml")):
        try:
            block = tomltext.parse(path.read_bytes(), str(path))
        except ReviewError as error:
            issues += _broken(error)
            continue
        out.append({"block": path.stem, "title": str(block.get("title", "")),
                    "n": sum(len(v) for v in block.values() if isinstance(v, list)),
                    "used by": [r["review"] for r in rows if path.stem in r["blocks"]]})
    return out
