# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from guests.roles.historian.main import pages as historian_pages
from guests.roles.historian.store import Store
from guests.roles.scada import forward as forward_module
from guests.roles.scada.forward import Forwarder
from guests.roles.scada.main import forwarder, pages, targets
from guests.roles.scada.page import page, values
from guests.roles.scada.poll import Target
from guests.roles.scada.readings import FRESH_SECONDS, Reading, Readings
from guests.roles.wire.fetch import split
from guests.roles.wire.web import Reply, Request, Server, plain

NORTH = {"level": 612, "inflow": 120, "outflow": 40, "pump": 1, "valve": 40, "alarms": 0, "setpoint": 800}


@pytest.fixture
def store() -> Store:
    return Store(None)


@pytest.fixture
def historian(store: Store) -> Iterator[str]:
    server = Server(0, historian_pages(store))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_controllers_are_read_from_the_seed() -> None:
    told = {"PLC_north": "10.1.0.10", "PLC_south": "[fd91::11]:1502", "PLC_bad": "a:b:c:", "PLC_": "x", "TANK": "y"}
    told["PLC_worse"] = "10.1.0.10:99999"
    assert targets(told)[:2] == [Target("north", "10.1.0.10", 502), Target("south", "fd91::11", 1502)]
    assert "worse" not in [target.name for target in targets(told)]


def test_a_wrong_historian_is_none() -> None:
    assert forwarder({}) is None
    assert forwarder({"HISTORIAN": "ftp://10.1.0.1"}) is None
    assert forwarder({"HISTORIAN": "http://10.1.0.1:99999"}) is None


def test_values_reach_the_historian(historian: str, store: Store) -> None:
    forwarder = Forwarder(historian)
    forwarder.put("north", NORTH)
    assert forwarder.flush()
    assert store.last("plant", "tank", "level", 1, {"plc": "north"})[0].value == 612
    assert store.last("plant", "tank", "setpoint", 1, {})[0].value == 800
    assert (forwarder.state().sent, forwarder.state().waiting) == (1, 0)


def test_values_wait_while_the_historian_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward_module, "MOST_WAITING", 3)
    forwarder = Forwarder("http://127.0.0.1:1")
    for _ in range(5):
        forwarder.put("north", NORTH)
    assert not forwarder.flush()
    state = forwarder.state()
    assert (state.sent, state.waiting, state.dropped) == (0, 3, 2)
    assert state.error
    assert "refused" in state.error


def test_health_needs_every_controller() -> None:
    readings = Readings({"north": "a", "south": "b"})
    handle = pages("Plant", readings, None)

    def health() -> Reply:
        return handle(Request("GET", "/health", {}, b""))

    readings.answered("north", NORTH, time.monotonic())
    assert health().status == 503
    assert b"south" in health().body
    readings.answered("south", NORTH, time.monotonic())
    assert health().status == 200
    readings.answered("south", NORTH, time.monotonic() - FRESH_SECONDS - 1)
    assert health().status == 503
    assert pages("Plant", Readings({}), None)(Request("GET", "/health", {}, b"")).status == 503


def test_the_page_says_what_is_and_what_is_not() -> None:
    readings = {
        "north": Reading("10.1.0.10:502", NORTH, at=100.0),
        "<b>": Reading("x", {**NORTH, "alarms": 2}, at=100.0),
        "south": Reading("10.1.0.11:502", error="10.1.0.11 port 502 refused the connection."),
    }
    text = page("The <plant>", readings, None, 101.0)
    assert "612 mm" in text
    assert "level low" in text
    assert "refused the connection" in text
    assert "<b>" not in text
    assert "&lt;plant&gt;" in text
    document = json.loads(json.dumps(values(readings, None, 101.0)))
    assert document["plcs"]["north"] == {
        "address": "10.1.0.10:502", "ok": True, "age": 1.0, "values": NORTH, "error": None,
    }  # fmt: skip
    assert not document["plcs"]["south"]["ok"]


def test_a_failure_is_news_once() -> None:
    readings = Readings({"north": "a"})
    assert readings.failed("north", "It is away.")
    assert not readings.failed("north", "It is away.")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("GET /health HTTP/1.0", 200),
        ("POST /write?db=plant HTTP/1.0\r\nContent-Length: 1048577", 413),
        ("POST /write?db=plant HTTP/1.0\r\nContent-Length: -1", 411),
        ("POST /write?db=plant HTTP/1.0", 411),
        ("POST /write?db=plant HTTP/1.0\r\nContent-Length: 0", 204),
        ("DELETE / HTTP/1.0", 501),
        ("GET /" + "x" * 70000 + " HTTP/1.0", 414),
        ("GET http://[ HTTP/1.0", 400),
    ],
)
def test_the_server_limits_what_it_is_sent(historian: str, head: str, status: int) -> None:
    _, host, port = split(historian)
    with socket.create_connection((host, port), timeout=10) as peer:
        peer.sendall(f"{head}\r\n\r\n".encode())
        assert peer.recv(12).split()[1] == str(status).encode()


def test_a_plain_reply_is_one_line() -> None:
    assert plain(200, "Good.").body == b"Good.\n"
