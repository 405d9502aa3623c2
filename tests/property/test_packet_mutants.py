# SPDX-License-Identifier: Apache-2.0
"""Every rule, element and policy of a compiled fabric is taken away or turned round once, and the walker notices.

What it need not notice is listed with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from ipaddress import ip_address
from itertools import product

import pytest
from tests.packets.cases import bind, compiled
from tests.packets.fabric import Fabric, read
from tests.packets.mutants import mutants
from tests.packets.packet import Ip, Packet
from tests.packets.plant import NAMES, site

from ringfence.compile.prober import PROBE_UID

Question = Callable[[Fabric], bool]
HIGH = 40_000
ANY = ip_address("0.0.0.0")  # noqa: S104 - who has no address yet
EQUIVALENT = (
    (r"\w+ rule \w+ (count|tell)", "counts or logs and goes on"),
    (r"router policy (forward|input|output)", "the chain's last rule drops as well: two locks on one door"),
    (r"router rule \w+ (rest|undeclared|elsewhere|drop)", "the policy of the base chain drops as well"),
    (r"router rule errors other", "the policy of the base chain drops as well"),
    (r"router rule output noise", "is dropped at the end as well; this keeps the count of the denied clean"),
    (r"guard rule guest_ip[46] \S+-other", "a port without a chain has no address that the end would accept"),
    (
        r"guard rule guest_ip6 mld2?-listener-report",
        "is dropped at the end as well; this keeps the count of the spoofed clean",
    ),
    (
        r"guard rule guest_ip6 dhcp-(release|decline)",
        "is dropped at the end as well; this keeps the count of the spoofed clean",
    ),
    (
        (
            r"guard rule (says|unheard) \w+|guard rule between (provider|tagged|plain)|guard rule to_leg other"
            r"|guard rule (forward to-leg|guest other|deny_from_wire drop)"
            r"|guard rule (forward|arriving|to_host|from_host) \S*wires?"
        ),
        "no conduit names frames and there is no wire; test_frame_mutants.py does",
    ),
    (
        r"router rule \w+ (plant|groups|joins|queries\S*|s[46]_\w+)",
        "there is no uplink; test_ways.py has them, unmutated",
    ),
    (r"guard rule (question_\S+ flood|deny_flood drop)", "no limit is reached here; test_fabric_floods.py does"),
    (r"guard rule arriving \w+-untracked", "the host does not track; test_fabric_tracking.py sees to that"),
    (r"guard rule to_host (broad|multi)cast-\w+", "is dropped by the next rule as well; this keeps the count clean"),
    (r"router rule \w+ [gq][46]_\w+", "nothing is granted"),
    (
        r"router rule rate_\S+ (connections|original|reply|limits)",
        "no limit is reached here; test_fabric_rates.py does",
    ),
    (r"router rule rate_sleeps\S* \w+", "no rule asks what is dormant"),
    (r"router element [de][46]_.*", "no rule asks what is dormant"),
    (
        r"router rule (from|to)_dmz (link-local|to-link-local|unspecified)",
        "nobody else is in the zone with open peers; tests/property/test_claims.py asks where there is somebody",
    ),
)
"""Mutants that change no verdict, and why."""


SITE = site()
BINDINGS = bind(SITE)
HOMES = {name: BINDINGS[name].interfaces["eth0"] for name in NAMES}


@pytest.fixture(scope="module")
def whole() -> Fabric:
    return read(compiled(SITE, BINDINGS))


def questions() -> Iterator[Question]:
    """Yield what is asked of a fabric: every kind of packet at every place, honest and not."""
    for near, far in product(NAMES, NAMES):
        for packet in talk(near, far):
            yield partial(Fabric.delivered, workload=near, packet=packet)
    for name, packet in product(NAMES, [*spoken(), *spoofed()]):
        yield partial(Fabric.leaves, workload=name, packet=packet)
        yield partial(Fabric.into_router, workload=name, packet=packet)
    for packet in own():
        yield partial(Fabric.out_of_router, packet=packet)
    yield from between()


def talk(near: str, far: str) -> Iterator[Packet]:
    for kind, one, other, ping in (
        ("ip", HOMES[near].ipv4, HOMES[far].ipv4, "icmp"),
        ("ip6", HOMES[near].ipv6, HOMES[far].ipv6, "ipv6-icmp"),
    ):
        plain = Packet(kind, HOMES[near].mac, one, other, "tcp", HIGH, 502)
        echo = replace(plain, protocol=ping, source_port=None, target_port=None, icmp="echo-request")
        error = replace(echo, icmp="destination-unreachable", state="related")
        yield from (plain, replace(plain, state="invalid"), replace(plain, target_port=503), echo, error)
        yield from (replace(plain, protocol="udp", target_port=port) for port in (600, 601, 602))
        yield replace(plain, state="related")
        for asked in (replace(plain, ether_source=HOMES[far].mac, source=other, target=one), echo):
            yield replace(asked.reversed, ether_source=HOMES[near].mac, source=one, target=other)
        back = replace(plain, source_port=502, target_port=HIGH, state="established", direction="reply")
        yield from (back, replace(back, protocol="udp", source_port=600), replace(back, state="invalid"))


def spoken() -> Iterator[Packet]:
    local, nobody, everybody = ip_address("fe80::7"), ip_address("::"), ip_address("ff02::1")
    for name in NAMES:
        home = HOMES[name]
        assert home.ipv4 is not None
        assert home.ipv6 is not None
        yield Packet("arp", home.mac, arp=("request", home.mac, home.ipv4))
        yield Packet("arp", home.mac, arp=("request", home.mac, ANY))
        yield Packet("arp", home.mac, arp=("reply", home.mac, ANY))
        yield Packet(str(0x8035), home.mac)
        yield Packet(str(0x88B8), home.mac)
        yield Packet("ip", home.mac, home.ipv4, ip_address("10.91.1.1"), "tcp", 502, HIGH, direction="reply")
        gate6 = ip_address(f"fd91:0:0:{3 if name == 'scada' else 1}::1")
        gateway = {"plc": "10.91.1.1", "sca": "10.91.3.1"}[name[:3]]
        answer = Packet("ip", home.mac, home.ipv4, ip_address(gateway), "tcp", 502, HIGH, direction="reply")
        yield from (answer, replace(answer, state="invalid"), replace(answer, direction="original"))
        yield from errors(name, gateway, gate6)
        discover = Packet("ip", home.mac, ANY, ip_address("255.255.255.255"), "udp", 68, 67, asker=home.mac)
        renewal = replace(discover, source=home.ipv4, target=ip_address("10.91.1.1"))
        for asked in (discover, renewal, replace(renewal, source_port=1068)):
            yield from (asked, replace(asked, asker="52:54:00:ff:ff:ff"), replace(asked, asker=None))
        yield Packet("ip", home.mac, home.ipv4, ip_address("10.91.1.1"), "udp", 67, 68)
        six = Packet("ip6", home.mac, home.ipv6, everybody, "ipv6-icmp", hops=255)
        yield replace(six, target=gate6, protocol="tcp", source_port=502, target_port=HIGH, direction="reply")
        for kind in (None, *range(1, 14)):
            yield replace(six, source=local, protocol="udp", source_port=546, target_port=547, dhcp6=kind)
        yield replace(six, protocol="udp", source_port=547, target_port=546)
        yield from (replace(six, icmp=kind) for kind in ("nd-router-advert", "nd-redirect"))
        yield replace(six, source=local, icmp="mld2-listener-report")
        for source, target in product((home.ipv6, local, nobody), (home.ipv6, local, gate6)):
            for kind in ("nd-neighbor-advert", "nd-neighbor-solicit", "nd-router-solicit"):
                yield replace(six, source=source, icmp=kind, nd_target=int(target), state="untracked")


def errors(name: str, gateway: str, gate6: Ip) -> Iterator[Packet]:
    """Yield ICMP errors about packets that were for the sender, and about others."""
    home, (other, *_) = HOMES[name], [HOMES[one] for one in NAMES if one != name]
    plain = Packet("ip", home.mac, home.ipv4, ip_address(gateway), "icmp", state="related")
    six = Packet("ip6", home.mac, home.ipv6, gate6, "ipv6-icmp", state="related")
    for packet, kinds, own, theirs in (
        (plain, ("destination-unreachable", "time-exceeded", "parameter-problem"), home.ipv4, other.ipv4),
        (
            six,
            ("destination-unreachable", "packet-too-big", "time-exceeded", "parameter-problem"),
            home.ipv6,
            other.ipv6,
        ),
    ):
        for kind, about in product(kinds, (own, theirs)):
            yield replace(packet, icmp=kind, about=int(about or 0))


def spoofed() -> Iterator[Packet]:
    for name in NAMES:
        home = HOMES[name]
        yield Packet("ip", home.mac, ip_address("10.91.1.99"), ip_address("10.91.1.1"), "udp", 9, 9)
        yield Packet("ip", "52:54:00:ff:ff:ff", home.ipv4, ip_address("10.91.1.1"), "udp", 9, 9)
        yield Packet("ip6", home.mac, ip_address("fd91:0:0:1::99"), ip_address("fd91:0:0:1::1"), "udp", 9, 9)
        yield Packet("arp", home.mac, arp=("reply", home.mac, ip_address("10.91.1.99")))


def own() -> Iterator[Packet]:
    """What the router itself may and may not send."""
    for name, uid, state in product(NAMES, (PROBE_UID, 0, None), ("new", "established", "invalid")):
        home, number = HOMES[name], 3 if name == "scada" else 1
        gates = ip_address(f"10.91.{number}.1"), ip_address(f"fd91:0:0:{number}::1")
        for kind, gate, there in (("ip", gates[0], home.ipv4), ("ip6", gates[1], home.ipv6)):
            for port in (502, 503):
                yield Packet(kind, "", gate, there, "tcp", HIGH, port, uid=uid, state=state)
        yield Packet("ip", "", gates[0], home.ipv4, "udp", 67, 68, state=state)
        yield Packet("ip", "", gates[0], home.ipv4, "icmp", icmp="destination-unreachable", state="related")
        six = Packet("ip6", "", gates[1], home.ipv6, "ipv6-icmp", icmp="packet-too-big", state="related")
        yield six
        yield Packet("ip6", "", gates[1], ip_address("fe80::7"), "udp", 547, 546, state=state, oif="control")
        for kind in ("nd-router-advert", "nd-neighbor-solicit", "nd-neighbor-advert", "nd-redirect"):
            yield replace(six, icmp=kind, hops=255, state="untracked")


def between() -> Iterator[Question]:
    """What bridges do among ports, legs, the host and ports of others."""
    ends = (*NAMES, "leg", "strange")
    claims = [Packet("arp", "", arp=("reply", "", HOMES[name].ipv4 or ANY)) for name in NAMES]
    for one, other in product(ends, ends):
        for packet in (Packet("ip"), *claims):
            yield partial(bridges, hook="forward", ends=(one, other), packet=packet)
    for end, cast in product(ends, ("host", "broadcast", "multicast")):
        yield partial(bridges, hook="prerouting", ends=(end, ""), packet=Packet("ip", cast=cast))
        yield partial(bridges, hook="input", ends=(end, ""), packet=Packet("ip", cast=cast))
        yield partial(bridges, hook="output", ends=("", end), packet=Packet("ip", cast=cast))


def bridges(fabric: Fabric, hook: str, ends: tuple[str, str], packet: Packet) -> bool:
    """Tell whether the guard accepts a frame between two ends of a bridge."""
    links = {**fabric.ports, "leg": fabric.outer[fabric.homes[fabric.ports["plc-a"]]], "strange": "eth99", "": None}
    there = replace(packet, iif=links[ends[0]], oif=links[ends[1]])
    return fabric.guard.verdict(hook, there) == "accept"


def needless(what: str) -> bool:
    """Tell whether a mutant is one of the listed."""
    return any(re.fullmatch(pattern, what) for pattern, _ in EQUIVALENT)


@pytest.mark.slow
def test_the_walker_notices_every_mutant(whole: Fabric) -> None:
    asked = list(questions())
    answers = [question(whole) for question in asked]
    assert {True, False} == set(answers)
    survivors = [
        what
        for what, fabric in mutants(whole)
        if not needless(what) and all(question(fabric) is yes for question, yes in zip(asked, answers, strict=True))
    ]
    assert not survivors, "\n".join(survivors)


@pytest.mark.slow
def test_what_is_called_equivalent_is_so(whole: Fabric) -> None:
    asked = list(questions())[::7]
    answers = [question(whole) for question in asked]
    for what, fabric in mutants(whole):
        if needless(what):
            assert [question(fabric) for question in asked] == answers, what
