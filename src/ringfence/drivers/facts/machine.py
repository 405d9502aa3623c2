# SPDX-License-Identifier: Apache-2.0
"""Observes the machine of one workload: its process, its helpers, and what it is made of now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from ringfence.base.errors import Refused
from ringfence.facts.domain import DomainFact
from ringfence.facts.machine import Firmware, Helper, LiveDisk, LiveMachine, MachineFacts, RunState
from ringfence.facts.process import ProcessFacts
from ringfence.facts.unseen import Unseen
from ringfence.observe.disk_header import encrypted
from ringfence.observe.live_machine import Record, parse_live, parse_record
from ringfence.observe.qcow2 import HEADER_BYTES
from ringfence.observe.variable_store import MOST_BYTES, secure_boot

from .census import Census
from .process import Reader
from .seeing import seen

RECORDS = "run/libvirt/qemu"
_KVM_MACHINE = "anon_inode:kvm-vm"
"""What the kernel calls the descriptor of a virtual machine under KVM."""
_EMULATORS = ("qemu-system-", "qemu-kvm")


@dataclass(frozen=True, slots=True)
class Watcher:
    """What is needed to observe machines. ``told`` has libvirt's words, None where it did not answer."""

    reader: Reader
    people: Census
    told: Mapping[str, DomainFact] | None

    def machine(self, workload: str, domain: str, at: datetime) -> MachineFacts:
        """Observe one machine."""
        record = seen("libvirt's record of the machine", lambda: self._record(domain))
        found = self._pid(domain, record)
        if not isinstance(found, int):
            state, detail = found
            why = Unseen(detail)
            return MachineFacts(workload, domain, at, state, detail, why, why, why, why, why)
        process = self._process(found, domain, at)
        return MachineFacts(
            workload,
            domain,
            at,
            self._state(domain, record),
            "",
            process,
            self._live(domain, record),
            accelerator(process),
            seen("its helpers", lambda: tuple(self._helpers(domain, found, at))),
            self._neighbours(domain, process),
        )

    def _record(self, domain: str) -> Record:
        return parse_record(self.reader.tree.text(f"{RECORDS}/{domain}.xml"))

    def _pid(self, domain: str, record: Record | Unseen) -> int | tuple[RunState, str]:
        """Return the process: the one that says it is the domain, and that libvirt's records name."""
        claimed = {one.pid for one in self.people.guests(domain)}
        recorded = self._recorded(domain, record)
        if len(claimed) == 1 and recorded <= claimed:
            return claimed.pop()
        if not claimed and not recorded:
            return self._resting(domain)
        shown = ", ".join(str(pid) for pid in sorted(claimed)) or "none"
        known = ", ".join(str(pid) for pid in sorted(recorded)) or "none"
        return "unknown", f"Processes that say they are {domain}: {shown}; libvirt's records name: {known}."

    def _recorded(self, domain: str, record: Record | Unseen) -> set[int]:
        pid = seen("the number of its process", lambda: int(self.reader.tree.text(f"{RECORDS}/{domain}.pid")))
        found = {pid} if isinstance(pid, int) else set()
        return found | ({record.pid} if isinstance(record, Record) else set())

    def _resting(self, domain: str) -> tuple[RunState, str]:
        if self.told is None:
            return "unknown", "libvirt does not answer, and no process says that it is this machine."
        fact = self.told.get(domain)
        if fact is None:
            return "missing", f"libvirt has no domain {domain}."
        if fact.state in {"stopped", "crashed"}:
            return "stopped", f"libvirt says that {domain} does not run, and no process says that it is this machine."
        return "unknown", f"libvirt says that {domain} is {fact.state}, and no process says that it is this machine."

    def _process(self, pid: int, domain: str, at: datetime) -> ProcessFacts | Unseen:
        found = self.reader.read(pid, at, domain)
        seen_first = next((one.began for one in self.people.passers if one.pid == pid), None)
        if isinstance(found, ProcessFacts) and found.began != seen_first:
            return Unseen(f"Another process has taken the number {pid} of {domain} meanwhile.")
        return found

    def _state(self, domain: str, record: Record | Unseen) -> RunState:
        fact = self.told.get(domain) if self.told is not None else None
        word = fact.state if fact is not None else record.state if isinstance(record, Record) else "unknown"
        match word:
            case "running" | "paused":
                return word
            case _:
                return "unknown"

    def _live(self, domain: str, record: Record | Unseen) -> LiveMachine | Unseen:
        fact = self.told.get(domain) if self.told is not None else None
        xml, source = _words(fact, record)
        if not xml:
            why = record.why if isinstance(record, Unseen) else "Nobody tells what it is made of."
            return Unseen(f"libvirt did not tell what {domain} is made of. {why}")
        return seen("what it is made of", lambda: self._completed(parse_live(xml, source)))

    def _completed(self, live: LiveMachine) -> LiveMachine:
        """Add what its files say: whether disks are encrypted, and how it boots."""
        disks = tuple(replace(disk, encrypted=self._encrypted(disk)) for disk in live.disks)
        return replace(live, disks=disks, firmware=self._firmware(live.firmware))

    def _encrypted(self, disk: LiveDisk) -> bool | Unseen:
        if not disk.chain or not disk.chain[0].startswith("/"):
            return Unseen(f"Disk {disk.target} lies in no file.")
        return seen(f"disk {disk.target}", lambda: self._head(disk.chain[0]))

    def _head(self, path: str) -> bool | Unseen:
        head, whole = self.reader.tree.head(path, HEADER_BYTES)
        return encrypted(head, whole=whole)

    def _firmware(self, firmware: Firmware) -> Firmware:
        if firmware.kind == "bios" or not firmware.store:
            return firmware
        found = seen("the variable store", lambda: secure_boot(self.reader.tree.head(firmware.store, MOST_BYTES)[0]))
        return replace(firmware, secure_boot=found)

    def _helpers(self, domain: str, pid: int, at: datetime) -> Iterator[Helper]:
        for one in self.people.of_machine(domain):
            if one.pid == pid:
                continue
            found = self.reader.read(one.pid, at, domain)
            if isinstance(found, Unseen):
                raise Refused(f"Its helper {one} could not be read. {found.why}", "Verify again.")
            yield Helper(one.name, found)

    def _neighbours(self, domain: str, process: ProcessFacts | Unseen) -> tuple[str, ...] | Unseen:
        if isinstance(process, Unseen) or isinstance(process.credentials, Unseen):
            return Unseen("Its own user is not known.")
        own = {process.pid, *(one.pid for one in self.people.of_machine(domain))}
        uid = process.credentials.uids[0]
        return tuple(str(one) for one in self.people.passers if one.uid == uid and one.pid not in own)


def accelerator(process: ProcessFacts | Unseen) -> Literal["kvm", "tcg"] | Unseen:
    """Tell what a QEMU process runs its guest with, by the kernel's word on its descriptors."""
    if isinstance(process, Unseen):
        return process
    if isinstance(process.files, Unseen):
        return process.files
    if any(one.target == _KVM_MACHINE for one in process.files):
        return "kvm"
    program = process.program if isinstance(process.program, str) else ""
    if not program.rsplit("/", 1)[-1].startswith(_EMULATORS):
        return Unseen(f"Its program is '{program}', which is not known to run guests.")
    return "tcg"


def _words(fact: DomainFact | None, record: Record | Unseen) -> tuple[str, Literal["libvirt", "state file"]]:
    if fact is not None and fact.live:
        return fact.live, "libvirt"
    return (record.xml if isinstance(record, Record) else ""), "state file"
