# SPDX-License-Identifier: Apache-2.0
"""Facts about the host."""

from __future__ import annotations

from typing import Protocol

from ringfence.facts.host import HostFacts


class HostPort(Protocol):
    """Looks at the host."""

    def facts(self, name: str, pool: str) -> HostFacts:
        """Observe the host now. ``pool`` is the folder of volumes. Raises Refused when libvirt does not answer."""
        ...
