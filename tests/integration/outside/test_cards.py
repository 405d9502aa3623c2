# SPDX-License-Identifier: Apache-2.0
"""What becomes of the plant's cards: taken, given back as they were, missing, in use; at whichever moment we end."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from examples.outside.bystanders import Bystanders
from examples.outside.lan import CARD, Device
from tests.integration.fabric.stage import Stage
from tests.integration.outside.grounds import Grounds, laid_out
from tests.integration.waterworks.talk import until

from ringfence.base.errors import RingfenceError
from ringfence.compile.document import Document, Kind
from ringfence.plan.change import Change

NIC = "t-o-nic0"
ALIAS = "port 7 of the plant's switch"
TOOL = """\
#!/bin/sh
# Stands in for {name}: counts what changes something, and from the {most}th on does nothing any more.
case " $* " in *" show "* | *" list "* | *" -j "*) exec {real} "$@" ;; esac
echo x >>{count}
[ "$(wc -l <{count})" -le {most} ] || exit 137
exec {real} "$@"
"""


@pytest.fixture(scope="module")
def grounds() -> Iterator[Grounds]:
    with laid_out() as found:
        subprocess.run(["ip", "link", "set", "dev", NIC, "alias", ALIAS], check=True)
        found.stage.up()
        yield found


def cards() -> dict[str, tuple[str, object, bool, int]]:
    """Return MAC, alias, whether up, and number of addresses of the plant's cards that the host has."""
    shown = json.loads(subprocess.run(["ip", "-j", "-d", "address"], capture_output=True, text=True, check=True).stdout)
    return {
        one["ifname"]: (one["address"], one.get("ifalias"), "UP" in one["flags"], len(one["addr_info"]))
        for one in shown
        if one["ifname"].startswith("t-o-nic")
    }


@pytest.fixture
def taken_away(grounds: Grounds) -> Iterator[Grounds]:
    """Answer grounds without uplinks; afterwards everything is up again."""
    grounds.stage.ensure(Change(one, None) for one in grounds.stage.documents(Kind.UPLINK))
    yield grounds
    heal(grounds.stage)


def heal(stage: Stage) -> None:
    for _ in range(2):
        stage.ensure(stage.changes())
    assert stage.drift() == []


@pytest.fixture
def dying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None], int], bool]:
    """Answer what does something until its N-th change, and tells whether it came to its end."""
    path = os.environ["PATH"]

    def until_call(act: Callable[[], None], most: int) -> bool:
        count = tmp_path / "count"
        count.write_text("")
        for name in ("ip", "nft", "nsenter"):
            real = subprocess.run(["which", name], capture_output=True, text=True, check=True).stdout.strip()
            (tmp_path / name).write_text(TOOL.format(name=name, real=real, count=count, most=most))
            (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{path}")
        with suppress(RingfenceError):
            act()
        monkeypatch.setenv("PATH", path)
        return len(count.read_text().split()) <= most

    return until_call


@pytest.mark.parametrize("name", ["plant", "skid-one"])
def test_whoever_ends_in_the_middle_leaves_what_the_next_puts_right(
    taken_away: Grounds, dying: Callable[[Callable[[], None], int], bool], name: str
) -> None:
    stage, before = taken_away.stage, cards()
    document = stage.document("uplink", name)
    make, take_back = ([Change(None, document)], [Change(document, None)])
    moment, whole = 0, False
    while not whole:
        whole = dying(lambda: stage.driver.ensure(stage.scope, make), moment)
        stage.driver.ensure(stage.scope, take_back)
        assert cards() == before, moment
        dying(lambda: stage.driver.ensure(stage.scope, make), moment)
        stage.driver.ensure(stage.scope, make)
        assert stage.driver.observe(stage.scope)[document.address].parts == document.parts
        whole = dying(lambda: stage.driver.ensure(stage.scope, take_back), moment) and whole
        for left in standing(stage, name):
            stage.driver.ensure(stage.scope, [Change(left, None)])
        assert cards() == before, moment
        moment += 1
    assert moment > 3


def standing(stage: Stage, name: str) -> list[Document]:
    """Return what a plan would know of an uplink; it is asked to remove nothing else."""
    return [one for one in stage.driver.observe(stage.scope).values() if one.address.endswith(f"uplink/{name}")]


def test_cards_come_back_as_they_were_also_when_the_namespace_goes_first(grounds: Grounds) -> None:
    stage = grounds.stage
    heal(stage)
    assert cards() == {}
    down = stage.document("namespace", "router")
    stage.driver.ensure(stage.scope, [Change(down, None)])
    assert cards()[NIC][1:] == (ALIAS, False, 0)
    assert len(cards()) == len(grounds.lans)
    heal(stage)


def test_a_card_that_is_gone_is_told_and_its_return_is_mended(grounds: Grounds) -> None:
    stage, lan = grounds.stage, grounds.lans["office"]
    heal(stage)
    lan.switch.run("ip", "link", "del", "host")
    assert "Uplink office is missing." in stage.drift()
    with pytest.raises(RingfenceError, match="'t-o-nic1', which this host does not have now"):
        stage.ensure(stage.changes())
    others = {sentence for sentence in stage.drift() if "office" not in sentence}
    lan.cable("t-o-nic1")
    heal(stage)
    assert others == set()


def test_a_cut_cable_ends_no_conversation(grounds: Grounds) -> None:
    stage, lan = grounds.stage, grounds.lans["plant"]
    heal(stage)
    with Bystanders(
        Device(stage.scope.stub("hist"), "hist", lan.switch), grounds.devices["plc"], "10.78.1.7", 502
    ) as two:
        lan.cut()
        assert stage.drift() == []
        two.near.sendall(b"said while the cable was cut")
        until("a retransmission", two.retransmitted)
        lan.mend()
        assert two.far.recv(64) == b"said while the cable was cut"
        two.exchange(b"and on it goes")
    assert two.said == two.heard
    assert stage.drift() == []


IN_USE = {
    "has the address 192.0.2.7": ("ip address add 192.0.2.7/24 dev {nic}", "ip address del 192.0.2.7/24 dev {nic}"),
    "is a part of 't-o-bridge'": (
        "ip link add t-o-bridge type bridge; ip link set {nic} master t-o-bridge",
        "ip link del t-o-bridge",
    ),
    "is taken already": (
        "ip link set {nic} alias 'ringfence:other/live/uplink/x/{nic}/down'",
        "ip link set {nic} alias ''",
    ),
}


@pytest.mark.parametrize("why", IN_USE)
def test_a_card_that_is_used_otherwise_is_refused_and_stays_as_it_is(taken_away: Grounds, why: str) -> None:
    stage = taken_away.stage
    use, free = (line.format(nic="t-o-nic1") for line in IN_USE[why])
    subprocess.run(["sh", "-ec", use], check=True)
    try:
        before = cards()
        with pytest.raises(RingfenceError, match=why):
            stage.driver.ensure(stage.scope, [Change(None, stage.document("uplink", "office"))])
        assert cards() == before
    finally:
        subprocess.run(["sh", "-ec", free], check=True)


def test_an_uplink_may_be_changed_in_place(grounds: Grounds) -> None:
    heal(grounds.stage)
    site, before = grounds.stage.site, cards()
    plant, transit = site.uplinks["plant"], site.uplinks["transit"]
    one = site.assets["one"]
    for uplinks, assets in (
        ({"plant": replace(plant, shared=True)}, {}),
        (
            {
                "plant": replace(plant, interface="t-o-nic3"),
                "skid-one": replace(site.uplinks["skid-one"], interface=NIC),
            },
            {},
        ),
        ({"transit": replace(transit, ipv4=site.uplinks["skid-two"].ipv4, gateway4=None)}, {}),
        ({}, {"one": replace(one, seen_as=None)}),
        ({}, {}),
    ):
        stage = replace(
            grounds.stage, site=replace(site, uplinks={**site.uplinks, **uplinks}, assets={**site.assets, **assets})
        )
        heal(stage)
    assert cards() == before


def test_two_uplinks_share_a_card_of_the_host(taken_away: Grounds) -> None:
    site = taken_away.stage.site
    shared = {name: replace(site.uplinks[name], interface=NIC, shared=True) for name in ("plant", "office")}
    stage = replace(taken_away.stage, site=replace(site, uplinks={**site.uplinks, **shared}))
    heal(stage)
    assert NIC in cards()
    wall = taken_away.lans["plant"].join("wall2", "10.78.2.254/24")
    taken_away.devices["plc"].run("ip", "neigh", "flush", "dev", CARD)  # a macvlan has another MAC than the card
    both = replace(taken_away, devices={"plc": taken_away.devices["plc"], "wall": wall})
    with both.played() as players:
        players.serve(["plc", "wall"], tcp=[502, 443])
        assert players["hist"].ask("connect", targets=[["10.78.1.7", 502]], seconds=2.5) == [True]
        assert players["scada"].ask("connect", targets=[["10.78.2.254", 443]], seconds=2.5) == [True]
    wall.run("ip", "link", "set", CARD, "down")
