# SPDX-License-Identifier: Apache-2.0
"""Identity that a workload has to keep, as it is written."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from ringfence.site.codes import Code

from .described import called
from .form import Form
from .refusal import refuse, show
from .text import matching

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_MACHINE = r"pc-(q35|i440fx)-[a-z0-9][a-z0-9.-]{0,30}"
_SERIAL = r"[ -~]{1,64}"


def _uuid(text: str) -> str:
    found = text.lower()
    if not _UUID.fullmatch(found) or not found.strip("0-"):
        fix = "Write 32 hexadecimal digits, as in '6e6d9a3c-5c1f-4d0e-9d39-1d5b9f4a7c11'."
        raise refuse(Code.IDENTITY, f"{show(text)} is not a UUID.", fix)
    return found


Uuid = Annotated[str, AfterValidator(_uuid), called("UUID", format="uuid")]
Machine = Annotated[
    str,
    matching(_MACHINE, Code.IDENTITY, "an exact machine type of QEMU, such as 'pc-i440fx-2.9'"),
    called("machine type", _MACHINE),
]
SmbiosSerial = Annotated[
    str,
    matching(_SERIAL, Code.IDENTITY, "1 to 64 characters of ASCII"),
    called("1 to 64 characters", _SERIAL),
]


class IdentityForm(Form):
    """What must be kept when a machine moves in, because licences are bound to it."""

    uuid: Uuid | None = Field(None, description="UUID of the machine.")
    smbios_serial: SmbiosSerial | None = Field(None, description="Serial number of the machine (SMBIOS).")
    machine: Machine | None = Field(None, description="Exact machine type of QEMU.")
