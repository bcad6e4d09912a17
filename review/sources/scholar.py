"""Google Scholar through scholarly: page after page at an easy pace, each kept, and a stop at any block.

A CAPTCHA, a consent form, a changed layout or a repeated page ends the run with what came so far
(`scholar_walk`); no block is got round.

    page-00000.html     a page of results, by the number of results before it (the records)
    unread-00020-1.html a page that could not be read as results (a changed layout, a repeated page)
    plan.json           what was asked
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from review.model import Issue, Progress, ReviewError
from review.sources import transport
from review.sources.request import MemoryStore, Outcome, Request, Store, keep_plan, kept_plan
from review.sources.scholar_page import FULL, Blocked
from review.sources.scholar_walk import MOST, OFFICIAL, Walk

NAME = "scholar"
DATABASES = ("google-scholar",)
RECORD_FILES = "page-*.html"
INTERRUPTED = "interrupted"
DEFAULT_LIMIT = 300  # Haddaway and others 2015: the first 200 to 300 results
LONGEST = 256  # characters of a string; the service cuts the rest off without a word


def run(request: Request, store: Store, *, progress: Progress) -> Outcome:
    """Retrieve the first results of a string (300 unless `limit` says otherwise), or go on retrieving.

    Whole pages are kept; what the last one holds beyond the limit is no record of the search. Raises
    ReviewError with status 3 where not one page came.
    """
    years = _years(request)
    planned = kept_plan(request, store)
    walk = Walk(request, store, progress, limit=DEFAULT_LIMIT if request.limit is None else request.limit)
    if not planned:
        keep_plan(request, store, {})
    stopped: Blocked | None = None
    before = dict(walk.pages)
    if walk.finished and _falls_short(walk):
        walk.pages.pop(walk.last)  # a further run looks at the last page anew: it may lead on now
    already = walk.rows
    if not walk.finished:
        try:
            with walk.scholarly() as scholarly:
                results = scholarly.search_pubs(request.string, start_index=walk.next_start, **years)
                _read(results, walk, already)
        except Blocked as block:
            stopped = block
        except KeyboardInterrupt:
            if not walk.pages:
                raise
            stopped = Blocked(INTERRUPTED, "was not asked further, since the search was interrupted")
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            stopped = Blocked("layout", f"sent a page that scholarly can't read ({type(error).__name__}: {error})")
    walk.pages = before | walk.pages
    if stopped and not walk.pages:
        raise ReviewError(_message(walk, stopped), code=f"scholar-{stopped.kind}", status=3)
    return _outcome(walk, stopped)


def _read(results: Iterable[Any], walk: Walk, already: int) -> None:
    """Let scholarly walk on to the limit. It must read every result that is marked on the pages."""
    read = already
    for _ in results:
        read += 1
        if read >= walk.limit:
            return
    if read < walk.rows:
        raise Blocked("layout", f"sent {walk.rows} results, of which scholarly read {read}")


def count(request: Request) -> tuple[int, tuple[Issue, ...]]:
    """The figure that Scholar gives for a string ("about N"), from its first page."""
    outcome = run(Request(request.string, request.params, limit=1), MemoryStore(), progress=lambda *_: None)
    about = Issue("scholar-about", "Google Scholar's number of hits is an estimate.", severity="info")
    return outcome.hits or 0, (about, *outcome.warnings)


def in_slices(params: Mapping[str, Any], years: int) -> list[Mapping[str, Any]]:
    """The parameters of each slice of so many years; together they are the years asked for. 0: one slice.

    Raises ReviewError where no years are asked for: a slice without an end would miss what has no year.
    """
    if not years:
        return [params]
    low, high = params.get("year_low"), params.get("year_high")
    if not low or not high:
        raise ReviewError("Slices of years need the years that the review covers: give [limits] years in the definition.",
                          code="scholar-slices")  # fmt: skip
    return [{**params, "year_low": first, "year_high": min(first + years - 1, high)}
            for first in range(low, high + 1, years)]  # fmt: skip


def before_search() -> tuple[Issue, ...]:
    """What a person should know before the first request."""
    if transport.address_from_environment("REVIEW_SCHOLAR_URL", OFFICIAL) != OFFICIAL:
        return ()
    return (Issue("scholar-terms", "Automated access to Google Scholar may be against its terms. The other way in: search "
                  "with Publish or Perish, save as CSV, then review import FILE --database \"Google Scholar\".",
                  severity="info"),)  # fmt: skip


def _years(request: Request) -> dict[str, int]:
    unknown = sorted(set(request.params) - {"year_low", "year_high"})
    if unknown or request.since:
        raise ReviewError("Google Scholar takes the parameters year_low and year_high only, not "
                          f"{', '.join(unknown) or 'a date of entry'}.", code="scholar-parameter")  # fmt: skip
    if len(request.string) > LONGEST:
        raise ReviewError(f"The string has {len(request.string)} characters; Google Scholar reads {LONGEST} and "
                          "drops the rest. Shorten it, or split it into several.", code="scholar-too-long")  # fmt: skip
    return {name: int(year) for name, year in request.params.items()}


def _outcome(walk: Walk, stopped: Blocked | None) -> Outcome:
    total, rows = walk.total, walk.rows
    more = bool(walk.pages[walk.last].following)
    resume = ""
    status: Any = "limited" if more or rows > walk.limit or (total or 0) > rows >= MOST else "complete"
    if stopped and more and rows < walk.limit:
        status, resume = "open", _message(walk, stopped)
    elif status == "complete" and _falls_short(walk):
        status, resume = "open", (
            f"Google Scholar counts {total:,} results and showed {rows:,} to the end, the same when asked again. "
            "Accept it as it is with a reason, or bring the results from Publish or Perish (CSV) or Zotero.")  # fmt: skip
    params: dict[str, Any] = dict(walk.request.params) | {"limit": walk.limit, "pages": len(walk.pages)}
    if walk.address != OFFICIAL:
        params["service"] = transport.public_address(walk.address)
    warnings = _warnings(walk, status)
    if stopped and not resume:  # the pages are all there; that scholarly stumbled over one is said all the same
        warnings += (Issue(f"scholar-{stopped.kind}", f"Google Scholar {stopped.reason}."),)
    hits = total if total is not None or rows else 0
    return Outcome(status, hits, min(rows, walk.limit), (), warnings, resume, "", params, {"scholarly": version("scholarly")},
                   stopped is not None and stopped.kind == INTERRUPTED)  # fmt: skip


def _short(walk: Walk) -> list[int]:
    """The places of pages that led to a further one and were not full."""
    return [start for start, page in sorted(walk.pages.items()) if page.following and len(page.rows) < FULL]


def _falls_short(walk: Walk) -> bool:
    """Whether fewer results were shown to the end than counted, and an estimate is no explanation for it.

    A last page that is full, where a page more was counted: the link to it is not where it was, perhaps.
    """
    missing = (walk.total or 0) - walk.rows
    full = len(walk.pages[walk.last].rows) == FULL
    return missing > 0 and walk.rows < MOST and bool(_short(walk) or walk.pages[0].exact or (full and missing >= FULL))


def _warnings(walk: Walk, status: str) -> tuple[Issue, ...]:
    issues = []
    if short := _short(walk):
        places = ", ".join(f"{start + 1}" for start in short)
        issues.append(Issue("scholar-short-page", f"Google Scholar sent fewer than {FULL} results on the pages "
                            f"that begin at rank {places}, and the same when asked again."))  # fmt: skip
    twice = walk.rows - len({row for page in walk.pages.values() for row in page.rows})
    if twice:
        issues.append(Issue("scholar-overlap", f"{twice} results stand on two pages (the order moved between "
                            "requests); as many others may have been passed over."))  # fmt: skip
    totals = {page.total for page in walk.pages.values() if page.total is not None}
    if len(totals) > 1:
        issues.append(Issue("scholar-count-drift", f"Google Scholar's number of results changed from page to page "
                            f"(from {min(totals):,} to {max(totals):,}).", severity="info"))  # fmt: skip
    if walk.rows and walk.total is None:
        issues.append(Issue("scholar-no-total", "Google Scholar did not say how many results there are."))
    if status == "complete" and walk.rows < (walk.total or 0):
        issues.append(Issue("scholar-fewer", f"Google Scholar spoke of about {walk.total:,} results and showed "
                            f"{walk.rows:,}, and the same when asked again."))  # fmt: skip
    if status == "limited" and walk.rows >= MOST:
        issues.append(Issue("scholar-cap", f"Google Scholar shows {MOST:,} results of any search at most."))
    return tuple(issues)


def _message(walk: Walk, block: Blocked) -> str:
    rows = walk.rows
    came = f"The {rows} results that came are kept (ranks 1 to {rows})." if rows else (
        "Nothing came; this is not a search with 0 hits.")  # fmt: skip
    return (f"Google Scholar {block.reason}. {came} Run the search again later to go on from rank {rows + 1}, or "
            "bring the results from Publish or Perish (CSV) or Zotero: review import FILE --database "
            '"Google Scholar". This tool does not try to get round a block.')  # fmt: skip
