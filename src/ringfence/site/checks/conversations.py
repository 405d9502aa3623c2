# SPDX-License-Identifier: Apache-2.0
"""How many conversations a site declares: a few words can name millions, which no host could plan or hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ringfence.site.codes import Code
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.problems import Problems
from ringfence.site.site import Site

LIMIT = 250_000
"""Sender, receiver, protocol and range of ports, counted once each: planning so many takes 10 s and 500 MiB."""


def check_conversations(site: Site, problems: Problems) -> None:
    """Add the conduit to ``problems`` with which the site has too many conversations."""
    held = Counter(interface.zone for workload in site.workloads.values() for interface in workload.interfaces)
    total = 0
    for conduit in site.conduits.values():
        count = _count(site, conduit, held)
        total += count
        if total > LIMIT:
            problem = f"The conduit names {count} conversations; the whole site may have {LIMIT}."
            fix = "Name fewer machines or ports: whole zones on both sides, and long lists of ports, make so many."
            problems.add(Code.TOO_LARGE, ("conduits", conduit.name), problem, fix, key=True)
            return


def _count(site: Site, conduit: Conduit, held: Counter[str]) -> int:
    flows = [flow for name in conduit.services if name in site.services for flow in site.services[name].flows]
    each = sum(max(1, len(flow.ports)) for flow in flows)
    return _machines(conduit.source, held) * _machines(conduit.target, held) * max(1, each)


def _machines(ends: Iterable[Endpoint], held: Counter[str]) -> int:
    return sum(max(1, held[end.name]) if end.kind == "zone" else 1 for end in ends)
