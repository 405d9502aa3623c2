# SPDX-License-Identifier: Apache-2.0
"""A plant under test: its site file, its state folder, and the command line that an engineer would use."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from examples.guest import Guest

REPOSITORY = Path(__file__).resolve().parents[3]
RINGFENCE = REPOSITORY / ".venv" / "bin" / "ringfence"
POOLS = Path("/var/lib/libvirt/images")
"""Below libvirt's own folder: a workload's user has to be able to pass through to its disk."""
PIDS = Path("/run/libvirt/qemu")


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    status: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return f"{self.out}\n{self.err}"

    @property
    def words(self) -> str:
        """What was said, without line breaks and indents."""
        return " ".join(self.text.split())

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass
class Works:
    """One site on this host. ``text`` is its site file as it should be applied."""

    name: str
    folder: Path
    text: str
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.file.write_text(self.text)

    @property
    def file(self) -> Path:
        return self.folder / "site.yaml"

    @property
    def state(self) -> Path:
        return Path(self.environment.get("RINGFENCE_STATE", self.folder / "state"))

    @property
    def pool(self) -> Path:
        return POOLS / f"{self.name}-pool"

    @property
    def boot(self) -> Path:
        return Path("/etc/ringfence", self.name, "boot")

    @property
    def namespace(self) -> str:
        return f"rf-{self.name}"

    @property
    def table(self) -> str:
        return f"rf_{self.name.replace('-', '_')}_live"

    def start(self, *words: str, text: str | None = None) -> subprocess.Popen[str]:
        """Start a command on the site file, with other contents where ``text`` says so."""
        file = self.file
        if text is not None:
            file = self.folder / "changed.yaml"
            file.write_text(text)
        return subprocess.Popen(
            [RINGFENCE, "--site", file, *words],
            env={**os.environ, "RINGFENCE_STATE": str(self.state), **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, text: str | None = None, seconds: float = 280) -> Done:
        """Run a command to its end."""
        return ended(self.start(*words, text=text), seconds)

    def must(self, *words: str, text: str | None = None) -> Done:
        """Run a command that has to succeed."""
        done = self.run(*words, text=text)
        assert done.status == 0, done.text
        return done

    def apply(self, text: str | None = None) -> Done:
        return self.must("apply", "--yes", text=text)

    def status(self) -> dict[str, Any]:
        return self.must("--json", "status").json

    def health(self) -> dict[str, str]:
        return {one["name"]: one["health"] for one in self.status()["workloads"]}

    def drift(self) -> list[str]:
        """Every sentence of ``ringfence drift``; its exit status has to agree."""
        done = self.run("--json", "drift")
        told = [sentence for line in done.json["drift"] for sentence in line["sentences"]]
        assert done.status == (1 if told else 0), done.text
        return told

    def domain(self, workload: str) -> str:
        return f"{self.name}-{workload}"

    def pids(self) -> dict[str, int]:
        """The process of each workload that runs, by workload."""
        found = {}
        for file in PIDS.glob(f"{self.name}-*.pid"):
            pid = int(file.read_text())
            if Path(f"/proc/{pid}/cmdline").exists():
                found[file.stem.removeprefix(f"{self.name}-")] = pid
        return found

    def guest(self, workload: str) -> Guest:
        return Guest(workload, self.name)

    def router(self, *command: str) -> str:
        """Run a command in the router's namespace, as somebody who meddles."""
        return meddle("nsenter", f"--net=/run/netns/{self.namespace}", *command)

    def clear(self) -> None:
        """Take away what a test left, however it ended."""
        self.run("destroy", "--yes", "--all-data", "--forget")


def ended(process: subprocess.Popen[str], seconds: float = 280) -> Done:
    """Wait for a command's end."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"No end within {seconds} s.\n{out}\n{err}") from None
    return Done(process.returncode, out, err)


def meddle(*command: str, given: str | None = None) -> str:
    """Run a tool by hand, behind Ringfence's back; answer what it printed."""
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=60)
    for _ in range(100):
        if done.returncode >= 0:
            break
        time.sleep(0.2)  # nft 1.0.6 dies for as long as a table stands that a newer nft loaded, say a container's
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


def replaced(text: str, changes: Mapping[str, str]) -> str:
    """Replace each text that stands there exactly once."""
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@contextmanager
def standing(works: Works) -> Iterator[Works]:
    """Yield a plant that nobody else tests now; afterwards nothing of it is left, whatever the test did."""
    with Path(tempfile.gettempdir(), f"ringfence-tests-{works.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        works.clear()
        try:
            yield works
        finally:
            works.clear()
