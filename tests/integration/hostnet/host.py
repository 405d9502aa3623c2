# SPDX-License-Identifier: Apache-2.0
"""A host of its own for network tools: its network, processes, /run, and the folders that the tools read.

It has ``eno2``, which is uplink ``plant``; ``eno3``, which is the host's own; and a bridge and a tap named like ours.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

DEADLINE_S = 20.0
FOLDERS = ("/etc/systemd/network", "/etc/NetworkManager/conf.d", "/etc/netplan", "/etc/network/interfaces.d")
BRIDGE, TAP = "rfzone-abcdef", "rftap-abcdef"
_OWN = """
mount -t sysfs -o ro sysfs /sys
mount -t tmpfs tmpfs /run
mkdir -p /run/dbus /run/netns /run/network
cp -a /etc /run/etc
mount --bind /run/etc /etc
rm -rf {folders}
mkdir -p {folders}
: >/etc/network/interfaces
ip link set lo up
for number in 2 3; do
    ip link add eno$number address 02:00:00:00:00:0$number type veth peer name end$number
    ip link set end$number up
done
ip link add {bridge} type bridge
ip link add {tap} type veth peer name end9
ip link set {tap} master {bridge}
for link in {bridge} {tap} end9; do ip link set $link up; done
dbus-daemon --system --fork --nopidfile
echo up
exec sleep infinity
"""


@dataclass(frozen=True)
class Host:
    """Everything that is run here is run inside."""

    process: subprocess.Popen[str]

    def run(self, *command: str) -> str:
        """Answer what a command printed; one that fails ends the test."""
        own = f"/proc/{self.process.pid}/ns"
        enter = ["nsenter", f"--mount={own}/mnt", f"--net={own}/net", f"--pid={own}/pid_for_children"]
        known = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [*enter, *command], capture_output=True, text=True, timeout=DEADLINE_S, env=known, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout

    def python(self, code: str) -> str:
        return self.run(sys.executable, "-c", code)

    def write(self, path: str, text: str) -> None:
        mode = 0o600 if "netplan" in path else 0o644
        code = f"import pathlib; p = pathlib.Path({path!r}); p.write_text({text!r}); p.chmod({mode})"
        self.python(code)

    def addresses(self, link: str) -> str:
        return self.run("ip", "-4", "-br", "address", "show", "dev", link)

    def wait(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + DEADLINE_S
        while not condition():
            assert time.monotonic() < end, self.run("ip", "-br", "address")
            time.sleep(0.05)


@contextlib.contextmanager
def standing() -> Iterator[Host]:
    """Answer the host; it is gone afterwards with all that ran in it."""
    text = _OWN.format(folders=" ".join(FOLDERS), bridge=BRIDGE, tap=TAP)
    own = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-ec", text]
    with subprocess.Popen(own, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "up\n"
            yield Host(process)
        finally:
            process.kill()
