# SPDX-License-Identifier: Apache-2.0
"""Images and volumes: every disk is a file of its workload's own user, over a shared base that stays root's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ringfence.base.addresses import Address
from ringfence.base.errors import BadInput
from ringfence.base.identity import canonical
from ringfence.base.units import MiB
from ringfence.facts.image import ImageFacts
from ringfence.site.image import Image
from ringfence.site.site import Site
from ringfence.site.workload import Disk, Workload

from .bindings import WorkloadBinding
from .document import Artifact, Document, Kind
from .part.size import size_text
from .places import Places

BASE_MODE = "0444"
VOLUME_MODE = "0600"


@dataclass(frozen=True, slots=True)
class Base:
    """What a disk starts from: the image as declared, the bound content, and what is known about that content."""

    image: Image
    sha256: str
    format: str
    virtual_size: int


def bases_of(
    site: Site, workload: Workload, binding: WorkloadBinding, images: Mapping[str, ImageFacts]
) -> dict[str, Base]:
    """Return the base of each disk that has one, by disk name. The bound digest wins over the file's present one."""
    return {disk.name: _base(site, disk, binding, images) for disk in workload.disks if disk.image is not None}


def image_artifacts(places: Places, bases: Mapping[str, Base]) -> tuple[Artifact, ...]:
    """Return an IMAGE artifact per different base; ``body`` says where to import it from."""
    found = {base.sha256: base for base in bases.values()}
    return tuple(_image(places, found[sha256]) for sha256 in sorted(found))


def volume_artifacts(
    places: Places, workload: Workload, bases: Mapping[str, Base], uid: int, facts: Mapping[str, str]
) -> tuple[Artifact, ...]:
    """Return a VOLUME artifact per disk, owned by ``uid``. Raises BadInput for a disk without a size."""
    return tuple(_volume(places, workload, disk, bases.get(disk.name), uid, facts) for disk in workload.disks)


def _base(site: Site, disk: Disk, binding: WorkloadBinding, images: Mapping[str, ImageFacts]) -> Base:
    image = site.images[str(disk.image)]
    sha256 = binding.images.get(disk.name, "")
    facts = images.get(sha256) or images.get(image.name)
    if facts is None:
        raise BadInput(
            f"Image {image.name} cannot be read: {image.source}.", "Check the path of the image in the site file."
        )
    return Base(image, sha256 or facts.sha256, facts.format, facts.virtual_size)


def _image(places: Places, base: Base) -> Artifact:
    parts = {
        "path": places.base(base.sha256, base.format),
        "format": base.format,
        "size": size_text(base.virtual_size),
        "owner": "0",
        "mode": BASE_MODE,
    }
    body = canonical({"source": base.image.source, "format": base.format, "sha256": base.sha256})
    document = Document(places.scope.address("image", base.sha256), Kind.IMAGE, parts, body)
    return Artifact(document, (f"image/{base.image.name}",), (), {"data": "no"})


def _volume(
    places: Places, workload: Workload, disk: Disk, base: Base | None, uid: int, facts: Mapping[str, str]
) -> Artifact:
    parts = {
        "path": places.volume(workload.name, disk.name),
        "format": "qcow2",
        "size": size_text(_size(workload, disk, base)),
        "owner": str(uid),
        "mode": VOLUME_MODE,
        **dict(_backing(places, base)),
    }
    document = Document(places.scope.address("volume", workload.name, disk.name), Kind.VOLUME, parts)
    needs: tuple[Address, ...] = (places.scope.address("image", base.sha256),) if base else ()
    return Artifact(document, (f"workload/{workload.name}",), needs, {**facts, "data": "yes"})


def _backing(places: Places, base: Base | None) -> Iterator[tuple[str, str]]:
    if base is not None:
        yield "backing", places.base(base.sha256, base.format)
        yield "backing-format", base.format


def _size(workload: Workload, disk: Disk, base: Base | None) -> int:
    least = base.virtual_size if base else 0
    size = disk.size_mib * MiB if disk.size_mib is not None else least
    if size == 0:
        raise BadInput(
            f"Disk {disk.name} of workload {workload.name} has neither a size nor an image.",
            "Give it 'size:', or an image to start from.",
        )
    if size < least:
        raise BadInput(
            f"Disk {disk.name} of workload {workload.name} is smaller than its image ({size_text(least)}).",
            "Give it at least that size, or leave the size out.",
        )
    return size
