# SPDX-License-Identifier: Apache-2.0
"""Ends of flows as people name them: workloads, assets behind uplinks, the host."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ringfence.app.addresses import Party
from ringfence.app.intruder import assets_of
from ringfence.proof import field
from ringfence.proof.box import Box
from ringfence.proof.known import Beyond
from ringfence.proof.values import Values, common
from ringfence.site.site import Site

from .case import Case

HOST = "host"


class Ends:
    """Who is behind an end, for the packets of a box."""

    def __init__(self, case: Case) -> None:
        self.site: Site = case.site
        self._behind: dict[str, list[Beyond]] = defaultdict(list)
        for one in assets_of(case.site, case.scope):
            self._behind[one.uplink].append(one)

    def who(self, end: str, box: Box, *, source: bool) -> Iterator[str]:
        """Yield ``workload/scada``, ``asset/plc-7``, ``host``; an uplink itself where no asset is meant."""
        kind, _, name = end.partition("/")
        if kind == "workload":
            yield f"workload/{name.partition('/')[0]}"
        elif kind in {"uplink", "wire"}:
            found = [one.asset for one in self._behind[end] if _meets(one, box, source=source)]
            yield from (f"asset/{one.removeprefix('asset/')}" for one in found) if found else (end,)
        elif end == HOST:
            yield end

    def zone(self, end: str, port: str = "") -> str:
        """Return the zone that somebody is in; ``port`` says by which interface; empty for uplinks and the host."""
        kind, _, name = end.partition("/")
        if kind == "asset" and name in self.site.assets:
            return self.site.assets[name].zone
        if kind != "workload" or name not in self.site.workloads:
            return ""
        interfaces = {one.name: one.zone for one in self.site.workloads[name].interfaces}
        return interfaces.get(port.rpartition("/")[2], next(iter(interfaces.values()), ""))


def end_of(case: Case, party: Party) -> str:
    """Return the end of flows that a party is: a port, an uplink, or the router; empty for nobody known."""
    kind, _, name = party.of.partition("/")
    if kind == "workload":
        return f"{party.of}/{party.interface}"
    if kind == "asset":
        uplink = case.site.assets[name].uplink
        return f"uplink/{uplink}" if uplink else ""
    return party.of


def _meets(one: Beyond, box: Box, *, source: bool) -> bool:
    names = (field.SOURCE4, field.SOURCE6, field.ETHER_SOURCE) if source else _TARGETS
    told = [(box.limits.get(name), held) for name, held in zip(names, (one.ipv4, one.ipv6, one.macs), strict=True)]
    return any(values is not None and _both(values, held) for values, held in told)


def _both(values: Values, held: Values) -> bool:
    return bool(held and common(values, held))


_TARGETS = (field.TARGET4, field.TARGET6, field.ETHER_TARGET)
