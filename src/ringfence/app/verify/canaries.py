# SPDX-License-Identifier: Apache-2.0
"""Canaries in a verification: what a stranger in each live zone reaches, where the site lets it be tried."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.app.canaries import CanaryResult, canary_trials
from ringfence.base.addresses import Address
from ringfence.base.errors import RingfenceError
from ringfence.ports.shadow import CanaryPort, Loaded

from .claimed import subjects_of_ends
from .ground import Ground
from .outcome import Found

_STOP = "Find what lets it pass: 'ringfence drift' tells what was changed by hand, 'ringfence verify' what a copy does."


def canaries(ground: Ground, port: CanaryPort, loaded: Loaded) -> tuple[tuple[Found, ...], str]:
    """Let canaries fly where the site allows it; return what is wrong, and a sentence on what was tried."""
    declared = ground.declared
    if not declared.site.canaries:
        return (), "No canary flew on the live fabric: the site does not allow it ('verify: {canaries: true}' would)."
    try:
        result = canary_trials(port, loaded, declared.site, declared.bindings)
    except RingfenceError as error:
        why = f"Canaries could not fly on the live fabric. {error.problem}"
        return (Found((ground.shared,), why, wrong=False, next_step=error.next_step),), "No canary flew."
    return tuple(_found(ground, result)), _said(result)


def _said(result: CanaryResult) -> str:
    reached = f"{len(result.leaks)} of them reached anybody" if result.leaks else "none reached anybody"
    return f"{len(result.zones)} canaries sent {result.sent} packets on the live fabric; {reached}."


def _found(ground: Ground, result: CanaryResult) -> Iterator[Found]:
    for one in result.leaks:
        zone: Address = f"zone/{one.source.partition('/')[2]}"
        sentence = f"On the live fabric a stranger in {zone} reached {one.target}. {one.sentence}"
        yield Found(subjects_of_ends(ground, (one.target,)), sentence, next_step=_STOP)
    for zone, why in result.without:
        yield Found((ground.shared,), f"No canary flew in zone {zone}. {why}", wrong=False, key=f"canary {zone}")
