# SPDX-License-Identifier: Apache-2.0
"""Does the host's own firewall drop what is forwarded? Docker's and firewalld's chains do.

It matters where br_netfilter sends bridged frames through those chains (net.bridge.bridge-nf-call-iptables).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

_FAMILIES = {"ip", "ip6", "inet"}
_ENDS = {"drop", "reject"}


@dataclass(frozen=True, slots=True, order=True)
class ForwardChain:
    """A base chain on the forward hook."""

    family: str
    table: str
    name: str
    policy: str


def parse_forward_chains(nft_json: str) -> tuple[ForwardChain, ...]:
    """Foreign forward chains out of ``nft -j list chains``; Ringfence's tables (``rf_...``) are left out."""
    chains = [item["chain"] for item in json.loads(nft_json).get("nftables", ()) if "chain" in item]
    return tuple(
        ForwardChain(chain["family"], chain["table"], chain["name"], chain.get("policy", "accept"))
        for chain in chains
        if chain.get("hook") == "forward" and chain["family"] in _FAMILIES and not _own(chain["table"])
    )


def _own(table: str) -> bool:
    return table.startswith("rf_")


def ends_in_drop(nft_json: str) -> bool:
    """Tell whether the last rule out of ``nft -j list chain ...`` drops or rejects whatever reaches it."""
    rules: list[dict[str, Any]] = [i["rule"] for i in json.loads(nft_json).get("nftables", ()) if "rule" in i]
    expressions = [part for part in (rules[-1].get("expr", ()) if rules else ()) if "counter" not in part]
    return len(expressions) == 1 and bool(_ENDS & set(expressions[0]))


def legacy_drops(iptables_save: str) -> bool:
    """Tell whether ``iptables-legacy -S FORWARD`` shows a chain that drops by policy."""
    return "-P FORWARD DROP" in iptables_save.splitlines()
