# SPDX-License-Identifier: Apache-2.0
"""Use case: look at a host and write a site file to start from."""

from __future__ import annotations

import os
from pathlib import Path

from ringfence.base.errors import BadInput, Refused
from ringfence.base.names import NAME_RULE, is_name
from ringfence.facts.host import HostFacts, Nic
from ringfence.messages.files import FilesWritten
from ringfence.site.host import Host

from .place import Place
from .plant import open_hosts

SMALL_HOST_MIB = 8192
_PLAIN = str.maketrans("_. ", "---")


def write_start(place: Place, path: Path, name: str, owner: str, *, force: bool) -> FilesWritten:
    """Look at this host and write ``path``. Raises BadInput when it is there already, Refused."""
    if not is_name(name):
        raise BadInput(f"'{name}' cannot be the name of a site: {NAME_RULE}.", "Name it with --called NAME.")
    host = Host("server1")
    text = starting_site(open_hosts(place).hosts.facts(host.name, host.pool), name, owner)
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | (os.O_TRUNC if force else os.O_EXCL)
    try:
        with os.fdopen(os.open(path, flags, 0o644), "w", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise BadInput(f"{path} is there already.", "Name another file, or replace it with --force.") from error
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.", "Name another file.") from error
    return FilesWritten(name, (str(path),))


def name_from(folder: str) -> str:
    """Return a name for a site that lies in ``folder``: ``Plant 7`` becomes ``plant-7``; else ``plant``."""
    shown = "".join(letter for letter in folder.lower().translate(_PLAIN) if letter.isalnum() or letter == "-")
    return shown[:31] if is_name(shown[:31]) else "plant"


def starting_site(facts: HostFacts, name: str, owner: str) -> str:
    """Return a commented site file for the host that was seen. It loads, and its design has no finding."""
    seen = "\n".join(f"#   {line}" for line in _seen(facts))
    reserved = 1024 if facts.memory_mib >= SMALL_HOST_MIB else 512
    return _TEXT.format(seen=seen, name=name, owner=owner.replace('"', "'"), reserved=reserved, name_of_host=facts.name)


def _seen(facts: HostFacts) -> list[str]:
    nodes = f" in {len(facts.numa)} memory nodes" if len(facts.numa) > 1 else ""
    return [
        f"cores:    {facts.cores}{nodes}",
        f"memory:   {facts.memory_mib} MiB, of which {facts.free_memory_mib} MiB are free",
        f"disk:     {facts.pool_free_mib // 1024} GiB free where disks would lie",
        f"KVM:      {facts.acceleration.kvm}. {facts.acceleration.why}",
        f"IOMMU:    {'yes: devices can be handed to workloads' if facts.iommu else 'no'}",
        f"confined: {facts.mandatory_access}",
        f"network:  {', '.join(map(_nic, facts.nics)) or 'no interfaces seen'}",
    ]


def _nic(nic: Nic) -> str:
    state = "up" if nic.up else "down"
    speed = f", {nic.speed} Mbit/s" if nic.speed else ""
    return f"{nic.name} ({nic.driver or 'virtual'}, {state}{speed})"


_TEXT = """\
# The site file of {name}. "ringfence check" says what could be better, "ringfence plan" what would be done,
# "ringfence apply" does it. Every key is explained in docs/reference/site-schema.md.
#
# What Ringfence saw on this host:
{seen}

ringfence: 1                  # version of this form of file

site:
  name: {name}
  owner: "{owner}"
  description: ""             # what it is for

hosts:
  {name_of_host}:
    reserved_memory: {reserved} MiB   # what the host keeps for itself

# A zone is a network of its own, for machines with the same need for security. Nothing gets in or out of it, and
# no two machines in it talk, unless a conduit says so. Take the "#" away, and change names and addresses:
#
# zones:
#   control:
#     description: Where the process is controlled.
#     level: 2                # level of the Purdue model: 0 (sensors) to 5 (enterprise)
#     sl_t: 1                 # target security level of IEC 62443, 0 to 4
#     ipv4: 10.20.1.0/24      # Ringfence's router is the first address
#   office:
#     description: Where its values are looked at.
#     level: 3
#     sl_t: 1
#     ipv4: 10.20.2.0/24
#
# images:
#   cloud: cloud.qcow2        # a disk beside this file that machines start from; it is never changed
#
# workloads:
#   scada:
#     description: Reads the controllers.
#     zone: control
#     vcpus: 1
#     memory: 1 GiB
#     image: cloud
#     probes:
#       - tcp: 443            # it works when this port answers
#   desk:
#     description: Where people look at the values.
#     zone: office
#     vcpus: 1
#     memory: 1 GiB
#     image: cloud
#
# A conduit is the only way from one machine to another. It says who, what, why, and who answers for it:
#
# conduits:
#   values:
#     from: workload/desk
#     to: workload/scada
#     service: https
#     reason: People look at the values of the process.
#     owner: Plant operations
"""
