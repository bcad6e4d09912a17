"""Small plots as SVG: which source found what (after UpSet), and reports by year. Text as text, no library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from review.documents.xmltext import clean
from review.prisma.measure import text_width
from review.report.gather import ReportRow
from review.words import and_list, many

_SIZE = 11.0
_ZOOM = 1.4           # on a wide screen; narrow ones shrink the figure to their width
_DARK, _PALE, _MARK = "#1f4e79", "#9dc3e6", "#c55a11"      # all reports, absent, included


def overlap(rows: Sequence[ReportRow]) -> list[tuple[tuple[str, ...], int, int]]:
    """(sources that found a report, such reports, included ones), the most frequent first."""
    found = Counter(tuple(sorted(row.sources)) for row in rows if row.sources)
    included = Counter(tuple(sorted(row.sources)) for row in rows if row.sources and row.place == "included")
    return [(sources, n, included[sources]) for sources, n in sorted(found.items(), key=lambda i: (-i[1], i[0]))]


def yields(rows: Sequence[ReportRow]) -> list[tuple[str, int, int, int, int]]:
    """(source, reports, found only there, included, included and found only there), the largest first."""
    out: dict[str, list[int]] = {}
    for row in rows:
        alone = len(row.sources) == 1
        kept = row.place == "included"
        for source in row.sources:
            numbers = out.setdefault(source, [0, 0, 0, 0])
            for index, yes in enumerate((True, alone, kept, kept and alone)):
                numbers[index] += yes
    ranked = sorted(out.items(), key=lambda i: (-i[1][0], i[0]))
    return [(source, n[0], n[1], n[2], n[3]) for source, n in ranked]


def upset(rows: Sequence[ReportRow], most: int = 24) -> str:
    """Bars for each combination of sources over a matrix of dots that tells which they are."""
    sets = overlap(rows)[:most]
    sources = [name for name, *_ in yields(rows) if any(name in combination for combination, *_ in sets)]
    if not sets:
        return ""
    left = max(text_width(name, _SIZE) for name in sources) + 24
    top, bars, step, row_height = 20.0, 130.0, 26.0, 20.0
    highest = max(n for _, n, _ in sets)
    width, height = left + step * len(sets) + 16, top + bars + 14 + row_height * len(sources) + 6
    parts = []
    for index, name in enumerate(sources):
        y = top + bars + 14 + row_height * (index + 0.5)
        if index % 2 == 0:
            parts.append(_rect(0, y - row_height / 2, width, row_height, "#f2f2f2"))
        parts.append(_label(left - 12, y + 4, name, "end"))
    for index, (combination, n, included) in enumerate(sets):
        x = left + step * (index + 0.5)
        parts += _bar(x, top + bars, bars * n / highest, n, bars * included / highest, included)
        ys = [top + bars + 14 + row_height * (sources.index(name) + 0.5) for name in combination]
        if len(ys) > 1:
            parts.append(f'<line x1="{x:.1f}" y1="{min(ys):.1f}" x2="{x:.1f}" y2="{max(ys):.1f}" '
                         f'stroke="{_DARK}" stroke-width="2.5"/>')
        for row, name in enumerate(sources):
            y = top + bars + 14 + row_height * (row + 0.5)
            fill = _DARK if name in combination else "#d0d0d0"
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{fill}"/>')
    said = "; ".join(f"{and_list(c)}: {many(n, 'report')}, {k:,} included" for c, n, k in sets)
    return _figure(width, height, "Which source found which reports", said, parts)


def years(rows: Sequence[ReportRow]) -> str:
    """Bars of reports by year of publication, the included ones marked."""
    known = Counter(row.record.year for row in rows if row.place and row.record.year)
    kept = Counter(row.record.year for row in rows if row.place == "included" and row.record.year)
    if not known:
        return ""
    span = range(min(y for y in known if y), max(y for y in known if y) + 1)
    if len(span) > 60:                                  # very old outliers would flatten the rest
        span = range(span.stop - 60, span.stop)
    step, top, bars, left = max(12.0, min(34.0, 820 / len(span))), 20.0, 140.0, 12.0
    highest = max(known[year] for year in span) or 1
    every = max(1, round(30 / step))
    parts = []
    for index, year in enumerate(span):
        x = left + step * (index + 0.5)
        parts += _bar(x, top + bars, bars * known[year] / highest, known[year], bars * kept[year] / highest,
                      kept[year], step * 0.7, numbers=step >= 22)
        if (span.stop - 1 - year) % every == 0:
            parts.append(_label(x, top + bars + 15, str(year), "middle"))
    early = sum(n for year, n in known.items() if year and year < span.start)
    said = "; ".join(f"{year}: {known[year]:,} ({kept[year]:,} included)" for year in span if known[year])
    said += f"; before {span.start}: {early:,}" if early else ""
    return _figure(left * 2 + step * len(span), top + bars + 24, "Reports by year of publication", said, parts)


def _bar(x: float, base: float, height: float, n: int, marked: float, k: int, width: float = 16.0, *,
         numbers: bool = True) -> list[str]:
    """A bar that stands on `base`, the included part of it in another colour, its number above."""
    tip = f"{many(n, 'report')}, {k:,} included"
    parts = [_rect(x - width / 2, base - height, width, height, _PALE if n else "none", tip)]
    if k:
        parts.append(_rect(x - width / 2, base - marked, width, marked, _MARK))
    if numbers and k and marked >= 11:
        parts.append(_label(x, base - marked + 9, f"{k:,}", "middle", 8, "#fff"))
    if numbers and n:
        parts.append(_label(x, base - height - 4, f"{n:,}", "middle", 9))
    return parts


def _rect(x: float, y: float, width: float, height: float, fill: str, title: str = "") -> str:
    tip = f"<title>{escape(title)}</title>" if title else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}">{tip}</rect>'


def _label(x: float, y: float, text: str, anchor: str, size: float = _SIZE, fill: str = "#1a1a1a") -> str:
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}" fill="{fill}">'
            f"{escape(clean(text))}</text>")


def _figure(width: float, height: float, title: str, said: str, parts: Sequence[str]) -> str:
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {height:.1f}" width="{width * _ZOOM:.0f}" '
            f'role="img" class="plot"><title>{escape(title)}</title><desc>{escape(clean(said))}</desc>'
            f'{"".join(parts)}</svg>')


LEGEND: Mapping[str, str] = {"all reports": _PALE, "included": _MARK}
