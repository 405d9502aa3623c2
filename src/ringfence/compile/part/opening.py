# SPDX-License-Identifier: Apache-2.0
"""How a conduit stands: open for good, or dormant until it is granted."""

OPEN, DORMANT = "open", "dormant"
GRANTED = {"d": "g", "e": "q"}
"""Kind of map that a dormant element is copied to when its conduit is granted."""
