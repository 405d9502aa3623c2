# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from ipaddress import ip_address

from ringfence.app.intruder.hardware import hardware_of
from ringfence.facts.device import HostDevices, PciDevice
from ringfence.facts.listener import Listener
from ringfence.proof.side import Hardware, PciFunction

CARD = PciDevice("0000:03:00.0", "8086", "1521", "020000", group=7)
BRIDGE = PciDevice("0000:00:1c.0", "8086", "9d10", "060400", group=7)


def test_groups_and_bridges_are_those_of_the_bus() -> None:
    found = hardware_of(HostDevices((CARD, BRIDGE), at_all=True))
    assert found == Hardware({CARD.address: PciFunction(7), BRIDGE.address: PciFunction(7, bridge=True)})


def test_nothing_is_known_of_a_bus_that_nobody_looked_at() -> None:
    assert hardware_of(HostDevices((CARD,))) == Hardware()


def test_libvirt_on_the_network_is_told_and_other_programs_are_not() -> None:
    listeners = [
        Listener("tcp", ip_address("::"), 16509, "libvirtd (7)"),
        Listener("tcp", ip_address("10.0.0.1"), 16514, "virtproxyd (8)"),
        Listener("tcp", ip_address("127.0.0.1"), 16509, "libvirtd (7)"),
        Listener("tcp", ip_address("10.0.0.1"), 22, "sshd (9)"),
    ]
    assert hardware_of(HostDevices(), listeners).listens == ("10.0.0.1:16514", "[::]:16509")
