"""The walk over Google Scholar's pages: at an easy pace, each judged and kept, and a stop at any block.

scholarly walks; its `Navigator._get_page` is replaced while a search runs, so that every request is paced,
judged and kept in one place. No browser is started and no block is got round.
"""

from __future__ import annotations

import random
import re
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, urljoin, urlsplit

from review.model import Progress, ReviewError
from review.sources import transport
from review.sources.request import Request, Store
from review.sources.scholar_page import FULL, Blocked, Page, read_page, start_of

OFFICIAL = "https://scholar.google.com"
MOST = 1_000  # results that the service shows of any search
PAUSE = (6.0, 12.0)  # seconds between requests, drawn anew each time
TRIES = 3  # of a page, where the network failed; never after a block

_scholarly_in_use = threading.RLock()
_pacer = transport.Pacer()


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
        """Where to go on, wherever the last page's own link leads."""
        return self.last + FULL if self.pages else 0

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
        self._keep(start_of(path), body)
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
        if not path.startswith("/scholar?") or not same or start_of(path) != self.next_start:
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
                self._keep_aside(start_of(path), body)
            raise
        return body, page

    def _keep(self, start: int, body: bytes) -> None:
        """Keep a page of results; what an earlier run got in its place is kept beside it."""
        name = f"page-{start:05}.html"
        if name in self.store.names() and (before := self.store.read(name)) != body:
            self._keep_aside(start, before)
        self.store.write(name, body, "records")

    def _keep_aside(self, start: int, body: bytes) -> None:
        """Keep a page that is not among the records."""
        number = sum(n.startswith(f"unread-{start:05}-") for n in self.store.names()) + 1
        self.store.write(f"unread-{start:05}-{number}.html", body, "reply")

    def _seen(self) -> set[str]:
        return {row for page in self.pages.values() for row in page.rows}

    def _fetch(self, path: str) -> bytes:
        """The bytes of a page. Raises Blocked at any sign that the service does not want to answer."""
        for attempt in range(1, TRIES + 1):
            address = self.address + quote(path, safe="/?&=%+,:;@!$'()*~-._")  # a link may hold letters as they are
            request = urllib.request.Request(address, headers=self.headers)
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
