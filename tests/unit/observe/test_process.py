# SPDX-License-Identifier: Apache-2.0
"""Files of /proc about a real QEMU under libvirt 9.0 (recorded/process), others written by hand, and garbage."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.base.errors import BadInput
from ringfence.facts.process import Label, Limits
from ringfence.facts.unseen import Unseen
from ringfence.observe.cgroups import Level, cgroup_facts, is_group_of, parse_cgroups, places
from ringfence.observe.disk_header import encrypted
from ringfence.observe.kernel_state import (
    parse_lockdown,
    parse_microcode,
    parse_secure_boot,
    parse_tainted,
    parse_threads,
)
from ringfence.observe.live_machine import parse_live, parse_record
from ringfence.observe.open_files import Descriptor, open_file
from ringfence.observe.process_status import (
    began,
    capabilities,
    compare_namespaces,
    parse_command,
    parse_dump_filter,
    parse_label,
    parse_limits,
    parse_status,
)
from ringfence.observe.settings import parse_settings
from ringfence.observe.sockets import listeners, parse_sockets, parse_unix
from ringfence.observe.variable_store import secure_boot

RECORDED = Path(__file__).parent / "recorded" / "process"
DOMAIN = "rf-t-facts-scada"


def recorded(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


def test_a_confined_process() -> None:
    found = parse_status(recorded("status"))
    assert (set(found.uids), set(found.gids), found.groups) == ({2_000_000_010}, {64055}, (64055,))
    assert found.effective == found.permitted == found.inheritable == found.ambient == frozenset()
    assert {"sys_admin", "checkpoint_restore"} <= found.bounding
    assert "sys_resource" not in found.bounding, "the recording machine had none"
    assert (found.no_new_privileges, found.seccomp, found.filters, found.tracer) == (True, 2, 1, 0)
    assert (found.locked_kib, found.swapped_kib) == (0, 0)


def test_lines_that_an_old_kernel_lacks_are_unseen() -> None:
    text = re.sub(rb"(NoNewPrivs|Seccomp_filters|VmSwap).*\n", b"", recorded("status"))
    found = parse_status(text)
    assert isinstance(found.no_new_privileges, Unseen)
    assert isinstance(found.filters, Unseen)
    assert isinstance(found.swapped_kib, Unseen)


@pytest.mark.parametrize("line", [b"CapEff:\t0", b"Uid:\t0 0 0 0", b"Seccomp:\t2"])
def test_a_line_that_comes_twice_is_not_believed(line: bytes) -> None:
    with pytest.raises(ValueError, match="twice"):
        parse_status(recorded("status") + line + b"\n")


@pytest.mark.parametrize("name", [b"CapEff", b"Uid", b"Gid", b"Groups", b"CapAmb", b"TracerPid"])
def test_a_line_that_is_missing_is_not_made_up(name: bytes) -> None:
    with pytest.raises(ValueError, match="missing"):
        parse_status(re.sub(rb"(?m)^" + name + rb":.*\n", b"", recorded("status")))


def test_capabilities_without_a_name_are_kept() -> None:
    assert capabilities("0000020000001000") == {"cap_41", "net_admin"}


def test_limits_and_the_filter_of_dumps() -> None:
    assert parse_limits(recorded("limits")) == Limits((0, 0), 8 << 20)
    unlimited = recorded("limits").replace(
        b"size        0                    0    ", b"size        unlimited unlimited"
    )
    assert parse_limits(unlimited).core == (None, None)
    assert parse_dump_filter(recorded("coredump_filter")) == 0x33


def test_a_name_with_brackets_does_not_move_the_beginning() -> None:
    assert began(b"7 (a) b (c)) S " + b" ".join(b"%d" % number for number in range(4, 53))) == 22


@pytest.mark.parametrize(
    ("module", "text", "enforcing", "label"),
    [
        ("none", b"", False, Label("none")),
        ("apparmor", b"unconfined\n", False, Label("apparmor", "unconfined")),
        ("apparmor", b"libvirt-6f1e (enforce)\n", False, Label("apparmor", "libvirt-6f1e", enforcing=True)),
        ("apparmor", b"a (b) (complain)\n", False, Label("apparmor", "a (b)")),
        (
            "selinux",
            b"system_u:system_r:svirt_t:s0:c1,c2\0",
            True,
            Label("selinux", "system_u:system_r:svirt_t:s0:c1,c2", True),
        ),
        (
            "selinux",
            b"system_u:system_r:svirt_t:s0:c1,c2\0",
            False,
            Label("selinux", "system_u:system_r:svirt_t:s0:c1,c2"),
        ),
        ("selinux", b"u:r:unconfined_t:s0\0", True, Label("selinux", "u:r:unconfined_t:s0")),
        ("other", b"smack", True, Label("other", "smack")),
    ],
)
def test_labels(module: Any, text: bytes, enforcing: bool, label: Label) -> None:
    assert parse_label(module, text, enforcing) == label


def test_namespaces_are_told_apart_from_the_hosts() -> None:
    found = compare_namespaces({"mnt": "mnt:[2]", "net": "net:[1]"}, {"mnt": "mnt:[1]", "net": "net:[1]", "pid": "x"})
    assert (set(found.own), set(found.shared)) == ({"mnt"}, {"net"})


def _descriptors() -> list[Descriptor]:
    lines = recorded("descriptors").decode().splitlines()
    return [_descriptor(*pair) for pair in zip(lines[::2], lines[1::2], strict=True)]


def _descriptor(head: str, info: str) -> Descriptor:
    number, link, mode = head.split()[:3]
    return Descriptor(int(number), link, int(mode.removeprefix("mode="), 8), info.replace(" | ", "\n").encode())


def test_descriptors_lead_to_what_they_are() -> None:
    found = [open_file(one, parse_unix(recorded("unix"))) for one in _descriptors()]
    kinds = {one.kind for one in found}
    assert {"device", "pipe", "anonymous", "file", "unix", "tap"} <= kinds
    assert next(one for one in found if one.kind == "tap").target == "tap:rft10-0"
    disk = next(one for one in found if one.target.endswith("scada.root.qcow2"))
    base = next(one for one in found if "/base/" in one.target)
    assert (disk.writable, base.writable) == (True, False)
    sockets = {one.target.rsplit("/", 1)[-1] for one in found if one.kind == "unix"}
    assert sockets == {"monitor.sock", "org.qemu.guest_agent.0"}


@pytest.mark.parametrize(
    ("link", "mode", "kind", "target"),
    [
        ("socket:[5]", 0o140777, "net", "net:tcp x"),
        ("socket:[6]", 0o140777, "other", "socket:[6]"),
        ("/memfd:pc.ram (deleted)", 0o100600, "memory", "/memfd:pc.ram"),
        ("/srv/x (deleted)", 0o100600, "file", "/srv/x"),
        ("/dev/sda", 0o060660, "device", "/dev/sda"),
        ("/", 0o040755, "folder", "/"),
        ("/srv/x", None, "other", "/srv/x"),
        ("net:[4026531840]", 0o100444, "other", "net:[4026531840]"),
    ],
)
def test_odd_descriptors(link: str, mode: int | None, kind: str, target: str) -> None:
    found = open_file(Descriptor(9, link, mode, b"pos:\t0\nflags:\t02\n"), {5: "net:tcp x"})
    assert (found.kind, found.target) == (kind, target)
    assert found.deleted == ("x (deleted)" in link)


def test_cgroups_of_a_mixed_host() -> None:
    paths = parse_cgroups(recorded("cgroup"))
    found = {one.controller: one for one in places(paths, recorded("mountinfo"))}
    assert set(found) == {"", "memory", "cpu", "pids", "blkio", "devices"}
    own = found[""].folders
    assert str(own[0]).startswith("/sys/fs/cgroup/unified/machine/qemu-")
    assert [len(own), str(own[-1])] == [4, "/sys/fs/cgroup/unified"]
    facts = cgroup_facts(paths, [Level("memory", {"memory.limit_in_bytes": "9223372036854771712\n"})], 1, DOMAIN)
    assert (facts.version, facts.devices, facts.own, facts.memory_max) == (1, "bpf", True, None)


def test_the_narrowest_group_counts() -> None:
    levels = [
        Level("", {"memory.max": "max", "cpu.max": "max 100000", "cpu.weight": "100", "pids.max": "max"}),
        Level("", {"memory.max": "536870912", "cpu.max": "150000 100000", "pids.max": "64", "io.max": "8:0 wbps=1"}),
        Level("", {"memory.max": "1073741824"}),
    ]
    facts = cgroup_facts({"": "/machine.slice/x"}, levels, 0, DOMAIN)
    assert (facts.memory_max, facts.cpu_cores, facts.pids_max, facts.cpu_weight) == (512 << 20, 1.5, 64, 100)
    assert (facts.version, facts.io_limits, facts.devices, facts.own) == (2, ("8:0 wbps=1",), "all", False)


@pytest.mark.parametrize(
    ("lists", "programs", "rule"),
    [
        (["a *:* rwm"], 0, "all"),
        (["c 1:3 rwm", "a *:* rwm"], 0, "list"),
        ([], 2, "bpf"),
        ([], Unseen("No."), Unseen("No.")),
    ],
)
def test_who_judges_devices(lists: list[str], programs: int | Unseen, rule: object) -> None:
    levels = [Level("devices", {"devices.list": text}) for text in lists]
    assert cgroup_facts({"": "/"}, levels, programs, DOMAIN).devices == rule


@pytest.mark.parametrize(
    ("path", "domain", "own"),
    [
        ("/machine/qemu-2-works-scada.libvirt-qemu/emulator", "works-scada", True),
        ("/machine.slice/machine-qemu\\x2d2\\x2dworks\\x2dscada.scope/libvirt/emulator", "works-scada", True),
        ("/machine/qemu-2-works-scada2.libvirt-qemu/emulator", "works-scada", False),
        ("/machine/qemu-2-works-scada.libvirt-qemu", "works", False),
        (f"/machine/qemu-2-{'a' * 50}.libvirt-qemu", "a" * 62, True),
        ("/user.slice/works-scada", "works-scada", False),
    ],
)
def test_whose_a_control_group_is(path: str, domain: str, own: bool) -> None:
    assert is_group_of(path, domain) is own


def test_who_listens() -> None:
    text = (
        b"  sl  local_address ...\n"
        b"   0: 0100007F:0016 00000000:0000 0A 0:0 00:0 0 0 0 651 1\n"
        b"   1: 0100007F:88B5 0100007F:D038 06 0:0 03:0 0 0 0 0 3\n"
        b"   2: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 652 1\n"
        b"   3: 0000000000000000FFFF00000100007F:0051 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 653 1\n"
    )
    found = list(listeners(parse_sockets(text, "tcp"), {651: "sshd (7)"}))
    assert [(one.address, one.port, one.process) for one in found] == [
        (IPv4Address("127.0.0.1"), 22, "sshd (7)"),
        (IPv6Address("::1"), 80, ""),
        (IPv6Address("::ffff:127.0.0.1"), 81, ""),
    ]
    assert all(one.local for one in found)


BYTES: list[Callable[[bytes], object]] = [
    parse_status,
    began,
    parse_limits,
    parse_dump_filter,
    parse_command,
    parse_unix,
    parse_cgroups,
    secure_boot,
    lambda raw: parse_sockets(raw, "tcp"),
    lambda raw: parse_label("apparmor", raw, enforcing=False),
    lambda raw: parse_label("selinux", raw, enforcing=True),
    lambda raw: open_file(Descriptor(1, "/x", None, raw), {}),
    lambda raw: list(places({"": "/a/../b"}, raw)),
    lambda raw: encrypted(raw, whole=True),
    parse_secure_boot,
]
SEEDS = [path.read_bytes() for path in sorted(RECORDED.iterdir())]


@given(
    st.one_of(
        st.binary(max_size=400),
        st.tuples(st.sampled_from(SEEDS), st.integers(0, 3000), st.binary(max_size=8)).map(
            lambda cut: cut[0][: cut[1]] + cut[2] + cut[0][cut[1] + 3 :]
        ),
    )
)
def test_garbage_is_refused_by_name(raw: bytes) -> None:
    for parse in BYTES:
        try:
            parse(raw)
        except (ValueError, IndexError):
            continue
    text = raw.decode("utf-8", "replace")
    for read in (parse_lockdown, parse_tainted, parse_microcode, parse_threads, parse_settings):
        try:
            read(text)
        except ValueError:
            continue
    for words in (parse_record, lambda found: parse_live(found, "libvirt")):
        try:
            words(text)
        except BadInput:
            continue
