# SPDX-License-Identifier: Apache-2.0
"""From artifacts to everything that they let happen: ports, guard, bridges, router, uplinks, copies, settings."""

from .reach import reach

__all__ = ["reach"]
