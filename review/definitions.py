"""The saved definitions as a library: made, copied, listed, shown, tried on local records (floor 7)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from review.ledger.disk import write_atomic
from review.ledger.paths import Workspace, valid_id
from review.model import Issue, Record, ReviewError
from review.query import Definition, compile, databases, evaluate, lint, load, templates
from review.query.from_strategy import text_from_strategy


def read_text(path: Path) -> str:
    """A text file that people wrote; ReviewError where it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReviewError(f"{path} is not UTF-8 text (byte {error.start:,}). Save it as UTF-8 and try again.",
                          code="encoding", file=str(path)) from error


def create(review_id: str, *, source: str | None = None, string_file: str | None = None,
           database: str = "pubmed", root: Path | None = None) -> Path:
    """Write a new definition; makes the workspace in an empty folder. Never overwrites one."""
    valid_id(review_id)
    here = (root or Path.cwd()).resolve()
    try:
        workspace = Workspace.find(here)
    except ReviewError:
        workspace = Workspace(here)
    path = workspace.definition(review_id)
    if path.exists():
        raise ReviewError(f"{path} exists already and is not overwritten. Choose another id, or edit that file.",
                          code="exists", file=str(path))
    if source:
        original = workspace.definition(workspace.choose(source))
        text = templates.copy_text(original.read_text(encoding="utf-8"), source, review_id)
    elif string_file:
        text, _ = text_from_strategy(read_text(Path(string_file)), database, review_id)
    else:
        text = templates.new_text(review_id)
    write_atomic(path, text.encode("utf-8"))
    load(path)
    return path


def listing(workspace: Workspace) -> tuple[list[dict[str, Any]], list[Issue]]:
    """The definitions, a mapping each; what can't be read comes as issues."""
    from review.ledger.transaction import read

    rows: list[dict[str, Any]] = []
    issues: list[Issue] = []
    for name in workspace.reviews():
        try:
            definition = load(workspace.definition(name))
        except ReviewError as error:
            issues += error.issues or (error.as_issue(),)
            continue
        log, notes = read(workspace.folder(name))
        issues += notes
        runs = [e.time[:10] for e in log.events if e.type == "search-opened"]
        rows.append({"review": name, "title": definition.title, "framework": definition.framework,
                     "databases": ", ".join(databases.title(d) for d in definition.databases),
                     "last run": max(runs, default=""), "from": definition.lineage})
    return rows, issues


def strings(definition: Definition, names: tuple[str, ...]) -> dict[str, Any]:
    """DESIGN 6, `query`: targets with strings and losses, findings of the linter."""
    targets = []
    for name in names or definition.databases:
        compiled = compile(definition, name)
        targets.append({
            "database": databases.title(name),
            "strings": [{"string": s.string, "length": s.length, "params": dict(s.params)} for s in compiled.strings],
            "losses": [{"code": x.code, "term": x.term, "cannot": x.cannot, "instead": x.instead}
                       for x in compiled.losses]})
    findings = [{"code": f.code, "severity": f.severity, "where": f.where, "message": f.message, "cure": f.cure}
                for f in lint(definition)]
    return {"targets": targets, "findings": findings}


def try_query(query: str, path: Path) -> dict[str, Any]:
    """Hits of a query in PubMed's syntax over a file of records."""
    from review import formats
    from review.query import readers

    records: list[Record] = []
    issues = []
    with open(path, "rb") as stream:
        for item in formats.read(stream, name=path.name):
            if isinstance(item, Issue):
                issues.append(item.as_dict())
            else:
                records.append(item.record)
    if not records:
        raise ReviewError(f"{path} holds no records that can be read. " + " ".join(i["message"] for i in issues[:3]),
                          code="no-records", file=str(path))
    strategy = readers.read(query, "pubmed")
    lines = [{"line": line.text, "n": sum(1 for _ in evaluate(line.tree, records))} for line in strategy.lines]
    n = sum(1 for _ in evaluate(strategy.tree, records))
    return {"query": query, "n": n, "of": len(records), "lines": lines, "issues": issues}
