# SPDX-License-Identifier: Apache-2.0
"""Rules about addresses that redundant workloads have in turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.site.conduit import Endpoint

Shared = tuple[IPv4Address | IPv6Address, str]
"""An address and its zone."""


def _sharers(ground: Ground) -> Mapping[Shared, dict[str, str]]:
    """Return the workloads that share each address, with the interface that has it."""
    found: dict[Shared, dict[str, str]] = defaultdict(dict)
    for workload in ground.site.workloads.values():
        for nic in workload.interfaces:
            for address in nic.shared:
                found[address, nic.zone].setdefault(workload.name, nic.name)
    return found


@rule(
    "RF-WKL-012",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 7.6",
    "NIST SP 800-53r5 CP-10",
    fix="List the address under 'shared' of its partner too, or make it the workload's own.",
)
def shared_with_nobody(ground: Ground) -> Iterator[Found]:
    """A shared address has one workload only.

    Nobody can take it over: the partner's frames with it would be dropped as spoofed.
    """
    for (address, _), names in _sharers(ground).items():
        if len(names) == 1:
            (name,) = names
            problem = f"The shared address {address} is listed by workload '{name}' alone."
            yield Found(f"workload/{name}", problem, "interfaces")


def _names(ground: Ground, end: Endpoint, zone: str, sharers: Mapping[str, str]) -> set[str]:
    """Return which of the sharers an end of a conduit names by the interface that shares."""
    if end.kind == "zone":
        return set(sharers) if end.name == zone else set()
    if end.kind != "workload" or end.name not in sharers:
        return set()
    named = end.interface or ground.site.workloads[end.name].interfaces[0].name
    return {end.name} if named == sharers[end.name] else set()


@rule(
    "RF-CON-051",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 5.2",
    "IEC 62443-3-3 SR 7.6",
    fix="Name all of them at this end, or none of them.",
)
def names_one_of_a_pair(ground: Ground) -> Iterator[Found]:
    """A conduit names one workload of those that share an address.

    It covers the shared address, whoever has it just then. After a take-over the conduit leads to, or from, a
    workload that it does not name; at that one's own address it does not.
    """
    pairs = _sharers(ground)
    for conduit in ground.site.conduits.values():
        for side in (conduit.source, conduit.target):
            for (address, zone), sharers in pairs.items():
                named = {name for end in side for name in _names(ground, end, zone, sharers)}
                if named and named != set(sharers):
                    others = " and ".join(f"'{name}'" for name in sorted(set(sharers) - named))
                    problem = (
                        f"Conduit '{conduit.name}' names '{min(named)}', which shares {address} with {others}, "
                        "and not its partner."
                    )
                    yield Found(f"conduit/{conduit.name}", problem)
