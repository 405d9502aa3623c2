# SPDX-License-Identifier: Apache-2.0
"""Rules about what Ringfence does not run: assets."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.site.asset import Asset
from ringfence.site.functions import EssentialFunction

WORLD = {4: 7, 6: 15}
"""Longest prefix, by IP version, that still is a good part of the Internet."""

CROWD = {4: 24, 6: 64}
"""Prefixes shorter than these are more than one ordinary network."""


def _networks(asset: Asset) -> tuple[IPv4Network | IPv6Network, ...]:
    return (*asset.ipv4, *asset.ipv6)


@rule(
    "RF-AST-001",
    Severity.HIGH,
    "IEC 62443-3-3 SR 1.13",
    "IEC 62443-3-3 SR 5.2",
    "NIST SP 800-82r3",
    fix="Name the addresses that are needed, and reach the Internet only through a proxy in the DMZ.",
)
def internet(ground: Ground) -> Iterator[Found]:
    """An asset is as wide as the Internet.

    Every conduit to it is a conduit to everybody.
    """
    for asset in ground.site.assets.values():
        wide = [str(network) for network in _networks(asset) if network.prefixlen <= WORLD[network.version]]
        if wide:
            problem = f"Asset '{asset.name}' covers {' and '.join(wide)}."
            yield Found(f"asset/{asset.name}", problem, "ipv4")


@rule(
    "RF-AST-002",
    Severity.LOW,
    "IEC 62443-3-3 SR 5.2",
    "IEC 62443-3-3 SR 7.8",
    fix="Declare the devices that take part, each as an asset of its own.",
)
def large_asset(ground: Ground) -> Iterator[Found]:
    """An asset is larger than an ordinary network.

    A conduit to it opens more devices than anybody can list.
    """
    for asset in ground.site.assets.values():
        for network in _networks(asset):
            if WORLD[network.version] < network.prefixlen < CROWD[network.version]:
                problem = f"Asset '{asset.name}' covers {network}, which is {network.num_addresses} addresses."
                yield Found(f"asset/{asset.name}", problem, "ipv4")


@rule(
    "RF-AST-003",
    Severity.HIGH,
    "IEC 62443-3-3 SR 5.1",
    "IEC 62443-3-3 clause 4.2",
    "NIST SP 800-82r3",
    fix="Let the safety system send what others need, or read it from a gateway that cannot write.",
)
def reaches_safety(ground: Ground) -> Iterator[Found]:
    """A conduit lets something begin conversations with a safety function.

    Safety systems have to be apart from what they guard against, a compromised control system included.
    """
    for opening in ground.openings:
        for end in opening.answerers:
            if end.kind == "asset" and ground.site.assets[end.name].function is EssentialFunction.SAFETY:
                name = opening.conduit.name
                problem = f"Conduit '{name}' opens '{opening.service.name}' towards safety asset '{end.name}'."
                yield Found(f"conduit/{name}", problem)
