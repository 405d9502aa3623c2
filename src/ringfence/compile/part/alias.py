# SPDX-License-Identifier: Apache-2.0
"""What our links carry as their alias: whose they are. It identifies them and proves nothing."""

from __future__ import annotations

from ringfence.compile.scope import Scope


def owner(scope: Scope, *names: str) -> str:
    """Return what our links carry as their alias."""
    return "ringfence:" + "/".join((scope.site, scope.fabric, *names))
