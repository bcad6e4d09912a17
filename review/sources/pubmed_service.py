"""The E-utilities through Bio.Entrez: pace, retries, time-outs and secrets in one place.

Bio.Entrez builds the requests; its module global `urlopen` is replaced by one function while a search
runs. That function sends the request to the address in force, at the pace of the service's terms, reads
the whole body and judges it. Bio.Entrez's own limiter is not safe in threads, and its retries come
without a pause, so both are switched off.
"""

from __future__ import annotations

import io
import os
import random
import re
import threading
import time
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, TypeVar
from urllib.parse import urlsplit

from review.model import ReviewError
from review.sources import transport

OFFICIAL = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
TERMS, TERMS_WITH_KEY = 3.0, 10.0  # requests a second, without and with a key (E-utilities, usage guidelines)
MARGIN = 1.2  # turns lie so much further apart, since the network brings some closer
TRIES = 6  # of one request; the pauses between grow from 3 turns to 48
LONGEST_WAIT = 120.0  # seconds that a Retry-After may ask for before we leave the rest for later
TOOL = "scoping-review"

T = TypeVar("T")
_pacer = transport.Pacer()  # one pace for all threads and searches of this process
_entrez_in_use = threading.RLock()  # Bio.Entrez keeps its settings in module globals


class Failed(Exception):
    """A request failed. `kind` is one of network, busy, server, refused, unusable, key, stopped."""

    def __init__(self, kind: str, reason: str, *, wait: float | None = None, tries: int = TRIES) -> None:
        super().__init__(reason)
        self.kind, self.reason, self.wait, self.tries = kind, reason, wait, tries


@dataclass
class Service:
    """The address, the pace and the user's key in force for one run."""

    address: str
    rate: float  # requests a second
    timeout: float  # seconds without a byte
    email: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    stop: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def from_environment(cls) -> Service:
        """NCBI_EMAIL, NCBI_API_KEY, REVIEW_EUTILS_URL, REVIEW_EUTILS_RATE, REVIEW_HTTP_TIMEOUT."""
        address = transport.address_from_environment("REVIEW_EUTILS_URL", OFFICIAL)
        key = os.environ.get("NCBI_API_KEY", "").strip()
        terms = TERMS_WITH_KEY if key else TERMS
        rate = transport.number_from_environment("REVIEW_EUTILS_RATE") or terms
        if (urlsplit(address).hostname or "").endswith(".nih.gov"):
            rate = min(rate, terms)
        return cls(address, rate, transport.timeout_from_environment(), os.environ.get("NCBI_EMAIL", "").strip(), key)

    def scrub(self, text: str) -> str:
        """The text without the user's key and e-mail address, should a server repeat them."""
        for secret in (self.key, self.email):
            if secret:
                text = text.replace(secret, "(removed)")
        return text

    @contextmanager
    def entrez(self) -> Iterator[None]:
        """Bio.Entrez speaks to this service while the block runs, and is as before afterwards."""
        import Bio.Entrez

        Entrez: Any = Bio.Entrez  # its settings are module globals without types
        names = ("email", "tool", "api_key", "max_tries", "urlopen")
        with _entrez_in_use, warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"\s*Email address is not specified")
            before = {name: getattr(Entrez, name) for name in names}
            Entrez.email, Entrez.tool, Entrez.api_key = self.email or None, TOOL, self.key or None
            Entrez.max_tries, Entrez.urlopen = 1, self._urlopen
            try:
                yield
            finally:
                for name, value in before.items():
                    setattr(Entrez, name, value)

    def ask(self, utility: str, check: Callable[[bytes], T], most_tries: int = TRIES, **params: Any) -> tuple[bytes, T]:
        """The body of a reply that `check` accepts, and what `check` made of it.

        `check` raises Failed for a body that is not an answer. Every kind of failure that may pass is
        tried again, after a pause that grows and that the service may lengthen (Retry-After).
        Raises Failed when all tries are used up.
        """
        from Bio import Entrez

        attempt = 0
        while True:
            attempt += 1
            try:
                body = getattr(Entrez, utility)(db="pubmed", **params).read()
                return body, check(body)
            except transport.Stopped:
                raise Failed("stopped", "the search was told to stop") from None
            except Failed as failure:
                if attempt >= min(failure.tries, most_tries) or (failure.wait or 0.0) > LONGEST_WAIT:
                    raise
                wait = failure.wait
                if wait is None:
                    wait = 3 / self.rate * 2 ** (attempt - 1) * random.uniform(1.0, 1.5)
                if failure.kind == "busy":
                    _pacer.hold(wait)
                self._pause(wait)

    def _pause(self, seconds: float) -> None:
        try:
            transport.pause(seconds, self.stop)
        except transport.Stopped:
            raise Failed("stopped", "the search was told to stop") from None

    def _urlopen(self, request: urllib.request.Request) -> io.BytesIO:
        """One attempt at one request of Bio.Entrez; stands in for its `urlopen`."""
        from Bio import Entrez

        Entrez._open.previous = 0  # our pacer replaces its limiter
        utility = urlsplit(request.full_url).path.rpartition("/")[2]
        # Everything goes by POST: proxies write addresses into their logs, and the address would hold the key.
        data = request.data or urlsplit(request.full_url).query.encode("ascii")
        reply = self._send(self.address, utility, data)
        if reply.status == 404 and not urlsplit(self.address).path:  # a bare host: the service's own path there
            inside = self.address + urlsplit(OFFICIAL).path
            reply = self._send(inside, utility, data)
            if reply.status != 404:
                self.address = inside
        self._judge(reply)
        return _Body(reply.body)

    def _send(self, address: str, utility: str, data: Any) -> transport.Reply:
        request = urllib.request.Request(f"{address}/{utility}", data=data, method="POST", headers={"User-Agent": TOOL})
        try:
            return transport.exchange(request, self.timeout, self.stop, self._turn)
        except transport.Unreachable as error:
            raise Failed("network", str(error)) from error

    def _turn(self) -> AbstractContextManager[None]:
        return _pacer.turn(MARGIN / self.rate, self.stop)

    def _judge(self, reply: transport.Reply) -> None:
        """Raises Failed where the status or the look of the body says that this is no answer."""
        status, said = reply.status, self.scrub(_words(reply.body))
        wait = transport.retry_after(reply, time.time())
        if status == 429:
            raise Failed("busy", "the service says that requests come too fast (HTTP 429)", wait=wait)
        if status in (401, 403) or (400 <= status < 500 and b"api-key" in reply.body.lower()):
            raise Failed("key", f"the service refused access (HTTP {status}): {said}", tries=1)
        if 300 <= status < 400:
            raise Failed("unusable", f"the service sent us elsewhere (HTTP {status}); log in first?", tries=3)
        if 400 <= status < 500:
            raise Failed("refused", f"the service refused the request (HTTP {status}): {said}", tries=3)
        if status != 200:
            raise Failed("server", f"the service failed (HTTP {status})", wait=wait)
        if not reply.body.strip():
            raise Failed("unusable", "the reply was empty")
        if self.key and len(self.key) >= 8 and self.key.encode() in reply.body:
            raise Failed("unusable", "the reply repeats the API key, so it can't be kept")
        if not reply.body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") or _is_html(reply.body):
            raise Failed("unusable", f"the reply is not XML: {said}")


class _Body(io.BytesIO):
    """What Bio.Entrez takes for the response: bytes that it hands on as they are."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.headers = Message()
        self.headers["Content-Type"] = "text/xml"
        self.url = OFFICIAL


def _is_html(body: bytes) -> bool:
    return re.match(rb"\W*<(!doctype\s+)?html\b", body[:200].lower()) is not None


def _words(body: bytes) -> str:
    """The first words of an error body, without its mark-up."""
    text = re.sub(r"<[^>]*>", " ", body[:4000].decode("utf-8", "replace"))
    return " ".join(text.split())[:200] or "no words"


def trouble(service: Service, failure: Failed) -> str:
    """A sentence for people: what happened where, and what to do about it."""
    where = transport.public_address(service.address)
    cure = {
        "network": "Check the network (and REVIEW_EUTILS_URL, if it is set), then run the search again.",
        "busy": "Wait a while, then run the search again"
        + ("." if service.key else "; a key in NCBI_API_KEY raises the limit from 3 to 10 requests a second."),
        "key": "Check NCBI_API_KEY, or unset it, then run the search again.",
        "refused": "Check the search string, then run the search again.",
        "stopped": "Run the search again to go on.",
    }.get(failure.kind, "Run the search again in a while.")
    if failure.wait and failure.wait > LONGEST_WAIT:
        cure = f"The service asks to wait {failure.wait:,.0f} seconds; run the search again after that."
    return f"PubMed ({where}): {service.scrub(failure.reason)}. {cure}"


def nothing_came(service: Service, failure: Failed) -> ReviewError:
    """The error for a search of which nothing at all came."""
    return ReviewError(
        "The search failed; this is not a search with 0 hits. " + trouble(service, failure),
        code=f"pubmed-{failure.kind}",
        status=3,
    )
