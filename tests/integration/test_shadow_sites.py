# SPDX-License-Identifier: Apache-2.0
"""Sealed copies of every kind of fabric: what claims promise passes, nothing else does, and a hand's change shows."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

import pytest
from tests.integration.fabric.legs import legs
from tests.integration.fabric.pair import pair
from tests.integration.fabric.stage import Stage, waterworks
from tests.integration.fabric.yard import yard
from tests.integration.outside.grounds import laid_out
from tests.packets import bay, gathering

from ringfence.app.canaries import canary_trials
from ringfence.app.claims import claims
from ringfence.app.shadow import ShadowResult, shadow_trials
from ringfence.compile.document import Kind
from ringfence.compile.scope import Endpoints
from ringfence.drivers.shadow.driver import ShadowDriver
from ringfence.proof.field import USER
from ringfence.proof.flow import Claim
from ringfence.proof.reach import reach


@contextmanager
def outside() -> Iterator[Stage]:
    with laid_out("t-outside") as grounds, grounds.stage.standing() as stage:
        yield stage


@contextmanager
def frames() -> Iterator[Stage]:
    site = bay.site()
    with yard(), Stage(site, bay.scope(), bindings=bay.bindings(site)).standing() as stage:
        yield stage


SITES: dict[str, Callable[[], AbstractContextManager[Stage]]] = {
    "waterworks": lambda: waterworks("t-shadow-all").standing(),
    "outside": outside,
    "bay": frames,
    "gathering": lambda: Stage(gathering.site(), gathering.scope()).standing(),
    "legs": lambda: legs("t-shadow-legs").standing(),
    "pair": lambda: pair("t-shadow-pair").standing(),
}
"""Two interfaces and translated skids, frames over a wire, copies to many, a shared address, probes."""
EDITS: dict[str, list[tuple[str, str, str]]] = {
    "outside": [
        ("inside", "nft delete table arp {table}", "leak"),
        ("inside", "nft insert rule inet {table} forward iifname plant.up accept", "leak"),
        ("skid-one", "nft flush chain ip {table} arriving", "lost"),
        ("inside", "ip route flush dev transit.up proto static", "lost"),
    ],
    "bay": [
        ("", "nft flush chain bridge {table} between", "leak"),
        ("", "nft flush set bridge {table} says", "lost"),
    ],
    "gathering": [
        ("inside", "nft flush map ip {table} relay4", "lost"),
    ],
}
"""Where somebody does something (the host, the router, a translator), what, and what packets then show."""


def tried(stage: Stage) -> ShadowResult:
    driver, site = ShadowDriver(), stage.site
    told = claims(site, frozenset(site.workloads), stage.bindings, stage.scope, stage.now)
    loaded = driver.loaded(stage.scope)
    proof = reach(loaded.documents.values())
    result = shadow_trials(driver, loaded, told, flows=proof.flows)
    foreign = any("foreign/" in one.what for one in proof.doors)  # a door of which nobody knows where it leads
    assert foreign or proof.unread or not result.unforeseen
    return result


@pytest.mark.parametrize("name", SITES)
def test_exactly_what_is_claimed_flows_and_changes_by_hand_show(name: str) -> None:
    with SITES[name]() as stage:
        result = tried(stage)
        assert [one.sentence for one in result.disagreements] == []
        assert result.unbuilt == ()
        assert result.unseen == ()
        assert result.passed > 0
        for where, line, kind in EDITS.get(name, ()):
            meddle(stage, where, line)
            changed = tried(stage)
            assert changed.unbuilt == ()
            assert kind in {one.kind for one in changed.disagreements}, line
            for _ in range(2):
                stage.ensure(stage.changes())
        assert stage.drift() == []


def test_the_routers_own_questions_are_tried_as_the_prober_and_as_others() -> None:
    """Taken away, the probe is missed; given to everybody, it is told."""
    with waterworks("t-shadow-probe").standing() as stage:
        asked = [one for one in claims_of(stage) if one.source == "router" and USER in one.box.limits]
        assert asked
        meddle(stage, "inside", "nft flush chain inet {table} asks")
        assert "lost" in {one.kind for one in tried(stage).disagreements if one.source == "router"}
        meddle(stage, "inside", "nft insert rule inet {table} output tcp flags syn accept")
        assert "leak" in {one.kind for one in tried(stage).disagreements if one.source == "router"}


def claims_of(stage: Stage) -> tuple[Claim, ...]:
    return claims(stage.site, frozenset(stage.site.workloads), stage.bindings, stage.scope, stage.now)


def meddle(stage: Stage, where: str, line: str) -> None:
    space = {"": "", "inside": stage.scope.namespace}.get(where, stage.scope.translator(where))
    enter = ["nsenter", f"--net=/run/netns/{space}"] if space else []
    subprocess.run([*enter, "sh", "-ec", line.format(table=stage.scope.table)], check=True)


def test_taps_of_machines_become_stubs() -> None:
    """As QEMU opens them: a port's other end is then in no namespace, and the copy has one for it."""
    stage = waterworks("t-shadow-tap")
    stage.scope = replace(stage.scope, endpoints=Endpoints.TAP)
    taps = [one.parts["name"] for one in stage.documents(Kind.PORT)]
    try:
        for tap in taps:
            subprocess.run(["ip", "tuntap", "add", "dev", tap, "mode", "tap"], check=True)
        with stage.standing():
            assert stage.drift() == []
            result = tried(stage)
            assert [one.sentence for one in result.disagreements] == []
            assert (result.unbuilt, result.unforeseen, result.unseen) == ((), (), ())
            assert len(result.ends) == len(taps)
            driver, free = ShadowDriver(), replace(stage.site, canaries=True)
            flown = canary_trials(driver, driver.loaded(stage.scope), free, stage.bindings, pace=80)
            assert (flown.leaks, len(flown.zones)) == ((), len(stage.site.zones))
            assert stage.drift() == []
    finally:
        for tap in taps:
            subprocess.run(["ip", "link", "del", "dev", tap], check=False, capture_output=True)
