# SPDX-License-Identifier: Apache-2.0
"""The driver of sealed copies and of canaries: ShadowPort, CanaryPort."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ringfence.compile.document import Document
from ringfence.compile.scope import Scope
from ringfence.ports.shadow import Fired, Loaded, Perch, Tell, Volley

from .look import loaded
from .orders import Order, dump_flight
from .sealed import fire_sealed, fly_beside

_SETTINGS = (
    "/proc/sys/net/ipv4/conf/all/rp_filter",
    "/proc/sys/net/ipv4/conf/all/arp_ignore",
    "/proc/sys/net/ipv4/ip_forward",
    "/proc/sys/net/ipv6/conf/all/forwarding",
    "/proc/sys/net/bridge/bridge-nf-call-iptables",
    "/proc/sys/net/bridge/bridge-nf-call-ip6tables",
    "/proc/sys/net/bridge/bridge-nf-call-arptables",
    "/proc/sys/net/bridge/bridge-nf-filter-vlan-tagged",
)
"""What the host's own namespace is set to, and bridges in it depend on."""


@dataclass(frozen=True, slots=True)
class ShadowDriver:
    """Builds a copy of what stands and tries packets in it; of what stands canaries alone touch anything."""

    def loaded(self, scope: Scope) -> Loaded:
        """Look at what stands."""
        return loaded(scope)

    def fire(self, loaded: Loaded, documents: Sequence[Document], volley: Volley, tell: Tell) -> Fired:
        """Build the copy and shoot in it."""
        return fire_sealed(Order(loaded.scope, documents, loaded.rules, _settings(), volley), tell)

    def fly(self, loaded: Loaded, perches: Sequence[Perch], volley: Volley, pace: float, tell: Tell) -> Fired:
        """Let canaries fly on the fabric that carries the plant."""
        turns = max(Counter(shot.end for shot in volley.shots).values(), default=0)
        seconds = min(volley.seconds, turns / pace)
        return fly_beside(dump_flight(loaded, perches, volley, pace), seconds, tell)


def _settings() -> dict[str, str]:
    found = {}
    for path in _SETTINGS:
        with suppress(OSError):
            found[path] = Path(path).read_text().strip()
    return found
