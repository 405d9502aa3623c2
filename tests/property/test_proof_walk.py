# SPDX-License-Identifier: Apache-2.0
"""The law of the proof where something is broken: what packets do in changed artifacts lies in a flow, and no more.

Compiled artifacts alone cannot show it: in them the proof is compared with what was declared. Here a rule is gone or
says another thing, and the walker, which shares nothing with the algebra, reads the same artifacts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from hypothesis import given
from hypothesis import strategies as st
from tests import factory
from tests.packets import plant
from tests.packets.cases import bind
from tests.packets.fabric import Fabric, read
from tests.packets.numbers import inside, packet_in
from tests.packets.packet import Packet
from tests.property import test_packets

from ringfence.app.claims import claims
from ringfence.compile.document import Document
from ringfence.compile.fabric import fabric_artifacts
from ringfence.compile.nft.script import table_script
from ringfence.proof import field
from ringfence.proof.box import Box
from ringfence.proof.flow import Claim
from ringfence.proof.reach import reach
from ringfence.proof.values import exactly

SITE = plant.site()
BOUND = bind(SITE)
TABLES = ("table/router", "table/guard")
_PORTS = 1 << 16
_ARP = Box({field.PROTOCOL: exactly(field.ARP)})
_SAID = {field.ARP_SOURCE, field.ARP_SOURCE_MAC}
_ON_LINK = ("::", "fe8", "fe9", "fea", "feb")
"""How senders begin whose packets the kernel does not forward (ip6_forward); the walker does not know that."""


@cache
def compiled() -> tuple[Document, ...]:
    made = fabric_artifacts(SITE, frozenset(SITE.workloads), BOUND, plant.scope(), factory.NOW)
    return tuple(one.document for one in made)


@cache
def declared() -> tuple[Claim, ...]:
    return claims(SITE, frozenset(SITE.workloads), BOUND, plant.scope(), factory.NOW)


@dataclass(frozen=True)
class Change:
    """One part of a table that says something else."""

    end: str
    key: str
    value: str

    def of(self, documents: tuple[Document, ...]) -> list[Document]:
        return [self._one(one) if one.address.endswith(self.end) else one for one in documents]

    def _one(self, document: Document) -> Document:
        parts = {**document.parts, self.key: self.value}
        return replace(document, parts=parts, body=table_script(parts))


@cache
def changes() -> tuple[Change, ...]:
    tables = [(end, one.parts) for one in compiled() for end in TABLES if one.address.endswith(end)]
    return tuple(
        Change(end, key, fresh) for end, parts in tables for key, value in parts.items() for fresh in told(key, value)
    )


def told(key: str, value: str) -> Iterator[str]:
    """Yield what else a part may say: an order without one rule, a rule with another verdict, another policy."""
    if key.startswith("order/"):
        slugs = [one for one in value.split(", ") if one]
        yield from (", ".join(one for one in slugs if one != gone) for gone in slugs)
    elif key.startswith("chain/") and "policy" in value:
        yield value.replace("policy drop", "policy accept") if "drop" in value else value.replace("accept", "drop")
    elif key.startswith("rule/"):
        rest, _, last = value.rpartition(" ")
        if last in {"accept", "drop"}:
            yield f"{rest} {'drop' if last == 'accept' else 'accept'}".strip()
        elif " goto " in f" {value}" and " vmap " not in value:
            yield f"{value.rpartition('goto ')[0]}accept"


Known = dict[tuple[str, str], list[Box]]


def flows_of(documents: list[Document]) -> Known:
    known: Known = defaultdict(list)
    found = reach(documents)
    assert found.unread == ()
    for flow in found.flows:
        known[flow.source, flow.target] += flow.region.boxes()
    return known


def has(known: Known, name: str, target: str, packet: Packet) -> bool:
    return any(inside(box, packet) for box in known.get((place(name), target), ()))


def place(name: str) -> str:
    return f"workload/{name}/eth0"


def drawn(data: st.DataObject, known: Known) -> Iterator[tuple[str, Packet]]:
    """Yield packets at the edges of flows and beside them, from their sender and from others.

    Some are of claims: what the proof misses altogether lies in no flow of its own.
    """
    boxes = [(one.source.split("/")[1], one.box) for one in declared() if one.source.startswith("workload/")]
    found_boxes = [
        (source.split("/")[1], box) for (source, _), mine in known.items() for box in mine if "work" in source
    ]
    either = st.one_of(st.sampled_from(boxes), st.sampled_from(found_boxes or boxes))
    for name, box in data.draw(st.lists(either, min_size=8, max_size=8)):
        if field.PROTOCOL not in box.limits or (_ARP.meets(box) and not box.limits.keys() >= _SAID):
            continue  # the walker has no word for it
        found = packet_in(box, lambda edges: data.draw(st.sampled_from(edges)))
        if found is None or not tracked(found):
            continue
        packet = replace(found, ether_source=found.ether_source or test_packets.mac(BOUND, name))
        for sender in (name, data.draw(st.sampled_from(plant.NAMES))):
            yield from ((sender, one) for one in beside(data, packet))


def beside(data: st.DataObject, packet: Packet) -> Iterator[Packet]:
    """Yield a packet, one to the next port, and one to somebody else."""
    yield packet
    if packet.target_port is not None and packet.dhcp6 is None and packet.asker is None:
        yield replace(packet, target_port=(packet.target_port + 1) % _PORTS)
    ours = [one for each in plant.NAMES for one in test_packets.addresses(BOUND, each).values()]
    same = [one for one in ours if packet.target is not None and one.version == packet.target.version]
    if same:
        yield replace(packet, target=data.draw(st.sampled_from(same)))


def tracked(packet: Packet) -> bool:
    """Tell whether connection tracking can see a packet so; errors are another law's (test_claims)."""
    return packet.state == "established" or (packet.state in {"new", "untracked"} and packet.direction == "original")


def judge(fabric: Fabric, known: Known, name: str, packet: Packet, *, guard: bool) -> None:
    leg = f"leg/{SITE.workloads[name].interfaces[0].zone}"
    leaves = has(known, name, leg, packet)
    assert fabric.leaves(name, packet) is leaves
    if packet.kind not in {"ip", "ip6"}:
        return
    assert fabric.into_router(name, packet) is (leaves and has(known, name, "router", packet))
    owners = (each for each in plant.NAMES if packet.target in test_packets.addresses(BOUND, each).values())
    other = next(owners, name)
    if other != name and not str(packet.source).startswith(_ON_LINK):
        found, got = leaves and has(known, name, place(other), packet), fabric.delivered(name, packet)
        # Behind the router the walker asks neither the guard nor who answers: there it may only say more.
        assert (got or not found) if guard else got is found


@given(st.data())
def test_packets_in_changed_artifacts_do_what_the_proof_says(data: st.DataObject) -> None:
    change = data.draw(st.sampled_from(changes()))
    documents = change.of(compiled())
    fabric, known = read(documents), flows_of(documents)
    for name, packet in drawn(data, known):
        judge(fabric, known, name, packet, guard=change.end == "table/guard")
