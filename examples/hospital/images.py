# SPDX-License-Identifier: Apache-2.0
"""Synthetic CT images: a cylinder of water in air, as physicists put it into a scanner. No patient was ever near it."""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass
from pathlib import Path

from examples.outside.space import tool

SIDE = 64
"""Pixels in a row, and rows."""
AIR, WATER = -1000, 0
"""Hounsfield units."""
_UID_ROOT = "2.25"
"""UIDs made of UUIDs: DICOM PS3.5 annex B.2."""
_DUMP = """\
(0008,0016) UI =CTImageStorage
(0008,0018) UI [{instance}]
(0008,0020) DA [20260101]
(0008,0030) TM [120000]
(0008,0060) CS [CT]
(0010,0010) PN [Phantom^Water]
(0010,0020) LO [PHANTOM-1]
(0020,000d) UI [{study}]
(0020,000e) UI [{series}]
(0020,0010) SH [1]
(0020,0011) IS [1]
(0020,0013) IS [{number}]
(0028,0002) US 1
(0028,0004) CS [MONOCHROME2]
(0028,0010) US {side}
(0028,0011) US {side}
(0028,0100) US 16
(0028,0101) US 16
(0028,0102) US 15
(0028,0103) US 1
(7fe0,0010) OW ={pixels}
"""


def uid(name: str) -> str:
    """Return the UID of a name, always the same."""
    return f"{_UID_ROOT}.{uuid.uuid5(uuid.NAMESPACE_OID, f'ringfence/{name}').int}"


STUDY = uid("study")


def phantom(number: int) -> bytes:
    """Return the pixels of slice ``number``: 16 bits each, signed, little endian. Each slice is a little wider."""
    middle, radius = SIDE / 2, SIDE / 4 + number
    inside = ((x - middle) ** 2 + (y - middle) ** 2 <= radius**2 for y in range(SIDE) for x in range(SIDE))
    return struct.pack(f"<{SIDE * SIDE}h", *(WATER if one else AIR for one in inside))


@dataclass(frozen=True)
class Slice:
    """One image as a DICOM file."""

    file: Path
    pixels: bytes


def write(folder: Path, number: int) -> Slice:
    """Write slice ``number`` into ``folder`` with dcmtk's dump2dcm. Raises PlantError."""
    folder.mkdir(parents=True, exist_ok=True)
    raw, dump, file = (folder / f"slice-{number}.{kind}" for kind in ("raw", "dump", "dcm"))
    raw.write_bytes(phantom(number))
    names = {"instance": uid(f"slice-{number}"), "study": STUDY, "series": uid("series")}
    dump.write_text(_DUMP.format(number=number, side=SIDE, pixels=raw, **names))
    tool("dump2dcm", "--write-xfer-little", str(dump), str(file))
    return Slice(file, raw.read_bytes())
