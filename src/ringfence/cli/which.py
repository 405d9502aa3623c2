# SPDX-License-Identifier: Apache-2.0
"""Which site the options mean."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .settings import Settings

if TYPE_CHECKING:
    from ringfence.app.opening import Listen, Which
    from ringfence.app.session import Cancel


def which(
    settings: Settings,
    argument: Path | None = None,
    listen: Listen | None = None,
    cancel: Cancel | None = None,
) -> Which:
    """Return the site that an argument or the options mean; an argument wins."""
    from ringfence.app.opening import Which

    found = Which(settings.site, settings.name)
    if argument is not None:
        found = replace(found, file=argument, name=None)
    return replace(found, listen=listen, cancel=cancel)
