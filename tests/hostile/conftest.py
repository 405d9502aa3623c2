# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from tests.unit.cli.conftest import answering, applied, desk, scope

__all__ = ["answering", "applied", "desk", "scope"]
