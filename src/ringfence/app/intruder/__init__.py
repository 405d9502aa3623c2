# SPDX-License-Identifier: Apache-2.0
"""What attack paths are found from: the site's assets, the layers around machines, the host's hardware.

Pure: values in, values out.
"""

from .assets import assets_of
from .barriers import barriers_of
from .hardware import hardware_of

__all__ = ["assets_of", "barriers_of", "hardware_of"]
