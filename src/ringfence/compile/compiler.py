# SPDX-License-Identifier: Apache-2.0
"""The compiler: everything that one host needs for one fabric, as artifacts in a stable order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ringfence.facts.host import HostFacts
from ringfence.facts.image import ImageFacts
from ringfence.site.site import Site

from .bindings import Bindings
from .boot import boot_artifact
from .document import Artifact, Kind
from .domain import workload_artifacts
from .fabric import fabric_artifacts, fabric_needs
from .hostnet import hostnet_artifacts
from .scope import Scope

_RANK = {kind: rank for rank, kind in enumerate(Kind)}


def compile_host(
    site: Site,
    here: frozenset[str],
    bindings: Bindings,
    facts: HostFacts,
    images: Mapping[str, ImageFacts],
    scope: Scope,
    now: datetime,
) -> tuple[Artifact, ...]:
    """Return the artifacts of the workloads ``here`` and of the fabric that carries them, by kind and address.

    ``images`` is by image name. The result depends on nothing but the arguments; ``now`` (UTC) decides which conduits
    have expired.
    """
    found = {artifact.address: artifact for artifact in fabric_artifacts(site, here, bindings, scope, now)}
    found.update((artifact.address, artifact) for artifact in hostnet_artifacts(site, scope, facts))
    for name in sorted(here):
        needs = fabric_needs(scope, name)
        workload = site.workloads[name]
        made = workload_artifacts(site, workload, bindings[name], facts, images, scope, needs)
        found.update((artifact.address, artifact) for artifact in made)
    ordered = sorted(found.values(), key=lambda artifact: (_RANK[artifact.document.kind], artifact.address))
    boot = boot_artifact(ordered, site, scope, facts)
    return (*ordered, boot)
