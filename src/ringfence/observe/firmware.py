# SPDX-License-Identifier: Apache-2.0
"""QEMU's firmware descriptors (/usr/share/qemu/firmware/*.json) become UEFI images.

Format: docs/interop/firmware.json in QEMU's sources. Of equal ones the name that sorts first wins.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ringfence.facts.host import FirmwareImage

ARCHITECTURE = "x86_64"


def parse_firmware(descriptors: Mapping[str, bytes]) -> tuple[FirmwareImage, ...]:
    """Read descriptors by file name, in order of names; what cannot be used here is left out."""
    found = [_image(text) for _, text in sorted(descriptors.items())]
    return tuple(image for image in found if image is not None)


def _image(text: bytes) -> FirmwareImage | None:
    try:
        descriptor = json.loads(text)
        return _from(descriptor) if _fits(descriptor) else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None  # an administrator's unfinished file is no firmware


def _fits(descriptor: dict[str, Any]) -> bool:
    architectures = {target["architecture"] for target in descriptor["targets"]}
    flash = descriptor["mapping"]["device"] == "flash"
    return "uefi" in descriptor["interface-types"] and ARCHITECTURE in architectures and flash


def _from(descriptor: dict[str, Any]) -> FirmwareImage | None:
    mapping, features = descriptor["mapping"], descriptor["features"]
    formats = {mapping["executable"].get("format"), mapping["nvram-template"].get("format")}
    if formats != {"raw"}:
        return None  # a qcow2 store needs another declaration
    code, template = mapping["executable"]["filename"], mapping["nvram-template"]["filename"]
    return FirmwareImage(code, template, secure="secure-boot" in features)
