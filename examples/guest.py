# SPDX-License-Identifier: Apache-2.0
"""Runs commands inside a guest of an example, through its guest agent."""

from __future__ import annotations

import base64
import json
import subprocess
import time
from dataclasses import dataclass
from typing import Any

URI = "qemu:///system"


@dataclass(frozen=True)
class Said:
    """What a command in a guest printed, and its exit status."""

    status: int
    text: str


class Guest:
    """One workload of a site."""

    def __init__(self, workload: str, site: str) -> None:
        self.domain = f"{site}-{workload}"

    def run(self, *command: str, seconds: float = 30) -> Said:
        """Run a command and wait for its end, at most ``seconds``. Raises TimeoutError, RuntimeError."""
        return self.wait(self.start(*command), seconds)

    def start(self, *command: str) -> int:
        """Start a command and return its process number in the guest."""
        answer = self._ask("guest-exec", {"path": command[0], "arg": list(command[1:]), "capture-output": True})
        return int(answer["pid"])

    def wait(self, pid: int, seconds: float = 30) -> Said:
        """Wait for the end of a command that was started."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            told = self._ask("guest-exec-status", {"pid": pid})
            if told["exited"]:
                printed = "".join(base64.b64decode(told.get(key, "")).decode() for key in ("out-data", "err-data"))
                return Said(int(told.get("exitcode", 1)), printed.strip())
            time.sleep(0.2)
        raise TimeoutError(f"A command in {self.domain} did not end within {seconds} s.")

    def _ask(self, what: str, arguments: dict[str, Any]) -> dict[str, Any]:
        question = json.dumps({"execute": what, "arguments": arguments})
        told = subprocess.run(
            ["virsh", "-q", "-c", URI, "qemu-agent-command", self.domain, question, "--timeout", "10"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        if told.returncode != 0:
            raise RuntimeError(f"The guest agent of {self.domain} did not answer: {told.stderr.strip()}")
        answer: dict[str, Any] = json.loads(told.stdout)["return"]
        return answer
