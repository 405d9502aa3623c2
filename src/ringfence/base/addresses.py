# SPDX-License-Identifier: Apache-2.0
"""Addresses name things for good: ``zone/control``, ``workload/scada``, ``host/server1/domain/scada``."""

from __future__ import annotations

Address = str
"""Path of names joined by ``/``. The last one is the thing's own name, the one before it its kind."""


def address(*names: str) -> Address:
    """Join names into an address: ``address("workload", "scada")`` is ``"workload/scada"``."""
    return "/".join(names)


def own_name(of: Address) -> str:
    """Return the last name of an address: ``scada`` of ``workload/scada``."""
    return of.rsplit("/", 1)[-1]
