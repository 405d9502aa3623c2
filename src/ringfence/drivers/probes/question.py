# SPDX-License-Identifier: Apache-2.0
"""What the asking children are told and what they tell back, in lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ringfence.ports.probes import Answer
from ringfence.site.probe import Probe


@dataclass(frozen=True, slots=True)
class Question:
    """A probe, whom to ask (address text), and as whom: network namespace file and user."""

    probe: Probe
    address: str
    namespace: str
    """Path such as ``/run/netns/rf-site``; empty: the namespace of the caller."""
    uid: int


def dump_questions(questions: Sequence[Question]) -> str:
    """Write questions down, in one line."""
    return json.dumps([asdict(question) for question in questions])


def load_questions(text: str) -> list[Question]:
    """Read what ``dump_questions`` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    return [
        Question(Probe(**told["probe"]), told["address"], told["namespace"], told["uid"]) for told in json.loads(text)
    ]


def dump_answer(number: int, answer: Answer) -> str:
    """Write the answer to the question with that number (from 0) down."""
    return json.dumps({"number": number, **asdict(answer)})


def load_answer(text: str) -> tuple[int, Answer]:
    """Read what a child told; it is judged, not trusted. Raises ValueError for anything but an answer."""
    try:
        told = json.loads(text)
        return int(told["number"]), Answer(told["ok"] is True, str(told["detail"])[:300], float(told["seconds"]))
    except (KeyError, TypeError) as odd:
        raise ValueError("This is no answer.") from odd
