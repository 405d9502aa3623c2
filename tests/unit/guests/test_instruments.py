# SPDX-License-Identifier: Apache-2.0
"""The commands as people call them, on real sockets of this machine."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from guests.roles.instruments.arguments import UsageError, number, seconds, split
from guests.roles.wire.endpoint import EndpointError, endpoint
from guests.roles.wire.told import parse, whole


@pytest.fixture(scope="module")
def port(plc_port: int) -> str:
    return str(plc_port)


@pytest.fixture
def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return str(taken.getsockname()[1])


def call(repository: Path, name: str, *arguments: str) -> tuple[int, str, str]:
    """Run the command the way guests/roles/instruments/command does."""
    code = f"from guests.roles.instruments.{name}_command import main; main()"
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-s", "-c", code, *arguments],
        cwd=repository, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def test_modbus_reads_and_writes(repository: Path, port: str) -> None:
    assert call(repository, "modbus", "read", "127.0.0.1", "10", "2", "--port", port) == (0, "800 50", "")
    assert call(repository, "modbus", "write", "::1", "21", "7", f"--port={port}") == (0, "holding 21 = 7", "")
    assert call(repository, "modbus", "read", "127.0.0.1", "21", "--port", port)[1] == "7"
    assert call(repository, "modbus", "read", "127.0.0.1", "0", "2", "--kind", "coil", "--port", port)[1] == "1 0"


def test_modbus_says_what_was_refused(repository: Path, port: str, closed_port: str) -> None:
    result, _, error = call(repository, "modbus", "write", "127.0.0.1", "0", "7", "--port", port)
    assert (result, error) == (1, "The device refused: it has no such address, or the address may not be written.")
    result, _, error = call(repository, "modbus", "read", "127.0.0.1", "0", "--port", closed_port)
    assert (result, error) == (1, f"127.0.0.1 port {closed_port} refused the connection: nothing listens there.")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("modbus", []),
        ("modbus", ["frob", "127.0.0.1", "1"]),
        ("modbus", ["read", "127.0.0.1", "x"]),
        ("modbus", ["read", "127.0.0.1", "1", "--frob", "2"]),
        ("modbus", ["write", "127.0.0.1", "1", "2", "--kind", "input"]),
        ("modbus", ["write", "127.0.0.1", "1", "70000"]),
        ("http", ["ftp://127.0.0.1/"]),
        ("http", []),
        ("tcphold", ["127.0.0.1", "502"]),
        ("udpsend", ["127.0.0.1", "502"]),
    ],
)
def test_wrong_usage_is_2_and_shows_the_usage(repository: Path, name: str, arguments: list[str]) -> None:
    result, _, error = call(repository, name, *arguments)
    assert result == 2
    assert "Usage: " in error
    assert "Traceback" not in error


def test_tcphold_prints_a_line_each_second(repository: Path, port: str) -> None:
    result, output, _ = call(repository, "tcphold", "127.0.0.1", port, "2")
    assert result == 0
    assert [line.split()[1] for line in output.splitlines()] == ["ok", "ok"]


def test_tcphold_says_when_the_connection_no_longer_carries(repository: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        result, output, _ = call(repository, "tcphold", "127.0.0.1", str(silent.getsockname()[1]), "2")
    assert result == 1
    assert [line.split()[1] for line in output.splitlines()] == ["blocked", "blocked"]


def test_http_fails_on_an_error_page_and_on_silence(repository: Path, port: str, closed_port: str) -> None:
    assert call(repository, "http", f"http://127.0.0.1:{closed_port}/")[0] == 1
    result, _, error = call(repository, "http", f"http://127.0.0.1:{port}/", "--timeout", "1")
    assert result == 1
    assert "Traceback" not in error


def test_udpsend_waits_for_an_answer(repository: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        other.settimeout(10)
        answering = threading.Thread(target=lambda: other.sendto(b"pong", other.recvfrom(100)[1]))
        answering.start()
        host, port = other.getsockname()
        assert call(repository, "udpsend", host, str(port), "ping", "--wait", "10")[:2] == (0, "pong")
        answering.join()


@pytest.mark.parametrize("text", ["", "10.1.0.1:", "10.1.0.1:0", "10.1.0.1:65536", "[fd91::1]x", ":502", "[]:5", "ä:1"])
def test_what_names_no_endpoint_is_refused(text: str) -> None:
    if text == "10.1.0.1:":  # a colon without a port means the usual one
        assert endpoint(text, 502) == ("10.1.0.1", 502)
        return
    with pytest.raises(EndpointError):
        endpoint(text, 502)


@pytest.mark.parametrize("text", ["-1", "1.5", "", "٣", "65536", "99999999999999999999"])
def test_numbers_are_whole_and_within_limits(text: str) -> None:
    with pytest.raises(UsageError):
        number(text, "PORT", 65535)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "x", "1e9"])
def test_times_are_limited(text: str) -> None:
    with pytest.raises(UsageError):
        seconds(text, "SECONDS")


def test_options_may_stand_anywhere() -> None:
    assert split(["a", "--port", "5", "b", "--kind=coil"], {"port", "kind"}) == (
        ["a", "b"],
        {"port": "5", "kind": "coil"},
    )


def test_user_data_is_lines_and_the_last_one_counts() -> None:
    told = parse("#ringfence-nano\nTANK=north\nSETPOINT=700\nSETPOINT = 750\nnothing\nX=a=b")
    assert told == {"TANK": "north", "SETPOINT": "750", "X": "a=b"}
    assert whole(told, "SETPOINT", 800, 0, 1000) == 750
    assert whole({"SETPOINT": "5000"}, "SETPOINT", 800, 0, 1000) == 800
    assert whole({}, "SETPOINT", 800, 0, 1000) == 800
