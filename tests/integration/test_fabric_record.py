# SPDX-License-Identifier: Apache-2.0
"""What the tools of this machine print about a small fabric is what they printed when it was recorded.

``RINGFENCE_RECORD=1 pytest tests/integration/test_fabric_record.py`` writes it down for tests/unit/observe.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import asdict, replace
from pathlib import Path

from tests.integration.fabric.stage import Stage
from tests.integration.fabric.yard import yard
from tests.packets import bay
from tests.packets.plant import scope, site

from ringfence.drivers.fabric.look import look
from ringfence.observe.fabric import Sight, fabric_documents

FOLDER = Path(__file__).resolve().parents[1] / "unit" / "observe" / "recorded"


def own(text: str) -> str:
    """Leave out the links of the machine it was recorded on."""
    names = ("rf", bay.WIRE)
    return json.dumps([one for one in json.loads(text) if one.get("ifname", "").startswith(names)])


def test_a_small_fabric_is_seen_as_compiled() -> None:
    stage = Stage(site(), scope())
    with stage.standing():
        stage.driver.grant(stage.scope, stage.document("conduit", "sleeps"), 600)
        sight = look(stage.scope)
    check(stage, sight, "fabric")


def test_a_bay_with_a_wire_is_seen_as_compiled() -> None:
    here = bay.site()
    stage = Stage(here, bay.scope(), bindings=bay.bindings(here))
    with yard(), stage.standing():
        sight = look(stage.scope)
    check(stage, sight, "bay")


def check(stage: Stage, sight: Sight, name: str) -> None:
    sight = replace(sight, host=replace(sight.host, links=own(sight.host.links), fdb=own(sight.host.fdb)))
    seen = {address: dict(one.parts) for address, one in fabric_documents(stage.scope, sight).items()}
    assert seen == {one.address: dict(one.document.parts) for one in stage.compile()}
    if os.environ.get("RINGFENCE_RECORD"):
        record(sight, name)


def record(sight: Sight, name: str) -> None:
    said = subprocess.run(["nft", "--version"], capture_output=True, text=True, check=True).stdout
    debian = "debian12" if "v1.0." in said else "debian13"
    (FOLDER / debian / f"{name}.json").write_text(json.dumps(asdict(sight), indent=1, default=sorted) + "\n")
