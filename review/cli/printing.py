"""What a terminal shows: plain lines, numbers with separators, nothing that a colour-blind reader would miss."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from review.words import and_list, many, were

if TYPE_CHECKING:
    from review.dedup.assigning import Summary
    from review.dedup.file import Summary as FileSummary
    from review.prisma.box import Check, Counts
    from review.report.status import Status
    from review.report.trace import Trace
    from review.screening.agreement import Agreement
    from review.screening.collector import Collected
    from review.screening.elsewhere import Brought
    from review.sources.files import ImportResult
    from review.sources.running import SearchResult


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], gives_way: str = "") -> list[str]:
    """Columns side by side. Only the one that `gives_way` is cut to the terminal's width: an id is there to be copied,
    and half a number is a wrong one."""
    if not rows:
        return ["none"]
    cells = [[str(r.get(c, "") if r.get(c) is not None else "") for c in columns] for r in rows]
    widths = [max(len(c), *(len(row[i]) for row in cells)) for i, c in enumerate(columns)]
    room = shutil.get_terminal_size((110, 20)).columns - 2 * (len(columns) - 1)
    if gives_way:
        at = columns.index(gives_way)
        widths[at] = max(min(widths[at], 10), min(widths[at], room - sum(widths) + widths[at]))
    lines = []
    for row in ([*columns], *cells):
        cut = [c if len(c) <= w else c[:w - 1] + "…" for c, w in zip(row, widths, strict=True)]
        lines.append("  ".join(c.ljust(w) for c, w in zip(cut, widths, strict=True)).rstrip())
    return lines


def _wrapped(text: str, indent: str = "    ") -> list[str]:
    return textwrap.wrap(text, 100, initial_indent=indent, subsequent_indent=indent, break_long_words=False)


def dry_run(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Hits a line: each concept, then their combination."""
    lines = []
    for row in rows:
        lines.append(row["database"] + {"manual": ": no interface; run its string there by hand (review query)",
                                        "failed": ": could not be asked", "skipped": ": no string"}.get(row["status"], ""))
        counted = [(c["string_hits"], c["concept"]) for c in row["concepts"]]
        counted += [(row["string_hits"], f"in all: {row['combine']}")] if row["hits"] is not None else []
        for hits, name in counted:
            parts = f"  ({' + '.join(f'{h:,}' for h in hits)}: several strings, whose hits overlap)" if len(hits) > 1 else ""
            lines.append(f"{sum(hits):>12,}  {name}{parts}")
    return lines


def searches(found: Sequence[SearchResult], review_id: str) -> list[str]:
    """What became of each string."""
    lines = []
    for r in found:
        if not r.string:                # the reason stands among the warnings
            lines.append(f"{r.database}: no string, not searched")
            continue
        if r.status == "manual":
            lines += [f"{r.database}: no interface; run this string there by hand:", f"  {r.string}"]
            lines += _wrapped(r.resume)
            continue
        hits = "" if r.hits is None else f" of {'about ' if r.database == 'Google Scholar' else ''}{many(r.hits, 'hit')}"
        part = f", string {r.part}" if r.part else ""
        status = "searched before" if r.status == "skipped" else r.status
        lines.append(f"{r.database}{part}: {status}, {many(r.records, 'record')}{hits}" + (f" ({r.id})" if r.id else ""))
        if r.translation:
            lines += _wrapped("read as: " + textwrap.shorten(r.translation, 400, placeholder=" … (all of it in search.json)"))
        if r.resume and r.resume not in [w.message for w in r.warnings]:
            lines += _wrapped(r.resume)
    lines += _together(found)
    if any(r.status in ("complete", "limited") for r in found):
        lines.append("Next: review dedupe")
    return lines


def _together(found: Sequence[SearchResult]) -> list[str]:
    """The parts of one source search, added up."""
    parts = [r for r in found if r.part]
    if not parts:
        return []
    came = many(sum(r.records for r in parts), "record")
    return [f"{parts[0].database}: {len(parts)} strings are one search; {came} came. What came by several of them counts once."]


def imported(result: ImportResult) -> list[str]:
    """N in the file, M read."""
    lines = [f"{r.file.name}: {r.file.format}, {r.file.encoding or 'workbook'}; the file holds "
             f"{'?' if r.file.in_file is None else format(r.file.in_file, ',')}, {r.file.read or 0:,} read"
             for r in result.readings]
    search = result.search
    if result.already:
        return [*lines, f"Already imported as {search.id}; nothing was done."]
    doubt = f"; not confirmed: {', '.join(search.not_confirmed)}" if search.not_confirmed else ""
    use = ", a trial that does not count" if search.use == "trial" else ""
    lines += [f"{f.name}: kept beside the records" for f in search.files if f.role == "beside"]
    return [*lines, f"{search.id} is {search.state}{use}: {many(search.n, 'record')}{doubt}."]


def deduped(summary: Summary, file: str) -> list[str]:
    """What the matcher did."""
    if not summary.new_records:
        return ["No new records: every record of a finished search that counts has its report."]
    lines = [f"{many(summary.new_records, 'new record')}: {many(summary.new_reports, 'new report')}, "
             f"{many(summary.merged, 'record')} merged, {many(summary.related, 'related pair')} linked, "
             f"{many(summary.possible, 'possible duplicate')}."]
    if summary.joined:
        lines.append(f"Joined with another report: {many(summary.joined, 'report')}.")
    if file:
        lines.append(f"For a person to decide: {file} (then `review collect`)")
    return lines


def deduped_file(found: FileSummary) -> list[str]:
    """What deduplicating files gave."""
    return [f"{many(found.records, 'record')}, {many(found.reports, 'report')}; listed: "
            f"{many(found.possible, 'possible duplicate')}, {many(found.related, 'related pair')}.",
            *(f"wrote {p}" for p in found.outputs)]


def sheets(rows: Sequence[Mapping[str, Any]], folder: str) -> list[str]:
    """The workbooks that went out, and what becomes of them."""
    return [f"{r['file']}  to be filled with what other methods find" if r["kind"] == "found" else
            f"{r['file']}  {many(r['rows'], 'report')} for {r['reviewer']} ({r['stage']}"
            + (f", {r['kind']}" if r["kind"] != "screening" else "") + ")" for r in rows] + [
        f"Next: send each file to the person it is for. Put what comes back into {folder}, then `review collect`."]


def collected(found: Collected, dry: bool) -> list[str]:
    """What came back."""
    lines = [f"{f.name}: {f.status}, {many(f.rows, 'row')}" + (f" ({f.sheet})" if f.sheet else "") for f in found.files]
    if dry:
        lines += [f"  {d['report']}  {d['reviewer']}  {d['old'] or '-'} -> {d['new']}  ({d['cell']})"
                  for d in found.decisions]
    answers = found.other - found.found
    parts = [f"{many(found.found, 'find')} of other methods"] if found.found else []
    if found.new or found.changed or not found.other:
        parts.append(f"{many(found.new, 'new decision')}, {many(found.changed, 'change')}")
    if answers:
        parts.append(f"{many(answers, 'other answer')} (duplicates, full texts, studies)")
    verb = "would be" if dry else were(found.new + found.changed + found.other)
    lines.append(f"{', '.join(parts)} {verb} logged; {found.unchanged:,} unchanged; "
                 f"{found.quarantined:,} not taken; {many(found.conflicts, 'conflict')} open.")
    return lines


def _logged(new: int, changed: int, dry: bool) -> str:
    verb = "would be" if dry else were(new + changed)
    return f"{many(new, 'new decision')} and {many(changed, 'change')} {verb} logged"


def brought(found: Brought, dry: bool, most: int = 20) -> list[str]:
    """What came from another tool, and what did not match, on both sides."""
    lines = [f"{found.name}: {many(found.rows, 'row')}, {found.matched:,} of them matched to reports."]
    if dry:
        lines += [f"  {d['report']}  {d['reviewer']}  {d['old'] or '-'} -> {d['new']}  ({d['cell']})"
                  for d in found.decisions[:most]]
        if len(found.decisions) > most:
            lines.append(f"  … and {len(found.decisions) - most:,} more (--json lists them)")
    lines.append(f"{_logged(found.new, found.changed, dry)}; {found.unchanged:,} unchanged; "
                 f"{many(found.other, 'other entry', 'other entries')}; {many(found.conflicts, 'conflict')} open.")
    if found.not_taken:
        lines.append(f"Not taken, each with its why: {len(found.not_taken):,}")
        lines += [f"  {n['cell']}: {n['report']} “{n['title'][:60]}” {n['code']}: {n['message']}" for n in found.not_taken[:most]]
        if len(found.not_taken) > most:
            lines.append(f"  … and {len(found.not_taken) - most:,} more (--list FILE writes them all)")
    if found.reports_without_row:
        some = ", ".join(found.reports_without_row[:8]) + (", …" if len(found.reports_without_row) > 8 else "")
        lines.append(f"Reports at this stage of which the file says nothing: {len(found.reports_without_row):,} ({some})")
    return lines


def finality(found: Counts) -> str:
    """Whether the flow that was written is final; if not, why."""
    return "The flow is final." if found.final else "DRAFT because " + "; ".join(found.reasons) + "."


def run(done: Mapping[str, Any]) -> list[str]:
    """What `run` did, then the status."""
    lines = []
    if "dedupe" in done:
        lines += deduped(done["dedupe"], "")
    if done.get("collected"):
        lines += collected(done["collected"], dry=False)
    lines += [f"sent out: {s.file} ({many(len(s.rows), 'report')})" for s in done.get("sheets", ())]
    lines += [f"wrote {p}" for p in done["files"]]
    return [*lines, "", *status(done["status"])]


def status(found: Status) -> list[str]:
    """Searches, who has what left, warnings, what to do next."""
    lines = [f"{found.review}: {found.title}", ""]
    lines += table(found.searches, ("id", "database", "state", "use", "records", "searched_on"), "database") if (
        found.searches) else []
    if found.reviewers:
        rows = [{**r, "reviewer": f"{r['reviewer']} (left)"} if r["has_left_the_team"] else r for r in found.reviewers]
        lines += ["", *table(rows, ("reviewer", "stage", "sent", "decided", "left"))]
    if found.conflicts:
        lines += ["", f"{many(found.conflicts, 'conflict')} open"]
    lines += [""] + [f"warning: {w}" for w in found.warnings] if found.warnings else []
    return [*lines, "", "Next:", *(f"  - {n}" for n in found.next)]


def trace(found: Trace) -> list[str]:
    """The life of a report: where it stands now, its records, every step."""
    lines = [f"{found.key}: {found.title}", f"now: {found.now}"]
    if found.aliases:
        lines.append(f"also known as {', '.join(found.aliases)}")
    for r in found.records:
        gone = "" if r["report"] == found.key else f" [now of {r['report']}]"
        lines.append(f"  {r['record']}  {r['database']} ({r['use']}): {r['title']} ({r['year'] or 'no year'}){gone}")
    return [*lines, "", *(f"{s['time']}  {s['what']}" for s in found.steps)]


def agreement(found: Iterable[Agreement]) -> list[str]:
    """Agreement of each pair."""
    lines = []
    for a in found:
        where = f"{a.stage}, {'pilot' if a.round == 0 else f'round {a.round}'}, {and_list(a.reviewers)}"
        lines += textwrap.wrap(f"{where}: {a.summary()}", 110, subsequent_indent="    ", break_long_words=False)
    return lines or ["Nobody has decided on a report that somebody else decided on too."]


def checks(found: Iterable[Check]) -> list[str]:
    """The checks of a flow from outside."""
    def said(c: Check) -> str:
        if c.level == "info":                   # nothing was compared
            return f"-: {c.message}"
        word = "holds" if c.ok else "WARNING" if c.level == "warning" else "FAILS"
        return f"{word}: {c.message} [{c.left:,} | {c.right:,}]"

    return [said(c) for c in found]
