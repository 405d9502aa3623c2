# SPDX-License-Identifier: Apache-2.0
"""Counts what a host tracks while a guest speaks to a thousand ports; for network and mount namespaces of its own."""

from __future__ import annotations

import subprocess
import sys

from tests.integration.fabric.stage import waterworks
from tests.integration.fabric.troupe import token
from tests.packets.declared import address

MANY = 1000
PORTS = range(20_000, 20_000 + MANY)


def tracked() -> int:
    return int(subprocess.run(["conntrack", "-C"], capture_output=True, text=True, check=True).stdout)


def main() -> None:
    # Any such rule, as Docker, ufw and firewalld have, makes the host track what passes it.
    subprocess.run(
        ["iptables", "-A", "INPUT", "-m", "conntrack", "--ctstate", "ESTABLISHED", "-j", "ACCEPT"], check=True
    )
    with waterworks("t-tracked").standing() as stage, stage.played() as troupe:
        target = address(stage.bindings, "scada", 4)
        before = tracked()
        troupe["plc-north"].ask("ask", targets=[[target, port, token()] for port in PORTS], seconds=0.5)
        denied = stage.driver.denied(stage.scope)["undeclared"]
        sys.stdout.write(f"{tracked() - before} {denied}\n")


if __name__ == "__main__":
    main()
