# SPDX-License-Identifier: Apache-2.0
"""Asks workloads' probes from an unprivileged child in the router namespace."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ringfence.compile.prober import PROBE_UID
from ringfence.compile.scope import Scope
from ringfence.ports.probes import Answer
from ringfence.site.probe import Probe

from .question import Question, dump_questions, load_answer

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
        return self.ask_all(scope, ((probe, address),))[0]

    def ask_all(self, scope: Scope, questions: Sequence[tuple[Probe, str]]) -> tuple[Answer, ...]:
        """Ask side by side, from one interpreter that forks for each question: starting one costs most of the time."""
        namespace = self.namespaces / scope.namespace if self.namespaces else None
        if not questions:
            return ()
        if namespace is not None and not namespace.exists():
            missing = f"The router namespace {scope.namespace} is not there; apply brings it up."
            return tuple(Answer(ok=False, detail=missing, seconds=0) for _ in questions)
        told = [Question(probe, address, str(namespace or ""), self.uid) for probe, address in questions]
        return _ask(told)


def _ask(questions: Sequence[Question]) -> tuple[Answer, ...]:
    command = [sys.executable, "-I", "-m", "ringfence.drivers.probes.child"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd="/", start_new_session=True
    ) as child:
        watch = _Watch(child, START_DEADLINE_S)
        try:
            return _converse(child, questions, watch)
        finally:
            watch.stop()
            _end(child)


def _converse(child: subprocess.Popen[str], questions: Sequence[Question], watch: _Watch) -> tuple[Answer, ...]:
    if child.stdin is None or child.stdout is None or child.stderr is None:
        raise OSError("The child was started without pipes.")
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(dump_questions(questions) + "\n")
        child.stdin.close()
    ready = child.stdout.readline()
    watch.restart(max(question.probe.timeout for question in questions) + GRACE_S)
    began = time.monotonic()
    answers = _listen(child.stdout, len(questions)) if ready else {}
    watch.stop()
    _end(child)
    seconds = round(time.monotonic() - began, 4)
    words = child.stderr.read() if len(answers) < len(questions) else ""
    for number, question in enumerate(questions):
        if number not in answers:
            detail = _no_answer(question, words, ready=bool(ready), late=watch.bit)
            answers[number] = Answer(ok=False, detail=detail, seconds=seconds)
    return tuple(answers[number] for number in range(len(questions)))


def _end(child: subprocess.Popen[str]) -> None:
    """End the child and those it forked: they hold its pipes, and whoever reads those would wait for them."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _listen(told: IO[str], wanted: int) -> dict[int, Answer]:
    answers: dict[int, Answer] = {}
    while len(answers) < wanted and (line := told.readline()):
        with contextlib.suppress(ValueError):
            number, answer = load_answer(line)
            answers.setdefault(number, answer)
    return answers


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
        _end(self._child)
