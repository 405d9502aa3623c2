# SPDX-License-Identifier: Apache-2.0
"""How a bridge hands a frame on: by its table of addresses, by flooding, and to the host itself (IEEE 802.1D)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from ringfence.proof.values import Values, between, exactly, joined, whole, without

from .topology import Port, Topology

_MAC_BITS: Final = 48
EVERYBODY: Final = (1 << _MAC_BITS) - 1
RESERVED: Final = between(0x0180C2000000, 0x0180C200000F)
"""Never handed on by a bridge (IEEE 802.1D table 7-10; group_fwd_mask is 0)."""


@lru_cache(maxsize=1)
def groups() -> Values:
    """Return all group addresses but the one of everybody."""
    low = _MAC_BITS - 8
    spans = ((one << low, (one << low) | ((1 << low) - 1)) for one in range(1, 256, 2))
    return without(without(joined(spans), exactly(EVERYBODY)), RESERVED)


@lru_cache(maxsize=1)
def singles() -> Values:
    """Return all addresses of single devices."""
    return without(without(without(whole(_MAC_BITS), groups()), exactly(EVERYBODY)), RESERVED)


def known(topology: Topology, bridge: str) -> Values:
    """Return the addresses that a bridge knows the way to."""
    return exactly(*(mac for name in topology.on[bridge] for mac in topology.ports[name].macs))


def hosts(topology: Topology, bridge: str) -> Values:
    """Return the addresses that are the host's own on a bridge: the bridge's, and its ports' devices'."""
    leg = topology.leg_of(bridge)
    devices = [topology.ports[name].device for name in topology.on[bridge]]
    own = [*devices, leg.bridge_mac if leg else None]
    return exactly(*(one for one in own if one is not None))


def takes(topology: Topology, port: Port) -> Values:
    """Return the target addresses of frames that a bridge hands to a port, if they came in by another one."""
    found = exactly(*port.macs)
    if port.multicast:
        found = joined((*found, *groups()))
    if port.broadcast:
        found = joined((*found, (EVERYBODY, EVERYBODY)))
    if port.flood:
        elsewhere = joined((*known(topology, port.bridge), *hosts(topology, port.bridge)))
        found = joined((*found, *without(singles(), elsewhere)))
    return found


def neighbours(topology: Topology, port: Port) -> Iterator[Port]:
    """Yield the ports of the same bridge that a port's frames may go to; two isolated ones do not meet."""
    for name in topology.on[port.bridge]:
        other = topology.ports[name]
        if other is not port and not (port.isolated and other.isolated):
            yield other
