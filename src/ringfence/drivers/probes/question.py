# SPDX-License-Identifier: Apache-2.0
"""What the asking child is told and what it tells back, as one line of JSON each."""

from __future__ import annotations

import json
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

    def dump(self) -> str:
        """Write the question down."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> Question:
        """Read a question that ``dump`` wrote. Raises ValueError, KeyError or TypeError for anything else."""
        told = json.loads(text)
        return cls(Probe(**told["probe"]), told["address"], told["namespace"], told["uid"])


def dump_answer(answer: Answer) -> str:
    """Write an answer down."""
    return json.dumps(asdict(answer))


def load_answer(text: str) -> Answer:
    """Read what the child told; it is judged, not trusted. Raises ValueError for anything but an answer."""
    try:
        told = json.loads(text)
        return Answer(told["ok"] is True, str(told["detail"])[:300], float(told["seconds"]))
    except (KeyError, TypeError) as odd:
        raise ValueError("This is no answer.") from odd
