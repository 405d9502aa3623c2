# SPDX-License-Identifier: Apache-2.0
"""What handles a fabric's packets besides links and tables of bridges: it is told, for no copy has it.

Chains at devices and programs of XDP see a frame before any bridge does; filters of tc can send it elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from ringfence.base.errors import Refused
from ringfence.drivers.fabric.tool import run

_DEVICES = re.compile(r"[^\s\"{},;]+")
_PLAIN = frozenset({"noqueue", "pfifo_fast", "fq_codel", "fq", "mq", "pfifo", "bfifo", "cake", "htb", "tbf", "netem"})
"""Queues (tc(8)) that hold packets back, and send none elsewhere unless somebody hangs filters on them."""


def beside(ours: Mapping[str, AbstractSet[str]], links: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each thing. ``ours`` are the fabric's links by namespace, as ``links`` is what ip prints."""
    for space, names in ours.items():
        where = f"in {space}" if space else "of the host"
        yield from _hooks(space, names, where)
        yield from _queues(space, names, where)
        for link in json.loads(links.get(space, "") or "[]"):
            if link.get("ifname") in names and "xdp" in link:
                yield f"A program (XDP) sees every frame at link '{link['ifname']}' {where} first; it is not copied."


def _hooks(space: str, names: AbstractSet[str], where: str) -> Iterator[str]:
    """Yield chains at devices; nft 1.0.6 names those in words alone, and without elements (``-t``) it may print all."""
    try:
        listing = run(["nft", "-t", "list", "ruleset"], namespace=space, accept=(0, 1))
    except Refused as refused:
        yield f"Whether chains see frames at links {where} first is not known: {refused.problem}"
        return
    table = ""
    for line in listing.splitlines():
        table = line.removesuffix(" {") if line.startswith("table ") else table
        if " hook ingress " in line or " hook egress " in line:
            for name in sorted(names & set(_DEVICES.findall(line))):
                yield f"A chain of {table} sees every frame at link '{name}' {where} first; it is not copied."


def _queues(space: str, names: Collection[str], where: str) -> Iterator[str]:
    for queue in _shown(["tc", "-j", "qdisc", "show"], space):
        name = queue.get("dev")
        if name in names and (queue.get("kind") not in _PLAIN or _has_filters(space, str(name))):
            yield f"Filters (tc) may send frames at link '{name}' {where} elsewhere; they are not copied."


def _has_filters(space: str, name: str) -> bool:
    return bool(_shown(["tc", "-j", "filter", "show", "dev", name], space))


def _shown(command: list[str], space: str) -> list[dict[str, Any]]:
    return list(json.loads(run(command, namespace=space, accept=(0, 1)) or "[]"))
