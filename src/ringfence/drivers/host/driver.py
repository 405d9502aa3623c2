# SPDX-License-Identifier: Apache-2.0
"""Looks at this host and answers with facts."""

from __future__ import annotations

import contextlib
import grp
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ringfence.drivers.probes.kvm import acceleration
from ringfence.facts.host import Acceleration, HostFacts, Versions
from ringfence.observe.firmware import parse_firmware
from ringfence.observe.kernel_features import feature_script, parse_features
from ringfence.observe.qemu_owner import QemuOwner, choose_owner
from ringfence.observe.versions import parse_version

from .command import printed
from .devices import has_vfio, host_devices
from .firewall import forward_drops
from .memo import RUN, Tried, remembered
from .network import Seen, see_network
from .sysfs import Sysfs
from .virsh import Hypervisor, ask_libvirt

TOOL_DEADLINE_S = 5.0
FEATURES_DEADLINE_S = 10.0
_QEMU_GROUPS = ("libvirt-qemu", "qemu", "kvm")
_BRIDGE_SWITCHES = ("bridge-nf-call-iptables", "bridge-nf-call-ip6tables")


@dataclass(frozen=True, slots=True)
class HostDriver:
    """HostPort of this machine. What stays true until the next boot is tried once (memo.py), all else at each call."""

    uri: str = "qemu:///system"
    sysfs: Sysfs = field(default_factory=Sysfs)
    memo: Path = RUN

    def facts(self, name: str, pool: str) -> HostFacts:
        """Observe the host now. Raises Refused when libvirt does not answer, DeadlinePassed when it hangs."""
        with ThreadPoolExecutor(max_workers=4) as workers:
            hypervisor = workers.submit(ask_libvirt, self.uri)
            tried = workers.submit(remembered, _try, self.memo)
            network, drops = workers.submit(see_network, self.sysfs), workers.submit(forward_drops, self.sysfs)
            nft = workers.submit(printed, ["nft", "--version"], TOOL_DEADLINE_S)
        found = tried.result()
        observed = _Observed(hypervisor.result(), found.acceleration, found.features, nft.result() or "")
        return self._assemble(name, pool, observed, network.result(), forward_drop=drops.result())

    def _assemble(self, name: str, pool: str, seen: _Observed, network: Seen, *, forward_drop: bool) -> HostFacts:
        memory, sysfs, told = self.sysfs.memory(), self.sysfs, seen.hypervisor.capabilities
        owner = self._owner(told.owner, seen.kvm)
        return HostFacts(
            name=name,
            at=datetime.now(UTC),
            cores=sysfs.cores(),
            memory_mib=memory.get("MemTotal", 0),
            free_memory_mib=memory.get("MemAvailable", 0),
            numa=sysfs.numa(),
            acceleration=seen.kvm,
            versions=_versions(seen),
            nics=network.nics,
            network=network.tools,
            devices=host_devices(sysfs),
            iommu=sysfs.has_entries("sys/kernel/iommu_groups"),
            pool_free_mib=sysfs.free_mib(pool),
            qemu_gid=owner.gid,
            machines=told.machines,
            firmware=parse_firmware(sysfs.firmware()),
            mandatory_access=told.mandatory_access,
            systemd=sysfs.has_entries("run/systemd/system"),
            bridge_netfilter=any(sysfs.text(f"proc/sys/net/bridge/{switch}") == "1" for switch in _BRIDGE_SWITCHES),
            forward_drop=forward_drop,
            features=seen.features | self._beyond_the_kernel(pool, owner),
        )

    def _beyond_the_kernel(self, pool: str, owner: QemuOwner) -> set[str]:
        found = {"own-uid": owner.own_uid, "direct-io": self.sysfs.takes_direct_io(pool)}
        found["vfio"] = has_vfio(self.sysfs, os.uname().release)
        return {name for name, there in found.items() if there}

    def _owner(self, told: tuple[int, int] | None, kvm: Acceleration) -> QemuOwner:
        device = self.sysfs.file_mode("dev/kvm") if kvm.kvm == "yes" else None
        candidates = [told[1]] if told else []
        candidates += _groups() + ([device.gid] if device else [])
        return choose_owner(candidates, self.sysfs.file_mode("var/lib/libvirt/qemu"), device)


@dataclass(frozen=True, slots=True)
class _Observed:
    hypervisor: Hypervisor
    kvm: Acceleration
    features: frozenset[str]
    nft: str


def _try() -> Tried:
    with ThreadPoolExecutor(max_workers=2) as workers:
        kvm, features = workers.submit(acceleration), workers.submit(kernel_features)
    return Tried(kvm.result(), features.result())


def kernel_features() -> frozenset[str]:
    """Try what the kernel can do, in a network namespace that goes away with the script."""
    namespace = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    done = printed([*namespace, "sh", "-s"], FEATURES_DEADLINE_S, stdin=feature_script())
    return parse_features(done or "")


def _versions(seen: _Observed) -> Versions:
    kernel = parse_version(os.uname().release)
    return Versions(
        seen.hypervisor.libvirt,
        seen.hypervisor.qemu,
        parse_version(seen.nft),
        kernel,
        tuple(sys.version_info[:3]),
    )


def _groups() -> list[int]:
    found: list[int] = []
    for name in _QEMU_GROUPS:
        with contextlib.suppress(KeyError):
            found.append(grp.getgrnam(name).gr_gid)
    return found
