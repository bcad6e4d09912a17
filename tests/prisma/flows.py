"""Flows to test with, made by hand: numbers first, so that no test reads its expectation off the code."""

from __future__ import annotations

from collections.abc import Mapping

from review.prisma.box import Box, Counts, Unit

Number = int | Mapping[str, int]

# A flow whose sums hold. A mapping is a box's parts; the box is their sum.
NEW: dict[str, Number] = {
    "database_results": {"PubMed": 262, "Google Scholar": 388}, "register_results": {"ClinicalTrials.gov": 12},
    "duplicates": {"Before screening": 80, "Found while screening": 22}, "excluded_automatic": 0,
    "excluded_other": 0, "records_screened": 560, "records_excluded": {"Not about children": 300, "Other": 200},
    "dbr_sought_reports": 60, "dbr_notretrieved_reports": 3, "dbr_assessed": 57,
    "dbr_excluded": {"Wrong population": 20, "Wrong concept": 15}, "awaiting_classification": 3, "ongoing": 2,
    "new_studies": 19, "new_reports": 17,
}
OTHER: dict[str, Number] = {
    "website_results": 14, "organisation_results": 4, "citations_results": 9, "contact_found": 1,
    "already_found": 6, "dropped_before_retrieval": 2, "other_sought_reports": 20,
    "other_notretrieved_reports": 1, "other_assessed": 19,
    "other_excluded": {"Wrong population": 12, "Not a report of evidence": 7},
}
PREVIOUS: dict[str, Number] = {
    "previous_studies": 17, "previous_reports": 18, "further_reports": 0, "total_studies": 36, "total_reports": 35,
}
STUDY_KEYS = ("previous_studies", "new_studies", "total_studies")


def boxes(numbers: Mapping[str, Number]) -> dict[str, Box]:
    """Boxes with as many ids as the numbers say."""
    out = {}
    for key, value in numbers.items():
        unit: Unit = "studies" if key in STUDY_KEYS else "records"
        if isinstance(value, int):
            out[key] = Box(key, value, unit, _ids(key, value))
        else:
            parts = {label: _ids(f"{key}-{label}", n) for label, n in value.items()}
            out[key] = Box(key, sum(value.values()), unit, tuple(i for ids in parts.values() for i in ids), parts)
    return out


def _ids(stem: str, n: int) -> tuple[str, ...]:
    """Distinct ids, as long as they are few; of very many only the number matters."""
    return tuple(f"{stem}/{i:06d}" for i in range(n)) if n < 1000 else (stem,) * n


def counts(numbers: Mapping[str, Number], *, updated: bool = False, other: bool = False, final: bool = True,
           reasons: tuple[str, ...] = (), title: str = "Policies for left-behind children",
           hits: Mapping[str, int] | None = None, notes: Mapping[str, int] | None = None) -> Counts:
    """Counts of these numbers."""
    return Counts("demo", title, final, updated, other, "2026-11-21", boxes(numbers), (), reasons, hits or {},
                  notes or {})


def template(name: str, *, final: bool = True, factor: int = 1, **more: Number) -> Counts:
    """One of the four templates, every number times `factor`."""
    numbers: dict[str, Number] = dict(NEW)
    if "other" in name:
        numbers |= OTHER
    if "updated" in name:
        numbers |= PREVIOUS
    numbers |= more
    scaled = {key: value * factor if isinstance(value, int) else {k: n * factor for k, n in value.items()}
              for key, value in numbers.items()}
    return counts(scaled, updated="updated" in name, other="other" in name, final=final,
                  reasons=() if final else ("12 records have no decision",))


TEMPLATES = ("new", "new-other", "updated", "updated-other")
