"""Definitions: the demo, new ones, the saved ones, their strings, a query tried offline."""

from __future__ import annotations

import argparse
from pathlib import Path

from review.cli import printing
from review.cli.commands.common import Answer, issue_rows, some, the_review
from review.ledger.paths import Workspace
from review.model import Progress


def demo(args: argparse.Namespace, bar: Progress) -> Answer:
    """The whole job on the bundled example."""
    from review.examples.demo import run_demo

    words = some(args.words, "at most one folder", 0, 1)
    result = run_demo(Path(words[0] if words else "review-demo"), bar)
    return {**result.as_dict(), "text": result.lines()}, 0


def new(args: argparse.Namespace, bar: Progress) -> Answer:
    """A new definition."""
    from review import definitions

    review_id = some(args.words, "the id of the new review: review new my-review", 1, 1)[0]
    path = definitions.create(review_id, source=args.source, string_file=args.from_string, database=args.database)
    return {"review": review_id, "file": str(path),
            "text": [f"Wrote {path}.", "Open it in any text editor, then look at its strings: "
                     f"review query {review_id}"]}, 0


def queries(args: argparse.Namespace, bar: Progress) -> Answer:
    """The saved definitions."""
    from review import definitions

    rows, issues = definitions.listing(Workspace.find())
    return {"queries": rows, "text": printing.table(rows, ("review", "title", "framework", "databases", "last run",
                                                           "from")), "issues": issue_rows(issues)}, 0


def query(args: argparse.Namespace, bar: Progress) -> Answer:
    """The strings for every database."""
    from review import definitions

    review = the_review(args, bar)
    data = definitions.strings(review.definition, tuple(args.database))
    return {"review": review.id, "definition": review.definition.sha, **data, "text": printing.query(data)}, 0


def try_(args: argparse.Namespace, bar: Progress) -> Answer:
    """A query over a local file."""
    from review import definitions

    found = definitions.try_query(" ".join(some(args.words, "the query")), Path(args.on))
    return {**found, "text": printing.tried(found)}, 0
