# SPDX-License-Identifier: Apache-2.0
"""What was observed about an image file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """An image's content digest (SHA-256, hexadecimal), its format and its virtual size in bytes."""

    sha256: str
    format: str
    virtual_size: int
