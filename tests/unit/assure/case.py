# SPDX-License-Identifier: Apache-2.0
"""A case is a folder of tests/golden/rules: bad.yaml, which the rule finds, good.yaml, which it does not, and bad.txt.

A line ``# facts: {...}`` in a site file changes the sound host; ``# facts: none`` takes it away. Rewrite bad.txt with
``RINGFENCE_GOLDEN=write pytest tests/unit/assure``, and read the difference before it is committed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from tests.unit.assure.builders import NOW, facts

from ringfence.assure.check import check
from ringfence.base.diagnostics import Diagnostic
from ringfence.facts.device import HostDevices, PciDevice, SerialPort, UsbDevice
from ringfence.facts.host import Acceleration, HostFacts, Versions
from ringfence.facts.network import Declared, HostNetwork, Tool
from ringfence.facts.nic import Nic
from ringfence.site.loader import load
from ringfence.site.site import Site

CASES = Path(__file__).resolve().parents[2] / "golden" / "rules"
_FACTS = re.compile(rb"^# facts: (.*)$", re.MULTILINE)


def site_of(path: Path) -> Site:
    site, problems = load(path.read_bytes(), path.name, "/srv/site")
    assert site is not None, "\n".join(str(problem) for problem in problems)
    return site


def facts_of(path: Path) -> Mapping[str, HostFacts]:
    said = _FACTS.search(path.read_bytes())
    if said is None:
        return {"server": facts()}
    if said[1] == b"none":
        return {}
    return {"server": replace(facts(), **_typed(json.loads(said[1])))}


def _typed(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _TYPES.get(name, _same)(value) for name, value in changes.items()}


def _same(value: Any) -> Any:
    return value


def _nics(found: list[dict[str, Any]]) -> tuple[Nic, ...]:
    return tuple(Nic(**{**nic, "addresses": tuple(nic.get("addresses", ()))}) for nic in found)


def _versions(found: Mapping[str, list[int]]) -> Versions:
    return replace(facts().versions, **{tool: tuple(version) for tool, version in found.items()})


def _devices(found: Mapping[str, Any]) -> HostDevices:
    return HostDevices(
        tuple(PciDevice(**_tuples(one)) for one in found["pci"]),
        tuple(UsbDevice(**one) for one in found["usb"]),
        tuple(SerialPort(**_tuples(one)) for one in found["serial"]),
        at_all=True,
    )


def _tuples(found: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in found.items()}


def _network(declared: Iterable[Mapping[str, Any]] = (), **said: Iterable[str]) -> HostNetwork:
    told = tuple(Declared(**{**one, "matches": tuple(one["matches"])}) for one in declared)
    return HostNetwork(
        frozenset(cast("Iterable[Tool]", said.get("tools", ()))),
        told,
        tuple(said.get("unread", ())),
        frozenset(said.get("hidden", ())),
    )


def findings(path: Path, of_rule: str) -> list[Diagnostic]:
    found = check(site_of(path), facts_of(path), NOW)
    assert not [one for one in found if one.id == "RF-INT-001"]
    return [one for one in found if one.id == of_rule]


_TYPES: Mapping[str, Callable[[Any], Any]] = {
    "acceleration": lambda found: Acceleration(**found),
    "versions": _versions,
    "features": frozenset,
    "at": datetime.fromisoformat,
    "nics": _nics,
    "network": lambda found: _network(**found),
    "firmware": tuple,
    "devices": _devices,
}
