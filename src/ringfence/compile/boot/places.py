# SPDX-License-Identifier: Apache-2.0
"""Where boot files lie: below /etc, which is there before anything else and outlives every reboot."""

from __future__ import annotations

from ringfence.compile.scope import Scope

ROOT = "/etc/ringfence"


def boot_folder(scope: Scope) -> str:
    """Return the folder of a fabric's boot files. Only the live fabric's is looked at when the host boots."""
    return f"{ROOT}/{scope.site}/boot" if scope.fabric == "live" else f"{ROOT}/{scope.site}/boot.{scope.fabric}"


def up_command(scope: Scope) -> str:
    """Return the one command that brings the plant up where no systemd does."""
    return f"sh {boot_folder(scope)}/up.sh"


UNIT_PARTS = ("guard", "fabric", "workloads")


def unit(scope: Scope, part: str) -> str:
    """Return the name of a systemd unit: ``ringfence-SITE-fabric.service``."""
    return f"ringfence-{scope.site}-{part}.service"
