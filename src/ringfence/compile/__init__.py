# SPDX-License-Identifier: Apache-2.0
"""Site, placement, facts, bindings and the time become artifacts. Pure and deterministic."""
