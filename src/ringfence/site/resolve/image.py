# SPDX-License-Identifier: Apache-2.0
"""Resolves images."""

from __future__ import annotations

import posixpath

from ringfence.site.declared.image import ImageForm
from ringfence.site.image import Image


def image(name: str, form: ImageForm, base: str) -> Image:
    """Return the image with an absolute path; ``base`` is the site file's folder."""
    source = posixpath.normpath(posixpath.join(base, form.source))
    return Image(name, source, form.format, form.sha256, form.description)
