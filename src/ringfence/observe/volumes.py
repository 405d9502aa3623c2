# SPDX-License-Identifier: Apache-2.0
"""Files of the pool become parts: base images, volumes and seeds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ringfence.base.errors import BadInput
from ringfence.compile.part.size import size_text

from .qcow2 import is_qcow2, parse_qcow2

VOLUME_NAME = re.compile(r"(?P<workload>[a-z][a-z0-9-]{0,30})\.(?P<disk>[a-z][a-z0-9-]{0,30})\.qcow2", re.ASCII)
SEED_NAME = re.compile(r"(?P<workload>[a-z][a-z0-9-]{0,30})\.seed", re.ASCII)
BASE_NAME = re.compile(r"(?P<sha256>[0-9a-f]{64})\.(?P<format>qcow2|raw)", re.ASCII)

SECTOR = 512
"""A raw image of odd length is rounded up to whole sectors, as QEMU does."""


@dataclass(frozen=True, slots=True)
class FileFact:
    """One file: path, owner's uid, permission bits, length in bytes, and its first bytes."""

    path: str
    uid: int
    mode: int
    length: int
    head: bytes

    @property
    def owned(self) -> dict[str, str]:
        """Return the parts that every file has."""
        return {"path": self.path, "owner": str(self.uid), "mode": f"{self.mode:04o}"}


def volume_parts(file: FileFact) -> dict[str, str]:
    """Return a volume's parts; a file that is no whole qcow2 image has the format ``damaged``."""
    try:
        header = parse_qcow2(file.head)
    except BadInput:
        return {**file.owned, "format": "damaged", "size": size_text(file.length)}
    parts = {**file.owned, "format": "qcow2", "size": size_text(header.virtual_size)}
    if header.backing:
        parts["backing"] = header.backing
        parts["backing-format"] = header.backing_format or "unknown"
    return parts


def image_parts(file: FileFact, form: str) -> dict[str, str]:
    """Return a base image's parts; its content is named by its path and was checked when it was imported."""
    if form == "qcow2" and is_qcow2(file.head):
        return {**file.owned, "format": form, "size": volume_parts(file)["size"]}
    whole = -(-file.length // SECTOR) * SECTOR
    return {**file.owned, "format": form if form == "raw" else "damaged", "size": size_text(whole)}
