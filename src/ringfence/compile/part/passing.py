# SPDX-License-Identifier: Apache-2.0
"""Tables that last as long as a command: a process holds each (the ``owner`` flag), and the kernel removes it then.

So no trace and no watch leaves anything behind, however it ends. Such a table is no drift while it is held; without
its flag, nobody holds it and it is.
"""

from __future__ import annotations

PREFIX = "ringfence_"
OWNER = "flags owner"


def passing_table(purpose: str, process: int) -> str:
    """Return the table's name: ``ringfence_trace_4711``."""
    return f"{PREFIX}{purpose}_{process}"


def is_passing(name: str) -> bool:
    """Tell whether a name is such a table's."""
    return name.startswith(PREFIX)
