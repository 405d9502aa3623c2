# SPDX-License-Identifier: Apache-2.0
"""A disk, as it is written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ringfence.site.codes import Code

from .described import called
from .form import Form
from .quantity import SizeMiB
from .text import Name, matching

BusName = Literal["virtio", "sata", "ide", "scsi"]
# VIRTIO_BLK_ID_BYTES (linux/virtio_blk.h) is 20; the characters are libvirt's.
_SERIAL = r"[A-Za-z0-9_.+-]{1,20}"
Serial = Annotated[
    str,
    matching(_SERIAL, Code.IDENTITY, "1 to 20 letters, digits, '_', '.', '+' or '-'"),
    called("1 to 20 letters and digits", _SERIAL),
]


class DiskForm(Form):
    """A disk of the workload's own; with an image it begins as a copy of that image. Disks boot in their order."""

    name: Name = Field(description="Its name, unique in the workload.", examples=["root"])
    image: Name | None = Field(None, description="Image it begins as.")
    size: SizeMiB | None = Field(None, description="Its size; without it: the image's.")
    bus: BusName | None = Field(None, description="How it is attached; without it: as the profile says.")
    serial: Serial | None = Field(None, description="Serial number that the guest sees.")
