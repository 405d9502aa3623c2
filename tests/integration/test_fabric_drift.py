# SPDX-License-Identifier: Apache-2.0
"""What a hand changes is told as a sentence, and the next apply puts it right."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.integration.fabric.stage import Stage, waterworks

from ringfence.compile.part.dhcp import run_folder
from ringfence.plan.change import Change

HOST_EDITS = {
    "guard gone": "nft delete table bridge {table}",
    "guard's rule": "nft flush chain bridge {table} guest_arp",
    "guard's policy": "nft chain bridge {table} arriving '{{ policy drop; }}'",
    "another's address": "nft add element bridge {table} bound4 '{{ \"{port}\" . {mac} . 10.10.1.77 }}'",
    "port not isolated": "bridge link set dev {port} isolated off",
    "port floods": "bridge link set dev {port} flood on learning on",
    "port off its bridge": "ip link set dev {port} nomaster",
    "MAC not bound": "bridge fdb del {mac} dev {port} master static",
    "bridge with an address": "ip address add 192.0.2.99/32 dev {bridge}",
    "bridge with IPv6": "echo 0 >/proc/sys/net/ipv6/conf/{bridge}/disable_ipv6",
    "bridge down": "ip link set dev {bridge} down",
    "leg gone": "ip link del dev {leg}",
    "strange port": "ip link add {strange} type dummy 2>/dev/null || ip link add {strange} type veth;"
    " ip link set dev {strange} master {bridge}",
    "another leg's MAC": "ip link set dev {leg} address 52:54:00:00:00:99",
    "namespace gone": "ip netns del {space}",
    "dnsmasq dead": "pid=$(cat {run}/dnsmasq.pid); kill -9 $pid;"
    " while grep -qs . /proc/$pid/cmdline; do sleep 0.05; done",
    "dnsmasq's file": "echo dhcp-range=10.10.1.100,10.10.1.200 >>$(ls {run}/dnsmasq-*.conf)",
    "dnsmasq's hosts": "echo 52:54:00:00:00:01,10.10.1.77 >>{run}/dhcp-hosts",
}
ROUTER_EDITS = {
    "rules flushed": "nft flush ruleset",
    "policy": "nft chain inet {table} forward '{{ policy accept; }}'",
    "table asleep": "nft add table inet {table} '{{ flags dormant; }}'",
    "rule first": "nft insert rule inet {table} forward accept",
    "rule gone": "nft flush chain inet {table} leg_field",
    "chain added": "nft add chain inet {table} more '{{ type filter hook forward priority -5; }}'",
    "element added": "nft add element inet {table} c4_dmz '{{ 10.10.5.11 . 10.10.1.11 . tcp . 502 : goto leg_field }}'",
    "element owned": "nft add element inet {table} c4_dmz"
    " '{{ 10.10.5.11 . 10.10.1.11 . tcp . 502 comment \"mine\" : goto leg_field }}'",
    "element gone": "nft flush map inet {table} c4_supervision",
    "grant without a name": "nft add element inet {table} g4_dmz"
    " '{{ 10.10.5.11 . 10.10.1.11 . tcp . 502 timeout 1h : goto leg_field }}'",
    "map of another type": "nft delete map inet {table} probe4 2>/dev/null; nft flush chain inet {table} input;"
    " nft flush chain inet {table} asks; nft delete map inet {table} probe4;"
    " nft add map inet {table} probe4 '{{ type ipv4_addr : verdict; }}'",
    "other table": "nft add table ip strange",
    "loop down": "ip link set lo down",
    "route": "ip route add 198.51.100.0/24 via 10.10.1.11",
    "link": "ip link add strange type veth",
    "gateway gone": "ip address del 10.10.1.1/24 dev field",
    "second gateway": "ip address add 10.10.1.2/24 dev field",
}


def words(stage: Stage) -> dict[str, str]:
    link, port = stage.document("link", "field").parts, stage.document("port", "plc-north", "eth0").parts
    return {
        "table": stage.scope.table,
        "space": stage.scope.namespace,
        "bridge": link["bridge/name"],
        "leg": link["leg/name"],
        "port": port["name"],
        "mac": port["fdb"],
        "run": run_folder(stage.scope),
        "strange": "rftstrange",
    }


def mend(stage: Stage) -> None:
    """Apply as often as a plan needs: what stood on something that was gone shows up missing afterwards."""
    for _ in range(2):
        stage.ensure(stage.changes())


@pytest.mark.parametrize("what", [*HOST_EDITS, *ROUTER_EDITS])
def test_a_change_by_hand_is_seen_and_put_right(stage: Stage, what: str) -> None:
    enter = ["nsenter", f"--net=/run/netns/{stage.scope.namespace}"] if what in ROUTER_EDITS else []
    line = {**HOST_EDITS, **ROUTER_EDITS}[what].format(**words(stage))
    subprocess.run([*enter, "sh", "-c", line], check=True)
    try:
        assert stage.drift() != []
        mend(stage)
        assert stage.drift() == []
    finally:
        subprocess.run(["ip", "link", "del", "dev", "rftstrange"], check=False, capture_output=True)


def test_every_switch_is_watched_and_put_right(stage: Stage) -> None:
    """All settings of the kernel that are parts, turned round at once."""
    link = stage.document("link", "field").parts
    host = {f"/proc/sys/net/ipv4/conf/{link['bridge/name']}/rp_filter": "0"}
    inside = ["nsenter", f"--net=/run/netns/{stage.scope.namespace}", "sh", "-c"]
    parts = {**stage.document("namespace", "router").parts, **link}
    lines, keys = [], set()
    for key, value in parts.items():
        last = key.removeprefix("router/")
        if last.startswith("net."):
            path = "/proc/sys/" + last.replace(".", "/")
        elif key.startswith("router/inet"):
            family, kind, name = last.split(".")
            path = f"/proc/sys/net/{family.replace('inet6', 'ipv6').replace('inet', 'ipv4')}/{kind}/field/{name}"
        else:
            continue
        keys.add(key)
        other = "80" if name_of(key) == "proxy_delay" else str(int(value == "0"))  # in units of 1/100 s
        lines.append(f"echo {other} >{path}")
    # What is set for 'all' changes the links too, so the links' own settings come last.
    subprocess.run([*inside, "; ".join(sorted(lines, key=lambda line: "/field/" in line))], check=True)
    for path, value in host.items():
        Path(path).write_text(value)
    seen = {part.key for change in stage.changes() for part in change.parts}
    assert keys <= seen
    assert "bridge/inet.conf.rp_filter" in seen
    mend(stage)
    assert stage.drift() == []


def name_of(key: str) -> str:
    return key.rsplit(".", 1)[-1]


def test_everything_may_be_done_again(stage: Stage) -> None:
    stage.up()
    assert stage.drift() == []


def test_what_is_gone_may_be_removed_again(stage: Stage) -> None:
    other = waterworks("t-drift", fabric="never")
    other.ensure(Change(one, None) for one in other.documents())
    assert other.driver.observe(other.scope) == {}
    assert stage.drift() == []
