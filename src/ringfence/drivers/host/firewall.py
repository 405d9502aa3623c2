# SPDX-License-Identifier: Apache-2.0
"""Asks the host's own firewall whether it drops what is forwarded."""

from __future__ import annotations

from ringfence.observe.forward_policy import ForwardChain, ends_in_drop, legacy_drops, parse_forward_chains

from .command import printed
from .sysfs import Sysfs

DEADLINE_S = 5.0


def forward_drops(sysfs: Sysfs) -> bool:
    """Tell whether any foreign forward chain drops by policy or by its last rule."""
    chains = printed(["nft", "-j", "list", "chains"], DEADLINE_S)
    found = parse_forward_chains(chains) if chains else ()
    return any(_drops(chain) for chain in found) or _legacy_drops(sysfs)


def _drops(chain: ForwardChain) -> bool:
    if chain.policy == "drop":
        return True
    rules = printed(["nft", "-j", "list", "chain", chain.family, chain.table, chain.name], DEADLINE_S)
    return rules is not None and ends_in_drop(rules)


def _legacy_drops(sysfs: Sysfs) -> bool:
    if "filter" not in sysfs.text("proc/net/ip_tables_names").split():
        return False  # asking would load the old tables
    return legacy_drops(printed(["iptables-legacy", "-S", "FORWARD"], DEADLINE_S) or "")
