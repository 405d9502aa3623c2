# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ringfence.app.learning import rhythm
from ringfence.facts.seen import Seen, Sight
from ringfence.watch.learned import Learned
from ringfence.watch.regularity import Rhythm

POLL = Seen("10.0.0.1", "10.0.0.2", "tcp", 502, 0, 0, 0, passed=True)


def after(*looks: tuple[float, int]) -> Rhythm:
    found = Rhythm()
    for at, more in looks:
        found.look(at, more)
    return found


def test_a_poll_every_second_is_told_although_looks_are_further_apart() -> None:
    found = after(*((2.0 * n, 2) for n in range(10))).regularity
    assert found.every_s == 1.0
    assert found.regular
    assert rhythm(found) == "every 1.0 s"


def test_a_poll_once_a_minute() -> None:
    looks = [(float(at), int(at % 60 == 0)) for at in range(0, 601, 2)]
    assert rhythm(after(*looks).regularity) == "every 60 s"


def test_something_fast_is_a_number_a_second() -> None:
    assert rhythm(after(*((float(n), 50) for n in range(9))).regularity) == "50 times a second"


def test_what_came_once_and_what_comes_now_and_then() -> None:
    assert rhythm(after((5.0, 1)).regularity) == "once"
    assert rhythm(after((0.0, 1), (7.0, 1)).regularity) == "now and then"
    looks = [(0.0, 1), (1.0, 1), (30.0, 4), (31.0, 1), (90.0, 1), (91.0, 6), (300.0, 1)]
    assert rhythm(after(*looks).regularity) == "now and then"


@given(st.lists(st.tuples(st.floats(0.01, 1e4), st.integers(-3, 10**6)), max_size=200))
def test_the_rhythm_of_anything(steps: list[tuple[float, int]]) -> None:
    found, at = Rhythm(), 0.0
    for step, more in steps:
        at += step
        found.look(at, more)
    assert found.times == sum(max(more, 0) for _, more in steps)
    assert len(found.gaps) <= 64
    told = found.regularity
    assert told.every_s is None or told.every_s > 0


@given(st.floats(0.5, 600.0), st.integers(6, 60))
def test_whatever_comes_at_equal_intervals_is_regular(gap: float, times: int) -> None:
    told = after(*((gap * n, 1) for n in range(times))).regularity
    assert told.regular
    assert told.every_s is not None
    assert abs(told.every_s - gap) < gap / 1000


def test_counters_that_begin_anew_lose_nothing() -> None:
    learned = Learned()
    for at, packets in enumerate((10, 14, 3, 5)):
        learned.look(float(at), Sight((POLL._replace(packets=packets, bytes=packets * 100, beats=packets // 2),)))
    (talk,) = learned.talks.values()
    assert (talk.packets, talk.bytes) == (19, 1900)
    assert talk.passed


def test_a_conversation_that_only_listens_is_there_once() -> None:
    learned = Learned()
    for at in range(5):
        learned.look(float(at), Sight((POLL._replace(packets=10 * at + 1, beats=0),)))
    (talk,) = learned.talks.values()
    assert talk.rhythm.times == 1


def test_more_conversations_than_fit_are_counted() -> None:
    learned = Learned(most=100)
    learned.look(0.0, Sight(tuple(POLL._replace(port=port, packets=1) for port in range(150)), missed=7))
    assert len(learned.talks) == 100
    assert learned.missed == 57
