# SPDX-License-Identifier: Apache-2.0
"""What a running machine is made of, in libvirt's words and by its files; what kernel and settings say."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

from ringfence.facts.unseen import Unseen
from ringfence.observe.disk_header import encrypted
from ringfence.observe.kernel_state import (
    parse_lockdown,
    parse_microcode,
    parse_secure_boot,
    parse_swaps,
    parse_tainted,
    parse_threads,
)
from ringfence.observe.live_machine import parse_live, parse_record
from ringfence.observe.settings import parse_settings
from ringfence.observe.variable_store import secure_boot

RECORDED = Path(__file__).parent / "recorded" / "process"


def recorded(name: str) -> str:
    return (RECORDED / name).read_text()


def test_a_running_machine_in_libvirts_words() -> None:
    live = parse_live(recorded("live.xml"), "libvirt")
    assert (live.type, live.tpm, live.kernel, live.displays) == ("pc-q35-7.2", "", "", ())
    assert [(disk.target, len(disk.chain), disk.readonly) for disk in live.disks] == [
        ("vda", 2, False),
        ("vdz", 1, True),
    ]
    assert (live.channels, live.core_dumps, live.firmware.kind) == (("org.qemu.guest_agent.0",), False, "bios")
    record = parse_record(recorded("record.xml"))
    assert (record.state, record.pid) == (
        "running",
        int(re.findall(r"pid='(\d+)'", recorded("record.xml"))[0]),
    )
    assert parse_live(record.xml, "state file") == parse_live(recorded("live.xml"), "state file")


RICH = """
<domain type='kvm'><memory>1</memory>
 <os><type machine='q35'>hvm</type><kernel>/boot/vmlinuz</kernel>
  <loader readonly='yes' secure='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.secboot.fd</loader>
  <nvram>/srv/x.nvram</nvram></os>
 <features><smm state='on'/></features>
 <cpu mode='custom' match='exact' check='full'><model>EPYC-Milan</model>
  <feature policy='require' name='ssbd'/><feature policy='disable' name='svm'/></cpu>
 <memoryBacking><locked/></memoryBacking>
 <devices>
  <graphics type='vnc' port='5900' listen='0.0.0.0'><listen type='address' address='0.0.0.0'/></graphics>
  <graphics type='vnc' socket='/run/x.sock'><listen type='socket' socket='/run/x.sock'/></graphics>
  <channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>
  <filesystem type='mount'/><hostdev mode='subsystem' type='pci'/><tpm model='tpm-crb'><backend type='emulator'/></tpm>
  <disk type='block' device='disk'><source dev='/dev/vg/x'/><target dev='sda'/></disk>
 </devices></domain>
"""


def test_a_machine_with_everything() -> None:
    live = parse_live(RICH, "libvirt")
    assert live.displays == ("vnc:0.0.0.0:5900", "vnc:/run/x.sock")
    assert live.channels == ("spicevmc", "filesystem:mount", "hostdev:pci")
    assert (live.kernel, live.tpm, live.memory_locked, live.core_dumps) == ("/boot/vmlinuz", "emulator", True, True)
    assert (live.firmware.kind, live.firmware.secure_code, live.firmware.store) == ("uefi", True, "/srv/x.nvram")
    assert (live.cpu.model, live.cpu.told) == ("EPYC-Milan", True)
    assert (set(live.cpu.required), set(live.cpu.disabled)) == ({"ssbd"}, {"svm"})
    assert live.disks[0].chain == ("/dev/vg/x",)


def _store(*variables: tuple[bytes, str, bytes]) -> bytes:
    body = b""
    for vendor, name, value in variables:
        text = (name + "\0").encode("utf-16-le")
        head = struct.pack("<HBBI", 0x55AA, 0x3F, 0, 7) + bytes(28) + struct.pack("<II", len(text), len(value)) + vendor
        body += head + text + value
        body += b"\xff" * (-len(body) % 4)
    guid = bytes((0x78, 0x2C, 0xF3, 0xAA, 0x7B, 0x94, 0x9A, 0x43, 0xA1, 0x80, 0x2E, 0x14, 0x4E, 0xC3, 0x77, 0x92))
    store = guid + struct.pack("<IBBHI", 28 + len(body) + 64, 0x5A, 0xFE, 0, 0) + body + b"\xff" * 64
    return bytes(40) + b"_FVH" + bytes(4) + struct.pack("<H", 72) + bytes(22) + store


GLOBAL = bytes((0x61, 0xDF, 0xE4, 0x8B, 0xCA, 0x93, 0xD2, 0x11, 0xAA, 0x0D, 0x00, 0xE0, 0x98, 0x03, 0x2B, 0x8C))
SWITCH = bytes((0xC7, 0x0B, 0xA3, 0xF0, 0x08, 0xAF, 0x56, 0x45, 0x99, 0xC4, 0x00, 0x10, 0x09, 0xC9, 0x3A, 0x44))


@pytest.mark.parametrize(
    ("variables", "on"),
    [
        ([(GLOBAL, "PK", b"key"), (SWITCH, "SecureBootEnable", b"\x01")], True),
        ([(GLOBAL, "PK", b"key"), (SWITCH, "SecureBootEnable", b"\x00")], False),
        ([(SWITCH, "SecureBootEnable", b"\x01")], False),
        ([(SWITCH, "PK", b"key"), (SWITCH, "SecureBootEnable", b"\x01")], False),
        ([], False),
    ],
)
def test_a_variable_store(variables: list[tuple[bytes, str, bytes]], on: bool) -> None:
    assert secure_boot(_store(*variables)) is on


def test_a_damaged_variable_store_is_unseen() -> None:
    whole = _store((GLOBAL, "PK", b"key"))
    for damaged in (
        b"",
        whole[:60],
        whole[:130],
        whole.replace(b"_FVH", b"_FVX"),
        whole.replace(b"\x5a\xfe", b"\x5a\xff"),
    ):
        assert isinstance(secure_boot(damaged), Unseen)


@pytest.mark.parametrize("name", ["OVMF_VARS_4M.fd", "OVMF_VARS_4M.ms.fd"])
def test_the_distributions_own_stores(name: str) -> None:
    path = Path("/usr/share/OVMF") / name
    if not path.exists():
        pytest.skip("OVMF is not installed here")
    assert secure_boot(path.read_bytes()) is name.endswith(".ms.fd")


def test_disk_headers() -> None:
    plain = b"QFI\xfb" + struct.pack(">IQIIQI", 2, 0, 0, 16, 1 << 20, 0) + bytes(512)
    luks = b"QFI\xfb" + struct.pack(">IQIIQI", 2, 0, 0, 16, 1 << 20, 2) + bytes(512)
    assert encrypted(plain, whole=True) is False
    assert encrypted(luks, whole=True) is True
    assert encrypted(b"LUKS\xba\xbe\0\2", whole=True) is True
    assert encrypted(b"raw bytes", whole=True) is False
    assert isinstance(encrypted(b"QFI\xfb", whole=True), Unseen)


def test_what_the_kernel_says_about_itself() -> None:
    assert parse_tainted("0") == ()
    assert parse_tainted("12288") == ("a module from outside the kernel", "an unsigned module")
    assert parse_tainted(str(1 << 40)) == ("reason 40",)
    assert parse_lockdown("none [integrity] confidentiality") == "integrity"
    assert parse_secure_boot(b"\x06\0\0\0\x01") == "on"
    assert parse_microcode("microcode\t: 0x1\nmicrocode\t: 0x1\n") == "0x1"
    assert parse_microcode("microcode\t: 0x1\nmicrocode\t: 0x2\n") == "0x1, 0x2"
    assert parse_threads("forceoff") == "off"
    swaps = parse_swaps(
        "Filename Type\n/dev/dm-1 partition 1 0 -2\n/dev/sda2 partition 1 0 -3\n/s file 1 0 -4\n", ["/dev/dm-1"]
    )
    assert [one.encrypted for one in swaps] == [True, False, None]


def test_libvirts_settings() -> None:
    text = (
        '# user = \'x\'\nuser = "root" # "why"\nmax_core = 0 # none\nnamespaces = [ ]\n'
        'cgroup_device_acl = [\n  "/dev/null", "/dev/[x]", # both\n  "/dev/full",\n]\nseccomp_sandbox=1\n'
    )
    assert parse_settings(text) == {
        "user": "root",
        "max_core": "0",
        "namespaces": "",
        "cgroup_device_acl": "/dev/null,/dev/[x],/dev/full",
        "seccomp_sandbox": "1",
    }
    with pytest.raises(ValueError, match="no end"):
        parse_settings("a = [\n")
