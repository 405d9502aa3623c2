# SPDX-License-Identifier: Apache-2.0
"""The applied revision as plain files: sh, ip, nft, dnsmasq and virsh bring the plant back without Ringfence."""

from .artifact import boot_again, boot_artifact, boot_parts, read_body
from .places import UNIT_PARTS, boot_folder, unit, up_command

__all__ = [
    "UNIT_PARTS",
    "boot_again",
    "boot_artifact",
    "boot_folder",
    "boot_parts",
    "read_body",
    "unit",
    "up_command",
]
