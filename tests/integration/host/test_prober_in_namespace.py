# SPDX-License-Identifier: Apache-2.0
"""The child really stands in the router namespace, as nobody: rules by user tell it from everybody else."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringfence.compile.prober import PROBE_UID
from ringfence.compile.scope import Scope
from ringfence.drivers.probes.driver import ProbeDriver
from ringfence.site.probe import Probe

SCOPE = Scope("t-prober", "server1")
RULES = f"""
table inet t {{
    chain o {{
        type filter hook output priority 0; policy drop;
        meta skuid {PROBE_UID} meta skgid {PROBE_UID} tcp dport 7 accept
        tcp sport 7 accept
    }}
}}
"""
SERVER = "import socket\ns = socket.create_server(('', 7))\nprint('up', flush=True)\nwhile True: s.accept()"


@pytest.fixture
def router() -> Iterator[str]:
    name = SCOPE.namespace
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        subprocess.run(["ip", "netns", "exec", name, "nft", "-f", "-"], input=RULES, text=True, check=True)
        yield name
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)


@pytest.fixture
def server(router: str) -> Iterator[subprocess.Popen[str]]:
    command = ["ip", "netns", "exec", router, "/usr/bin/python3", "-c", SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        yield process
        process.kill()


def test_only_the_prober_gets_out(router: str, server: subprocess.Popen[str]) -> None:
    probe = Probe("tcp", 7, timeout=1)
    assert ProbeDriver().ask(SCOPE, probe, "127.0.0.1").ok
    assert not ProbeDriver(uid=PROBE_UID - 1).ask(SCOPE, probe, "127.0.0.1").ok
    assert not ProbeDriver(namespaces=None).ask(SCOPE, probe, "127.0.0.1").ok


def test_the_child_has_lost_everything(tmp_path: Path) -> None:
    code = (
        "from ringfence.drivers.probes.privileges import become_nobody, limit\n"
        f"become_nobody({PROBE_UID}); limit(3)\n"
        "import os\n"
        "print(os.getresuid(), os.getgroups())\n"
        "try: os.fork(); print('forked')\n"
        "except OSError: print('cannot fork')\n"
        "try: os.setuid(0); print('root')\n"
        "except OSError: print('cannot become root')\n"
    )
    status = (
        "from ringfence.drivers.probes.privileges import become_nobody\n"
        f"status = open('/proc/self/status'); become_nobody({PROBE_UID}); print(status.read())\n"
    )
    python = str(Path(__file__).parents[3] / ".venv/bin/python")
    told = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True, cwd="/").stdout
    assert f"({PROBE_UID}, {PROBE_UID}, {PROBE_UID}) []" in told
    assert "cannot fork" in told
    assert "cannot become root" in told
    lines = subprocess.run([python, "-c", status], check=True, capture_output=True, text=True, cwd="/").stdout
    fields = dict(line.split(":\t", 1) for line in lines.splitlines() if ":\t" in line)
    assert fields["NoNewPrivs"] == "1"
    assert {fields[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
