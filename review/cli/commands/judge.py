"""Screening: workbooks out and back, and what people say of reports."""

from __future__ import annotations

import argparse
from pathlib import Path

from review.cli import printing
from review.cli.commands.common import Answer, answer, review_and_words, some, the_review
from review.model import Progress, ReviewError


def sheets(args: argparse.Namespace, bar: Progress) -> Answer:
    """Send out workbooks."""
    review = the_review(args, bar)
    issued = review.sheets(args.stage, conflicts=args.conflicts, pilot=args.pilot, other_methods=args.other_methods,
                           seed=args.seed)
    rows = [{"sheet": s.sheet, "file": str(review.folder.screening / s.file), "reviewer": s.reviewer, "stage": s.stage,
             "kind": s.kind, "round": s.round, "rows": len(s.rows)} for s in issued]
    return answer(review, printing.sheets(rows), sheets=rows), 0


def collect(args: argparse.Namespace, bar: Progress) -> Answer:
    """Read filled workbooks back."""
    review, words = review_and_words(args, bar)
    found = review.collect([Path(w) for w in words], dry_run=args.dry_run, newer=args.newer)
    files = [{"name": f.name, "sheet": f.sheet, "sha256": f.sha256, "rows": f.rows, "status": f.status}
             for f in found.files]
    shown = answer(review, printing.collected(found, args.dry_run), found.issues, dry_run=args.dry_run, files=files,
                   new=found.new, changed=found.changed, unchanged=found.unchanged, quarantined=found.quarantined,
                   other=found.other, conflicts=found.conflicts, decisions=found.decisions)
    needs = found.conflicts or any(i.severity != "info" for i in found.issues)
    return shown, 1 if needs else 0


def remove(args: argparse.Namespace, bar: Progress) -> Answer:
    """Remove reports before screening."""
    review, words = review_and_words(args, bar)
    keys = review.remove(some(words, "which reports"), args.how, args.reason, restore=args.restore)
    done = "back in the flow" if args.restore else "removed before screening"
    return answer(review, [f"{printing.many(len(keys), 'report')} {done}: {args.reason}"], removed=keys), 0


def reopen(args: argparse.Namespace, bar: Progress) -> Answer:
    """Start a new round."""
    review, words = review_and_words(args, bar)
    keys = review.reopen(some(words, "which reports, or which box"), args.stage, args.reason)
    return answer(review, [f"{len(keys):,} reports reopened at {args.stage}; `review sheets` sends them out."],
                   reopened=keys), 0


def link(args: argparse.Namespace, bar: Progress) -> Answer:
    """Relations and studies."""
    review, words = review_and_words(args, bar)
    if args.own:
        keys = review.link_own()
        return answer(review, [f"{len(keys):,} included reports confirmed, each as one study of its own."],
                       linked=keys), 0
    key = some(words, "which report", 1, 1)[0]
    if not (args.study or args.to or args.same or args.different):
        raise ReviewError("Say what the report is linked to: --study, --to with --type, --same or --different.",
                          code="usage")
    if args.to and not args.type:
        raise ReviewError("Say how: --type preprint-of, for example.", code="usage")
    now = review.link(key, studies=args.study, to=args.to, type=args.type, same=args.same, different=args.different,
                      unlink=args.unlink, reason=args.reason)
    said = f"{key} and {args.same} are now {now}." if args.same else f"Logged for {now}."
    return answer(review, [said], key=now), 0


def undo(args: argparse.Namespace, bar: Progress) -> Answer:
    """Undo a join or split; split records off."""
    review, words = review_and_words(args, bar)
    if args.split:
        key = review.split(args.split, args.reason)
        return answer(review, [f"The records are now the report {key}, undecided."], key=key), 0
    key = review.undo(some(words, "which key was joined or split off", 1, 1)[0], args.reason)
    return answer(review, [f"Undone: {key} has its records and decisions again."], key=key), 0


def reviewer(args: argparse.Namespace, bar: Progress) -> Answer:
    """A reviewer leaves or comes back."""
    review, words = review_and_words(args, bar)
    code = some(words, "the reviewer's code", 1, 1)[0]
    review.reviewer(code, left=args.left, reason=args.reason)
    return answer(review, [f"{code} has {'left' if args.left else 'joined'}; `review sheets` shares out what is "
                            "undecided."]), 0


def agreement(args: argparse.Namespace, bar: Progress) -> Answer:
    """How far the reviewers agree."""
    review = the_review(args, bar)
    found = review.agreement()
    return answer(review, printing.agreement(found), agreement=[a.as_dict() for a in found]), 0
