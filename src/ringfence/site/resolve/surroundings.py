# SPDX-License-Identifier: Apache-2.0
"""Resolves what is not a virtual machine: hosts, uplinks, assets, exceptions."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import cast

from ringfence.site.asset import Asset
from ringfence.site.declared.asset import AssetForm
from ringfence.site.declared.exception import ExceptionForm
from ringfence.site.declared.host import HostForm
from ringfence.site.declared.uplink import UplinkForm
from ringfence.site.exception import AcceptedFinding
from ringfence.site.functions import EssentialFunction
from ringfence.site.host import Host
from ringfence.site.tree import Tree
from ringfence.site.uplink import Uplink


def host(name: str, form: HostForm) -> Host:
    """Return one host."""
    return Host(name, form.description, form.reserved_memory, form.reserved_cores, form.pool)


def uplink(name: str, form: UplinkForm) -> Uplink:
    """Return one uplink."""
    gateways = {one.version: one for one in form.gateway}
    return Uplink(
        name=name,
        host=form.host,
        interface=form.interface,
        shared=form.shared,
        vlan=form.vlan,
        ipv4=form.ipv4,
        ipv6=form.ipv6,
        gateway4=cast("IPv4Address | None", gateways.get(4)),
        gateway6=cast("IPv6Address | None", gateways.get(6)),
        layer2=form.layer2,
        description=form.description,
    )


def asset(name: str, form: AssetForm) -> Asset:
    """Return one asset."""
    return Asset(
        name=name,
        zone=form.zone,
        uplink=form.uplink,
        ipv4=tuple(form.ipv4),
        ipv6=tuple(form.ipv6),
        seen_as=form.seen_as,
        mac=form.mac,
        function=EssentialFunction(form.function),
        description=form.description,
    )


def exception(index: int, form: ExceptionForm, tree: Tree) -> AcceptedFinding:
    """Return one accepted finding, with its place."""
    where = tree.value_mark(("exceptions", index))
    return AcceptedFinding(form.rule, form.subject, form.reason, form.owner, form.expires, where)
