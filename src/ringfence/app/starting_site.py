# SPDX-License-Identifier: Apache-2.0
"""A site file to start from, made for one host: what was found there as comments, and examples that fit it.

Prose begins with ``# ``; a line of an example begins with ``#`` and becomes part of the file when that is taken
away. What stands uncommented loads and checks clean as it is.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator

from ringfence.base.names import is_name
from ringfence.facts.host import HostFacts
from ringfence.facts.nic import UNMOVABLE, Nic, on_top_of

from .free_addresses import free_networks, private_prefix

WIDTH = 100
_ZONES = (
    ("dmz", 3.5, "Between the plant and the office: jump hosts, update servers, replicas of historians."),
    ("operations", 3, "Running the plant: historians, engineering stations, reports."),
    ("supervision", 2, "Watching and steering: SCADA servers, operator stations, alarms."),
    ("control", 1, "Controllers and their simulators."),
)
_SMALLEST_RESERVE_MIB, _LARGEST_RESERVE_MIB = 512, 8192  # with less, kernel and libvirt run short (RF-HST-008)
_UPLINKS = {"", "bond", "team", "vlan"}
"""Kinds of interfaces that lead somewhere outside; a device has none."""


def starting_site(facts: HostFacts, name: str, owner: str = "Plant operations") -> str:
    """Return the text of a site file for the observed host. ``name`` is a valid name of a site, ``owner`` one line."""
    host = facts.name if is_name(facts.name) else "server1"
    sections = (
        _head(name, owner),
        _found(facts),
        _host(facts, host),
        _zones(facts, name),
        _workloads(facts),
        _uplinks(facts, host),
    )
    return "\n".join("\n".join(section) + "\n" for section in sections)


def _prose(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")


def _example(text: str) -> list[str]:
    return [f"#{line}" for line in textwrap.dedent(text).strip("\n").splitlines()]


def _head(name: str, owner: str) -> Iterator[str]:
    yield from _prose("A site file for Ringfence: everything you want to run and who may talk to whom.")
    yield from _prose("Lines such as '#zones:' are examples: take their '#' away to use them. Then:")
    yield "# ringfence check     says what could be better"
    yield "# ringfence plan      shows what would be done"
    yield "# ringfence apply     does it"
    yield ""
    yield "ringfence: 1"
    yield ""
    yield "site:"
    yield f"  name: {_word(name)}"
    yield f"  owner: {_quoted(owner)}   # who answers for the whole"
    yield '  description: ""   # what this plant is for'


def _found(facts: HostFacts) -> Iterator[str]:
    at = f"{facts.at:%Y-%m-%d %H:%M} UTC"
    yield from _prose(f"What was found on this server at {at}:")
    yield from _prose(
        f"- {_count(facts.cores, 'core')}, {_gib(facts.memory_mib)} of memory ({_gib(facts.free_memory_mib)} free)"
    )
    if len(facts.numa) > 1:
        nodes = "; ".join(f"node {n.number}: {_count(len(n.cores), 'core')}, {_gib(n.memory_mib)}" for n in facts.numa)
        yield from _prose(f"- {len(facts.numa)} memory nodes ({nodes}); a workload runs best inside one")
    yield from _prose(f"- {_kvm(facts)}")
    yield from _prose("- " + ("an IOMMU: PCI devices can be passed through" if facts.iommu else _NO_IOMMU))
    yield from _prose(f"- {_gib(facts.pool_free_mib)} of disk space for images and disks")
    yield from _prose(f"- confinement of virtual machines: {_CONFINED[facts.mandatory_access]}")
    for nic in facts.nics:
        if nic.kind in _UPLINKS or nic.addresses or nic.holder:
            yield from _prose(f"- {_nic(nic)}")


_NO_IOMMU = "no IOMMU: PCI devices cannot be passed through safely (look for VT-d or AMD-Vi in the firmware)"
_CONFINED = {
    "apparmor": "AppArmor, and a user of its own for each",
    "selinux": "SELinux, and a user of its own for each",
    "none": "a user of its own for each; neither AppArmor nor SELinux is active",
}


def _kvm(facts: HostFacts) -> str:
    words = {
        "yes": "KVM works",
        "no": "KVM does not work, so workloads are emulated and slow",
        "unknown": "KVM: not known",
    }
    return f"{words[facts.acceleration.kvm]}. {facts.acceleration.why}"


def _nic(nic: Nic) -> str:
    if nic.holder:
        site, _, uplink = nic.holder.partition("/")
        return f"{nic.name} ({_nature(nic)}): uplink {uplink} of site {site}"
    return f"{nic.name} ({_nature(nic)}): {', '.join(nic.addresses) or 'no address'}"


def _nature(nic: Nic) -> str:
    speed = f", {nic.speed} Mbit/s" if nic.speed else ""
    state = "up" if nic.up else "no cable" if nic.carrier is False else "down"
    port = f", port of {nic.master}" if nic.master else ""
    return f"{nic.driver or 'unknown driver'}{speed}, {state}{port}"


def _host(facts: HostFacts, host: str) -> Iterator[str]:
    yield "hosts:"
    yield f"  {_word(host)}:"
    yield from _prose("Kept for the server itself; workloads share the rest.", "    ")
    yield f"    reserved_memory: {reserved_memory(facts)} MiB"
    if facts.cores >= 4:  # noqa: PLR2004 - with fewer, every core is needed
        yield "    reserved_cores: 1"


def reserved_memory(facts: HostFacts) -> int:
    """Propose MiB for the host itself: an eighth, at least 1 GiB where that leaves half, at most 8 GiB."""
    eighth = min(max(facts.memory_mib // 8, 1024), _LARGEST_RESERVE_MIB)
    return max(min(eighth, facts.memory_mib // 2) // 256 * 256, _SMALLEST_RESERVE_MIB)


def _zones(facts: HostFacts, name: str) -> Iterator[str]:
    networks = free_networks(facts.nics, len(_ZONES))
    prefix = private_prefix(name)
    yield from _prose(
        "Zones: networks of their own, for machines with the same need for security. Nothing passes between "
        "zones, or between two machines of one, unless a conduit says so. These ranges are free on this server; "
        "make sure that the plant does not use them elsewhere."
    )
    yield "#zones:"
    for number, ((zone, level, words), network) in enumerate(zip(_ZONES, networks, strict=True), start=1):
        yield f"#  {zone}:"
        yield f'#    description: "{words}"'
        yield f"#    level: {level:<21}# of the Purdue model: 0 (sensors) to 5 (enterprise)"
        yield "#    sl_t: 2                     # target security level of IEC 62443, 0 to 4"
        yield f"#    ipv4: {network!s:<22}# Ringfence's router takes the first address"
        yield f"#    ipv6: {prefix}:{number}::/64"


def _workloads(facts: HostFacts) -> Iterator[str]:
    memory = 1024 if facts.memory_mib - reserved_memory(facts) >= 4 * 1024 else 512
    yield from _prose(
        "Workloads: virtual machines. Each disk begins as a copy of an image, such as Debian's 'genericcloud' "
        "qcow2 file, which is never changed."
    )
    yield from _example(_IMAGE + _WORKLOAD.format(memory=memory))
    yield ""
    yield from _prose("Conduits: the only conversations there are. Each has a reason and somebody who answers for it.")
    yield from _example(_CONDUIT)


_IMAGE = """
images:
  cloud:
    source: cloud.qcow2         # beside this file
"""
_WORKLOAD = """
workloads:
  scada:
    description: SCADA server.
    zone: supervision
    vcpus: 1
    memory: {memory} MiB
    image: cloud
    function: view              # control, view, alarm, protection or none (IEC 62443-3-3)
    tolerable_loss: 5m
    probes:
      - tcp: 22                 # it works when this port answers
    cloud_init:
      user_data: |
        #cloud-config
        hostname: scada
  station:
    description: Engineering station.
    zone: operations
    vcpus: 1
    memory: {memory} MiB
    image: cloud
    cloud_init:
      user_data: |
        #cloud-config
        hostname: station
"""
_CONDUIT = """
conduits:
  engineering:
    from: workload/station
    to: workload/scada
    service: ssh
    reason: Engineers look after the SCADA server.
    owner: Plant operations
"""


def _uplinks(facts: HostFacts, host: str) -> Iterator[str]:
    free = [nic for nic in facts.nics if _is_free(nic, facts)]
    yield from _prose(
        "Uplinks lead to machines that Ringfence does not run. They need an interface of this server without an "
        "address" + ("; these have none:" if free else ". There is none now: add a card, a bond or a VLAN.")
    )
    if free:
        yield "#uplinks:"
    for number, nic in enumerate(free, start=1):
        yield f"#  plant{number}:"
        yield f"#    host: {_word(host)}"
        yield f"#    interface: {_word(nic.name):<17}# {_nature(nic)}"
        if nic.kind in UNMOVABLE:
            yield f"#    shared: true               # a {nic.kind} stays where it is; a part of it is taken"


def _is_free(nic: Nic, facts: HostFacts) -> bool:
    """Tell whether an interface leads outside and nothing of the host needs it."""
    used = nic.addresses or nic.default_route or nic.master or nic.holder or on_top_of(facts.nics, nic.name)
    return nic.kind in _UPLINKS and not used and not nic.wireless


def _word(text: str) -> str:
    """Return a text as YAML reads it: in quotes where it could be something else."""
    return text if is_name(text) and text not in {"true", "false", "null"} else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # JSON's surrogate pairs are no YAML


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _gib(mib: int) -> str:
    return f"{mib / 1024:.1f} GiB"
