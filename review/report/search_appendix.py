"""The search appendix after PRISMA-S: every search as it was run, and how its records were handled.

Nothing is written from memory: each number and string comes from search.json and the logs. What they do not
tell is marked for the authors.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from review.documents.blocks import Code, Heading, Paragraph, Table
from review.model import DATABASE_ARM, Search
from review.prisma.keys import LATE
from review.query import databases
from review.report.gather import ReportData
from review.words import agree, and_list, many, were

Blocks = list[Heading | Paragraph | Code | Table]
_MATCHER = "matcher@"       # what the log calls the program's own matching, with its version
TO_WRITE = "[the authors write: {what}]"
# What people may say of a search by other methods (import's details), in the order of PRISMA-S items 3 to 7.
_DETAILS: Mapping[str, str] = {"who": "searched by", "how": "how", "seeds": "seed reports", "direction": "direction",
                               "tool": "tool", "url": "address", "note": "note"}


def to_write(what: str) -> str:
    """A place that only the authors can fill."""
    return TO_WRITE.format(what=what)


def records(n: int) -> str:
    """'1 record', '1,234 records'."""
    return many(n, "record")


def search_appendix(data: ReportData) -> Blocks:
    """The appendix, ready for .docx and Markdown."""
    counted, before = data.counted, data.before
    others = [s for s in data.searches if s not in (*counted, *before)]
    out: Blocks = [
        Heading("Search appendix"),
        Paragraph(f"Every search of the review “{data.counts.title or data.counts.review}” as it was run, from the "
                  "review's own log. Hits are the service's own figure; records are what was received and counted."),
        Heading("Overview", 2), _overview(counted), *_limits(data)]
    for runs in _sources(counted):
        out += _source(data, runs)
    if before:
        out += [Heading("Searches of the previous version", 2),
                Paragraph("What they found stands in the boxes of the previous version; the counts of this flow begin "
                          "after them."), _overview(before, "counted in the previous version")]
        for runs in _sources([search for search in before if search.use == "counted"]):
            out += _source(data, runs)
    if others:
        out += [Heading("Searches that do not count", 2), _overview(others)]
    return out + _deduplication(data)


def _sources(searches: Sequence[Search]) -> list[list[Search]]:
    """The runs of each source search together."""
    out: dict[str, list[Search]] = defaultdict(list)
    for search in searches:
        out[search.source_search].append(search)
    return list(out.values())


def source_name(search: Search) -> str:
    """'MEDLINE (Ovid)', 'PubMed'."""
    return databases.title(search.database) + (f" ({search.platform})" if search.platform else "")


def _overview(searches: Sequence[Search], use: str = "") -> Table:
    rows = tuple((source_name(s), s.method, s.searched_on or to_write("the date"), f"{s.n:,}",
                  "not given" if s.hits is None else f"{s.hits:,}", use or _use(s)) for s in searches)
    return Table(("Source", "Method", "Searched on", "Records", "Hits", "Use"), rows, (3, 2, 2, 1.5, 1.3, 2))


def _use(search: Search) -> str:
    return search.use if search.state == "sealed" else "open: not complete, not counted"


def _limits(data: ReportData) -> Blocks:
    """PRISMA-S items 9 and 10, as the definition states them."""
    definition = data.definition
    if definition is None:
        return []
    limits = definition.limits
    said = []
    if limits.years:
        said.append(f"publication years {limits.years[0]} to {limits.years[1]}")
    if limits.languages:
        said.append("languages " + ", ".join(limits.languages))
    text = f"Limits of the definition: {'; '.join(said)}." if said else (
        "The definition sets no limits on publication years or languages.")
    own = [f"{databases.title(name)} has limits of its own." for name in definition.limits_by_database]
    return [Paragraph(" ".join([text, *own, "Each string stands below with whatever limits it holds."]))]


def _source(data: ReportData, runs: Sequence[Search]) -> Blocks:
    """One source search: what it is, its strings as sent, what the service said."""
    first = runs[0]
    total = sum(run.n for run in runs)
    out: Blocks = [Heading(source_name(first), 2)]
    if parts := [run for run in runs if run.params.get("part")]:
        looked, hits = sum(run.n for run in parts), sum(run.hits or 0 for run in parts)
        out.append(Paragraph(f"The search was divided into strings or slices of years that together cover the expression: "
                             f"{looked:,} of about {hits:,} results were looked at (added up over {len(parts)} runs)."))
    if len(runs) > 1:
        out.append(Paragraph(f"{len(runs)} runs of one source search (re-runs, or parts of a split string); together "
                             f"{records(total)}; what came in several runs counts once."))
    for run in runs:
        out += _run(run, several=len(runs) > 1)
        if inside := data.databases_of(run):
            named = "; ".join(f"{name} {n:,}" for name, n in inside.items())
            out.append(Paragraph(f"The files name {len(inside)} databases, searched together; records that count: {named}."))
    return out


def _run(run: Search, *, several: bool) -> Blocks:
    about = "about " if run.source == "scholar" else ""
    received = records(run.n) + (f" of {about}{run.hits:,} announced" if run.hits is not None else "")
    limited = f", limited to the first {run.limit:,}" if run.limit is not None else ""
    when = run.searched_on or to_write("the date of the search")
    out: Blocks = [Heading(run.id, 3)] if several else []
    out.append(Paragraph(f"Searched on {when} ({run.id}); {received}{limited}."))
    if said := told(run):
        out.append(Paragraph(said + "."))
    if run.string:
        out.append(Code(run.string))
    elif run.method in DATABASE_ARM:
        out.append(Paragraph(to_write("the string exactly as run; it was not given with the export")))
    if run.params.get("translation"):
        out += [Paragraph("The service read it as:"), Code(str(run.params["translation"]))]
    out += [Paragraph(f"The service said: {warning}", "List Bullet") for warning in run.warnings]
    out += [Paragraph(f"Not confirmed by anybody: {what}", "List Bullet") for what in run.not_confirmed]
    return out


def told(search: Search) -> str:
    """What people said of a search by other methods: 'seed reports: R000001-aa; direction: forward'."""
    return "; ".join(f"{word}: {search.params[key]}" for key, word in _DETAILS.items() if search.params.get(key))


def joined_by(data: ReportData) -> str:
    """Who found the duplicates, as the log has it: “this program's matching of records, version 1, and 2 people (AB, CD)”."""
    machine = sorted(name for name in data.matchers if name.startswith(_MATCHER))
    persons = sorted(name for name in data.matchers if name not in machine)
    said = [f"this program's matching of records, version {and_list([name.removeprefix(_MATCHER) for name in machine])}"
            ] if machine else []
    said += [f"{many(len(persons), 'person', 'people')} ({', '.join(persons)})"] if persons else []
    return ", and ".join(said) or "nobody: no two records were joined"


def _deduplication(data: ReportData) -> Blocks:
    """PRISMA-S items 15 and 16."""
    counts = data.counts
    duplicates = counts.boxes.get("duplicates")
    late = len(duplicates.parts.get(LATE, ())) if duplicates else 0
    joins = [join for row in data.reports for join in row.joins if join.seq > data.since]
    by_people = sum(1 for merge in joins if not merge.actor.startswith(_MATCHER))
    rules = Counter(merge.rule for merge in joins if merge.rule)
    removed, total = counts.n("duplicates"), counts.n("database_results") + counts.n("register_results")
    out: Blocks = [
        Heading("Records and deduplication", 2),
        Paragraph(f"Databases and registers gave {records(total)}; {removed:,} of them {were(removed)} "
                  f"removed as {agree(removed, 'a duplicate', 'duplicates')}, {late:,} of these "
                  f"recognised while screening. Duplicates were found by {joined_by(data)}. The program compares "
                  "identifiers first, then titles, authors, years, journals and pages; every join is logged with its rule "
                  "and what spoke for and against it.")]
    if rules:
        ranked = sorted(rules.items(), key=lambda item: (-item[1], item[0]))
        out += [
            Paragraph(f"The table counts {many(len(joins), 'join')} over all sources, {by_people:,} of them by people. Joins "
                      "with records from other methods, from searches run again, from searches that do not count, and from "
                      f"the previous version are among them; the flow counts {many(removed, 'duplicate')}."),
            Table(("Rule", "Joins"), tuple((rule, f"{n:,}") for rule, n in ranked), (3, 1))]
    return out
