"""The methods and results paragraphs of the selection of sources, every number from the counts."""

from __future__ import annotations

from review.documents.blocks import Heading, Paragraph
from review.model import STAGES
from review.report.gather import ReportData, ReportRow
from review.report.search_appendix import Blocks, records, source_name, to_write
from review.screening.agreement import Agreement
from review.words import agree, and_list, many, were

STAGE_WORDS = {"title-abstract": "title and abstract", "full-text": "full text"}
_OTHER = {"website_results": "websites", "organisation_results": "organisations",
          "citations_results": "citation searching", "contact_found": "contacts",
          "handsearch_found": "handsearching", "other_found": "other methods"}


def methods_text(data: ReportData) -> Blocks:
    """What the authors paste into their paper, and what only they can add."""
    head = "These paragraphs are made from the review's log; edit the words, not the numbers."
    draft = [] if data.counts.final else [Paragraph("DRAFT: the numbers are not final. " + "; ".join(data.counts.reasons),
                                                    bold=True)]
    return [Heading("Methods and results of the selection"), Paragraph(head), *draft,
            Heading("Information sources and search", 2), Paragraph(_sources(data)),
            Heading("Selection", 2), Paragraph(_selection(data)),
            Heading("Results of the selection", 2), Paragraph(_results(data)),
            *_amended(data)]


def _sources(data: ReportData) -> str:
    arms: dict[str, list[str]] = {"database": [], "other": []}
    for search in data.counted:
        said = f"{source_name(search)} ({search.searched_on or to_write('the date')})"
        if said not in arms[search.arm]:
            arms[search.arm].append(said)
    text = f"We searched {and_list(arms['database']) or to_write('the databases')}."
    if arms["other"]:
        text += f" Further sources were {and_list(arms['other'])}."
    if data.counts.updated:
        text += " What the previous version knew was recognised and not screened again."
    strings = [search.string for search in data.counted if search.arm == "database"]
    if strings and all(strings):
        return text + " The full strings, exactly as run, stand in the search appendix."
    return text + " " + to_write("the full strings; the search appendix says which are missing")


def _selection(data: ReportData) -> str:
    definition = data.definition
    if definition is None:
        return to_write("who screened, and how differences were settled")
    screening = definition.screening
    text = "Records were deduplicated before screening. "
    pilot = sum(any(d.round == 0 for d in row.decisions) for row in _in_flow(data))
    if pilot:
        counts = "counted" if screening.pilot_counts else "did not count"
        text += f"A pilot of {many(pilot, 'report')} came first; its decisions {counts}. "
    text += "".join(_screened(data, stage) for stage in STAGES)
    if screening.title_abstract == "advance":
        text += "At title and abstract a report advanced where one reviewer wanted it. "
    text += " ".join(_agreed(found) for found in data.agreement)
    if data.agreement and data.earlier:
        text += " (Agreement is told over the previous version and this one together.)"
    tools = list(screening.tools)
    if tools:
        text += f" {and_list(tools)} {'is an automation tool' if len(tools) == 1 else 'are automation tools'}; "
        text += f"{records(data.counts.n('excluded_by_tools'))} on title and abstract were excluded without a person. "
    if tools or data.counts.n("excluded_automatic"):
        text += " " + to_write("which automation tools were used, and how")
    return text.strip()


def _in_flow(data: ReportData) -> list[ReportRow]:
    """The reports of this version: not those that the previous one had, nor those outside the flow."""
    return [row for row in data.reports if row.place not in ("", "known")]


def deciders(data: ReportData, stage: str = "") -> list[str]:
    """Everybody who decided by themselves on this version's reports (at a stage), those who left among them."""
    return sorted({d.reviewer for row in _in_flow(data) for d in row.decisions
                   if d.round > 0 and d.kind == "independent" and stage in ("", d.stage)})


def _screened(data: ReportData, stage: str) -> str:
    """Who decided, how many reports two or more decided, and how many differences somebody settled."""
    said = [[d for d in row.decisions if d.stage == stage and d.round > 0] for row in _in_flow(data)]
    own = [{d.reviewer for d in found if d.kind == "independent"} for found in said]
    brought = sum(any(d.kind == "imported" for d in found) for found in said)
    if not any(own) and not brought:
        return f"Nothing has been decided on {STAGE_WORDS[stage]} yet. "
    text = ""
    if any(own):
        who = deciders(data, stage)
        one, more = sum(len(names) == 1 for names in own), sum(len(names) > 1 for names in own)
        text = f"On {STAGE_WORDS[stage]}, {and_list(who)} decided: {many(more, 'report')} by two or more, {one:,} by one. "
    if brought:
        tools = and_list(sorted({d.sheet for found in said for d in found if d.kind == "imported"}))
        text += (f"On {STAGE_WORDS[stage]}, {many(brought, 'report')} {were(brought)} settled outside this program and "
                 f"brought in ({tools}); "
                 + to_write("who decided there, and how differences were settled") + " ")
    settled = [{d.reviewer for d in found if d.kind == "adjudicated"} for found in said]
    if any(settled):
        judges = and_list(sorted(set().union(*settled)))
        text += f"{judges} settled the differences on {sum(map(bool, settled)):,} of them. "
    return text


def _agreed(found: Agreement) -> str:
    kappa = f", Cohen's kappa {found.kappa.value:.2f}" if found.kappa else ""
    ac1 = f", Gwet's AC1 {found.ac1.value:.2f}" if found.ac1 else ""
    when = "in the pilot" if found.round == 0 else f"in round {found.round}"
    return (f"{and_list(found.reviewers)} agreed on {found.percent.value:.0%} of {many(found.n, 'report')} on "
            f"{STAGE_WORDS[found.stage]} {when}{kappa}{ac1}.")


def _results(data: ReportData) -> str:
    c = data.counts

    def n(key: str) -> str:
        return f"{c.n(key):,}"

    parts = [f"{label} {len(ids):,}" for key in ("database_results", "register_results") if key in c.boxes
             for label, ids in c.boxes[key].parts.items() if label]
    total = c.n("database_results") + c.n("register_results")
    text = f"Databases and registers gave {records(total)}" + (f" ({', '.join(parts)})" if parts else "") + ". "
    removed = [many(c.n("duplicates"), "duplicate")]
    removed += [f"{records(c.n(key))} {word}" for key, word in (("excluded_automatic", "marked by automation tools"),
                                                                ("excluded_other", "for other reasons")) if c.n(key)]
    text += (f"After {and_list(removed)} had been removed, {records(c.n('records_screened'))} went to screening and "
             f"{n('records_excluded')} {were(c.n('records_excluded'))} excluded. ")
    text += (f"Of {many(c.n('dbr_sought_reports'), 'report')} sought, {n('dbr_notretrieved_reports')} could not be retrieved; "
             f"{n('dbr_assessed')} {were(c.n('dbr_assessed'))} assessed in full text and {n('dbr_excluded')} "
             f"excluded{_reasons(data, 'dbr')}. ")
    if c.other:
        found = [f"{word} {n(key)}" for key, word in _OTHER.items() if c.n(key)]
        identified = sum(c.n(key) for key in _OTHER)
        text += f"Other methods gave {records(identified)} ({', '.join(found)}); "
        text += "".join(f"{n(key)} {words}; " for key, words in (
            ("already_found", "had been found already"),
            ("dropped_before_retrieval", f"{were(c.n('dropped_before_retrieval'))} dropped before retrieval")) if c.n(key))
        text += (f"{many(c.n('other_sought_reports'), 'report')} {were(c.n('other_sought_reports'))} sought, "
                 f"{n('other_assessed')} assessed and {n('other_excluded')} excluded{_reasons(data, 'other')}. ")
    waiting = [f"{(m := c.n(key) + c.n('oth_' + key)):,} {agree(m, *words)}" for key, words in (
        ("awaiting_classification", ("awaits classification", "await classification")),
        ("ongoing", ("tells of an ongoing study", "tell of ongoing studies")))
        if c.n(key) + c.n("oth_" + key)]
    if waiting:
        text += f"Of the assessed reports, {and_list(waiting)}. "

    def studies(which: str) -> str:
        return f"{many(c.n(which + '_studies'), 'study')} in {many(c.n(which + '_reports'), 'report')}"

    text += f"{studies('new')} {were(c.n('new_studies'))} included."
    if c.updated:
        further = f" and {many(c.n('further_reports'), 'further report')} of these" if c.n("further_reports") else ""
        text += (f" With {studies('previous')} of the previous version{further}, the review now holds {studies('total')}.")
    return text


def _reasons(data: ReportData, arm: str) -> str:
    box = data.counts.boxes.get(f"{arm}_excluded")
    parts = [f"{label} {len(ids):,}" for label, ids in box.parts.items() if label] if box else []
    return f" ({'; '.join(parts)})" if parts else ""


def _amended(data: ReportData) -> Blocks:
    """JBI asks for a list of the amendments to the protocol."""
    if not data.amendments:
        return []
    said = [Paragraph(f"{time[:10]}: {what}", "List Bullet") for time, what in data.amendments]
    return [Heading("Amendments", 2), *said]
