# SPDX-License-Identifier: Apache-2.0
"""ICMP errors are the only packets that pass without a conduit of their own: nobody else's may be made of them."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterator

import pytest
from tests.integration.fabric import frames
from tests.integration.fabric.stage import Stage
from tests.integration.fabric.troupe import Troupe, token
from tests.packets.declared import address

CLIENT, SERVER, STRANGER = "scada", "plc-north", "jump"
PORT = 502


@pytest.fixture(scope="module")
def troupe(stage: Stage) -> Iterator[Troupe]:
    with stage.played() as found:
        found.serve([SERVER], tcp=(PORT,))
        yield found


def own_port(stage: Stage, version: int) -> int:
    """Return the client's port of its one connection to the server."""
    family = {4: "ipv4", 6: "ipv6"}[version]
    inside = ["nsenter", f"--net=/run/netns/{stage.scope.namespace}", "conntrack", "-L", "-f", family, "-p", "tcp"]
    shown = subprocess.run(inside, capture_output=True, text=True, check=True).stdout
    line = next(one for one in shown.splitlines() if f"dport={PORT}" in one and "ESTABLISHED" in one)
    return int(line.partition("sport=")[2].split()[0])


def error(source: str, inner: tuple[str, str], ports: tuple[int, int], word: str) -> bytes:
    """Return a message to whoever sent the inner packet that its port cannot be reached."""
    lost = frames.ip(*inner, 6, struct.pack("!HHII", *ports, 0, 0) + word.encode())
    if ":" in source:
        return frames.icmp6(source, inner[0], 1, bytes(4) + lost)
    body = b"\x03\x03" + bytes(6) + lost
    return frames.ip(source, inner[0], 1, body[:2] + struct.pack("!H", frames.checksum(body)) + body[4:])


def send(stage: Stage, troupe: Troupe, sender: str, packet: bytes, version: int) -> None:
    zone = stage.site.workloads[sender].interfaces[0].zone
    gateway = stage.document("link", zone).parts["router/mac"]
    own, kind = stage.bindings[sender].interfaces["eth0"].mac, {4: 0x0800, 6: 0x86DD}[version]
    troupe[sender].ask("send", link="eth0", frames=[frames.ether(own, gateway, kind, packet)])


@pytest.mark.parametrize("version", [4, 6])
def test_errors_come_from_the_other_end_and_from_nobody_else(stage: Stage, troupe: Troupe, version: int) -> None:
    client, server, stranger = (address(stage.bindings, name, version) for name in (CLIENT, SERVER, STRANGER))
    assert troupe[CLIENT].ask("hold", address=server, port=PORT, kind="tcp")
    troupe.rest(0.3, CLIENT, SERVER)
    port, words = own_port(stage, version), [token() for _ in range(4)]
    asked, answer = ((client, server), (port, PORT)), ((server, client), (PORT, port))
    troupe.seen(0)
    send(stage, troupe, SERVER, error(server, *asked, words[0]), version)
    send(stage, troupe, CLIENT, error(client, *answer, words[1]), version)
    send(stage, troupe, STRANGER, error(stranger, *asked, words[2]), version)
    send(stage, troupe, STRANGER, error(stranger, *answer, words[3]), version)
    seen = troupe.seen(0.7)
    got = {word: [who for who, what in seen.items() if word in what["tokens"]] for word in words}
    assert list(got.values()) == [[CLIENT], [SERVER], [], []]
    assert stage.driver.denied(stage.scope)["spoofed_error"] > 0
