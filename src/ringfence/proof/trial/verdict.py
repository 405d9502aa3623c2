# SPDX-License-Identifier: Apache-2.0
"""What happened against what was expected: each packet that went where it may not, or not where it has to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from .trial import Trial

ALWAYS = frozenset({"workload", "uplink", "wire", "router", "host", "strange"})
"""Kinds of ends of which it is always judged who reaches them; others only where anybody says who may."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """``leak``: a packet arrived that may not. ``lost``: one that has to did not. ``owner`` promised it."""

    kind: Literal["leak", "lost"]
    source: str
    target: str
    what: str
    owner: str = ""
    reply: bool = False

    @property
    def sentence(self) -> str:
        """Say it."""
        said = f"The answer to {self.what}" if self.reply else f"{self.what[:1].upper()}{self.what[1:]}"
        if self.kind == "leak":
            return f"{said}, sent at {self.source}, reached {self.target}: nothing declares that."
        return f"{said}, sent at {self.source}, did not reach {self.target}: {self.owner} promises it."


@dataclass(frozen=True, slots=True)
class Happened:
    """What became of packets: where each arrived, where its answer did, and who was told of neighbours."""

    arrived: Mapping[int, AbstractSet[str]]
    replied: Mapping[int, AbstractSet[str]]
    told: AbstractSet[tuple[str, str, str]] = frozenset()


def disagreements(trials: Iterable[Trial], happened: Happened, judged: AbstractSet[str]) -> Iterator[Disagreement]:
    """Yield everything that is not as expected. ``judged`` are further kinds of ends that anybody speaks of."""
    kinds = ALWAYS | judged
    for trial in trials:
        yield from _forth(trial, happened, kinds)
        yield from _back(trial, happened)
        if "answer" in kinds and trial.sample.asks:
            yield from _answers(trial, happened)


def _forth(trial: Trial, happened: Happened, kinds: AbstractSet[str]) -> Iterator[Disagreement]:
    sample = trial.sample
    arrived = {one for one in happened.arrived.get(sample.number, ()) if one.partition("/")[0] in kinds}
    for end in sorted(arrived - trial.may.keys() - {sample.source}):
        yield Disagreement("leak", sample.source, end, sample.what)
    missing = {one for one in trial.must - arrived if not one.startswith("answer/")}
    missing |= trial.one_of if trial.one_of.isdisjoint(arrived) else frozenset()
    for end in sorted(missing):
        yield Disagreement("lost", sample.source, end, sample.what, trial.may[end])


def _back(trial: Trial, happened: Happened) -> Iterator[Disagreement]:
    sample = trial.sample
    arrived = {one for one in happened.replied.get(sample.number, ()) if not one.startswith("leg/")}
    for end in sorted(arrived - trial.back.keys()):
        yield Disagreement("leak", sample.source, end, sample.what, reply=True)
    if trial.back_must and arrived.isdisjoint(trial.back):
        owner = next(iter(trial.back.values()), "")
        yield Disagreement("lost", sample.source, sample.source, sample.what, owner, reply=True)


def _answers(trial: Trial, happened: Happened) -> Iterator[Disagreement]:
    """Judge whether the router told somebody in the plant that it is his neighbour for somebody."""
    sample = trial.sample
    end = f"answer/{sample.source.partition('/')[2]}"
    if not sample.source.startswith("uplink/"):
        return
    told = (sample.source, *(sample.asks or ("", ""))) in happened.told
    if told and end not in trial.may:
        yield Disagreement("leak", sample.source, end, sample.what)
    if not told and end in trial.must:
        yield Disagreement("lost", sample.source, end, sample.what, trial.may[end])


def unlike(trials: Iterable[Trial], happened: Happened, kinds: AbstractSet[str]) -> Iterator[Disagreement]:
    """Yield where packets and a proof do not agree; the trials are of what flows let pass (``by_flows``)."""
    for trial in trials:
        sample = trial.sample
        arrived = {one for one in happened.arrived.get(sample.number, ()) if one.partition("/")[0] in kinds}
        for end in sorted(arrived - trial.may.keys() - {sample.source}):
            yield Disagreement("leak", sample.source, end, sample.what)
        yield from _answers(trial, happened) if "answer" in kinds and sample.asks else ()
        missing = {one for one in trial.must - arrived if one.partition("/")[0] in kinds - {"answer"}}
        missing |= trial.one_of if trial.one_of.isdisjoint(arrived) else frozenset()
        for end in sorted(missing):
            yield Disagreement("lost", sample.source, end, sample.what, trial.may[end])
