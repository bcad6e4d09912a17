"""The names of the boxes: the official ones of the PRISMA2020 R package, and our own.

The package's reader looks a key up by regular expression on substrings, so no name that we write into its
file may contain an official one (a test holds this).
"""

from __future__ import annotations

from review.screening.consensus import NO_REASON

# Keys of PRISMA.csv that carry a number, in the file's order (its template, column `data`).
OFFICIAL: tuple[str, ...] = (
    "previous_studies", "previous_reports", "database_results", "database_specific_results",
    "register_results", "register_specific_results", "website_results", "organisation_results",
    "citations_results", "duplicates", "excluded_automatic", "excluded_other", "records_screened",
    "records_excluded", "dbr_sought_reports", "dbr_notretrieved_reports", "other_sought_reports",
    "other_notretrieved_reports", "dbr_assessed", "dbr_excluded", "other_assessed", "other_excluded",
    "new_studies", "new_reports", "total_studies", "total_reports", "total_studies_ma", "total_reports_ma",
)

# Other methods that the official box 11 has no line for.
OWN_SOURCES: tuple[str, ...] = ("contact_found", "handsearch_found", "other_found")

# Between the official boxes of the database arm, with the name of the twin in the arm of other methods.
TWINS: dict[str, str] = {
    "undecided_screening": "oth_undecided",
    "conflicts_screening": "oth_conflicts",
    "pending_retrieval": "oth_pending_retrieval",
    "pending_full_text": "oth_pending_full_text",
    "conflicts_full_text": "oth_conflicts_full_text",
    "awaiting_classification": "oth_awaiting_classification",
    "ongoing": "oth_ongoing",
    "awaiting_dedup": "oth_awaiting_dedup",
}

# Boxes that reports are in by what was decided on their full texts, or waits for it.
_READ = ("pending_full_text", "conflicts_full_text", "awaiting_classification", "ongoing")
OF_FULL_TEXT: frozenset[str] = frozenset((
    *_READ, *(TWINS[key] for key in _READ), "dbr_assessed", "dbr_excluded", "other_assessed", "other_excluded",
    "new_studies", "new_reports", "further_reports",
))

# What keeps a flow from being final: each is a term of a sum of its arm (the first five of the twins).
PENDING: tuple[str, ...] = tuple(TWINS)[:5]

# Our own lines that exist once.
OWN_SINGLE: tuple[str, ...] = (
    "already_found", "dropped_before_retrieval", "excluded_by_tools", "further_reports",
)

OWN: tuple[str, ...] = (*OWN_SOURCES, *TWINS, *TWINS.values(), *OWN_SINGLE)

# Labels that the counts give to parts of boxes (others come from the data), and where a wording has them.
BEFORE, LATE = "Before screening", "Found while screening"
PREVIOUS = "In the previous version"
IN_DATABASES, IN_OTHERS = "In databases or registers", "By other methods more than once"
BY_TOOL, OTHER_REASONS, REMOVED_BEFORE = "Marked as ineligible", "Other reasons", "Removed before screening"
PART_WORDS: dict[str, str] = {
    PREVIOUS: "part_previous", IN_DATABASES: "part_in_databases", IN_OTHERS: "part_in_others",
    BY_TOOL: "part_by_tool", OTHER_REASONS: "part_other_reasons", REMOVED_BEFORE: "part_removed",
    NO_REASON: "part_no_reason",
}

# Two of our keys would match the row `screening` of the reader above, so they have other names in the file.
NAME_IN_FILE: dict[str, str] = {
    "undecided_screening": "undecided_title_abstract",
    "conflicts_screening": "conflicts_title_abstract",
}


def base(key: str) -> str:
    """The key of the database arm that a key of the other arm is the twin of; else the key itself."""
    return next((name for name, twin in TWINS.items() if twin == key), key)
