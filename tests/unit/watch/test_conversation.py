# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ringfence.facts.connection import Connection
from ringfence.watch.conversation import Conversation, Ends, conversations, rate

ADDRESSES = st.sampled_from(("10.0.0.1", "10.0.0.2", "fd00::1"))
COUNTS = st.integers(min_value=0, max_value=2**40)
TIMES = st.none() | st.integers(min_value=0, max_value=2**31)
STATES = st.sampled_from(("ESTABLISHED", "TIME_WAIT", "SYN_SENT", "UNREPLIED", ""))
CONNECTIONS = st.builds(
    Connection,
    st.sampled_from(("tcp", "udp", "icmp")),
    ADDRESSES,
    ADDRESSES,
    st.sampled_from((0, 502, 65535)),
    STATES,
    *(COUNTS, COUNTS, COUNTS, COUNTS),
    *(TIMES, TIMES),
)


def test_a_pollers_closed_connections_are_one_line() -> None:
    closed = Connection("tcp", "10.0.0.1", "10.0.0.2", 502, "TIME_WAIT", 5, 300, 4, 280, 30, 10)
    found = conversations([closed, closed._replace(age_s=60), closed._replace(state="ESTABLISHED", idle_s=1)])
    (one,) = found.values()
    assert (one.connections, one.over, one.unanswered) == (3, 2, 0)
    assert (one.sent_bytes, one.received_bytes, one.age_s, one.idle_s) == (900, 840, 60, 1)


@given(st.lists(CONNECTIONS, max_size=40))
def test_nothing_is_lost_and_nothing_counted_twice(connections: list[Connection]) -> None:
    found = conversations(connections)
    assert sum(one.connections for one in found.values()) == len(connections)
    assert sum(one.sent_bytes for one in found.values()) == sum(one.sent_bytes for one in connections)
    assert set(found) == {Ends(one.source, one.target, one.protocol, one.port) for one in connections}
    for one in found.values():
        assert one.over + one.unanswered <= one.connections


@given(st.lists(CONNECTIONS, max_size=20), st.lists(CONNECTIONS, max_size=20))
def test_rates_are_never_below_nothing(before: list[Connection], after: list[Connection]) -> None:
    old = conversations(before)
    for ends, one in conversations(after).items():
        assert min(rate(old.get(ends), one, 2.0)) >= 0


def test_a_rate_is_what_came_in_a_second() -> None:
    ends = Ends("10.0.0.1", "10.0.0.2", "tcp", 502)
    before = Conversation(ends, sent_packets=10, sent_bytes=1000, received_packets=5, received_bytes=400)
    after = Conversation(ends, sent_packets=30, sent_bytes=3000, received_packets=15, received_bytes=1400)
    assert rate(before, after, 2.0) == (10, 1000, 5, 500)
    assert rate(None, after, 2.0) == (15, 1500, 7.5, 700)
