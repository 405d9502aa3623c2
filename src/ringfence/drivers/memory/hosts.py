# SPDX-License-Identifier: Apache-2.0
"""Facts about the simulated host: a large one, with the tools of Debian 12."""

from __future__ import annotations

from ringfence.base.units import GiB, MiB
from ringfence.facts.host import Acceleration, FirmwareImage, HostFacts, NumaNode, Versions
from ringfence.ports.clock import Clock

_CORES = 256
_MEMORY = 2048 * GiB // MiB
_POOL = 64 * 1024 * GiB // MiB
_VERSIONS = Versions(libvirt=(9, 0, 0), qemu=(7, 2, 22), nft=(1, 0, 6), kernel=(6, 1, 0), python=(3, 11, 2))
_QEMU = 64055  # libvirt-qemu on Debian


class MemoryHosts:
    """A HostPort."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def facts(self, name: str, pool: str) -> HostFacts:  # noqa: ARG002 - every pool is equally large
        """Return what a large server would show."""
        return HostFacts(
            name=name,
            at=self._clock.now(),
            cores=_CORES,
            memory_mib=_MEMORY,
            free_memory_mib=_MEMORY,
            numa=(NumaNode(0, tuple(range(_CORES)), _MEMORY),),
            acceleration=Acceleration("yes", "This host is simulated: nothing runs, at any speed."),
            versions=_VERSIONS,
            pool_free_mib=_POOL,
            qemu_gid=_QEMU,
            machines={"q35": "pc-q35-7.2", "pc": "pc-i440fx-7.2"},
            firmware=(
                FirmwareImage("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd", secure=False),
            ),
            features=frozenset({"veth", "nft-bridge", "own-uid", "direct-io"}),
        )
