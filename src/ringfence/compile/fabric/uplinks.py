# SPDX-License-Identifier: Apache-2.0
"""All uplinks of a host that are legs of the router, and the table of who may ask whom over them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.nft.script import table_script
from ringfence.compile.scope import Scope

from .endpoints import Place
from .leg import routed_uplinks
from .neighbours_table import neighbours_table
from .reach import reach_of, translated
from .translation import translated_artifact
from .uplink import uplink_artifact


def uplink_artifacts(place: Place, scope: Scope, now: datetime) -> Iterator[Artifact]:
    """Yield the table of neighbours and each uplink; nothing on a host without. Raises BadInput for ranges too wide."""
    site = place.site
    found = {one.name: (one, reach_of(place, scope, one, now)) for one in routed_uplinks(site, scope)}
    if not found:
        return
    direct = {name: two for name, two in found.items() if not translated(site, two[0])}
    parts = neighbours_table(site, scope, direct).parts
    document = Document(scope.address("table", "neighbours"), Kind.TABLE, parts, table_script(parts))
    clauses = tuple(f"uplink/{name}" for name in found)
    yield Artifact(document, clauses, (scope.address("namespace", "router"), scope.address("table", "router")))
    for name, (uplink, reach) in found.items():
        make = uplink_artifact if name in direct else translated_artifact
        yield make(site, scope, uplink, reach)
