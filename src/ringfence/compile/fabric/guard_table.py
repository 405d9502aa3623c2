# SPDX-License-Identifier: Apache-2.0
"""The guard's table, in the host's namespace: whose frames may come in at a port, and that none reaches the host.

A frame from a port must carry the bound MAC and an address bound to that port, in IP, ARP and neighbour discovery
alike (RFC 5227, RFC 4861, RFC 6105). It may only go to the router's leg: ``isolated`` ports see to that, and so does
this table; frames of layer-2 conduits alone go from port to port (guard_frames.py). Wires are the interfaces of layer-2
uplinks. Other people's bridges do not match: every rule names our taps, our legs or our wires.

Nothing is declared by ``typeof``: a set of raw fields, as the targets of neighbour advertisements would need, makes
nft 1.0.6 crash when a newer nft has made it. Each port has a chain for them instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ringfence.compile.nft.table import Chain, Lookup, Rule, Table
from ringfence.compile.part.element import MEMBER
from ringfence.compile.part.port_chain import ADVERTS, ERRORS4, ERRORS6, LEASES, QUESTIONS
from ringfence.compile.scope import Scope
from ringfence.site.site import Site

from .denial import denials
from .group_frame import frames_to_many
from .guard_frames import frame_chains, frame_lookups, vlans_of
from .names import quoted
from .wire import wires_of

_RARP = 0x8035
"""QEMU announces a guest that has moved to another host in RARP frames (QEMU net/announce.c)."""
_REASONS = (
    "spoofed_mac",
    "spoofed_ip",
    "spoofed_arp",
    "spoofed_nd",
    "spoofed_error",
    "rogue_server",
    "flood",
    "other_protocol",
    "from_wire",
    "strange_port",
    "between_ports",
    "to_host",
    "from_host",
)
_LOCAL = "ip6 saddr fe80::/10"
_CASTS = {"casts4": ("ipv4_addr", "ip daddr"), "casts6": ("ipv6_addr", "ip6 daddr")}
"""Type of the key, and what it is compared with, by map from an address of many to that of their frames."""
_ASKS = f"iifname vmap @{QUESTIONS}"
_CLIENT6 = f"{_LOCAL} udp sport 546 udp dport 547"
_DHCP6 = {"solicit": 1, "request": 3, "confirm": 4, "renew": 5, "rebind": 6, "information": 11}
"""What a client may say (RFC 8415 clause 7.3)."""
_GIVES_BACK = {"release": 8, "decline": 9}
"""These name an address, and could name another's: the router would keep it from its owner for ten minutes."""
_LOOKUPS = (
    Lookup("legs", "ifname"),
    Lookup("taps", "ifname"),
    Lookup("wires", "ifname"),
    Lookup("macs", "ifname . ether_addr"),
    Lookup("bound4", "ifname . ether_addr . ipv4_addr"),
    Lookup("bound6", "ifname . ether_addr . ipv6_addr"),
    Lookup("own4", "ifname . ipv4_addr"),
    *(Lookup(name, "ifname", verdicts=True) for name in (ADVERTS, LEASES, QUESTIONS, ERRORS4, ERRORS6)),
)


def guard_table(site: Site, scope: Scope) -> Table:
    """Return the structure of the guard's table; each workload's guard owns its elements."""
    legs = {quoted(scope.link("leg", zone.name)): MEMBER for zone in site.zones.values() if zone.routed}
    wires = {quoted(wire): MEMBER for wire in wires_of(site, scope).values()}
    vlans, casts = vlans_of(site), frames_to_many(site)
    return Table(
        "bridge",
        scope.table,
        (*_REASONS, "own_address", "flooded", "groups", "given_back"),
        (*_LOOKUPS, *frame_lookups(vlans), *(Lookup(name, _CASTS[name][0], data="ether_addr") for name in casts)),
        (*_base_chains(casts), *_guest_chains(), *frame_chains(vlans), *denials(_REASONS)),
        {"legs": legs, "wires": wires, **casts},
    )


def _base_chains(casts: Iterable[str]) -> tuple[Chain, ...]:
    return (
        Chain("arriving", tuple(_arriving()), "filter hook prerouting priority -300; policy accept"),
        Chain("forward", tuple(_forward(casts)), "filter hook forward priority 0; policy accept"),
        Chain("to_leg", tuple(_to_leg())),
        Chain("to_host", tuple(_to_host()), "filter hook input priority 0; policy accept"),
        Chain("from_host", tuple(_from_host()), "filter hook output priority 0; policy accept"),
    )


def _arriving() -> Iterator[Rule]:
    # Where br_netfilter sends frames through the host's own filter, the host would track every one of them: guests
    # could fill its table, and two sites of equal addresses would be one there. The router tracks what it forwards.
    yield from (Rule(f"{name}-untracked", f"iifname @{name} notrack") for name in ("taps", "legs"))
    yield Rule("guest", "iifname @taps goto guest")
    yield Rule("wire", "iifname @wires goto says")


def _forward(casts: Iterable[str]) -> Iterator[Rule]:
    yield Rule("strange-to-leg", "oifname @legs iifname != @taps goto deny_strange_port")
    yield Rule("leg-to-strange", "iifname @legs oifname != @taps goto deny_strange_port")
    yield Rule("to-leg", "iifname @taps oifname @legs goto to_leg")
    yield Rule("between", "iifname @taps oifname != @legs goto between")
    yield Rule("from-wire", "iifname @wires goto between")
    yield Rule("to-wire", "oifname @wires goto between")
    yield Rule("to-port", "oifname @taps iifname != @legs goto between")
    # The router answers for every address of a zone, also when a guest asks for its own to find a conflict.
    mine = "arp operation reply oifname . arp saddr ip @own4"
    yield Rule("own-address", f'{mine} counter name "own_address" drop')
    # What the router copied for one member comes to his port alone. He gets it in a frame to many, as it was sent:
    # there are stacks that take a broadcast in no other.
    for name in casts:
        yield Rule(name, f"iifname @legs ether daddr set {_CASTS[name][1]} map @{name}")


def _to_leg() -> Iterator[Rule]:
    """Yield what the router hears: frames of layer-2 conduits, which go to every port of the bridge, are not for it."""
    for kind in ("ip", "ip6", "arp", f"0x{_RARP:04x}"):
        yield Rule(kind, f"ether type {kind} accept")
    yield Rule("other", "goto deny_other_protocol")


def _to_host() -> Iterator[Rule]:
    for name in ("taps", "legs", "wires"):
        for cast in ("broadcast", "multicast"):
            yield Rule(f"{cast}-{name}", f'iifname @{name} meta pkttype {cast} counter name "flooded" drop')
        yield Rule(name, f"iifname @{name} goto deny_to_host")


def _from_host() -> Iterator[Rule]:
    for name in ("taps", "legs", "wires"):
        yield Rule(name, f"oifname @{name} goto deny_from_host")


def _guest_chains() -> tuple[Chain, ...]:
    guest = (
        Rule("mac", "iifname . ether saddr != @macs goto deny_spoofed_mac"),
        Rule("ip4", "ether type ip goto guest_ip4"),
        Rule("ip6", "ether type ip6 goto guest_ip6"),
        Rule("arp", "ether type arp goto guest_arp"),
        Rule("moved", f"ether type 0x{_RARP:04x} accept"),
        Rule("other", "goto says"),
    )
    return (
        Chain("guest", guest),
        Chain("guest_arp", tuple(_arp())),
        Chain("guest_ip4", tuple(_ip4())),
        Chain("guest_ip6", tuple(_ip6())),
    )


def _arp() -> Iterator[Rule]:
    plain = "arp htype 1 arp ptype ip arp hlen 6 arp plen 4"
    yield Rule("bound", f"{plain} iifname . arp saddr ether . arp saddr ip @bound4 accept")
    asks = "arp operation request arp saddr ip 0.0.0.0"
    yield Rule("conflict-probe", f"{plain} {asks} iifname . arp saddr ether @macs accept")
    yield Rule("other", "goto deny_spoofed_arp")


def _ip4() -> Iterator[Rule]:
    asks, bound = f"iifname vmap @{LEASES}", "iifname . ether saddr . ip saddr @bound4"
    yield Rule("dhcp-first", f"udp sport 68 udp dport 67 ip saddr 0.0.0.0 ip daddr 255.255.255.255 {asks}")
    yield Rule("dhcp-again", f"udp sport 68 udp dport 67 {bound} {asks}")
    # Whoever speaks to servers from another port, or as a server, is no client. A first fragment shows its ports.
    yield Rule("dhcp-relay", "udp dport 67 goto deny_rogue_server")
    yield Rule("dhcp-server", "udp sport 67 goto deny_rogue_server")
    yield from _errors(("destination-unreachable", "time-exceeded", "parameter-problem"), "4")
    yield Rule("bound", f"{bound} accept")
    yield Rule("other", "goto deny_spoofed_ip")


def _ip6() -> Iterator[Rule]:
    for kind in ("nd-router-advert", "nd-redirect"):
        yield Rule(kind, f"icmpv6 type {kind} goto deny_rogue_server")
    yield Rule("dhcp-server", "udp sport 547 goto deny_rogue_server")
    # A neighbour advertisement speaks for its target, which begins after 8 bytes (RFC 4861 clause 4.4).
    yield Rule("advert-local", f"{_LOCAL} icmpv6 type nd-neighbor-advert @th,64,16 0xfe80 {_ASKS}")
    # Its sender is the same machine, by one of its addresses (clause 7.2.4): it lends its voice to nobody.
    bound = "iifname . ether saddr . ip6 saddr @bound6"
    yield Rule("advert", f"{_LOCAL} icmpv6 type nd-neighbor-advert iifname vmap @adverts")
    yield Rule("advert-bound", f"icmpv6 type nd-neighbor-advert {bound} iifname vmap @adverts")
    yield Rule("advert-other", "icmpv6 type nd-neighbor-advert goto deny_spoofed_nd")
    for kind in ("nd-router-solicit", "nd-neighbor-solicit"):
        yield Rule(f"{kind}-first", f"ip6 saddr :: icmpv6 type {kind} {_ASKS}")
        yield Rule(f"{kind}", f"{_LOCAL} icmpv6 type {kind} {_ASKS}")
    for name, number in _DHCP6.items():
        yield Rule(f"dhcp-{name}", f"{_CLIENT6} @th,64,8 0x{number:x} {_ASKS}")
    for name, number in _GIVES_BACK.items():
        yield Rule(f"dhcp-{name}", f'{_CLIENT6} @th,64,8 0x{number:x} counter name "given_back" drop')
    for kind in ("mld-listener-report", "mld2-listener-report"):
        yield Rule(kind, f'icmpv6 type {kind} counter name "groups" drop')
    yield from _errors(("destination-unreachable", "packet-too-big", "time-exceeded", "parameter-problem"), "6")
    yield Rule("bound", f"{bound} accept")
    yield Rule("other", "goto deny_spoofed_ip")


def _errors(kinds: tuple[str, ...], version: str) -> Iterator[Rule]:
    """Yield what lets errors pass about own packets: the router itself passes them about any conversation."""
    ip, icmp = {"4": ("ip", "icmp"), "6": ("ip6", "icmpv6")}[version]
    bound = f"iifname . ether saddr . {ip} saddr @bound{version}"
    for kind in kinds:
        yield Rule(kind, f"{icmp} type {kind} {bound} iifname vmap @errors{version}")
        yield Rule(f"{kind}-other", f"{icmp} type {kind} goto deny_spoofed_error")
