# SPDX-License-Identifier: Apache-2.0
"""The router's table: default deny, one lookup per packet and direction, state only for replies.

A packet in the direction in which its conversation was opened asks the maps of the leg that it comes from; a reply
asks the same maps of the leg it goes to, with the tuple turned round. So a conduit that is closed or has run out ends
both directions at once (decision 4, stricter). The verdict names the target's leg, which must be the other one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ringfence.compile.nft.table import Chain, Lookup, Rule, Table
from ringfence.compile.part.limit import REASON
from ringfence.compile.part.relay import COPIES, mark_of
from ringfence.compile.prober import PROBE_UID
from ringfence.compile.scope import Scope
from ringfence.site.site import Site

from .denial import denials
from .leg import Leg, legs_of, routed_uplinks
from .names import quoted, uplink_leg
from .relay_table import COPY, VRRP, group_flows

_TUPLE = "{v} . {v} . inet_proto . inet_service"
_PAIR = "{v} . {v} . inet_proto"
_TYPES = {"4": "ipv4_addr", "6": "ipv6_addr"}
_IP = {"4": "ip", "6": "ip6"}
_ECHO = {"4": "icmp", "6": "icmpv6"}
_KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "c": (_TUPLE, ()),  # conduits, exact ports
    "r": (_TUPLE, ("interval",)),  # conduits, ranges of ports
    "g": (_TUPLE, ("interval", "timeout")),  # grants
    "d": (_TUPLE, ("interval",)),  # dormant conduits: asked by no rule, copied to g when granted
    "p": (_PAIR, ()),  # conduits, ping and VRRP
    "q": (_PAIR, ("interval", "timeout")),  # grants, ping and VRRP
    "e": (_PAIR, ("interval",)),  # dormant conduits, ping and VRRP
    "s": (_PAIR, ("interval",)),  # conduits of ranges of addresses, ping and VRRP
}
_PORTS, _PINGS = "crg", "psq"
_ERRORS = {
    "errors4": "icmp type { destination-unreachable, time-exceeded, parameter-problem }",
    "errors6": "icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem }",
}
_IGMP = 2
"""IP protocol number (IANA)."""
_ERROR_RATE = "limit rate 100/second burst 50 packets accept"
_ND = "nd-neighbor-solicit, nd-neighbor-advert"
_LINK_LOCAL = "ip6 saddr fe80::/10"
_ENDS = ("saddr", "daddr")
NOBODY: Mapping[str, Sequence[str]] = {}
_COUNTERS = ("invalid", "errors", "undeclared", "wrong_leg", "to_router", "from_router", REASON)


def router_table(site: Site, scope: Scope, apart: Mapping[str, Sequence[str]] = NOBODY) -> Table:
    """Return the structure of the router's table; conduits and probes own the elements of its maps.

    ``apart`` are addresses, by leg, to whom open peers are closed: they are on an island elsewhere.
    """
    legs = legs_of(site, scope)
    uplinks = [quoted(uplink_leg(scope, one.name)) for one in routed_uplinks(site, scope)]
    flows = group_flows(site)
    relays, vrrp = bool(flows), any(flow.protocol == "vrrp" and flow.reach == "unicast" for flow in flows)
    chains = [
        *_base_chains(relays=relays),
        *(chain for leg in legs for chain in _leg_chains(leg, apart.get(leg.key, ()), vrrp=vrrp)),
    ]
    return Table(
        "inet",
        scope.table,
        (*_COUNTERS, "noise"),
        tuple(_lookups(legs, relays=relays)),
        (*chains, *denials(_COUNTERS)),
        {
            "from": {quoted(leg.link): f"jump from_{leg.key}" for leg in legs},
            "to": {quoted(leg.link): f"jump to_{leg.key}" for leg in legs},
            "dhcp": {quoted(leg.link): "member" for leg in legs if leg.dhcp},
            **({COPIES: {f"{mark_of(leg.link)} . {quoted(leg.link)}": "member" for leg in legs}} if relays else {}),
            "uplinks": dict.fromkeys(uplinks, "member"),
        },
    )


def _lookups(legs: tuple[Leg, ...], *, relays: bool) -> Iterator[Lookup]:
    yield from (Lookup(name, "ifname", verdicts=True) for name in ("from", "to"))
    yield from (Lookup(name, "ifname") for name in ("dhcp", "uplinks"))
    for v, typed in _TYPES.items():
        yield Lookup(f"probe{v}", _TUPLE.format(v=typed), verdicts=True)
    if relays:
        yield Lookup(COPIES, "mark . ifname")
    for leg in legs:
        for v in leg.versions:
            for kind, (key, flags) in _KINDS.items():
                yield Lookup(f"{kind}{v}_{leg.key}", key.format(v=_TYPES[v]), verdicts=True, flags=flags)


def _leg_chains(leg: Leg, apart: Sequence[str], *, vrrp: bool) -> tuple[Chain, ...]:
    out = Rule("original", f'ct direction original oifname "{leg.link}" accept')
    back = Rule("reply", f'ct direction reply iifname "{leg.link}" accept')
    return (
        Chain(f"from_{leg.key}", tuple(_asks(leg, "original", apart, vrrp=vrrp))),
        Chain(f"to_{leg.key}", tuple(_asks(leg, "reply", apart, vrrp=vrrp))),
        Chain(f"leg_{leg.key}", (out, back, Rule("elsewhere", "goto deny_wrong_leg"))),
    )


def _asks(leg: Leg, direction: str, apart: Sequence[str], *, vrrp: bool) -> Iterator[Rule]:
    """Yield the questions to a leg's maps; ``reply`` asks with the tuple turned round."""
    near, far, port, echo, other = (
        ("saddr", "daddr", "dport", "echo-request", "oifname")
        if direction == "original"
        else ("daddr", "saddr", "sport", "echo-reply", "iifname")
    )
    for v in leg.versions:
        pair = f"{_IP[v]} {near} . {_IP[v]} {far} . meta l4proto"
        for kind in _PORTS:
            name = f"{kind}{v}_{leg.key}"
            yield Rule(name, f"{pair} . th {port} vmap @{name}")
        for kind in _PINGS:
            name = f"{kind}{v}_{leg.key}"
            yield Rule(name, f"{_ECHO[v]} type {echo} {pair} vmap @{name}")
        for kind in _PINGS if vrrp else ():
            name = f"{kind}{v}_{leg.key}"
            yield Rule(f"{name}-vrrp", f"meta l4proto {VRRP} {pair} vmap @{name}")
    if leg.is_open:
        for address in sorted(apart):
            ip = _IP["6" if ":" in address else "4"]
            yield from (Rule(f"{end}-{address}", f"{ip} {end} {address} goto deny_undeclared") for end in _ENDS)
        if "6" in leg.versions:
            # Where a packet goes back out of the leg that it came in by, the kernel itself does not look for these
            # (net/ipv6/ip6_output.c, ip6_forward), and the guard binds none of them to a port.
            yield Rule("link-local", f"{_LINK_LOCAL} goto deny_undeclared")
            # Nor does it for targets, by which somebody on an island could still be reached (RFC 4291 clause 2.5.6).
            yield Rule("to-link-local", "ip6 daddr fe80::/10 goto deny_undeclared")
            yield Rule("unspecified", "ip6 saddr :: goto deny_undeclared")
        yield Rule("peers", f'{other} "{leg.link}" accept')


def _base_chains(*, relays: bool) -> tuple[Chain, ...]:
    return (
        Chain("forward", tuple(_forward()), "filter hook forward priority 0; policy drop"),
        Chain("input", tuple(_input()), "filter hook input priority 0; policy drop"),
        Chain("output", tuple(_output(relays=relays)), "filter hook output priority 0; policy drop"),
        Chain("asks", tuple(_asks_probes())),
        Chain("errors", tuple(_errors())),
    )


def _state() -> Iterator[Rule]:
    yield Rule("invalid", "ct state invalid goto deny_invalid")
    yield Rule("related", "ct state related goto errors")


def _forward() -> Iterator[Rule]:
    yield from _state()
    yield Rule("original", "ct direction original iifname vmap @from")
    yield Rule("reply", "ct direction reply oifname vmap @to")
    yield Rule("undeclared", "goto deny_undeclared")


def _errors() -> Iterator[Rule]:
    """ICMP errors about a tracked connection: a guest can put its own words into them, hence few at a time."""
    for slug, types in _ERRORS.items():
        yield Rule(slug, f"{types} {_ERROR_RATE}")
    yield Rule("other", "goto deny_errors")


def _input() -> Iterator[Rule]:
    yield from _state()
    for v, ip in _IP.items():
        answer = f"{ip} daddr . {ip} saddr . meta l4proto . th sport vmap @probe{v}"
        yield Rule(f"probe{v}", f"ct direction reply {answer}")
    # Switches of the plant ask who listens to which group (RFC 3376, RFC 3810): the kernel answers for its own joins.
    yield Rule("queries4", f"iifname @uplinks meta l4proto {_IGMP} accept")
    yield Rule("queries6", "iifname @uplinks icmpv6 type mld-listener-query ip6 hoplimit 1 accept")
    # In the plant others are routers, and nobody here listens to them.
    yield Rule("plant", "iifname @uplinks icmpv6 type { nd-router-solicit, nd-router-advert } goto deny_to_router")
    yield Rule("neighbours", f"icmpv6 type {{ nd-router-solicit, {_ND} }} ip6 hoplimit 255 accept")
    yield Rule("dhcp4", "iifname @dhcp meta nfproto ipv4 udp sport 68 udp dport 67 accept")
    yield Rule("dhcp6", f"iifname @dhcp {_LINK_LOCAL} udp sport 546 udp dport 547 accept")
    yield Rule("rest", "goto deny_to_router")


def _output(*, relays: bool) -> Iterator[Rule]:
    yield from _state()
    yield Rule("plant", "oifname @uplinks icmpv6 type { nd-router-solicit, nd-router-advert } goto deny_from_router")
    # Switches of the plant hand on a question for our addresses only to who has joined its group (RFC 4541 clause 3).
    yield Rule("groups", "oifname @uplinks icmpv6 type mld2-listener-report accept")
    yield Rule("joins", f"oifname @uplinks meta l4proto {_IGMP} accept")
    yield Rule("neighbours", f"icmpv6 type {{ nd-router-advert, {_ND} }} ip6 hoplimit 255 accept")
    yield Rule("dhcp4", "oifname @dhcp meta nfproto ipv4 udp sport 67 udp dport 68 accept")
    yield Rule("dhcp6", "oifname @dhcp udp sport 547 udp dport 546 ip6 daddr fe80::/10 accept")
    # The kernel itself announces groups and would redirect two guests of one zone to each other.
    yield Rule(
        "noise", 'icmpv6 type { mld-listener-report, nd-redirect, mld2-listener-report } counter name "noise" drop'
    )
    # Only the prober asks; what follows may come from the kernel, which answers for a socket that was closed.
    yield Rule("asks", f"ct state new meta skuid {PROBE_UID} goto asks")
    yield Rule("asked", "ct state established ct direction original goto asks")
    if relays:
        yield Rule("copies", f"{COPY} accept")
    yield Rule("rest", "goto deny_from_router")


def _asks_probes() -> Iterator[Rule]:
    for v, ip in _IP.items():
        yield Rule(f"probe{v}", f"{ip} saddr . {ip} daddr . meta l4proto . th dport vmap @probe{v}")
    yield Rule("rest", "goto deny_from_router")
