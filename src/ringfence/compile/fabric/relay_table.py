# SPDX-License-Identifier: Apache-2.0
"""The tables of relays, in the router's namespace: what is said to many is looked up, copied, counted and dropped.

They come before the router's own rules and before connections are tracked, behind the reassembly of fragments. The
kernel makes the copies (nf_dup_ipv4), finds each member's leg by his address, and sends them untracked through the
output hook, with the sender's address. Their mark, which no guest can set, says at which leg they may leave: when the
member's own leg is away, no other route takes them elsewhere. Only frames to many are looked at.

A copy has one hop less, as behind any router, but never less than one: senders use TTL 1 to stay on their link. What
was sent with 255 arrives with 255: by that receivers know that it was not sent from afar (RFC 5082, RFC 9568).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringfence.compile.nft.table import Chain, Lookup, Rule, Table
from ringfence.compile.part.relay import COPIES, FIRST, LAST, TABLES, VRRP4, Family
from ringfence.compile.scope import Scope
from ringfence.site.service import Flow
from ringfence.site.site import Site

VRRP = 112
"""IP protocol number (IANA)."""
COPY = f"ct state untracked meta mark . oifname @{COPIES}"
"""What the router's output knows a copy by."""
_IGMP, _ALL_SYSTEMS = 2, "224.0.0.1"
"""IP protocol number and group of all systems (IANA)."""
_BEFORE_TRACKING = -350
"""Between reassembly (-400) and the tracking of connections (-200; linux/netfilter_ipv4.h)."""
_BEFORE_ROUTER = -10
_HOPS: Mapping[str, str] = {"ip": "ip ttl", "ip6": "ip6 hoplimit"}
_TYPES: Mapping[str, str] = {"ip": "ipv4_addr", "ip6": "ipv6_addr"}


def relay_tables(site: Site, scope: Scope) -> Iterator[tuple[str, Table]]:
    """Yield name and structure of each table that the site's flows need; conduits own the elements and their chains."""
    flows = group_flows(site)
    for name, family in TABLES.items():
        if any(_needs(flow, family) for flow in flows):
            yield name, Table(family, scope.table, (LAST,), tuple(_lookups(name, family)), tuple(_chains(name, family)))


def group_flows(site: Site) -> list[Flow]:
    """Return the flows of all conduits that need the tables of relays: to many at once, and VRRP."""
    used = dict.fromkeys(name for conduit in site.conduits.values() for name in conduit.services)
    flows = [flow for name in used for flow in site.services[name].flows]
    return [flow for flow in flows if flow.reach != "unicast" or flow.protocol == "vrrp"]


def _needs(flow: Flow, family: Family) -> bool:
    if flow.reach == "unicast":
        return True
    return family == ("ip6" if flow.group and flow.group.version == 6 else "ip")  # noqa: PLR2004 - a version of IP


def _lookups(name: str, family: Family) -> Iterator[Lookup]:
    pair = f"{_TYPES[family]} . {_TYPES[family]}"
    yield Lookup(name, f"{pair} . inet_service . ifname", verdicts=True, flags=("interval",))
    if family == "ip":
        yield Lookup(VRRP4, f"{pair} . ifname", verdicts=True)


def _chains(name: str, family: Family) -> Iterator[Chain]:
    on_link = f"{_HOPS[family]} 254 {_HOPS[family]} set 255"
    casts = (Rule(cast, f"meta pkttype {cast} goto asked") for cast in ("broadcast", "multicast"))
    # A switch that asks who listens has an address that no route leads to over the uplink: strict reverse paths would
    # drop its question. From nobody, as switches without an address ask (RFC 4541 clause 2.1.1), the kernel takes it.
    asked = f"meta l4proto {_IGMP} ip daddr {_ALL_SYSTEMS} ip saddr set 0.0.0.0"
    queries = (Rule("queries", asked),) if family == "ip" else ()
    yield Chain("arriving", (*queries, *casts), f"filter hook prerouting priority {_BEFORE_TRACKING}; policy accept")
    yield Chain("asked", tuple(_questions(name, family)))
    yield Chain(FIRST, (Rule("alive", f"{_HOPS[family]} 1 {_HOPS[family]} set 2"),))
    yield Chain(LAST, (Rule("count", f'counter name "{LAST}"'), Rule("drop", "drop")))
    leaving = f"filter hook output priority {_BEFORE_ROUTER}; policy accept"
    yield Chain("leaving", (Rule("on-link", f"ct state untracked {on_link}"),), leaving)
    # A router on the way takes a hop from a pair's unicast announcements as well.
    passing = f"filter hook forward priority {_BEFORE_ROUTER}; policy accept"
    yield Chain("passing", (Rule("vrrp", f"meta l4proto {VRRP} {on_link}"),), passing)


def _questions(name: str, family: Family) -> Iterator[Rule]:
    pair = f"{family} saddr . {family} daddr"
    yield Rule("datagrams", f"{pair} . udp dport . iifname vmap @{name}")
    if family == "ip":
        yield Rule("vrrp", f"meta l4proto {VRRP} ip ttl 255 {pair} . iifname vmap @{VRRP4}")
