# SPDX-License-Identifier: Apache-2.0
"""Side doors: ways between two workloads, or between a workload and its host, that no rule of a network sees.

Read from parts of definitions, files and the address service alone, compiled or observed. A device that is not known
is told as not understood; it is never taken for harmless.
"""

from .found import Hardware, PciFunction, Side
from .look import look

__all__ = ["Hardware", "PciFunction", "Side", "look"]
