"""Tables of the included and of the excluded full texts, as JBI asks for them."""

from __future__ import annotations

from collections.abc import Iterable

from review.documents.blocks import Heading, Paragraph, Table
from review.model import Record
from review.report.gather import ReportData, ReportRow
from review.report.search_appendix import Blocks


def full_text_tables(data: ReportData) -> Blocks:
    """Included reports with their studies; excluded ones with their reasons; what was not retrieved, or waits."""
    out: Blocks = [Heading("Included and excluded full texts")]
    if not data.counts.final:
        out.append(Paragraph("DRAFT: not final. " + "; ".join(data.counts.reasons), bold=True))
    included = _at(data, "included")
    out += [Heading(f"Included reports ({len(included):,})", 2),
            _table(("Report", "Reference", "Studies"), ((r.key, reference(r.record), ", ".join(r.studies)) for r in included))]
    excluded = sorted(_at(data, "excluded-full-text"), key=lambda r: (r.reason, r.key))
    out += [Heading(f"Reports excluded on full text, with reasons ({len(excluded):,})", 2),
            _table(("Report", "Reference", "Reason"), ((r.key, reference(r.record), r.reason) for r in excluded))]
    for place, title in (("not-retrieved", "Reports not retrieved"), ("awaiting", "Reports awaiting classification"),
                         ("ongoing", "Reports of ongoing studies")):
        rows = _at(data, place)
        if rows:
            out += [Heading(f"{title} ({len(rows):,})", 2),
                    _table(("Report", "Reference", "Note"), ((r.key, reference(r.record), r.reason) for r in rows))]
    return out


def _at(data: ReportData, place: str) -> list[ReportRow]:
    return [row for row in data.reports if row.place == place]


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Table | Paragraph:
    found = tuple(rows)
    return Table(header, found, (1.2, 6, 2.5)) if found else Paragraph("None.")


def reference(record: Record) -> str:
    """A plain reference: authors, year, title, journal, volume(issue):pages, identifier or address."""
    authors = ", ".join(name.replace(", ", " ") for name in record.authors[:6])
    authors += " et al" if len(record.authors) > 6 else ""
    year = f" ({record.year})" if record.year else ""
    place = record.journal
    if record.volume:
        place += f" {record.volume}" + (f"({record.issue})" if record.issue else "")
    place += f":{record.pages}" if record.pages and place else ""
    doi = record.ids.get("doi", "")
    where = f"doi:{doi}" if doi else record.url
    notices = f" [{', '.join(record.notices)}]" if record.notices else ""
    parts = [f"{authors}{year}".strip(), record.title.rstrip(". "), place, where]
    return ". ".join(part for part in parts if part) + notices
