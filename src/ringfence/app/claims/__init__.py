# SPDX-License-Identifier: Apache-2.0
"""Everything that a site's declaration lets flow, no more and no less: what the proof holds the artifacts against.

Pure: values in, values out. Worked out anew from the declaration; nothing of ``compile.fabric`` is imported here, so
that its mistakes are not made twice.
"""

from .declaration import claims

__all__ = ["claims"]
