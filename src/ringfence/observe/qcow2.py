# SPDX-License-Identifier: Apache-2.0
"""qcow2 headers, read without qemu-img (QEMU's docs/interop/qcow2.txt): size, backing file, external data file."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ringfence.base.errors import BadInput

MAGIC = b"QFI\xfb"
HEADER_BYTES = 65536
"""How much of a file the reader wants: header, extensions and backing name lie in the first cluster."""
_EXTERNAL_DATA = 1 << 2
_BACKING_FORMAT = 0xE2792ACA
_DATA_FILE_NAME = 0x44415441
_LONGEST_NAME = 1023
_V2_HEADER = 72
_V3_HEADER = 104


@dataclass(frozen=True, slots=True)
class Qcow2Header:
    """What a qcow2 file says about itself. ``virtual_size`` in bytes; names are empty where there are none."""

    version: int
    virtual_size: int
    backing: str = ""
    backing_format: str = ""
    encrypted: bool = False
    external_data: bool = False


def is_qcow2(head: bytes) -> bool:
    """Tell whether a file begins as a qcow2 image."""
    return head[:4] == MAGIC


def parse_qcow2(head: bytes) -> Qcow2Header:
    """Read the first ``HEADER_BYTES`` bytes of a file. Raises BadInput for anything that is no whole header."""
    try:
        return _parse(head)
    except (struct.error, UnicodeDecodeError, ValueError) as error:
        raise BadInput(
            f"A file is no qcow2 image: {error}.",
            "Check the image's format with 'qemu-img info' and say it in the site.",
        ) from error


def _parse(head: bytes) -> Qcow2Header:
    if not is_qcow2(head):
        raise ValueError("it does not begin with qcow2's magic number")
    version, offset, length, _, size, crypt = struct.unpack_from(">IQIIQI", head, 4)
    if version not in {2, 3}:
        raise ValueError(f"version {version} is not known")
    incompatible, start = (0, _V2_HEADER)
    if version == 3:  # noqa: PLR2004 - the format's own number
        incompatible, start = struct.unpack_from(">Q", head, 72)[0], struct.unpack_from(">I", head, 100)[0]
        if start < _V3_HEADER:
            raise ValueError("its header is too short")
    extensions = dict(_extensions(head, start))
    return Qcow2Header(
        version=version,
        virtual_size=size,
        backing=_name(head, offset, length),
        backing_format=extensions.get(_BACKING_FORMAT, b"").decode(),
        encrypted=crypt != 0,
        external_data=bool(incompatible & _EXTERNAL_DATA) or _DATA_FILE_NAME in extensions,
    )


def _name(head: bytes, offset: int, length: int) -> str:
    if offset == 0:
        return ""
    if length > _LONGEST_NAME or offset + length > len(head):
        raise ValueError("its backing file's name lies outside the header")
    return head[offset : offset + length].decode()


def _extensions(head: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    while start + 8 <= len(head):
        kind, length = struct.unpack_from(">II", head, start)
        if kind == 0:
            return
        if start + 8 + length > len(head):
            raise ValueError("a header extension is longer than the header")
        yield kind, head[start + 8 : start + 8 + length]
        start += 8 + (length + 7) // 8 * 8
