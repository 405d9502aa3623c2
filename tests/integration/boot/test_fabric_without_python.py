# SPDX-License-Identifier: Apache-2.0
"""The boot files bring a fabric with stubs back on a host that has lost everything volatile and has no Python."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests import boot_case, factory

from ringfence.compile.boot import boot_folder
from ringfence.compile.prober import PROBE_UID
from ringfence.compile.scope import Endpoints
from ringfence.drivers.boot.driver import BootDriver
from ringfence.plan.change import Change

SCOPE = factory.scope(site="rf-t-boot", endpoints=Endpoints.STUB)
NO_PYTHON = (
    'for one in /usr/bin/python3* /usr/local/bin/python3*; do ! [ -f "$one" ] || mount --bind /bin/false "$one"; done'
)
OWN = "mount -t sysfs sysfs /sys; mount -t tmpfs tmpfs /run; mkdir -p /run/netns; ip link set lo up"
HOST = f"{OWN}; {NO_PYTHON}; echo up; exec sleep infinity"


LOOK = """
from tests import boot_case
from tests.integration.boot.test_fabric_without_python import SCOPE
from ringfence.drivers.fabric.driver import FabricDriver

driver = FabricDriver()
found = driver.observe(SCOPE)
made = {one.address: one.document for one in boot_case.compiled(boot_case.announcing(SCOPE.site), SCOPE)}
for address in sorted(found.keys() | {one for one, document in made.items() if document.kind in driver.kinds}):
    there = dict(found[address].parts) if address in found else {}
    wanted = dict(made[address].parts) if address in made else {}
    for key in sorted(there.keys() | wanted.keys()):
        if there.get(key) != wanted.get(key):
            print(address, key, repr(wanted.get(key)), repr(there.get(key)))
print("looked")
"""


@dataclass(frozen=True)
class Host:
    """A host of its own: network, mounts and /run; it forgets everything when its first process ends."""

    process: subprocess.Popen[str]
    boot: Path

    @property
    def enter(self) -> list[str]:
        own = f"/proc/{self.process.pid}/ns"
        return ["nsenter", f"--mount={own}/mnt", f"--net={own}/net", f"--pid={own}/pid_for_children"]

    def run(self, command: str, namespace: str = "") -> subprocess.CompletedProcess[str]:
        inside = f"nsenter --net=/run/netns/{namespace} sh -c" if namespace else "sh -c"
        enter = [*self.enter, *inside.split(), command]
        return subprocess.run(enter, capture_output=True, text=True, check=False, timeout=60)

    def must(self, command: str, namespace: str = "") -> str:
        done = self.run(command, namespace)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def up(self) -> None:
        self.must(f"sh {self.boot}/fabric-up.sh")

    def rules(self) -> list[object]:
        texts = [self.must("nft -j list ruleset"), self.must("nft -j list ruleset", SCOPE.namespace)]
        return [_without_handles(json.loads(text)) for text in texts]

    def links(self, namespace: str = "") -> set[str]:
        return {link["ifname"] for link in json.loads(self.must("ip -j link", namespace))}


def _without_handles(value: object) -> object:
    if isinstance(value, dict):
        return {
            key: _without_handles(inner) for key, inner in value.items() if key not in {"handle", "packets", "bytes"}
        }
    return [_without_handles(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def boot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root")
    site = boot_case.announcing(SCOPE.site)
    BootDriver(root).ensure(SCOPE, [Change(None, boot_case.boot_document(site, SCOPE))])
    return root / boot_folder(SCOPE).lstrip("/")


@contextlib.contextmanager
def started(boot: Path) -> Iterator[Host]:
    command = [
        "unshare",
        "--net",
        "--mount",
        "--pid",
        "--fork",
        "--mount-proc",
        "--kill-child",
        "--propagation",
        "private",
        "sh",
        "-ec",
        HOST,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "up\n"
            yield Host(process, boot)
        finally:
            process.kill()


@pytest.fixture
def host(boot: Path) -> Iterator[Host]:
    with started(boot) as found:
        yield found


def read_register(host: Host, namespace: str, user: str = "") -> bool:
    """Say 'M' to port 502 of the PLC, and hear it back."""
    talk = 'exec 3<>/dev/tcp/10.91.1.10/502; echo M >&3; read -r -t 2 said <&3; test "$said" = M'
    return host.run(f"{user} timeout 4 bash -c '{talk}'", namespace).returncode == 0


def plc_listens(host: Host) -> None:
    """Bring the fabric up, and let the PLC's stub answer on port 502."""
    host.up()
    host.must("busybox nc -ll -p 502 -e cat >/dev/null 2>&1 &", SCOPE.stub("plc"))
    host.must(
        "for i in 1 2 3 4 5 6 7 8 9 10; do ss -ltn | grep -q :502 && exit; sleep 0.1; done; exit 1", SCOPE.stub("plc")
    )


def test_python_is_away(host: Host) -> None:
    assert host.run("/usr/bin/python3 -c 'print(1)'").returncode != 0


def test_the_fabric_comes_back_and_carries_only_what_is_declared(host: Host) -> None:
    plc_listens(host)
    assert read_register(host, SCOPE.stub("scada"))
    assert not read_register(host, SCOPE.stub("a-historian"))
    assert not read_register(host, SCOPE.namespace)
    prober = f"setpriv --reuid={PROBE_UID} --regid={PROBE_UID} --clear-groups"
    assert read_register(host, SCOPE.namespace, prober)


def test_what_is_said_to_many_is_relayed_to_its_members(host: Host) -> None:
    host.up()
    arrives = "{ type filter hook prerouting priority 0; }"
    count = f"add rule ip t c ip daddr {boot_case.GROUP} udp dport 5000 counter name heard"
    for name in ("scada", "a-historian"):
        rules = f"add table ip t; add counter ip t heard; add chain ip t c {arrives}; {count}"
        host.must(f"nft '{rules}'", SCOPE.stub(name))
    say = f"for i in 1 2 3; do echo M >/dev/udp/{boot_case.GROUP}/5000; done"
    host.must(f"bash -c '{say}'", SCOPE.stub("plc"))
    heard = {name: host.must("nft list counters", SCOPE.stub(name)) for name in ("scada", "a-historian")}
    assert "packets 3 " in heard["scada"]
    assert "packets 0 " in heard["a-historian"]


def test_a_host_that_drops_what_it_forwards_lets_the_fabric_pass(host: Host) -> None:
    host.must("iptables -P FORWARD DROP")
    plc_listens(host)
    assert read_register(host, SCOPE.stub("scada"))
    assert not read_register(host, SCOPE.stub("a-historian"))
    rules = host.must("iptables -S FORWARD")
    host.up()
    assert host.must("iptables -S FORWARD") == rules


def test_what_boot_files_make_is_what_was_compiled(host: Host, repository: Path) -> None:
    host.up()
    host.must("umount /usr/bin/python3*")
    inside = [*host.enter, "env", f"PYTHONPATH={repository}:{repository / 'src'}", sys.executable, "-c", LOOK]
    done = subprocess.run(inside, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["looked"], done.stdout


def test_addresses_are_handed_out_by_one_dnsmasq(host: Host) -> None:
    host.up()
    first = host.must("cat /run/ringfence/rf-t-boot/live/dnsmasq.pid")
    host.up()
    assert host.must("cat /run/ringfence/rf-t-boot/live/dnsmasq.pid") == first
    user = host.must(f"stat -c %u /proc/{first.strip()}")
    host.must(f"setpriv --reuid={user.strip()} --clear-groups cat /run/ringfence/rf-t-boot/live/dhcp-hosts")
    assert "dnsmasq" in host.must(f"tr '\\0' ' ' </proc/{first.strip()}/cmdline")


def test_running_it_again_changes_nothing(host: Host) -> None:
    host.up()
    rules, links = host.rules(), host.links()
    host.up()
    assert host.rules() == rules
    assert host.links() == links


def test_it_mends_what_is_missing(host: Host) -> None:
    host.up()
    rules, links = host.rules(), host.links()
    host.must(
        "nft flush ruleset; for link in $(ip -o link show type bridge | cut -d: -f2); do ip link delete dev $link; done"
    )
    host.must("nft flush ruleset; nft add table inet rf_rf_t_boot_live", SCOPE.namespace)
    host.up()
    assert host.rules() == rules
    assert host.links() == links


def test_two_boots_are_alike(boot: Path) -> None:
    with started(boot) as one:
        one.up()
        first = one.rules(), one.links(), one.links(SCOPE.namespace)
    with started(boot) as other:
        other.up()
        assert (other.rules(), other.links(), other.links(SCOPE.namespace)) == first


def test_down_leaves_nothing(host: Host) -> None:
    before = host.links()
    host.must("iptables -P FORWARD DROP")
    rules = host.must("iptables -S")
    host.up()
    assert host.must("iptables -S") != rules
    host.must(f"sed -i '/^gone /d' {host.boot}/down.sh; sh {host.boot}/down.sh 0")  # no libvirt here to ask
    assert host.links() == before
    assert host.must("ip netns list") == ""
    assert host.must("iptables -S") == rules
    assert "rf_rf_t_boot" not in host.must("nft list tables")
    assert host.run("ls /run/ringfence/rf-t-boot").returncode != 0
    # Its first process, sleep, buries nobody: what is dead stays as a zombie.
    host.must("for i in 1 2 3 4 5 6 7 8 9; do ps -C dnsmasq -o stat= | grep -qv Z || exit 0; sleep 0.1; done; exit 1")
