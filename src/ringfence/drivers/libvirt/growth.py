# SPDX-License-Identifier: Apache-2.0
"""Grows a disk inside the machine that uses it; QEMU holds the file and nobody else may."""

from __future__ import annotations

import libvirt

from ringfence.compile.part.flatten import parse

from .connection import Connection

GROW_S = 60.0


def grow(connection: Connection, path: str, size: int) -> bool:
    """Grow the disk at ``path`` to ``size`` bytes; False when none runs with it. Raises Refused, DeadlinePassed."""
    return connection.call(lambda open_: _grow(open_, path, size), f"the growth of {path}", GROW_S)


def _grow(connection: libvirt.virConnect, path: str, size: int) -> bool:
    for domain in connection.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE):
        if _has(domain.XMLDesc(), path):
            domain.blockResize(path, size, libvirt.VIR_DOMAIN_BLOCK_RESIZE_BYTES)
            return True
    return False


def _has(xml: str, path: str) -> bool:
    return any(source.get("file") == path for source in parse(xml).iterfind("devices/disk/source"))
