# SPDX-License-Identifier: Apache-2.0
"""A small web server: requests in, replies out, with limits on everything a peer can send."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit

MOST_BODY = 1024 * 1024
MOST_AT_ONCE = 32
PATIENCE = 10.0
"""Seconds that a peer may be silent in the middle of a request."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: ``query`` holds the last value of each parameter."""

    method: str
    path: str
    query: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    status: int
    body: bytes
    kind: str = "text/plain; charset=utf-8"


Handle = Callable[[Request], Reply]


def plain(status: int, sentence: str) -> Reply:
    """Answer a reply of one line of text."""
    return Reply(status, f"{sentence}\n".encode())


def document(status: int, content: object) -> Reply:
    """Answer a reply of JSON."""
    return Reply(status, json.dumps(content).encode() + b"\n", "application/json")


class Server(socketserver.ThreadingTCPServer):
    """Listens on IPv4 and IPv6; each request has a thread, and there are not more than ``MOST_AT_ONCE``."""

    address_family = socket.AF_INET6
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, handle: Handle) -> None:
        self.handle = handle
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        super().__init__(("::", port), Exchange)

    def server_bind(self) -> None:
        """Take IPv4 as well."""
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Wait for a place; silent peers give theirs back after ``PATIENCE``."""
        self._places.acquire()
        super().process_request(request, client_address)

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Deal with one connection and free its place."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Pass over a peer that went away in the middle of its request: nobody's failure."""


class Exchange(BaseHTTPRequestHandler):
    """One request and its reply."""

    server: Server
    timeout = PATIENCE

    def do_GET(self) -> None:
        """Reply to a question."""
        self._reply(b"")

    def do_POST(self) -> None:
        """Reply to a delivery, whose length has to be told first."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._send(plain(411, "Tell the body's length in Content-Length."))
        elif len(length) > len(str(MOST_BODY)) or int(length) > MOST_BODY:
            self._send(plain(413, f"A body may have {MOST_BODY} bytes at most."))
        else:
            self._reply(self.rfile.read(int(length)))

    def _reply(self, body: bytes) -> None:
        try:
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query, max_num_fields=32))
        except ValueError:
            self._send(plain(400, "This address cannot be read."))
            return
        self._send(self.server.handle(Request(self.command, parts.path, query, body)))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Keep requests off the console, which is for people."""
