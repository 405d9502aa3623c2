# SPDX-License-Identifier: Apache-2.0
"""systemd units: fabric first, then the workloads. systemd.unit(5), systemd.service(5).

No unit has an ExecStop: stopping one never cuts or stops the plant. When the host goes down, libvirt-guests ends the
guests while the fabric still stands; ``down.sh`` is for people. The guard follows nftables.service, whose
configuration begins with ``flush ruleset`` on Debian: whenever that runs again, so does the guard.
"""

from __future__ import annotations

from ringfence.compile.scope import Scope
from ringfence.site.site import Site

from .places import boot_folder, unit
from .script import loading

_UNIT = """\
# Ringfence wrote this from the applied revision. A change made here is drift, and the next apply undoes it.
[Unit]
Description=Ringfence {what} of site {site}
{order}
[Service]
Type=oneshot
RemainAfterExit=yes
KillMode=process
{commands}

[Install]
WantedBy=multi-user.target
"""
_FIREWALLS = "nftables.service firewalld.service ufw.service netfilter-persistent.service"
_LIBVIRT = "libvirtd.service virtqemud.service"


def unit_files(scope: Scope, site: Site) -> dict[str, str]:
    """Return systemd's units by name; none for a fabric that must not come back by itself."""
    if scope.fabric != "live":
        return {}
    return {
        unit(scope, "guard"): _guard(scope),
        unit(scope, "fabric"): _fabric(scope),
        unit(scope, "workloads"): _workloads(scope, site),
    }


def _guard(scope: Scope) -> str:
    order = f"After={_FIREWALLS}\nPartOf=nftables.service\nReloadPropagatedFrom=nftables.service\n"
    load = f"/bin/sh -c '{loading(f'{boot_folder(scope)}/guard.nft')}'"
    return _unit(scope, "guard", order, f"ExecStart={load}\nExecReload={load}")


def _fabric(scope: Scope) -> str:
    order = (
        f"After=local-fs.target systemd-sysctl.service {_FIREWALLS} {unit(scope, 'guard')}\n"
        f"Before={_LIBVIRT} libvirt-guests.service {unit(scope, 'workloads')}\n"
    )
    return _unit(scope, "fabric", order, f"ExecStart=/bin/sh {boot_folder(scope)}/fabric-up.sh")


def _workloads(scope: Scope, site: Site) -> str:
    pool = site.hosts[scope.host].pool.replace("%", "%%") if scope.host in site.hosts else "/"
    order = (
        f"Requires={unit(scope, 'fabric')}\n"
        f"Wants=libvirtd.service\n"
        f"After={unit(scope, 'fabric')} {_LIBVIRT} libvirt-guests.service\n"
        f'RequiresMountsFor="{pool}"\n'
    )
    commands = f"TimeoutStartSec=infinity\nExecStart=/bin/sh {boot_folder(scope)}/workloads-up.sh"
    return _unit(scope, "workloads", order, commands)


def _unit(scope: Scope, what: str, order: str, commands: str) -> str:
    return _UNIT.format(what=what, site=scope.site, order=order, commands=commands)
