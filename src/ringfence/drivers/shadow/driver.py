# SPDX-License-Identifier: Apache-2.0
"""The driver of sealed copies: ShadowPort."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ringfence.compile.document import Document
from ringfence.compile.scope import Scope
from ringfence.ports.shadow import Fired, Loaded, Tell, Volley

from .look import loaded
from .orders import Order
from .sealed import fire_sealed

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
    """Builds a copy of what stands and tries packets in it; changes nothing of what stands."""

    def loaded(self, scope: Scope) -> Loaded:
        """Look at what stands."""
        return loaded(scope)

    def fire(self, loaded: Loaded, documents: Sequence[Document], volley: Volley, tell: Tell) -> Fired:
        """Build the copy and shoot in it."""
        return fire_sealed(Order(loaded.scope, documents, loaded.rules, _settings(), volley), tell)


def _settings() -> dict[str, str]:
    found = {}
    for path in _SETTINGS:
        with suppress(OSError):
            found[path] = Path(path).read_text().strip()
    return found
