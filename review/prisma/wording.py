"""Every word on the diagram, in one table a language or house style.

A further language is one more table with the same keys. `{n}` stands for a number with its thousands
separator, `{name}` for a name from the data.
"""

from __future__ import annotations

from collections.abc import Mapping

# The words of the PRISMA 2020 templates (Page et al. 2021), and our own for what they have no line for.
STUDIES: Mapping[str, str] = {
    "language": "en",
    "thousands": ",",
    "number": "(n = {n})",
    "colon": ":",
    # phases and heads
    "identification": "Identification",
    "screening": "Screening",
    "included": "Included",
    "head_previous": "Previous studies",
    "head_databases": "Identification of studies via databases and registers",
    "head_other": "Identification of studies via other methods",
    "head_databases_updated": "Identification of new studies via databases and registers",
    "head_other_updated": "Identification of new studies via other methods",
    # box 1
    "previous_studies": "Studies included in previous version of review",
    "previous_reports": "Reports of studies included in previous version of review",
    # boxes 2 and 11
    "identified_from": "Records identified from",
    "database_results": "Databases",
    "register_results": "Registers",
    "website_results": "Websites",
    "organisation_results": "Organisations",
    "citations_results": "Citation searching",
    "contact_found": "Contacts",
    "handsearch_found": "Handsearching",
    "other_found": "Other methods",
    # box 3
    "removed_before": "Records removed before screening",
    "duplicates": "Duplicate records removed",
    "late_duplicates": "of which found while screening",
    "excluded_automatic": "Records marked as ineligible by automation tools",
    "excluded_other": "Records removed for other reasons",
    # between boxes 11 and 12
    "not_sought": "Records not sought",
    "already_found": "Already found",
    "dropped_before_retrieval": "Dropped before retrieval",
    # boxes 4 to 9, 12 to 15
    "records_screened": "Records screened",
    "records_excluded": "Records excluded",
    "dbr_sought_reports": "Reports sought for retrieval",
    "dbr_notretrieved_reports": "Reports not retrieved",
    "dbr_assessed": "Reports assessed for eligibility",
    "dbr_excluded": "Reports excluded",
    "awaiting_classification": "Reports awaiting classification",
    "ongoing": "Reports of ongoing studies",
    # what is pending in a draft
    "undecided_screening": "Records not yet decided",
    "conflicts_screening": "Records in conflict",
    "pending_retrieval": "Reports not yet retrieved",
    "pending_full_text": "Reports not yet decided",
    "conflicts_full_text": "Reports in conflict",
    # boxes 10 and 16
    "new_studies": "Studies included in review",
    "new_reports": "Reports of included studies",
    "new_studies_updated": "New studies included in review",
    "new_reports_updated": "Reports of new included studies",
    "further_reports": "Further reports of studies in the previous version",
    "total_studies": "Total studies included in review",
    "total_reports": "Reports of total included studies",
    # on the figure's face and beneath it
    "draft": "DRAFT: these numbers are not final",
    "draft_more": "and {n} more reasons",
    "as_of": "Numbers as of {name}.",
    "note_hits": "Distinct records received. Hits that the services themselves announced (not counts of "
                 "records): {name}.",
    "note_hit": "{name} {n}",
    "note_tools": "Excluded by people: {people}; by automation tools: {tools}.",
    "note_not_sought": "{already} found already by another search and counted there, {dropped} dropped "
                       "before retrieval: so fewer reports were sought than records identified.",
    "note_more_studies": "More studies than reports: a report may describe several studies.",
    # the table beneath it, and words for those who do not see it
    "table": "The numbers of the flow",
    "table_part": "Part",
    "table_box": "Box",
    "table_n": "n",
    "title": "PRISMA 2020 flow diagram",
    "empty": "This flow has no numbers yet.",
}

# Scoping reviews (PRISMA-ScR) often include "sources of evidence" rather than studies. Records and reports
# keep their names: they are units of the flow, not of the evidence.
SOURCES_OF_EVIDENCE: Mapping[str, str] = {
    **STUDIES,
    "head_previous": "Previous sources of evidence",
    "head_databases": "Identification of sources of evidence via databases and registers",
    "head_other": "Identification of sources of evidence via other methods",
    "head_databases_updated": "Identification of new sources of evidence via databases and registers",
    "head_other_updated": "Identification of new sources of evidence via other methods",
    "previous_studies": "Sources of evidence included in previous version of review",
    "previous_reports": "Reports of sources of evidence included in previous version of review",
    "new_studies": "Sources of evidence included in review",
    "new_reports": "Reports of included sources of evidence",
    "new_studies_updated": "New sources of evidence included in review",
    "new_reports_updated": "Reports of new included sources of evidence",
    "further_reports": "Further reports of sources of evidence in the previous version",
    "total_studies": "Total sources of evidence included in review",
    "total_reports": "Reports of total included sources of evidence",
    "ongoing": "Reports of ongoing work",
    "note_more_studies": "More sources of evidence than reports: a report may describe several.",
}

WORDINGS: Mapping[str, Mapping[str, str]] = {"studies": STUDIES, "sources-of-evidence": SOURCES_OF_EVIDENCE}


def number(words: Mapping[str, str], n: int) -> str:
    """A number as this wording writes it: 12,345."""
    return f"{n:,}".replace(",", words["thousands"])
