# SPDX-License-Identifier: Apache-2.0
"""What of a definition opens nothing: patterns of ``key=value``, for the machine and for each kind of device.

Whatever fits no pattern here is not understood, and told so. What a reader makes a door of is listed as well.
(https://libvirt.org/formatdomain.html)
"""

from __future__ import annotations

import re
from typing import Final

_ANY = r"(/address|/alias@name|/boot@order|/acpi@index)=.*"
_LABELS = r"(/seclabel\[\w*\]@(model|relabel)=\w+)"
_STREAM = (
    r"@type=\w[\w-]*|@tty=.*|/source(\[.*\]|#\d+)?(@\w+|/\w+@\w+|"
    + _LABELS
    + r")=.*|/source=present|/log@(file|append)=.*"
    r"|/protocol@type=.*|/target@\w+=.*|/target/model@name=[\w-]+"
)
_DEVICES: Final = {
    "disk": r"@(type|device|model|snapshot)=\w*|/(target|driver|blockio|geometry)@\w+=.*|/iotune/\w+=\d+"
    r"|/(serial(\[\])?|wwn|vendor|product)=.*|/(readonly|transient|shareable)=present"
    r"|(/backingStore|/mirror)+(=present|@\w+=.*)|(/backingStore|/mirror)*/format@type=\w+"
    r"|(/backingStore|/mirror)*/source(=present|@\w+=.*|/host(#\d+)?@\w+=.*|/seclabel\[\w*\]@(model|relabel)=\w+)",
    "interface": r"@(type|managed)=\w*|/mac@(address|type)=.*|/source@\w+=.*|/source/address=.*|/source=present"
    r"|/target@(dev|managed)=.*|/(model|driver)@\w+=.*|/port@isolated=\w+|/rom@(enabled|bar)=\w+|/mtu@size=\d+"
    r"|/link@state=\w+|/bandwidth/\w+@\w+=\d+|/coalesce/.*",
    "controller": r"@(type=(pci|sata|ide|scsi|usb|virtio-serial|fdc|ccid)|(index|ports|vectors)=\d+|model=[\w-]+)"
    r"|/(model|target|driver)@\w+=.*|/master@startport=\d+|=present",
    "serial": _STREAM,
    "parallel": _STREAM,
    "console": _STREAM,
    "channel": _STREAM,
    "redirdev": r"@bus=usb|" + _STREAM,
    "smartcard": r"@mode=[\w-]+|/(certificate|database)(#\d+)?=.*|" + _STREAM,
    "graphics": r"@(type|port|autoport|listen|socket|websocket|tlsPort|sharePolicy|keymap|defaultMode|multiUser)=.*"
    r"|/listen(\[\w+\])?(#\d+)?@\w+=.*|/(clipboard@copypaste|filetransfer@enable)=\w+"
    r"|/(image|jpeg|zlib|playback|streaming|mouse)@\w+=.*|/gl@\w+=.*",
    "hostdev": r"@(mode|type|managed|model)=.*|@(display|ramfb)=off|/driver@name=vfio|/rom@(bar|enabled)=\w+"
    r"|/source(/.*|@.*)?=.*",
    "filesystem": r"@(type|accessmode|multidevs|fmode|dmode|model)=.*|/(source|target|driver)@\w+=.*|/readonly=present"
    r"|/binary(@|/).*",
    "tpm": r"@model=[\w-]+|/backend@(type|version|persistent_state)=.*|/backend/.*",
    "rng": r"@model=virtio[\w-]*|/rate@\w+=\d+|/backend([@/].*)?=.*",
    "input": r"@(type|bus|model)=[\w-]+|/source@\w+=.*",
    "audio": r"[@/].*",
    "sound": r"@model=\w+|/(codec|audio)@\w+=.*",
    "video": r"/model@\w+=.*|/driver@name=\w+|/model/acceleration@\w+=.*|/model/resolution@\w+=\d+",
    "memballoon": r"@(model|autodeflate|freePageReporting)=[\w-]+|/stats@period=\d+|/driver@\w+=.*",
    "watchdog": r"@(model=\w+|action=(reset|shutdown|poweroff|pause|none|inject-nmi))",
    "vsock": r"@model=virtio[\w-]*|/cid@\w+=.*|/source/address=.*|/driver@\w+=.*",
    "shmem": r"@(name|role)=.*|/(model|size|server|msi)(@\w+)?=.*",
    "memory": r"@(model|access|discard)=[\w-]+|/target/.*=.*|/source/(path|pagesize|nodemask|alignsize)(@\w+)?=.*",
    "emulator": r"=.*",
    "panic": r"@model=[\w-]+|=present",
    "hub": r"@type=usb",
    "iommu": r"@model=\w+|/driver@\w+=.*",
}
_MACHINE = (
    r"@type=(kvm|qemu)|@id=\d+|(name|uuid|title|description|genid)=.*|metadata(/|@|=).*"
    r"|(memory|currentMemory|maxMemory|vcpu|iothreads)(@\w+)?=.*|(vcpus|cputune|numatune|memtune|blkiotune)/.*"
    r"|memoryBacking/(hugepages|nosharepages|locked|allocation|source|access)([@/].*)?=.*|resource/partition=.*"
    r"|os@firmware=efi|os/type(@\w+)?=.*|os/(loader|nvram)(@\w+)?=.*|os/smbios@mode=\w+|os/boot(#\d+)?@dev=\w+"
    r"|os/firmware/feature\[[\w-]+\]@\w+=.*|os/(bootmenu|bios)@\w+=.*"
    r"|sysinfo@type=smbios|sysinfo/(bios|system|baseBoard|chassis)/entry\[\w+\](@name)?=.*"
    r"|features(/.*)?=.*|cpu[/@].*|clock[/@].*|on_(poweroff|reboot|crash)=(destroy|restart|preserve)|pm/.*|seclabel\[.*"
)
_PATTERNS: Final = {tag: re.compile(f"{_ANY}|{own}", re.DOTALL) for tag, own in _DEVICES.items()}
_OF_MACHINE: Final = re.compile(_MACHINE, re.DOTALL)


def is_known(tag: str) -> bool:
    """Tell whether a kind of device is known at all."""
    return tag in _PATTERNS


def is_read(tag: str, key: str, value: str) -> bool:
    """Tell whether a part of a device is understood."""
    return _PATTERNS[tag].fullmatch(f"{key}={value}") is not None


def is_read_of_machine(key: str, value: str) -> bool:
    """Tell whether a part that belongs to no device is understood."""
    return _OF_MACHINE.fullmatch(f"{key}={value}") is not None
