# SPDX-License-Identifier: Apache-2.0
"""Criteria about the host's services and accounts: who reaches the host, and what libvirt was told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ringfence.assure.running.criterion import Answer, broken, criterion, either, holds, unproven
from ringfence.assure.running.ground import HostGround
from ringfence.assure.running.wording import listed
from ringfence.facts.listener import Listener
from ringfence.facts.unseen import Unseen

EXPECTED: Mapping[tuple[str, int], str] = {
    ("tcp", 22): "sshd",
    ("udp", 68): "a DHCP client",
    ("udp", 546): "a DHCPv6 client",
    ("udp", 123): "a time service",
    ("udp", 319): "PTP",
    ("udp", 320): "PTP",
}
"""What a host may be asked at, and is no finding of its own: by protocol and port."""
_LIBVIRT = {16509: "in plain text", 16514: "over TLS"}
_NO = {"", "0"}

_FORBIDDEN: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "user": (lambda value: value in {"root", "0", "+0"}, "machines without a user of their own run as root"),
    "group": (lambda value: value in {"root", "0", "+0"}, "machines run in root's group"),
    "security_driver": (lambda value: "none" in value.split(","), "mandatory access control is switched off"),
    "security_default_confined": (lambda value: value == "0", "machines are unconfined unless they say otherwise"),
    "seccomp_sandbox": (lambda value: value == "0", "system calls of machines are not filtered"),
    "namespaces": (lambda value: "mount" not in value.split(","), "machines have no /dev of their own"),
    "clear_emulator_capabilities": (lambda value: value == "0", "machines keep root's capabilities"),
    "dump_guest_core": (lambda value: value == "1", "dumps hold guests' memory"),
    "max_core": (lambda value: value not in _NO, "machines may leave core dumps"),
    "vnc_listen": (lambda value: value not in {"127.0.0.1", "::1"}, "displays can be reached over the network"),
    "spice_listen": (lambda value: value not in {"127.0.0.1", "::1"}, "displays can be reached over the network"),
    "vnc_allow_host_audio": (lambda value: value == "1", "guests hear and speak through the host"),
    "allow_disk_format_probing": (lambda value: value == "1", "a guest can say what its disk is, and reach any file"),
    "relaxed_acs_check": (lambda value: value == "1", "devices that reach one another are given away apart"),
}
"""Settings of qemu.conf that weaken every machine, by key: when, and what comes of it."""


@criterion(
    "RF-SVC-001",
    2,
    *("IEC 62443-3-3 SR 5.2", "IEC 62443-3-3 SR 7.7", "NIST SP 800-53r5 CM-7", "HB-26", "BSI SYS.1.5.A5"),
    how="/proc/net/tcp and udp, and who holds the sockets",
    fix="Stop the service, bind it to 127.0.0.1, or close the port in the host's firewall and accept this finding.",
)
def few_ports(ground: HostGround) -> Answer:
    """Nothing on the host listens to others but SSH, and what asks for addresses and time.

    Each open port of the host is a way to all zones at once. The host's firewall is not counted here.
    """
    found = ground.facts.listeners
    if isinstance(found, Unseen):
        return unproven(found)
    reached = [one for one in found if not one.local]
    more = [one for one in reached if not _expected(one)]
    shown = ", ".join(map(str, reached)) or "none"
    return either(not more, "Nothing else listens to others.", f"These listen to others: {listed(more)}.", shown)


def _expected(one: Listener) -> bool:
    wanted = EXPECTED.get((one.protocol, one.port))
    return wanted is not None and (wanted != "sshd" or one.process.startswith(("sshd", "systemd (1)")))


@criterion(
    "RF-SVC-002",
    1,
    *("IEC 62443-3-3 SR 1.1", "IEC 62443-3-3 SR 3.1", "HB-23", "BSI SYS.1.5.A5"),
    how="/etc/libvirt, /proc/net/tcp",
    fix="Take listen_tcp and --listen away, and stop virtproxyd-tcp.socket; use SSH, or TLS that checks certificates.",
)
def no_plain_libvirt(ground: HostGround) -> Answer:
    """libvirt does not listen on the network without TLS.

    Whoever may talk to libvirt is root on this host.
    """
    settings, found = ground.facts.settings.daemon, ground.facts.listeners
    if isinstance(settings, Unseen):
        return unproven(settings)
    if isinstance(found, Unseen):
        return unproven(found)
    open_ = [one for one in found if _is_libvirt(one)]
    wrong = [f"it listens {_LIBVIRT.get(one.port, 'on the network')} ({one})" for one in open_ if one.port != 16514]  # noqa: PLR2004 - TLS
    wrong += list(_told_to_listen(settings))
    shown = ", ".join(map(str, open_)) or "no port"
    return either(not wrong, "libvirt does not listen in plain text.", f"libvirt: {listed(wrong)}.", shown)


def _is_libvirt(one: Listener) -> bool:
    return one.protocol == "tcp" and (one.port in _LIBVIRT or one.process.startswith(("libvirtd", "virtproxyd")))


def _told_to_listen(settings: Mapping[str, str]) -> Iterator[str]:
    if settings.get("listen_tcp", "0") not in _NO and "--listen" in settings:
        yield "listen_tcp is on"
    if settings.get("tls_no_verify_certificate", "0") not in _NO:
        yield "certificates of clients are not checked"
    yield from (f"{key} is none" for key in ("auth_tcp",) if settings.get(key) == "none" and "--listen" in settings)


@criterion(
    "RF-SVC-003",
    1,
    *("IEC 62443-3-3 SR 2.1", "NIST SP 800-53r5 AC-6", "HB-22", "BSI SYS.1.5.A5"),
    how="modes of the sockets in /run/libvirt, /etc/libvirt",
    fix='Set unix_sock_group = "libvirt" and unix_sock_rw_perms = "0770" in the daemon\'s file, and restart it.',
)
def guarded_sockets(ground: HostGround) -> Answer:
    """Only root, a group, or whom polkit lets in can tell libvirt what to do.

    libvirt opens its socket to all only where it asks polkit about each client, unless its file says otherwise.
    """
    settings, sockets = ground.facts.settings.daemon, ground.facts.settings.sockets
    if isinstance(settings, Unseen):
        return unproven(settings)
    if isinstance(sockets, Unseen):
        return unproven(sockets)
    open_ = [name for name, mode in sockets.items() if not name.endswith("-sock-ro") and int(mode[:4], 8) & 0o002]
    shown = ", ".join(f"{name} {mode}" for name, mode in sockets.items())
    polkit = settings.get("auth_unix_rw", "" if _opened(settings) else "polkit") == "polkit"
    if open_ and not polkit:
        return broken(f"Everybody may tell libvirt what to do, by {listed(open_)}.", shown)
    return holds("libvirt asks who is there." if open_ else "Only root and a group reach libvirt.", shown)


def _opened(settings: Mapping[str, str]) -> bool:
    """Tell whether a person opened the socket, rather than libvirt that asks polkit."""
    return "unix_sock_rw_perms" in settings


@criterion(
    "RF-SVC-004",
    3,
    *("IEC 62443-3-3 SR 2.1", "NIST SP 800-53r5 AC-6", "HB-22", "BSI SYS.1.5.A2"),
    how="/etc/group, /etc/passwd",
    fix="Take people out of these groups ('gpasswd -d USER GROUP'): Ringfence is run as root, by name.",
)
def few_members(ground: HostGround) -> Answer:
    """No person is in a group that reaches machines: libvirt, kvm, disk.

    Members of libvirt and disk are root by another name, and no log tells them apart.
    """
    found = ground.facts.members
    if isinstance(found, Unseen):
        return unproven(found)
    services = {"libvirt-qemu", "qemu", "libvirtdbus", "root"}
    people = [f"{user} ({group})" for group, users in found.items() for user in users if user not in services]
    shown = "; ".join(f"{group}: {', '.join(users) or 'nobody'}" for group, users in found.items())
    return either(not people, "No person is in such a group.", f"These are: {listed(people)}.", shown)


@criterion(
    "RF-SVC-005",
    1,
    *("NIST SP 800-53r5 CM-6", "NIST SP 800-53r5 SC-39", "HB-08", "HB-24", "BSI SYS.1.5.A22"),
    how="/etc/libvirt/qemu.conf",
    fix="Take the setting out of /etc/libvirt/qemu.conf, restart libvirt, then the workloads.",
)
def settings_hold(ground: HostGround) -> Answer:
    """No setting of libvirt weakens every machine.

    What holds for each machine is read from its process; this says what the next start would bring.
    """
    found = ground.facts.settings.qemu
    if isinstance(found, Unseen):
        return unproven(found)
    wrong = [
        f"{key} = {found[key]}: {what}" for key, (bad, what) in _FORBIDDEN.items() if key in found and bad(found[key])
    ]
    shown = ", ".join(f"{key} = {value}" for key, value in found.items()) or "libvirt's defaults"
    if wrong:
        return broken(f"{listed(wrong)}.", shown)
    if ground.facts.settings.unread:
        return unproven(
            f"libvirt began before {listed(ground.facts.settings.unread)} changed, and may follow an older one."
        )
    return holds("No setting weakens machines.", shown)


@criterion(
    "RF-SVC-006",
    2,
    *("IEC 62443-3-3 SR 2.11", "NIST SP 800-53r5 SC-45", "NIST SP 800-53r5 AU-8", "BSI SYS.1.5.A7"),
    how="adjtimex(2), and which program keeps the time",
    fix="Install chrony, and give it the plant's time source.",
)
def synchronised(ground: HostGround) -> Answer:
    """The host's clock is synchronised.

    Records of two machines tell what happened first only when their clocks agree; guests have the host's.
    """
    found = ground.facts.clock
    if isinstance(found, Unseen):
        return unproven(found)
    shown = f"{'synchronised' if found.synchronised else 'not synchronised'} by {found.source or 'nobody'}"
    if found.synchronised:
        return holds("The clock is synchronised.", shown)
    by = f"{found.source} runs, and has not" if found.source else "No program that keeps the time runs, and nobody has"
    return broken(f"{by} synchronised the clock.", shown)
