# SPDX-License-Identifier: Apache-2.0
"""A libvirt that hangs: the caller goes on, one hung domain holds up nobody else, and the connection is made anew."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.compile.domain_cases import GOLDEN, SITE

from ringfence.base.errors import DeadlinePassed, Refused
from ringfence.compile.scope import Scope
from ringfence.drivers.libvirt import LibvirtDriver, survey
from ringfence.drivers.libvirt.connection import Connection

libvirt = pytest.importorskip("libvirt")
SCOPE = Scope(SITE, "server1")


class Domain:
    """What the driver asks of a running domain; its XML is what libvirt 9.0 gave for a case."""

    def __init__(self, case: str, gate: threading.Event | None) -> None:
        self._xml = (GOLDEN / case / "9.0.dump.xml").read_text(encoding="utf-8")
        self._case, self._gate = case, gate

    def state(self) -> list[int]:
        if self._gate is not None:
            self._gate.wait()
        return [1, 1]

    def name(self) -> str:
        return f"{SITE}-{self._case}"

    def isActive(self) -> int:  # noqa: N802 - libvirt's name
        return 1

    isPersistent = isActive  # noqa: N815 - libvirt's name

    def XMLDesc(self, _flags: int = 0) -> str:  # noqa: N802 - libvirt's name
        return self._xml


class Libvirt:
    """A connection in which everything about ``full`` waits for the gate, as when a domain's lock is held."""

    def __init__(self, gate: threading.Event) -> None:
        self.domains = {f"{SITE}-full": Domain("full", gate), f"{SITE}-plain": Domain("plain", None)}

    def isAlive(self) -> int:  # noqa: N802 - libvirt's name
        return 1

    def listAllDomains(self, _flags: int = 0) -> list[Domain]:  # noqa: N802 - libvirt's name
        return list(self.domains.values())

    def lookupByName(self, name: str) -> Domain:  # noqa: N802 - libvirt's name
        if name not in self.domains:
            error = libvirt.libvirtError("no such domain")
            error.err = (libvirt.VIR_ERR_NO_DOMAIN, 10, "Domain not found", 1, "", None, None, 0, 0)
            raise error
        return self.domains[name]


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    made = threading.Event()
    yield made
    made.set()


@pytest.fixture
def opened(gate: threading.Event, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """The connections that were opened, with short deadlines and a folder of definitions."""
    for name in (f"{SITE}-full", f"{SITE}-plain", "somebody-else"):
        case = name.removeprefix(f"{SITE}-").replace("somebody-else", "uefi")
        (tmp_path / f"{name}.xml").write_text((GOLDEN / case / "9.0.dump.xml").read_text(encoding="utf-8"))
    monkeypatch.setattr(survey, "BULK_S", 0.2)
    monkeypatch.setattr(survey, "SINGLE_S", 0.2)
    monkeypatch.setattr("ringfence.drivers.libvirt.states.BULK_S", 0.2)
    monkeypatch.setattr(survey, "DEFINITIONS", tmp_path)
    return []


@pytest.fixture
def driver(gate: threading.Event, opened: list[Any]) -> LibvirtDriver:
    def open_(_uri: str) -> Any:
        opened.append(Libvirt(gate))
        return opened[-1]

    return LibvirtDriver(Connection(opener=open_))


def test_a_hung_domain_is_unknown_and_the_others_are_seen(driver: LibvirtDriver) -> None:
    began = time.monotonic()
    found = driver.observe(SCOPE)
    assert time.monotonic() - began < 2
    assert found[SCOPE.address("run", "plain")].parts["state"] == "running"
    hung = found[SCOPE.address("run", "full")].parts
    assert (hung["state"], hung["definition"]) == ("unknown", "unknown")
    assert found[SCOPE.address("domain", "full")].parts["name"] == f"{SITE}-full", "libvirt's own file tells it"
    assert len(found) == 4


def test_states_of_a_hung_domain(driver: LibvirtDriver) -> None:
    states = driver.states(SCOPE, ("full", "plain", "gone"))
    assert {name: fact.state for name, fact in states.items()} == {
        "full": "unknown",
        "plain": "running",
        "gone": "missing",
    }


def test_after_a_passed_deadline_a_new_connection_is_made(
    driver: LibvirtDriver, opened: list[Any], gate: threading.Event
) -> None:
    driver.observe(SCOPE)
    hung = len(opened)
    assert hung > 1
    gate.set()
    assert driver.observe(SCOPE)[SCOPE.address("run", "full")].parts["state"] == "running"
    driver.observe(SCOPE)
    assert len(opened) <= hung + 1


def test_what_the_outcome_is_is_not_claimed() -> None:
    never = threading.Event()
    connection = Connection(opener=lambda _uri: Libvirt(never))
    with pytest.raises(DeadlinePassed, match="not known until it is observed"):
        connection.call(lambda _open: never.wait(), "the start of x", 0.05)
    never.set()


def test_a_daemon_that_takes_the_call_and_says_nothing(tmp_path: Path) -> None:
    """libvirt's real client against a socket that accepts and stays silent."""
    path = str(tmp_path / "silent")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        connection = Connection(f"qemu+unix:///system?socket={path}")
        with pytest.raises(DeadlinePassed):
            connection.call(lambda open_: open_.getHostname(), "its name", 0.3)


def test_a_daemon_that_is_not_there(tmp_path: Path) -> None:
    connection = Connection(f"qemu+unix:///system?socket={tmp_path / 'nothing'}")
    with pytest.raises(Refused, match="does not answer") as caught:
        connection.call(lambda open_: open_.getHostname(), "its name", 5)
    assert "Start it" in caught.value.next_step
