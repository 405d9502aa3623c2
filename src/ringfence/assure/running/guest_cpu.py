# SPDX-License-Identifier: Apache-2.0
"""Which defences against the processor's own faults a guest can use: features of the model that it sees.

From QEMU's documentation (system/cpu-models-x86): named models carry some of them, all others have to be listed.
"""

from __future__ import annotations

from collections.abc import Mapping

from ringfence.facts.machine import Cpu

NEEDED: Mapping[str, tuple[str, ...]] = {
    "spectre_v2": ("spec-ctrl", "ibpb", "ibrs", "amd-stibp"),
    "spec_store_bypass": ("ssbd", "amd-ssbd", "virt-ssbd", "amd-no-ssb"),
    "mds": ("md-clear", "mds-no"),
    "mmio_stale_data": ("md-clear", "fb-clear", "sbdr-ssdp-no"),
    "tsx_async_abort": ("md-clear", "taa-no", "tsx-ctrl"),
    "meltdown": ("pcid", "rdctl-no"),
}
"""By vulnerability of the host: one of these lets a guest defend itself."""
_CARRIED: Mapping[str, frozenset[str]] = {
    "Cascadelake-Server": frozenset({"spec-ctrl", "ssbd", "pcid"}),
    "Cooperlake": frozenset({"spec-ctrl", "ssbd", "pcid", "rdctl-no", "mds-no", "taa-no"}),
    "Icelake-Server": frozenset({"spec-ctrl", "ssbd", "pcid"}),
    "SapphireRapids": frozenset({"spec-ctrl", "ssbd", "pcid", "rdctl-no", "mds-no", "taa-no", "sbdr-ssdp-no"}),
    "EPYC-Milan": frozenset({"ibpb", "ibrs", "amd-ssbd", "amd-stibp"}),
    "EPYC-Genoa": frozenset({"ibpb", "ibrs", "amd-ssbd", "amd-stibp"}),
    "EPYC-Rome": frozenset({"ibpb", "amd-stibp"}),
}


def missing(cpu: Cpu, vulnerabilities: Mapping[str, str]) -> tuple[str, ...]:
    """Return the host's vulnerabilities against which the guest sees no feature, as ``mds (md-clear or mds-no)``."""
    seen = (cpu.required | _carried(cpu.model)) - cpu.disabled
    return tuple(
        f"{name} ({' or '.join(features)})"
        for name, features in NEEDED.items()
        if not vulnerabilities.get(name, "Not affected").startswith("Not affected") and not seen & set(features)
    )


def _carried(model: str) -> frozenset[str]:
    carried = next((found for name, found in _CARRIED.items() if model.startswith(name)), frozenset[str]())
    if "IBRS" in model:
        carried |= {"spec-ctrl"}
    if "IBPB" in model:
        carried |= {"ibpb"}
    return carried
