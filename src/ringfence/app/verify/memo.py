# SPDX-License-Identifier: Apache-2.0
"""What several parts of a verification work out from the same ground: once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Memo:
    """Keeps results by name. Parts run in threads of their own, one of which may have been left behind."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Any] = {}

    def known(self, name: str) -> Any:  # noqa: ANN401 - of whatever was kept by that name
        """Return what was worked out; None where nothing was."""
        return self._known.get(name)

    def keep(self, name: str, value: T) -> T:
        """Keep a result, and return it."""
        with self._lock:
            self._known[name] = value
        return value

    def once(self, name: str, work: Callable[[], T]) -> T:
        """Return what was worked out, or work it out now."""
        found: T | None = self._known.get(name)
        return self.keep(name, work()) if found is None else found
