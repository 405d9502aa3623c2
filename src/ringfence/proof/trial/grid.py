# SPDX-License-Identifier: Apache-2.0
"""Packets that tell whether anything else can flow: every pair of ends, and every lie that a guest can tell."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations

from ringfence.proof.field import ICMP, ICMP6, PROVIDER, RARP, TAGGED, TCP, UDP

from .end import SIX, End
from .frame import ACK, BROADCAST, NOBODY, RST, SYN_ACK, Ip, dhcp, dhcp6, group_mac, ip, mac
from .ground import Ground
from .opened import Opened, Service
from .quiver import Link, Quiver

TELLING: tuple[Service, ...] = ((TCP, 22), (TCP, 445), (UDP, 161))
"""What an intruder tries first, and plants have open by themselves: SSH, file sharing, SNMP (IANA)."""
_OTHERS = ((47, 0), (50, 0), (132, 0), (112, 0))
"""GRE, ESP, SCTP, VRRP (IANA protocol numbers)."""
_KINDS = {0x88B8: "GOOSE", 0x88BA: "sampled values", 0x8892: "PROFINET", 0x88CC: "LLDP", 0x9000: "loopback"}
"""EtherTypes (IEEE 802) that plants and switches speak."""
_BOTH = (4, 6)
_LOCAL6, _ROUTER6, _NODES6 = "fe80::1", "ff02::2", "ff02::1"
_GROUPS: Mapping[int, tuple[str, ...]] = {4: ("239.1.2.3", "224.0.0.251"), 6: ("ff05::1:3", "ff02::fb")}


def pairs(quiver: Quiver, ground: Ground, services: Mapping[str, Sequence[Service]], most: int) -> None:
    """Try every end's first address against all of every other's, with about ``most`` packets in all.

    ``services`` are tried besides, by target. Where there are more pairs than packets, each has one of them in turn.
    """
    count = len(ground.ends)
    each = max(1, most // max(1, len(_BOTH) * count * (count - 1)))
    versions = _BOTH if len(_BOTH) * count * (count - 1) <= most else ()
    for turn, (near, far) in enumerate(permutations(ground.ends, 2)):
        for version in versions or (_BOTH[turn % 2],):
            for source in ground.speaks(near, version)[:1]:
                for target in (one for one in ground.speaks(far, version) if one != source):
                    ping = (ICMP6 if version == SIX else ICMP, 0)
                    known = tuple(dict.fromkeys((*services.get(far.name, ()), *TELLING[:2], ping)))
                    _conversations(quiver, near, far, (ip(source), ip(target)), _some(known, each, turn))


def _some(services: Sequence[Service], most: int, turn: int) -> Sequence[Service]:
    """Return some of the services, others at each turn."""
    begin = turn % len(services)
    return (*services[begin:], *services[:begin])[:most]


def _conversations(quiver: Quiver, near: End, far: End, ends: tuple[Ip, Ip], services: Sequence[Service]) -> None:
    link = Link(near.mac, near.near or far.mac)
    for service in services:
        quiver.conversation(near, link, ends, service)
    if near.zone and near.zone == far.zone:  # past the router, if the bridge lets it
        quiver.conversation(near, Link(near.mac, far.mac), ends, TELLING[2])


def lies(quiver: Quiver, ground: Ground, opened: Mapping[str, Sequence[Opened]]) -> None:
    """Try from each port what hardly any may: in others' names, as a server, past the router, to the host.

    ``opened`` is what each end may open, for others to try it in its name.
    """
    ports = [one for one in ground.ends if one.name.startswith("workload/")]
    for end in ports:
        others = _others(end, ports)
        for version in _BOTH:
            for source in ground.speaks(end, version)[:1]:
                _as_itself(quiver, ground, end, ip(source))
                _in_others_names(quiver, end, others, opened, version)
        _frames(quiver, end, others)
        _greetings(quiver, end)
        _servers(quiver, end)
        _neighbours(quiver, ground, end, others)


def _others(end: End, ports: Sequence[End]) -> list[End]:
    """Return two others that tell: one of the same zone, one of another."""
    same = [one for one in ports if one.zone == end.zone and one.name != end.name][:1]
    return [*same, *[one for one in ports if one.zone != end.zone][:1]]


def _as_itself(quiver: Quiver, ground: Ground, end: End, source: Ip) -> None:
    """Try the router, the host, protocols and groups that nobody declared."""
    router = Link(end.mac, end.near)
    v6 = source.version == 6  # noqa: PLR2004 - IPv6
    ping = (ICMP6 if v6 else ICMP, 0)
    for gateway in (*ground.gateways, *([_LOCAL6] if v6 else [])):
        if ip(gateway).version == source.version:
            for service in (ping, (TCP, 22), (UDP, 53), (TCP, 53)):
                quiver.conversation(end, router, (source, ip(gateway)), service)
    host = ip("2001:db8::1" if v6 else "192.0.2.1")
    for target in (end.bridge, BROADCAST) if end.bridge else ():
        quiver.conversation(end, Link(end.mac, target), (source, host), (UDP, 9))
    for group in _GROUPS[source.version]:
        quiver.conversation(end, Link(end.mac, group_mac(ip(group))), (source, ip(group)), (UDP, 5353))
    if not v6:
        quiver.conversation(end, Link(end.mac, BROADCAST), (source, ip("255.255.255.255")), (UDP, 47808))
    _odd(quiver, ground, end, source)


def _odd(quiver: Quiver, ground: Ground, end: End, source: Ip) -> None:
    """Try one other end by what is no beginning of a conversation, and by protocols without ports."""
    far = [one for one in ground.ends if one.name != end.name and ground.speaks(one, source.version)][:1]
    for target in (ip(ground.speaks(one, source.version)[0]) for one in far):
        link = Link(end.mac, end.near)
        for flags in (ACK, SYN_ACK, RST):
            quiver.conversation(end, link, (source, target), (TCP, 40999), flags, sport=502)
        for service in _OTHERS:
            quiver.conversation(end, link, (source, target), service)
        for tags in (((TAGGED, 0),), ((PROVIDER, 0),)):
            quiver.conversation(end, Link(end.mac, end.near, tags), (source, target), TELLING[2])
        quiver.later(end, link, (source, target))
        kind = 1 if source.version == 6 else 3  # noqa: PLR2004 - unreachable: RFC 4443, RFC 792
        quiver.message(end, link, (source, target), kind, bytes(4) + bytes(28), f"an error from {source} to {target}")


def _in_others_names(
    quiver: Quiver, end: End, others: Iterable[End], opened: Mapping[str, Sequence[Opened]], version: int
) -> None:
    """Try others' addresses and MACs towards whoever has something open for them."""
    for other in others:
        known = [one for one in opened.get(other.name, ()) if one.target.version == version and one.end != end.name]
        for one in known[:2]:
            for sender, tags in ((end.mac, ()), (other.mac, ()), (end.mac, ((TAGGED, 0),))):
                quiver.conversation(end, Link(sender, end.near, tags), (one.source, one.target), one.service)


def questions(quiver: Quiver, ground: Ground) -> None:
    """Let everybody in the plant, and somebody whom nobody declared, ask for every workload (ARP)."""
    workloads = [one for end in ground.ends if end.name.startswith("workload/") for one in ground.speaks(end, 4)]
    for end in (one for one in ground.ends if one.name.startswith("uplink/")):
        for asker in (*ground.speaks(end, 4), "198.51.100.77"):
            for asked in workloads:
                sender = quiver.real.get((end.name, asker), asker)
                said = f"an ARP question of {asker} for {asked}"
                quiver.question(end, Link(end.mac, BROADCAST), 1, (end.mac, sender), (NOBODY, asked), said)


def _frames(quiver: Quiver, end: End, others: Sequence[End]) -> None:
    """Try frames that hold no IP, behind tags and without, for everybody, for a group, for one, and for the host."""
    targets = [BROADCAST, "01:0c:cd:01:00:01", *([end.bridge] if end.bridge else []), *(one.mac for one in others[:1])]
    for kind, name in _KINDS.items():
        for target in targets:
            quiver.frame(end, Link(end.mac, target), kind, f"a frame of {name} (0x{kind:04x}) to {target}")
    quiver.frame(end, Link(end.mac, "01:80:c2:00:00:0e"), 0x88CC, "a frame of LLDP to its own group")
    for tags in (((TAGGED, 0),), ((TAGGED, 5),), ((PROVIDER, 5),), ((TAGGED, 5), (TAGGED, 5))):
        said = " and ".join(f"0x{kind:04x} VLAN {value}" for kind, value in tags)
        quiver.frame(end, Link(end.mac, BROADCAST, tags), 0x88B8, f"a frame of GOOSE behind tag {said}")
    quiver.frame(end, Link(end.mac, BROADCAST), RARP, "an announcement of a guest that has moved (RARP)")
    for other in others:
        quiver.frame(end, Link(other.mac, BROADCAST), RARP, f"an announcement (RARP) in the name of {other.mac}")


def _greetings(quiver: Quiver, end: End) -> None:
    """Say what every guest says to the router when it comes up (RFC 4861, RFC 8415)."""
    local, option = "fe80::5054:ff:fe00:77", bytes((1, 1)) + mac(end.mac)
    routers, agents = Link(end.mac, group_mac(ip(_ROUTER6))), ip("ff02::1:2")
    for own in end.speaks(6)[:1]:
        quiver.neighbour(end, routers, (local, _ROUTER6), 133, bytes(4) + option, "a router solicitation")
        target = bytes(4) + ip(_LOCAL6).packed + option
        near = Link(end.mac, group_mac(ip("ff02::1:ff00:1")))
        for source in (local, own):
            said = f"a neighbour solicitation from {source}"
            quiver.neighbour(end, near, (source, "ff02::1:ff00:1"), 135, target, said)
        for kind, said in ((1, "a question for a lease"), (8, "a lease given back")):
            data = dhcp6(end.mac, quiver.word(), kind)
            link = Link(end.mac, group_mac(agents))
            quiver.datagram(end, link, (ip(local), agents), (546, 547), data, f"{said} (DHCPv6)")


def _servers(quiver: Quiver, end: End) -> None:
    """Try to be a client for somebody else, and to be a server."""
    everybody, nobody = ip("255.255.255.255"), ip("0.0.0.0")  # noqa: S104 - an address in a packet
    for client, said in ((end.mac, "for itself"), ("02:00:00:00:00:77", "for another MAC")):
        data = dhcp(client, quiver.word())
        ends = (nobody, everybody)
        quiver.datagram(end, Link(end.mac, BROADCAST), ends, (68, 67), data, f"a question for a lease {said}")
    for source in end.speaks(4)[:1]:
        ends, data = (ip(source), everybody), dhcp(end.mac, quiver.word(), 2)
        quiver.datagram(end, Link(end.mac, BROADCAST), ends, (67, 68), data, "a lease as a server gives it")
    for source in end.speaks(6)[:1]:
        ends, data = (ip(source), ip(_NODES6)), dhcp6(end.mac, quiver.word(), 7)
        link = Link(end.mac, group_mac(ip(_NODES6)))
        quiver.datagram(end, link, ends, (547, 546), data, "a lease as a server gives it (DHCPv6)")


def _neighbours(quiver: Quiver, ground: Ground, end: End, others: Sequence[End]) -> None:
    """Try to be somebody else for the neighbours, and a router."""
    everybody = Link(end.mac, BROADCAST)
    taken = [*(one for other in others for one in ground.speaks(other, 4)[:1]), *_gateway(ground, end, 4)]
    for own in end.speaks(4)[:1]:
        for operation in (1, 2):
            for one in (own, *taken):
                said = f"an ARP {'question' if operation == 1 else 'answer'} as {one}"
                quiver.question(end, everybody, operation, (end.mac, one), (NOBODY, taken[0] if taken else own), said)
        quiver.question(
            end, everybody, 1, ("02:00:00:00:00:77", own), (NOBODY, own), "an ARP question with another MAC"
        )
    nodes = Link(end.mac, group_mac(ip(_NODES6)))
    option = bytes((2, 1)) + mac(end.mac)
    for own in end.speaks(6)[:1]:
        targets = [own, _LOCAL6, *(one for other in others for one in ground.speaks(other, 6)[:1])]
        for one in targets:
            rest = struct.pack("!I", 0x20000000) + ip(one).packed + option
            quiver.neighbour(end, nodes, (own, _NODES6), 136, rest, f"a neighbour advertisement for {one}")
        advert = struct.pack("!BBHII", 64, 0, 1800, 0, 0)
        for source in (own, "fe80::77"):
            quiver.neighbour(end, nodes, (source, _NODES6), 134, advert, f"a router advertisement from {source}")
        quiver.neighbour(end, nodes, (own, _NODES6), 137, bytes(4) + ip(own).packed * 2, "a redirect")


def _gateway(ground: Ground, end: End, version: int) -> Iterator[str]:
    """Yield a gateway of the end's own zone: one that shares most of its address."""
    own = end.speaks(version)[:1]
    for one in ground.gateways:
        if own and ":" not in one and one.rsplit(".", 1)[0] == own[0].rsplit(".", 1)[0]:
            yield one
