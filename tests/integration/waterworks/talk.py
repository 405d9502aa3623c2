# SPDX-License-Identifier: Apache-2.0
"""Conversations that guests try, through their agents: what opens, what is refused, what stays silent."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tests.integration.waterworks.works import Works

CONNECT_S = 3
OPEN, REFUSED, SILENT = "open", "refused", "silent"
# nc ends with 1 when there is no connection; what connects and waits is ended by timeout, which is as good.
_ASK = """
cd /tmp
while read -r address port; do
  { timeout 30 nc -w CONNECT "$address" "$port" </dev/null >/dev/null 2>"said.$address.$port"
    echo "$address $port $? $(tr '\\n' ' ' <"said.$address.$port")"; rm -f "said.$address.$port"; } &
done <<'TARGETS'
LIST
TARGETS
wait
"""


@dataclass(frozen=True)
class Target:
    """A TCP port at an address."""

    address: str
    port: int


def ask(works: Works, questions: Mapping[str, Iterable[Target]]) -> dict[tuple[str, Target], str]:
    """Let every guest try all its targets side by side; answer OPEN, REFUSED or SILENT for each."""
    asked = {workload: wanted for workload, targets in questions.items() if (wanted := list(targets))}
    running = {
        workload: works.guest(workload).start("/bin/sh", "-c", _script(targets)) for workload, targets in asked.items()
    }
    found = {}
    for workload, pid in running.items():
        said = works.guest(workload).wait(pid, 90)
        for line in said.text.splitlines():
            address, port, status, *words = line.split()
            found[workload, Target(address, int(port))] = _meaning(int(status), words)
    assert found.keys() == {(one, target) for one, targets in asked.items() for target in targets}
    return found


def passes(works: Works, workload: str, address: str, port: int) -> bool:
    """Whether one connection opens."""
    target = Target(address, port)
    return ask(works, {workload: [target]})[workload, target] == OPEN


def until(what: str, condition: Callable[[], object], seconds: float = 60, pause: float = 0.2) -> None:
    """Wait until a condition, a function without arguments, is true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s."
        time.sleep(pause)


def _script(targets: Iterable[Target]) -> str:
    lines = "\n".join(f"{one.address} {one.port}" for one in targets)
    return _ASK.replace("CONNECT", str(CONNECT_S)).replace("LIST", lines)


def _meaning(status: int, words: list[str]) -> str:
    if status != 1:
        return OPEN
    return REFUSED if "refused" in words else SILENT
