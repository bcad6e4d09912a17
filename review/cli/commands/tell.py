"""What a review tells: counts, the flow, where it stands, the life of a record."""

from __future__ import annotations

import argparse
from pathlib import Path

from review.cli import printing
from review.cli.commands.common import Answer, answer, issue_rows, review_and_words, some, the_review
from review.ledger.disk import readable
from review.model import Issue, Progress
from review.words import many
from review.workflow import Review


def counts(args: argparse.Namespace, bar: Progress) -> Answer:
    """PRISMA counts."""
    review = the_review(args, bar)
    found = review.counts(args.as_of)
    if args.list:
        box = found.box(args.list)
        why = [] if box.key in found.boxes else [Issue("no-such-box", str(found.no_box(box.key)), severity="info")]
        return answer(review, list(box.ids), why, box=box.key, n=box.n, unit=box.unit, ids=list(box.ids)), 0
    return answer(review, str(found).splitlines(), **{k: v for k, v in found.as_dict().items() if k != "review"}), 0


def flow(args: argparse.Namespace, bar: Progress) -> Answer:
    """The diagram."""
    return _written(the_review(args, bar), "flow")


def report(args: argparse.Namespace, bar: Progress) -> Answer:
    """The report and every derived file."""
    return _written(the_review(args, bar), "report")


def _written(review: Review, what: str) -> Answer:
    from review.prisma.prisma_csv import changed_names

    paths = [str(p) for p in getattr(review, what)()]
    found = review.counts()
    return answer(review, [*(f"wrote {p}" for p in paths), printing.finality(found)], changed_names(found), files=paths,
                  final=found.final, reasons=list(found.reasons)), 0


def run(args: argparse.Namespace, bar: Progress) -> Answer:
    """Everything that can be done now."""
    review = the_review(args, bar)
    done = review.run()
    collected = done["collected"]
    issues = list(collected.issues) if collected else []
    lines = printing.run(done)
    more = {"sheets": [s.file for s in done.get("sheets", ())], "files": [str(p) for p in done["files"]],
            "next": done["status"].next}
    needs = any(i.severity != "info" for i in issues) or (collected is not None and collected.conflicts)
    return answer(review, lines, issues, **more), 1 if needs else 0


def status(args: argparse.Namespace, bar: Progress) -> Answer:
    """Where the review stands."""
    review = the_review(args, bar)
    found = review.status()
    return answer(review, printing.status(found), **{k: v for k, v in vars(found).items() if k != "review"}), 0


def trace(args: argparse.Namespace, bar: Progress) -> Answer:
    """One report's life."""
    review, words = review_and_words(args, bar)
    found = review.trace(some(words, "which report or record", 1, 1)[0])
    return answer(review, printing.trace(found), key=found.key, aliases=list(found.aliases), title=found.title, now=found.now,
                   records=list(found.records), steps=list(found.steps)), 0


def check(args: argparse.Namespace, bar: Progress) -> Answer:
    """Integrity."""
    review = the_review(args, bar)
    found = review.check()
    review.notes = []
    bad = [i for i in found if i.severity == "error"]
    well = "Everything is as it was logged, and the counts add up." if review.folder.log.exists() else (
        "Nothing is logged yet, so there is nothing to check.")
    lines = [well] if not bad else [
        f"{many(len(bad), 'thing')} not as it should be:"]
    return answer(review, lines, found, ok=not bad), 1 if bad else 0


def export(args: argparse.Namespace, bar: Progress) -> Answer:
    """Reports of a box for other tools."""
    review = the_review(args, bar)
    done = review.export(args.format, args.set, Path(args.out) if args.out else None, decisions=not args.without_decisions)
    files = list(map(str, done.paths))
    return answer(review, [f"wrote {', '.join(files)}: {many(done.n, done.unit)}"], files=files, n=done.n,
                  unit=f"{done.unit}s"), 0


def check_flow(args: argparse.Namespace, bar: Progress) -> Answer:
    """Check a flow from anywhere."""
    from review.prisma.outside import check_flow as check_all
    from review.prisma.outside import read_flow

    path = Path(some(args.words, "which file", 1, 1)[0])
    found_flow = read_flow(readable(path, pipe=True).read_bytes(), path.name)
    checks = check_all(found_flow)
    bad = [c for c in checks if not c.ok and c.level == "error"]
    issues = (*found_flow.issues, *(Issue("check-failed", c.message, file=path.name, severity="error") for c in bad),
              *(Issue("check-warning", c.message, file=path.name) for c in checks if not c.ok and c.level == "warning"))
    unread = any(issue.severity == "error" for issue in found_flow.issues)      # a number was given, and not understood
    return {"file": str(path), "checks": [{"rule": c.rule, "level": c.level, "ok": c.ok, "left": c.left,
                                           "right": c.right, "ids": list(c.ids), "message": c.message}
                                          for c in checks],
            "text": printing.checks(checks),                # which tells the failing checks to people
            "issues": issue_rows(issues if args.json else found_flow.issues)}, 1 if bad or unread else 0
