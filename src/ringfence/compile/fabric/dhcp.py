# SPDX-License-Identifier: Apache-2.0
"""Addresses handed out by dnsmasq in the router's namespace: to bound MACs only, each its bound address.

IPv6 prefixes are advertised off-link and addresses given as /128, so that traffic inside a zone goes to the router
as well. There is no lease file: every lease is in the hosts file, which is read again on SIGHUP. It logs to syslog,
which bounds what guests can make it say; a file in /run would fill the host's memory.
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterator, Mapping

from ringfence.compile.bindings import Bindings
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.part.dhcp import command, conf_file, conf_path, hosts_file, run_folder
from ringfence.compile.scope import Scope
from ringfence.site.site import Site
from ringfence.site.zone import Zone

from .names import router_leg, word
from .ways import ways_of

_LEASE = "1h"
_ASIDE = "aside"
"""Tag of interfaces that are not their workload's way everywhere: two default routes would make replies go astray."""
_GLOBAL = {
    "authoritative": "dhcp-authoritative",
    "bind": "bind-dynamic",  # zones may come later
    "dns": "port=0",
    "except": "except-interface=lo",
    "hosts": "no-hosts",
    "known": "dhcp-ignore=tag:!known",
    "leases": "leasefile-ro",
    "ping": "no-ping",
    "quiet": "quiet-dhcp",
    "quiet6": "quiet-dhcp6",
    "quiet-ra": "quiet-ra",
    "resolv": "no-resolv",
}


def dhcp_artifact(site: Site, here: frozenset[str], bindings: Bindings, scope: Scope) -> Artifact | None:
    """Return the address service, or None where no zone wants one."""
    zones = [zone for zone in site.zones.values() if zone.dhcp and zone.routed]
    if not zones:
        return None
    parts = {f"conf/{key}": line for key, line in _GLOBAL.items()}
    parts["conf/hosts-file"] = f"dhcp-hostsfile={run_folder(scope)}/dhcp-hosts"
    for zone in zones:
        parts |= {f"conf/{zone.name}/{key}": line for key, line in _zone(site, bindings, scope, zone)}
    if any(zone.ipv6 for zone in zones):
        parts |= {"conf/ra": "enable-ra", "conf/duid": f"dhcp-duid={_duid(scope)}"}
    parts |= dict(_hosts(site, here, bindings, {zone.name for zone in zones}))
    if any(f",set:{_ASIDE}," in line for line in parts.values()):
        parts["conf/aside"] = f"dhcp-option=tag:{_ASIDE},option:router"  # empty: not even the default, our own address
    parts |= {"loaded": "yes", "process": "running"}
    document = Document(scope.address("dhcp", "router"), Kind.DHCP, parts, conf_file(parts))
    needs = (*(scope.address("link", zone) for zone in site.zones), scope.address("table", "router"))
    return Artifact(document, tuple(f"zone/{zone.name}" for zone in zones), needs)


def dhcp_script(scope: Scope, parts: Mapping[str, str]) -> str:
    """Return sh that writes the files and starts dnsmasq; for a boot, when none runs yet."""
    folder, conf, hosts = run_folder(scope), conf_file(parts), hosts_file(parts)
    start = shlex.join(command(scope, conf))
    return (
        f"umask 022; mkdir -p {folder}\n"
        f"cat >{folder}/dhcp-hosts <<'END'\n{hosts}END\n"
        f"cp {folder}/dhcp-hosts {folder}/dhcp-hosts.loaded\n"
        f"cat >{conf_path(scope, conf)} <<'END'\n{conf}END\n"
        f"nsenter --net=/run/netns/{scope.namespace} {start}\n"
    )


def _zone(site: Site, bindings: Bindings, scope: Scope, zone: Zone) -> Iterator[tuple[str, str]]:
    tag = f"z_{word(zone.name)}"
    yield "interface", f"interface={router_leg(scope, zone.name)}"
    if zone.ipv4:
        yield "range4", f"dhcp-range=set:{tag},{zone.ipv4.network_address},static,{zone.ipv4.netmask},{_LEASE}"
        yield "gateway", f"dhcp-option=tag:{tag},option:router,{zone.gateway4}"
        time = _time_source(site, bindings, zone)
        if time:
            yield "time", f"dhcp-option=tag:{tag},option:ntp-server,{time}"
    if zone.ipv6:
        yield (
            "range6",
            f"dhcp-range=set:{tag},{zone.ipv6.network_address},static,off-link,{zone.ipv6.prefixlen},{_LEASE}",
        )


def _time_source(site: Site, bindings: Bindings, zone: Zone) -> str | None:
    kind, _, name = (zone.time_source or "").partition("/")
    if kind == "workload" and name in bindings:
        first = site.workloads[name].interfaces[0].name
        return str(bindings[name].interfaces[first].ipv4 or "") or None
    if kind == "asset" and site.assets[name].ipv4:
        return str(site.assets[name].ipv4[0].network_address)
    return None


def _hosts(site: Site, here: frozenset[str], bindings: Bindings, zones: set[str]) -> Iterator[tuple[str, str]]:
    for name in sorted(here):
        ways = ways_of(site, site.workloads[name], bindings[name])
        for interface in site.workloads[name].ports:
            bound, aside = bindings[name].interfaces[interface.name], not ways[interface.name].first4
            words = [bound.mac, f"set:{_ASIDE}" if bound.ipv4 and aside else "", str(bound.ipv4 or "")]
            words += [f"[{bound.ipv6}]" if bound.ipv6 else "", name]
            if interface.zone in zones:
                yield f"host/{name}/{interface.name}", ",".join(filter(None, words))


def _duid(scope: Scope) -> str:
    """Return enterprise number and identifier of a DUID-EN (RFC 8415 clause 11.3) that outlives restarts."""
    tail = hashlib.sha256(f"{scope.site}/{scope.host}".encode()).digest()[:6]
    return f"0,{':'.join(f'{byte:02x}' for byte in tail)}"
