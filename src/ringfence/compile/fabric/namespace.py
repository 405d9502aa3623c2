# SPDX-License-Identifier: Apache-2.0
"""The router's namespace: its switches. It forwards nothing before its table stands."""

from __future__ import annotations

import shlex

from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.part.namespace import SWITCHES
from ringfence.compile.scope import Scope

from .shell import Parts, inside, sysctls


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
    # Its settings are there once the kernel tracks connections; at boot no rule may have asked for that yet.
    tracking = "[ -e /proc/sys/net/netfilter/nf_conntrack_acct ] || modprobe nf_conntrack"
    return f"{tracking}\n[ -e /run/netns/{name} ] || ip netns add {name}\n{inside(name, lines)}\n"
