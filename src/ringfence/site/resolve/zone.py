# SPDX-License-Identifier: Apache-2.0
"""Resolves zones."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import cast

from ringfence.site.declared.zone import REQUIREMENTS, ZoneForm
from ringfence.site.security_level import SecurityLevel
from ringfence.site.zone import Learning, Zone


def zone(name: str, form: ZoneForm) -> Zone:
    """Return the zone with its gateway's addresses."""
    gateway4, gateway6 = form.gateway.ipv4, form.gateway.ipv6
    if form.gateway.by == "ringfence":
        gateway4 = gateway4 or (form.ipv4.network_address + 1 if form.ipv4 else None)
        gateway6 = gateway6 or (form.ipv6.network_address + 1 if form.ipv6 else None)
    own = {one.version: one for one in form.router}
    by_us = form.gateway.by == "ringfence" and (form.ipv4 is not None or form.ipv6 is not None)
    return Zone(
        name=name,
        level=float(form.level),
        security=SecurityLevel(**{part: getattr(form.sl_t, part) for part in REQUIREMENTS}),
        ipv4=form.ipv4,
        ipv6=form.ipv6,
        gateway=form.gateway.by,
        gateway4=gateway4,
        gateway6=gateway6,
        router4=cast("IPv4Address | None", own.get(4)),
        router6=cast("IPv6Address | None", own.get(6)),
        peers=form.peers,
        dhcp=by_us if form.dhcp is None else form.dhcp,
        time_source=str(form.time) if form.time else None,
        learn=Learning(form.learn.until, form.learn.by) if form.learn else None,
        description=form.description,
    )
