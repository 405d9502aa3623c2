# SPDX-License-Identifier: Apache-2.0
"""Settings of the kernel and of ports that no packet shows by itself: each has one value that keeps a way shut."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.proof.flow import Door

from .world import World


def doors(world: World) -> Iterator[Door]:
    """Yield what stands open by a setting, and what lies in the fabric that nobody compiled."""
    for document in world.documents:
        for key in document.parts:
            if key.startswith(("foreign/", "strange/")) or "/strange/" in key:
                yield Door("foreign", document.address, "fabric", key)
