"""Dry runs: hits per database, per concept and for the combination, without fetching records (PRESS 2015)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from review.ledger.replay import State
from review.model import Progress, ReviewError, no_progress
from review.query.definition import Definition
from review.sources.request import Request
from review.sources.running import Job, Options, jobs


def dry_run(definition: Definition, options: Options, state: State, progress: Progress | None = None
            ) -> list[dict[str, Any]]:
    """One mapping per database: name, strings, hits, hits per concept, or why it could not be asked.

    `hits` adds up the strings' own, which stand in `string_hits`: where there are several, their hits overlap.
    """
    by_database: dict[str, list[Job]] = {}
    planned, without = jobs(definition, options, state)
    for job in planned:
        by_database.setdefault(job.database, []).append(job)
    rows = [_row(definition, options, state, name, parts, progress or no_progress) for name, parts in by_database.items()]
    return [*rows, *({"database": r.database, "status": "skipped", "strings": [], "params": [], "hits": None,
                      "combine": definition.combine, "concepts": [], "issues": list(r.warnings)} for r in without)]


def _row(definition: Definition, options: Options, state: State, database: str, parts: list[Job],
         progress: Progress) -> dict[str, Any]:
    row: dict[str, Any] = {"database": database, "status": "manual", "string": "\n".join(job.string for job in parts),
                           "strings": [job.string for job in parts], "params": [dict(job.params) for job in parts],
                           "hits": None, "string_hits": [], "combine": definition.combine, "concepts": [], "issues": []}
    if parts[0].source is None:
        return row
    row["status"] = "counted"
    concepts = list(definition.concepts.values()) if len(definition.concepts) > 1 else []
    try:
        for number, concept in enumerate(concepts):
            progress(number, len(concepts) + 1, f"counting in {database}")
            alone = replace(definition, combine=concept.name, overrides={})
            strings, _ = jobs(alone, replace(options, databases=(database,)), state)
            hits = [_count(job, row) for job in strings]
            row["concepts"].append({"concept": concept.name, "strings": [job.string for job in strings],
                                    "hits": sum(hits), "string_hits": hits})
        progress(len(concepts), len(concepts) + 1, f"counting in {database}")
        row["string_hits"] = [_count(job, row) for job in parts]
        row["hits"] = sum(row["string_hits"])
    except ReviewError as error:
        row["status"] = "failed"
        row["issues"].append(error.as_issue())
    return row


def _count(job: Job, row: dict[str, Any]) -> int:
    assert job.source is not None
    hits, issues = job.source.count(Request(job.string, job.params))
    row["issues"] += [i for i in issues if i not in row["issues"]]
    return hits
