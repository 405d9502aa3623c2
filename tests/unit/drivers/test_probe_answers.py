# SPDX-License-Identifier: Apache-2.0
"""The questions themselves, asked by a real child of a real server on the loopback."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from ringfence.compile.scope import Scope
from ringfence.drivers.probes.driver import ProbeDriver
from ringfence.drivers.probes.question import (
    Question,
    dump_answer,
    dump_questions,
    load_answer,
    load_questions,
)
from ringfence.ports.probes import Answer
from ringfence.site.probe import Probe

SCOPE = Scope("rf-t-probe", "server1")
HERE = ProbeDriver(namespaces=None)
REGISTER_VALUE = 4711

Talk = Callable[[socket.socket], None]


@pytest.fixture(params=["127.0.0.1", "::1"])
def address(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def serve(address: str) -> Iterator[Callable[[Talk], int]]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family) as server:

        def start(talk: Talk) -> int:
            threading.Thread(target=_serve_one, args=(server, talk), daemon=True).start()
            return int(server.getsockname()[1])

        yield start


def _serve_one(server: socket.socket, talk: Talk) -> None:
    connection, _ = server.accept()
    with connection, contextlib.suppress(ConnectionError):  # the far side may have had enough
        talk(connection)


def _http(status: str) -> Talk:
    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

    return talk


def _modbus(connection: socket.socket) -> None:
    number, _, _, unit, function, register, _ = struct.unpack(">HHHBBHH", connection.recv(12))
    good = struct.pack(">HHHBBBH", number, 0, 5, unit, function, 2, REGISTER_VALUE)
    bad = struct.pack(">HHHBBB", number, 0, 3, unit, function | 0x80, 2)
    connection.sendall(good if register == 7 else bad)


def _silent(connection: socket.socket) -> None:
    connection.recv(4096)
    time.sleep(5)


def _dripping(connection: socket.socket) -> None:
    for _ in range(100):
        connection.sendall(b"H")
        time.sleep(0.1)


def test_tcp_is_a_yes_when_somebody_accepts(address: str, serve: Callable[[Talk], int]) -> None:
    answer = HERE.ask(SCOPE, Probe("tcp", serve(lambda _: None)), address)
    assert answer.ok, answer.detail
    assert 0 <= answer.seconds < 2


def test_tcp_is_a_no_when_nobody_listens(address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answer = HERE.ask(SCOPE, Probe("tcp", port), address)
    assert not answer.ok
    assert "refused" in answer.detail


@pytest.mark.parametrize(("status", "ok"), [("204 Fine", True), ("302 There", True), ("500 Broken", False)])
def test_http_judges_the_status(status: str, ok: bool, address: str, serve: Callable[[Talk], int]) -> None:
    answer = HERE.ask(SCOPE, Probe("http", serve(_http(status)), path="/health"), address)
    assert answer.ok is ok
    assert status[:3] in answer.detail


def test_modbus_reads_a_register(address: str, serve: Callable[[Talk], int]) -> None:
    answer = HERE.ask(SCOPE, Probe("modbus", serve(_modbus), unit=3, register=7), address)
    assert answer.ok, answer.detail
    assert str(REGISTER_VALUE) in answer.detail


def test_a_modbus_exception_is_a_no(address: str, serve: Callable[[Talk], int]) -> None:
    answer = HERE.ask(SCOPE, Probe("modbus", serve(_modbus), unit=3, register=8), address)
    assert not answer.ok
    assert "exception 2" in answer.detail


@pytest.mark.parametrize("kind", ["http", "modbus"])
@pytest.mark.parametrize("talk", [_silent, _dripping])
def test_time_is_up_for_the_silent_and_the_slow(kind: str, talk: Talk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve_one, args=(server, talk), daemon=True).start()
        began = time.monotonic()
        port = server.getsockname()[1]
        answer = HERE.ask(SCOPE, Probe("http" if kind == "http" else "modbus", port, timeout=1), "127.0.0.1")
    assert not answer.ok
    assert time.monotonic() - began < 8


def test_without_a_router_namespace_the_answer_says_so() -> None:
    answer = ProbeDriver().ask(SCOPE, Probe("tcp", 502), "192.0.2.9")
    assert not answer.ok
    assert "rf-rf-t-probe is not there" in answer.detail


def test_questions_and_answers_survive_the_pipe() -> None:
    question = Question(Probe("modbus", 502, register=9), "2001:db8::1", "/run/netns/x", 7)
    assert load_questions(dump_questions([question, question])) == [question, question]
    answer = Answer(ok=True, detail="It\nworks.", seconds=0.5)
    assert load_answer(dump_answer(3, answer)) == (3, answer)


def test_many_are_asked_side_by_side_and_answered_in_order(address: str, serve: Callable[[Talk], int]) -> None:
    silent = [(Probe("http", serve(_silent), timeout=1), address) for _ in range(6)]
    good = (Probe("tcp", serve(lambda _: None)), address)
    began = time.monotonic()
    answers = HERE.ask_all(SCOPE, [*silent, good])
    assert [answer.ok for answer in answers] == [False] * 6 + [True]
    assert time.monotonic() - began < 6
    assert HERE.ask_all(SCOPE, []) == ()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"ok": 1, "detail": "x"}', "ready", '{"number": 0, "ok": true}']
)
def test_what_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        load_answer(text)
