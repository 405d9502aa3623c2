# SPDX-License-Identifier: Apache-2.0
"""Whether bytes begin as a disk does: a raw image has no magic number of its own, but what lies on a disk has.

Without this a site file that says ``source: /etc/shadow`` and ``format: raw`` would hand that file to a guest.
"""

from __future__ import annotations

HEAD_BYTES = 128 * 1024
_SIGNS: tuple[tuple[int, bytes], ...] = (
    (510, b"\x55\xaa"),  # a boot sector: MBR, the protective one of GPT (UEFI 2.10 clause 5.2), FAT, NTFS
    (0, b"LUKS\xba\xbe"),
    (0, b"XFSB"),
    (0, b"hsqs"),  # SquashFS
    (512, b"LABELONE"),  # LVM
    (512, b"EFI PART"),  # GPT whose protective MBR was wiped
    (1024, b"\xe2\xe1\xf5\xe0"),  # EROFS
    (1024, b"\x10\x20\xf5\xf2"),  # F2FS
    (1080, b"\x53\xef"),  # ext2, ext3, ext4
    (4086, b"SWAPSPACE2"),
    (32769, b"CD001"),  # ISO 9660 (ECMA-119 clause 8.1)
    (32769, b"BEA01"),  # UDF without it (ECMA-167 part 2)
    (65600, b"_BHRfS_M"),  # Btrfs
)


def looks_like_disk(head: bytes) -> bool:
    """Tell whether the first ``HEAD_BYTES`` bytes of a file (all of a shorter one) are a disk's; an empty disk is one.

    Signs of on-disk formats are those that libblkid looks for (util-linux, libblkid/src/superblocks).
    """
    return not any(head) or any(head.startswith(sign, at) for at, sign in _SIGNS)
