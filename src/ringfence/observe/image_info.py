# SPDX-License-Identifier: Apache-2.0
"""What ``qemu-img info --output=json`` says about a foreign image, and what of it is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ringfence.base.errors import BadInput
from ringfence.base.units import TiB

LARGEST = 64 * TiB
"""Virtual size in bytes above which an image is taken for an attack."""


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """Format and virtual size (bytes) of an image that stands on its own."""

    format: str
    virtual_size: int


def parse_image_info(text: str) -> ImageInfo:
    """Read the JSON. Raises BadInput for images that reach other files, are encrypted or absurdly large.

    Backing files, external data files and VMDK extents make qemu-img copy files of the host into an image.
    """
    try:
        found = json.loads(text)
        info = ImageInfo(str(found["format"]), int(found["virtual-size"]))
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput("qemu-img did not say what this image is.", "Check the file with 'qemu-img info'.") from error
    for wrong in _wrongs(found, info):
        raise BadInput(
            f"The image cannot be used: {wrong}.", "Make a self-contained copy: 'qemu-img convert -O qcow2'."
        )
    return info


def _wrongs(found: dict[str, Any], info: ImageInfo) -> list[str]:
    details = found.get("format-specific", {}).get("data", {})
    checks = {
        "it needs a backing file": any(key in found for key in ("backing-filename", "full-backing-filename")),
        "its data lie in another file": "data-file" in details
        or ("data-file-raw" in details and details["data-file-raw"]),
        "its data lie in several files": len(details.get("extents", ())) > 1,
        "it is encrypted": bool(found.get("encrypted")),
        "it is marked as damaged": bool(details.get("corrupt")),
        "its virtual size is absurd": not 0 < info.virtual_size <= LARGEST,
    }
    return [sentence for sentence, wrong in checks.items() if wrong]
