# SPDX-License-Identifier: Apache-2.0
"""What can happen, and what may: a flow is found in the artifacts, a claim is made by the declaration.

Ends are text: ``workload/scada/eth0`` (a port), ``uplink/plant`` (a leg to the plant), ``wire/yard`` (a layer-2
uplink), ``router``, ``host``, and ``leg/field``: the router's leg of a zone, where what the guard lets out of a port
is seen before the router's own rules. ``answer/plant`` is what the router answers on an uplink to ARP and neighbour
solicitations. A flow from a port to a port of the same bridge that never meets the router is between those two as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from ringfence.base.addresses import Address

from .box import Box
from .region import Region


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: an artifact, and the key of the part in it."""

    artifact: Address
    key: str

    def __str__(self) -> str:
        return f"{self.artifact}#{self.key}"


@dataclass(frozen=True, slots=True)
class Flow:
    """Packets that get from one end to the other. ``path`` has the rules and elements that let them, in order."""

    source: str
    target: str
    region: Region
    path: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """Packets that may get from one end to the other: no more, and all of them.

    ``owner`` is ``conduit/poll``, ``probe/scada``, ``grant/engineering``, ``peers/dmz``, or ``standing/...`` for what
    every fabric needs (neighbours, leases, announcements, errors about declared conversations). ``optional`` claims
    permit and do not promise.
    """

    owner: str
    source: str
    target: str
    box: Box
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """A way past the network, or past its rules: a shared disk, a device, a kernel setting that lets packets move it.

    ``kind`` is one word (``disk``, ``iso``, ``folder``, ``iommu``, ``vsock``, ``serial``, ``usb``, ``clipboard``,
    ``dhcp``, ``time``, ``backup``, ``management``, ``redirects``, ``learning``, ...). ``what`` names the thing itself.
    ``owner`` of a declared door says what of the site allows it.
    """

    kind: str
    source: str
    target: str
    what: str
    place: Place | None = None
    owner: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes two doors the same, found or declared."""
        return (self.kind, self.source, self.target, self.what)


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in the artifacts that the algebra does not know: nothing that depends on it counts as proven."""

    place: Place
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything that the artifacts let happen."""

    flows: tuple[Flow, ...]
    doors: tuple[Door, ...] = ()
    unread: tuple[Unread, ...] = ()
