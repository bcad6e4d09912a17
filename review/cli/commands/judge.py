"""Screening: workbooks out and back, and what people say of reports."""

from __future__ import annotations

import argparse
from pathlib import Path

from review.cli import printing
from review.cli.commands.common import Answer, answer, next_lines, review_and_words, some, the_review
from review.model import Progress, ReviewError
from review.words import ELSEWHERE, agree, many
from review.workflow import Review


def sheets(args: argparse.Namespace, bar: Progress) -> Answer:
    """Send out workbooks."""
    review = the_review(args, bar)
    if args.found:
        if args.stage or args.conflicts or args.pilot or args.other_methods or args.seed is not None or args.pdfs or args.batch:
            raise ReviewError("--found sends out an empty workbook and goes with no other option.", code="usage")
        issued = [review.sheet_of_finds()]
    else:
        issued = review.sheets(args.stage, conflicts=args.conflicts, pilot=args.pilot, other_methods=args.other_methods,
                               seed=args.seed, pdfs=Path(args.pdfs) if args.pdfs else None, batch=args.batch)
    rows = [{"sheet": s.sheet, "file": str(review.folder.screening / s.file), "reviewer": s.reviewer, "stage": s.stage,
             "kind": s.kind, "round": s.round, "rows": len(s.rows)} for s in issued]
    lines = printing.sheets(rows, str(review.folder.screening))
    if not rows:
        seen = " A pilot takes reports that nobody was sent yet, and waits for the one before." if args.pilot else ""
        lines = next_lines(review, f"Nothing was sent out.{seen} Where things stand:")
    if review.pdfs is None:
        return answer(review, lines, sheets=rows), 0
    pdfs = {"reports": review.pdfs.reports, "with_pdf": review.pdfs.with_pdf, "unmatched": list(review.pdfs.strays)}
    return answer(review, [*lines, *review.pdfs.lines()], sheets=rows, pdfs=pdfs), 0


def collect(args: argparse.Namespace, bar: Progress) -> Answer:
    """Read filled workbooks back, or decisions made in another tool."""
    review, words = review_and_words(args, bar)
    if args.tool:
        return _bring_in(args, review, words)
    if args.stage or args.reviewer or args.decision or args.mapping or args.encoding or args.list:
        raise ReviewError("A workbook of ours says all that itself. For decisions made in another tool say which one: --from "
                          + ", ".join(ELSEWHERE) + ".", code="usage")
    found = review.collect([Path(w) for w in words], dry_run=args.dry_run, newer=args.newer)
    files = [{"name": f.name, "sheet": f.sheet, "sha256": f.sha256, "rows": f.rows, "status": f.status}
             for f in found.files]
    shown = answer(review, printing.collected(found, args.dry_run), found.issues, dry_run=args.dry_run, files=files,
                   new=found.new, changed=found.changed, unchanged=found.unchanged, quarantined=found.quarantined,
                   other=found.other, found=found.found, conflicts=found.conflicts, decisions=found.decisions)
    needs = found.conflicts or any(i.severity != "info" for i in found.issues)
    return shown, 1 if needs else 0


def _bring_in(args: argparse.Namespace, review: Review, words: list[str]) -> Answer:
    """Decisions made in another tool."""
    from review.screening.elsewhere import request, write_list

    path = Path(some(words, "which file (one)", 1, 1)[0])
    asked = request(path, args.tool, args.stage or "", args.reviewer, decision=args.decision, mapping=args.mapping,
                    encoding=args.encoding, newer=args.newer)
    found = review.bring_in(asked, dry_run=args.dry_run)
    if args.list:
        write_list(Path(args.list), found)
    files = [{"name": found.name, "sheet": args.tool, "sha256": found.sha256, "rows": found.rows,
              "status": "read" if found.new or found.changed or found.other else "unchanged"}]
    shown = answer(review, printing.brought(found, args.dry_run), found.issues, dry_run=args.dry_run, files=files,
                   new=found.new, changed=found.changed, unchanged=found.unchanged,
                   quarantined=len(found.not_taken) + found.nameless, other=found.other, conflicts=found.conflicts,
                   decisions=found.decisions, rows=found.rows, matched=found.matched,
                   not_taken=found.not_taken, reports_without_row=found.reports_without_row)
    needs = found.conflicts or found.not_taken or any(i.severity != "info" for i in found.issues)
    return shown, 1 if needs else 0


def remove(args: argparse.Namespace, bar: Progress) -> Answer:
    """Remove reports before screening."""
    review, words = review_and_words(args, bar)
    keys = review.remove(some(words, "which reports"), args.how, args.reason, restore=args.restore)
    done = "back in the flow" if args.restore else "removed before screening"
    return answer(review, [f"{many(len(keys), 'report')} {done}: {args.reason}"], removed=keys), 0


def reopen(args: argparse.Namespace, bar: Progress) -> Answer:
    """Start a new round."""
    review, words = review_and_words(args, bar)
    from review.report.next_steps import STAGE_WORDS

    stage = args.stage or review.stage_of(some(words, "which reports, or which box"))
    keys = review.reopen(words, stage, args.reason)
    lines = [f"{many(len(keys), 'report')} reopened at {STAGE_WORDS[stage]}; `review sheets --stage {stage}` sends "
             f"{agree(len(keys), 'it', 'them')} out."] if keys else [
        f"Nothing was reopened: no report stands in {' or '.join(words)}."]
    return answer(review, lines, reopened=keys, stage=stage), 0


def link(args: argparse.Namespace, bar: Progress) -> Answer:
    """Relations and studies."""
    review, words = review_and_words(args, bar)
    if args.own:
        if words or args.study or args.to or args.same or args.different or args.unlink:
            raise ReviewError("--own confirms every included report without a study as one of its own; give it alone. For one "
                              "report: review link KEY --study NAME.", code="usage")
        keys = review.link_own()
        each = agree(len(keys), "one study of its own", "one study each")
        return answer(review, [f"{many(len(keys), 'included report')} confirmed as {each}."], linked=keys), 0
    key = some(words, "which report", 1, 1)[0]
    if not (args.study or args.to or args.same or args.different):
        raise ReviewError("Say what the report is linked to: --study, --to with --type, --same or --different.",
                          code="usage")
    if args.unlink and (args.same or args.different):
        raise ReviewError("--unlink takes back --study or --to. A join is undone by `review undo KEY`, two reports that are "
                          "“different” become one by --same.", code="usage")
    if args.to and not args.type:
        raise ReviewError("Say how: --type preprint-of, for example.", code="usage")
    now = review.link(key, studies=args.study, to=args.to, type=args.type, same=args.same, different=args.different,
                      unlink=args.unlink, reason=args.reason)
    state = review.state()
    studies = sorted(state.studies_of(state.groups()[now]))
    relations = [{"from": a, "type": t, "to": b} for a, b, t in state.relations() if now in (a, b)]
    said = []
    if args.same:
        said.append(f"{key} and {args.same} are now one report, {now}.")
    if args.different:
        said.append(f"{now} and {args.different} are different reports, for ever.")
    if args.study:
        said.append(f"{now} tells of {many(len(studies), 'study', 'studies')}: {'; '.join(studies)}." if studies else
                    f"{now} now tells of no study.")
    if args.to:
        said.append(f"{now} is {'no longer ' if args.unlink else ''}{args.type} {args.to}.")
    return answer(review, said, key=now, studies=studies, relations=relations,
                  same=args.same, different=args.different), 0


def undo(args: argparse.Namespace, bar: Progress) -> Answer:
    """Undo a join or split; split records off."""
    review, words = review_and_words(args, bar)
    if args.split:
        home = some(words, "at most the key of the report that the records leave", 0, 1)
        key = review.split(args.split, args.reason, of=home[0] if home else "")
        return answer(review, [f"{', '.join(args.split)}: now the report {key}, undecided."], key=key, split=args.split), 0
    key = review.undo(some(words, "which key was joined or split off", 1, 1)[0], args.reason)
    return answer(review, [f"Undone: {key} has its records and decisions again."], key=key), 0


def reviewer(args: argparse.Namespace, bar: Progress) -> Answer:
    """A reviewer leaves or comes back."""
    review, words = review_and_words(args, bar)
    code = review.reviewer(some(words, "the reviewer's code", 1, 1)[0], left=args.left, reason=args.reason)
    return answer(review, [f"{code} has {'left' if args.left else 'joined'}.", *next_lines(review)], reviewer=code,
                   has_left_the_team=bool(args.left), reason=args.reason), 0


def agreement(args: argparse.Namespace, bar: Progress) -> Answer:
    """How far the reviewers agree."""
    review = the_review(args, bar)
    found = review.agreement()
    return answer(review, printing.agreement(found), agreement=[a.as_dict() for a in found]), 0
