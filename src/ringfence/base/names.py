# SPDX-License-Identifier: Apache-2.0
"""Names that people give, checked before any tool sees them: libvirt 9.0 deletes others' folders for a domain '.'."""

from __future__ import annotations

import re

NAME_PATTERN = r"^[a-z][a-z0-9-]{0,30}$"
NAME_RULE = "a name has 1 to 31 lower-case letters, digits and hyphens, and begins with a letter"
_NAME = re.compile(NAME_PATTERN, re.ASCII)


def is_name(text: str) -> bool:
    """Tell whether ``text`` may name a site, zone, workload, conduit or any other declared thing."""
    return _NAME.match(text) is not None and not text.endswith("\n")
