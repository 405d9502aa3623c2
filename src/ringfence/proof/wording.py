# SPDX-License-Identifier: Apache-2.0
"""A packet as a person says it: ``IPv4 TCP from 10.1.2.11 (workload/scada/eth0) port 1024 to 10.1.1.11:502 ...``."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from . import field
from .packet import Packet

_VERSIONS: Final = {field.IP4: "IPv4", field.IP6: "IPv6"}
_PROTOCOLS: Final = {
    field.TCP: "TCP",
    field.UDP: "UDP",
    field.ICMP: "ICMP",
    field.ICMP6: "ICMPv6",
    field.IGMP: "IGMP",
    field.VRRP: "VRRP",
    132: "SCTP",
}
_TYPES: Final = {
    field.IP4: {0: "echo reply", 3: "unreachable", 8: "echo request", 11: "time exceeded", 12: "parameter problem"},
    field.IP6: {
        1: "unreachable",
        2: "packet too big",
        3: "time exceeded",
        4: "parameter problem",
        128: "echo request",
        129: "echo reply",
        133: "router solicitation",
        134: "router advertisement",
        135: "neighbour solicitation",
        136: "neighbour advertisement",
        137: "redirect",
        143: "group report",
    },
}
_STATES: Final = {
    field.INVALID: "of no connection that is known",
    field.ESTABLISHED: "in a connection that stands",
    field.RELATED: "about another connection",
    field.NEW: "the first of a connection",
    field.UNTRACKED: "not tracked",
}
_PORTED: Final = frozenset({field.TCP, field.UDP, 132})
_OPERATIONS: Final = {1: "request", 2: "reply"}


def told(packet: Packet, source: str, target: str) -> str:
    """Return a packet between two ends in a line."""
    kind = packet.get(field.PROTOCOL)
    if kind in _VERSIONS:
        return _ip(packet, source, target)
    if kind == field.ARP:
        return _arp(packet, source, target)
    name = "RARP" if kind == field.RARP else "A frame" if kind is None else f"EtherType 0x{kind:04x}"
    return ", ".join([f"{name} {_frame(packet, source, target)}", *_tag(packet)])


def service(packet: Packet) -> str:
    """Return what is asked for: ``tcp/502``, ``icmp``, ``EtherType 0x88b8``."""
    kind, protocol = packet.get(field.PROTOCOL), packet.get(field.PROTO)
    if kind not in _VERSIONS and kind is not None:
        return "ARP" if kind == field.ARP else f"EtherType 0x{kind:04x}"
    if protocol is None:
        return "anything"
    name = _PROTOCOLS.get(protocol, f"protocol {protocol}")
    port = packet.get(field.DPORT)
    return f"{name.lower()}/{port}" if port is not None and protocol in _PORTED else name


def _ip(packet: Packet, source: str, target: str) -> str:
    version = packet[field.PROTOCOL]
    names = (field.SOURCE4, field.TARGET4) if version == field.IP4 else (field.SOURCE6, field.TARGET6)
    near, far = (_address(packet.get(name), version) for name in names)
    from_port, to_port = _ports(packet)
    start = f"{near} ({source})" if near else source
    end = f"{far} ({target})" if far else target
    what = " ".join(filter(None, (_VERSIONS[version], _protocol(packet, version))))
    return ", ".join([f"{what} from {start}{from_port} to {end}{to_port}", *_state(packet), *_tag(packet)])


def _ports(packet: Packet) -> tuple[str, str]:
    if packet.get(field.PROTO, field.TCP) not in _PORTED:
        return "", ""
    near, far = packet.get(field.SPORT), packet.get(field.DPORT)
    shown = "" if near is None and far is None else f" port {1024 if near is None else near}"
    return shown, "" if far is None else f" port {far}"


def _protocol(packet: Packet, version: int) -> str:
    protocol = packet.get(field.PROTO)
    if protocol is None:
        return "TCP" if field.DPORT in packet or field.SPORT in packet else ""
    name = _PROTOCOLS.get(protocol, f"protocol {protocol}")
    kind = packet.get(field.TYPE)
    if kind is None or protocol not in {field.ICMP, field.ICMP6}:
        return name
    return f"{name} {_TYPES[version].get(kind, f'type {kind}')}"


def _state(packet: Packet) -> Iterator[str]:
    state, direction = packet.get(field.STATE), packet.get(field.DIRECTION)
    if state == field.ESTABLISHED and direction == field.REPLY:
        yield "an answer"
    elif state is not None:
        yield _STATES.get(state, f"in state {state}")
    if packet.get(field.LATER):
        yield "behind the first fragment"


def _tag(packet: Packet) -> Iterator[str]:
    vlan, tag = packet.get(field.VLAN), packet.get(field.TAG)
    if tag and vlan:
        yield f"in VLAN {vlan}"
    elif tag:
        yield "with a priority tag" if tag == field.TAGGED else f"with a tag of type 0x{tag:04x}"


def _arp(packet: Packet, source: str, target: str) -> str:
    operation = packet.get(field.ARP_OPERATION)
    what = f"ARP {_OPERATIONS.get(operation, f'operation {operation}')}" if operation is not None else "ARP"
    near, far = (_address(packet.get(name), field.IP4) for name in (field.ARP_SOURCE, field.ARP_TARGET))
    mac = packet.get(field.ARP_SOURCE_MAC, packet.get(field.ETHER_SOURCE))
    who = ", ".join(filter(None, (near, _mac(mac))))
    return f"{what} from {source}{f' as {who}' if who else ''} to {target}{f' for {far}' if far else ''}"


def _frame(packet: Packet, source: str, target: str) -> str:
    near, far = _mac(packet.get(field.ETHER_SOURCE)), _mac(packet.get(field.ETHER_TARGET))
    return f"from {f'{near} ({source})' if near else source} to {f'{far} ({target})' if far else target}"


def _mac(number: int | None) -> str:
    return "" if number is None else ":".join(f"{byte:02x}" for byte in number.to_bytes(6, "big"))


def _address(number: int | None, version: int) -> str:
    if number is None:
        return ""
    return str(IPv4Address(number) if version == field.IP4 else IPv6Address(number))
