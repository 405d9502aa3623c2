# SPDX-License-Identifier: Apache-2.0
"""Rules about what the site file can say and Ringfence does not build yet: refused, not half done."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.site.workload import Workload


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


@rule("RF-NYI-014", Severity.ERROR, fix="Declare one host.")
def several_hosts(ground: Ground) -> Iterator[Found]:
    """Sites of several hosts are not built yet.

    Zones over several hosts need routes between their routers, and a cluster that says who runs what.
    """
    hosts = list(ground.site.hosts)
    for name in hosts[1:]:
        yield Found(f"host/{name}", f"Host '{name}' comes beside host '{hosts[0]}'; only one host is built yet.")
