"""The counts as people read them: a line a box, in a terminal and in a notebook alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from review.prisma.box import Counts

BOX_WORDS = {
    "previous_studies": "Studies in the previous version", "previous_reports": "Reports of these",
    "database_results": "Records from databases", "register_results": "Records from registers",
    "awaiting_dedup": "  not yet deduplicated", "oth_awaiting_dedup": "  not yet deduplicated",
    "duplicates": "Duplicates removed", "excluded_automatic": "Removed by automation tools",
    "excluded_other": "Removed for other reasons", "records_screened": "Records screened",
    "records_excluded": "Records excluded", "excluded_by_tools": "  by automation tools alone",
    "undecided_screening": "  not decided yet",
    "conflicts_screening": "  in conflict", "dbr_sought_reports": "Reports sought for retrieval",
    "dbr_notretrieved_reports": "Reports not retrieved", "pending_retrieval": "  on loan",
    "dbr_assessed": "Reports assessed for eligibility", "pending_full_text": "  not decided yet",
    "conflicts_full_text": "  in conflict", "dbr_excluded": "Reports excluded",
    "awaiting_classification": "Awaiting classification", "ongoing": "Ongoing studies",
    "website_results": "Records from websites", "organisation_results": "Records from organisations",
    "citations_results": "Records from citation searching", "contact_found": "Records from contacts",
    "handsearch_found": "Records from handsearching", "other_found": "Records from other methods",
    "already_found": "  already found", "dropped_before_retrieval": "  dropped before retrieval",
    "oth_undecided": "  not decided yet", "oth_conflicts": "  in conflict",
    "other_sought_reports": "Other methods: reports sought", "other_notretrieved_reports": "Other methods: not retrieved",
    "other_assessed": "Other methods: assessed", "other_excluded": "Other methods: excluded",
    "oth_pending_retrieval": "  on loan", "oth_pending_full_text": "  not decided yet",
    "oth_conflicts_full_text": "  in conflict", "oth_awaiting_classification": "Awaiting classification",
    "oth_ongoing": "Ongoing studies", "new_studies": "New studies included", "new_reports": "Reports of these",
    "further_reports": "Further reports of old studies", "total_studies": "Studies in all",
    "total_reports": "Reports in all",
}


def lines(found: Counts) -> list[str]:
    """The boxes, a line each, with their parts; then what is wrong or in doubt."""
    out = [f"{found.review}" + (f", as of {found.as_of}" if found.as_of else "") + ": "
             + ("final" if found.final else "DRAFT")]
    for key, box in found.boxes.items():
        if not box.n and not found.final and key not in ("database_results", "records_screened"):
            continue                    # a young review: the boxes that matter would drown among zeros
        out.append(f"{box.n:>10,}  {BOX_WORDS.get(key, key)}" + (f"  [{key}]" if box.n else ""))
        out += [f"{'':12}{len(ids):,} {label}" for label, ids in box.parts.items()]
    out += [f"draft because: {reason}" for reason in found.reasons]
    out += [f"warning: {c.message}" for c in found.checks if not c.ok and c.level == "warning"]
    return out
