"""Definitions: the demo, new ones, the saved ones, their strings, a query tried offline, what changed."""

from __future__ import annotations

import argparse
from pathlib import Path

from review.cli import printing_define
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
    path, notes = definitions.create(review_id, source=args.source, string_file=args.from_string, database=args.database)
    return {"review": review_id, "file": str(path), "issues": issue_rows(notes),
            "text": [f"Wrote {path}.", "Open it in any text editor, then look at its strings: "
                     f"review query {review_id}"]}, 0


def queries(args: argparse.Namespace, bar: Progress) -> Answer:
    """The saved definitions."""
    from review import definitions

    workspace = Workspace.find()
    rows, blocks, issues = definitions.listing(workspace)
    orphans = workspace.orphans()
    return {"queries": rows, "blocks": blocks, "without_definition": orphans,
            "text": printing_define.queries(rows, blocks, orphans), "issues": issue_rows(issues)}, 0


def query(args: argparse.Namespace, bar: Progress) -> Answer:
    """The strings for every database."""
    from review import definitions

    review = the_review(args, bar)
    file = review.workspace.definition(review.id)
    data = definitions.strings(review.definition, args.database, split=args.split, file=file)
    written = definitions.write_strings(data, Path(args.out)) if args.out else []
    text = [*printing_define.query(data, args.lines), *(f"wrote {p}" for p in written)]
    return {"review": review.id, "definition": review.definition.sha, **data, "files": [str(p) for p in written],
            "text": text}, 0


def try_(args: argparse.Namespace, bar: Progress) -> Answer:
    """A query over a local file."""
    from review import definitions

    found = definitions.try_query(" ".join(args.words), Path(args.on), database=args.database, progress=bar)
    return {**found, "text": printing_define.tried(found, args.list)}, 0


def diff(args: argparse.Namespace, bar: Progress) -> Answer:
    """What changed."""
    from review import definitions

    words = some(args.words, "at most two definitions: review diff OLD NEW", 0, 2)
    found = definitions.compare(*words, on=Path(args.on) if args.on else None, progress=bar)
    return {**found, "text": printing_define.differences(found)}, 0
