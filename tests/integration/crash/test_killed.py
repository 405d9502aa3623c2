# SPDX-License-Identifier: Apache-2.0
"""Whoever is killed while it changes real machines leaves a plant that the next command finishes or takes back."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from tests.integration.crash import pair
from tests.integration.crash.moments import MOMENTS, stopped_at
from tests.integration.waterworks.host import left_of
from tests.integration.waterworks.talk import passes, until
from tests.integration.waterworks.works import Works, ended, standing

BOTH = {"first": "healthy", "second": "healthy"}
pytestmark = pytest.mark.skipif(not (pair.GUESTS / "station.qcow2").exists(), reason="needs guests/build")


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    made = Works(pair.SITE, tmp_path_factory.mktemp("crash"), pair.ONE)
    with standing(made):
        assert left_of(made) == []
        yield made


@pytest.fixture
def one(works: Works) -> Iterator[Works]:
    """The site with its first machine, before and after; the first is never touched."""
    works.apply()
    pid = works.pids()["first"]
    yield works
    works.must("apply", "--yes", "--destroy-data", "second")
    assert works.pids() == {"first": pid}
    assert works.drift() == []
    assert not [line for line in left_of(works) if "second" in line]


def kill(works: Works, moment: str) -> None:
    done = stopped_at(works.start("apply", "--yes", text=pair.TWO), moment, signal.SIGKILL)
    assert done.status == -signal.SIGKILL, done.text


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_next_apply_finishes_what_was_killed(one: Works, moment: str) -> None:
    kill(one, moment)
    assert one.status()["unfinished_job"].startswith("apply (job ")
    one.apply(pair.TWO)
    assert one.health() == BOTH
    assert one.status()["unfinished_job"] is None
    assert one.drift() == []
    assert one.must("--json", "plan", text=pair.TWO).json["steps"] == []
    assert passes(one, "first", "10.77.2.10", 7)


@pytest.mark.parametrize("moment", ["between definition and start", "while the machine starts", "while conduits open"])
def test_revert_takes_back_what_was_killed(one: Works, moment: str) -> None:
    pids = one.pids()
    kill(one, moment)
    one.must("revert", "--yes", "--destroy-data", "second")
    assert one.pids() == pids
    assert one.status()["unfinished_job"] is None
    assert one.must("--json", "plan").json["steps"] == []


def test_ctrl_c_stops_between_steps_and_apply_goes_on(one: Works) -> None:
    done = stopped_at(one.start("apply", "--yes", text=pair.TWO), "while health is waited for", signal.SIGINT)
    assert done.status == 130, done.text
    assert "Stopping after the steps that run now" in done.words
    assert "was stopped between steps, as you asked" in done.words
    assert one.status()["unfinished_job"] is None
    one.apply(pair.TWO)
    assert one.health() == BOTH
    assert one.drift() == []


def test_a_first_apply_that_was_killed_is_finished(works: Works) -> None:
    works.must("destroy", "--yes", "--all-data", "--forget")
    process = works.start("apply", "--yes")
    until("the machine", lambda: "first" in works.pids(), pause=0.001)
    process.kill()
    ended(process)
    assert "Site rf-t-cr was never applied" in works.run("revert", "--yes").words
    works.apply()
    assert works.health() == {"first": "healthy"}
    assert works.drift() == []


def test_a_destroy_that_was_killed_is_finished(works: Works) -> None:
    works.apply(pair.TWO)
    process = works.start("destroy", "--yes", "--all-data", "--forget")
    until("the end of a machine", lambda: len(works.pids()) < 2, pause=0.001)
    process.kill()
    ended(process)
    works.must("destroy", "--yes", "--all-data", "--forget")
    assert left_of(works) == []
