# SPDX-License-Identifier: Apache-2.0
"""What is named has to be declared."""

from __future__ import annotations

from ringfence.site import place
from ringfence.site.catalogue import CATALOGUE
from ringfence.site.codes import Code
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.declared.refusal import show
from ringfence.site.declared.site import SiteForm
from ringfence.site.problems import Problems
from ringfence.site.profile import PROFILES
from ringfence.site.site import Site
from ringfence.site.tree import SECTIONS, Path
from ringfence.site.workload import Workload

_ENDS = ("workload", "asset", "zone")


def check_references(site: Site, form: SiteForm, problems: Problems) -> None:
    """Add every name that is not declared to ``problems``."""
    names = _Names(problems)
    for workload in site.workloads.values():
        _workload(workload, names)
        names.need("profile", workload.profile, ("workloads", workload.name, "profile"))
    for conduit in site.conduits.values():
        _conduit(conduit, site, names)
    for name, uplink in site.uplinks.items():
        names.need("host", uplink.host, ("uplinks", name, "host"))
        if uplink.layer2 is not None:
            names.need("zone", uplink.layer2, ("uplinks", name, "layer2"))
    for name, asset in site.assets.items():
        names.need("zone", asset.zone, ("assets", name, "zone"))
        names.need("uplink", asset.uplink, ("assets", name, "uplink"))
    for name, zone in form.zones.items():
        if zone.time is not None:
            names.need(zone.time.kind, zone.time.name, ("zones", name, "time"))


class _Names:
    """Names that are declared, also of things that are broken in themselves."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        top = problems.tree.value
        sections = top if isinstance(top, dict) else {}
        self._known: dict[str, set[str]] = {}
        for section, kind in SECTIONS.items():
            held = sections.get(section)
            self._known[kind] = set(held) if isinstance(held, dict) else set()
        self._known["profile"] |= set(PROFILES)
        self._known["service"] |= set(CATALOGUE)

    def need(self, kind: str, name: str, path: Path) -> None:
        """Add a problem unless ``name`` is declared."""
        if name in self._known[kind]:
            return
        others = [f"{other}/{name}" for other in _ENDS if kind in _ENDS and name in self._known[other]]
        fix = f"There is '{others[0]}'. " if others else self.problems.similar(name, self._known[kind])
        section = next(section for section, of in SECTIONS.items() if of == kind)
        fix += f"Declare it under '{section}:', or name another."
        article = "an" if kind[0] in "aeiou" else "a"
        self.problems.add(Code.REFERENCE, path, f"{show(name)} is not {article} {kind} of this site.", fix)


def _workload(workload: Workload, names: _Names) -> None:
    tree, whole = names.problems.tree, ("workloads", workload.name)
    for index, interface in enumerate(workload.interfaces):
        names.need("zone", interface.zone, place.interface(tree, workload.name, index, "zone"))
        if interface.uplink is not None:
            names.need("uplink", interface.uplink, (*whole, "interfaces", index, "uplink"))
    if workload.host is not None:
        names.need("host", workload.host, (*whole, "host"))
    for field, others in (("after", workload.after), ("apart_from", workload.apart_from)):
        for index, other in enumerate(others):
            names.need("workload", other, place.member(tree, (*whole, field), index))
    for path, image in place.images(tree, workload):
        names.need("image", image, path)


def _conduit(conduit: Conduit, site: Site, names: _Names) -> None:
    tree, whole = names.problems.tree, ("conduits", conduit.name)
    for field, ends in (("from", conduit.source), ("to", conduit.target)):
        for index, end in enumerate(ends):
            _end(end, site, names, place.member(tree, (*whole, field), index))
    for index, service in enumerate(conduit.services):
        if service not in site.services:
            names.need("service", service, place.member(tree, (*whole, "service"), index))


def _end(end: Endpoint, site: Site, names: _Names, path: Path) -> None:
    names.need(end.kind, end.name, path)
    workload = site.workloads.get(end.name) if end.kind == "workload" else None
    if workload is None or end.interface is None:
        return
    if names.problems.is_broken(("workloads", end.name, "interfaces")):
        return
    known = [interface.name for interface in workload.interfaces]
    if end.interface not in known:
        problem = f"The workload '{end.name}' has no interface {show(end.interface)}."
        names.problems.add(Code.REFERENCE, path, problem, f"It has {', '.join(known)}.")
