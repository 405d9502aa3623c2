# SPDX-License-Identifier: Apache-2.0
"""Images, volumes and seeds: files below one pool folder."""

from .driver import ImagesDriver
from .reader import ImageReader

__all__ = ["ImageReader", "ImagesDriver"]
