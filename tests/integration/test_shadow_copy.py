# SPDX-License-Identifier: Apache-2.0
"""A sealed copy of a fabric that stands, with real packets: it shows what the fabric does, and leaves nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.integration.fabric.stage import Stage, waterworks
from tests.integration.test_fabric_drift import HOST_EDITS, ROUTER_EDITS, mend, words
from tests.packets.promised import claims

from ringfence.app.shadow import ShadowResult, shadow_trials
from ringfence.drivers.shadow.driver import ShadowDriver
from ringfence.proof.reach import reach

SPACES = Path("/run/netns")
HERE = Path(__file__)
KNOWN_UNBUILT = ("strange link", "a route to", "leads nowhere", '{"table"', "which MAC is behind")
"""What a tampered fabric has that only stands in the copy as something like it; each is told by name."""


EDITS = {**HOST_EDITS, **ROUTER_EDITS}
"""Everything that somebody is known to change by hand."""


@pytest.fixture(scope="module")
def whole() -> Iterator[Stage]:
    with waterworks("t-shadow").standing() as found:
        yield found


@pytest.fixture
def own(whole: Stage) -> Iterator[Stage]:
    """Answer the stage, and mend whatever a test did to it."""
    yield whole
    mend(whole)
    assert whole.drift() == []


def tried(stage: Stage) -> ShadowResult:
    """Try it, and hold the proof of the same moment to it: what it does not foresee, it must not claim to know."""
    driver = ShadowDriver()
    loaded = driver.loaded(stage.scope)
    proof = reach(loaded.documents.values())
    result = shadow_trials(driver, loaded, claims(stage.site, stage.bindings), flows=proof.flows)
    foreign = any("foreign/" in one.what for one in proof.doors)  # a door of which nobody knows where it leads
    assert foreign or proof.unread or not result.unforeseen
    return result


def said(result: ShadowResult) -> str:
    return "\n".join(one.sentence for one in result.disagreements)


def meddle(stage: Stage, line: str, *, inside: bool = False) -> None:
    enter = ["nsenter", f"--net=/run/netns/{stage.scope.namespace}"] if inside else []
    subprocess.run([*enter, "sh", "-c", line.format(**words(stage))], check=True)


def world() -> tuple[object, ...]:
    """Return everything of this host that a copy could leave something in."""
    links = json.loads(subprocess.run(["ip", "-j", "link"], check=True, capture_output=True).stdout)
    tables = subprocess.run(["nft", "list", "tables"], check=True, capture_output=True).stdout
    return sorted(one["ifname"] for one in links), sorted(one.name for one in SPACES.iterdir()), tables


def test_packets_agree_with_the_declaration_and_nothing_is_left(own: Stage) -> None:
    before = world()
    result = tried(own)
    assert said(result) == ""
    assert result.unbuilt == ()
    assert result.passed >= len({one for one in claims(own.site, own.bindings) if one.owner.startswith("conduit/")}) / 2
    assert result.tried > 5 * result.passed
    assert world() == before
    assert own.drift() == []


LEAKS = {
    "accept by hand": ("nft insert rule inet {table} forward accept", True, "leak"),
    "accept in the middle": ("nft insert rule inet {table} from_field accept", True, "leak"),
    "element by hand": (
        "nft add element inet {table} c4_dmz '{{ 10.10.5.11 . 10.10.1.11 . tcp . 502 : goto leg_field }}'",
        True,
        "TCP from 10.10.5.11 to 10.10.1.11 port 502",
    ),
    "guard without its addresses": ("nft flush chain bridge {table} guest_ip4", False, "leak"),
    "guard without a port": ("nft flush set bridge {table} macs", False, "lost"),
    "no default": (
        "nft chain inet {table} input '{{ policy accept; }}'; nft flush chain inet {table} input",
        True,
        "router",
    ),
    "isolated off, and nothing between ports": (
        (
            "nft flush chain bridge {table} between; cd /sys/class/net/{bridge}/brif; for one in *; do"
            " bridge link set dev $one isolated off; done"
        ),
        False,
        "reached workload/plc-",
    ),
    "host hears": ("nft flush chain bridge {table} to_host", False, "reached host"),
    "elements gone": ("nft flush map inet {table} c4_supervision", True, "did not reach"),
}
"""What somebody does by hand, whether in the router's namespace, and a word of what packets then show."""


@pytest.mark.parametrize("what", LEAKS)
def test_what_was_changed_by_hand_is_shown_by_packets(own: Stage, what: str) -> None:
    line, inside, word = LEAKS[what]
    meddle(own, line, inside=inside)
    result = tried(own)
    assert result.unbuilt == ()
    if word in {"leak", "lost"}:
        assert word in {one.kind for one in result.disagreements}
    else:
        assert word in said(result)


def test_without_isolation_the_guard_still_keeps_ports_apart(own: Stage) -> None:
    """One flag alone changes nothing that a packet could show; it is drift all the same."""
    meddle(own, "bridge link set dev {port} isolated off")
    assert said(tried(own)) == ""
    assert own.drift() != []


def test_a_strange_port_is_in_the_copy_and_named(own: Stage) -> None:
    meddle(own, "ip link add rftstrange type veth peer name rftother; ip link set rftstrange master {bridge} up")
    try:
        result = tried(own)
    finally:
        subprocess.run(["ip", "link", "del", "dev", "rftstrange"], check=True)
    assert ["rftstrange" in one.why for one in result.unbuilt] == [True]
    assert "strange/rftstrange" in result.ends
    assert said(result) == ""


BESIDE = {
    "netdev": (
        (
            "nft add table netdev rftable;"
            " nft 'add chain netdev rftable in {{ type filter hook ingress device {port} priority 0; }}'"
        ),
        "nft delete table netdev rftable",
        "A chain of table netdev rftable",
    ),
    "tc": (
        "tc qdisc add dev {port} clsact",
        "tc qdisc del dev {port} clsact",
        "Filters (tc)",
    ),
}


@pytest.mark.parametrize("what", BESIDE)
def test_what_handles_frames_besides_and_is_not_copied_is_named(own: Stage, what: str) -> None:
    line, undo, word = BESIDE[what]
    meddle(own, line)
    try:
        (why,) = [one.why for one in tried(own).unbuilt]
    finally:
        meddle(own, undo)
    assert why.startswith(word)


def test_somebody_elses_table_of_bridges_is_in_the_copy(own: Stage) -> None:
    """A drop of theirs beats our accept, here and there."""
    hook = "type filter hook forward priority 5; policy drop;"
    meddle(own, f"nft add table bridge rftable; nft 'add chain bridge rftable f {{{{ {hook} }}}}'")
    try:
        result = tried(own)
    finally:
        meddle(own, "nft delete table bridge rftable")
    assert result.unbuilt == ()
    assert {one.kind for one in result.disagreements} == {"lost"}


@pytest.mark.parametrize("turn", range(len(EDITS) // 5))
def test_whatever_is_changed_by_hand_is_in_the_copy_as_it_is(own: Stage, turn: int) -> None:
    """Or it is named as what is not: several edits at a time, those that take most away last."""
    done = []
    for what in list(EDITS)[turn :: len(EDITS) // 5]:
        with suppress(subprocess.CalledProcessError):  # what it would change is gone by another one
            meddle(own, EDITS[what], inside=what in ROUTER_EDITS)
            done.append(what)
    driver = ShadowDriver()
    try:
        result = shadow_trials(driver, driver.loaded(own.scope), [], seconds=0)
    finally:
        subprocess.run(["ip", "link", "del", "dev", "rftstrange"], check=False, capture_output=True)
    assert len(done) >= 3
    assert [one.why for one in result.unbuilt if not any(word in one.why for word in KNOWN_UNBUILT)] == []


def test_a_copy_ends_with_whoever_made_it(own: Stage) -> None:
    before, words = world(), [sys.executable, str(HERE), own.scope.site]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": ":".join(sys.path)}
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"The copy stands.\n"
        children = descendants(process.pid)
        assert len(children) >= 2
        process.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while any(alive(one) for one in children) and time.monotonic() < until:
        time.sleep(0.01)
    assert not any(alive(one) for one in children)
    assert world() == before
    assert said(tried(own)) == ""


def descendants(pid: int) -> list[int]:
    found = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found += [int(child), *descendants(int(child))]
    return found


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def tell(line: str) -> None:
    if line == "The copy stands.":
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    stage, driver = waterworks(sys.argv[1]), ShadowDriver()
    shadow_trials(
        driver,
        driver.loaded(stage.scope),
        [],
        tell,
        seconds=30,
    )
    time.sleep(30)
