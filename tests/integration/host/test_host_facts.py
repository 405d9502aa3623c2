# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from ringfence.base.errors import Refused
from ringfence.drivers.host.driver import HostDriver, kernel_features


def test_facts_of_this_host_are_whole_and_quick() -> None:
    began = time.monotonic()
    facts = HostDriver().facts("server1", "/var/lib/libvirt/images/not-there-yet")
    took = time.monotonic() - began
    assert facts.cores >= 1
    assert facts.memory_mib > facts.free_memory_mib > 0
    assert facts.machines["q35"].startswith("pc-q35-")
    assert facts.versions.libvirt >= (9, 0, 0)
    assert facts.versions.nft >= (1, 0)
    assert facts.pool_free_mib > 0
    assert facts.qemu_gid > 0
    assert {"veth", "bridge", "isolated", "nft", "nft-bridge"} <= facts.features
    assert took < 10  # 0.2 s on an idle machine; tests run on busy ones


def test_probing_features_leaves_nothing_behind() -> None:
    links = Path("/sys/class/net")
    before = {path.name for path in links.iterdir()}
    tables = subprocess.run(["nft", "list", "tables"], check=True, capture_output=True).stdout
    assert "veth" in kernel_features()
    assert not {path.name for path in links.iterdir() if path.name.startswith("rfp")} - before
    assert subprocess.run(["nft", "list", "tables"], check=True, capture_output=True).stdout == tables


def test_without_libvirt_the_next_step_is_told() -> None:
    with pytest.raises(Refused, match="libvirt does not answer") as refused:
        HostDriver(uri="qemu+unix:///system?socket=/nonexistent").facts("server1", "/")
    assert "Start it with" in refused.value.next_step
