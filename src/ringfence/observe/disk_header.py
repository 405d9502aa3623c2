# SPDX-License-Identifier: Apache-2.0
"""Whether what lies in a disk is encrypted, by the first bytes of its file (LUKS's and QEMU's formats)."""

from __future__ import annotations

from ringfence.base.errors import BadInput
from ringfence.facts.unseen import Unseen

from .qcow2 import is_qcow2, parse_qcow2

LUKS = b"LUKS\xba\xbe"


def encrypted(head: bytes, *, whole: bool) -> bool | Unseen:
    """Tell by a file's beginning whether it is a LUKS container. ``whole``: the file has no more bytes than these."""
    if head.startswith(LUKS):
        return True
    if is_qcow2(head):
        try:
            return parse_qcow2(head).encrypted
        except BadInput as odd:
            return Unseen(odd.problem)
    return False if head or whole else Unseen("The file of the disk is empty.")
