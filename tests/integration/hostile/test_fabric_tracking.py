# SPDX-License-Identifier: Apache-2.0
"""A host whose own filter sees bridged frames (br_netfilter, as with Docker) and tracks connections."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.hostile.tracked import MANY

SWITCH = Path("/proc/sys/net/bridge/bridge-nf-call-iptables")
ENTER = "mount -t tmpfs tmpfs /run/netns && mount -t tmpfs tmpfs /run/ringfence && ip link set lo up && exec "


@pytest.mark.skipif(not SWITCH.exists(), reason="this kernel has no br_netfilter")
def test_the_host_tracks_nothing_of_what_guests_say(repository: Path) -> None:
    for folder in ("/run/netns", "/run/ringfence"):
        Path(folder).mkdir(exist_ok=True)
    script = f"{ENTER}{sys.executable} -m tests.integration.hostile.tracked"
    words = ["unshare", "--net", "--mount", "sh", "-c", script]
    done = subprocess.run(words, capture_output=True, text=True, cwd=repository, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    host, router = map(int, done.stdout.split())
    assert (host, router) == (0, MANY)
