"""One function a command: call the workflow, turn its answer into lines and into the object that --json prints."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from review.cli import printing
from review.ledger.paths import Workspace
from review.model import Issue, Progress, ReviewError
from review.workflow import Review

Answer = tuple[dict[str, Any], int]


def _open(args: argparse.Namespace, progress: Progress | None) -> tuple[Review, list[str]]:
    """The review that is meant, and the other words. The first word is an id only if queries/<it>.toml exists."""
    workspace = Workspace.find()
    words = list(args.words)
    review_id = words.pop(0) if words and words[0] in workspace.reviews() else None
    return Review(workspace, workspace.choose(review_id), progress=progress), words


def _one(args: argparse.Namespace, progress: Progress | None) -> Review:
    """The review, where the command takes nothing else: a word that is no id is a wrong id."""
    workspace = Workspace.find()
    _some(args.words, "at most the id of a review", 0, 1)
    return Review(workspace, workspace.choose(args.words[0] if args.words else None), progress=progress)


def _some(words: list[str], what: str, least: int = 1, most: int | None = None) -> list[str]:
    if len(words) < least or (most is not None and len(words) > most):
        raise ReviewError(f"Say {what}." if len(words) < least else f"Too many words; say {what}.", code="usage")
    return words


def _issues(issues: Any) -> list[dict[str, Any]]:
    return [i.as_dict() for i in issues]


def _answer(review: Review, lines: list[str], issues: Any = (), **more: Any) -> dict[str, Any]:
    return {"review": review.id, **more, "text": lines, "issues": _issues((*review.notes, *issues))}


def _mapping(name: str | None) -> dict[str, str] | None:
    """A mapping file: TOML lines `column = "field"`."""
    if not name:
        return None
    import tomllib

    try:
        data = tomllib.loads(Path(name).read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ReviewError(f"{name} can't be read as a mapping: {error}. Write lines such as \"Article name\" = "
                          "\"title\".", code="mapping", file=name) from error
    return {str(k): str(v) for k, v in data.items()}


# Definitions

def demo(args: argparse.Namespace, bar: Progress) -> Answer:
    """The whole job on the bundled example."""
    from review.examples.demo import run_demo

    words = _some(args.words, "at most one folder", 0, 1)
    result = run_demo(Path(words[0] if words else "review-demo"), bar)
    return {**result.as_dict(), "text": result.lines()}, 0


def new(args: argparse.Namespace, bar: Progress) -> Answer:
    """A new definition."""
    from review import definitions

    review_id = _some(args.words, "the id of the new review: review new my-review", 1, 1)[0]
    path = definitions.create(review_id, source=args.source, string_file=args.from_string, database=args.database)
    return {"review": review_id, "file": str(path),
            "text": [f"Wrote {path}.", "Open it in any text editor, then look at its strings: "
                     f"review query {review_id}"]}, 0


def queries(args: argparse.Namespace, bar: Progress) -> Answer:
    """The saved definitions."""
    from review import definitions

    rows, issues = definitions.listing(Workspace.find())
    return {"queries": rows, "text": printing.table(rows, ("review", "title", "framework", "databases", "last run",
                                                           "from")), "issues": _issues(issues)}, 0


def query(args: argparse.Namespace, bar: Progress) -> Answer:
    """The strings for every database."""
    from review import definitions

    review = _one(args, bar)
    data = definitions.strings(review.definition, tuple(args.database))
    return {"review": review.id, "definition": review.definition.sha, **data, "text": printing.query(data)}, 0


# Searching

def search(args: argparse.Namespace, bar: Progress) -> Answer:
    """Run the searches."""
    review = _one(args, bar)
    if args.dry_run:
        rows = review.dry_run(args.database)
        issues = [i for r in rows for i in r["issues"]]
        shown = [{**r, "issues": _issues(r["issues"])} for r in rows]
        status = 3 if any(r["status"] == "failed" for r in rows) else 0
        return {"review": review.id, "dry_run": True, "searches": shown, "text": printing.dry_run(rows),
                "issues": _issues(issues)}, status
    libraries = {}
    for pair in args.library:
        name, sign, file = pair.partition("=")
        if not sign or not name.strip() or not file.strip():
            raise ReviewError(f"“{pair}” does not fit; write --library \"Practice library=FILE\".", code="usage")
        libraries[name.strip()] = Path(file.strip())
    found = review.search(args.database, limit=args.limit, trial=args.trial, update=args.update, libraries=libraries)
    status = 3 if any(r.status == "open" for r in found) else 0
    answer = _answer(review, printing.searches(found, review.id), [w for r in found for w in r.warnings],
                     searches=[r.as_dict() for r in found])
    return answer, status


def import_(args: argparse.Namespace, bar: Progress) -> Answer:
    """Import export files."""
    from review import definitions
    from review.sources.files import ImportRequest

    review, words = _open(args, bar)
    _some(words, "which files to import")
    string = definitions.read_text(Path(args.string)).strip() if args.string else ""
    request = ImportRequest(tuple(Path(w) for w in words), args.database, args.platform, args.method,
                            printing.iso_date(args.date), string, args.hits, args.trial, args.same_as, args.encoding,
                            _mapping(args.mapping), {"note": args.note} if args.note else None)
    result = review.import_files(request)
    answer = {**result.as_dict(review.id), "text": printing.imported(result),
              "issues": _issues((*review.notes, *result.issues))}
    return answer, 0 if result.complete else 1


def withdraw(args: argparse.Namespace, bar: Progress) -> Answer:
    """A search stops counting."""
    review, words = _open(args, bar)
    name = _some(words, "which search", 1, 1)[0]
    review.withdraw(name, args.reason, args.superseded_by)
    how = f"superseded by {args.superseded_by}" if args.superseded_by else "withdrawn"
    return _answer(review, [f"{name} is {how}; it no longer counts, and stays on disk."], search=name), 0


def accept(args: argparse.Namespace, bar: Progress) -> Answer:
    """An incomplete search counts as it is."""
    review, words = _open(args, bar)
    found = review.accept(_some(words, "which search", 1, 1)[0], args.reason)
    return _answer(review, [f"{found.id} is sealed with {found.n:,} records."], search=found.id, records=found.n), 0


def acknowledge(args: argparse.Namespace, bar: Progress) -> Answer:
    """A warning was seen."""
    review, words = _open(args, bar)
    name, *warning = _some(words, "which search, and which warning (or none for all)", 1, 2)
    review.acknowledge(name, warning[0] if warning else "", args.reason)
    return _answer(review, [f"Noted for {name}."], search=name), 0


# Reports and screening

def dedupe(args: argparse.Namespace, bar: Progress) -> Answer:
    """Give every record its report."""
    review = _one(args, bar)
    summary, sheet = review.dedupe()
    more = {k: getattr(summary, k) for k in ("new_records", "new_reports", "merged", "joined", "possible", "related")}
    file = str(review.folder.screening / sheet.file) if sheet else ""
    return _answer(review, printing.deduped(summary, file), summary.issues, **more, sheet=file), 0


def sheets(args: argparse.Namespace, bar: Progress) -> Answer:
    """Send out workbooks."""
    review = _one(args, bar)
    issued = review.sheets(args.stage, conflicts=args.conflicts, pilot=args.pilot, other_methods=args.other_methods,
                           seed=args.seed)
    rows = [{"sheet": s.sheet, "file": str(review.folder.screening / s.file), "reviewer": s.reviewer, "stage": s.stage,
             "kind": s.kind, "round": s.round, "rows": len(s.rows)} for s in issued]
    return _answer(review, printing.sheets(rows), sheets=rows), 0


def collect(args: argparse.Namespace, bar: Progress) -> Answer:
    """Read filled workbooks back."""
    review, words = _open(args, bar)
    found = review.collect([Path(w) for w in words], dry_run=args.dry_run, newer=args.newer)
    files = [{"name": f.name, "sheet": f.sheet, "sha256": f.sha256, "rows": f.rows, "status": f.status}
             for f in found.files]
    answer = _answer(review, printing.collected(found, args.dry_run), found.issues, dry_run=args.dry_run, files=files,
                     new=found.new, changed=found.changed, unchanged=found.unchanged, quarantined=found.quarantined,
                     other=found.other, conflicts=found.conflicts, decisions=found.decisions)
    needs = found.conflicts or any(i.severity != "info" for i in found.issues)
    return answer, 1 if needs else 0


def remove(args: argparse.Namespace, bar: Progress) -> Answer:
    """Remove reports before screening."""
    review, words = _open(args, bar)
    keys = review.remove(_some(words, "which reports"), args.how, args.reason, restore=args.restore)
    done = "back in the flow" if args.restore else "removed before screening"
    return _answer(review, [f"{printing.many(len(keys), 'report')} {done}: {args.reason}"], removed=keys), 0


def reopen(args: argparse.Namespace, bar: Progress) -> Answer:
    """Start a new round."""
    review, words = _open(args, bar)
    keys = review.reopen(_some(words, "which reports, or which box"), args.stage, args.reason)
    return _answer(review, [f"{len(keys):,} reports reopened at {args.stage}; `review sheets` sends them out."],
                   reopened=keys), 0


def link(args: argparse.Namespace, bar: Progress) -> Answer:
    """Relations and studies."""
    review, words = _open(args, bar)
    if args.own:
        keys = review.link_own()
        return _answer(review, [f"{len(keys):,} included reports confirmed, each as one study of its own."],
                       linked=keys), 0
    key = _some(words, "which report", 1, 1)[0]
    if not (args.study or args.to or args.same or args.different):
        raise ReviewError("Say what the report is linked to: --study, --to with --type, --same or --different.",
                          code="usage")
    if args.to and not args.type:
        raise ReviewError("Say how: --type preprint-of, for example.", code="usage")
    now = review.link(key, studies=args.study, to=args.to, type=args.type, same=args.same, different=args.different,
                      unlink=args.unlink, reason=args.reason)
    said = f"{key} and {args.same} are now {now}." if args.same else f"Logged for {now}."
    return _answer(review, [said], key=now), 0


def undo(args: argparse.Namespace, bar: Progress) -> Answer:
    """Undo a join or split; split records off."""
    review, words = _open(args, bar)
    if args.split:
        key = review.split(args.split, args.reason)
        return _answer(review, [f"The records are now the report {key}, undecided."], key=key), 0
    key = review.undo(_some(words, "which key was joined or split off", 1, 1)[0], args.reason)
    return _answer(review, [f"Undone: {key} has its records and decisions again."], key=key), 0


def baseline(args: argparse.Namespace, bar: Progress) -> Answer:
    """The previous version."""
    review = _one(args, bar)
    if args.reduce:
        if not args.reason:
            raise ReviewError("Say why with --reason (retracted, for example).", code="usage")
        review.baseline_reduce(args.reduce, args.reason)
        return _answer(review, [f"{args.reduce} is taken out of the previous version: {args.reason}"]), 0
    if args.freeze:
        studies, reports = review.baseline_freeze(args.reason)
    else:
        studies, reports = review.baseline_import(Path(args.file), _mapping(args.mapping))
    return _answer(review, [f"The previous version holds {studies:,} studies in {reports:,} reports."],
                   studies=studies, reports=reports), 0


def reviewer(args: argparse.Namespace, bar: Progress) -> Answer:
    """A reviewer leaves or comes back."""
    review, words = _open(args, bar)
    code = _some(words, "the reviewer's code", 1, 1)[0]
    review.reviewer(code, left=args.left, reason=args.reason)
    return _answer(review, [f"{code} has {'left' if args.left else 'joined'}; `review sheets` shares out what is "
                            "undecided."]), 0


# Counting and telling

def counts(args: argparse.Namespace, bar: Progress) -> Answer:
    """PRISMA counts."""
    review = _one(args, bar)
    found = review.counts(printing.iso_moment(args.as_of))
    if args.list:
        if args.list not in found.boxes:
            raise ReviewError(f"There is no box “{args.list}”. Boxes: {', '.join(found.boxes)}.", code="no-such-box")
        box = found.boxes[args.list]
        return _answer(review, list(box.ids), box=box.key, n=box.n, unit=box.unit, ids=list(box.ids)), 0
    return _answer(review, printing.counts(found), **{k: v for k, v in found.as_dict().items() if k != "review"}), 0


def flow(args: argparse.Namespace, bar: Progress) -> Answer:
    """The diagram."""
    return _written(_one(args, bar), "flow")


def report(args: argparse.Namespace, bar: Progress) -> Answer:
    """The report and every derived file."""
    return _written(_one(args, bar), "report")


def _written(review: Review, what: str) -> Answer:
    paths = [str(p) for p in getattr(review, what)()]
    return _answer(review, [f"wrote {p}" for p in paths], files=paths), 0


def run(args: argparse.Namespace, bar: Progress) -> Answer:
    """Everything that can be done now."""
    review = _one(args, bar)
    done = review.run()
    collected = done["collected"]
    issues = list(collected.issues) if collected else []
    lines = printing.run(done)
    more = {"sheets": [s.file for s in done.get("sheets", ())], "files": [str(p) for p in done["files"]],
            "next": done["status"].next}
    needs = any(i.severity != "info" for i in issues) or (collected is not None and collected.conflicts)
    return _answer(review, lines, issues, **more), 1 if needs else 0


def status(args: argparse.Namespace, bar: Progress) -> Answer:
    """Where the review stands."""
    review = _one(args, bar)
    found = review.status()
    return _answer(review, printing.status(found), **{k: v for k, v in vars(found).items() if k != "review"}), 0


def trace(args: argparse.Namespace, bar: Progress) -> Answer:
    """One report's life."""
    review, words = _open(args, bar)
    found = review.trace(_some(words, "which report or record", 1, 1)[0])
    return _answer(review, printing.trace(found), key=found.key, aliases=list(found.aliases), title=found.title,
                   records=list(found.records), steps=list(found.steps)), 0


def check(args: argparse.Namespace, bar: Progress) -> Answer:
    """Integrity."""
    review = _one(args, bar)
    found = review.check()
    review.notes = []
    bad = [i for i in found if i.severity == "error"]
    lines = ["Everything is as it was logged, and the counts add up."] if not bad else [
        f"{printing.many(len(bad), 'thing')} not as it should be:"]
    return _answer(review, lines, found, ok=not bad), 1 if bad else 0


def agreement(args: argparse.Namespace, bar: Progress) -> Answer:
    """How far the reviewers agree."""
    review = _one(args, bar)
    found = review.agreement()
    return _answer(review, printing.agreement(found), agreement=[a.as_dict() for a in found]), 0


def export(args: argparse.Namespace, bar: Progress) -> Answer:
    """Reports of a box for other tools."""
    review = _one(args, bar)
    paths = review.export(args.format, args.set, Path(args.out) if args.out else None)
    return _answer(review, [f"wrote {p}" for p in paths], files=[str(p) for p in paths]), 0


def dedupe_file(args: argparse.Namespace, bar: Progress) -> Answer:
    """Deduplicate files without a review."""
    from review.dedup.file import dedupe_file as work

    summary = work([Path(w) for w in _some(args.words, "which files")], Path(args.out), bar)
    return {**summary.as_dict(), "text": printing.deduped_file(summary), "issues": _issues(summary.issues)}, 0


def try_(args: argparse.Namespace, bar: Progress) -> Answer:
    """A query over a local file."""
    from review import definitions

    found = definitions.try_query(" ".join(_some(args.words, "the query")), Path(args.on))
    return {**found, "text": printing.tried(found)}, 0


def check_flow(args: argparse.Namespace, bar: Progress) -> Answer:
    """Check a flow from anywhere."""
    from review.prisma.outside import check_flow as check_all
    from review.prisma.outside import read_flow

    path = Path(_some(args.words, "which file", 1, 1)[0])
    found_flow = read_flow(path.read_bytes(), path.name)
    checks = check_all(found_flow)
    bad = [c for c in checks if not c.ok and c.level == "error"]
    issues: tuple[Issue, ...] = tuple(found_flow.issues)
    return {"file": str(path), "checks": [{"rule": c.rule, "level": c.level, "ok": c.ok, "left": c.left,
                                           "right": c.right, "ids": list(c.ids), "message": c.message}
                                          for c in checks],
            "text": printing.checks(checks), "issues": _issues(issues)}, 1 if bad else 0


COMMANDS: dict[str, Callable[[argparse.Namespace, Progress], Answer]] = {
    "demo": demo, "new": new, "queries": queries, "query": query, "search": search, "import": import_,
    "withdraw": withdraw, "accept": accept, "acknowledge": acknowledge, "dedupe": dedupe, "sheets": sheets,
    "collect": collect, "remove": remove, "reopen": reopen, "link": link, "undo": undo, "baseline": baseline,
    "reviewer": reviewer, "counts": counts, "flow": flow, "report": report, "run": run, "status": status,
    "trace": trace, "check": check, "agreement": agreement, "export": export, "dedupe-file": dedupe_file,
    "try": try_, "check-flow": check_flow,
}
