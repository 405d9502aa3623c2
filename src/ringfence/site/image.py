# SPDX-License-Identifier: Apache-2.0
"""An image: a read-only disk that workloads start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Image:
    """``source`` is an absolute path (resolved against the site file's folder). ``sha256`` pins the content."""

    name: str
    source: str
    format: Literal["qcow2", "raw"] = "qcow2"
    sha256: str | None = None
    description: str = ""
