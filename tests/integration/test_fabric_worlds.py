# SPDX-License-Identifier: Apache-2.0
"""The fabric beside others: a sealed copy, somebody else's links, a host that runs Docker, a boot without Ringfence."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.fabric.stage import Stage, waterworks
from tests.packets.declared import address

from ringfence.base.errors import Refused
from ringfence.compile.document import Kind
from ringfence.compile.fabric.dhcp import dhcp_script
from ringfence.compile.part.dhcp import run_folder
from ringfence.compile.scope import Endpoints, Scope
from ringfence.plan.change import Change
from ringfence.site.site import Site

HERE = Path(__file__).resolve().parents[2]


def shell(line: str) -> str:
    return subprocess.run(["sh", "-ec", line], check=True, capture_output=True, text=True).stdout


def connects(stage: Stage, source: str, target: str, port: int) -> bool:
    """Tell whether one workload reaches another by TCP."""
    with stage.played() as troupe:
        troupe.serve([target], tcp=(port,))
        there = [[address(stage.bindings, target, version), port] for version in (4, 6)]
        return all(troupe[source].ask("connect", targets=there, seconds=2.5))


def test_a_copy_with_the_same_addresses_disturbs_nothing() -> None:
    with waterworks("t-worlds").standing() as live, waterworks("t-worlds", "copy").standing() as copy:
        assert live.bindings["scada"].interfaces["eth0"].ipv4 == copy.bindings["scada"].interfaces["eth0"].ipv4
        assert (live.drift(), copy.drift()) == ([], [])
        with live.played() as first, copy.played() as second:
            first.serve(["plc-north"], tcp=(502,))
            there = [[address(live.bindings, "plc-north", 4), 502]]
            assert first["scada"].ask("connect", targets=there, seconds=2)
            assert not any(second["scada"].ask("connect", targets=there, seconds=1))
        copy.down()
        assert copy.driver.observe(copy.scope) == {}
        assert live.drift() == []


def test_files_of_the_artifacts_bring_it_up_without_ringfence() -> None:
    stage = waterworks("t-boot")
    enter = f"nsenter --net=/run/netns/{stage.scope.namespace} "
    try:
        for document in stage.documents():
            match document.kind:
                case Kind.NAMESPACE | Kind.LINK | Kind.PORT:
                    run(["sh", "-e"], document.body)
                case Kind.DHCP:
                    run(["sh", "-e"], dhcp_script(stage.scope, document.parts))
                case Kind.TABLE | Kind.GUARD | Kind.CONDUIT:
                    inside = document.kind is Kind.CONDUIT or document.address.endswith("/router")
                    run([*(enter.split() if inside else []), "nft", "-f", "-"], document.body)
                case kind:
                    pytest.fail(f"unexpected {kind}")
        assert stage.drift() == []
        assert connects(stage, "scada", "plc-north", 502)
    finally:
        stage.down()


def run(command: list[str], text: str) -> None:
    subprocess.run(command, input=text, text=True, check=True)


@pytest.fixture
def tap() -> Iterator[Stage]:
    """A stage of one workload behind a tap, as QEMU opens it."""
    stage = waterworks("t-tap")
    stage.scope = Scope("t-tap", "server1", "live", Endpoints.TAP)
    names = [one.parts["name"] for one in stage.documents(Kind.PORT)]
    try:
        for name in names:
            shell(f"ip tuntap add dev {name} mode tap")
        yield stage
    finally:
        stage.down()
        for name in names:
            subprocess.run(["ip", "link", "del", "dev", name], check=False)


def test_taps_get_their_flags_and_stay_when_ports_go(tap: Stage) -> None:
    tap.up()
    assert tap.drift() == []
    ports = tap.documents(Kind.PORT)
    tap.driver.ensure(tap.scope, [Change(one, None) for one in ports])
    for one in ports:
        shell(f"ip link show dev {one.parts['name']}")
        assert "master" not in shell(f"ip link show dev {one.parts['name']}")


def test_a_link_mended_leaves_taps_of_running_workloads_alone(tap: Stage) -> None:
    """A workload that libvirt has just started stands on the bridge before its port is seen to."""
    tap.ensure(Change(None, one) for one in tap.documents() if one.kind is not Kind.PORT)
    (port,) = (one for one in tap.documents(Kind.PORT) if "/plc-north/" in one.address)
    shell(f"ip link set dev {port.parts['name']} master {port.parts['master']}")
    tap.driver.ensure(tap.scope, [Change(None, tap.document("link", "field"))])
    assert port.parts["master"] in shell(f"ip link show dev {port.parts['name']}")


def test_a_port_without_its_tap_is_refused() -> None:
    stage = waterworks("t-refused")
    stage.scope = Scope("t-refused", "server1", "live", Endpoints.TAP)
    with pytest.raises(Refused, match="does not run"):
        stage.driver.ensure(stage.scope, [Change(None, stage.documents(Kind.PORT)[0])])


def test_somebody_else_s_link_is_never_taken() -> None:
    stage = waterworks("t-foreign")
    link = stage.document("link", "field")
    name = link.parts["bridge/name"]
    stage.ensure(Change(None, one) for one in stage.documents(Kind.NAMESPACE))
    try:
        shell(f"ip link add {name} type bridge")
        with pytest.raises(Refused, match=f"'{name}' stands that is not"):
            stage.driver.ensure(stage.scope, [Change(None, link)])
        stage.down()
        assert name in shell(f"ip link show dev {name}")
    finally:
        stage.down()
        shell(f"ip link del dev {name}")


def test_conduits_and_guards_wait_for_their_table() -> None:
    stage = waterworks("t-early")
    for kind, wanted in ((Kind.CONDUIT, "router"), (Kind.GUARD, "guard")):
        with pytest.raises(Refused, match=f"The {wanted}'s table is not loaded"):
            stage.driver.ensure(stage.scope, [Change(None, stage.documents(kind)[0])])


def test_dnsmasq_outlives_whoever_started_it() -> None:
    stage = waterworks("t-outlive")
    program = "from tests.integration.fabric.stage import waterworks; waterworks('t-outlive').up()"
    try:
        subprocess.run([sys.executable, "-c", program], check=True, cwd=HERE, env=python_path(), timeout=60)
        pid = int(Path(run_folder(stage.scope), "dnsmasq.pid").read_text())
        assert os.getsid(pid) != os.getsid(0)
        assert stage.drift() == []
        before = Path(f"/proc/{pid}/stat").read_text().split()[21]
        stage.site = without_one_host(stage)
        stage.ensure(stage.changes())
        assert Path(f"/proc/{pid}/stat").read_text().split()[21] == before  # told, not restarted
        assert stage.drift() == []
    finally:
        stage.down()
    assert not Path(run_folder(stage.scope)).exists()


def without_one_host(stage: Stage) -> Site:
    """Return the site with a workload less: the hosts file changes, the configuration does not."""
    left = {name: one for name, one in stage.site.workloads.items() if name != "jump"}
    conduits = {name: one for name, one in stage.site.conduits.items() if "jump" not in str((one.source, one.target))}
    return replace(stage.site, workloads=left, conduits=conduits)


def python_path() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": f"{HERE / 'src'}:{HERE}"}


DOCKER = """
import subprocess, sys
from tests.packets.declared import address
from tests.integration.fabric.stage import waterworks
def shell(line): return subprocess.run(["sh", "-ec", line], check=True, capture_output=True, text=True).stdout
shell("ip link set lo up; iptables -P FORWARD DROP; ip6tables -P FORWARD DROP")
stage = waterworks("t-docker")
with stage.standing():
    assert stage.drift() == [], stage.drift()
    with stage.played() as troupe:
        troupe.serve(["plc-north"], tcp=(502,))
        there = [[address(stage.bindings, "plc-north", version), 502] for version in (4, 6)]
        assert all(troupe["scada"].ask("connect", targets=there, seconds=3))
        shell("iptables -F FORWARD; ip6tables -F FORWARD")
        assert any("FORWARD" in sentence for sentence in stage.drift()), stage.drift()
        assert not any(troupe["scada"].ask("connect", targets=there, seconds=1.5))
        stage.ensure(stage.changes())
        assert stage.drift() == []
        assert all(troupe["scada"].ask("connect", targets=there, seconds=3))
assert "ACCEPT" not in shell("iptables -S FORWARD; ip6tables -S FORWARD")
"""


@pytest.mark.skipif(
    not Path("/proc/sys/net/bridge/bridge-nf-call-iptables").exists(), reason="br_netfilter is not loaded"
)
def test_docker_s_chains_let_our_bridges_pass_and_nothing_stays_behind() -> None:
    own = 'mount --make-rprivate / && mkdir -p /run/netns && mount -t tmpfs none /run/netns && exec "$@"'
    words = ["unshare", "--net", "--mount", "sh", "-ec", own, "sh", sys.executable, "-c", DOCKER]
    done = subprocess.run(words, cwd=HERE, env=python_path(), capture_output=True, text=True, check=False, timeout=90)
    assert done.returncode == 0, done.stderr
