# SPDX-License-Identifier: Apache-2.0
"""The child that asks: ``python -m ringfence.drivers.probes.child``, question on stdin, answer on stdout.

Before a byte leaves it, it has entered the router namespace and given up root. It says ``ready`` first, so
that the parent's deadline covers the question and not the start of an interpreter on a busy host.
"""

from __future__ import annotations

import signal
import sys
import time

from ringfence.ports.probes import Answer

from .ask import prepare
from .privileges import become_nobody, enter_network_namespace, limit
from .question import Question, dump_answer

READY = "ready"


def main() -> None:
    """Read the question, become nobody, ask, answer."""
    question = Question.load(sys.stdin.readline())
    ask = prepare(question.probe)
    if question.namespace:
        enter_network_namespace(question.namespace)
    become_nobody(question.uid)
    limit(question.probe.timeout)
    signal.alarm(question.probe.timeout + 2)  # ends us even when the parent is gone
    sys.stdout.write(READY + "\n")
    sys.stdout.flush()
    began = time.monotonic()
    try:
        ok, detail = ask(question.probe, question.address)
    except TimeoutError:
        ok, detail = False, f"Port {question.probe.port} did not answer within {question.probe.timeout} s."
    except OSError as refused:
        ok, detail = False, f"Port {question.probe.port} cannot be reached: {refused.strerror or refused}."
    sys.stdout.write(dump_answer(Answer(ok, detail, round(time.monotonic() - began, 4))) + "\n")


if __name__ == "__main__":
    main()
