# SPDX-License-Identifier: Apache-2.0
"""What this machine's nft says of relays is what they were compiled to.

``RINGFENCE_RECORD=1 pytest tests/integration/test_relay_record.py`` writes it down for tests/unit/observe.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from tests import factory
from tests.packets import gathering
from tests.unit.compile.test_relays import bind

from ringfence.compile.document import Document, Kind
from ringfence.compile.fabric import fabric_artifacts
from ringfence.drivers.fabric.namespaces import NFT_LIST
from ringfence.observe.nft_listing import listed_tables
from ringfence.observe.rules import guard_documents, router_documents

FOLDER = Path(__file__).resolve().parents[1] / "unit" / "observe" / "recorded"
KINDS = (Kind.TABLE, Kind.GUARD, Kind.CONDUIT, Kind.RELAY)


def documents() -> list[Document]:
    """Return all that nft loads for the gathering, in an order in which it takes it."""
    site = gathering.site()
    made = fabric_artifacts(site, frozenset(site.workloads), bind(site), gathering.scope(), factory.NOW)
    return sorted((one.document for one in made if one.document.kind in KINDS), key=lambda one: KINDS.index(one.kind))


def listing(script: str) -> str:
    """Load a script in a network namespace of its own, and list what stands there then."""
    line = f"nft -f - && {' '.join(NFT_LIST)} ruleset"
    done = subprocess.run(
        ["unshare", "--net", "sh", "-ec", line], input=script, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_relays_are_seen_as_compiled() -> None:
    made = documents()
    router, guard = (
        listing("".join(one.body for one in made if (" bridge " in one.body) is of_host)) for of_host in (False, True)
    )
    seen = {
        **router_documents(gathering.scope(), listed_tables(router)),
        **guard_documents(gathering.scope(), listed_tables(guard)),
    }
    assert {address: dict(one.parts) for address, one in seen.items()} == {one.address: dict(one.parts) for one in made}
    if os.environ.get("RINGFENCE_RECORD"):
        said = subprocess.run(["nft", "--version"], capture_output=True, text=True, check=True).stdout
        debian = "debian12" if "v1.0." in said else "debian13"
        text = json.dumps({"router": json.loads(router), "guard": json.loads(guard)})
        (FOLDER / debian / "relays.json").write_text(text + "\n")
