# SPDX-License-Identifier: Apache-2.0
"""A proof makes many small objects that stay, and no cycles: to look for some would only delay it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_rests() -> Iterator[None]:
    """Let the collector of cycles rest meanwhile; reference counts go on freeing what is not needed (gc module)."""
    worked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if worked:
            gc.enable()
