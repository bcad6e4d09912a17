"""Searches and reports: run, imported, settled, deduplicated; the previous version."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from review.cli import printing
from review.cli.commands.common import (
    Answer,
    answer,
    issue_rows,
    next_lines,
    pairs,
    read_mapping,
    review_and_words,
    some,
    the_review,
)
from review.model import Issue, Progress, ReviewError
from review.words import many
from review.workflow import Review


def search(args: argparse.Namespace, bar: Progress) -> Answer:
    """Run the searches."""
    review = the_review(args, bar)
    libraries = {}
    for pair in args.library:
        name, sign, file = pair.partition("=")
        if not sign or not name.strip() or not file.strip():
            raise ReviewError(f"“{pair}” does not fit; write --library \"Practice library=FILE\".", code="usage")
        libraries[name.strip()] = Path(file.strip())
    before = [] if libraries and not args.database else review.before_search(args.database)
    for issue in before:                # at once: a search may take long
        print(f"note: {issue.message}", file=sys.stderr, flush=True)
    if args.dry_run:
        return _dry_run(args, review, before)
    found = review.search(args.database, limit=args.limit, trial=args.trial, update=args.update, libraries=libraries,
                          split=args.split, slice_years=args.slice_years)
    status = 3 if any(r.status == "open" for r in found) else 1 if any(not r.string for r in found) else 0
    issues = [w for r in found for w in r.warnings]
    if args.json:                       # the text says it beside the search
        issues += [r.unfinished() for r in found if r.status == "open" and r.resume not in [w.message for w in issues]]
    return answer(review, printing.searches(found, review.id), issues,
                  searches=[r.as_dict() for r in found], notes=issue_rows(before)), status


def _dry_run(args: argparse.Namespace, review: Review, before: list[Issue]) -> Answer:
    rows = review.dry_run(args.database, split=args.split, slice_years=args.slice_years)
    shown = [{**r, "id": "", "records": 0, "missing": [], "resume": "", "warnings": issue_rows(r["issues"]),
              "issues": issue_rows(r["issues"])} for r in rows]
    status = 3 if any(r["status"] == "failed" for r in rows) else 1 if any(r["status"] == "skipped" for r in rows) else 0
    return {"review": review.id, "dry_run": True, "searches": shown, "text": printing.dry_run(rows),
            "notes": issue_rows(before), "issues": issue_rows([i for r in rows for i in r["issues"]])}, status


def import_(args: argparse.Namespace, bar: Progress) -> Answer:
    """Import export files."""
    from review import definitions
    from review.sources.files import ImportRequest

    review, words = review_and_words(args, bar)
    some(words, "which files to import")
    string = definitions.read_text(Path(args.string)).strip() if args.string else ""
    request = ImportRequest(tuple(Path(w) for w in words), args.database, args.platform, args.method,
                            args.date, string, args.hits, args.trial, args.same_as, args.encoding,
                            read_mapping(args.mapping), pairs(args.fields, "--fields"),
                            details={"note": args.note} if args.note else None)
    result = review.import_files(request)
    shown = {**result.as_dict(review.id), "text": printing.imported(result),
             "issues": issue_rows((*review.notes, *result.issues))}
    return shown, 0 if result.complete else 1


def withdraw(args: argparse.Namespace, bar: Progress) -> Answer:
    """A search stops counting."""
    review, words = review_and_words(args, bar)
    name = some(words, "which search", 1, 1)[0]
    previous = review.withdraw(name, args.reason, args.superseded_by)
    how = f"superseded by {args.superseded_by}" if args.superseded_by else "withdrawn"
    lines = [f"{name} is {how}; it no longer counts, and stays on disk."]
    if previous:
        lines = [f"{name} is {how}, and stays on disk. It belongs to the previous version, so that no number of box 1 "
                 "changes: its studies and reports stay there, and what the previous version knew is known on. Box 2 counts "
                 "only later searches anyway. What must leave box 1: review baseline --reduce STUDY --reason …"]
    return answer(review, lines, search=name, in_previous_version=previous), 0


def accept(args: argparse.Namespace, bar: Progress) -> Answer:
    """An incomplete search counts as it is."""
    review, words = review_and_words(args, bar)
    found = review.accept(some(words, "which search", 1, 1)[0], args.reason)
    return answer(review, [f"{found.id} is sealed with {many(found.n, 'record')}."], search=found.id, records=found.n), 0


def acknowledge(args: argparse.Namespace, bar: Progress) -> Answer:
    """A warning was seen."""
    review, words = review_and_words(args, bar)
    name, *warning = some(words, "which search, and which warning (or none for all)", 1, 2)
    seen = review.acknowledge(name, warning[0] if warning else "", args.reason)
    return answer(review, [f"Seen and settled for {name}: {', '.join(seen)}."], search=name, acknowledged=seen,
                  reason=args.reason), 0


def dedupe(args: argparse.Namespace, bar: Progress) -> Answer:
    """Give every record its report."""
    review = the_review(args, bar)
    summary, sheet = review.dedupe()
    more = {k: getattr(summary, k) for k in ("new_records", "new_reports", "merged", "joined", "possible", "related")}
    file = str(review.folder.screening / sheet.file) if sheet else ""
    return answer(review, [*printing.deduped(summary, file), *next_lines(review)], summary.issues, **more, sheet=file), 0


def dedupe_file(args: argparse.Namespace, bar: Progress) -> Answer:
    """Deduplicate files without a review."""
    from review.dedup.file import dedupe_file as work

    summary = work([Path(w) for w in some(args.words, "which files")], Path(args.out), bar)
    return {**summary.as_dict(), "text": printing.deduped_file(summary), "issues": issue_rows(summary.issues)}, (
        0 if summary.complete else 1)


def _left_open(review: Review) -> list[str]:
    """Which reports a previous version leaves open, and what that means."""
    from review.prisma.keys import TWINS

    boxes = review.counts().boxes
    keys = [k for key in ("awaiting_classification", "ongoing") for k in (key, TWINS[key]) if k in boxes]
    found = sorted({i for key in keys for i in boxes[key].ids})
    if not found:
        return []
    shown = ", ".join(found[:10]) + (" and more" if len(found) > 10 else "")
    return [f"It leaves {many(len(found), 'report')} open (awaiting classification or ongoing): {shown}. The flow of the update "
            "does not count them again; tell in its text what became of them."]


def baseline(args: argparse.Namespace, bar: Progress) -> Answer:
    """The previous version."""
    review = the_review(args, bar)
    if args.reduce:
        if not args.reason:
            raise ReviewError("Say why with --reason (retracted, for example).", code="usage")
        review.baseline_reduce(args.reduce, args.reason)
        return answer(review, [f"{args.reduce} is taken out of the previous version: {args.reason}"]), 0
    lines = []
    if args.freeze:
        lines = ["It is frozen for good: what comes from now on belongs to the update.", *_left_open(review)]
        studies, reports = review.baseline_freeze(args.reason)
    else:
        studies, reports = review.baseline_import(Path(args.file), read_mapping(args.mapping))
    return answer(review, [f"The previous version holds {many(studies, 'study', 'studies')} in {many(reports, 'report')}.",
                           *lines], studies=studies, reports=reports), 0
