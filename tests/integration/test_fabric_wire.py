# SPDX-License-Identifier: Apache-2.0
"""A layer-2 uplink's interface: taken without harm to those behind it, refused where others need it, given back."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.integration.fabric.stage import Stage
from tests.integration.fabric.troupe import troupe
from tests.integration.fabric.yard import DEVICES, SWITCH, looks, sent_into_yard, sh, space, yard
from tests.packets import bay

from ringfence.base.errors import Refused
from ringfence.compile.document import Kind
from ringfence.plan.change import Change

NAME = "t-wire"


@pytest.fixture(autouse=True)
def switch() -> Iterator[None]:
    with yard():
        yield


def stage(name: str = NAME, fabric: str = "live") -> Stage:
    site = bay.site(name)
    return Stage(site, bay.scope(name, fabric), bindings=bay.bindings(site))


@pytest.mark.parametrize(
    "was", ["ip link set dev {} down", "ip link set dev {} up", "ip link set dev {} alias 'port 3'"]
)
@pytest.mark.parametrize("ipv6", [0, 1])
def test_it_is_given_back_as_it_was(was: str, ipv6: int) -> None:
    sh(was.format(bay.WIRE), f"echo {ipv6} >/proc/sys/net/ipv6/conf/{bay.WIRE}/disable_ipv6")
    before, here = looks(), stage()
    with here.standing():
        here.up()  # again: what it was is remembered once
        assert looks() != before
        assert here.drift() == []
    assert looks() == before
    here.down()
    assert looks() == before


def test_devices_notice_nothing_while_it_comes_and_goes() -> None:
    """Their caches of neighbours and a session between two of them stay as they were, and nothing is asked of them."""
    places = {name: (space(name), ["eth0"]) for name in DEVICES}
    with troupe(places) as found:
        found.serve(["ied-2"], tcp=[102])
        assert found["stranger"].ask("hold", address="192.0.2.2", port=102, kind="tcp")
        found.rest(0.2, "stranger", "ied-2")
        found.seen(0)
        before = [_caches(), sent_into_yard()]
        (started,) = found["ied-2"].ask("streams")
        with stage().standing():
            found.rest(0.5, *places)
            stood = found.seen(0)
        found.rest(0.2, *places)
        (went_on,) = found["ied-2"].ask("streams")
        assert [_caches(), sent_into_yard()] == before
        assert went_on > started > 0
        assert not any(one["heard"] for one in stood.values())


def _caches() -> list[str]:
    states = [sh(f"ip -n {space(name)} neighbour show nud all | sed 's/ [A-Z]*$//' | sort") for name in DEVICES]
    return [*states, sh(f"bridge -n {SWITCH} fdb show dynamic | grep -v ' dev plug ' | sort")]


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("ip address add 192.0.2.77/24 dev {0}", "has addresses"),
        ("ip link add t-bay-br type bridge; ip link set dev {0} master t-bay-br", "is a port of t-bay-br"),
        ("ip link set dev {0} alias ringfence:other/live/wire/x", "is taken by ringfence:other/live/wire/x"),
        ("ip link del dev {0}", "There is no network interface"),
    ],
)
def test_an_interface_that_others_need_is_left_alone(before: str, said: str) -> None:
    sh(before.format(bay.WIRE))
    here = stage()
    was = looks() if "del" not in before else None
    try:
        with pytest.raises(Refused, match=said):
            here.up()
        assert was is None or looks() == was
    finally:
        here.down()
        subprocess.run(["ip", "link", "del", "dev", "t-bay-br"], check=False, capture_output=True)


def test_a_sealed_copy_touches_nothing_real() -> None:
    before, copy = looks(), stage(fabric="copy")
    with copy.standing():
        assert copy.drift() == []
        assert looks() == before
        assert sh(f"ip -br -n {copy.scope.outside('yard')} link show dev wire")
        sh(f"ip -n {copy.scope.outside('yard')} link set wire down")
        assert copy.drift() != []
        copy.ensure(copy.changes())
        assert copy.drift() == []
    assert copy.scope.outside("yard") not in sh("ip netns list")


def test_an_uplink_that_goes_takes_its_conduits_along() -> None:
    here = stage()
    with here.standing():
        conduits = {name: one for name, one in here.site.conduits.items() if "asset" not in str(one)}
        less = replace(here, site=replace(here.site, uplinks={}, assets={}, conduits=conduits))
        less.ensure(less.changes())
        assert less.drift() == []
        assert looks()["flags"] == ["BROADCAST", "MULTICAST"]
        here.ensure(here.changes())
        assert here.drift() == []


def test_closing_what_is_not_there_is_fine() -> None:
    here = stage()
    one = next(iter(here.documents(Kind.FRAMES)))
    here.driver.close(here.scope, one)
    here.driver.ensure(here.scope, [Change(one, None)])
    with pytest.raises(Refused, match="not loaded"):
        here.driver.ensure(here.scope, [Change(None, one)])
