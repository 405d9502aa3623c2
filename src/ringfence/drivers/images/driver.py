# SPDX-License-Identifier: Apache-2.0
"""The pool as an ArtifactPort: images, volumes and seeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ringfence.base.addresses import Address
from ringfence.base.errors import Refused
from ringfence.base.identity import canonical
from ringfence.compile.document import Document, Kind
from ringfence.compile.part.size import size_bytes
from ringfence.compile.places import Places
from ringfence.compile.scope import Scope
from ringfence.facts.image import ImageFacts
from ringfence.observe.seeds import unseal
from ringfence.observe.volumes import BASE_NAME, SEED_NAME, VOLUME_NAME, image_parts, volume_parts
from ringfence.plan.change import Change

from .bases import base_name, import_base
from .disks import GrowLive, ensure_volume, remove_volume
from .folder import Folder, checked, opened, tidy
from .seeds import LARGEST, ensure_seed, seed_name


def _nobody_has_it(_path: str, _size: int) -> bool:
    return False


class ImagesDriver:
    """Files below one pool folder. ``grow_live`` grows a volume inside a running machine (drivers/libvirt)."""

    kinds = frozenset({Kind.IMAGE, Kind.VOLUME, Kind.SEED})

    def __init__(self, pool: str, grow_live: GrowLive = _nobody_has_it) -> None:
        self._pool = pool
        self._grow_live = grow_live

    def observe(self, scope: Scope) -> Mapping[Address, Document]:
        """Return every base image of the site, and every volume and seed of the fabric."""
        places = Places(self._pool, scope)
        with opened(self._pool, places.base_folder, make=False) as folder:
            found = {document.address: document for document in _bases(scope, folder)}
        with opened(self._pool, places.site_folder, make=False) as folder:
            found.update((document.address, document) for document in _own(scope, folder))
        return found

    def ensure(self, scope: Scope, changes: Sequence[Change]) -> None:
        """Bring each file to what its change says. Raises Refused, DeadlinePassed, BadInput."""
        places = Places(self._pool, scope)
        for change in changes:
            folder = places.base_folder if change.kind is Kind.IMAGE else places.site_folder
            _in_folder(change.document, folder)
            with opened(self._pool, folder, make=change.after is not None) as found:
                if found is not None:
                    self._ensure(scope, found, change)
        if any(change.after is None for change in changes):
            self._tidy(scope, places)

    def imported(self, scope: Scope) -> dict[str, ImageFacts]:
        """Return facts of the site's base images by SHA-256: disks keep the image they were made from."""
        found = {}
        for document in self.observe(scope).values():
            if document.kind is Kind.IMAGE and document.parts["format"] != "damaged":
                sha256 = document.address.rsplit("/", 1)[-1]
                found[sha256] = ImageFacts(sha256, document.parts["format"], size_bytes(document.parts["size"]))
        return found

    def _ensure(self, scope: Scope, folder: Folder, change: Change) -> None:
        if change.after is None:
            self._remove(scope, folder, change.document)
        elif change.kind is Kind.IMAGE:
            import_base(folder, change.after)
        elif change.kind is Kind.SEED:
            ensure_seed(folder, change.after)
        else:
            ensure_volume(folder, change.after, self._grow_live)

    def _remove(self, scope: Scope, folder: Folder, document: Document) -> None:
        if document.kind is Kind.VOLUME:
            remove_volume(folder, document)
        elif document.kind is Kind.SEED:
            folder.drop(seed_name(document))
        else:
            name = base_name(document)
            for user in self._users(scope, f"{folder.path}/{name}"):
                raise Refused(
                    f"The base image {name} is still under the volume {user}.",
                    "Remove that volume first, or keep the image.",
                )
            folder.drop(name)

    def _users(self, scope: Scope, base: str) -> Iterator[str]:
        """Every volume of every fabric of the site that lies over ``base``."""
        with opened(self._pool, self._pool, make=False) as pool:
            names = pool.names() if pool else []
        for name in names:
            if name == scope.site or name.startswith(f"{scope.site}."):
                with opened(self._pool, f"{self._pool}/{checked(name)}", make=False) as folder:
                    yield from _over(folder, base)

    def _tidy(self, scope: Scope, places: Places) -> None:
        site = f"{self._pool}/{scope.site}"
        tidy(self._pool, places.base_folder, places.site_folder, site, self._pool)


def _in_folder(document: Document, folder: str) -> None:
    """Refuse a document whose file lies elsewhere than this fabric's own folder."""
    path = document.parts.get("path", "")
    if path.rsplit("/", 1)[0] != folder:
        raise Refused(
            f"{document.address} lies at {path}, outside {folder}.", "Give the host the pool that this command uses."
        )


def _bases(scope: Scope, folder: Folder | None) -> Iterator[Document]:
    for name in folder.names() if folder else ():
        match, file = BASE_NAME.fullmatch(name), folder.fact(name) if folder else None
        if match is not None and file is not None:
            body = {"source": file.path, "format": match["format"], "sha256": match["sha256"]}
            parts = image_parts(file, match["format"])
            yield Document(scope.address("image", match["sha256"]), Kind.IMAGE, parts, canonical(body))


def _own(scope: Scope, folder: Folder | None) -> Iterator[Document]:
    if folder is None:
        return
    for name in folder.names():
        volume, seed = VOLUME_NAME.fullmatch(name), SEED_NAME.fullmatch(name)
        if volume is not None and (file := folder.fact(name)) is not None:
            yield Document(scope.address("volume", volume["workload"], volume["disk"]), Kind.VOLUME, volume_parts(file))
        if seed is not None and (file := folder.fact(name, LARGEST)) is not None:
            yield Document(scope.address("seed", seed["workload"]), Kind.SEED, *unseal(file))


def _over(folder: Folder | None, base: str) -> Iterator[str]:
    for name in folder.names() if folder else ():
        file = folder.fact(name) if folder and VOLUME_NAME.fullmatch(name) else None
        if file is not None and volume_parts(file).get("backing") == base:
            yield file.path
