"""What both stand-ins share: a real HTTP server on loopback that logs every request and fails on command."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

# Faults on the wire; the reply itself is right.
WIRE_FAULTS = ("short-body", "chunk-cut", "slow-headers", "slow-drip", "reset", "refused")


@dataclass(frozen=True)
class Call:
    """A request as it came."""

    endpoint: str
    number: int  # of this endpoint, counted from 1
    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    time: float  # seconds of the monotonic clock


@dataclass
class Reply:
    """A reply as it should go out."""

    body: bytes
    status: int = 200
    content_type: str = "text/xml; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)


class StandIn:
    """A running server. `requests` is its log; `fail` plans a fault."""

    path = "/"

    def __init__(self, port: int = 0, slow: float = 3.0) -> None:
        self.requests: list[Call] = []
        self.slow = slow  # seconds that slow replies take
        self._faults: dict[tuple[str, int], str] = {}
        self._always: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._open(port)

    @property
    def url(self) -> str:
        """The address to put into the environment variable."""
        return f"http://127.0.0.1:{self.port}{self.path}".rstrip("/")

    def fail(self, endpoint: str, nth: int, kind: str, times: int = 1) -> None:
        """The nth call of an endpoint (counted from 1), and the times - 1 after it, meet this fault.

        Calls that were made already count. `times=0` is every call from now on.
        """
        if times == 0:
            self._always[endpoint] = kind
        for number in range(nth, nth + times):
            self._faults[endpoint, number] = kind

    def heal(self) -> None:
        """No more faults."""
        self._faults.clear()
        self._always.clear()

    def calls(self, endpoint: str) -> list[Call]:
        """The log of one endpoint."""
        return [call for call in self.requests if call.endpoint == endpoint]

    def answer(self, call: Call, fault: str | None) -> Reply:
        """The reply to a call; a fault in the content is the child's to make."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        """One request."""
        parts = urlsplit(handler.path)
        query = parts.query
        if handler.command == "POST":
            length = int(handler.headers.get("Content-Length") or 0)
            body = handler.rfile.read(length)
            if len(body) < length:
                return  # the client died while it sent
            query = "&".join(filter(None, (query, body.decode("utf-8"))))
        endpoint = self.endpoint(parts.path)
        with self._lock:
            self._counts[endpoint] += 1
            number = self._counts[endpoint]
            call = Call(
                endpoint,
                number,
                handler.command,
                parts.path,
                dict(parse_qsl(query, keep_blank_values=True)),
                dict(handler.headers.items()),
                time.monotonic(),
            )
            self.requests.append(call)
            fault = self._faults.get((endpoint, number)) or self._always.get(endpoint)
        if fault == "refused":
            self._refuse(handler)
        elif fault == "reset":
            _reset(handler)
        else:
            with suppress(BrokenPipeError, ConnectionResetError):  # the client went away
                _send(handler, self.answer(call, fault), fault, self.slow)

    def endpoint(self, path: str) -> str:
        """The name under which calls are logged: the last part of the path without its suffix."""
        return path.rpartition("/")[2].partition(".")[0]

    def _open(self, port: int) -> None:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                stand_in.handle(self)

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # a client that was killed

        self._server = Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _refuse(self, handler: BaseHTTPRequestHandler) -> None:
        """Cut this connection and refuse new ones for a moment."""
        self._server.shutdown()
        self._server.server_close()
        _reset(handler)
        time.sleep(0.15)
        self._open(self.port)


def _reset(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def _send(handler: BaseHTTPRequestHandler, reply: Reply, fault: str | None, slow: float) -> None:
    handler.close_connection = True
    if fault == "slow-headers":
        time.sleep(slow)
    handler.send_response(reply.status)
    handler.send_header("Content-Type", reply.content_type)
    handler.send_header("Connection", "close")
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    if fault == "chunk-cut":
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(f"{len(reply.body) + 10:x}\r\n".encode() + reply.body[: len(reply.body) // 2])
        return
    handler.send_header("Content-Length", str(len(reply.body)))
    handler.end_headers()
    if fault == "short-body":
        handler.wfile.write(reply.body[: len(reply.body) // 2])
    elif fault == "slow-drip":
        step = max(len(reply.body) // 200, 1)
        for place in range(0, len(reply.body), step):
            handler.wfile.write(reply.body[place : place + step])
            handler.wfile.flush()
            time.sleep(slow / 100)
    else:
        handler.wfile.write(reply.body)
