# SPDX-License-Identifier: Apache-2.0
"""Image files on the simulated host: they need not exist."""

from __future__ import annotations

from ringfence.base.identity import digest
from ringfence.base.units import GiB
from ringfence.facts.image import ImageFacts
from ringfence.site.image import Image


class MemoryImages:
    """An ImagePort: any path holds an image of 1 GiB whose content follows from its path."""

    def facts(self, image: Image) -> ImageFacts:
        """Return the pinned digest, or one derived from the path."""
        return ImageFacts(image.sha256 or digest(["simulated", image.source]), image.format, GiB)
