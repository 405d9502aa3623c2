# SPDX-License-Identifier: Apache-2.0
"""Typed, versioned results of the use cases, as they are printed with ``--json``."""
