# SPDX-License-Identifier: Apache-2.0
"""The KVM probe's firmware as bytes. Its source is ``rom/rom.S``; ``rom/build.sh`` prints ``ROM_CODE``."""

from __future__ import annotations

ROM_SIZE = 0x10000
_ENTRY = 0xFFF0  # the processor starts 16 bytes below the end (Intel SDM vol. 3, 9.1.4)
_JUMP = bytes.fromhex("ea000000f0")  # ljmp $0xf000, $0

ROM_CODE = bytes.fromhex(
    """
    fab052e6e9b800108ec031ff6631c0b9000cfc66f3ab2666c7060000071001002666c7060010072001002666c7060020
    8700000066b8a00600000f22e066b8000001000f22d866b9800000c00f32660d010100000f302e660f011630010f20c0
    6625fbffff9f660d030000800f22c066ea77000f00080066b810008ed88ec08ed0bc00900000b04ce6e90f011c254801
    0f00ccb9810000c031c0ba080010000f30ffc1b8ec000f0031d20f30b9840000c0b8000200000f30b9cc000f0041bb02
    000000480f07b049e6e948cfb900000001ffc975fcb85a00000066480f6ec0660fd4c066480f7ec70f05ebfe81ffb400
    000075f6b055e6e9b831000000e7f4f4ebfd0000000000000000000000000000ffff0000009baf00ffff00000093cf00
    ffff000000f3cf00ffff000000fbaf00270008010f000000c6000800008e0f0000000000000000003f0008010f
    """
)


def rom() -> bytes:
    """Return the whole firmware, 64 KiB."""
    image = bytearray(ROM_SIZE)
    image[: len(ROM_CODE)] = ROM_CODE
    image[_ENTRY : _ENTRY + len(_JUMP)] = _JUMP
    return bytes(image)
