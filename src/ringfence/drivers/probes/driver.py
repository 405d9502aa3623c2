# SPDX-License-Identifier: Apache-2.0
"""Asks workloads' probes from an unprivileged child in the router namespace."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from ringfence.compile.prober import PROBE_UID
from ringfence.compile.scope import Scope
from ringfence.ports.probes import Answer
from ringfence.site.probe import Probe

from .question import Question, load_answer

NAMESPACES = Path("/run/netns")
START_DEADLINE_S = 20.0  # an interpreter on a host that starts guests
GRACE_S = 0.5  # for the child to say itself that time is up


@dataclass(frozen=True, slots=True)
class ProbeDriver:
    """ProbePort. ``namespaces`` None asks from the caller's own network namespace (no fabric stands)."""

    namespaces: Path | None = NAMESPACES
    uid: int = PROBE_UID

    def ask(self, scope: Scope, probe: Probe, address: str) -> Answer:
        """Ask and answer within ``probe.timeout`` seconds and the child's start; never raises for a no."""
        namespace = self.namespaces / scope.namespace if self.namespaces else None
        if namespace is not None and not namespace.exists():
            return Answer(
                ok=False,
                detail=f"The router namespace {scope.namespace} is not there; apply brings it up.",
                seconds=0,
            )
        return _ask(Question(probe, address, str(namespace or ""), self.uid))


def _ask(question: Question) -> Answer:
    command = [sys.executable, "-I", "-m", "ringfence.drivers.probes.child"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd="/") as child:
        watch = _Watch(child, START_DEADLINE_S)
        try:
            return _converse(child, question, watch)
        finally:
            watch.stop()
            child.kill()  # nothing happens where it has ended


def _converse(child: subprocess.Popen[str], question: Question, watch: _Watch) -> Answer:
    if child.stdin is None or child.stdout is None or child.stderr is None:
        raise OSError("The child was started without pipes.")
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(question.dump() + "\n")
        child.stdin.close()
    ready = child.stdout.readline()
    watch.restart(question.probe.timeout + GRACE_S)
    began = time.monotonic()
    told = child.stdout.readline() if ready else ""
    if told:
        with contextlib.suppress(ValueError):
            return load_answer(told)
    watch.stop()
    child.kill()
    detail = _no_answer(question, child.stderr.read(), ready=bool(ready), late=watch.bit)
    return Answer(ok=False, detail=detail, seconds=round(time.monotonic() - began, 4))


def _no_answer(question: Question, words: str, *, ready: bool, late: bool) -> str:
    if late and ready:
        return f"Port {question.probe.port} did not answer within {question.probe.timeout} s."
    if late:
        return f"The probe did not start within {START_DEADLINE_S:g} s; this host is very busy."
    last = (words.strip().splitlines() or ["it said nothing"])[-1]
    return f"The probe could not be asked: {last[:200]}."


class _Watch:
    """Kills the child when its time is up; ``bit`` tells that it did."""

    def __init__(self, child: subprocess.Popen[str], seconds: float) -> None:
        self._child, self.bit = child, False
        self._timer = threading.Timer(seconds, self._bite)
        self._timer.start()

    def restart(self, seconds: float) -> None:
        """Begin anew with another deadline; a watch that bit stays so."""
        self._timer.cancel()
        if not self.bit:
            self._timer = threading.Timer(seconds, self._bite)
            self._timer.start()

    def stop(self) -> None:
        """Stop watching."""
        self._timer.cancel()

    def _bite(self) -> None:
        self.bit = True
        self._child.kill()
