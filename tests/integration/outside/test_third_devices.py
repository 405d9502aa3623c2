# SPDX-License-Identifier: Apache-2.0
"""Whatever Ringfence does, devices of the plant that no conduit names are neither answered for nor disturbed.

Every frame that leaves Ringfence's card is accounted for, from before the fabric is there until it is gone.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from ipaddress import ip_address

import pytest
from examples.outside.bystanders import Bystanders
from examples.outside.frames import ARP, IPV4, IPV6, Frame, Recorder
from examples.outside.lan import CARD, Device
from tests.integration.fabric.troupe import Troupe, token
from tests.integration.outside.grounds import Grounds, laid_out
from tests.integration.waterworks.talk import until

THIRD, FOURTH = "10.78.1.8", "10.78.1.9"
MAY_TALK = {
    ("10.78.1.11", "10.78.1.7"),
    ("10.78.1.12", "10.78.1.7"),
    ("172.17.0.5", "10.78.1.7"),
    ("10.78.1.11", "10.78.1.6"),
}
"""Who may speak over the plant's uplink to whom: what conduits of outside/site.yaml name, on the first network."""
SPOKEN = {("fd78:0:0:1::11", "fd78:0:0:1::7"), ("fd78:0:0:1::12", "fd78:0:0:1::7"), *MAY_TALK}
SOLICIT, ADVERT, GROUPS = 135, 136, 143
"""ICMPv6 types: RFC 4861 clauses 4.3 and 4.4, RFC 3810 clause 5.2."""
ICMP6, HOP_BY_HOP = 58, 0
HURT = ("iptables -P FORWARD DROP", "nft flush ruleset")
"""What others do to the host's packet filter."""
NO_FILTER = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n"
"""What iptables-restore is given for a host whose filter was never asked for: iptables-save prints nothing there."""


@pytest.fixture(scope="module")
def grounds() -> Iterator[Grounds]:
    with laid_out() as found:
        yield found


@pytest.fixture
def recorder(grounds: Grounds) -> Iterator[Recorder]:
    with Recorder(grounds.lans["plant"]) as found:
        yield found


def unaccounted(frames: list[Frame]) -> list[str]:
    """Return what nobody declared, of frames that left Ringfence's card."""
    return [why for why in map(account, frames) if why]


def account(frame: Frame) -> str:
    """Return nothing for a frame that a conduit accounts for, else what it is."""
    body = frame.body
    if frame.kind == ARP:
        sender, target = (str(ip_address(body[at : at + 4])) for at in (14, 24))
        return "" if (sender, target) in MAY_TALK else f"ARP {int.from_bytes(body[6:8], 'big')} {sender} {target}"
    if frame.kind == IPV4:
        pair = str(ip_address(body[12:16])), str(ip_address(body[16:20]))
        return "" if pair in SPOKEN else f"IPv4 {pair}"
    if frame.kind == IPV6:
        return _account6(body)
    return f"frame of type {frame.kind:#06x}"


def _account6(body: bytes) -> str:
    pair = str(ip_address(body[8:24])), str(ip_address(body[24:40]))
    following, kind = body[6], body[40]
    if following == HOP_BY_HOP and body[48] == GROUPS:
        return ""  # joins the groups of the addresses that it is asked for: switches hand questions on by them
    if following == ICMP6 and kind in {SOLICIT, ADVERT}:
        about = str(ip_address(body[48:64]))
        mine = {near for near, _ in SPOKEN} if kind == ADVERT else {far for _, far in SPOKEN}
        return "" if about in mine else f"ND {kind} about {about} from {pair[0]}"
    return "" if pair in SPOKEN else f"IPv6 {pair} {following} {kind}"


def talk(players: Troupe) -> None:
    """Let workloads say what conduits let pass, and what they do not."""
    assert players["hist"].ask("connect", targets=[["10.78.1.7", 502], ["fd78:0:0:1::7", 502]], seconds=2.5) == [
        True,
        True,
    ]
    assert players["plc"].ask("connect", targets=[["10.78.1.12", 502]], seconds=2.5) == [True]
    denied = [["10.78.1.8", 502], ["10.78.1.9", 502], ["fd78:0:0:1::8", 502], ["10.78.1.77", 502]]
    assert players["hist"].ask("connect", targets=denied, seconds=0.3) == [False] * 4
    assert players["third"].ask("connect", targets=[["10.78.1.11", 502]], seconds=0.3) == [False]


def test_up_again_and_down_while_others_talk(grounds: Grounds, recorder: Recorder) -> None:
    third, fourth = grounds.devices["third"], grounds.devices["fourth"]
    with Bystanders(third, fourth, FOURTH) as bystanders:
        grounds.stage.up()
        with grounds.played() as players:
            players.serve(["plc", "mate", "third"], tcp=[502])
            talk(players)
            assert_same(bystanders, third)
            grounds.stage.up()
            talk(players)
            assert_same(bystanders, third)
        grounds.stage.down()
        assert_same(bystanders, third)
        assert unaccounted(recorder.frames("host")) == []
        grounds.stage.up()
        assert_same(bystanders, third)
    assert recorder.frames("host", lambda frame: frame.kind == ARP)
    assert unaccounted(recorder.frames("host")) == []


def assert_same(bystanders: Bystanders, third: Device) -> None:
    """Both know each other as before; whom they asked for besides, and nobody answered, they do not know."""
    assert bystanders.same(), (third.neighbours(), bystanders.view(), bystanders.began)


def test_a_device_that_is_away_has_no_double_and_is_met_again(grounds: Grounds, recorder: Recorder) -> None:
    grounds.stage.up()
    third, fourth = grounds.devices["third"], grounds.devices["fourth"]
    fourth.run("ip", "neigh", "flush", "dev", CARD)
    third.unplug()
    try:
        with grounds.played() as players:
            orders = {"targets": [[THIRD, token()]], "seconds": 1.2}
            for name in ("fourth", "hist", "plc"):
                assert players[name].ask("ping", **orders) == []
            assert THIRD not in fourth.neighbours()
            assert answers_for(recorder, THIRD) == []
            third.plug_in()
            until("the device", lambda: players["fourth"].ask("ping", targets=[[THIRD, token()]], seconds=0.5))
    finally:
        third.plug_in()
    assert fourth.neighbours()[THIRD] == third.mac
    assert {frame.source for frame in answers_for(recorder, THIRD)} == {third.mac}
    assert unaccounted(recorder.frames("host")) == []


def answers_for(recorder: Recorder, address: str) -> list[Frame]:
    """Return every answer to who has an address, of anybody."""
    wanted = ip_address(address).packed

    def told(frame: Frame) -> bool:
        return frame.kind == ARP and frame.body[6:8] == b"\0\2" and frame.body[14:18] == wanted

    return recorder.frames(None, told)


@pytest.mark.parametrize("line", HURT)
def test_what_others_do_to_the_host_s_filter_disturbs_nobody(grounds: Grounds, recorder: Recorder, line: str) -> None:
    grounds.stage.up()
    before = subprocess.run(["iptables-save"], capture_output=True, text=True, check=True).stdout
    third, fourth = grounds.devices["third"], grounds.devices["fourth"]
    try:
        with Bystanders(third, fourth, FOURTH) as bystanders, grounds.played() as players:
            players.serve(["plc", "mate", "third"], tcp=[502])
            subprocess.run(line.split(), check=True)
            grounds.stage.ensure(grounds.stage.changes())
            assert grounds.stage.drift() == []
            talk(players)
            assert bystanders.same()
    finally:
        subprocess.run(["iptables-restore"], input=before or NO_FILTER, text=True, check=True)
    assert unaccounted(recorder.frames("host")) == []
