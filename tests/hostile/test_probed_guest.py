# SPDX-License-Identifier: Apache-2.0
"""A guest that answers its probes in ways to confuse, flood or hold up who asks."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

import pytest

from ringfence.compile.scope import Scope
from ringfence.drivers.probes.driver import ProbeDriver
from ringfence.site.probe import Probe


def _empty(line: socket.socket) -> None:
    line.sendall(line.recv(100)[:2] + b"\0\0\0\3\1\3\0")
    time.sleep(3)


def _endless(line: socket.socket) -> None:
    while True:
        line.sendall(b"\0\1\0\0\0\6\1\3" * 8192)


def _headers(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        line.sendall(b"X: " + b"y" * 60_000 + b"\r\n")


def _steering(line: socket.socket) -> None:
    line.recv(1000)
    line.sendall(b"HTTP/1.1 500 \x1b[2J\x1b]0;owned\x07\r\nX: \x9b31m\r\n\r\n")


@pytest.mark.parametrize(
    ("kind", "talk", "said"),
    [
        ("modbus", _empty, "answered without a value"),
        ("modbus", _endless, "answered without a value"),
        ("http", _endless, "does not speak HTTP"),
        ("http", _headers, "does not speak HTTP"),
        ("http", _steering, "answers with status 500"),
    ],
)
def test_a_no_in_bounded_time_and_plain_words(kind: str, talk: object, said: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line, contextlib.suppress(OSError):
                talk(line)  # type: ignore[operator]  # one of the above

        threading.Thread(target=serve, daemon=True).start()
        began = time.monotonic()
        probe = Probe(kind, server.getsockname()[1], timeout=2)  # type: ignore[arg-type]  # one of the two
        answer = ProbeDriver(namespaces=None).ask(Scope("rf-t-hostile", "server1"), probe, "127.0.0.1")
    assert time.monotonic() - began < 10
    assert not answer.ok
    assert said in answer.detail
    assert answer.detail.isprintable()
