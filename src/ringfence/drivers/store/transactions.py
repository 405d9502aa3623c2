# SPDX-License-Identifier: Apache-2.0
"""What the tables need from an open file."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from typing import Protocol


class Transactions(Protocol):
    """Gives consistent reads and whole writes. Raises Refused, Busy."""

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """Read one consistent state."""
        ...

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """Write all of it, durably, or nothing."""
        ...
