# SPDX-License-Identifier: Apache-2.0
"""A host, as it is written."""

from __future__ import annotations

from pydantic import Field

from .form import Form
from .path import AbsolutePath
from .quantity import SizeMiB
from .text import Text


class HostForm(Form):
    """One KVM server."""

    description: Text = Field("", description="What this server is and where it stands.")
    reserved_memory: SizeMiB = Field(
        1024, description="Memory the server keeps for itself.", json_schema_extra={"default": "1 GiB"}
    )
    reserved_cores: int = Field(0, ge=0, le=4096, description="Cores the server keeps for itself.")
    pool: AbsolutePath = Field(
        "/var/lib/libvirt/images/ringfence",
        description="Folder of images and disks, where libvirt's confinement lets virtual machines reach.",
    )
