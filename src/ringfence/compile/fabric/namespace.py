# SPDX-License-Identifier: Apache-2.0
"""The router's namespace: its switches. It forwards nothing before its table stands."""

from __future__ import annotations

import shlex

from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.scope import Scope

from .shell import Parts, inside, sysctls

_ALL_AND_DEFAULT = {
    "rp_filter": "1",  # strict reverse path (RFC 3704)
    "send_redirects": "0",
    "accept_redirects": "0",
    "accept_source_route": "0",
    "arp_ignore": "1",  # a leg answers for its own gateway address, not for another zone's
}
SWITCHES = {
    **{f"net.ipv4.conf.{scope}.{key}": v for key, v in _ALL_AND_DEFAULT.items() for scope in ("all", "default")},
    "net.ipv4.ip_forward": "1",
    "net.ipv4.icmp_echo_ignore_broadcasts": "1",
    "net.ipv6.conf.all.accept_redirects": "0",
    "net.ipv6.conf.default.accept_redirects": "0",
    "net.ipv6.conf.all.accept_ra": "0",
    "net.ipv6.conf.default.accept_ra": "0",
    "net.ipv6.conf.all.forwarding": "1",
}


def namespace_artifact(scope: Scope) -> Artifact:
    """Return the namespace that holds all gateways of the fabric."""
    parts = {"name": scope.namespace, "lo": "up", **SWITCHES}
    address = scope.address("namespace", "router")
    return Artifact(Document(address, Kind.NAMESPACE, parts, namespace_script(scope, parts)))


def namespace_script(scope: Scope, parts: Parts) -> str:
    """Return sh that makes the namespace and sets its switches."""
    name = parts["name"]
    closed = "{ type filter hook forward priority 0; policy drop; }"
    load = f"add table inet {scope.table}; add chain inet {scope.table} forward {closed}"
    # 'conf.all' goes first: writing it changes what stands in 'default' and in every link.
    settings = sorted(sysctls(parts), key=lambda line: "/all/" not in line)
    lines = (f"nft {shlex.quote(load)}", f"ip link set lo {parts.get('lo', 'up')}", *settings)
    return f"[ -e /run/netns/{name} ] || ip netns add {name}\n{inside(name, lines)}\n"
