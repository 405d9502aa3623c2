# SPDX-License-Identifier: Apache-2.0
"""Rules about what the site file can say and Ringfence does not build yet: refused, not half done."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.site.workload import Workload

WITHOUT_PLANT = "Leave it out for now, and let a workload stand for it where you want to try the conversation."


@rule(
    "RF-NYI-001",
    Severity.ERROR,
    fix="Remove the uplink; the workloads of the site reach each other without one.",
)
def uplinks(ground: Ground) -> Iterator[Found]:
    """Uplinks are not built yet.

    The model knows them, so that a site file written today stays valid.
    """
    for name, uplink in ground.site.uplinks.items():
        if uplink.layer2 is None:
            yield Found(f"uplink/{name}", f"Uplink '{name}' leads to the plant outside, which is not built yet.")


@rule("RF-NYI-002", Severity.ERROR, fix=WITHOUT_PLANT)
def assets(ground: Ground) -> Iterator[Found]:
    """Assets are not built yet.

    They are reached over uplinks, which are not built yet either.
    """
    for name, asset in ground.site.assets.items():
        if ground.site.uplinks[asset.uplink].layer2 is None:
            yield Found(f"asset/{name}", f"Asset '{name}' lies outside of Ringfence, and reaching it is not built yet.")


@rule("RF-NYI-003", Severity.ERROR, fix="Remove this end of the conduit, or name a workload.")
def conduits_to_assets(ground: Ground) -> Iterator[Found]:
    """Conduits to assets are not built yet.

    They need an uplink's leg in the router, and address resolution for exactly the pairs that they name.
    """
    for conduit in ground.site.conduits.values():
        ends = dict.fromkeys(str(end) for end in (*conduit.source, *conduit.target) if end.kind == "asset")
        if ends and conduit.layer2 is None:
            problem = f"Conduit '{conduit.name}' names {' and '.join(ends)}; conduits to assets are not built yet."
            yield Found(f"conduit/{conduit.name}", problem)


def _workloads(ground: Ground) -> Iterator[tuple[Workload, str]]:
    return ((workload, f"workload/{workload.name}") for workload in ground.site.workloads.values())


@rule("RF-NYI-008", Severity.ERROR, "IEC 62443-3-3 SR 3.4", fix="Write 'firmware: uefi' for now.")
def secure_boot(ground: Ground) -> Iterator[Found]:
    """Secure Boot is not built yet.

    It needs keys of the site, enrolled into each workload's variables.
    """
    for workload, subject in _workloads(ground):
        if workload.firmware == "uefi-secure":
            problem = f"Workload '{workload.name}' asks for 'uefi-secure', which is not built yet."
            yield Found(subject, problem, "firmware")


@rule("RF-NYI-009", Severity.ERROR, "IEC 62443-3-3 SR 3.4", fix="Write 'tpm: false' for now.")
def tpm(ground: Ground) -> Iterator[Found]:
    """Virtual TPMs are not built yet.

    A TPM's state is a secret that has to be kept, backed up and unlocked at boot.
    """
    for workload, subject in _workloads(ground):
        if workload.tpm:
            yield Found(subject, f"Workload '{workload.name}' asks for a TPM, which is not built yet.", "tpm")


@rule(
    "RF-NYI-012",
    Severity.ERROR,
    fix="Remove 'seen_as' and give the asset addresses that are unique in the site.",
)
def translated_assets(ground: Ground) -> Iterator[Found]:
    """Translated addresses of assets are not built yet.

    Plants with equal addresses need one-to-one translation at the uplink.
    """
    for asset in ground.site.assets.values():
        if asset.seen_as is not None:
            problem = f"Asset '{asset.name}' is seen as {asset.seen_as}, which is not built yet."
            yield Found(f"asset/{asset.name}", problem, "seen_as")


@rule("RF-NYI-013", Severity.ERROR, fix="Leave 'gateway' out, so that Ringfence is the zone's gateway.")
def external_gateway(ground: Ground) -> Iterator[Found]:
    """Zones behind the plant's own firewall are not built yet.

    They need an uplink into that firewall's network.
    """
    for zone in ground.site.zones.values():
        if zone.gateway == "external":
            problem = f"The gateway of zone '{zone.name}' is the plant's own, which is not built yet."
            yield Found(f"zone/{zone.name}", problem, "gateway")


@rule("RF-NYI-014", Severity.ERROR, fix="Declare one host.")
def several_hosts(ground: Ground) -> Iterator[Found]:
    """Sites of several hosts are not built yet.

    Zones over several hosts need routes between their routers, and a cluster that says who runs what.
    """
    hosts = list(ground.site.hosts)
    for name in hosts[1:]:
        yield Found(f"host/{name}", f"Host '{name}' comes beside host '{hosts[0]}'; only one host is built yet.")


@rule(
    "RF-NYI-015",
    Severity.ERROR,
    fix="Remove 'vlan', or let the distribution's network tool make the VLAN's interface.",
)
def vlan_uplinks(ground: Ground) -> Iterator[Found]:
    """VLANs on uplinks are not built yet.

    They come with uplinks.
    """
    for uplink in ground.site.uplinks.values():
        if uplink.vlan is not None:
            problem = f"Uplink '{uplink.name}' takes VLAN {uplink.vlan}, which is not built yet."
            yield Found(f"uplink/{uplink.name}", problem, "vlan")
