"""Google Scholar through scholarly: page after page at an easy pace, each kept, and a stop at any block.

scholarly walks from page to page; its `Navigator._get_page` is replaced while a search runs, so that
every request is paced, judged and kept in one place. No browser is started and no block is got round: a
CAPTCHA, a consent form, a changed layout or a repeated page ends the run with what came so far.

    page-00000.html     a page of results, by the number of results before it (the records)
    unread-00020-1.html a page that could not be read as results (a changed layout, a repeated page)
    plan.json           what was asked
"""

from __future__ import annotations

import random
import re
import threading
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from review.model import Issue, Progress, ReviewError
from review.sources import transport
from review.sources.request import MemoryStore, Outcome, Request, Store, keep_plan, kept_plan
from review.sources.scholar_page import FULL, Blocked, Page, read_page, start_of

NAME = "scholar"
DATABASES = ("google-scholar",)
RECORD_FILES = "page-*.html"
DEFAULT_LIMIT = 300  # Haddaway and others 2015: the first 200 to 300 results
OFFICIAL = "https://scholar.google.com"
MOST = 1_000  # results that the service shows of any search
LONGEST = 256  # characters of a string; the service cuts the rest off without a word
PAUSE = (6.0, 12.0)  # seconds between requests, drawn anew each time
TRIES = 3  # of a page, where the network failed; never after a block

_scholarly_in_use = threading.RLock()
_pacer = transport.Pacer()


def run(request: Request, store: Store, *, progress: Progress) -> Outcome:
    """Retrieve the first results of a string (300 unless `limit` says otherwise), or go on retrieving.

    Whole pages are kept, so the last one may hold a few results beyond the limit. Raises ReviewError with
    status 3 where not one page came.
    """
    years = _years(request)
    planned = kept_plan(request, store)
    walk = Walk(request, store, progress, limit=DEFAULT_LIMIT if request.limit is None else request.limit)
    if not planned:
        keep_plan(request, store, {})
    stopped: Blocked | None = None
    already = walk.rows
    if not walk.finished:
        try:
            with walk.scholarly() as scholarly:
                results = scholarly.search_pubs(request.string, start_index=walk.next_start, **years)
                _read(results, walk, already)
        except Blocked as block:
            stopped = block
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            stopped = Blocked("layout", f"sent a page that scholarly can't read ({type(error).__name__}: {error})")
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


def _years(request: Request) -> dict[str, int]:
    unknown = sorted(set(request.params) - {"year_low", "year_high"})
    if unknown or request.since:
        raise ReviewError("Google Scholar takes the parameters year_low and year_high only, not "
                          f"{', '.join(unknown) or 'a date of entry'}.", code="scholar-parameter")  # fmt: skip
    if len(request.string) > LONGEST:
        raise ReviewError(f"The string has {len(request.string)} characters; Google Scholar reads {LONGEST} and "
                          "drops the rest. Shorten it, or split it into several.", code="scholar-too-long")  # fmt: skip
    return {name: int(year) for name, year in request.params.items()}


@dataclass
class Walk:
    """The pages of one search: those of earlier runs, and those that come now."""

    request: Request
    store: Store
    progress: Progress
    limit: int
    pages: dict[int, Page] = field(default_factory=dict)  # by the number of results before them
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.address = transport.address_from_environment("REVIEW_SCHOLAR_URL", OFFICIAL)
        self.timeout = transport.timeout_from_environment()
        self.stop = threading.Event()
        for name in self.store.names():
            if match := re.fullmatch(r"page-(\d+)\.html", name):
                try:
                    self.pages[int(match[1])] = read_page(self.store.read(name))
                except Blocked as block:
                    raise ReviewError(f"{name} is damaged: it is no page of results any more. Restore it from a copy, "
                                      "or withdraw the search and run it anew.",
                                      code="damaged-file", file=name) from block  # fmt: skip

    @property
    def rows(self) -> int:
        """Results on the kept pages."""
        return sum(len(page.rows) for page in self.pages.values())

    @property
    def last(self) -> int:
        """The place of the last page."""
        return max(self.pages, default=0)

    @property
    def total(self) -> int | None:
        """About how many results there are, as the first page says."""
        return self.pages[min(self.pages)].total if self.pages else None

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to ask for."""
        return bool(self.pages) and (self.rows >= self.limit or not self.pages[self.last].following)

    @property
    def next_start(self) -> int:
        """Where to go on."""
        return self.pages[self.last].following_start if self.pages else 0

    @contextmanager
    def scholarly(self) -> Iterator[Any]:
        """scholarly, asking for its pages through `get` while the block runs."""
        with _scholarly_in_use:
            try:
                from scholarly import scholarly
                from scholarly._navigator import Navigator
            except ImportError as error:
                raise ReviewError("Google Scholar needs the package scholarly, which can't be loaded here "
                                  f"({error}). Install this tool anew with its dependencies.",
                                  code="scholar-library", status=3) from error  # fmt: skip
            navigator = Navigator()
            self.headers = {k: v for k, v in navigator._session1.headers.items() if k != "accept-encoding"}
            navigator._get_page = self.get
            try:
                yield scholarly
            finally:
                del navigator._get_page

    def get(self, address: str, premium: bool = False) -> str:
        """A page for scholarly, judged and kept; stands in for `Navigator._get_page`. Raises Blocked."""
        path = address.removeprefix(OFFICIAL)
        self._check_path(path)
        self.progress(self.rows, self.limit, "reading Google Scholar")
        body, page = self._ask(path)
        if self._doubtful(page):
            # A page that is short, or the last too early, is believed when it comes so twice.
            body, again = self._ask(path)
            if self._doubtful(again) and again.rows != page.rows:
                raise Blocked("short", "sent a page with different results each time it was asked")
            page = again
        if not page.rows and self.pages:
            raise Blocked("ended", "promised a further page, and then said that nothing was found")
        self.store.write(f"page-{start_of(path):05}.html", body, "records")
        self.pages[start_of(path)] = page
        self.progress(self.rows, self.limit, "reading Google Scholar")
        return body.decode("utf-8", "replace")

    def _check_path(self, path: str) -> None:
        """Only the next page of this very search is followed: no other search, no page passed over."""
        asked = {name: " ".join(values[0].split()) for name, values in parse_qs(urlsplit(path).query).items()}
        expected = {
            "q": " ".join(self.request.string.split()),
            "as_ylo": str(self.request.params.get("year_low", "")),
            "as_yhi": str(self.request.params.get("year_high", "")),
        }
        same = all(asked.get(name, "") == value for name, value in expected.items())
        due = self.last + FULL if self.pages else 0
        if not path.startswith("/scholar?") or not same or start_of(path) != due:
            raise Blocked("layout", "leads to a next page that is not the next of this search; its layout may have "
                          "changed")  # fmt: skip

    def _doubtful(self, page: Page) -> bool:
        rows = self.rows + len(page.rows)
        if page.following:
            return len(page.rows) < FULL
        return not page.rows or rows < min(self.total or page.total or 0, MOST)

    def _ask(self, path: str) -> tuple[bytes, Page]:
        """One page as it came, and what it holds."""
        body = self._fetch(path)
        try:
            page = read_page(body)
            if page.rows and self._seen().issuperset(page.rows):
                raise Blocked("repeated", "sent a page that came before")
        except Blocked as block:
            if block.kind in ("layout", "repeated"):  # a block page may show the user's address: not kept
                start = start_of(path)
                number = sum(n.startswith(f"unread-{start:05}-") for n in self.store.names()) + 1
                self.store.write(f"unread-{start:05}-{number}.html", body, "reply")
            raise
        return body, page

    def _seen(self) -> set[str]:
        return {row for page in self.pages.values() for row in page.rows}

    def _fetch(self, path: str) -> bytes:
        """The bytes of a page. Raises Blocked at any sign that the service does not want to answer."""
        for attempt in range(1, TRIES + 1):
            request = urllib.request.Request(self.address + path, headers=self.headers)
            try:
                reply = transport.exchange(request, self.timeout, self.stop, self._turn)
            except transport.Unreachable as error:
                if attempt == TRIES:
                    raise Blocked("network", f"could not be reached: {error}") from error
                continue
            return self._judged(reply)
        raise AssertionError("not reached")

    def _turn(self) -> AbstractContextManager[None]:
        gap = 0.0 if transport.is_loopback(self.address) else random.uniform(*PAUSE)
        return _pacer.turn(gap, self.stop)

    def _judged(self, reply: transport.Reply) -> bytes:
        status, leads = reply.status, urljoin(self.address, reply.headers.get("location", ""))
        if status == 429:
            raise Blocked("busy", "says that requests come too fast (HTTP 429)")
        if 300 <= status < 400:
            if "/sorry" in leads:
                raise Blocked("captcha", "asks for a CAPTCHA (it led to its page for unusual traffic)")
            kind = "consent" if "consent" in leads else "elsewhere"
            raise Blocked(kind, f"led elsewhere (HTTP {status}, to {urlsplit(leads).netloc})")
        if status != 200:
            raise Blocked("refused", f"refused to answer (HTTP {status})")
        return reply.body


def _outcome(walk: Walk, stopped: Blocked | None) -> Outcome:
    total, rows = walk.total, walk.rows
    more = bool(walk.pages[walk.last].following)
    ended = rows >= walk.limit or not more
    if stopped and not ended:
        status: Any = "open"
    else:
        status = "limited" if more or (total or 0) > rows >= MOST else "complete"
    params: dict[str, Any] = dict(walk.request.params) | {"limit": walk.limit, "pages": len(walk.pages)}
    if walk.address != OFFICIAL:
        params["service"] = transport.public_address(walk.address)
    hits = total if total is not None or rows else 0
    resume = _message(walk, stopped) if stopped and status == "open" else ""
    warnings = _warnings(walk, status)
    if stopped and not resume:  # the pages are all there; that scholarly stumbled over one is said all the same
        warnings += (Issue(f"scholar-{stopped.kind}", f"Google Scholar {stopped.reason}."),)
    return Outcome(status, hits, rows, (), warnings, resume, "", params, {"scholarly": version("scholarly")})


def _warnings(walk: Walk, status: str) -> tuple[Issue, ...]:
    issues = []
    short = [start for start, page in sorted(walk.pages.items()) if page.following and len(page.rows) < FULL]
    if short:
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
