# SPDX-License-Identifier: Apache-2.0
"""An uplink's leg: the plant's interface inside the router's namespace, with exactly the ways that conduits need.

The interface itself is moved there. One that the host uses too stays, and a private macvlan of it goes instead, so that
host and workloads cannot talk over the cable they share; of a VLAN its own interface goes. On a fabric that is not the
live one the plant is a namespace that stands for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv6Address

from ringfence.base.identity import mac, number
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.part.alias import owner
from ringfence.compile.part.link import UPLINK
from ringfence.compile.scope import Scope
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink

from .names import uplink_leg
from .reach import Reach
from .shell import Parts, addresses, inside, sysctls
from .uplink_stub import stub_lines, stub_parts

_INTERFACE_ID = 1 << 64
_TAKE = """\
# take NAME LINK: makes LINK of an interface that the host lends, and notes whose it is and whether it was up.
if ! {there}; then
    tries=100
    until [ -e /sys/class/net/{source} ] || [ "$tries" -le 0 ]; do sleep 0.1; tries=$((tries - 1)); done
    [ -e /sys/class/net/{source} ] || {{ echo "ringfence: there is no interface {source}." >&2; exit 1; }}
    mine=$(cat /sys/class/net/{source}/ifalias)
    state=down
    [ $(($(cat /sys/class/net/{source}/flags) & 1)) -eq 0 ] || state=up
    case $mine in
    "{owner}/"*) ;;
    *) mine="{owner}/{source}/$state $mine" ;;
    esac
    {take}
fi
"""
"""At a boot an interface may come later than we do. Its alias says what it was, before anything is done to it."""


def uplink_artifact(site: Site, scope: Scope, uplink: Uplink, reach: Reach) -> Artifact:
    """Return one uplink that is a leg of the router, with what it has to do."""
    parts = {
        **leg_parts(scope, uplink, reach),
        **{f"route/{target}": f"via {hop}" if hop else "direct" for target, hop in sorted(reach.routes.items())},
        **{f"proxy/{link}/{one}": "yes" for link, one in sorted(reach.proxies)},
    }
    if scope.fabric != "live":
        stub = stub_parts(site, scope, uplink, reach.routes)
        parts |= {f"stub/{key}": value for key, value in stub.items()}
    document = Document(scope.address("uplink", uplink.name), Kind.UPLINK, parts, uplink_script(scope, parts))
    needs = [
        scope.address("namespace", "router"),
        scope.address("table", "router"),
        scope.address("table", "neighbours"),
    ]
    needs += [scope.address("link", zone.name) for zone in site.zones.values() if zone.routed]
    return Artifact(document, (f"uplink/{uplink.name}",), tuple(needs))


def leg_parts(scope: Scope, uplink: Uplink, reach: Reach) -> dict[str, str]:
    """Return the parts of the leg alone."""
    six = uplink.ipv6 is not None or any(":" in target for target in reach.routes)
    found = {
        "name": uplink_leg(scope, uplink.name),
        "owner": owner(scope, "uplink", uplink.name),
        **taking(scope, uplink),
        "up": "yes",
        **UPLINK,
        "inet6.conf.disable_ipv6": "0" if six else "1",
        "inet6.conf.proxy_ndp": "1" if six else "0",
    }
    four = [*([str(uplink.ipv4)] if uplink.ipv4 else []), *(one for one in reach.groups if ":" not in one)]
    if four:
        found["ipv4"] = " ".join(sorted(four))
    if six:
        own = [str(one) for one in (uplink.ipv6, f"{link_local(scope, uplink.name)}/64") if one is not None]
        found["ipv6"] = " ".join(sorted([*own, *(one for one in reach.groups if ":" in one)]))
    return found


def taking(scope: Scope, uplink: Uplink) -> dict[str, str]:
    """Return which interface is taken and how. A moved one keeps the MAC that the plant knows it by."""
    own = {"mac": mac(scope.site, scope.host, scope.fabric, "uplink", uplink.name)}
    if scope.fabric != "live":
        return {"source": "stub", "take": "stub", **own}
    if uplink.vlan is not None:
        return {"source": uplink.interface, "take": f"vlan {uplink.vlan}"}
    if uplink.shared:
        return {"source": uplink.interface, "take": "macvlan", **own}
    return {"source": uplink.interface, "take": "move"}


def link_local(scope: Scope, uplink: str) -> IPv6Address:
    """Return the leg's own link-local address, unlike that of any router of the plant."""
    return IPv6Address((0xFE80 << 112) + number(_INTERFACE_ID, scope.site, scope.host, "uplink", uplink))


def uplink_script(scope: Scope, parts: Parts) -> str:
    """Return sh that takes the interface and sets its ways, or mends them; it waits some seconds for the interface."""
    name, space = parts["name"], scope.namespace
    made = stub_lines(space, name, parts) if parts["take"] == "stub" else take(space, name, parts)
    lines = [f"ip link set dev {name} address {parts['mac']}"] if "mac" in parts else []
    lines += [*sysctls(parts), f"ip link set dev {name} up", *addresses(parts)]
    ways = "".join(f"{line}\n" for line in _ways(name, parts))
    batch = f"nsenter --net=/run/netns/{space} ip -batch - <<'END'\n{ways}END\n" if ways else ""
    return f"{made}{inside(space, lines)}\n{batch}"


def take(space: str, name: str, parts: Parts) -> str:
    """Return sh that brings the host's interface, or what is made of it, into a namespace under a name."""
    source, (how, *rest) = parts["source"], parts["take"].split()
    make = f"ip link add link {source} name {name} netns {space} type"
    mark = f'ip -n {space} link set dev {name} alias "$mine"'
    command = {
        "move": f'ip link set dev {source} alias "$mine" down; ip link set dev {source} netns {space} name {name}',
        "macvlan": f"ip link set dev {source} up; {make} macvlan mode private; {mark}",
        "vlan": f"ip link set dev {source} up; {make} vlan id {' '.join(rest)}; {mark}",
    }[how]
    there = f"ip -n {space} link show dev {name} >/dev/null 2>&1"
    return _TAKE.format(there=there, source=source, take=command, space=space, name=name, owner=parts["owner"])


def _ways(name: str, parts: Mapping[str, str]) -> Iterator[str]:
    """Yield routes, those on the network first, and the entries by which the router answers for others."""
    routes = {key.removeprefix("route/"): way for key, way in parts.items() if key.startswith("route/")}
    for target, way in sorted(routes.items(), key=lambda route: (route[1] != "direct", route[0])):
        onward = "" if way == "direct" else f" {way}"
        yield f"route replace {target}{onward} dev {name}{' onlink' if onward else ''} proto static"
    for key in sorted(parts):
        if key.startswith("proxy/"):
            _, link, one = key.split("/", 2)
            yield f"neigh replace proxy {one} dev {link}"
