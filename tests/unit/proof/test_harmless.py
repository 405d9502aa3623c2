# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from tests import factory
from tests.packets import gathering

from ringfence.compile.allocate import allocate
from ringfence.compile.fabric import fabric_artifacts
from ringfence.proof.field import ARP, ETHER_SOURCE, ICMP, ICMP6, PROTO, PROTOCOL, SOURCE4, SOURCE6, TCP, UDP
from ringfence.proof.trial.copy import sealed_copy
from ringfence.proof.trial.end import End
from ringfence.proof.trial.frame import ip
from ringfence.proof.trial.ground import Ground, ground_of
from ringfence.proof.trial.harmless import Canary, samples
from ringfence.proof.trial.trial import Sample

OWN = ("10.91.1.254", "fd91:0:0:1:ffff:ffff:ffff:fffe")
CANARY = Canary(End("canary/control", "", "52:54:00:00:00:cc", "control", OWN, "52:54:00:00:00:01"), ("10.91.1.253",))


def ground() -> Ground:
    site, scope = gathering.site(), gathering.scope()
    names = site.workloads
    bindings, _ = allocate(site, dict.fromkeys(names, factory.host_facts()), {}, {}, dict.fromkeys(names, scope))
    made = fabric_artifacts(site, frozenset(names), bindings, scope, factory.NOW)
    documents = {one.address: one.document for one in made}
    return ground_of(sealed_copy(scope, documents, {}).ends, documents)


def sent(*open_zones: str) -> list[Sample]:
    return samples(ground(), [CANARY], frozenset(open_zones), b"NONCE!!")


def test_canaries_never_speak_as_anybody_who_is_there() -> None:
    mine = {int(ip(one)) for one in (*OWN, *CANARY.spare)}
    theirs = {int(end.mac.replace(":", ""), 16) for end in ground().ends}
    for one in sent():
        assert {one.point[name] for name in (SOURCE4, SOURCE6) if name in one.point} <= mine
        assert one.point[ETHER_SOURCE] not in theirs


def test_they_ask_and_tell_nothing_about_neighbours_and_open_nothing_but_at_the_router() -> None:
    gateways = {int(ip(one)) for one in ground().gateways}
    for one in sent():
        assert one.point[PROTOCOL] != ARP
        assert one.point.get(PROTO, UDP) in {UDP, ICMP, ICMP6, TCP}
        if one.point.get(PROTO) == TCP:
            assert {one.point.get("ip daddr"), one.point.get("ip6 daddr")} & gateways
        if one.point.get(PROTO) == UDP:
            assert one.point["th dport"] == 9


def test_they_are_few_and_leave_machines_alone_that_may_all_talk() -> None:
    near = {int(ip(one)) for end in ground().ends if end.zone == "control" for one in end.addresses if one != "*"}
    assert len(sent()) < 80
    assert reached(sent()) & near
    assert not reached(sent("control")) & near


def reached(found: list[Sample]) -> set[int | None]:
    return {one.point.get("ip daddr", one.point.get("ip6 daddr")) for one in found}
