# SPDX-License-Identifier: Apache-2.0
"""Facts about image files."""

from __future__ import annotations

from typing import Protocol

from ringfence.facts.image import ImageFacts
from ringfence.site.image import Image


class ImagePort(Protocol):
    """Looks at image files."""

    def facts(self, image: Image) -> ImageFacts:
        """Digest, format and size of an image file. Raises BadInput when it is missing or not the pinned one."""
        ...
