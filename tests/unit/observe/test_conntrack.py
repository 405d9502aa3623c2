# SPDX-License-Identifier: Apache-2.0
"""Connection tables as ``conntrack`` printed them (recorded/), and who permits what is in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.compile.part.element import Element
from ringfence.observe.conntrack import connections, timeouts
from ringfence.observe.permission import Asked, owners, permissions

RECORDED = Path(__file__).parent / "recorded"
DISTRIBUTIONS = tuple(one.parent for one in sorted(RECORDED.glob("*/conntrack.txt")))


@pytest.fixture(params=DISTRIBUTIONS, ids=lambda one: one.name)
def recorded(request: pytest.FixtureRequest) -> Path:
    return Path(str(request.param))


def test_every_line_is_a_connection(recorded: Path) -> None:
    limits = timeouts((recorded / "conntrack-timeouts.txt").read_text())
    text = (recorded / "conntrack.txt").read_text()
    found = list(connections(text, limits))
    assert len(found) == len(text.splitlines())
    told = {(one.protocol, one.source, one.target, one.port, one.state) for one in found}
    assert told == {
        ("icmp", "127.0.0.1", "127.0.0.1", 0, ""),
        ("gre", "127.0.0.1", "127.0.0.1", 0, "UNREPLIED"),
        ("tcp", "127.0.0.1", "127.0.0.1", 502, "TIME_WAIT"),
        ("tcp", "127.0.0.1", "127.0.0.1", 502, "ESTABLISHED"),
        ("icmpv6", "::1", "::1", 0, ""),
        ("udp", "::1", "::1", 99, "UNREPLIED"),
        ("udp", "::1", "::1", 5000, ""),
    }
    assert all(one.age_s is not None and one.age_s <= 3 for one in found)
    assert all(one.idle_s is not None and one.idle_s <= 3 for one in found)


def test_packets_and_bytes_of_both_directions(recorded: Path) -> None:
    found = connections((recorded / "conntrack.txt").read_text(), {})
    udp = next(one for one in found if one.port == 5000)
    assert udp[5:9] == (4, 196, 4, 196)
    assert udp.idle_s is None


def test_without_accounting_everything_is_nothing() -> None:
    line = "ipv4     2 tcp      6 99 SYN_SENT src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 [UNREPLIED] src=10.0.0.2 "
    (found,) = connections(line + "dst=10.0.0.1 sport=2 dport=1 mark=0 use=1", {"tcp_timeout_syn_sent": 120})
    assert found == ("tcp", "10.0.0.1", "10.0.0.2", 2, "UNREPLIED", 0, 0, 0, 0, None, 21)


@given(st.text(alphabet="ipv46 =tcdsrport0123456789.[]\n", max_size=400))
def test_no_line_makes_it_fail(text: str) -> None:
    for one in connections(f"ipv4 2 tcp 6 10 {text}", {}):
        assert one.source


ELEMENTS = (
    Element("c4_view", "10.0.1.1 . 10.0.2.1 . tcp . 502", "goto leg_field", "poll poll-too"),
    Element("r4_view", "10.0.1.1 . 10.0.2.1 . tcp . 6000-6010", "goto leg_field", "range"),
    Element("c4_view", "10.0.1.1 . 10.9.0.0/24 . tcp . 102", "goto leg_up", "network"),
    Element("r4_view", "10.0.1.1 . 10.9.1.10-10.9.1.20 . udp . 53", "goto leg_up", "some"),
    Element("g4_view", "10.0.1.1 . 10.0.2.1 . tcp . 22", "goto leg_field", "repair@900", 60),
    Element("d4_view", "10.0.1.1 . 10.0.2.1 . tcp . 23", "goto leg_field", "sleeps"),
    Element("p6_view", "fd00::1 . fd00::2 . ipv6-icmp", "goto leg_field", "ping"),
    Element("probe4", "10.0.2.254 . 10.0.2.1 . tcp . 502", "goto leg_field", "probe/plc"),
    Element("from", '"view"', "jump from_view", ""),
)


@pytest.mark.parametrize(
    ("source", "target", "protocol", "port", "expected"),
    [
        ("10.0.1.1", "10.0.2.1", "tcp", 502, ("poll", "poll-too")),
        ("10.0.1.1", "10.0.2.1", "udp", 502, ()),
        ("10.0.2.1", "10.0.1.1", "tcp", 502, ()),
        ("10.0.1.1", "10.0.2.1", "tcp", 6010, ("range",)),
        ("10.0.1.1", "10.0.2.1", "tcp", 6011, ()),
        ("10.0.1.1", "10.9.0.7", "tcp", 102, ("network",)),
        ("10.0.1.1", "10.9.1.7", "tcp", 102, ()),
        ("10.0.1.1", "10.9.1.20", "udp", 53, ("some",)),
        ("10.0.1.1", "10.9.1.21", "udp", 53, ()),
        ("10.0.1.1", "10.0.2.1", "tcp", 22, ("repair",)),
        ("10.0.1.1", "10.0.2.1", "tcp", 23, ()),
        ("fd00::1", "fd00::2", "icmpv6", 0, ("ping",)),
        ("10.0.2.254", "10.0.2.1", "tcp", 502, ("probe/plc",)),
    ],
)
def test_who_permits_it(source: str, target: str, protocol: str, port: int, expected: tuple[str, ...]) -> None:
    assert owners(permissions(ELEMENTS).of(Asked(source, target, protocol, port))) == expected


def test_who_would_permit_it_when_granted() -> None:
    found = permissions(ELEMENTS, dormant=True)
    assert owners(found.of(Asked("10.0.1.1", "10.0.2.1", "tcp", 23))) == ("sleeps",)


def test_what_else_passes_between_two() -> None:
    assert owners(permissions(ELEMENTS).between("10.0.1.1", "10.0.2.1")) == ("poll", "poll-too", "range", "repair")
    assert owners(permissions(ELEMENTS).between("10.0.1.1", "10.9.1.12")) == ("some",)
