# SPDX-License-Identifier: Apache-2.0
"""A compiled fabric as a network: ports, guard, bridges, router. Reads the documents alone, not the compiler."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from ipaddress import ip_interface

from tests.packets.packet import Ip, Packet
from tests.packets.ruleset import Ruleset
from tests.packets.walk import Walker

from ringfence.compile.document import Document, Kind


@dataclass(slots=True)
class Fabric:
    """Ports by workload, legs by the name they have in the router, and both tables."""

    router: Walker = field(default_factory=lambda: Walker(Ruleset()))
    guard: Walker = field(default_factory=lambda: Walker(Ruleset()))
    ports: dict[str, str] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    """Bridge by port."""
    legs: dict[str, str] = field(default_factory=dict)
    """The router's end of the leg of each bridge."""
    outer: dict[str, str] = field(default_factory=dict)
    """The host's end of the leg of each bridge."""
    gateways: dict[Ip, str] = field(default_factory=dict)
    nets: dict[str, list[str]] = field(default_factory=dict)
    """Prefixes by router's leg."""
    isolated: set[str] = field(default_factory=set)
    wires: dict[str, str] = field(default_factory=dict)
    """Interface of each layer-2 uplink."""
    relays: dict[str, Walker] = field(default_factory=dict)
    """Tables of relays by kind of packet."""

    def leaves(self, workload: str, packet: Packet) -> bool:
        """Tell whether a frame gets from a workload's port to the router's leg."""
        port = self.ports[workload]
        frame = replace(packet, iif=port)
        if self.guard.verdict("prerouting", frame) == "drop":
            return False
        leg = self.outer[self.homes[port]]
        return self.guard.verdict("forward", replace(frame, oif=leg)) == "accept"

    def carries(self, near: str, far: str, frame: Packet) -> bool:
        """Tell whether a frame gets from one port of a bridge, or wire, to another."""
        if self.homes[near] != self.homes[far] or {near, far} <= self.isolated:
            return False
        if self.guard.verdict("prerouting", replace(frame, iif=near)) == "drop":
            return False
        return self.guard.verdict("forward", replace(frame, iif=near, oif=far)) == "accept"

    def delivered(self, workload: str, packet: Packet) -> bool:
        """Tell whether a frame from a workload's port comes out of the router towards its target."""
        if not self.leaves(workload, packet) or packet.target is None or packet.source is None:
            return False
        inside = self.legs[self.homes[self.ports[workload]]]
        out = self.way(packet.target)
        if out is None or self.way(packet.source) != inside:  # no route, or strict reverse path
            return False
        return self.router.verdict("forward", replace(packet, iif=inside, oif=out)) == "accept"

    def way(self, target: Ip) -> str | None:
        """Return the leg that an address lies behind; None for the router's own and for unknown ones."""
        if target in self.gateways:
            return None
        for leg, prefixes in self.nets.items():
            if any(target in ip_interface(one).network for one in prefixes):
                return leg
        return None

    def copied(self, workload: str, packet: Packet) -> tuple[list[Packet], bool]:
        """Return the copies of a frame that leave the router, and whether the frame itself goes on to its rules."""
        relays = self.relays.get(packet.kind)
        if relays is None or not self.leaves(workload, packet):
            return [], self.leaves(workload, packet)
        verdict, after = relays.run("prerouting", replace(packet, iif=self.legs[self.homes[self.ports[workload]]]))
        sent = (relays.run("output", replace(one, oif=self.way(one.via))) for one in after.copies if one.via)
        left = [one for said, one in sent if said == "accept" and self.router.verdict("output", one) == "accept"]
        return left, verdict == "accept"

    def handed(self, port: str, copy: Packet) -> Packet | None:
        """Return what a port gets of a copy that comes out of its bridge's leg; None where the guard keeps it."""
        frame = replace(copy, iif=self.outer[self.homes[port]], oif=port, mark=None, ether_target="aa:aa:aa:aa:aa:aa")
        verdict, after = self.guard.run("forward", frame)
        return after if verdict == "accept" else None

    def into_router(self, workload: str, packet: Packet) -> bool:
        """Tell whether a frame from a workload's port is heard by the router itself."""
        inside = self.legs[self.homes[self.ports[workload]]]
        return self.leaves(workload, packet) and self.router.verdict("input", replace(packet, iif=inside)) == "accept"

    def into_host(self, port: str, packet: Packet) -> bool:
        """Tell whether the host hears what a bridge hands it."""
        return self.guard.verdict("input", replace(packet, iif=port)) == "accept"

    def out_of_router(self, packet: Packet) -> bool:
        """Tell whether the router may send a packet of its own."""
        out = self.way(packet.target) if packet.target else None
        return self.router.verdict("output", replace(packet, oif=packet.oif or out or "lo")) == "accept"


def read(documents: Iterable[Document]) -> Fabric:
    """Build the network that documents describe; scripts load in their own order."""
    known = list(documents)
    found = Fabric()
    _links(found, known)
    for kinds, table in (((Kind.TABLE,), "/router"), ((Kind.CONDUIT,), "")):
        for one in (one for one in known if one.kind in kinds and one.address.endswith(table)):
            found.router.ruleset.load(one.body)
    for one in known:
        if one.kind in {Kind.GUARD, Kind.FRAMES} or one.address.endswith("table/guard"):
            found.guard.ruleset.load(one.body)
    _read_relays(found, [one for one in known if "/table/relay" in one.address or one.kind is Kind.RELAY])
    return found


def _links(found: Fabric, known: Iterable[Document]) -> None:
    for one in known:
        parts = one.parts
        if one.kind is Kind.LINK and "router/name" in parts:
            bridge, leg = parts["bridge/name"], parts["router/name"]
            found.legs[bridge], found.outer[bridge] = leg, parts["leg/name"]
            addresses = [*parts.get("router/ipv4", "").split(), *parts.get("router/ipv6", "").split()]
            found.nets[leg] = [text for text in addresses if not text.startswith("fe80:")]
            found.gateways |= {ip_interface(text).ip: leg for text in addresses}
        elif one.kind is Kind.UPLINK and "bpdu_guard" in parts:
            found.wires[one.address.split("/")[4]] = parts["name"]
            found.homes[parts["name"]] = parts["master"]
        elif one.kind is Kind.PORT:
            found.ports[one.address.split("/")[4]] = parts["name"]
            found.homes[parts["name"]] = parts["master"]
            found.isolated |= {parts["name"]} if parts["isolated"] == "1" else set()


def _read_relays(found: Fabric, documents: Iterable[Document]) -> None:
    """Load each family's lines of the documents into a walker of its own; the tables come first."""
    lines = [line for one in documents for line in one.body.splitlines() if line]
    for family in {line.split()[2] for line in lines}:
        found.relays[family] = Walker(Ruleset())
        found.relays[family].ruleset.load("\n".join(line for line in lines if line.split()[2] == family))
