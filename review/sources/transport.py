"""HTTP for the sources: one exchange, read whole, with a deadline; and the pace of requests.

A body that is shorter than announced, cut in a chunk or dripping for ever is a failure with a reason,
never a short answer.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from review.model import ReviewError

DEFAULT_TIMEOUT = 60.0  # seconds without a byte
PATIENCE = 5  # a whole exchange may take so many time-outs
MOST_BYTES = 64 * 1024 * 1024  # of one reply; 200 PubMed records are some 4 MB
PIECE = 64 * 1024


@dataclass(frozen=True)
class Reply:
    """A whole HTTP reply, whatever its status."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes


Turn = Callable[[], AbstractContextManager[None]]


class Unreachable(Exception):
    """No whole reply came; the text says why and holds neither address nor secret."""


class Stopped(Exception):
    """The run was told to stop while it waited."""


class Pacer:
    """Hands out turns at least `gap` seconds apart, to all threads and retries alike.

    The time counts from the moment at which the request before was sent, not from when it was due: threads
    that wake late don't catch up. The clock is the monotonic one, so a clock that is set anew changes nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = 0.0
        self._held = 0.0

    @contextmanager
    def turn(self, gap: float, stop: threading.Event) -> Iterator[None]:
        """The block runs when it is its turn; the next turn is `gap` seconds after its end.

        Raises Stopped where `stop` gets set meanwhile.
        """
        with self._lock:
            while (left := max(self._next, self._held) - time.monotonic()) > 0:
                pause(left, stop)
            try:
                yield
            finally:
                self._next = time.monotonic() + gap

    def hold(self, seconds: float) -> None:
        """No turns for so many seconds: the service asked for it."""
        self._held = max(self._held, time.monotonic() + seconds)


def pause(seconds: float, stop: threading.Event) -> None:
    """Sleep; raises Stopped where `stop` is or gets set."""
    if stop.wait(max(seconds, 0.0)):
        raise Stopped


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Leave the redirect as the reply: where it leads says what happened (a block, a log-in page)."""


class _InTurn(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Connects at once, and sends the request when it is its turn: only the sending is paced."""

    def __init__(self, turn: Turn) -> None:
        super().__init__()
        self.turn = turn

    def do_open(self, http_class: Any, req: Any, **arguments: Any) -> Any:
        turn = self.turn

        class Connection(http_class):  # HTTPConnection or HTTPSConnection
            def request(self, *args: Any, **kwargs: Any) -> None:
                self.connect()
                with turn():
                    super().request(*args, **kwargs)

        return super().do_open(Connection, req, **arguments)


def exchange(request: urllib.request.Request, timeout: float, stop: threading.Event, turn: Turn) -> Reply:
    """Send one request when it is its turn, and read the whole reply; redirects are not followed.

    `timeout` is seconds without a byte; from its turn on, the exchange may take PATIENCE times as long.
    Raises Unreachable with the reason, Stopped where `stop` gets set.
    """
    deadline = _Deadline(timeout * PATIENCE)
    handlers: list[urllib.request.BaseHandler] = [_NoRedirects(), _InTurn(deadline.from_now_on(turn))]
    if is_loopback(request.full_url):
        handlers.append(urllib.request.ProxyHandler({}))  # a proxy can't reach this machine's own ports
    opener = urllib.request.build_opener(*handlers)
    try:
        try:
            response = opener.open(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            body = _read(response, deadline, stop)
            headers: Message = response.headers
            announced = headers.get("Content-Length")
            if announced and announced.isdigit() and len(body) < int(announced):
                raise Unreachable(f"the reply broke off after {len(body):,} of {int(announced):,} bytes")
            if headers.get("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip"):
                body = _unpacked(body)  # nobody asked for it, but some proxies compress all the same
            return Reply(response.status or 0, {k.lower(): v for k, v in headers.items()}, body)
    except TimeoutError as error:
        raise Unreachable(f"no answer within {timeout:g} seconds") from error
    except http.client.IncompleteRead as error:
        raise Unreachable("the reply broke off before its end") from error
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise Unreachable(f"no answer within {timeout:g} seconds") from error
        raise Unreachable(_reason(error.reason)) from error
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(_reason(error)) from error


class _Deadline:
    """So many seconds from the moment at which the request was sent: waiting for a turn is no fault of the service."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.end = time.monotonic() + seconds

    def from_now_on(self, turn: Turn) -> Turn:
        """The same turn; the time runs from its beginning."""

        @contextmanager
        def timed() -> Iterator[None]:
            with turn():
                self.end = time.monotonic() + self.seconds
                yield

        return timed


def _unpacked(body: bytes) -> bytes:
    """The content of a compressed body. Raises Unreachable where it is damaged, or larger than a reply may be."""
    import zlib

    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise Unreachable("the compressed reply is damaged") from error
    if unpacker.unconsumed_tail:
        raise Unreachable(f"the reply is longer than {MOST_BYTES // 1024**2} MB")
    if body and not unpacker.eof:
        raise Unreachable("the compressed reply broke off before its end")
    return content


def _read(response: Any, deadline: _Deadline, stop: threading.Event) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        piece = response.read1(PIECE) if hasattr(response, "read1") else response.read(PIECE)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise Unreachable(f"the reply is longer than {MOST_BYTES // 1024**2} MB")
        if time.monotonic() > deadline.end:
            raise Unreachable(f"the reply came too slowly: {size:,} bytes before the time was up")
        if stop.is_set():
            raise Stopped


def _reason(error: object) -> str:
    """What went wrong, without the address (which may hold a secret)."""
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused"
    if isinstance(error, (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected)):
        return "the connection was cut"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__


def retry_after(reply: Reply, now: float) -> float | None:
    """Seconds that the header Retry-After asks for (RFC 9110: seconds, or a date); None without one.

    A date counts from the date of the reply itself, if it has one: this machine's clock may be wrong.
    """
    value = reply.headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isdigit():
        return float(value)
    until = _moment(value)
    sent = _moment(reply.headers.get("date", ""))
    return None if until is None else max(until - (now if sent is None else sent), 0.0)


def _moment(value: str) -> float | None:
    try:
        return parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError):
        return None


def timeout_from_environment() -> float:
    """Seconds: REVIEW_HTTP_TIMEOUT, or DEFAULT_TIMEOUT."""
    return number_from_environment("REVIEW_HTTP_TIMEOUT") or DEFAULT_TIMEOUT


def number_from_environment(name: str) -> float | None:
    """A positive number from the environment, None where the variable is not set."""
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 1e9:
        raise ReviewError(
            f"The environment variable {name} must be a positive number, not {text!r}.",
            code="environment",
            status=2,
        )
    return value


def address_from_environment(name: str, default: str) -> str:
    """The base address of a service without a final slash: the variable's, or the service's own."""
    text = os.environ.get(name, "").strip() or default
    try:
        sound = urlsplit(text).scheme in ("http", "https") and bool(urlsplit(text).hostname)
    except ValueError:                      # brackets that open and don't close
        sound = False
    if not sound:
        raise ReviewError(
            f"The environment variable {name} must be an http or https address, not {text!r}.",
            code="environment",
            status=2,
        )
    return text.rstrip("/")


def public_address(address: str) -> str:
    """The address as files and messages may show it: without a user's name and password, without a query."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def is_loopback(address: str) -> bool:
    """Whether an address leads to this very machine."""
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
