# SPDX-License-Identifier: Apache-2.0
"""An example's own site file under a name of the tests, with a pool of its own."""

from __future__ import annotations

from collections.abc import Mapping

from tests.integration.waterworks.works import REPOSITORY, replaced

RESERVE = "    reserved_memory: 512 MiB\n"


def site_text(example: str, site: str, changes: Mapping[str, str]) -> str:
    """Return the text; ``changes`` has the cards of the simulated plant by the example's names for them."""
    pool = f"{RESERVE}    pool: /var/lib/libvirt/images/{site}-pool\n"
    cards = {f"    interface: {old}\n": f"    interface: {new}\n" for old, new in changes.items()}
    text = (REPOSITORY / "examples" / example / "site.yaml").read_text()
    return replaced(text, {f"\n  name: {example}\n": f"\n  name: {site}\n", RESERVE: pool, **cards})
