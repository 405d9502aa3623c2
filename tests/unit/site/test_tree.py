# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import copy
import pickle

from ringfence.base.marks import Mark
from ringfence.site.loader import load
from ringfence.site.site import Site
from ringfence.site.tree import Tree
from ringfence.site.yaml12 import parse

TEXT = b"""\
ringfence: 1
site: {name: plant, owner: Operations}
hosts: {server1: }
zones:
  field:
    level: 1
    sl_t: 2
    ipv4: 10.1.1.0/24
workloads:
  "plc":
    zone: field
    disks:
      - name: root
        size: 1 GiB
      - {name: data, size: 2 GiB}
"""


def tree() -> Tree:
    found, problems = parse(TEXT, "a.yaml")
    assert found is not None
    assert problems == ()
    return found


def site() -> Site:
    found, _ = load(TEXT, "a.yaml")
    assert found is not None
    return found


def test_places_of_keys_and_values() -> None:
    found = tree()
    path = ("workloads", "plc", "disks", 1, "size")
    assert found.key_mark(path) == Mark("a.yaml", 15, 22)
    assert found.value_mark(path) == Mark("a.yaml", 15, 28)
    assert found.value_mark(path[:-1]) == Mark("a.yaml", 15, 9)
    assert found.get(path) == "2 GiB"


def test_what_is_not_there_has_the_place_of_what_is_around_it() -> None:
    found = tree()
    assert found.value_mark(("workloads", "plc", "image")) == Mark("a.yaml", 10, 3)
    assert found.value_mark(("assets", "clock")) == Mark("a.yaml", 1, 1)
    assert found.within(("workloads", "plc", "list[str]", "disks", 7)) == ("workloads", "plc", "disks")


def test_marks_of_a_site_are_by_address() -> None:
    marks = site().marks
    assert marks["workload/plc"] == Mark("a.yaml", 10, 3)
    assert marks["workload/plc#disks"] == Mark("a.yaml", 12, 5)
    assert marks["workload/plc#disks.1.size"] == Mark("a.yaml", 15, 22)
    assert marks["site"] == Mark("a.yaml", 2, 1)
    assert "workload/scada" not in marks
    assert "workload/plc#image" not in marks
    assert "nonsense" not in marks
    assert "workloads" not in marks
    assert "zone/field#level#x" not in marks


def test_the_nearest_place_is_found() -> None:
    found = site()
    assert found.mark("workload/plc#image") == Mark("a.yaml", 10, 3)
    assert found.mark("workload/plc/eth0") == Mark("a.yaml", 10, 3)
    assert found.mark("workload/scada") == Mark("a.yaml", 9, 1)
    assert found.mark("asset/clock") is None


def test_marks_list_things_and_fields_once() -> None:
    marks = site().marks
    listed = list(marks)
    assert len(listed) == len(set(listed)) == len(marks)
    assert {"site", "host/server1", "zone/field", "zone/field#ipv4", "workload/plc#disks"} <= set(listed)
    assert all(marks[one].file == "a.yaml" for one in listed)


def test_marks_survive_copies() -> None:
    found = site()
    for other in (copy.deepcopy(found), pickle.loads(pickle.dumps(found))):  # noqa: S301 - our own bytes
        assert other == found
        assert other.mark("zone/field#ipv4") == found.mark("zone/field#ipv4")
