# SPDX-License-Identifier: Apache-2.0
"""Identical skids: a namespace of its own for each uplink whose assets are seen under other addresses.

Inside it the plant's own addresses hold, so that two skids at 192.168.0.0/24 never meet. Ranges are translated one to
one (RFC 3022 clause 2.1, in both directions); workloads appear as Ringfence's own address in the skid, since its
devices seldom have a gateway. The router sees the other addresses only, and it alone decides who may talk.
"""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.base.identity import mac
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.nft.script import table_script
from ringfence.compile.nft.table import Chain, Rule, Table
from ringfence.compile.part.alias import owner
from ringfence.compile.part.link import INNER as INNER_SETTINGS
from ringfence.compile.part.link import UPLINK
from ringfence.compile.part.namespace import SWITCHES
from ringfence.compile.scope import Scope
from ringfence.site.asset import Asset
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink

from .names import uplink_leg
from .ranges import named
from .reach import Reach
from .shell import Parts, addresses, below, inside, sysctls
from .uplink import take, taking
from .uplink_stub import stub_lines, stub_parts

OUTER, INNER = "wire", "router"
"""The plant's interface and the way to the router, inside the translating namespace."""
_HERE, _THERE = "fe80::1", "fe80::2"
"""Router and translator, as each other's next hop (RFC 5549: IPv4 routes over IPv6 neighbours)."""


def translated_artifact(site: Site, scope: Scope, uplink: Uplink, reach: Reach) -> Artifact:
    """Return one uplink whose assets are translated, with its namespace."""
    leg, inner = (mac(scope.site, scope.host, scope.fabric, role, uplink.name) for role in ("uplink", "translator"))
    parts = {
        "name": uplink_leg(scope, uplink.name),
        "owner": owner(scope, "uplink", uplink.name),
        "source": "translated",
        "take": "translated",
        "mac": leg,
        "up": "yes",
        **UPLINK,
        "inet6.conf.disable_ipv6": "0",
        "inet6.conf.proxy_ndp": "0",
        "ipv6": f"{_HERE}/64",
        "neighbour": f"{_THERE} {inner}",
        **{f"route/{target}": f"via inet6 {_THERE}" for target in reach.routes},
        **{f"wire/{key}": value for key, value in _wire(scope, uplink).items()},
        **{f"inner/{key}": value for key, value in _inner(inner, leg).items()},
        **{f"nat/{key}": value for key, value in nat_table(site, scope, uplink).parts.items()},
        "namespace": scope.translator(uplink.name),
        "space/lo": "up",
        **{f"space/{key}": value for key, value in SWITCHES.items()},
    }
    if scope.fabric != "live":
        real = {named(one): "" for asset in _behind(site, uplink) for one in asset.ipv4}
        parts |= {f"wire/stub/{key}": value for key, value in stub_parts(site, scope, uplink, real).items()}
    document = Document(scope.address("uplink", uplink.name), Kind.UPLINK, parts, translated_script(scope, parts))
    needs = (scope.address("namespace", "router"), scope.address("table", "router"))
    return Artifact(document, (f"uplink/{uplink.name}",), needs)


def nat_table(site: Site, scope: Scope, uplink: Uplink) -> Table:
    """Return the rules that translate, and let nothing but the two ways meet."""
    outer, inner = f'"{OUTER}"', f'"{INNER}"'
    arrive, leave = [], []
    for asset in _behind(site, uplink):
        if asset.seen_as is not None:
            seen, real = named(asset.seen_as), named(asset.ipv4[0])
            how = "to" if asset.seen_as.num_addresses == 1 else "ip prefix to"
            arrive.append(Rule(asset.name, f"iifname {inner} ip daddr {seen} dnat {how} {real}"))
            leave.append(Rule(asset.name, f"oifname {inner} ip saddr {real} snat {how} {seen}"))
    if uplink.ipv4 is not None:
        leave.append(Rule("own", f"oifname {outer} snat to {uplink.ipv4.ip}"))
    # Only what was translated goes out: a name that nobody declared has no address in the skid.
    forward = (
        Rule("out", f"iifname {inner} oifname {outer} ct status dnat accept"),
        Rule("in", f"iifname {outer} oifname {inner} accept"),
    )
    chains = (
        Chain("arriving", tuple(arrive), "nat hook prerouting priority -100; policy accept"),
        Chain("leaving", tuple(leave), "nat hook postrouting priority 100; policy accept"),
        Chain("forward", forward, "filter hook forward priority 0; policy drop"),
        Chain("input", (), "filter hook input priority 0; policy drop"),
        Chain("output", (), "filter hook output priority 0; policy drop"),
    )
    return Table("ip", scope.table, (), (), chains)


def translated_script(scope: Scope, parts: Parts) -> str:
    """Return sh that makes the namespace, takes the interface into it, and joins it with the router."""
    name, space, router = parts["name"], parts["namespace"], scope.namespace
    wire, inner, nat = below(parts, "wire"), below(parts, "inner"), below(parts, "nat")
    own = {**wire, "name": OUTER, "owner": parts["owner"]}
    outer = stub_lines(space, OUTER, own) if wire["take"] == "stub" else take(space, OUTER, own)
    pair = f"ip link add name {name} netns {router} type veth peer name {INNER} netns {space}"
    return (
        f"[ -e /run/netns/{space} ] || ip netns add {space}\n"
        f"nsenter --net=/run/netns/{space} nft -f - <<'END'\nflush ruleset\n{table_script(nat)}END\n"
        f"{inside(space, ('ip link set lo up', *sysctls(below(parts, 'space'))))}\n"
        f"ip -n {router} link show dev {name} >/dev/null 2>&1 || {pair}\n"
        f'ip -n {router} link set dev {name} alias "{parts["owner"]}/translated/up"\n'
        f"{outer}"
        f"{inside(space, (*_leg_lines(own), *_leg_lines({**inner, 'name': INNER})))}\n"
        f"{inside(router, (*_leg_lines(parts), *_routes(parts)))}\n"
    )


def _leg_lines(leg: Parts) -> Iterator[str]:
    name = leg["name"]
    if "mac" in leg:
        yield f"ip link set dev {name} address {leg['mac']}"
    yield from sysctls(leg)
    yield f"ip link set dev {name} up"
    yield from addresses(leg)
    if "neighbour" in leg:
        hop, lladdr = leg["neighbour"].split()
        yield f"ip neigh replace {hop} lladdr {lladdr} dev {name} nud permanent"
    if "default" in leg:
        yield f"ip -4 route replace default {leg['default']} dev {name} onlink proto static"


def _routes(parts: Parts) -> Iterator[str]:
    for key, way in sorted(parts.items()):
        if key.startswith("route/"):
            yield f"ip route replace {key.removeprefix('route/')} {way} dev {parts['name']} onlink proto static"


def _wire(scope: Scope, uplink: Uplink) -> dict[str, str]:
    found = {
        **taking(scope, uplink),
        "up": "yes",
        **UPLINK,
        "inet6.conf.disable_ipv6": "1",
        "inet6.conf.proxy_ndp": "0",
    }
    return found | ({"ipv4": str(uplink.ipv4)} if uplink.ipv4 else {})


def _inner(own: str, leg: str) -> dict[str, str]:
    return {
        "mac": own,
        "up": "yes",
        **INNER_SETTINGS,
        "inet6.conf.disable_ipv6": "0",
        "ipv6": f"{_THERE}/64",
        "neighbour": f"{_HERE} {leg}",
        "default": f"via inet6 {_HERE}",
    }


def _behind(site: Site, uplink: Uplink) -> Iterator[Asset]:
    return (asset for asset in site.assets.values() if asset.uplink == uplink.name)
