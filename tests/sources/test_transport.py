"""HTTP as the sources need it: addresses, the environment, Retry-After, and turns."""

from __future__ import annotations

import gzip
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from review.model import ReviewError
from review.sources import transport
from tests.standins import eutils
from tests.standins.corpus import Synthetic


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("Thu, 01 Jan 1970 00:16:40 GMT", 100.0),  # 1,000 s after the epoch, asked at 900 s
        ("Thu, 01 Jan 1970 00:00:10 GMT", 0.0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert transport.retry_after(transport.Reply(429, {"retry-after": value}, b""), now=900.0) == seconds


def test_a_date_to_retry_after_counts_from_the_replys_own_date_whatever_this_clock_says() -> None:
    headers = {"retry-after": "Thu, 01 Jan 1970 00:16:40 GMT", "date": "Thu, 01 Jan 1970 00:16:00 GMT"}
    for now in (0.0, 1e9):
        assert transport.retry_after(transport.Reply(429, headers, b""), now) == 40.0


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://127.0.0.1:8000/x", True),
        ("http://localhost/", True),
        ("http://[::1]:80/", True),
        ("https://eutils.ncbi.nlm.nih.gov/entrez/eutils", False),
        ("http://localhost.example.org/", False),
    ],
)
def test_loopback_is_this_machine_only(address: str, here: bool) -> None:
    assert transport.is_loopback(address) is here


def test_a_public_address_holds_no_password_and_no_query() -> None:
    address = "https://user:secret@proxy.example.org:8443/ncbi?token=secret#x"
    assert transport.public_address(address) == "https://proxy.example.org:8443/ncbi"


@pytest.mark.parametrize("value", ["fast", "-1", "0", "nan", "inf"])
def test_a_rate_that_is_no_rate_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEW_EUTILS_RATE", value)
    with pytest.raises(ReviewError, match="REVIEW_EUTILS_RATE") as error:
        transport.number_from_environment("REVIEW_EUTILS_RATE")
    assert error.value.status == 2


@pytest.mark.parametrize("value", ["ftp://example.org", "127.0.0.1:80", "file:///etc/passwd"])
def test_an_address_that_is_no_web_address_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEW_EUTILS_URL", value)
    with pytest.raises(ReviewError, match="REVIEW_EUTILS_URL"):
        transport.address_from_environment("REVIEW_EUTILS_URL", "https://example.org")


def test_turns_lie_apart_also_when_threads_wake_late() -> None:
    pacer, stop, gap = transport.Pacer(), threading.Event(), 0.02
    sent: list[float] = []

    def worker(late: float) -> None:
        with pacer.turn(gap, stop):
            time.sleep(late)
            sent.append(time.monotonic())

    threads = [threading.Thread(target=worker, args=(0.05 if i % 3 == 0 else 0.0,)) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == 12
    assert min(b - a for a, b in zip(sent, sent[1:], strict=False)) >= gap


def test_waiting_ends_when_the_run_is_stopped() -> None:
    pacer, stop = transport.Pacer(), threading.Event()
    pacer.hold(3600)
    stop.set()
    with pytest.raises(transport.Stopped), pacer.turn(0.0, stop):
        pass


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("short-body", "broke off"),
        ("chunk-cut", "broke off"),
        ("slow-headers", "no answer within"),
        ("slow-drip", "too slowly"),
        ("reset", "cut"),
    ],
)
def test_a_reply_that_does_not_come_whole_is_no_reply(kind: str, reason: str) -> None:
    with eutils.serve(Synthetic(50), slow=1.5) as server:
        server.fail("efetch", 1, kind)
        request = urllib.request.Request(f"{server.url}/efetch.fcgi?id={','.join(server.records.pmids)}")  # type: ignore[attr-defined]
        with pytest.raises(transport.Unreachable, match=reason):
            transport.exchange(request, 0.2, threading.Event(), nullcontext)
        assert transport.exchange(request, 20.0, threading.Event(), nullcontext).status == 200


class _Packing(BaseHTTPRequestHandler):
    """Compresses whatever it is asked; `/cut` sends half of it, `/odd` something else."""

    def do_GET(self) -> None:
        body = gzip.compress(CONTENT)
        body = {"/cut": body[: len(body) // 2], "/odd": b"<html>"}.get(self.path, body)
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


CONTENT = b"<eSearchResult><Count>1</Count></eSearchResult>" * 100


@pytest.fixture
def packing() -> Iterator[str]:
    """The address of a server that compresses."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Packing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_reply_that_a_proxy_compressed_is_read(packing: str) -> None:
    request = urllib.request.Request(packing)
    assert transport.exchange(request, 5.0, threading.Event(), nullcontext).body == CONTENT


@pytest.mark.parametrize(("path", "reason"), [("/cut", "broke off"), ("/odd", "damaged")])
def test_a_compressed_reply_that_is_not_whole_is_no_reply(path: str, reason: str, packing: str) -> None:
    with pytest.raises(transport.Unreachable, match=reason):
        transport.exchange(urllib.request.Request(packing + path), 5.0, threading.Event(), nullcontext)


def test_waiting_for_a_turn_is_no_slowness_of_the_service(packing: str) -> None:
    """The wait that a service asked for may be longer than an exchange may take."""

    @contextmanager
    def late() -> Iterator[None]:
        time.sleep(0.3 * transport.PATIENCE)
        yield

    assert transport.exchange(urllib.request.Request(packing), 0.2, threading.Event(), late).body == CONTENT
