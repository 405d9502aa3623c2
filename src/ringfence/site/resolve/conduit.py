# SPDX-License-Identifier: Apache-2.0
"""Resolves conduits."""

from __future__ import annotations

from ringfence.site.conduit import Conduit, LayerTwo
from ringfence.site.declared.conduit import ConduitForm, LayerTwoForm, RateForm, ServiceUse
from ringfence.site.rate import Rate
from ringfence.site.service import Service

from .service import inline


def conduit(name: str, form: ConduitForm) -> tuple[Conduit, tuple[Service, ...]]:
    """Return the conduit, and the services that its own flows make."""
    own = tuple(inline(use.flow) for use in form.service or () if use.flow is not None)
    found = Conduit(
        name=name,
        source=tuple(form.from_),
        target=tuple(form.to),
        services=tuple(_name(use) for use in form.service or ()),
        reason=form.reason,
        owner=form.owner,
        expires=form.expires,
        on_expiry=form.on_expiry,
        dormant=form.dormant,
        layer2=_layer2(form.layer2),
        rate=_rate(form.rate),
    )
    return found, own


def _name(use: ServiceUse) -> str:
    return inline(use.flow).name if use.flow is not None else str(use.name)


def _layer2(form: LayerTwoForm | None) -> LayerTwo | None:
    return LayerTwo(form.ethertype, form.destination_mac, form.vlan) if form else None


def _rate(form: RateForm | None) -> Rate | None:
    return Rate(form.packets, form.connections, form.burst) if form else None
