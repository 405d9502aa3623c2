# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections import Counter
from time import monotonic

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.assure.builders import facts, site, workload, zone

from ringfence.facts.host import HostFacts
from ringfence.placement.place import REFUSED, place
from ringfence.site.host import Host
from ringfence.site.site import Site
from ringfence.site.workload import Workload

ZONE = zone("control", 1)


def plant(*things: object) -> Site:
    return site(ZONE, *things)


def hosts(count: int) -> list[Host]:
    return [Host(f"server{number}", reserved_memory_mib=0) for number in range(count)]


def seen(of: Site, memory_mib: int = 1000) -> dict[str, HostFacts]:
    return {name: facts(name, memory_mib=memory_mib) for name in of.hosts}


def test_the_only_host_takes_everything_also_what_does_not_fit_together() -> None:
    of = plant(*hosts(1), workload("a", "control", memory_mib=800), workload("b", "control", memory_mib=800))
    placement, refusals = place(of, seen(of))
    assert placement.hosts == {"a": "server0", "b": "server0"}
    assert placement.reasons["a"] == "It is the only host of the site."
    assert refusals == ()


def test_what_is_larger_than_every_host_is_refused() -> None:
    of = plant(*hosts(2), workload("a", "control", memory_mib=1001))
    placement, refusals = place(of, seen(of))
    assert placement.hosts == {}
    assert [(one.id, one.subject) for one in refusals] == [(REFUSED, "workload/a")]
    assert "1001 MiB" in refusals[0].problem
    assert "1000 MiB" in refusals[0].problem


def test_a_pin_to_an_unknown_host_is_refused() -> None:
    of = plant(*hosts(1), workload("a", "control", host="elsewhere"))
    assert [one.id for one in place(of, seen(of))[1]] == [REFUSED]


def test_reserved_memory_is_left_alone() -> None:
    of = plant(Host("big", reserved_memory_mib=900), Host("small", reserved_memory_mib=0), workload("a", "control"))
    assert place(of, seen(of))[0].hosts == {"a": "small"}


def test_apart_from_holds_both_ways_while_there_are_hosts() -> None:
    names = ("a", "b", "c")
    of = plant(*hosts(2), *(workload(name, "control", apart_from=("c",) if name != "c" else ()) for name in names))
    placement, _ = place(of, seen(of))
    assert placement.hosts["c"] not in {placement.hosts["a"], placement.hosts["b"]}


def test_what_runs_stays_where_it_is() -> None:
    of = plant(*hosts(3), *(workload(name, "control") for name in "abcd"))
    current = {"a": "server2", "b": "server2", "c": "server2"}
    placement, _ = place(of, seen(of), current)
    assert {name: placement.hosts[name] for name in current} == current
    assert placement.reasons["a"] == "It runs here already, and nothing asks it to move."
    assert placement.hosts["d"] != "server2"


def test_a_host_never_observed_takes_workloads() -> None:
    of = plant(*hosts(1), workload("a", "control", memory_mib=10**6))
    assert place(of, {})[0].hosts == {"a": "server0"}


def test_two_thousand_workloads_on_fifty_hosts_are_placed_fast() -> None:
    made = [workload(f"w{number}", "control", memory_mib=64 + number % 700) for number in range(2000)]
    of = plant(*hosts(50), *made)
    before = monotonic()
    placement, refusals = place(of, seen(of, sum(one.memory_mib for one in made) * 103 // 5000))
    assert monotonic() - before < 2
    assert len(placement.hosts) == 2000
    assert refusals == ()
    assert not any(reason.startswith("No host has enough") for reason in placement.reasons.values())


@given(st.lists(st.integers(1, 1000), max_size=40), st.integers(1, 6))
def test_every_workload_is_placed_and_the_order_never_matters(sizes: list[int], count: int) -> None:
    made: list[Workload] = [workload(f"w{index}", "control", memory_mib=size) for index, size in enumerate(sizes)]
    one, other = plant(*hosts(count), *made), plant(*hosts(count)[::-1], *made[::-1])
    placement, refusals = place(one, seen(one))
    assert refusals == ()
    assert set(placement.hosts) == set(one.workloads) == set(placement.reasons)
    assert placement == place(other, seen(other))[0]


@given(st.lists(st.integers(1, 300), min_size=1, max_size=40), st.integers(2, 6))
def test_a_host_is_overcommitted_only_when_none_has_room(sizes: list[int], count: int) -> None:
    of = plant(*hosts(count), *(workload(f"w{i}", "control", memory_mib=size) for i, size in enumerate(sizes)))
    placement, _ = place(of, seen(of))
    used: Counter[str] = Counter()
    for name, host in placement.hosts.items():
        used[host] += of.workloads[name].memory_mib
    full = any(reason.startswith("No host has enough") for reason in placement.reasons.values())
    assert full or all(amount <= 1000 for amount in used.values())
