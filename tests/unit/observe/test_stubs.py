# SPDX-License-Identifier: Apache-2.0
"""Routes and rules inside a stub, as iproute2 6.1 (Debian 12) and 6.15 (Debian 13) print them alike."""

from __future__ import annotations

import json
from typing import Any

from ringfence.observe.links import Space
from ringfence.observe.stubs import stub_parts, stub_routes

ROUTES: list[dict[str, Any]] = [
    {"dst": "default", "gateway": "10.0.0.1", "dev": "eth1", "table": "102", "flags": []},
    {"dst": "default", "gateway": "10.9.0.1", "dev": "eth0", "flags": []},
    {"dst": "10.4.0.0/24", "gateway": "10.0.0.1", "dev": "eth1", "protocol": "static", "flags": []},
    {"dst": "10.5.0.7", "gateway": "10.0.0.1", "dev": "eth1", "protocol": "static", "flags": []},
    {"dst": "10.0.0.0/24", "dev": "eth1", "protocol": "kernel", "scope": "link", "prefsrc": "10.0.0.2", "flags": []},
    {"type": "local", "dst": "10.0.0.2", "dev": "eth1", "table": "local", "protocol": "kernel", "flags": []},
    {"dst": "default", "gateway": "fe80::1", "dev": "eth1", "table": "102", "metric": 1024, "flags": []},
    {"dst": "fd00:4::/64", "gateway": "fe80::1", "dev": "eth1", "protocol": "static", "metric": 1024, "flags": []},
]
RULES4: list[dict[str, Any]] = [
    {"priority": 0, "src": "all", "table": "local"},
    {"priority": 32764, "src": "10.9.0.2", "table": "101"},
    {"priority": 32765, "src": "10.0.0.2", "table": "102"},
    {"priority": 32766, "src": "all", "table": "main"},
]
RULES6 = [{"priority": 32765, "src": "fd00::1", "table": "102"}]
LINKS = [{"ifname": "eth1", "address": "52:54:00:00:00:02", "flags": ["UP"]}]
SPACE = Space(json.dumps(LINKS), "", routes=json.dumps(ROUTES), rules=f"{json.dumps(RULES4)}\n{json.dumps(RULES6)}\n")


def test_an_interface_has_its_own_table_and_those_who_ask_it() -> None:
    seen = stub_routes(SPACE, "eth1")
    assert (seen.defaults, seen.own, seen.table) == ({}, {"4": "10.0.0.1", "6": "fe80::1"}, "102")
    assert seen.sources == ("10.0.0.2", "fd00::1")
    assert seen.reach == ("10.4.0.0/24", "10.5.0.7/32", "fd00:4::/64")


def test_the_first_interface_leads_everywhere() -> None:
    seen = stub_routes(SPACE, "eth0")
    assert (seen.defaults, seen.own, seen.table, seen.sources, seen.reach) == ({"4": "10.9.0.1"}, {}, "", (), ())


def test_parts_are_those_that_are_compiled() -> None:
    assert stub_parts("rf-works.plc", "eth1", SPACE) == {
        "namespace": "rf-works.plc",
        "name": "eth1",
        "mac": "52:54:00:00:00:02",
        "up": "yes",
        "via4": "10.0.0.1",
        "via6": "fe80::1",
        "table": "102",
        "from": "10.0.0.2 fd00::1",
        "reach": "10.4.0.0/24 10.5.0.7/32 fd00:4::/64",
    }
    assert stub_parts("rf-works.plc", "eth1", None) == {}
