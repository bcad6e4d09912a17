"""Checklists that authors submit, filled where the logs know the answer and marked where the authors must write.

Items go by their names: PRISMA-ScR has two numberings in use. The wording of the items is our own; the authors
check it against the published checklist (Tricco et al. 2018; Rethlefsen et al. 2021).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from review.documents.blocks import Heading, Paragraph, Table
from review.model import DATABASE_ARM, Search
from review.query import databases
from review.report.gather import ReportData
from review.report.methods import deciders
from review.report.search_appendix import Blocks, joined_by, records, source_name, to_write, told
from review.words import and_list, many

Answer = Callable[[ReportData], str]
Item = tuple[str, str, Answer | str]        # name, what it asks, the answer or what the authors must write


def prisma_s(data: ReportData) -> Blocks:
    """The 16 items of PRISMA-S."""
    return _list("PRISMA-S checklist", "Reporting of the literature search.", _PRISMA_S, data)


def prisma_scr(data: ReportData) -> Blocks:
    """The items of PRISMA-ScR, 20 and two that are optional."""
    return _list("PRISMA-ScR checklist", "Reporting of the scoping review.", _PRISMA_SCR, data)


def _list(title: str, words: str, items: Sequence[Item], data: ReportData) -> Blocks:
    rows = tuple((name, asks, answer(data) if callable(answer) else to_write(answer)) for name, asks, answer in items)
    left = sum("[the authors write" in row[2] for row in rows)
    return [Heading(title), Paragraph(f"{words} {len(rows)} items; in {left} of them something is left to the authors."),
            Table(("Item", "What it asks", "Where, or the answer"), rows, (2, 3, 5))]


def _counted(data: ReportData, *methods: str) -> list[Search]:
    return [s for s in data.counted if s.method in methods]


def _names(searches: Sequence[Search], none: str) -> str:
    names = dict.fromkeys(f"{source_name(s)}, {s.searched_on or to_write('the date')}, {records(s.n)}"
                          + (f" ({said})" if s.arm == "other" and (said := told(s)) else "") for s in searches)
    return "; ".join(names) or none


def _databases(data: ReportData) -> str:
    return _names(_counted(data, "database"), to_write("the databases; no search of a database counts yet"))


def _platforms(data: ReportData) -> str:
    """Files that name several databases, and databases that share a platform."""
    found = _counted(data, "database")
    together = [f"{source_name(s)}, {s.searched_on or to_write('the date')}: {and_list(list(inside))} in one search"
                for s in found if (inside := data.databases_of(s))]
    shared: dict[str, list[str]] = {}
    for search in found:
        if search.platform:
            shared.setdefault(search.platform, []).append(databases.title(search.database))
    together += [f"{platform}: {', '.join(dict.fromkeys(names))} " + to_write("whether searched at once or one by one")
                 for platform, names in shared.items() if len(set(names)) > 1]
    return "; ".join(together) or "No platform was stated on which several databases were searched at once."


def _registers(data: ReportData) -> str:
    return _names(_counted(data, "register"), "No search of a register is logged.")


def _online(data: ReportData) -> str:
    found = _counted(data, "website", "organisation")
    return _names(found, "No search of websites or organisations is logged.") + _untold(
        found, "the addresses, and how they were searched or browsed")


def _citations(data: ReportData) -> str:
    found = _counted(data, "citation-searching")
    return _names(found, "No citation searching is logged.") + _untold(found, "seed reports, direction and tool")


def _contacts(data: ReportData) -> str:
    found = _counted(data, "contact")
    return _names(found, "No contacts are logged.") + _untold(found, "who was asked, how, and for what")


def _other(data: ReportData) -> str:
    found = _counted(data, "handsearch", "other")
    return _names(found, "No other methods are logged.") + _untold(found, "what was looked through, and how")


def _untold(searches: Sequence[Search], what: str) -> str:
    """Marks what nobody said of a search."""
    silent = [source_name(s) for s in searches if not told(s)]
    return f" {to_write(what + ': ' + ', '.join(dict.fromkeys(silent)))}" if silent else ""


def _others(data: ReportData) -> str:
    found = [s for s in data.counted if s.arm == "other"]
    return _names(found, "No other methods are logged.")


def _strategies(data: ReportData) -> str:
    found = _counted(data, *DATABASE_ARM)
    without = [s.id for s in found if not s.string]
    if not found or len(without) == len(found):
        return to_write("the strings exactly as run; none was given" + "".join(f", {i}" for i in without))
    if not without:
        return "Search appendix, exactly as run."
    given = len(found) - len(without)
    return (f"Search appendix: {many(given, 'strategy')} of {len(found):,}, exactly as run. "
            + to_write(f"the strings of {', '.join(without)}"))


def _limits(data: ReportData) -> str:
    limits = data.definition.limits if data.definition else None
    if not limits or not (limits.years or limits.languages):
        return "The definition sets none on years or languages. " + to_write("any other restriction, with reasons")
    said = [f"years {limits.years[0]} to {limits.years[1]}"] if limits.years else []
    said += [f"languages {', '.join(limits.languages)}"] if limits.languages else []
    return f"{'; '.join(said).capitalize()}. " + to_write("why")


def _prior(data: ReportData) -> str:
    lineage = data.definition.lineage if data.definition else ""
    text = f"The strategy was adapted from the definition “{lineage}”. " if lineage else ""
    return text + to_write("whether strategies of other reviews were used, and which")


def _updates(data: ReportData) -> str:
    runs = [s for s in data.counted if s.source_search != s.id]
    dates = sorted(s.searched_on for s in data.before if s.searched_on)
    text = "This version updates a previous one" + (
        f", whose searches ran until {dates[-1]}. " if dates else ". ") if data.counts.updated else ""
    if runs:
        return text + "Searches run again, or run in several parts: " + "; ".join(
            f"{source_name(s)} on {s.searched_on}" for s in runs)
    return (text or "No search was run a second time. ") + to_write("alerts, if any")


def _dates(data: ReportData) -> str:
    dates = sorted({s.searched_on for s in data.counted if s.searched_on})
    if not dates:
        return to_write("the dates of the searches")
    return f"From {dates[0]} to {dates[-1]}; each in the search appendix." if len(dates) > 1 else f"All on {dates[0]}."


def _totals(data: ReportData) -> str:
    c = data.counts
    total = c.n("database_results") + c.n("register_results")
    return f"{records(total)} from databases and registers; one figure per source in the search appendix and the flow diagram."


def _deduplicated(data: ReportData) -> str:
    return (f"{many(data.counts.n('duplicates'), 'duplicate')}, found by {joined_by(data)}; rules and figures in the search "
            "appendix.")


def _eligibility(data: ReportData) -> str:
    definition = data.definition
    if not definition or not definition.eligibility_include:
        return to_write("the criteria, with reasons")
    reasons = "; ".join(reason.label for reason in definition.reasons if not reason.retired)
    return f"Included: {'; '.join(definition.eligibility_include)}. Reasons to exclude: {reasons}. " + to_write("why these")


def _selection(data: ReportData) -> str:
    definition = data.definition
    named = deciders(data) or (list(definition.screening.reviewers) if definition else [])
    settled = f"; differences settled by {definition.screening.adjudicator}" if definition and (
        definition.screening.adjudicator) else ""
    return f"Title and abstract, then full text, by {and_list(named) or to_write('whom')}{settled}: methods text."


def _flow(data: ReportData) -> str:
    c = data.counts
    draft = "" if c.final else " DRAFT: not final."
    return (f"Flow diagram. {records(c.n('records_screened'))} screened, "
            f"{many(c.n('dbr_assessed') + c.n('other_assessed'), 'report')} assessed, {many(c.n('new_studies'), 'study')} in "
            f"{many(c.n('new_reports'), 'report')} included; reasons for exclusion in the diagram and the table.{draft}")


def _question(data: ReportData) -> str:
    framework = f" ({data.definition.framework})" if data.definition and data.definition.framework else ""
    return f"{data.question}{framework} " + to_write("the place in the paper") if data.question else to_write("the question")


_PRISMA_S: tuple[Item, ...] = (
    ("Database name", "Each database, with its platform", _databases),
    ("Multi-database searching", "Databases searched together on one platform", _platforms),
    ("Study registries", "Registers of studies", _registers),
    ("Online resources and browsing", "Websites and other sources browsed or searched", _online),
    ("Citation searching", "Which reports, in which direction, with which tool", _citations),
    ("Contacts", "Who was asked for further studies or data", _contacts),
    ("Other methods", "Any other source or method", _other),
    ("Full search strategies", "Every strategy exactly as run", _strategies),
    ("Limits and restrictions", "Limits set, with reasons", _limits),
    ("Search filters", "Published filters, with citations", "which published search filters were used, or none"),
    ("Prior work", "Strategies taken over from earlier reviews", _prior),
    ("Updates", "How searches were kept up to date", _updates),
    ("Dates of searches", "The date of each search", _dates),
    ("Peer review", "Whether the strategy was reviewed by another searcher", "whether and how the strategy was peer reviewed"),
    ("Total records", "Records from each source", _totals),
    ("Deduplication", "How duplicates were removed, and with what", _deduplicated),
)

_PRISMA_SCR: tuple[Item, ...] = (
    ("Title", "The report calls itself a scoping review", "the title, with “scoping review” in it"),
    ("Structured summary", "Background, objectives, criteria, sources, charting, results, conclusions", "the abstract"),
    ("Rationale", "Why the review, and why a scoping review", "the place in the paper"),
    ("Objectives", "Questions, with population, concept and context", _question),
    ("Protocol and registration", "Whether there is a protocol, and where", "the protocol's address or registration"),
    ("Eligibility criteria", "Which sources were eligible, and why", _eligibility),
    ("Information sources", "All sources, with dates",
     lambda data: f"{_databases(data)}; registers: {_registers(data)}; other methods: {_others(data)}"),
    ("Search", "At least one full strategy", _strategies),
    ("Selection of sources of evidence (methods)", "How sources were screened and chosen", _selection),
    ("Data charting process", "How data were charted", "who charted, with which form, and how it was tried out"),
    ("Data items", "All variables sought", "the variables and what was assumed"),
    ("Critical appraisal of sources (methods, optional)", "If done: why and how", "whether sources were appraised"),
    ("Synthesis of results (methods)", "How data were handled and summarised", "the place in the paper"),
    ("Selection of sources of evidence (results)", "Numbers at each stage, with reasons", _flow),
    ("Characteristics of sources of evidence", "What was charted of each, with citations",
     lambda data: f"Table of included reports: {data.counts.n('new_reports'):,}. " + to_write("their characteristics")),
    ("Critical appraisal within sources (results, optional)", "If done: the findings", "the findings, if appraised"),
    ("Results of individual sources", "The charted data of each source", "the place in the paper"),
    ("Synthesis of results (results)", "Summary of the charted data", "the place in the paper"),
    ("Summary of evidence", "Main results, linked to questions", "the place in the paper"),
    ("Limitations", "Limitations of the scoping process", "the place in the paper"),
    ("Conclusions", "General interpretation, and what may follow", "the place in the paper"),
    ("Funding", "Funding of the sources and of the review", "the funding"),
)
