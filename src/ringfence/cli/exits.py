# SPDX-License-Identifier: Apache-2.0
"""Exit statuses. They are an interface: a number never changes its meaning."""

from __future__ import annotations

FINE = 0
ASKED = 1
BAD_INPUT = 2
REFUSED = 3
INTERRUPTED = 130
PIPE_CLOSED = 141

MEANINGS: dict[int, str] = {
    FINE: "Fine. What was asked for is done, or is so.",
    ASKED: "Findings, changes or drift, where the command is there to tell them or --exit-code asks for them; "
    "also a no to the question whether to go on.",
    BAD_INPUT: "Bad input: the command line, the site file or a plan cannot be used. Nothing was changed.",
    REFUSED: "The world refused: the host, a tool, another job, or missing rights. What was changed is told.",
    INTERRUPTED: "A person interrupted it (Ctrl-C, SIGTERM, SIGHUP). A job stops between two steps, and says so.",
    PIPE_CLOSED: "Whoever read the output stopped reading, as 'head' does.",
}

ONES: dict[str, str] = {
    "check": "a finding of severity error, high or medium is not accepted",
    "plan": "there is something to change, with --exit-code only",
    "drift": "something differs from the applied revision",
    "status": "a workload is not healthy or something drifted, with --exit-code only",
    "verify": "something is wrong; 3, where nothing is and yet not everything could be proven",
    "prove": "something is not as declared, or what --why asks for does not pass; 3, where nothing is wrong and yet "
    "not everything could be proven",
    "trace": "the packet does not pass, or none was seen",
    "apply": "the person said no to the plan",
    "revert": "the person said no to the plan",
    "destroy": "the person said no to the plan",
    "stop": "the person said no to the plan",
    "restart": "the person said no to the plan",
}
"""What 1 means, for each command that can exit with it."""
