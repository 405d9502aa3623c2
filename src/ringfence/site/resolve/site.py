# SPDX-License-Identifier: Apache-2.0
"""Resolves the whole site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from ringfence.site.catalogue import CATALOGUE
from ringfence.site.declared.site import SiteForm
from ringfence.site.profile import DEFAULT
from ringfence.site.service import Service
from ringfence.site.site import Site
from ringfence.site.tree import Marks, Tree

from .conduit import conduit
from .image import image
from .profile import profiles
from .service import service
from .surroundings import asset, exception, host, uplink
from .workload import workload
from .zone import zone

F = TypeVar("F")
T = TypeVar("T")


def site(form: SiteForm, tree: Tree, base: str, user_data: Mapping[str, str]) -> Site:
    """Return the site. ``base`` is the file's folder; ``user_data`` has first-boot instructions by workload."""
    known = profiles(form.profiles)
    conduits = _each(conduit, form.conduits)
    own = {one.name: one for _, services in conduits.values() for one in services}
    return Site(
        name=form.site.name,
        owner=form.site.owner,
        description=form.site.description,
        hosts=_each(host, form.hosts),
        zones=_each(zone, form.zones),
        assets=_each(asset, form.assets),
        uplinks=_each(uplink, form.uplinks),
        services=_services(form, own),
        conduits={name: found for name, (found, _) in conduits.items()},
        images=_each(lambda name, one: image(name, one, base), form.images),
        workloads=_each(
            lambda name, one: workload(name, one, known.get(one.profile, known[DEFAULT]), user_data.get(name)),
            form.workloads,
        ),
        canaries=form.verify.canaries,
        exceptions=tuple(exception(index, one, tree) for index, one in enumerate(form.exceptions)),
        marks=Marks(tree),
    )


def _each(resolve: Callable[[str, F], T], forms: Mapping[str, F]) -> dict[str, T]:
    return {name: resolve(name, forms[name]) for name in sorted(forms)}


def _services(form: SiteForm, own: Mapping[str, Service]) -> dict[str, Service]:
    """Catalogue, overlaid with the site's services and the flows of its conduits."""
    found = {**CATALOGUE, **own, **_each(service, form.services)}
    return {name: found[name] for name in sorted(found)}
