"""report.html: one self-contained page on which every number of the flow opens. No network, no library.

The page works from the file system, by keyboard and with a screen reader, and prints. A content security
policy forbids it to load anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files

from review.documents.xmltext import clean
from review.prisma.box import Check, Counts
from review.prisma.cells import USUAL, Appearance
from review.prisma.diagram import draw_svg
from review.query import databases
from review.report.gather import ReportData
from review.report.pack import pack
from review.report.plots import LEGEND, overlap, upset, years, yields
from review.screening.agreement import Agreement
from review.screening.statistics import Estimate
from review.words import and_list, many

_POLICY = ("default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; "
           "form-action 'none'")


def report_html(data: ReportData, appearance: Appearance = USUAL) -> str:
    """The page, from what `gather` gives. The same data gives the same text."""
    counts = data.counts
    title = counts.title or counts.review
    sections = [
        ("flow", "Flow", _flow(counts, appearance)), ("records", "Records behind the numbers", _RECORDS),
        ("searches", "Searches", _searches(data)), ("overlap", "Overlap between sources", _overlap(data)),
        ("years", "Years", _years(data)), ("agreement", "Agreement", _agreement(data.agreement)),
        ("progress", "Progress", _progress(data)), ("checks", "Checks", _checks(counts.checks)),
    ]
    links = "".join(f'<li><a href="#{name}">{_t(heading)}</a></li>' for name, heading, _ in sections)
    body = "".join(f'<section id="{name}" aria-labelledby="{name}-h"><h2 id="{name}-h">{_t(heading)}</h2>{inner}'
                   "</section>\n" for name, heading, inner in sections)
    page = files("review.report")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_t(title)}: report</title>\n<style>\n{(page / 'page.css').read_text('utf-8')}</style>\n</head>\n"
        "<body>\n"
        '<a class="skip" href="#flow">Skip to the flow</a>\n'
        f"<header><h1>{_t(title)}</h1>{_about(data)}</header>\n<nav aria-label=\"Parts\"><ul>{links}</ul></nav>\n"
        f"<main>\n{body}</main>\n<footer>Made by <code>review report</code> from the review's log and searches; every "
        "number can be made again from them.</footer>\n"
        f'<script type="application/json" id="data">{pack(data, appearance.words)}</script>\n'
        f"<script>\n{(page / 'page.js').read_text('utf-8')}</script>\n</body>\n</html>\n")


def _t(text: object) -> str:
    """Text for HTML."""
    return escape(clean(str(text)))


def _table(caption: str, header: Sequence[str], rows: Iterable[Sequence[object]], numbers: Iterable[int] = ()) -> str:
    """A table; the columns `numbers` stand right. A cell that starts with a tag of ours is HTML already."""
    right = set(numbers)
    head = "".join(f'<th scope="col"{_n(i in right)}>{_t(text)}</th>' for i, text in enumerate(header))
    body = "".join("<tr>" + "".join(f"<td{_n(i in right)}>{_cell(cell)}</td>" for i, cell in enumerate(row)) + "</tr>"
                   for row in rows)
    if not body:
        return '<p class="soft">Nothing yet.</p>'
    name = _t(caption)
    return (f'<div class="table" tabindex="0" role="group" aria-label="{name}"><table><caption>{name}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")


def _n(right: bool) -> str:
    return ' class="n"' if right else ""


class _Html(str):
    """Text that is HTML already."""


def _cell(value: object) -> str:
    if isinstance(value, _Html):
        return str(value)
    if isinstance(value, str) and len(value) == 10 and value[4::3] == "--":
        return f'<span class="date">{_t(value)}</span>'
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else _t(value)


def _about(data: ReportData) -> str:
    counts = data.counts
    question = f"<p>{_t(data.question)}</p>" if data.question else ""
    when = f", numbers as of {_t(counts.as_of)}" if counts.as_of else ""
    state = "" if counts.final else (
        '<div class="draft" role="note"><p>DRAFT: these numbers are not final</p><ul>'
        + "".join(f"<li>{_t(reason)}</li>" for reason in counts.reasons) + "</ul></div>")
    return f'{question}<p class="soft">Review <code>{_t(counts.review)}</code>{when}</p>{state}'


def _flow(counts: Counts, appearance: Appearance) -> str:
    svg = draw_svg(counts, appearance, link=lambda key: f"#box-{key}" if key in counts.boxes else "")
    return ('<p class="soft">Choose a number to see the records behind it.</p>'
            f'<div class="figure" style="max-width:{_width(svg)}px">{svg}</div>')


def _width(svg: str) -> int:
    """At most so wide that the figure's type is a little larger than the page's."""
    return round(float(svg.split('viewBox="0 0 ', 1)[1].split(" ", 1)[0]) * 1.9)


_RECORDS = """<div class="controls" role="search">
<label>Box <select id="box"></select></label>
<label>Part <select id="part"></select></label>
<label>Search title, author, year, source, key, decision <input id="query" type="search" autocomplete="off"></label>
</div>
<p id="said" role="status" aria-live="polite" tabindex="-1"></p>
<ul id="list"></ul>
<div class="pages"><button id="previous" type="button">Previous page</button> <span id="page"></span>
<button id="next" type="button">Next page</button></div>
<noscript><p>The lists behind the numbers need JavaScript; <code>review counts --list BOX</code> prints them too.</p>
</noscript>
"""


def _searches(data: ReportData) -> str:
    rows = []
    for search in data.searches:
        string = _Html(f"<details><summary>string</summary><code>{_t(search.string)}</code></details>"
                       if search.string else "not given")
        notes = [*search.warnings, *(f"{what} not confirmed" for what in search.not_confirmed)]
        use = ("counted in the previous version" if search.id in data.earlier else
               search.use if search.state == "sealed" else "open: not counted yet")
        name = databases.title(search.database) + (f" ({search.platform})" if search.platform else "")
        rows.append((name, search.method, search.searched_on, search.n, "" if search.hits is None else search.hits,
                     "" if search.limit is None else search.limit, use, string, "; ".join(notes), search.id))
    return _table("Every run, also those that do not count. Hits are the service's own figure.",
                  ("Source", "Method", "Searched on", "Records", "Hits", "Limit", "Use", "String", "Notes", "Search"),
                  rows, (3, 4, 5))


def _overlap(data: ReportData) -> str:
    rows = [row for row in data.reports if row.place]
    sets = overlap(rows)
    return (
        _table("What each source found, after deduplication: reports", ("Source", "Reports", "Only there", "Included",
               "Included, only there"), yields(rows), (1, 2, 3, 4))
        + f'<div class="figure">{upset(rows)}</div>{_legend()}'
        + "<details><summary>The same as a table</summary>"
        + _table("Which sources found a report", ("Sources", "Reports", "Included"),
                 ((" + ".join(names), n, included) for names, n, included in sets), (1, 2)) + "</details>")


def _years(data: ReportData) -> str:
    rows = [row for row in data.reports if row.place]
    without = sum(1 for row in rows if not row.record.year)
    note = f'<p class="soft">Not shown: {many(without, "report")} without a year.</p>' if without else ""
    return f'<div class="figure">{years(rows)}</div>{_legend()}{note}'


def _legend() -> str:
    keys = "".join(f'<span class="key" style="background:{colour}"></span>{_t(word)}'
                   for word, colour in LEGEND.items())
    return f'<p class="soft">{keys}</p>'


def _agreement(found: Sequence[Agreement]) -> str:
    rows = [(a.stage, a.round, and_list(a.reviewers), a.n, _estimate(a.percent, percent=True),
             _estimate(a.kappa), _estimate(a.pabak), _estimate(a.ac1), _estimate(a.alpha), a.note) for a in found]
    return _table("Independent decisions only; round 0 is the pilot. With 95% intervals.",
                  ("Stage", "Round", "Reviewers", "Reports", "Agreement", "Cohen's kappa", "PABAK", "Gwet's AC1",
                   "Krippendorff's alpha", "Note"), rows, (1, 3, 4, 5, 6, 7, 8))


def _estimate(estimate: Estimate | None, *, percent: bool = False) -> str:
    """'0.70 (0.51 to 0.89)', or nothing."""
    if estimate is None:
        return ""

    def number(value: float) -> str:
        return f"{value * 100:.1f}%" if percent else f"{value:.2f}"

    if estimate.low is None or estimate.high is None:
        return number(estimate.value)
    return f"{number(estimate.value)} ({number(estimate.low)} to {number(estimate.high)})"


def _progress(data: ReportData) -> str:
    rows = [(r["reviewer"], r["stage"], r["sent"], r["decided"], r["left"]) for r in data.reviewers]
    return _table("Who has decided how much", ("Reviewer", "Stage", "Sent", "Decided", "Left"), rows, (2, 3, 4))


def _checks(checks: Sequence[Check]) -> str:
    """Failures first, then warnings, then what holds."""
    rank = {"error": 0, "warning": 1, "info": 2}
    rows = []
    for check in sorted(checks, key=lambda c: (c.ok, rank[c.level])):
        word = ("holds" if check.ok else _Html('<span class="fails">fails</span>') if check.level == "error"
                else _Html('<span class="warns">warning</span>'))
        shown = ", ".join(check.ids[:12]) + (f" and {len(check.ids) - 12:,} more" if len(check.ids) > 12 else "")
        rows.append((word, check.message, check.left, check.right, shown))
    return _table("Every rule of the flow, with both sides of its sum", ("", "Rule", "Left", "Right", "Which"), rows,
                  (2, 3))
