# SPDX-License-Identifier: Apache-2.0
"""A power cut: everything volatile is gone. And a boot on a host that has no Python."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from tests.integration.waterworks.host import links_of
from tests.integration.waterworks.meddling import kill_dnsmasq
from tests.integration.waterworks.talk import until
from tests.integration.waterworks.works import Works, meddle

TOOLS = """
    sh ip bridge nft nsenter virsh dnsmasq timeout setpriv bash iptables
    cat chmod chown cut dirname echo env grep head install ln ls mkdir mv rm sed sleep sort tail test touch tr uname
"""
"""What a boot may use; there is no Python among it."""
PATH_LINE = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"


def cut(works: Works) -> None:
    """Kill the site's machines and address service; delete its links, namespaces, rules and run folder."""
    folder = Path("/run/ringfence", works.name)
    for pid in works.pids().values():
        os.kill(pid, signal.SIGKILL)
    if (folder / "live/dnsmasq.pid").exists():
        kill_dnsmasq(works)
    until("the end of all machines", lambda: works.pids() == {})
    until("libvirt's knowledge of it", lambda: not any(one.startswith(f"{works.name}-") for one in _running()))
    for space in (line.split()[0] for line in meddle("ip", "netns", "list").splitlines()):
        if space.partition("~")[0] == works.namespace:
            meddle("ip", "netns", "delete", space)
    for link in links_of(works):
        if Path("/sys/class/net", link).exists():
            meddle("ip", "link", "delete", "dev", link)
    meddle("nft", "delete", "table", "bridge", works.table)
    shutil.rmtree(folder, ignore_errors=True)


def boot_without_python(works: Works) -> None:
    """Run the boot files with nothing in reach but the tools they need."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)  # the probes' user has to reach the tools; it may not look into pytest's folder
        _boot(works, Path(folder, "bin"), Path(folder, "boot"))


def _boot(works: Works, tools: Path, files: Path) -> None:
    tools.mkdir()
    for tool in TOOLS.split():
        found = shutil.which(tool)
        assert found, f"{tool} is not installed"
        (tools / tool).symlink_to(found)
    shutil.copytree(works.boot, files)
    for script in files.rglob("*.sh"):
        text = script.read_text()
        assert "python" not in text
        assert ".venv" not in text
        script.write_text(text.replace(PATH_LINE, f"PATH={tools}\n"))
    done = subprocess.run(
        [tools / "sh", files / "up.sh"], env={}, capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not found" not in done.stderr, done.stderr


def _running() -> list[str]:
    return meddle("virsh", "-q", "list", "--name").split()
