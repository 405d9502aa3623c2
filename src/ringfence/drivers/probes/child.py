# SPDX-License-Identifier: Apache-2.0
"""The child that asks: ``python -m ringfence.drivers.probes.child``, questions on stdin, answers on stdout.

It imports what the questions need, once, says ``ready`` (so that the parent's deadline covers the questions and not
the start of an interpreter on a busy host), and leaves each question to a child of its own. Before a byte leaves
that one, it has entered the router namespace and given up root.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback

from ringfence.ports.probes import Answer

from .ask import prepare
from .privileges import become_nobody, enter_network_namespace, limit
from .question import Question, dump_answer, load_questions

READY = "ready"


def main() -> None:
    """Read the questions, let each be asked by nobody, wait for all."""
    questions = load_questions(sys.stdin.readline())
    for question in questions:
        prepare(question.probe)
    _say(READY)
    children = [_fork(number, question) for number, question in enumerate(questions)]
    for child in children:
        os.waitpid(child, 0)


def _fork(number: int, question: Question) -> int:
    child = os.fork()
    if child == 0:
        try:
            _say(dump_answer(number, _ask(question)))
        except BaseException:  # noqa: BLE001 - a forked child must end here, whatever happened; the parent reads why
            traceback.print_exc()
            sys.stderr.flush()
        os._exit(0)
    return child


def _ask(question: Question) -> Answer:
    ask = prepare(question.probe)
    if question.namespace:
        enter_network_namespace(question.namespace)
    become_nobody(question.uid)
    limit(question.probe.timeout)
    signal.alarm(question.probe.timeout + 2)  # ends us even when nobody waits any more
    began = time.monotonic()
    try:
        ok, detail = ask(question.probe, question.address)
    except TimeoutError:
        ok, detail = False, f"Port {question.probe.port} did not answer within {question.probe.timeout} s."
    except OSError as refused:
        ok, detail = False, f"Port {question.probe.port} cannot be reached: {refused.strerror or refused}."
    return Answer(ok, detail, round(time.monotonic() - began, 4))


def _say(line: str) -> None:
    """Write one line in one piece: shorter than PIPE_BUF, so that children do not mix theirs (pipe(7))."""
    os.write(sys.stdout.fileno(), (line + "\n").encode())


if __name__ == "__main__":
    main()
