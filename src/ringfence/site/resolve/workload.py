# SPDX-License-Identifier: Apache-2.0
"""Resolves workloads: profile and defaults applied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ringfence.site.declared.identity import IdentityForm
from ringfence.site.declared.interface import InterfaceForm
from ringfence.site.declared.probe import HttpProbe, ModbusProbe, ProbeForm, TcpProbe
from ringfence.site.declared.workload import WorkloadForm
from ringfence.site.functions import EssentialFunction
from ringfence.site.probe import Probe
from ringfence.site.profile import Profile
from ringfence.site.workload import CloudInit, Disk, Identity, Interface, Workload

from .profile import hardware

ROOT = "root"
"""Name of the disk that ``image:`` makes."""


def workload(name: str, form: WorkloadForm, profile: Profile, user_data: str | None) -> Workload:
    """Return the workload. ``user_data`` is the text of its first-boot instructions, wherever it was written."""
    own = hardware(form, profile)
    return Workload(
        name=name,
        interfaces=_interfaces(form, profile),
        vcpus=own.vcpus,
        memory_mib=own.memory_mib,
        disks=_disks(form, profile),
        profile=form.profile,
        function=EssentialFunction(form.function),
        tolerable_loss_s=form.tolerable_loss,
        chipset=own.chipset,
        firmware=own.firmware,
        tpm=own.tpm,
        clock=own.clock,
        display=own.display,
        devices=own.devices,
        probes=tuple(probe for one in form.probes for probe in _probes(one)),
        after=tuple(form.after),
        apart_from=tuple(form.apart_from),
        host=form.host,
        identity=_identity(form.identity),
        cloud_init=_cloud_init(form, user_data),
        consent=tuple(form.consent),
        realtime=own.realtime,
        description=form.description,
    )


def _interfaces(form: WorkloadForm, profile: Profile) -> tuple[Interface, ...]:
    if form.interfaces is not None:
        return tuple(_interface(index, one, profile) for index, one in enumerate(form.interfaces))
    if form.zone is None:
        return ()
    only = Interface("eth0", form.zone, ipv4=form.ipv4, ipv6=form.ipv6, mac=form.mac, model=profile.nic)
    return (only,)


def _interface(index: int, form: InterfaceForm, profile: Profile) -> Interface:
    return Interface(
        name=form.name or f"eth{index}",
        zone=form.zone,
        kind=form.kind,
        ipv4=form.ipv4,
        ipv6=form.ipv6,
        shared=tuple(form.shared),
        mac=form.mac,
        model=form.model or profile.nic,
        reason=form.reason,
        uplink=form.uplink,
        device=form.device,
    )


def _disks(form: WorkloadForm, profile: Profile) -> tuple[Disk, ...]:
    first = () if form.image is None else (Disk(ROOT, image=form.image, bus=profile.bus),)
    return first + tuple(Disk(one.name, one.size, one.image, one.bus or profile.bus, one.serial) for one in form.disks)


def _probes(form: ProbeForm) -> Iterator[Probe]:
    """Yield the one probe that a form has."""
    if form.tcp is not None:
        yield _probe("tcp", form.tcp)
    if form.http is not None:
        yield _probe("http", form.http)
    if form.modbus is not None:
        yield _probe("modbus", form.modbus)


def _probe(kind: Literal["tcp", "http", "modbus"], asked: TcpProbe | HttpProbe | ModbusProbe) -> Probe:
    return Probe(
        kind=kind,
        port=asked.port,
        path=asked.path if isinstance(asked, HttpProbe) else "/",
        unit=asked.unit if isinstance(asked, ModbusProbe) else 1,
        register=asked.register_ if isinstance(asked, ModbusProbe) else 0,
        timeout=asked.timeout,
        within=asked.within,
        interface=asked.interface,
    )


def _identity(form: IdentityForm) -> Identity:
    return Identity(form.uuid, form.smbios_serial, form.machine)


def _cloud_init(form: WorkloadForm, user_data: str | None) -> CloudInit | None:
    if form.cloud_init is None or user_data is None:
        return None
    return CloudInit(user_data, form.cloud_init.network_config)
