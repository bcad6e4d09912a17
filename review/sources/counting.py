"""Dry runs: hits per database, per concept and for the combination, without fetching records (PRESS 2015)."""

from __future__ import annotations

from typing import Any

from review.model import ReviewError
from review.query import compile, databases
from review.query.definition import Definition
from review.sources import Request, for_database
from review.sources.request import Source


def dry_run(definition: Definition, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """One mapping per database: name, strings, hits of the whole, hits per concept, or why it could not be asked."""
    out = []
    for name in names or definition.databases:
        compiled = compile(definition, name)
        source = for_database(name)
        row: dict[str, Any] = {"database": databases.title(name), "status": "manual",
                               "strings": [s.string for s in compiled.strings], "hits": None, "concepts": [],
                               "issues": []}
        out.append(row)
        if source is None:
            continue
        row["status"] = "counted"
        try:
            row["hits"] = [_count(source, s.string, dict(s.params), row) for s in compiled.strings]
            for concept in definition.concepts.values() if len(definition.concepts) > 1 else ():
                row["concepts"].append(_concept(definition, name, concept.name, source, row))
        except ReviewError as error:
            row["status"] = "failed"
            row["issues"].append(error.as_issue())
    return out


def _concept(definition: Definition, database: str, name: str, source: Source, row: dict[str, Any]) -> dict[str, Any]:
    """The hits of one concept alone."""
    from dataclasses import replace

    alone = compile(replace(definition, combine=name, overrides={}), database)
    return {"concept": name, "strings": [s.string for s in alone.strings],
            "hits": [_count(source, s.string, dict(s.params), row) for s in alone.strings]}


def _count(source: Source, string: str, params: dict[str, Any], row: dict[str, Any]) -> int:
    hits, issues = source.count(Request(string, params))
    row["issues"] += issues
    return hits
