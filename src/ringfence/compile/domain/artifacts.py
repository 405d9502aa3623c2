# SPDX-License-Identifier: Apache-2.0
"""The artifacts of one workload: its image, volumes and seed, the definition, and that it runs from it."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from ringfence.base.addresses import Address
from ringfence.compile.bindings import WorkloadBinding
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.part.inventory import inventory
from ringfence.compile.scope import Scope
from ringfence.compile.seed import seed_artifact
from ringfence.compile.volume import bases_of, image_artifacts, volume_artifacts
from ringfence.facts.host import HostFacts
from ringfence.facts.image import ImageFacts
from ringfence.site.site import Site
from ringfence.site.workload import Workload

from .definition import Definition, definition, uid_of
from .machine import Machine


def workload_artifacts(
    site: Site,
    workload: Workload,
    binding: WorkloadBinding,
    facts: HostFacts,
    images: Mapping[str, ImageFacts],
    scope: Scope,
    needs: tuple[Address, ...],
) -> tuple[Artifact, ...]:
    """Return image, volume, seed, domain and run artifacts of one workload.

    ``images`` is by image name and, for images imported earlier, by their SHA-256. ``needs`` are the fabric's
    addresses that must stand before the workload runs. Workloads that share an image give the same IMAGE artifact;
    the caller keeps one. Raises BadInput for what cannot be built.
    """
    machine = Machine(site, workload, _bound(workload, binding, images), facts, scope)
    uid = uid_of(machine)
    bases = bases_of(site, workload, machine.binding, images)
    imported = image_artifacts(machine.places, bases)
    volumes = volume_artifacts(machine.places, workload, bases, uid, _facts(workload))
    seeds = seed_artifact(machine.places, site, workload, machine.binding, uid, _facts(workload))
    made = definition(machine, {disk: base.format for disk, base in bases.items()})
    own = tuple(artifact.address for artifact in (*volumes, *seeds))
    domain = _domain(machine, made, own)
    return (*imported, *volumes, *seeds, domain, _run(machine, made, (domain.address, *needs)))


def _bound(workload: Workload, binding: WorkloadBinding, images: Mapping[str, ImageFacts]) -> WorkloadBinding:
    """Complete the images of disks that are made for the first time."""
    fresh = {
        disk.name: images[disk.image].sha256
        for disk in workload.disks
        if disk.image is not None and disk.image in images and disk.name not in binding.images
    }
    if not fresh:
        return binding
    return WorkloadBinding(
        binding.uuid,
        binding.uid,
        binding.machine,
        binding.cpu,
        binding.interfaces,
        binding.slots,
        {**binding.images, **fresh},
    )


def _facts(workload: Workload) -> dict[str, str]:
    unasked = workload.function.critical and "restart" not in workload.consent
    return {
        "workload": workload.name,
        "critical": "yes" if unasked else "no",
        "consent": " ".join(sorted(workload.consent)),
    }


def _clause(workload: Workload) -> tuple[Address, ...]:
    return (f"workload/{workload.name}",)


def _domain(machine: Machine, made: Definition, needs: tuple[Address, ...]) -> Artifact:
    etree.indent(made.root)
    body = etree.tostring(made.root, encoding="unicode") + "\n"
    workload = machine.workload
    document = Document(machine.scope.address("domain", workload.name), Kind.DOMAIN, made.parts, body)
    return Artifact(document, _clause(workload), needs, _facts(workload))


def _run(machine: Machine, made: Definition, needs: tuple[Address, ...]) -> Artifact:
    workload, scope = machine.workload, machine.scope
    parts = {"state": "running", "definition": made.digest, **inventory(made.root)}
    document = Document(scope.address("run", workload.name), Kind.RUN, parts)
    here = (scope.address("run", name) for name in workload.after)
    return Artifact(document, _clause(workload), (*needs, *here), _facts(workload))
